"""
An epic that is being implemented and has no feature is approved money without work. One whose features have all been finished
or given up for weeks is work without an end: nobody has said what was learned and what comes next.

We look at epics that have been under way for a while, and count the features and capabilities below them.

How to fix: create the features, or decide and close the epic.

Known false positives: features in a project that SafeSync does not read; epics whose decision is recorded elsewhere (map
`decision`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, capability, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions

_ACTIVE = Stage.IN_PROGRESS


class Options(RuleOptions):
    """How long an epic may be without features."""

    grace_days: int = Field(
        default=30, ge=0, le=365, description="Days under way without a feature, and days after the last one was finished."
    )


RULE = Rule(
    code="PF306",
    name="epic-without-features",
    level=Level.PORTFOLIO,
    judges=Kind.EPIC,
    source="SAFe, Portfolio Kanban: implementing begins with features in the backlogs of trains; the days by SafeSync",
    options=Options,
    when="active AND days_active > :grace_days",
    flaw="features = 0 OR days_since_features_ended > :grace_days AND decision IS NULL",
    absorbs=("LK707",),
    severity=Severity.WARNING,
    remedy="Create the features, or decide what comes next and close the epic.",
    evidence="Under way for {days_active} days (features: {features})",
    figures=("the last one ended {days_since_features_ended} days ago", "decision: {decision}"),
    examples=(
        bad("under way with nothing below", epic(stage=_ACTIVE, days_in_stage=31)),
        bad("a story is no feature", epic(stage=_ACTIVE, days_in_stage=31), story(parent="jira:3")),
        bad(
            "all were finished long ago",
            epic(stage=_ACTIVE, days_in_stage=40),
            feature(parent="jira:3", stage=Stage.DONE, days_in_stage=31),
        ),
        bad(
            "finished or given up",
            epic(stage=_ACTIVE, days_in_stage=40),
            feature(parent="jira:3", stage=Stage.DONE, days_in_stage=33),
            feature(4, parent="jira:3", stage=Stage.CANCELLED, days_in_stage=31),
        ),
        good("a month under way", epic(stage=_ACTIVE, days_in_stage=30)),
        good(
            "a feature is open",
            epic(stage=_ACTIVE, days_in_stage=35),
            feature(parent="jira:3", stage=Stage.DONE, days_in_stage=33),
            feature(4, parent="jira:3"),
        ),
        good("a capability is", epic(stage=_ACTIVE, days_in_stage=35), capability(parent="jira:3")),
        good(
            "the last one ended a month ago",
            epic(stage=_ACTIVE, days_in_stage=39),
            feature(parent="jira:3", stage=Stage.DONE, days_in_stage=30),
        ),
        good(
            "decided",
            epic(stage=_ACTIVE, days_in_stage=40, decision="Persevere"),
            feature(parent="jira:3", stage=Stage.DONE, days_in_stage=35),
        ),
        good("not begun", epic(days_in_stage=35)),
        good("not begun, and its history is hidden", epic(unseen=frozenset({"transitions"}))),
        good("done", epic(stage=Stage.DONE, days_in_stage=35)),
        bad("another month is too long for this organisation", epic(stage=_ACTIVE, days_in_stage=11), options={"grace_days": 10}),
    ),
)
