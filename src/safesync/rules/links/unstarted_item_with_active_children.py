"""
When a team works on a story while its feature waits in the backlog, the boards of train and portfolio show a false picture, and
whoever decides there about what to begin has been passed over.

We look at children that deliver and are in progress or validating, while their parent is not yet in progress; spikes, bugs and
exploration enablers do not count, for exploring comes before the decision. `grace_days` are counted from the day on which work on
the first of these children began.

How to fix: move the parent to where it is, or stop.

Known false positives: a state of the parent that is mapped to an earlier stage than people mean by it.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, bug, capability, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long the parent may take to follow."""

    grace_days: int = Field(default=2, ge=0, le=365, description="Days after work on a child began in which the parent may be moved.")


_AT_WORK: dict[str, Any] = {"parent": "jira:2", "stage": Stage.IN_PROGRESS}

RULE = Rule(
    code="LK708",
    name="unstarted-item-with-active-children",
    level=Level.LINKS,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, ART and Portfolio Kanban: an item is pulled before work on its parts begins",
    options=Options,
    when="stage < 'in_progress'",
    flaw="active_children > 0 AND days_since_child_began > :grace_days",
    severity=Severity.INFO,
    remedy="Move it to where its children are, or stop what has begun below it.",
    evidence="Under way below it ({active_children}): {active_children_keys}, the first for {days_since_child_began} days;"
    " its own stage: {stage}.",
    examples=(
        bad("a story in progress for three days", feature(), story(days_in_stage=3, **_AT_WORK)),
        bad("a feature being validated", epic(stage=Stage.ANALYSIS), feature(parent="jira:3", stage=Stage.VALIDATING, days_in_stage=3)),
        bad("a feature below a capability", capability(), feature(parent="jira:5", stage=Stage.IN_PROGRESS, days_in_stage=3)),
        good("in progress itself", feature(stage=Stage.IN_PROGRESS), story(days_in_stage=3, **_AT_WORK)),
        good("since two days", feature(), story(days_in_stage=2, **_AT_WORK)),
        good("nothing has begun", feature(), story(parent="jira:2")),
        good("nothing has begun, and its history is hidden", feature(), story(parent="jira:2", unseen=frozenset({"transitions"}))),
        good("only explored", feature(), story(8, kind=Kind.SPIKE, days_in_stage=9, **_AT_WORK)),
        good("an exploration enabler", feature(), story(enabler_kind="exploration", days_in_stage=9, **_AT_WORK)),
        good("a bug is mended", feature(), bug(days_in_stage=9, **_AT_WORK)),
    ),
)
