"""
Inspect and Adapt ends with improvement items that go into the next interval. Without one it was a meeting; and when those of the
last time are all still open, the next one is not worth much either.

For each train and the interval that ended last: improvement items created from five days before its end to fifteen days after, and
what became of those of the interval before.

How to fix: put one to three improvement items into the next interval, and do them.

Known false positives: improvements that are kept in another tool. While no improvement item was ever read the rule is not
evaluable: map a type to `improvement`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Stage
from safesync.rules.examples import LONG_PAST_INTERVAL, NOW, PAST_INTERVAL, bad, good, improvement, with_interval
from safesync.rules.rule import Group, Level, Rule, RuleOptions

_SUBJECT = f"group:inspect_adapt:Payments|{PAST_INTERVAL}"
_OWN = "group:inspect_adapt:Payments|PI 30.1"
_END = NOW - timedelta(days=45)
"""The last interval ended then, and the one before seventy days earlier."""


class Options(RuleOptions):
    """When it is time to ask."""

    grace_days: int = Field(default=15, ge=0, le=365, description="Days after the end of the interval without an improvement item.")


def _made(days_after_end: int, number: int = 50, **fields: Any) -> Any:
    return improvement(number, created_at=_END + timedelta(days=days_after_end), **fields)


RULE = Rule(
    code="PI808",
    name="interval-without-improvement",
    level=Level.PLANNING,
    judges=Group.INSPECT_ADAPT,
    source="SAFe, Inspect and Adapt: improvement backlog items; the days by SafeSync",
    options=Options,
    when="intervals_ago = 1 AND days_since_end > :grace_days",
    flaw="improvements = 0 OR improvements_before > 0 AND open_before = improvements_before",
    severity=Severity.INFO,
    remedy="Put one to three improvement items into the next interval, and finish those of the last one.",
    evidence="{train}, {days_since_end} days after {interval}: improvement items: {improvements};"
    " in the interval before: {improvements_before}, of these still open: {open_before}.",
    numbers=(("Still open", "{contributors}"),),
    examples=(
        bad("none was made", _made(-6), subject=_SUBJECT),
        bad("made much too late", _made(16), subject=_SUBJECT),
        bad("made for another train", _made(0, train="Cards", team="Ibis"), subject=_SUBJECT),
        bad("the only one was given up", _made(0, stage=Stage.CANCELLED), _made(20, 51), subject=_SUBJECT),
        bad("those of the interval before are all open", _made(0), _made(-70, 51), _made(-65, 52), subject=_SUBJECT),
        bad("the only one of the interval before is open", _made(0), _made(-70, 51), subject=_SUBJECT),
        good("fifteen days after the end", _made(0), subject=_OWN, around=with_interval("PI 30.1", -84)),
        bad("sixteen days after the end", _made(0), subject=_OWN, around=with_interval("PI 30.1", -85)),
        good("one was made before the end", _made(-5), subject=_SUBJECT),
        good("one was made after it", _made(15), subject=_SUBJECT),
        good("of those before one is done", _made(0), _made(-70, 51), _made(-65, 52, stage=Stage.DONE), subject=_SUBJECT),
        good("Inspect and Adapt is not over", _made(-6), subject=_SUBJECT, options={"grace_days": 45}),
        bad("a day later", _made(-6), subject=_SUBJECT, options={"grace_days": 44}),
        good("long over", _made(0), subject=f"group:inspect_adapt:Payments|{LONG_PAST_INTERVAL}"),
    ),
)
