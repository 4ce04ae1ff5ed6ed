"""
A backlog of dead items hides the living ones: everybody scrolls past them, and nobody dares to throw them away.

We look at open items that nobody works on, that are in no iteration or planning interval which is not over, and that no person has
changed for half a year; features get a year.

How to fix: close it, it can be opened again; or refine it.

Known false positives: items that must be kept (exclude them by a label); items that wait on purpose (give them the label
`parked`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import CURRENT, NEXT_INTERVAL, PAST, bad, bug, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long something may lie."""

    stale_days: int = Field(default=180, ge=1, le=3650, description="Days without a change by a person.")
    feature_stale_days: int = Field(default=365, ge=1, le=3650, description="The same for features.")
    parked_label: str = Field(default="parked", description="Label of items that wait on purpose.")


RULE = Rule(
    code="TM109",
    name="stale-backlog-item",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG, Kind.FEATURE),
    source="SAFe, Team Backlog: refined continuously; half a year is SafeSync's measure",
    options=Options,
    when="open AND NOT active",
    flaw="NOT planned_ahead AND NOT has_label(:parked_label)"
    " AND (days_since_human_change > :feature_stale_days OR kind <> 'feature' AND days_since_human_change > :stale_days)",
    severity=Severity.INFO,
    remedy="Close it, or refine it with the team.",
    evidence="No person has changed it for {days_since_human_change} days, and it is in no plan that runs or is to come.",
    examples=(
        bad("half a year", story(changed_days_ago=181)),
        bad("a bug", bug(changed_days_ago=400)),
        bad("left in an iteration that is over", story(changed_days_ago=181, iteration=PAST, interval="PI 26.3")),
        bad("a feature, after a year", feature(changed_days_ago=366)),
        good("not half a year yet", story(changed_days_ago=180)),
        good("a feature has more time", feature(changed_days_ago=365)),
        good("planned", story(changed_days_ago=200, iteration=CURRENT)),
        good("planned for the next interval", feature(changed_days_ago=400, interval=NEXT_INTERVAL)),
        good("parked", story(changed_days_ago=200, labels=("Parked",))),
        good("done", story(changed_days_ago=200, stage=Stage.DONE)),
        good("in progress is another rule's matter", story(changed_days_ago=200, stage=Stage.IN_PROGRESS)),
    ),
)
