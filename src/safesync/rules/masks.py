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
_PARTS = (0.02, 0.2, 0.5, 1.0)
"""
Rules are asked together by the share of items that they look at: a rule about epics in the query of the rules about
stories would be worked out for every story.
"""


@dataclass(frozen=True, slots=True)
class Mask:
    """The rows that a setting says something about, in order: ``flawed``, and ``unjudged`` where it depends on what was not seen."""

    flawed: pl.Series
    unjudged: pl.Series | None


def masks_of(judgements: Sequence[Judgement], backlog: Backlog) -> list[Mask]:
    """One for each judgement, in their order."""
    found: dict[int, Mask] = {}
    for looked_at, together in _parts(judgements, backlog):
        found |= zip(map(id, together), masks(together, backlog.where(looked_at), backlog.unseen), strict=True)
    return [found[id(each)] for each in judgements]


def masks(judgements: Sequence[Judgement], frame: pl.LazyFrame, unseen: frozenset[str]) -> list[Mask]:
    """All rules in one query, over a frame that has the number of each ``row``."""
    compiler, columns = Compiler(unseen), []
    for number, each in enumerate(judgements):
        columns.append(compiler.must(each.whole).alias(f"flawed {number}"))
        if compiler.doubtful(each.whole):
            columns.append((compiler.can(each.whole) & ~compiler.must(each.whole)).alias(f"unjudged {number}"))
    # The number keeps a condition without facts as long as the frame.
    found = frame.select("row", *columns).collect()
    doubtful = frozenset(found.columns)
    rows = {name: found["row"].filter(found[name]) for name in found.columns if name != "row"}
    return [Mask(rows[f"flawed {n}"], rows[f"unjudged {n}"] if f"unjudged {n}" in doubtful else None) for n in range(len(judgements))]


def _parts(judgements: Sequence[Judgement], backlog: Backlog) -> list[tuple[pl.Expr, list[Judgement]]]:
    """The rules by how much they look at, each lot with the condition outside which none of them finds anything."""
    compiler = Compiler(backlog.unseen)
    guards = [compiler.can(_guard(each)) for each in judgements]
    counts = backlog.frame.select(guard.alias(str(number)).sum() for number, guard in enumerate(guards))
    parts: dict[float, tuple[list[pl.Expr], list[Judgement]]] = {}
    for each, guard, count in zip(judgements, guards, counts.row(0) if judgements else (), strict=True):
        share = min(limit for limit in _PARTS if (count or 0) <= limit * backlog.frame.height)
        looked_at, together = parts.setdefault(share, ([], []))
        looked_at.append(guard)
        together.append(each)
    return [(pl.any_horizontal(looked_at), together) for looked_at, together in parts.values()]


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
