"""
Texts and lines that stand in more than one item: templates that nobody filled in, a Definition of Done pasted into every story.

What a template says is learned from the items themselves, as they all are: their order, and which of them came last, change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import AT_ONCE, Landscape
from safesync.facts.text.digest import LINE

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
    Fact(
        "description_own_lines",
        FactType.NUMBER,
        Sort.LINKED,
        "How many lines of its description are its own, of those that say something, headings and code left out: not also in five or more"
        " items, and in every fifth, of those of its project and type that have such lines (of the done ones every eighth is counted)."
        " None is a template that nobody filled in; empty where no line is a template's, and where they are more than twelve.",
        unit="lines",
        needs=("description",),
    ),
    Fact(
        "benefit_own_lines",
        FactType.NUMBER,
        Sort.LINKED,
        "How many lines of its benefit are its own: not also in five or more items, and in every fifth, of those of its project and type"
        " that have one (of the done ones every eighth is counted). None is a template that nobody filled in; empty where no line is a"
        " template's.",
        unit="lines",
        needs=("benefit", "description"),
    ),
)
"""A text that five or more items share is a template or a team's Definition of Done (SafeSync, "Boilerplate")."""
_AMONG = ("tracker", "project", "native_type")
_DIGESTS = MappingProxyType({"description_copies": "description_digest", "acceptance_copies": "acceptance_digest"})
"""What is counted, and what it is counted by."""
_LINES = MappingProxyType(
    {
        "acceptance_own_lines": "acceptance_line_digests",
        "description_own_lines": "description_line_digests",
        "benefit_own_lines": "benefit_line_digests",
    }
)
DIGESTS = frozenset({*_DIGESTS.values(), *_LINES.values()})
"""What this chapter alone is made of."""
_FEWEST_ITEMS, _ONE_IN = 5, 5
"""A line that stands in so many items, and in one of so many, is a template's (SafeSync, "Boilerplate")."""
_A_GROUP = 2**32
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {name: frozenset({digest, *_AMONG}) for name, digest in (*_DIGESTS.items(), *_LINES.items())}
)


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """How many other items of the same project and type have the same text, and how many lines are no template's."""
    found: list[pl.Expr] = []
    for name in sorted(wanted & NEEDS.keys()):
        digest = _DIGESTS.get(name) or _LINES[name]
        scene.unseen.note(name, scene.unseen.flags(digest))
        if not NEEDS[name] <= set(scene.items.columns):
            continue
        if name in _LINES:
            own = _own_lines(scene.items, digest)
            if name != "acceptance_own_lines":  # said of every item, it would be nothing but the number of lines of almost all of them
                own = own.filter(pl.col("own") < pl.col("lines"))
            found.append(scene.at(own["row"], own["own"].cast(pl.Float64)).alias(name))
        else:
            others = pl.when(pl.col(digest).is_not_null()).then(pl.len().over(digest, *_AMONG).cast(pl.Float64) - 1)
            found.append(scene.of_all(scene.items.select(others.alias(name))[name]).alias(name))
    return tuple(found)


def _own_lines(items: pl.DataFrame, digests: str) -> pl.DataFrame:
    """``row, own, lines`` of the items that have such lines: how many of how many of them are no template's."""
    written = items.select("row", *_AMONG, text=pl.col(digests).cast(pl.String)).drop_nulls("text")
    groups = written.group_by(_AMONG, maintain_order=True).agg(of=pl.len()).with_row_index("among")
    length = pl.col("text").str.len_bytes() // LINE
    written = written.join(groups, on=_AMONG, nulls_equal=True).select("row", "among", "text", lines=length.cast(pl.Int32))
    parts = list(written.iter_slices(AT_ONCE))
    lines = [_numbers(part) for part in parts]
    shared = _shared(lines, groups["of"]).implode()
    rows = [_each(part, "row").filter(numbers.is_in(shared)) for part, numbers in zip(parts, lines, strict=True)]
    learned = pl.concat([pl.Series("row", dtype=items.schema["row"]), *rows]).value_counts(name="learned")
    own = pl.col("lines") - pl.col("learned").fill_null(0).cast(pl.Int32)
    return written.select("row", "lines").join(learned, on="row", how="left").select("row", "lines", own=own)


def _numbers(part: pl.DataFrame) -> pl.Series:
    """One number for each line of a project and type, which takes a fraction of what a text takes."""
    together = pl.Series(["".join(part["text"].to_list())]).cast(pl.Binary)
    among = _each(part, "among")
    lines = together.bin.reinterpret(dtype=pl.Array(pl.UInt32, len(among)), endianness="little").explode()
    return among.cast(pl.UInt64) * _A_GROUP + lines


def _each(part: pl.DataFrame, column: str) -> pl.Series:
    """A value of each item for each of its lines."""
    return part.select(pl.col(column).repeat_by("lines")).to_series().explode()


def _shared(parts: Sequence[pl.Series], of: pl.Series) -> pl.Series:
    """The lines that are a template's; some of the lines at a time, or counting millions of different ones would take the most memory."""
    found = [pl.Series(dtype=pl.UInt64)]
    for share in range(len(parts)):
        counts = pl.concat([lines.filter(lines % len(parts) == share) for lines in parts]).alias("line").value_counts(name="items")
        items = of.gather(counts["line"] // _A_GROUP)
        found.append(counts.filter((counts["items"] >= _FEWEST_ITEMS) & (counts["items"] * _ONE_IN >= items))["line"])
    return pl.concat(found)
