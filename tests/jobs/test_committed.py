"""A plan is held against what it was when its interval began, where a snapshot of those days is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from past_days import History, rules

from safesync.model.finding import Finding
from safesync.model.item import Stage
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, NOW, bug, story
from safesync.store.port import Store

TEAM, TRAIN = f"group:interval_load:team|Falcon|{CURRENT_INTERVAL}", f"group:interval_load:train|Payments|{CURRENT_INTERVAL}"
BEGAN = -44
"""PI 26.4 began so many days ago."""


@pytest.fixture
def history(new_store: Callable[[], Store]) -> History:
    return History(new_store(), rules=rules("PI807"))


def told(finding: Finding) -> dict[str, str]:
    return dict(finding.numbers)


def planned(history: History, day: int) -> None:
    """A hundred points in five stories, of which a snapshot of that day tells."""
    history.save(day, *(story(number, points=20.0, iteration=CURRENT, created_at=NOW - timedelta(days=90)) for number in range(1, 6)))
    history.check(day)


@pytest.mark.parametrize(("day", "known"), [(BEGAN - 1, False), (BEGAN, True), (BEGAN + 5, True), (BEGAN + 6, False)])
def test_what_is_moved_in_and_out_is_seen_where_the_first_five_days_are_remembered(history: History, day: int, known: bool) -> None:
    planned(history, day)
    moved_in = story(9, points=8.0, iteration=CURRENT, created_at=NOW - timedelta(days=80))
    history.save(0, moved_in, story(1, points=20.0, iteration=None, created_at=NOW - timedelta(days=90)))
    found = history.check(0)
    assert (TEAM in found, TRAIN in found) == (known, known)
    if known:
        numbers = told(found[TEAM])
        assert (numbers["Planned at the beginning"], numbers["Added"], numbers["Taken out"]) == ("100 points", "8 points", "20 points")
        assert (numbers["Of these"], numbers["Of these, taken out"]) == ("PAY-9 (8)", "PAY-1 (20)")


def test_cancelled_gone_and_handed_over_is_taken_out_and_a_new_estimate_is_not(history: History) -> None:
    planned(history, BEGAN)
    history.save(
        0,
        story(1, points=20.0, iteration=CURRENT, stage=Stage.CANCELLED),
        story(2, points=20.0, iteration=CURRENT, team="Heron", created_at=NOW - timedelta(days=90)),
        story(3, points=99.0, iteration=CURRENT, created_at=NOW - timedelta(days=90)),
        gone=["jira:4"],
    )
    found = history.check(0)
    assert (told(found[TEAM])["Taken out"], told(found[TEAM])["Added"]) == ("60 points", "0 points")
    assert told(found[TRAIN])["Taken out"] == "40 points"


def test_bugs_and_the_iteration_for_innovation_are_no_part_of_the_plan(history: History) -> None:
    history.save(BEGAN, bug(20, points=50.0, iteration=CURRENT), story(21, points=50.0, iteration=NEXT))
    planned(history, BEGAN)
    history.save(0, bug(20, points=50.0, iteration=None), bug(22, points=50.0, iteration=CURRENT), story(21, points=50.0, iteration=None))
    assert history.check(0) == {}


def test_what_cannot_be_seen_any_more_was_not_taken_out(history: History) -> None:
    planned(history, BEGAN)
    hidden = replace(story(1, points=20.0), iteration=None, unseen=frozenset({"iteration", "interval"}))
    history.save(0, hidden)
    assert history.check(0) == {}


def test_the_later_snapshot_of_the_first_days_counts(history: History) -> None:
    planned(history, BEGAN)
    history.save(BEGAN + 4, story(9, points=40.0, iteration=CURRENT, created_at=NOW - timedelta(days=90)))
    history.check(BEGAN + 4)
    assert history.check(0) == {}


def test_replay_holds_a_plan_against_the_same_day(history: History) -> None:
    planned(history, BEGAN)
    history.save(-10, story(1, points=20.0, iteration=None, created_at=NOW - timedelta(days=90)))
    history.check(-10)
    history.check(0)
    lives = {trace.subject: trace.new for trace in history.replay(since=(NOW + timedelta(days=-10)).date()).traces}
    assert lives.keys() == {TEAM, TRAIN}
    assert {life.first for each in lives.values() for life in each} == {(NOW + timedelta(days=-10)).date()}
