"""
A flag says that somebody has to help. When nobody says what is needed, or nobody looks after it for a week, the flag is a
decoration and the work is late.

We look at open items that are blocked: by a flag, or by a label, a tag or a state of that name. One that has been so for more than
`max_days` Monday-to-Friday days is reported, as is one that no person has changed for as long; an error after `escalate_days`. Since
when it is blocked its history tells. Earlier it is reported when nobody says why: the field for the reason is empty and no open item
is linked that it depends on. Without a mapped field for the reason that half cannot be judged.

How to fix: say what or who is needed, or take the flag away.

Known false positives: waiting for somebody outside until an agreed day (waive it until then); teams that flag what is important
(turn the rule off for them).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import NOW, bad, epic, feature, good, story, unknown
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long is too long."""

    reason_grace_days: int = Field(default=1, ge=0, description="Monday-to-Friday days in which a reason may still be given.")
    max_days: int = Field(default=5, ge=1, description="Monday-to-Friday days that it may be blocked, or be without a change by a person.")
    escalate_days: int = Field(default=10, ge=1, description="After so many it is an error.")


_LEGAL = "Waiting for the legal office"
_HELD: dict[str, Any] = {"blocked": True, "blocked_reason": _LEGAL}


def _ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


RULE = Rule(
    code="TM110",
    name="blocked-item-left-alone",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.FEATURE, Kind.EPIC),
    source="SAFe, Team Sync: blockers are raised and removed; the days are SafeSync's",
    options=Options,
    when="open AND blocked",
    flaw="working_days_blocked > :max_days OR working_days_since_human_change > :max_days"
    " OR (working_days_blocked > :reason_grace_days OR working_days_since_human_change > :reason_grace_days)"
    " AND blocked_reason IS NULL AND awaited = 0",
    severity=Severity.WARNING,
    error_when="working_days_blocked > :escalate_days OR working_days_since_human_change > :escalate_days",
    remedy="Say what or who is needed to go on, or take the flag away.",
    evidence="It is flagged as blocked",
    figures=(
        "for {working_days_blocked} working days",
        "the last change by a person was {working_days_since_human_change} working days ago",
        "the reason given is: {blocked_reason}",
        "what it depended on is done: {arrived_keys}",
    ),
    examples=(
        bad("nobody looked for six working days", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=8)),
        bad("nor at a feature", feature(blocked=True, blocked_reason=_LEGAL, changed_days_ago=30)),
        bad("for ten", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=14), severity=Severity.WARNING),
        bad("for eleven", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=15), severity=Severity.ERROR),
        bad("nor at an epic", epic(blocked=True, blocked_reason=_LEGAL, changed_days_ago=8)),
        bad("nobody says why", story(blocked=True, changed_days_ago=2)),
        bad("what it waited for is done", story(blocked=True, changed_days_ago=2, depends_on="jira:7"), story(7, stage=Stage.DONE)),
        bad("blocked for six working days, whoever looks at it", story(**_HELD, blocked_since=_ago(8)), severity=Severity.WARNING),
        bad("blocked for ten", story(**_HELD, blocked_since=_ago(14)), severity=Severity.WARNING),
        bad("blocked for eleven", story(**_HELD, blocked_since=_ago(15)), severity=Severity.ERROR),
        bad("blocked for two, and nobody says why", story(blocked=True, blocked_since=_ago(2))),
        good("blocked for five, and somebody says why", story(**_HELD, blocked_since=_ago(7))),
        good("blocked since yesterday", story(blocked=True, blocked_since=_ago(1))),
        unknown("nobody tells since when", story(**_HELD, unseen=frozenset({"blocked_since"}))),
        good("the reason may follow within a day", story(blocked=True, changed_days_ago=1)),
        good("a reason, five working days ago", story(blocked=True, blocked_reason=_LEGAL, changed_days_ago=7)),
        good("the item it waits for is linked", story(blocked=True, changed_days_ago=3, depends_on="jira:7"), story(7)),
        good("not flagged", story(changed_days_ago=30)),
        good("flagged and done", story(blocked=True, changed_days_ago=30, stage=Stage.DONE)),
    ),
)
