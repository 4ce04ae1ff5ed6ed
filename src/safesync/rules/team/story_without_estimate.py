"""
Load, velocity and the plan of an interval are sums of estimates; a story without one is invisible in all of them.

Zero is an estimate, unless it is only what a field says that nobody filled in (`zero_is_estimate`).

How to fix: size the story in refinement, relative to stories that are done.

Known false positives: teams that do not estimate (turn the rule off for them: `teams: {Name: {rules: {TM105: off}}}`); a
tracker with two fields for points of which only one is mapped.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import CURRENT, NEXT, bad, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What is no estimate."""

    zero_is_estimate: bool = Field(default=True, description="Whether 0 points are an estimate.")


RULE = Rule(
    code="TM105",
    name="story-without-estimate",
    level=Level.TEAM,
    judges=Kind.STORY,
    source="SAFe, Iteration Planning: the team estimates the stories of its backlog",
    options=Options,
    flaw="points IS NULL OR NOT :zero_is_estimate AND points = 0",
    severity={Gate.READY: Severity.INFO, Gate.NEXT: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Estimate the story in points.",
    evidence="Its estimate in points: {points}.",
    examples=(
        bad("in the current iteration", story(points=None, iteration=CURRENT), severity=Severity.ERROR),
        bad("in the next iteration", story(points=None, iteration=NEXT), severity=Severity.WARNING),
        bad("ready to be pulled", story(points=None), severity=Severity.INFO),
        good("an idea needs no estimate", story(points=None, stage=Stage.ANALYSIS)),
        good("estimated", story(points=5.0, iteration=CURRENT)),
        good("zero is an estimate", story(points=0.0, iteration=CURRENT)),
        bad("zero, where that is none", story(points=0.0, iteration=CURRENT), options={"zero_is_estimate": False}),
        good("a half, where zero is none", story(points=0.5, iteration=CURRENT), options={"zero_is_estimate": False}),
    ),
)
