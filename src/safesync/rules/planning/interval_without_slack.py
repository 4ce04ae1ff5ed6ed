"""
Uncommitted objectives are the slack that makes commitments believable: the team works on them, and nobody is let down when one
does not come. A full plan with nothing but commitments has no room for what nobody foresaw; a plan of which half is
uncommitted promises little.

For each team in the current and the next interval: all objectives are committed although the plan is nearly full (planned points
over velocity times iterations), or too many are not.

How to fix: mark the objectives that are at risk as uncommitted, or commit to more of them.

Known false positives: teams that run things and plan little: turn the rule off for them. Without the team's velocity its
load is unknown.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.model.organisation import Organisation, Team, Train
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, NEXT_INTERVAL, PAST_INTERVAL, bad, good, pi_objective, story
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_FALCON = f"group:objectives:team|Falcon|{CURRENT_INTERVAL}"
# The current interval has four iterations beside that for innovation and planning: 80 points.
_AT_20 = Organisation((Train("Payments", ("Falcon", "Heron")),), (Team("Falcon", "Payments", velocity=20.0),))


class Options(RuleOptions):
    """How full a plan needs slack, and how much slack is too much."""

    full: float = Field(default=90, ge=0, description="Load in percent above which a plan needs an uncommitted objective.")
    most: float = Field(default=50, ge=0, le=100, description="Highest share of uncommitted objectives, in percent.")


def _objectives(*committed: bool | None, **fields: Any) -> tuple[Any, ...]:
    return tuple(pi_objective(100 + number, committed=each, **fields) for number, each in enumerate(committed))


RULE = Rule(
    code="PI804",
    name="interval-without-slack",
    level=Level.PLANNING,
    judges=Group.OBJECTIVES,
    source="SAFe, PI Objectives: committed and uncommitted objectives; the numbers by SafeSync",
    options=Options,
    when="level = 'team' AND interval_phase IN ('current', 'next')",
    flaw="uncommitted_share = 0 AND load > :full OR uncommitted_share > :most",
    severity=Severity.INFO,
    remedy="Mark the objectives at risk as uncommitted, or commit to more of them.",
    evidence="{team} in {interval}, {committed_objectives} of {objectives} objectives committed, {uncommitted_share} % uncommitted"
    " (at most {most} %)",
    figures=("load {load} % (full from {full} %)",),
    numbers=(("Objectives, actual / planned value", "{contributors}"),),
    examples=(
        bad(
            "full, and nothing but commitments",
            story(points=72.5, iteration=CURRENT),
            *_objectives(True, True),
            subject=_FALCON,
            organisation=_AT_20,
        ),
        bad(
            "nobody tells them apart", story(points=73.0, iteration=CURRENT), *_objectives(None, None), subject=_FALCON, organisation=_AT_20
        ),
        bad(
            "nothing is promised for the next interval",
            *_objectives(False, interval=NEXT_INTERVAL),
            subject=f"group:objectives:team|Falcon|{NEXT_INTERVAL}",
            organisation=_AT_20,
        ),
        bad("hardly anything is promised", *_objectives(True, False, False), subject=_FALCON, organisation=_AT_20),
        good(
            "a train has none of its own",
            *_objectives(False),
            subject=f"group:objectives:train|Payments|{CURRENT_INTERVAL}",
            organisation=_AT_20,
        ),
        good("nearly full", story(points=72.0, iteration=CURRENT), *_objectives(True, True), subject=_FALCON, organisation=_AT_20),
        good("full, with slack", story(points=200.0, iteration=CURRENT), *_objectives(True, False), subject=_FALCON, organisation=_AT_20),
        good(
            "cancelled work is no load",
            story(points=200.0, iteration=CURRENT, stage=Stage.CANCELLED),
            *_objectives(True),
            subject=_FALCON,
            organisation=_AT_20,
        ),
        good(
            "another team's work",
            story(points=200.0, iteration=CURRENT, team="Heron"),
            *_objectives(True),
            subject=_FALCON,
            organisation=_AT_20,
        ),
        good(
            "what stands in the iteration of innovation is no load",
            story(points=200.0, iteration=NEXT),
            *_objectives(True),
            subject=_FALCON,
            organisation=_AT_20,
        ),
        bad(
            "a spike is load too",
            story(kind=Kind.SPIKE, points=80.0, iteration=CURRENT),
            *_objectives(True),
            subject=_FALCON,
            organisation=_AT_20,
        ),
        good(
            "the interval before",
            *_objectives(False, interval=PAST_INTERVAL),
            subject=f"group:objectives:team|Falcon|{PAST_INTERVAL}",
            organisation=_AT_20,
        ),
        bad(
            "four of ten is too much for this organisation",
            *_objectives(True, True, True, False, False),
            subject=_FALCON,
            organisation=_AT_20,
            options={"most": 39},
        ),
        good(
            "without an objective PI802 speaks",
            story(points=200.0, iteration=CURRENT),
            pi_objective(team="Heron"),
            subject=_FALCON,
            organisation=_AT_20,
        ),
        bad("a little more than half of them", *_objectives(*[True] * 49, *[False] * 50), subject=_FALCON, organisation=_AT_20),
        good("half of them", *_objectives(True, False), subject=_FALCON, organisation=_AT_20),
    ),
)
