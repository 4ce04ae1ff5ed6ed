"""Where rules find something: one query for all that look at the same part of a backlog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from safesync.facts.backlog import Backlog
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import Compiler
from safesync.rules.judgement import Judgement

_STANDS = frozenset({"kind", "stage", "open", "active"})
"""Facts by which most rules leave most items alone, and which are columns of the frame."""
_CELLS = 2**22
"""How many values are looked at together: what judging takes for a moment is of this size, and each query costs by itself too."""
_WASTED = 100_000
"""So many answers for nothing take as long as what each query costs by itself: with fewer, rules are asked together."""


_AS_WRITTEN = pl.QueryOptFlags(comm_subexpr_elim=False)
"""Polars takes two columns of nothing for one another where it looks for common parts, whatever their types, and panics."""


@dataclass(frozen=True, slots=True)
class Mask:
    """The rows that a setting says something about, in order: ``flawed``, and ``unjudged`` where it depends on what was not seen."""

    flawed: pl.Series
    unjudged: pl.Series | None


def masks_of(judgements: Sequence[Judgement], backlog: Backlog) -> list[Mask]:
    """One for each judgement, in their order."""
    found: dict[int, Mask] = {}
    compiler = Compiler(backlog.unseen, backlog.spellings)
    for part in _parts(judgements, backlog):
        rows, at_once = backlog.frame["row"].filter(part.looked_at), _CELLS // len(part.reads)
        slices = (rows.slice(first, at_once) for first in range(0, max(len(rows), 1), at_once))
        asked = [masks(part.together, backlog.at(some), compiler) for some in slices]
        found |= zip(map(id, part.together), map(_joined, zip(*asked, strict=True)), strict=True)
    return [found[id(each)] for each in judgements]


def masks(judgements: Sequence[Judgement], frame: pl.LazyFrame, compiler: Compiler) -> list[Mask]:
    """All rules in one query, over a frame that has the number of each ``row``."""
    columns = []
    for number, each in enumerate(judgements):
        columns.append(compiler.must(each.whole).alias(f"flawed {number}"))
        if compiler.doubtful(each.whole):
            columns.append((compiler.can(each.whole) & ~compiler.must(each.whole)).alias(f"unjudged {number}"))
    # The number keeps a condition without facts as long as the frame.
    # Streaming would copy each column whole before it takes a few rows of it.
    found = frame.select("row", *columns).collect(engine="in-memory", optimizations=_AS_WRITTEN)
    doubtful = frozenset(found.columns)
    rows = {name: found["row"].filter(found[name]) for name in found.columns if name != "row"}
    return [Mask(rows[f"flawed {n}"], rows[f"unjudged {n}"] if f"unjudged {n}" in doubtful else None) for n in range(len(judgements))]


def _joined(slices: tuple[Mask, ...]) -> Mask:
    """Later slices are of later rows."""
    unjudged = [one.unjudged for one in slices if one.unjudged is not None]
    return Mask(pl.concat(one.flawed for one in slices), pl.concat(unjudged) if unjudged else None)


@dataclass(slots=True)
class _Part:
    """Rules that look at much the same items; outside ``looked_at`` none of them finds anything."""

    looked_at: pl.Series
    together: list[Judgement]

    @property
    def reads(self) -> frozenset[str]:
        """What is looked at: the row, and every fact that a rule reads."""
        return frozenset({"row"}).union(*(tree.facts_of(each.whole) for each in self.together))


def _parts(judgements: Sequence[Judgement], backlog: Backlog) -> list[_Part]:
    """A rule about epics in the query of the rules about stories would be worked out for every story."""
    compiler = Compiler(backlog.unseen)
    guards = backlog.frame.select("row", *(compiler.can(_guard(each)).alias(str(number)) for number, each in enumerate(judgements)))
    parts: list[_Part] = []
    for number, each in enumerate(judgements):
        own = guards[str(number)]
        for part in parts:
            either = own | part.looked_at
            of_others = _true(either) - _true(part.looked_at)
            if _true(either) - _true(own) + of_others * len(part.together) <= _WASTED:
                part.looked_at = either
                part.together.append(each)
                break
        else:
            parts.append(_Part(own, [each]))
    return parts


def _true(mask: pl.Series) -> int:
    return int(mask.sum())


def _guard(each: Judgement) -> tree.Truth:
    """What must hold of an item for a rule to find anything, as far as that is known from where the item stands."""
    return tree.both(*(term for term in _terms(each.whole) if (facts := tree.facts_of(term).keys()) and facts <= _STANDS))


def _terms(truth: tree.Truth) -> list[tree.Truth]:
    """What must hold all together; that a term may not be empty is taken away, for what is empty is not true either."""
    match truth:
        case tree.Surely():
            return _terms(truth.term)
        case tree.All():
            return [term for part in truth.terms for term in _terms(part)]
        case _:
            return [truth]
