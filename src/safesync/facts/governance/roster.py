"""Who the Business Owners of a train are, by the roster that the organisation keeps beside its trackers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import mapped
from safesync.facts.frame.landscape import Landscape
from safesync.facts.governance.investment import held
from safesync.model.item import Kind

REMEDY = "name a file as organisation.data.business_owners"
FACTS: tuple[Fact, ...] = (
    Fact(
        "business_owners",
        FactType.NUMBER,
        Sort.LINKED,
        "Business Owners of its train, by the roster of the organisation; of PI objectives with a train only.",
        unit="people",
        needs=("train",),
        remedy=REMEDY,
    ),
    Fact(
        "owned_by_business_owner",
        FactType.TRUTH,
        Sort.LINKED,
        "Its owner is one of these.",
        needs=("owner", "train"),
        remedy=REMEDY,
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {"business_owners": frozenset({"own_train"}), "owned_by_business_owner": frozenset({"own_train", "owner"})}
)


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """Those of these facts that somebody reads; unseen for all objectives where there is no roster."""
    found: dict[str, pl.Expr] = {}
    if "business_owners" in wanted:
        _note(scene, "business_owners", "train")
        found["business_owners"] = scene.of_all(mapped(scene.items["train"], counted(scene), pl.Int32())).fill_null(0).cast(pl.Int32)
    if "owned_by_business_owner" in wanted:
        _note(scene, "owned_by_business_owner", "train", "owner")
        found["owned_by_business_owner"] = _owned(scene)
    asked = (pl.col("kind") == Kind.PI_OBJECTIVE.value) & pl.col("train").is_not_null()
    return tuple(pl.when(asked).then(column).alias(name) for name, column in found.items())


def counted(scene: Landscape) -> dict[str, int]:
    """How many Business Owners each train has that the roster names."""
    return dict(Counter(one.train for one in scene.organisation.registers.business_owners or ()))


def _owned(scene: Landscape) -> pl.Expr:
    roster = [f"{one.train}|{one.name.strip().lower()}" for one in scene.organisation.registers.business_owners or ()]
    owner = held(scene, "owner", pl.String()).str.strip_chars().str.to_lowercase()
    return pl.concat_str(pl.col("train").cast(pl.String), owner, separator="|").is_in(roster).fill_null(value=False)


def _note(scene: Landscape, name: str, *sources: str) -> None:
    if scene.organisation.registers.business_owners is None:
        scene.unseen.note(name, scene.items["kind"] == Kind.PI_OBJECTIVE.value)
    else:
        scene.unseen.note(name, scene.unseen.flags(*sources))
