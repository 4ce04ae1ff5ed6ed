"""The checklist of a composite rule: which of its points are open on an item, and which are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from safesync.languages.tongue import Tongue, tongue
from safesync.model.finding import Finding, Point
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.judgement import Asked, Judgement


def with_points(
    findings: Sequence[Finding], each: Judgement, items: pl.DataFrame, told: Mapping[tuple[str, str], Finding]
) -> tuple[Finding, ...]:
    """
    The findings of a composite rule with their points.

    ``items`` has what the conditions read of every item with a finding; ``told`` are the findings of all rules, by code and
    subject. What is not asked of an item, or cannot be known, is no point.
    """
    if not findings:
        return ()
    states = _states(each, items.filter(pl.col("uid").is_in([one.subject for one in findings])))
    return tuple(_listed(one, each, states[one.subject], told) for one in findings)


def _states(each: Judgement, items: pl.DataFrame) -> dict[str, tuple[bool | None, ...]]:
    """For each item and point: open, settled, or ``None``."""
    compiler = Compiler(frozenset(name.removeprefix(UNSEEN) for name in items.columns if name.startswith(UNSEEN)))
    columns = [
        pl.when(compiler.must(asked.open))
        .then(pl.lit(value=True))
        .when(compiler.must(asked.asked) & ~compiler.can(asked.open))
        .then(pl.lit(value=False))
        .alias(f"point {number}")
        for number, asked in enumerate(each.checklist)
    ]
    return {str(uid): tuple(states) for uid, *states in items.select("uid", *columns).iter_rows()}


def _listed(finding: Finding, each: Judgement, states: tuple[bool | None, ...], told: Mapping[tuple[str, str], Finding]) -> Finding:
    points = tuple(
        _point(asked, told.get((asked.code, finding.subject)), tongue(finding.language), is_open=state)
        for asked, state in zip(each.checklist, states, strict=True)
        if state is not None
    )
    is_open = [point.asks for point in points if point.remedy]
    text = "{open} of {asked} points are open: {points}."
    said = tongue(finding.language).say(text, open=len(is_open), asked=len(points), points=", ".join(is_open))
    return replace(finding, evidence=f"{finding.evidence} {said}".strip(), points=points, least=each.least)


def _point(asked: Asked, found: Finding | None, speak: Tongue, *, is_open: bool) -> Point:
    if not is_open:
        return Point(speak.say(asked.asks), asked.code)
    if found is None:
        return Point(speak.say(asked.asks), asked.code, speak.say(asked.remedy or asked.asks))
    return Point(speak.say(asked.asks), asked.code, found.remedy, found.evidence, found.limits)
