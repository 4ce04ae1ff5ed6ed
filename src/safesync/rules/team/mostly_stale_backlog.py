"""
TM109 names dead items one by one. When a third of a backlog is dead, no list of items helps any more: the team has stopped to refine,
and whoever looks for what comes next scrolls through history.

We look at what waits in the backlog of a team: open stories, bugs and features that nobody works on and that are in no present or
later plan. Stale is what no person has changed for half a year, features for a year; what has the label `parked` is left out.

How to fix: close what is old in one go, it can be opened again; then refine a little in each iteration.

Known false positives: small backlogs (`min_items`); backlogs that a law says to keep (give those items the label `parked`).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.rules.examples import CURRENT, bad, bug, feature, good, story, unknown
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_SUBJECT = "group:team_backlog:Falcon"


class Options(RuleOptions):
    """How much may be stale."""

    max_stale: float = Field(default=30, ge=0, le=100, description="Highest share of stale items, in percent.")
    min_items: int = Field(default=10, ge=1, description="Fewer waiting items than this are no backlog.")


def _waiting(count: int, days: int, first: int = 100, **fields: Any) -> tuple[Item, ...]:
    return tuple(story(first + at, changed_days_ago=days, **fields) for at in range(count))


_FRESH = _waiting(7, 180, first=200)

RULE = Rule(
    code="TM115",
    name="mostly-stale-backlog",
    level=Level.TEAM,
    judges=Group.TEAM_BACKLOG,
    source="SAFe, Team Backlog: refined continuously; half a year and the share are SafeSync's measures",
    options=Options,
    eased=("max_stale",),
    when="waiting >= :min_items",
    flaw="stale_share > :max_stale",
    severity=Severity.INFO,
    remedy="Close what is old in one go, and refine a little in each iteration.",
    evidence="{team}: {stale} of {waiting} waiting items ({stale_share} %, at most {max_stale} %) were not changed by a person for long.",
    numbers=(("Longest untouched, in days", "{contributors}"),),
    examples=(
        bad("four of eleven", *_FRESH, *_waiting(4, 181), subject=_SUBJECT),
        bad("all of it", *_waiting(10, 400), subject=_SUBJECT),
        bad(
            "features after a year, bugs too",
            *_FRESH,
            bug(changed_days_ago=181),
            *(feature(n, team="Falcon", changed_days_ago=366) for n in (11, 12, 13)),
            subject=_SUBJECT,
        ),
        bad("a small backlog, where it counts", *_waiting(1, 181), subject=_SUBJECT, options={"min_items": 1}),
        good("three of ten", *_FRESH, *_waiting(3, 181), subject=_SUBJECT),
        good(
            "a feature has more time",
            *_FRESH,
            *(feature(n, team="Falcon", changed_days_ago=365) for n in (11, 12, 13, 14)),
            subject=_SUBJECT,
        ),
        good("nine are no backlog", *_waiting(9, 400), subject=_SUBJECT),
        good(
            "planned, parked, begun or done is not waiting",
            *_FRESH,
            *_waiting(3, 180),
            *_waiting(4, 400, 300, iteration=CURRENT),
            *_waiting(4, 400, 310, labels=("Parked",)),
            *_waiting(4, 400, 320, stage=Stage.IN_PROGRESS),
            *_waiting(4, 400, 330, stage=Stage.DONE),
            subject=_SUBJECT,
        ),
        unknown("who changed them was not seen", *_waiting(10, 1, unseen=frozenset({"last_human_change_at"})), subject=_SUBJECT),
    ),
    cases=(
        bad("a little too much", *_waiting(2, 180, 300), *_FRESH, *_waiting(4, 181), subject=_SUBJECT),
        good("four of eleven, where that may be", *_FRESH, *_waiting(4, 181), subject=_SUBJECT, options={"max_stale": 37}),
        bad("four of eleven, where that may not be", *_FRESH, *_waiting(4, 181), subject=_SUBJECT, options={"max_stale": 36}),
        bad("another team's backlog is its own", *_FRESH, *_waiting(3, 181, team="Heron"), *_waiting(4, 181, 300), subject=_SUBJECT),
    ),
)
