"""The clock: gates, phases, and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import polars as pl
import pytest

from safesync.facts.flow.clock import working_days_since
from safesync.facts.frame.timeboxes import timeboxes
from safesync.model.item import Item, Kind, Stage
from safesync.model.timebox import Iteration, PlanningInterval
from safesync.rules.examples import (
    CURRENT,
    CURRENT_INTERVAL,
    NEXT,
    NEXT_INTERVAL,
    NOW,
    PAST,
    PAST_INTERVAL,
    backlog_of,
    epic,
    feature,
    story,
)

UNSEEN = frozenset({"iteration", "interval"})


def of(item: Item, fact: str, now: datetime = NOW) -> Any:
    row = backlog_of((item,), now=now, groups=frozenset()).items.collect().row(0, named=True)
    return "unseen" if row.get(f"unseen.{fact}") else row[fact]


@pytest.mark.parametrize(
    ("item", "gate"),
    [
        (story(stage=Stage.FUNNEL), "backlog"),
        (story(stage=Stage.ANALYSIS), "backlog"),
        (story(stage=Stage.READY), "ready"),
        (story(stage=Stage.FUNNEL, iteration=NEXT), "next"),
        (story(stage=Stage.FUNNEL, iteration=CURRENT), "current"),
        (story(stage=Stage.READY, iteration="jira:iteration:1"), "current"),
        (story(stage=Stage.READY, iteration="jira:iteration:unknown"), "ready"),
        (story(stage=Stage.IN_PROGRESS), "active"),
        (story(stage=Stage.VALIDATING, iteration=PAST), "active"),
        (story(stage=Stage.DONE, iteration=CURRENT), "done"),
        (story(stage=Stage.CANCELLED), "done"),
        # without an iteration, and when that is over, by the interval
        (story(stage=Stage.FUNNEL, interval=CURRENT_INTERVAL), "current"),
        (story(stage=Stage.FUNNEL, interval=NEXT_INTERVAL), "next"),
        (story(stage=Stage.FUNNEL, iteration=PAST, interval=NEXT_INTERVAL), "next"),
        (story(stage=Stage.FUNNEL, iteration=NEXT, interval=CURRENT_INTERVAL), "next"),
        (story(stage=Stage.FUNNEL, interval=PAST_INTERVAL), "backlog"),
        # features and above by the interval alone
        (feature(stage=Stage.FUNNEL, interval=CURRENT_INTERVAL), "current"),
        (feature(stage=Stage.FUNNEL, iteration=NEXT), "current"),
        (epic(stage=Stage.FUNNEL, interval=NEXT_INTERVAL), "next"),
        (epic(stage=Stage.READY, interval="PI 99.9"), "ready"),
    ],
)
def test_a_gate_says_how_near_the_work_is(item: Item, gate: str):
    assert of(item, "gate") == gate


@pytest.mark.parametrize(
    ("item", "gate"),
    [
        (story(stage=Stage.IN_PROGRESS, unseen=UNSEEN), "active"),
        (story(stage=Stage.DONE, unseen=UNSEEN), "done"),
        (story(stage=Stage.READY, unseen=UNSEEN), "unseen"),
        (story(stage=Stage.READY, iteration=CURRENT, unseen=frozenset({"interval"})), "current"),
        (story(stage=Stage.READY, iteration=NEXT, unseen=frozenset({"interval"})), "next"),
        (story(stage=Stage.READY, unseen=frozenset({"interval"})), "unseen"),
        (feature(stage=Stage.READY, interval=CURRENT_INTERVAL, unseen=frozenset({"iteration"})), "current"),
        (feature(stage=Stage.READY, unseen=frozenset({"interval"})), "unseen"),
        (replace(story(), unseen=frozenset({"stage"})), "unseen"),
    ],
)
def test_a_gate_is_unseen_where_an_unseen_plan_could_bring_it_nearer(item: Item, gate: str):
    assert of(item, "gate") == gate


@pytest.mark.parametrize("day", range(14))
def test_exactly_one_iteration_of_a_cadence_is_next_on_every_day(day: int):
    first = date(2026, 11, 2)
    cadence = [
        Iteration(f"{number}", "jira", str(number), first + timedelta(days=14 * number), first + timedelta(days=14 * number + 13))
        for number in range(-3, 5)
    ]
    phases = timeboxes(cadence, (), (), first + timedelta(days=day)).iterations["phase"].to_list()
    assert phases == ["past"] * 3 + ["current", "next"] + ["later"] * 3


def test_an_interval_without_days_spans_its_iterations_and_one_label_is_one_interval():
    iterations = [
        Iteration("a", "jira", "a", date(2026, 11, 2), date(2026, 11, 15), "PI 26.4"),
        Iteration("b", "ado", "b", date(2026, 11, 16), date(2026, 11, 29), "PI 26.4"),
        Iteration("c", "ado", "c", None, None, "PI 27.1"),
    ]
    intervals = [PlanningInterval("PI 26.4"), PlanningInterval("PI 27.1"), PlanningInterval("PI 26.4")]
    boxes = timeboxes(iterations, intervals, ["PI 27.1", "PI 30.1"], date(2026, 11, 29)).intervals
    assert boxes.rows() == [
        ("PI 26.4", date(2026, 11, 2), date(2026, 11, 29), "current"),
        ("PI 27.1", None, None, None),
        ("PI 30.1", None, None, None),
    ]


def test_days_of_its_own_are_not_stretched_by_iterations():
    iterations = [Iteration("a", "jira", "a", date(2026, 1, 1), date(2026, 12, 31), "PI 26.4")]
    interval = PlanningInterval("PI 26.4", date(2026, 10, 5), date(2026, 12, 13))
    assert timeboxes(iterations, [interval], (), date(2026, 11, 29)).intervals.row(0)[1:3] == (date(2026, 10, 5), date(2026, 12, 13))


def test_days_are_whole_days_until_now():
    item = story(stage=Stage.IN_PROGRESS, days_in_stage=3)
    assert of(item, "days_in_stage") == 3
    assert of(item, "days_active") == 3
    assert of(item, "days_since_created") == 40
    assert of(item, "days_in_stage", NOW - timedelta(minutes=1)) == 2
    assert of(item, "days_in_stage", NOW - timedelta(days=10)) == 0


@pytest.mark.parametrize(
    ("changed", "now", "days"),
    [
        (datetime(2026, 11, 13, 23, tzinfo=UTC), datetime(2026, 11, 16, 1, tzinfo=UTC), 1),
        (datetime(2026, 11, 14, 12, tzinfo=UTC), datetime(2026, 11, 16, 12, tzinfo=UTC), 0),
        (datetime(2026, 11, 13, 12, tzinfo=UTC), datetime(2026, 11, 15, 12, tzinfo=UTC), 1),
        (datetime(2026, 11, 2, 12, tzinfo=UTC), datetime(2026, 11, 16, 12, tzinfo=UTC), 10),
        (datetime(2026, 11, 17, 12, tzinfo=UTC), datetime(2026, 11, 16, 12, tzinfo=UTC), 0),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 4, 12, tzinfo=UTC), 2),
    ],
)
def test_weekends_are_no_working_days(changed: datetime, now: datetime, days: int):
    assert of(story(last_human_change_at=changed), "working_days_since_human_change", now) == days


def test_working_days_are_those_of_the_calendar():
    today = date(2026, 11, 18)
    days = pl.DataFrame({"human_change_at": pl.datetime_range(datetime(2025, 1, 1, 5, tzinfo=UTC), NOW, "9h", eager=True)})
    told = working_days_since("human_change_at", today)
    counted = pl.business_day_count(pl.col("human_change_at").dt.date(), today).clip(0)
    assert days.height > 1_000
    assert days.select(told).to_series().to_list() == days.select(counted).to_series().to_list()


def test_days_since_the_iteration_ended_are_negative_before():
    assert of(story(iteration=PAST), "days_since_iteration_end") == 3
    assert of(story(iteration=CURRENT), "days_since_iteration_end") == -11
    assert of(story(), "days_since_iteration_end") is None


def test_days_are_those_of_utc_wherever_the_clock_hangs():
    late_evening = NOW.replace(hour=23)
    elsewhere = late_evening.astimezone(timezone(timedelta(hours=5)))
    assert (
        of(story(iteration=PAST), "days_since_iteration_end", elsewhere)
        == of(story(iteration=PAST), "days_since_iteration_end", late_evening)
        == 3
    )


def test_a_moment_without_a_zone_and_as_text_is_utc():
    from safesync.facts.catalog import ITEM_FACTS  # noqa: PLC0415
    from safesync.facts.frame.columns import MOMENT, conformed  # noqa: PLC0415

    facts = [ITEM_FACTS["created_at"], ITEM_FACTS["due_on"], ITEM_FACTS["kind"]]
    naive = pl.DataFrame({"created_at": [datetime(2026, 11, 18, 12)], "due_on": ["2026-11-18"], "kind": ["story"]})  # noqa: DTZ001
    texts = pl.DataFrame({"created_at": ["2026-11-18T12:00:00+00:00"], "due_on": [date(2026, 11, 18)], "kind": ["saga"]})
    for frame, kind in ((naive, Kind.STORY.value), (texts, None)):
        found = conformed(frame, facts)
        assert found.schema["created_at"] == MOMENT
        assert found.row(0) == (NOW, date(2026, 11, 18), kind)
