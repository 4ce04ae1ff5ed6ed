"""
A flag says that somebody has to help. When nobody says what is needed, or nobody looks after it for a week, the flag is a
decoration and the work is late.

We look at flagged items that are open. Nobody looks after one that no person has changed or commented for more than `max_days`
Monday-to-Friday days; an error after `escalate_days`. Earlier it is reported when nobody says why: the field for the reason is empty
and no open item is linked that it depends on. Without a mapped field for the reason that half cannot be judged.

How to fix: say what or who is needed, or take the flag away.

Known false positives: waiting for somebody outside until an agreed day (write a word about it when you look); teams that
flag what is important (turn the rule off for them).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, epic, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long is too long."""

    reason_grace_days: int = Field(default=1, ge=0, description="Monday-to-Friday days in which a reason may still be given.")
    max_days: int = Field(default=5, ge=1, description="Monday-to-Friday days without a change by a person.")
    escalate_days: int = Field(default=10, ge=1, description="After so many it is an error.")


_LEGAL = "Waiting for the legal office"

RULE = Rule(
    code="TM110",
    name="blocked-item-left-alone",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.FEATURE, Kind.EPIC),
    source="SAFe, Team Sync: blockers are raised and removed; the days are SafeSync's",
    options=Options,
    when="open AND blocked",
    flaw="working_days_since_human_change > :max_days"
    " OR working_days_since_human_change > :reason_grace_days AND blocked_reason IS NULL AND awaited = 0",
    severity=Severity.WARNING,
    error_when="working_days_since_human_change > :escalate_days",
    remedy="Say what or who is needed to go on, or take the flag away.",
    evidence="Flagged, and no person has changed it for {working_days_since_human_change} working days",
    figures=("the reason given is: {blocked_reason}", "what it depended on is done: {arrived_keys}"),
    examples=(
        bad("nobody looked for six working days", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=8)),
        bad("nor at a feature", feature(blocked=True, blocked_reason=_LEGAL, changed_days_ago=30)),
        bad("for ten", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=14), severity=Severity.WARNING),
        bad("for eleven", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=15), severity=Severity.ERROR),
        bad("nor at an epic", epic(blocked=True, blocked_reason=_LEGAL, changed_days_ago=8)),
        bad("nobody says why", story(blocked=True, changed_days_ago=2)),
        bad("what it waited for is done", story(blocked=True, changed_days_ago=2, depends_on="jira:7"), story(7, stage=Stage.DONE)),
        good("the reason may follow within a day", story(blocked=True, changed_days_ago=1)),
        good("a reason, five working days ago", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=7)),
        good("the item it waits for is linked", story(blocked=True, changed_days_ago=3, depends_on="jira:7"), story(7)),
        good("not flagged", story(changed_days_ago=30)),
        good("flagged and done", story(blocked=True, changed_days_ago=30, stage=Stage.DONE)),
    ),
)
