"""
Before a team plans an iteration it wants one answer: is this story ready? This rule gives it as one checklist and speaks for the
rules behind its points, which then say nothing of their own in the comment.

We look at stories of the running and the next iteration that nobody has begun. A rule counts as it is set for the story: where it is
off or excluded, its point is not asked; where a point does not matter yet, it is not asked either. A single open point is told by its
own rule. How to fix: work through the open points, or plan another story.

Known false positives: those of the rules behind the points.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.model.timebox import Iteration
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, NEXT_INTERVAL, NOW, PAST, bad, feature, good, story, with_interval
from safesync.rules.links import orphan_story, unplanned_dependency
from safesync.rules.rule import Level, Part, Rule, RuleOptions, Surroundings
from safesync.rules.team import oversized_story, story_without_acceptance_criteria, story_without_estimate


class Options(RuleOptions):
    """When a story is not ready."""

    min_failures: int = Field(default=2, ge=1, description="So many open points make a story not ready.")


_CRITERIA = "Given a paid order, when it ships, then a receipt is sent to the payer"


def _planned(**fields: Any) -> Item:
    """A story that is ready but for what is said."""
    known: dict[str, Any] = {"iteration": CURRENT, "acceptance": _CRITERIA, "parent": "jira:2"}
    return story(1, **{**known, **fields})


_FEATURE = feature()


def _ending(days_ago: int) -> Surroundings:
    """The iteration of the story ended so many days ago."""
    usual, end = with_interval(NEXT_INTERVAL, 26), NOW.date() - timedelta(days=days_ago)
    ending = Iteration(CURRENT, "jira", "26.4.4", end - timedelta(days=13), end, CURRENT_INTERVAL)
    return replace(usual, iterations=(ending,))


RULE = Rule(
    code="TM114",
    name="story-not-ready-for-iteration",
    level=Level.TEAM,
    judges=Kind.STORY,
    source="SAFe, Iteration Planning: refined, estimated stories with clear acceptance criteria",
    options=Options,
    when="open AND NOT active AND days_since_iteration_end <= 0",
    flaw="TRUE",
    parts=(
        Part("acceptance criteria", story_without_acceptance_criteria.RULE),
        Part("an estimate", story_without_estimate.RULE),
        Part("a size that fits", oversized_story.RULE),
        Part("a feature that it belongs to", orphan_story.RULE),
        Part("dependencies that are planned", unplanned_dependency.RULE),
    ),
    at_least="min_failures",
    severity={Gate.NEXT: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Settle the open points before the iteration is planned, or plan another story.",
    evidence="Planned for {iteration_name}.",
    examples=(
        bad("neither criteria nor an estimate", _planned(acceptance=None, points=None), _FEATURE),
        bad("neither criteria nor a feature", _planned(acceptance=None, parent="jira:9"), story(9)),
        bad("too large and without criteria", _planned(points=20.0, acceptance=None), _FEATURE),
        bad("without criteria, and what it needs is in no plan", _planned(acceptance=None, depends_on="jira:7"), _FEATURE, story(7)),
        bad("on the last day of the iteration", _planned(acceptance=None, points=None), _FEATURE, around=_ending(0)),
        good("the day after", _planned(acceptance=None, points=None), _FEATURE, around=_ending(1)),
        bad("for the next iteration too", _planned(iteration=NEXT, acceptance=None, points=None), _FEATURE),
        bad("one point, where one is enough", _planned(points=None), _FEATURE, options={"min_failures": 1}),
        good("ready", _planned(), _FEATURE),
        good("one open point is told by its own rule", _planned(points=None), _FEATURE),
        good("begun already", _planned(acceptance=None, points=None, stage=Stage.IN_PROGRESS), _FEATURE),
        good("in no iteration", _planned(acceptance=None, points=None, iteration=None, interval=CURRENT_INTERVAL), _FEATURE),
        good("in one that is over", _planned(acceptance=None, points=None, iteration=PAST), _FEATURE),
    ),
)
