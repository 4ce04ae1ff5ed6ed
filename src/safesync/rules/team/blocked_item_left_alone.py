"""
A flag says that somebody has to help. When nobody says what is needed, or nobody looks after it for a week, the flag is a
decoration and the work is late.

We look at open items that are blocked: by a flag, or by a label, a tag or a state of that name. One that has been so for more than
`max_days` Monday-to-Friday days is reported, as is one that no person has changed for as long; an error after `escalate_days`. Since
when it is blocked its history tells. Earlier it is reported when nobody says why in any of the places that count (`reasons`): the field
for the reason is empty, no person has written a comment since the day on which it was flagged, and no open item is linked that it
depends on. What says so is not looked at, but commands to SafeSync (`@safesync explain`) say nothing of the item and count neither as a
reason nor as a change; one that gives a reason (`@safesync waive TM110 until 2027-01-15: waiting for the vendor`) does. Where a place
cannot be seen (no field for the reason is mapped; Azure DevOps does not tell when a comment was written) that half cannot be judged,
unless `reasons` leaves it out.

How to fix: say what or who is needed, or take the flag away.

Known false positives: waiting for somebody outside until an agreed day: map `blocked_until` and turn `until_agreed_day` on; teams that
flag what is important (turn the rule off for them).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import NOW, bad, epic, feature, good, story, unknown
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Place(StrEnum):
    """Where somebody may say why."""

    FIELD = "field"
    COMMENT = "comment"
    DEPENDENCY = "dependency"


class Options(RuleOptions):
    """How long is too long."""

    reason_grace_days: Annotated[int, NotAbove("max_days")] = Field(
        default=1, ge=0, le=365, description="Monday-to-Friday days in which a reason may still be given."
    )
    max_days: Annotated[int, NotAbove("escalate_days")] = Field(
        default=5, ge=1, le=365, description="Monday-to-Friday days that it may be blocked, or be without a change by a person."
    )
    escalate_days: int = Field(default=10, ge=1, le=365, description="After so many it is an error.")
    reasons: frozenset[Place] = Field(default=frozenset(Place), min_length=1, description="Where a reason counts.")
    until_agreed_day: bool = Field(default=False, description="Whether an item is left alone until the day in its blocked_until.")


_LEGAL = "Waiting for the legal office"
_HELD: dict[str, Any] = {"blocked": True, "blocked_reason": _LEGAL}


def _ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


_NOT: dict[str, dict[str, Any]] = {place.value: {"reasons": frozenset(Place) - {place}} for place in Place}
_OVERDUE: dict[str, Any] = {**_HELD, "blocked_since": _ago(14)}
_WAITS: dict[str, Any] = {"until_agreed_day": True}

RULE = Rule(
    code="TM110",
    name="blocked-item-left-alone",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.FEATURE, Kind.EPIC),
    source="SAFe, Team Sync: blockers are raised and removed; the days are SafeSync's",
    options=Options,
    when="open AND blocked AND (NOT :until_agreed_day OR days_of_block_left IS NULL OR days_of_block_left < 0)",
    flaw="working_days_blocked > :max_days OR working_days_since_human_change > :max_days"
    " OR (working_days_blocked > :reason_grace_days OR working_days_since_human_change > :reason_grace_days)"
    " AND (NOT 'field' IN :reasons OR blocked_reason IS NULL)"
    " AND (NOT 'comment' IN :reasons OR commented_on IS NULL OR commented_on < blocked_on)"
    " AND (NOT 'dependency' IN :reasons OR awaited = 0)",
    absorbs=("TM108",),
    severity=Severity.WARNING,
    error_when="working_days_blocked > :escalate_days OR working_days_since_human_change > :escalate_days",
    remedy="Remove what holds it up, say what or who is needed for that, or take the flag away.",
    evidence="Flagged as blocked (at most {max_days} working days, {reason_grace_days} without a reason)",
    figures=(
        "with the flag for {working_days_blocked} working days",
        "without a change by a person for {working_days_since_human_change} working days",
        "the reason given is: {blocked_reason}",
        "the last comment of a person is of {commented_on}",
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
        good("a comment of that day", story(blocked=True, blocked_since=_ago(2), commented_at=_ago(2))),
        bad("a comment of before", story(blocked=True, blocked_since=_ago(2), commented_at=_ago(3))),
        bad(
            "a comment, where it does not count", story(blocked=True, blocked_since=_ago(2), commented_at=_ago(1)), options=_NOT["comment"]
        ),
        good("until today", story(**_OVERDUE, blocked_until=NOW.date()), options=_WAITS),
        bad("until yesterday", story(**_OVERDUE, blocked_until=_ago(1).date()), options=_WAITS),
        bad("until no day", story(**_OVERDUE), options=_WAITS),
        bad("until a day that does not count", story(**_OVERDUE, blocked_until=date(2027, 1, 1))),
        unknown("nobody keeps such a day", story(**_OVERDUE, unseen=frozenset({"blocked_until"})), options=_WAITS),
        good("not flagged", story(changed_days_ago=30)),
        good("flagged and done", story(blocked=True, changed_days_ago=30, stage=Stage.DONE)),
    ),
    cases=(
        bad("a reason, where the field does not count", story(**_HELD, blocked_since=_ago(2)), options=_NOT["field"]),
        bad(
            "the item it waits for, where that does not count",
            story(blocked=True, changed_days_ago=3, depends_on="jira:7"),
            story(7),
            options=_NOT["dependency"],
        ),
        bad(
            "no field for the reason, where it does not count",
            story(blocked=True, blocked_since=_ago(2), unseen=frozenset({"blocked_reason"})),
            options=_NOT["field"],
        ),
        good(
            "a comment, where no field for the reason is mapped",
            story(blocked=True, blocked_since=_ago(2), commented_at=_ago(1), unseen=frozenset({"blocked_reason"})),
        ),
        unknown("comments that nobody saw", story(blocked=True, blocked_since=_ago(2), unseen=frozenset({"commented_at"}))),
    ),
)
