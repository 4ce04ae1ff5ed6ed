"""Texts that stand in more than one item: templates that nobody filled in, a team's Definition of Done pasted into every story."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape

FACTS: tuple[Fact, ...] = (
    Fact(
        "description_copies",
        FactType.NUMBER,
        Sort.LINKED,
        "How many other items of its project and type have the very same description; empty without one.",
        unit="items",
        needs=("description",),
    ),
    Fact(
        "acceptance_copies",
        FactType.NUMBER,
        Sort.LINKED,
        "How many other items of its project and type have the very same acceptance criteria; empty without any.",
        unit="items",
        needs=("acceptance", "description"),
    ),
)
"""A text that five or more items share is a template or a team's Definition of Done (SafeSync, "Boilerplate")."""
_AMONG = ("tracker", "project", "native_type")
_DIGESTS = MappingProxyType({"description_copies": "description_digest", "acceptance_copies": "acceptance_digest"})
"""What is counted, and what it is counted by."""
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({name: frozenset({digest, *_AMONG}) for name, digest in _DIGESTS.items()})


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """How many other items of the same project and type have the same text."""
    found: list[pl.Expr] = []
    for name in wanted & _DIGESTS.keys():
        digest = _DIGESTS[name]
        scene.unseen.note(name, scene.unseen.flags(digest))
        if NEEDS[name] <= set(scene.items.columns):
            others = pl.when(pl.col(digest).is_not_null()).then(pl.len().over(digest, *_AMONG).cast(pl.Float64) - 1)
            found.append(scene.of_all(scene.items.select(others.alias(name))[name]).alias(name))
    return tuple(found)
