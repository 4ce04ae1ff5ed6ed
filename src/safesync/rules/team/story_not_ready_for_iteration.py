"""
Before a team plans an iteration it wants one answer: is this story ready? This rule gives it as one checklist and speaks for the
rules behind its points, which then say nothing of their own in the comment.

We look at stories of the running and the next iteration that nobody has begun. A rule counts as it is set for the story: where it
is off or excluded, its point is not asked; where a point does not matter yet, it is not asked either. A single open point is reported
by its own rule.

How to fix: work through the open points, or plan another story.

Known false positives: those of the rules behind the points.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, ENDED, LATER, NEXT, PAST, bad, feature, good, story, with_ended, with_later
from safesync.rules.links import orphan_story, unplanned_dependency
from safesync.rules.rule import Level, Part, Rule, RuleOptions
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
        bad("neither criteria nor an estimate", _planned(acceptance=None, points=None), _FEATURE, severity=Severity.ERROR),
        bad("neither criteria nor a feature", _planned(acceptance=None, parent="jira:9"), story(9)),
        bad("too large and without criteria", _planned(points=20.0, acceptance=None), _FEATURE),
        bad("without criteria, and what it needs is in no plan", _planned(acceptance=None, depends_on="jira:7"), _FEATURE, story(7)),
        bad("for the next iteration too", _planned(iteration=NEXT, acceptance=None, points=None), _FEATURE, severity=Severity.WARNING),
        bad("one point, where one is enough", _planned(points=None), _FEATURE, options={"min_failures": 1}),
        bad("on its last day", _planned(iteration=ENDED, acceptance=None, points=None), _FEATURE, around=with_ended(0)),
        good(
            "it ended yesterday",
            _planned(iteration=ENDED, interval=CURRENT_INTERVAL, acceptance=None, points=None),
            _FEATURE,
            around=with_ended(1),
        ),
        good("of the iteration after the next", _planned(iteration=LATER, acceptance=None, points=None), _FEATURE, around=with_later()),
        good("ready", _planned(), _FEATURE),
        good("one open point is told by its own rule", _planned(points=None), _FEATURE),
        good("done", _planned(acceptance=None, points=None, stage=Stage.DONE), _FEATURE),
        good("begun already", _planned(acceptance=None, points=None, stage=Stage.IN_PROGRESS), _FEATURE),
        good("in no iteration", _planned(acceptance=None, points=None, iteration=None, interval=CURRENT_INTERVAL), _FEATURE),
        good("in one that is over", _planned(acceptance=None, points=None, iteration=PAST), _FEATURE),
    ),
)
