"""What trains finished, and what the time of their features went into."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from group_rows import group, keys

from safesync.model.item import Item, Stage, Transition, WorkClass
from safesync.rules.examples import NOW, backlog_of, bug, feature, story, surroundings_of

KEY = "Payments|PI 26.3"
WITHOUT_INTERVALS = replace(surroundings_of(), intervals=(), iterations=())


def ended(item: Item, days_ago: float) -> Item:
    return replace(item, stage=Stage.DONE, transitions=(Transition(NOW - timedelta(days=days_ago), Stage.DONE),))


def finished(*items: Item, **around: Any) -> dict[str, Any]:
    return group(backlog_of(items, **around), "train_finished", KEY)


def test_shares_are_of_the_points_that_were_finished_in_the_last_interval_that_is_over():
    told = finished(
        ended(story(1, points=6.0), 60),
        ended(story(2, points=2.0, work_class=WorkClass.ENABLER), 60),
        ended(bug(3, points=2.0, work_class=WorkClass.UNKNOWN), 60),
        ended(story(4, points=50.0), 10),
        story(5, points=50.0),
    )
    assert (told["unit"], told["finished_items"], told["finished_work"]) == ("points", 3, 10)
    assert (told["feature_share"], told["enabler_share"], told["unknown_share"], told["defect_share"]) == (60, 20, 20, 33.3)
    assert told["contributors"] == "PAY-1 (6), PAY-2 (2), PAY-3 (2)"


def test_where_many_have_no_points_items_are_counted():
    told = finished(ended(story(1, points=9.0), 60), ended(story(2, points=None, work_class=WorkClass.ENABLER), 60))
    assert (told["unit"], told["finished_work"], told["feature_share"], told["enabler_share"]) == ("items", 2, 50, 50)


def test_the_last_day_of_the_interval_belongs_to_it_and_the_next_does_not():
    last = (NOW.date() - NOW.date().replace(month=10, day=4)).days
    assert finished(ended(story(1), last))["finished_items"] == 1
    assert finished(ended(story(1), last - 1))["finished_items"] == 0


def test_without_intervals_the_last_90_days_are_the_period():
    items = (ended(story(1), 90), ended(bug(2), 91), ended(story(3), 180), ended(bug(4), 181))
    backlog = backlog_of(items, WITHOUT_INTERVALS)
    assert keys(backlog, "train_finished") == ["Payments|the last 90 days"]
    told = group(backlog, "train_finished", "Payments|the last 90 days")
    assert (told["finished_items"], told["finished_before"], told["defect_share"], told["defect_share_before"]) == (1, 2, 0, 50)


def test_an_item_that_may_have_been_finished_then_leaves_everything_open():
    lost = replace(ended(story(1), 60), unseen=frozenset({"transitions"}), created_at=NOW - timedelta(days=200))
    assert finished(lost, ended(story(2), 60))["feature_share"] == "unseen"
    untouched = replace(lost, last_human_change_at=NOW - timedelta(days=190))
    assert finished(untouched, ended(story(2), 60))["feature_share"] == 100


def test_points_that_were_not_seen_leave_the_shares_open_and_not_the_defects():
    told = finished(replace(ended(story(1), 60), unseen=frozenset({"points"})))
    assert told["feature_share"] == "unseen"
    assert told["defect_share"] == 0


def took(number: int, *stays: tuple[Stage, int]) -> Item:
    """A feature that was done today, after these stays."""
    at, moves = NOW, [Transition(NOW, Stage.DONE)]
    for stage, days in reversed(stays):
        at -= timedelta(days=days)
        moves.insert(0, Transition(at, stage))
    return feature(number, train="Payments", stage=Stage.DONE, transitions=tuple(moves))


def test_the_days_of_finished_features_are_told_by_stage():
    backlog = backlog_of(
        (
            took(10, (Stage.ANALYSIS, 4), (Stage.READY, 10), (Stage.IN_PROGRESS, 3), (Stage.READY, 10), (Stage.VALIDATING, 1)),
            took(11, (Stage.READY, 2), (Stage.IN_PROGRESS, 2)),
        )
    )
    told = group(backlog, "train_flow", "Payments")
    days = [told[f"{stage}_days"] for stage in ("analysis", "ready", "in_progress", "validating")]
    assert (told["finished_features"], days) == (2, [2, 11, 2.5, 0.5])
    assert told["contributors"] == "PAY-10 (28), PAY-11 (4)"


def test_a_feature_whose_history_was_not_seen_is_left_out():
    hidden = replace(took(10, (Stage.READY, 9)), unseen=frozenset({"transitions"}))
    assert group(backlog_of((hidden,)), "train_flow", "Payments")["finished_features"] == 0
