"""What stands below a feature, how far intervals have come, what teams get done, in which order features stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from safesync.facts.backlog import Backlog
from safesync.model.item import Item, Kind, Relation, Stage
from safesync.model.organisation import Organisation, Team, Train
from safesync.model.timebox import Iteration
from safesync.rules.examples import (
    CURRENT,
    CURRENT_INTERVAL,
    LONG_PAST,
    NEXT,
    NEXT_INTERVAL,
    PAST,
    PAST_INTERVAL,
    backlog_of,
    bug,
    capability,
    feature,
    story,
    task,
    with_interval,
)
from safesync.rules.rule import Surroundings

HIDDEN = frozenset({"points"})


def row(backlog: Backlog, uid: str = "jira:2") -> dict[str, Any]:
    return backlog.items.filter(pl.col("uid") == uid).collect().row(0, named=True)


def unseen(backlog: Backlog, fact: str, uid: str = "jira:2") -> bool:
    return fact in backlog.unseen and bool(row(backlog, uid)[f"unseen.{fact}"])


def below(number: int, **fields: Any) -> Item:
    return story(number, **{"parent": "jira:2", **fields})


def test_children_are_added_up_by_points_and_cancelled_ones_left_out() -> None:
    children = (
        below(1, points=3.0, stage=Stage.DONE),
        below(7, points=5.0),
        below(8, points=90.0, stage=Stage.CANCELLED),
        bug(9, parent="jira:2", points=2.0),
        task(10, parent="jira:2", points=50.0),
    )
    found = row(backlog_of((feature(), *children)))
    assert (found["stories"], found["done_stories"], found["unestimated_stories"], found["story_points"]) == (3, 1, 0, 10.0)
    assert (found["done_share"], found["has_stories"]) == (30.0, True)


def test_one_child_without_points_makes_it_a_share_of_their_number() -> None:
    found = row(backlog_of((feature(), below(1, points=1.0, stage=Stage.DONE), below(7, points=None), below(8, points=30.0))))
    assert (found["done_share"], found["unestimated_stories"]) == (33.0, 1)


def test_without_children_there_is_no_share_of_them() -> None:
    found = row(backlog_of((feature(), below(1, parent="jira:50"), feature(50))))
    assert (found["stories"], found["story_points"], found["done_share"], found["due_share"], found["has_stories"]) == (
        0,
        0,
        None,
        None,
        False,
    )


@pytest.mark.parametrize(
    ("children", "due"),
    [
        ((below(1, iteration=PAST), below(7, iteration=CURRENT)), 50.0),
        ((below(1, iteration=PAST), below(7)), None),
        ((below(1, stage=Stage.DONE), below(7, iteration=NEXT)), 50.0),
        ((below(1, stage=Stage.DONE, iteration=CURRENT), below(7, iteration=CURRENT)), 0.0),
    ],
)
def test_what_should_be_done_is_what_was_planned_in_iterations_that_are_over(children: tuple[Item, ...], due: float | None) -> None:
    assert row(backlog_of((feature(), *children)))["due_share"] == due


def test_intervals_of_stories_are_counted_in_their_order_and_spikes_and_bugs_left_out() -> None:
    children = (
        below(1, interval=NEXT_INTERVAL),
        below(7, iteration=CURRENT),
        below(8, interval=NEXT_INTERVAL),
        bug(9, parent="jira:2", interval=PAST_INTERVAL),
        replace(below(10, interval=PAST_INTERVAL), kind=Kind.SPIKE),
    )
    found = row(backlog_of((feature(interval=CURRENT_INTERVAL), *children)))
    assert (found["story_intervals"], found["story_interval_names"]) == (2, "PI 26.4 (1), PI 27.1 (2)")
    assert (found["later_stories"], found["later_story_keys"]) == (2, "PAY-1, PAY-8")


@pytest.mark.parametrize(
    ("fields", "facts"),
    [
        ({"points"}, {"story_points", "done_share", "due_share", "unestimated_stories"}),
        ({"iteration"}, {"due_share", "story_intervals", "later_stories", "story_interval_names", "later_story_keys"}),
        ({"stage"}, {"stories", "done_share", "story_intervals", "has_stories"}),
    ],
)
def test_what_was_not_seen_of_a_child_is_unseen_of_its_parent_alone(fields: set[str], facts: set[str]) -> None:
    items = (feature(), below(1, unseen=frozenset(fields)), feature(50), below(7, parent="jira:50"))
    backlog = backlog_of(items)
    assert facts <= {fact for fact in backlog.unseen if unseen(backlog, fact)}
    assert not any(unseen(backlog, fact, "jira:50") for fact in facts)


def test_stories_are_not_missed_where_no_feature_of_the_project_has_any() -> None:
    items = (feature(), replace(feature(50), project="CARDS"), below(7, parent="jira:50"), capability(), below(8, parent="jira:99"))
    backlog = backlog_of(items)
    assert unseen(backlog, "has_stories")
    assert unseen(backlog, "has_stories", "jira:5")
    assert not unseen(backlog, "has_stories", "jira:50")


def test_the_elapsed_share_leaves_the_ip_iteration_out() -> None:
    found = row(backlog_of((feature(interval=CURRENT_INTERVAL),)))
    # 44 of the 56 days before the IP iteration; with it they were 70.
    assert (found["interval_elapsed"], found["interval_phase"], found["days_to_interval"]) == (79.0, "current", -44)
    after = row(backlog_of((feature(interval=PAST_INTERVAL),)))
    assert (after["interval_elapsed"], after["planned_ahead"], after["days_to_next_interval"]) == (100.0, False, 26)


def test_an_interval_without_days_tells_nothing() -> None:
    found = row(backlog_of((feature(interval="PI 99.9"),)))
    assert (found["interval_elapsed"], found["interval_phase"], found["days_to_interval"]) == (None, None, None)


def test_without_a_next_interval_nobody_knows_when_it_begins() -> None:
    backlog = backlog_of((feature(),), Surroundings())
    assert unseen(backlog, "days_to_next_interval")
    assert not unseen(backlog_of((feature(),), with_interval("PI 27.0", 3)), "days_to_next_interval")


def test_dependencies_that_nobody_sees_are_waited_for() -> None:
    needs = [(Relation.DEPENDS_ON, uid) for uid in ("jira:7", "jira:8", "elsewhere:1")]
    item = story(links=tuple(type(story(parent="x").links[0])(*each) for each in needs))
    found = row(backlog_of((item, story(7, stage=Stage.DONE), story(8, stage=Stage.CANCELLED))), "jira:1")
    assert (found["awaited"], found["arrived"], found["arrived_keys"]) == (1, 2, "PAY-7, PAY-8")
    nothing = row(backlog_of((story(),)), "jira:1")
    assert (nothing["awaited"], nothing["arrived"], nothing["arrived_keys"]) == (0, 0, None)


def finished(number: int, points: float | None, iteration: str, **fields: Any) -> Item:
    return story(number, **{"stage": Stage.DONE, "points": points, "iteration": iteration, **fields})


SECOND = "jira:iteration:2"


def test_the_pace_of_a_team_is_that_of_its_ended_iterations() -> None:
    items = (
        story(),
        finished(10, 20.0, LONG_PAST),
        finished(11, 10.0, SECOND),
        bug(12, stage=Stage.DONE, points=6.0, iteration=SECOND),
        finished(13, 8.0, PAST, team="Heron"),
        finished(14, 40.0, CURRENT),
        finished(15, 40.0, PAST, stage=Stage.CANCELLED),
        task(16, stage=Stage.DONE, points=40.0, iteration=PAST, team="Falcon"),
    )
    found = row(backlog_of(items), "jira:1")
    assert (found["team_velocity"], found["team_iterations"]) == (18.0, 2)
    assert (found["team_sized_done"], found["team_large_points"]) == (4, 40.0)


def test_iterations_of_innovation_without_points_or_with_unseen_ones_tell_no_pace() -> None:
    around = with_interval("PI 27.0", 90)
    ip = replace(around.iterations[0], innovation=True)
    items = (
        story(),
        finished(10, 20.0, LONG_PAST),
        finished(11, 10.0, SECOND),
        finished(12, 10.0, SECOND, unseen=HIDDEN),
        finished(13, None, PAST),
    )
    found = row(backlog_of(items, replace(around, iterations=(ip, *around.iterations[1:]))), "jira:1")
    assert (found["team_velocity"], found["team_iterations"]) == (None, None)


def test_only_the_newest_five_iterations_count() -> None:
    start = date(2026, 1, 5)
    boxes = tuple(
        Iteration(f"jira:iteration:old{n}", "jira", f"old {n}", start + timedelta(days=14 * n), start + timedelta(days=14 * n + 13))
        for n in range(6)
    )
    items = (story(), *(finished(10 + n, 100.0 if n == 0 else 10.0, box.uid) for n, box in enumerate(boxes)))
    found = row(backlog_of(items, replace(with_interval("PI 27.0", 90), iterations=boxes)), "jira:1")
    assert (found["team_velocity"], found["team_iterations"]) == (10.0, 5)


def test_the_pace_of_a_train_is_that_of_its_ended_intervals() -> None:
    items = (
        feature(train="Payments"),
        story(10, stage=Stage.DONE, points=40.0, interval=PAST_INTERVAL),
        story(11, stage=Stage.DONE, points=20.0, interval=PAST_INTERVAL, team="Heron"),
        story(12, stage=Stage.DONE, points=90.0, interval=CURRENT_INTERVAL),
        story(13, stage=Stage.DONE, points=30.0, interval="PI 26.2"),
    )
    found = row(backlog_of(items, with_interval("PI 26.2", -140)))
    assert (found["train_velocity"], found["train_intervals"]) == (45.0, 2)


def ranked(number: int, rank: str | None, **fields: Any) -> Item:
    return feature(number, **{"train": "Payments", "rank": rank, **fields})


def places(*items: Item) -> dict[str, int | None]:
    found = backlog_of(items).items.select("uid", "rank_in_train").collect()
    return dict(found.iter_rows())


def test_ranks_of_letters_are_compared_as_texts_and_numbers_as_numbers() -> None:
    assert places(ranked(1, "0|i0001b:"), ranked(2, "0|i0001a:"), ranked(3, None)) == {"jira:1": 2, "jira:2": 1, "jira:3": None}
    assert places(ranked(1, "1000.5"), ranked(2, "999")) == {"jira:1": 2, "jira:2": 1}


def test_only_features_that_are_not_committed_have_a_place() -> None:
    items = (
        ranked(1, "1", interval=CURRENT_INTERVAL),
        ranked(2, "2", stage=Stage.IN_PROGRESS),
        ranked(3, "3", interval=NEXT_INTERVAL),
        ranked(4, "4", train="Cards"),
        ranked(5, "5"),
        ranked(6, "6", train=None),
    )
    assert places(*items) == {"jira:1": None, "jira:2": None, "jira:3": 1, "jira:4": 1, "jira:5": 2, "jira:6": None}


def load(*items: Item, around: Surroundings | None = None) -> dict[str, Any]:
    frame = backlog_of(items, around).groups["team_iteration"]
    return frame.filter(pl.col("group") == f"Falcon|{CURRENT}").row(0, named=True)


def test_a_team_in_an_iteration_shows_what_it_planned_and_who_weighs_most() -> None:
    found = load(
        story(1, points=5.0, iteration=CURRENT),
        story(7, points=8.0, iteration=CURRENT, stage=Stage.DONE),
        story(8, points=None, iteration=CURRENT),
        bug(9, points=2.5, iteration=CURRENT),
    )
    assert (found["planned_items"], found["planned_points"], found["unestimated_share"]) == (4, 15.5, 25.0)
    assert (found["feature_points"], found["contributors"]) == (13.0, "PAY-7 (8), PAY-1 (5), PAY-9 (2.5)")
    assert (found["iteration"], found["iteration_phase"], found["innovation"], found["train"]) == ("26.4.4", "current", False, "Payments")


def test_points_that_were_not_seen_leave_the_load_open() -> None:
    assert load(story(1, iteration=CURRENT))["unseen.planned_points"] is False
    assert load(story(1, iteration=CURRENT), story(7, iteration=CURRENT, unseen=HIDDEN))["unseen.planned_points"] is True


def test_a_velocity_given_to_the_team_is_told_beside_the_measured_one() -> None:
    around = replace(
        with_interval("PI 27.0", 90), organisation=Organisation((Train("Payments", ("Falcon",)),), (Team("Falcon", velocity=21.0),))
    )
    found = load(story(1, iteration=CURRENT), finished(10, 20.0, PAST), around=around)
    assert (found["declared_velocity"], found["velocity"], found["ended_iterations"]) == (21.0, 20.0, 1)


def test_iterations_that_are_over_are_no_groups() -> None:
    groups = backlog_of((story(1, iteration=PAST), story(7, iteration=NEXT))).groups["team_iteration"]["group"].to_list()
    assert groups == [f"Falcon|{NEXT}"]


def order(*items: Item) -> dict[str, Any]:
    return backlog_of(items).groups["ranked_backlog"].row(0, named=True)


def test_pairs_against_wsjf_come_with_both_scores_worst_first() -> None:
    found = order(
        ranked(1, "1", business_value=1.0, time_criticality=1.0, risk_reduction=1.0, job_size=3.0),
        ranked(2, "2", business_value=4.0, time_criticality=1.0, risk_reduction=1.0, job_size=3.0),
        ranked(3, "3", business_value=7.0, time_criticality=1.0, risk_reduction=1.0, job_size=3.0),
    )
    told = [(pair["upper"], pair["lower"], pair["upper_score"], pair["lower_score"], pair["times"]) for pair in found["pairs"]]
    assert told == [("PAY-1", "PAY-3", 1.0, 3.0, 3.0), ("PAY-1", "PAY-2", 1.0, 2.0, 2.0), ("PAY-2", "PAY-3", 2.0, 3.0, 1.5)]
    assert (found["rank_agreement"], found["ranked_features"]) == (-1.0, 3)


def test_parts_of_wsjf_that_were_not_seen_leave_the_order_open() -> None:
    found = order(ranked(1, "1"), ranked(2, "2", business_value=None, unseen=frozenset({"business_value"})))
    assert found["unseen.rank_agreement"] is True
