"""
When everything below a feature is done and the feature stays open, nobody has accepted it: its progress cannot be seen, and the time
that it takes looks longer than it was.

We look at features, capabilities and epics that are not yet in validation: at least one child that delivers (no spike, no bug) is
done, and none is open. `grace_days` are counted from the day on which the last child ended; epics have `epic_grace_days`, for
whether to go on with one is decided at its own pace. It is a warning from `warning_days` on.

How to fix: accept and close it, or add the story that is still missing.

Known false positives: stories that are written one iteration at a time; children in a project that SafeSync may not read.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, bug, capability, epic, feature, good, story
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """How long it may take to notice."""

    grace_days: Annotated[int, NotAbove("warning_days")] = Field(
        default=5, ge=0, le=365, description="Working days after the last child ended in which the parent may be closed."
    )
    epic_grace_days: int = Field(default=20, ge=0, le=365, description="The same for epics.")
    warning_days: int = Field(default=10, ge=0, le=365, description="Working days from which on it is a warning.")


RULE = Rule(
    code="LK707",
    name="open-item-with-ended-children",
    level=Level.LINKS,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Features: done when the stories below it are done and it is accepted",
    options=Options,
    when="stage < 'validating'",
    flaw="done_children > 0 AND open_children = 0 AND (working_days_since_children_ended > :epic_grace_days"
    " OR NOT kind = 'epic' AND working_days_since_children_ended > :grace_days)",
    severity=Severity.INFO,
    warning_when="working_days_since_children_ended > :warning_days",
    remedy="Accept and close it, or add the story that is still missing.",
    evidence="Children: {children}, of these done: {done_children}, open: 0; the last ended"
    " {working_days_since_children_ended} working days ago.",
    examples=(
        bad("a feature whose stories are done", feature(), story(parent="jira:2", stage=Stage.DONE, days_in_stage=8)),
        bad("ten working days ago", feature(), story(parent="jira:2", stage=Stage.DONE, days_in_stage=14), severity=Severity.INFO),
        bad("eleven", feature(), story(parent="jira:2", stage=Stage.DONE, days_in_stage=15), severity=Severity.WARNING),
        bad("a capability whose features are done", capability(), feature(parent="jira:5", stage=Stage.DONE, days_in_stage=8)),
        bad("an epic whose feature was done 21 working days ago", epic(), feature(parent="jira:3", stage=Stage.DONE, days_in_stage=29)),
        bad(
            "the rest is cancelled",
            feature(stage=Stage.IN_PROGRESS),
            story(1, parent="jira:2", stage=Stage.DONE, days_in_stage=9),
            story(7, parent="jira:2", stage=Stage.CANCELLED, days_in_stage=8),
        ),
        good("closed", feature(stage=Stage.DONE), story(parent="jira:2", stage=Stage.DONE, days_in_stage=20)),
        good("being validated", feature(stage=Stage.VALIDATING), story(parent="jira:2", stage=Stage.DONE, days_in_stage=20)),
        good("five working days ago", feature(), story(parent="jira:2", stage=Stage.DONE, days_in_stage=7)),
        good("an epic, 20 working days ago", epic(), feature(parent="jira:3", stage=Stage.DONE, days_in_stage=28)),
        good(
            "one story is open",
            feature(),
            story(1, parent="jira:2", stage=Stage.DONE, days_in_stage=20),
            story(7, parent="jira:2"),
        ),
        good("everything below was given up", feature(), story(parent="jira:2", stage=Stage.CANCELLED, days_in_stage=20)),
        good("only explored", feature(), story(8, kind=Kind.SPIKE, parent="jira:2", stage=Stage.DONE, days_in_stage=20)),
        good("nothing below it yet", feature()),
    ),
    cases=(good("only a bug was mended", feature(), bug(parent="jira:2", stage=Stage.DONE, days_in_stage=20)),),
)
