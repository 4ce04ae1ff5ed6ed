"""
Predictability is what business trusts in: of the business value that was promised for an interval, how much came. SAFe asks for
80 to 100 percent: below it promises are not kept, and well above it again and again they are made too small.

For the interval that ended last, for each team and for the whole train: the actual business value of all objectives, those that
were not committed included, over the planned one of committed objectives alone. Objectives without an actual value leave it open,
and GR508 asks for the value.

How to fix: talk it over at Inspect and Adapt, and plan to what was really possible.

Known false positives: few objectives (`min_objectives`); values that were given to please.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Stage
from safesync.rules.examples import LONG_PAST_INTERVAL, PAST_INTERVAL, bad, good, pi_objective
from safesync.rules.rule import Group, Level, NotAbove, Rule, RuleOptions

_TEAM = f"group:objectives:team|Falcon|{PAST_INTERVAL}"
_TRAIN = f"group:objectives:train|Payments|{PAST_INTERVAL}"


class Options(RuleOptions):
    """Where predictability ends."""

    least: Annotated[float, NotAbove("most")] = Field(
        default=80, ge=0, description="Percent of the promised business value that should come."
    )
    grave: Annotated[float, NotAbove("least")] = Field(default=60, ge=0, description="Percent below which it is an error.")
    most: float = Field(default=100, ge=0, description="Percent above which promises are too small, when it happens twice in a row.")
    min_objectives: int = Field(default=3, ge=1, description="Fewer objectives than this tell nothing.")


def _objectives(*actual: float, interval: str = PAST_INTERVAL, number: int = 20, **fields: Any) -> tuple[Any, ...]:
    """One objective of planned value ten for each actual one."""
    common: dict[str, Any] = {"interval": interval, "planned_value": 10.0, "stage": Stage.DONE, **fields}
    return tuple(pi_objective(number + at, actual_value=value, **common) for at, value in enumerate(actual))


def _twice(now: float, before: float) -> tuple[Any, ...]:
    """Three objectives in each of the last two intervals, one of which came to so much instead of ten."""
    return (*_objectives(10, 10, now), *_objectives(10, 10, before, interval=LONG_PAST_INTERVAL, number=40))


RULE = Rule(
    code="PI805",
    name="unpredictable-interval",
    level=Level.PLANNING,
    judges=Group.OBJECTIVES,
    source="SAFe, ART predictability measure: 80 to 100 percent",
    options=Options,
    when="intervals_ago = 1 AND objectives >= :min_objectives",
    flaw="predictability < :least OR predictability > :most AND predictability_before > :most",
    severity=Severity.INFO,
    warning_when="predictability < :least",
    error_when="predictability < :grave",
    remedy="Talk it over at Inspect and Adapt, and plan the next interval to what was really possible.",
    evidence="{whose} in {interval}, actual business value {actual_value} / planned {planned_value} of committed objectives"
    " = {predictability} % ({least} to {most} %)",
    figures=("in the interval before {predictability_before} %",),
    numbers=(
        ("Objectives", "{objectives}, of which {committed_objectives} committed"),
        ("Actual / planned", "{contributors}"),
    ),
    examples=(
        bad("a little less than promised", *_objectives(9, 8, 6.9), subject=_TEAM, severity=Severity.WARNING),
        bad("three fifths of it", *_objectives(6, 6, 6), subject=_TEAM, severity=Severity.WARNING),
        bad("not even three fifths", *_objectives(6, 6, 5.9), subject=_TEAM, severity=Severity.ERROR),
        bad(
            "the train, over its teams",
            *_objectives(10, 2),
            *_objectives(5, number=30, team="Heron"),
            subject=_TRAIN,
        ),
        bad(
            "more than promised, twice",
            *_objectives(10, 10, 10),
            *_objectives(4, number=25, committed=False),
            *_objectives(10, number=30, interval=LONG_PAST_INTERVAL),
            *_objectives(4, number=40, interval=LONG_PAST_INTERVAL, committed=False),
            subject=_TEAM,
        ),
        good("as promised", *_objectives(8, 8, 8), subject=_TEAM),
        good("all of it", *_objectives(10, 10, 10), subject=_TEAM),
        good("more than promised, once", *_objectives(10, 10, 10), *_objectives(4, number=25, committed=False), subject=_TEAM),
        good(
            "an uncommitted one that came to nothing is no broken promise",
            *_objectives(10, 9, 9),
            *_objectives(0, number=25, committed=False),
            subject=_TEAM,
        ),
        good("a cancelled one was taken back", *_objectives(10, 9, 9), *_objectives(0, number=25, stage=Stage.CANCELLED), subject=_TEAM),
        good("two objectives tell nothing", *_objectives(1, 1), subject=_TEAM),
        good(
            "an interval before the last one is history",
            *_objectives(1, 1, 1, interval=LONG_PAST_INTERVAL),
            subject=f"group:objectives:team|Falcon|{LONG_PAST_INTERVAL}",
        ),
        bad("four fifths of it, where more is asked", *_objectives(8, 8, 8), subject=_TEAM, options={"least": 85}),
    ),
    cases=(
        bad("a little more than promised, twice", *_twice(10.2, 10.2), subject=_TEAM, severity=Severity.INFO),
        good("all of it, after more than that", *_twice(10, 11), subject=_TEAM),
        good("more than promised, after all of it", *_twice(11, 10), subject=_TEAM),
    ),
)
