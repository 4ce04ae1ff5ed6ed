"""
What is put into a planning interval after everybody has committed to it pushes something else out, and explains at its end why the
objectives were missed.

What was planned in its first five days is taken from the snapshot that a check kept then. The points of stories and spikes that came in
later, and of those that were taken out or cancelled, are held against it; bugs come when they come and are left out, and so are new
estimates. Where no snapshot shows these days, what was created when the interval was more than five days old counts as added, and what
was moved in or out cannot be seen: then the churn is at least what is reported. Fewer than `min_points` are no plan. It is a warning
beyond `warning_percent`.

How to fix: take out as much as comes in.

Known false positives: stories that were split after the interval began.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item
from safesync.rules.examples import CURRENT, NEXT_INTERVAL, NOW, bad, bug, good, story
from safesync.rules.rule import Group, Level, NotAbove, Rule, RuleOptions

_TEAM, _TRAIN = "group:interval_load:team|Falcon|PI 26.4", "group:interval_load:train|Payments|PI 26.4"


class Options(RuleOptions):
    """How much may come in later."""

    max_percent: Annotated[float, NotAbove("warning_percent")] = Field(
        default=15, gt=0, description="Points that may be added, as a share of those that were there, in percent."
    )
    warning_percent: float = Field(default=25, gt=0, description="Beyond this share it is a warning.")
    min_points: float = Field(default=20, gt=0, description="Fewer points than this at the beginning are no plan.")


def _late(points: float, **fields: Any) -> Item:
    """Created on the sixth day after the interval began."""
    return story(7, points=points, created_at=NOW - timedelta(days=38), **{"iteration": CURRENT, **fields})


RULE = Rule(
    code="PI807",
    name="plan-churn",
    level=Level.PLANNING,
    judges=Group.INTERVAL_LOAD,
    source="SAFe, PI Planning: teams commit to objectives; the numbers are SafeSync's",
    options=Options,
    eased=("max_percent",),
    when="committed_points >= :min_points",
    flaw="churned_points > :max_percent / 100 * committed_points",
    severity=Severity.INFO,
    warning_when="churned_points > :warning_percent / 100 * committed_points",
    remedy="Take as much out of the plan as comes into it.",
    evidence="{committed_points} points were planned when {interval} began, and {added_points} came later",
    figures=("{removed_points} were taken out", "by team {team}", "in train {train}"),
    numbers=(
        ("Planned at the beginning", "{committed_points} points"),
        ("Planned now", "{planned_points} points"),
        ("Added", "{added_points} points"),
        ("Of these", "{added_items}"),
        ("Taken out", "{removed_points} points"),
        ("Of these, taken out", "{removed_items}"),
    ),
    examples=(
        bad("four points on twenty", story(points=20.0, iteration=CURRENT), _late(4.0), subject=_TEAM, severity=Severity.INFO),
        bad("six points on twenty", story(points=20.0, iteration=CURRENT), _late(6.0), subject=_TEAM, severity=Severity.WARNING),
        bad(
            "the same for the train, in no iteration yet",
            story(points=20.0, iteration=CURRENT),
            _late(4.0, interval="PI 26.4", iteration=None),
            subject=_TRAIN,
        ),
        good("three points on twenty", story(points=20.0, iteration=CURRENT), _late(3.0), subject=_TEAM),
        good("hardly planned at all", story(points=19.0, iteration=CURRENT), _late(4.0), subject=_TEAM),
        good(
            "a bug that came later",
            story(points=20.0, iteration=CURRENT),
            bug(points=9.0, iteration=CURRENT, created_at=NOW - timedelta(days=3)),
            subject=_TEAM,
        ),
        good(
            "created while it was planned",
            story(points=20.0, iteration=CURRENT),
            story(8, points=9.0, iteration=CURRENT, created_at=NOW - timedelta(days=39)),
            subject=_TEAM,
        ),
        good(
            "the next interval is still being planned",
            story(points=20.0, interval=NEXT_INTERVAL),
            _late(9.0, interval=NEXT_INTERVAL, iteration=None),
            subject="group:interval_load:train|Payments|PI 27.1",
        ),
    ),
    cases=(
        bad("a little more than 15 on a hundred", story(points=100.0, iteration=CURRENT), _late(15.1), subject=_TEAM),
        bad("25 on a hundred", story(points=100.0, iteration=CURRENT), _late(25.0), subject=_TEAM, severity=Severity.INFO),
        bad("a little more than 25", story(points=100.0, iteration=CURRENT), _late(25.1), subject=_TEAM, severity=Severity.WARNING),
    ),
)
