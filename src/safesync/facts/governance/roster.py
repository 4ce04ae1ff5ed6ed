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

NOBODY = "nobody"
_SHOWN = 5
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
    Fact(
        "business_owner_names",
        FactType.TEXT,
        Sort.LINKED,
        "Names of these, at most five; nobody where the roster names none for the train.",
        needs=("train",),
        remedy=REMEDY,
        phrases=(NOBODY,),
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("business_owners", "business_owner_names"), frozenset({"own_train"})),
        "owned_by_business_owner": frozenset({"own_train", "owner"}),
    }
)


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """Those of these facts that somebody reads; unseen for all objectives where there is no roster."""
    found: dict[str, pl.Expr] = {}
    if "business_owners" in wanted:
        _note(scene, "business_owners", "train")
        found["business_owners"] = scene.of_all(mapped(scene.items["train"], counted(scene), pl.Int32())).fill_null(0).cast(pl.Int32)
    if "business_owner_names" in wanted:
        _note(scene, "business_owner_names", "train")
        found["business_owner_names"] = scene.of_all(named(scene, scene.items["train"]))
    if "owned_by_business_owner" in wanted:
        _note(scene, "owned_by_business_owner", "train", "owner")
        found["owned_by_business_owner"] = _owned(scene)
    asked = (pl.col("kind") == Kind.PI_OBJECTIVE.value) & pl.col("train").is_not_null()
    return tuple(pl.when(asked).then(column).alias(name) for name, column in found.items())


def counted(scene: Landscape) -> dict[str, int]:
    """How many Business Owners each train has that the roster names."""
    return dict(Counter(one.train for one in scene.organisation.registers.business_owners or ()))


def named(scene: Landscape, trains: pl.Series) -> pl.Series:
    """The names that the roster has for each of these trains, nothing without a roster."""
    roster, names = scene.organisation.registers.business_owners, dict[str, list[str]]()
    for one in roster or ():
        names.setdefault(one.train, []).append(one.name)
    told = {train: ", ".join([*some[:_SHOWN], *(["…"] if len(some) > _SHOWN else [])]) for train, some in names.items()}
    found = mapped(trains, told, pl.String())
    return found if roster is None else found.fill_null(NOBODY)


def _owned(scene: Landscape) -> pl.Expr:
    roster = [f"{one.train}|{one.name.strip().lower()}" for one in scene.organisation.registers.business_owners or ()]
    owner = held(scene, "owner", pl.String()).str.strip_chars().str.to_lowercase()
    return pl.concat_str(pl.col("train").cast(pl.String), owner, separator="|").is_in(roster).fill_null(value=False)


def _note(scene: Landscape, name: str, *sources: str) -> None:
    if scene.organisation.registers.business_owners is None:
        scene.unseen.note(name, scene.items["kind"] == Kind.PI_OBJECTIVE.value)
    else:
        scene.unseen.note(name, scene.unseen.flags(*sources))
