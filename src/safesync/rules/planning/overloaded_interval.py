"""
A planning interval that is full to the last day has no room for what nobody foresaw, and its objectives are the first to go.

We add up the points of stories, spikes and bugs that are planned in the current and the next interval, done ones included and
cancelled ones left out; what stands in the iteration for innovation and planning is no load, and what stands in no iteration yet
counts for the train alone. The capacity is that of one iteration, times the iterations of the interval: what `capacities` says for
the team or the train, else the velocity that tracker or configuration give, else the average of the last ended iterations, at most
five, rounded up. A train can do what its teams can do together. With fewer than `min_iterations` of them nobody knows the capacity
and nothing is said about it. It is reported too when more than `max_late_features` of a train's features end in the last iteration of
work.

How to fix: trade scope with the Business Owners before the interval, not in it.

Known false positives: teams that have just grown (set their capacity); intervals whose stories are written as they go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.rules.capacity import CAPACITY, SOURCES, CapacityOptions, capacity_of
from safesync.rules.examples import (
    CURRENT,
    CURRENT_INTERVAL,
    LONG_PAST,
    NEXT,
    NEXT_INTERVAL,
    PAST,
    bad,
    feature,
    good,
    story,
    unknown,
    with_iteration,
)
from safesync.rules.rule import Group, Level, NotAbove, Rule

_TEAM, _TRAIN = "group:interval_load:team|Falcon|PI 26.4", "group:interval_load:train|Payments|PI 26.4"


class Options(CapacityOptions):
    """How full is too full."""

    max_load: Annotated[float, NotAbove("error_load")] = Field(
        default=1.0, gt=0, le=10, description="Highest share of the capacity that may be planned."
    )
    error_load: float = Field(default=1.2, gt=0, le=10, description="Beyond this share it is an error.")
    max_late_features: float = Field(
        default=50, ge=0, le=100, description="Highest share of features, in percent, that may end in the last iteration of work."
    )
    min_features: int = Field(default=4, ge=1, description="Fewer features than this say nothing about when they end.")


_ITERATIONS = "{count} iterations of {points}, {source}"


def _capacity(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | str | None] | None:
    found = capacity_of(options, group)
    if found is None or not group["iterations"]:
        return None
    each, source = found
    capacity = each * group["iterations"]
    return {
        "capacity": capacity,
        "capacity_source": _ITERATIONS.format(count=group["iterations"], points=f"{each:g}", source=source),
        "load": round(group["planned_points"] / capacity * 100),
    }


def _features(late: int, early: int) -> tuple[Item, ...]:
    """Features with one story each, in the last iteration of work or in the first one."""
    above = tuple(feature(100 + n, train="Payments", interval=CURRENT_INTERVAL) for n in range(late + early))
    below = tuple(
        story(300 + n, parent=f"jira:{100 + n}", iteration=CURRENT if n < late else PAST, points=1.0) for n in range(late + early)
    )
    return (*above, *below)


def _ended(count: int) -> tuple[Item, ...]:
    """Ten points done in each of so many iterations."""
    uids = (PAST, "jira:iteration:2", LONG_PAST)[:count]
    return tuple(story(10 + n, points=10.0, stage=Stage.DONE, iteration=uid) for n, uid in enumerate(uids))


_TEN = {"capacities": {"Falcon": 10, "Payments": 10}}
_OF_TEN: dict[str, Any] = {"subject": _TEAM, "options": _TEN}

RULE = Rule(
    code="PI801",
    name="overloaded-interval",
    level=Level.PLANNING,
    judges=Group.INTERVAL_LOAD,
    source="SAFe, PI Planning: teams plan by their capacity in each iteration",
    options=Options,
    eased=("max_load",),
    limits=_capacity,
    limit_facts=(
        *(replace(fact, phrases=(_ITERATIONS, *SOURCES)) if fact.phrases else fact for fact in CAPACITY),
        Fact("load", FactType.NUMBER, Sort.GROUPED, "Planned points as a share of the capacity.", unit="percent"),
    ),
    when="interval_phase IN ('current', 'next')",
    flaw="planned_points > :max_load * capacity OR planned_features >= :min_features AND late_features_share > :max_late_features",
    severity=Severity.WARNING,
    error_when="planned_points > :error_load * capacity",
    remedy="Trade scope with the Business Owners until the plan fits.",
    evidence="{planned_points} points are planned in {interval}",
    figures=(
        "by team {team}",
        "in train {train}",
        "with a capacity of {capacity} ({capacity_source})",
        "a load of {load} %",
        "{late_features_share} % of {planned_features} features end in its last iteration",
    ),
    numbers=(
        ("Load", "{load} %"),
        ("In no iteration yet", "{unplaced_points} points"),
        ("Without points", "{unestimated_share} % of {planned_items} items"),
        ("Heaviest items", "{contributors}"),
    ),
    examples=(
        bad("a team beyond four times ten", story(points=40.5, iteration=CURRENT), subject=_TEAM, options=_TEN),
        bad(
            "a train with what is in no iteration yet",
            story(points=40.0, iteration=CURRENT),
            story(7, points=1.0, interval=CURRENT_INTERVAL),
            subject=_TRAIN,
            options=_TEN,
        ),
        bad("a share of the capacity", story(points=33.0, iteration=CURRENT), subject=_TEAM, options={**_TEN, "max_load": 0.8}),
        bad("three of four features end in the last iteration", *_features(3, 1), subject=_TRAIN, options=_TEN),
        good("as much as it can do", story(points=40.0, iteration=CURRENT), subject=_TEAM, options=_TEN),
        good(
            "what is in no iteration yet is not the team's",
            story(points=40.0, iteration=CURRENT),
            story(7, points=1.0, interval=CURRENT_INTERVAL),
            subject=_TEAM,
            options=_TEN,
        ),
        good(
            "cancelled, or in the iteration for innovation",
            story(points=40.0, iteration=CURRENT),
            story(7, points=9.0, iteration=CURRENT, stage=Stage.CANCELLED),
            story(8, points=9.0, iteration=NEXT),
            subject=_TEAM,
            options=_TEN,
        ),
        good("half of the features end in the last iteration", *_features(2, 2), subject=_TRAIN, options=_TEN),
        good("three features say nothing", *_features(3, 0), subject=_TRAIN, options=_TEN),
        unknown("two iterations do not tell what the team gets done", story(points=99.0, iteration=CURRENT), *_ended(2), subject=_TEAM),
    ),
    cases=(
        bad("three iterations do", story(points=99.0, iteration=CURRENT), *_ended(3), subject=_TEAM),
        bad("a fifth beyond four times ten", story(points=48.0, iteration=CURRENT), **_OF_TEN, severity=Severity.WARNING),
        bad("more than a fifth beyond", story(points=48.5, iteration=CURRENT), **_OF_TEN, severity=Severity.ERROR),
        bad("26 of 51 features end in the last iteration", *_features(26, 25), subject=_TRAIN, options={"capacities": {"Payments": 99}}),
        bad(
            "the next interval",
            story(points=50.5, iteration=NEXT),
            subject="group:interval_load:team|Falcon|PI 27.1",
            options=_TEN,
            around=with_iteration(NEXT, interval=NEXT_INTERVAL, innovation=False),
        ),
    ),
)
