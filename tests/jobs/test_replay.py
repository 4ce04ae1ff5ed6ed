"""What replay tells of past days is what was found on them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from past_days import DAY, FIRST, MIXED, History, rules, setting

from safesync.jobs.check import check
from safesync.jobs.replay import Day, Life, Replayed, Trace, summed
from safesync.model.errors import ConfigurationError
from safesync.model.item import Kind, Stage
from safesync.model.organisation import Team
from safesync.rules.engine import Judge
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, NOW, PAST, epic, feature, story
from safesync.store.port import Store
from safesync.store.sql import open_store


def open_on(told: Replayed, day: date, side: str = "new") -> set[tuple[str, str]]:
    def was(life: Life) -> bool:
        return life.first <= day and (not life.over or day < life.until)

    return {(trace.code, trace.subject) for trace in told.traces if any(was(life) for life in getattr(trace, side))}


@pytest.fixture
def history(new_store: Callable[[], Store]) -> History:
    return History(new_store())


# --- for any history --------------------------------------------------------------------------------------------

_ITEMS = {
    Kind.STORY: story,
    Kind.FEATURE: feature,
    Kind.EPIC: epic,
}
_FIELDS = {
    "stage": st.sampled_from([Stage.FUNNEL, Stage.READY, Stage.IN_PROGRESS, Stage.DONE, Stage.CANCELLED]),
    "team": st.sampled_from(["Falcon", "Heron", None]),
    "iteration": st.sampled_from([PAST, CURRENT, NEXT, None]),
    "interval": st.sampled_from([CURRENT_INTERVAL, None]),
    "points": st.sampled_from([None, 3.0, 40.0]),
    "owner": st.sampled_from(["Kim", None]),
    "acceptance": st.sampled_from(["", "TBD", "Given a paid order, when it ships, then a receipt is sent"]),
    "blocked": st.booleans(),
    "board_column": st.sampled_from(["In progress", None]),
    "labels": st.sampled_from([(), ("chore",)]),
    "unseen": st.sampled_from([frozenset[str](), frozenset({"acceptance", "points"}), frozenset({"links"})]),
}
_PARTS = st.fixed_dictionaries({}, optional={**_FIELDS, "parent": st.sampled_from(["jira:2", "jira:PAY-3", "ado:9"])})
_ITEM = st.builds(
    lambda kind, number, fields: _ITEMS[kind](number, **fields), st.sampled_from(list(_ITEMS)), st.integers(1, 8), _PARTS
).map(lambda item: replace(item, tracker="jira", uid=f"jira:{item.native_id}"))
_REACH = st.sampled_from([{}, {}, {}, {"failed": ("ado",)}, {"lost": (("jira", "PAY"),)}])
_DAY = st.fixed_dictionaries(
    {
        "skip": st.integers(1, 9),
        "items": st.lists(_ITEM, max_size=8, unique_by=lambda item: item.uid),
        "gone": st.lists(st.integers(1, 8).map("jira:{}".format), max_size=2),
        "reach": _REACH,
        "velocity": st.sampled_from([None, 5.0]),
    }
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(days=st.lists(_DAY, min_size=1, max_size=6))
def test_what_is_replayed_of_a_day_is_what_was_found_on_it(days: list[dict[str, Any]], empty_database: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(empty_database, Path(folder) / "x.db")
        history, at = History(open_store(f"sqlite:///{folder}/x.db")), 0
        for day in days:
            teams = () if day["velocity"] is None else (Team("Falcon", velocity=day["velocity"]),)
            history.save(at, *day["items"], gone=day["gone"], teams=teams)
            history.check(at, **day["reach"])
            at += day["skip"]
        told = history.replay()
        for day, (_, left) in history.found.items():
            assert open_on(told, day, "now") == open_on(told, day, "new") == left
        since, (flawed, _) = list(history.found.items())[len(days) // 2]
        assert open_on(history.replay(since=since), since) == flawed
        history.store.close()


# --- what it tells ----------------------------------------------------------------------------------------------


def test_a_finding_lives_from_its_first_day_to_the_first_one_without_it(history: History) -> None:
    history.rules = rules("TM105")
    for day, points in ((0, 3.0), (1, None), (3, None), (6, 3.0), (8, None), (9, None)):
        history.save(day, story(1, points=points))
        history.check(day)
    [trace] = history.replay().traces
    again = Life(FIRST + 8 * DAY, FIRST + 9 * DAY, over=False)
    assert trace.now == trace.new == (Life(FIRST + DAY, FIRST + 6 * DAY, over=True), again)
    assert [life.days for life in trace.now] == [5, 1]
    assert (trace.place.key, trace.place.team, trace.place.train, trace.role) == ("PAY-1", "Falcon", "Payments", "the Product Owner")


def test_other_rules_add_and_take_away_and_leave_the_rest(history: History) -> None:
    history.rules = rules("TM105", "TM107")
    history.save(
        0,
        story(1, points=None),
        story(2, owner=None, stage=Stage.IN_PROGRESS, days_in_stage=9),
        story(3, points=None, acceptance="", iteration=CURRENT),
    )
    history.check(0)
    told = history.replay(rules("TM105", "TM101"))
    assert {(trace.code, trace.subject, trace.change) for trace in told.traces if trace.subject != "jira:2" or trace.code == "TM107"} == {
        ("TM105", "jira:1", "same"),
        ("TM105", "jira:3", "same"),
        ("TM107", "jira:2", "gone"),
        ("TM101", "jira:1", "added"),
        ("TM101", "jira:3", "added"),
    }


def test_another_threshold_is_tried_on_each_day(history: History) -> None:
    history.rules = (setting("TM108"),)
    history.save(0, story(1, stage=Stage.IN_PROGRESS, iteration=CURRENT, changed_days_ago=0, days_in_stage=1))
    for day in range(0, 30, 2):
        history.check(day)
    [trace] = history.replay((setting("TM108", stale_days=2),)).traces
    assert trace.new[0].first < trace.now[0].first
    assert trace.change == "same"


def test_a_finding_of_an_item_that_is_no_more_is_over_and_one_that_nobody_could_look_at_is_not(history: History) -> None:
    history.rules = rules("TM105")
    history.save(0, story(1, points=None), story(2, points=None), story(3, points=None))
    history.check(0)
    history.save(1, replace(story(2), unseen=frozenset({"points"})), gone=["jira:1"])
    history.check(1)
    history.check(2, failed=("jira",))
    lives = {trace.subject: trace.now for trace in history.replay().traces}
    assert lives == {
        "jira:1": (Life(FIRST, FIRST + DAY, over=True),),
        "jira:2": (Life(FIRST, FIRST + 2 * DAY, over=False),),
        "jira:3": (Life(FIRST, FIRST + 2 * DAY, over=False),),
    }


def test_a_group_is_told_with_its_team(history: History) -> None:
    history.rules = rules("FL401")
    history.save(0, *(story(number, board_column="In progress", stage=Stage.IN_PROGRESS) for number in range(1, 6)))
    history.check(0)
    [trace] = history.replay().traces
    assert (trace.place.team, trace.subject.startswith("group:team_column:")) == ("Falcon", True)


def test_what_the_new_rules_cannot_judge_is_told(history: History) -> None:
    history.rules = rules("TM107")
    history.save(0, replace(story(1), unseen=frozenset({"points"})))
    history.check(0)
    assert [each.code for each in history.replay(rules("TM105")).unevaluated] == ["TM105"]


def test_each_day_is_counted(history: History) -> None:
    history.rules = rules("TM105")
    history.save(0, story(1, points=None))
    history.check(0)
    history.save(1, story(1), story(2, points=None), story(3, points=None))
    history.check(1)
    assert history.replay(()).days == (Day(NOW, 1, 1, 0), Day(NOW + DAY, 3, 2, 0))


@pytest.mark.parametrize(
    ("since", "said"),
    [(FIRST - DAY, f"the first snapshot is of {FIRST}"), (FIRST + DAY, f"the newest snapshot is of {FIRST}")],
)
def test_days_that_nobody_remembers_are_named(history: History, since: date, said: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no snapshot yet"):
        history.replay(since=since)
    history.check(0)
    with pytest.raises(ConfigurationError, match=said):
        history.replay(since=since)
    assert history.replay().traces == ()


def test_without_days_to_keep_there_is_no_snapshot(history: History) -> None:
    check(history.store, Judge(MIXED), history.organisation, NOW, trackers=("jira",))
    assert history.store.snapshot_days() == ()


def test_numbers_of_some_findings() -> None:
    def trace(now: Sequence[Life], new: Sequence[Life]) -> Trace:
        return Trace("TM105", "jira:1", None, "", tuple(now), tuple(new))  # type: ignore[arg-type]

    def life(days: int, *, over: bool = True) -> Life:
        return Life(FIRST, FIRST + days * DAY, over)

    traces = [trace([life(2)], [life(4)]), trace([life(3), life(7)], []), trace([], [life(1, over=False)]), trace([], [life(5)])]
    found = summed(traces)
    assert (found.now, found.new, found.added, found.gone, found.same) == (2, 3, 2, 1, 1)
    assert (found.open_now, found.open_new, found.days_now, found.days_new) == (0, 1, 3.0, 4.5)
    assert summed(traces[2:3]).days_new is None
