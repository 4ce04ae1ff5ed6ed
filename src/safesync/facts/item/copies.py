"""
Texts and lines that stand in more than one item: templates that nobody filled in, a Definition of Done pasted into every story.

What a template says is learned from the items themselves, as they all are: their order, and which of them came last, change nothing.
"""

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
    Fact(
        "acceptance_own_lines",
        FactType.NUMBER,
        Sort.LINKED,
        "How many lines of its acceptance criteria are its own: not also in five or more items, and in every fifth, of those of its project"
        " and type that have criteria. None is a template or a Definition of Done; empty without criteria.",
        unit="lines",
        needs=("acceptance", "description"),
    ),
)
"""A text that five or more items share is a template or a team's Definition of Done (SafeSync, "Boilerplate")."""
_AMONG = ("tracker", "project", "native_type")
_DIGESTS = MappingProxyType({"description_copies": "description_digest", "acceptance_copies": "acceptance_digest"})
"""What is counted, and what it is counted by."""
_LINES = "acceptance_line_digests"
_FEWEST_ITEMS, _ONE_IN = 5, 5
"""A line that stands in so many items, and in one of so many, is a template's (SafeSync, "Boilerplate")."""
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset({digest, *_AMONG}) for name, digest in (*_DIGESTS.items(), ("acceptance_own_lines", _LINES))}
)


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """How many other items of the same project and type have the same text, and how many lines are no template's."""
    found: list[pl.Expr] = []
    for name in wanted & _DIGESTS.keys():
        digest = _DIGESTS[name]
        scene.unseen.note(name, scene.unseen.flags(digest))
        if NEEDS[name] <= set(scene.items.columns):
            others = pl.when(pl.col(digest).is_not_null()).then(pl.len().over(digest, *_AMONG).cast(pl.Float64) - 1)
            found.append(scene.of_all(scene.items.select(others.alias(name))[name]).alias(name))
    if "acceptance_own_lines" in wanted:
        scene.unseen.note("acceptance_own_lines", scene.unseen.flags(_LINES))
        if NEEDS["acceptance_own_lines"] <= set(scene.items.columns):
            own = _own_lines(scene.items)
            found.append(scene.at(own["row"], own["own"]).alias("acceptance_own_lines"))
    return tuple(found)


def _own_lines(items: pl.DataFrame) -> pl.DataFrame:
    """``row, own`` of the items that have criteria: how many of their lines are no template's."""
    written = items.select("row", *_AMONG, line=pl.col(_LINES).cast(pl.String)).drop_nulls("line")
    groups = written.group_by(_AMONG, maintain_order=True).agg(of=pl.len()).with_row_index("among")
    lines = written.join(groups, on=_AMONG, nulls_equal=True).select("row", "among", "of", pl.col("line").str.split(" ")).explode("line")
    # One number for a line of a project and type: a million of them are counted in half the time that texts take.
    number = pl.col("among").cast(pl.UInt64) * 2**32 + pl.col("line").str.to_integer(base=16, dtype=pl.UInt64)
    shared = pl.len().over(number)
    lines = lines.select("row", own=(shared < _FEWEST_ITEMS) | (shared * _ONE_IN < pl.col("of")))
    return lines.group_by("row").agg(pl.col("own").sum().cast(pl.Float64))
