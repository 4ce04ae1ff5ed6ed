"""From the rows that a rule flaws to findings: how grave each is, and what is said of it in whose language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from safesync.languages.phrases import translated
from safesync.languages.spoken import PLACES, Spoken
from safesync.model.finding import Finding, Rollout, Severity
from safesync.model.item import Gate
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.judgement import Judgement, Words

_LISTS = ("contributors", "added_items", "removed_items", "history", "inverted", "wrong", "costly")
"""Facts that list names, each with its figure."""
_GATES = {gate.value: gate for gate in Gate}


def findings_of(each: Judgement, flawed: pl.DataFrame, spoken: Spoken) -> tuple[Finding, ...]:
    """One finding a row, in the order of the rows; of an item with what the rule speaks of, and its place."""
    told = flawed.select(sorted(({"uid", "gate", *PLACES} | each.named) & set(flawed.columns)))
    return tuple(
        _finding(each, row, severity, _words(each, row, spoken))
        for row, severity in zip(told.iter_rows(named=True), severities(each, flawed), strict=True)
    )


def grave(each: Judgement, frame: pl.DataFrame) -> list[bool]:
    """Where a finding would be at least a warning and be told; of groups nobody asks."""
    if each.group is not None or each.setting.rollout is Rollout.SHADOW:
        return [False] * frame.height
    if graver(each):
        return [True] * frame.height  # what makes it graver may be just what was not seen
    loud = [gate.value for gate in Gate if each.severity(gate.value) in {Severity.WARNING, Severity.ERROR}]
    return frame["gate"].is_in(loud).to_list()


def graver(each: Judgement) -> tuple[tree.Truth, ...]:
    """The conditions under which a finding is graver than its gate says."""
    return tuple(condition for condition in (each.raised, each.worse) if condition is not None)


def severities(each: Judgement, flawed: pl.DataFrame) -> list[Severity]:
    """How grave each finding is: as its gate says, at least a warning, or an error."""
    unseen = frozenset(name.removeprefix(UNSEEN) for name in flawed.columns if name.startswith(UNSEEN))
    holds = {name: tree.Fixed(value=False) if truth is None else truth for name, truth in (("raised", each.raised), ("worse", each.worse))}
    gate = pl.col("gate") if "gate" in flawed.columns else pl.lit(None)
    found = flawed.select("uid", gate=gate, **{name: Compiler(unseen).must(truth) for name, truth in holds.items()})
    return [_severity(each, gate, raised=raised, worse=worse) for _, gate, raised, worse in found.rows()]


def _severity(each: Judgement, gate: str | None, *, raised: bool, worse: bool) -> Severity:
    if worse:
        return Severity.ERROR
    severity = each.severity(gate)
    return Severity.WARNING if raised and severity is Severity.INFO else severity


def _words(each: Judgement, row: Mapping[str, Any], spoken: Spoken) -> Words:
    """The words for a row: an item has a place of its own, a group is about a team or a train."""
    if len(each.words) == 1:
        return next(iter(each.words.values()))
    tracker, project, train, team = (row.get(name) for name in PLACES)
    return each.words[spoken.on(tracker, project, train, team) if each.group is None else spoken.about(team, train)]


def _finding(each: Judgement, row: dict[str, object], severity: Severity, words: Words) -> Finding:
    gate = row.get("gate")
    reached, subject, tongue = str(gate) if gate else None, str(row["uid"]), words.tongue
    nobody = {name for name, value in each.said_options.items() if value == frozenset()}
    empty = {name for name in each.named if row.get(name) is None} | nobody
    for name in each.worded:
        row[name] = None if row[name] is None else tongue.say(str(row[name]).replace("_", " "))
    for name in each.shares:
        row[name] = None if row[name] is None else round(float(str(row[name])) * 100, 1)
    for name, phrases in each.composed.items():
        row[name] = None if row[name] is None else translated(str(row[name]), phrases, tongue)
    for name in each.named.intersection(_LISTS):
        row[name] = None if row[name] is None else tongue.listed(str(row[name]))
    row.update(each.said_options)
    return Finding(
        code=each.code,
        subject=subject,
        severity=severity,
        gate=_GATES.get(reached or ""),
        remedy=words.remedy.filled(row, tongue),
        evidence=_evidence(words, row, empty),
        numbers=tuple((label, text.filled(row, tongue)) for label, text in words.numbers if text.names.isdisjoint(empty)),
        rollout=each.setting.rollout,
        escalation=each.escalation,
        absorbs=each.setting.rule.absorbs,
        language=tongue.code,
        limits=words.limits,
    )


def _evidence(words: Words, row: Mapping[str, object], empty: set[str]) -> str:
    """Where we looked, and the arithmetic; what there is not, or nobody has limited, is not part of it."""
    figures = ", ".join(text.filled(row, words.tongue) for text in words.figures if text.names.isdisjoint(empty))
    evidence = words.evidence.filled(row, words.tongue)
    if figures:
        return words.tongue.say("{evidence}: {figures}.", evidence=evidence, figures=figures)
    return f"{evidence}." if words.figures else evidence
