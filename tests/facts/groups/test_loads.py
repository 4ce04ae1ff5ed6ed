"""What teams got done, and what they and their trains have planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from group_rows import group, keys

from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation, Team, Train
from safesync.model.timebox import Iteration
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, LONG_PAST, NEXT, NOW, PAST, backlog_of, bug, story, surroundings_of
from safesync.rules.rule import Surroundings


def over(*, innovation: int | None = None) -> Surroundings:
    """Eight iterations that are over, the eighth since yesterday."""
    ends = [NOW.date() - timedelta(days=1 + 14 * (7 - n)) for n in range(8)]
    boxes = tuple(
        Iteration(f"jira:iteration:{n}", "jira", f"Sprint {n}", end - timedelta(days=13), end, innovation=n == innovation)
        for n, end in enumerate(ends)
    )
    return Surroundings(boxes)


def did(iteration: int, *points: float | None, first: int = 0, stage: Stage = Stage.DONE) -> tuple[Item, ...]:
    return tuple(
        story(1000 * (iteration + 1) + first + n, iteration=f"jira:iteration:{iteration}", points=each, stage=stage)
        for n, each in enumerate(points)
    )


def history(*items: Item, around: Surroundings | None = None) -> dict[str, Any]:
    return group(backlog_of(items, around or over()), "team_history", "Falcon")


def test_the_last_two_iterations_are_held_against_the_five_before():
    items = [one for n in range(8) for one in did(n, n, 1, 1)]
    told = history(*items)
    assert (told["last_velocity"], told["previous_velocity"]) == (9, 8)
    assert (told["usual_iterations"], told["usual_velocity"], told["usual_deviation"]) == (5, 5, 1.6)
    assert told["history"] == "Sprint 1 3, Sprint 2 4, Sprint 3 5, Sprint 4 6, Sprint 5 7, Sprint 6 8, Sprint 7 9"
    assert told["unit"] == "points"


def test_what_was_not_done_is_no_velocity():
    assert history(*did(7, 3, 3, 3), *did(7, 5, first=50, stage=Stage.READY))["last_velocity"] == 9


def test_an_iteration_of_innovation_and_one_with_a_guest_are_left_out():
    items = (*did(5, 1, 1, 1), *did(6, 9, 9), *did(7, 5, 5, 5))
    assert history(*items)["previous_velocity"] == 3
    assert history(*items, around=over(innovation=7))["last_velocity"] == 3


def test_without_points_items_are_counted():
    told = history(*did(6, None, None, None, 8), *did(7, None, None, None))
    assert (told["unit"], told["previous_velocity"], told["last_velocity"]) == ("items", 4, 3)


def test_points_that_were_not_seen_leave_the_velocities_open():
    hidden = replace(did(7, 3)[0], unseen=frozenset({"points"}))
    assert history(hidden, *did(7, 3, 3, first=10))["last_velocity"] == "unseen"


def load(*items: Item, who: str = "team|Falcon", teams: tuple[Team, ...] = ()) -> dict[str, Any]:
    organisation = Organisation((Train("Payments", ("Falcon", "Heron")),), teams)
    return group(backlog_of(items, surroundings_of(organisation)), "interval_load", f"{who}|{CURRENT_INTERVAL}")


def test_an_interval_of_seventy_days_has_four_iterations_of_work_and_one_of_innovation():
    assert load(story(iteration=CURRENT))["iterations"] == 4


def test_a_teams_load_is_what_stands_in_iterations_of_work():
    items = (
        story(1, points=5.0, iteration=PAST, stage=Stage.DONE),
        story(2, points=8.0, iteration=CURRENT),
        story(3, points=None, iteration=CURRENT),
        story(4, points=1.0, iteration=CURRENT, stage=Stage.CANCELLED),
        story(5, points=1.0, iteration=NEXT),
        story(6, points=2.0, interval=CURRENT_INTERVAL),
        story(7, points=3.0, team="Heron", iteration=CURRENT),
    )
    for given in (items, tuple(reversed(items))):
        told = load(*given)
        assert (told["planned_points"], told["planned_items"], told["unestimated_share"]) == (13, 3, 33)
        assert told["contributors"] == "PAY-2 (8), PAY-1 (5)"
        train = load(*given, who="train|Payments")
        assert (train["team"], train["planned_points"], train["unplaced_points"]) == (None, 18, 2)


def test_a_train_can_do_what_its_teams_can_do_together():
    items = (story(1, iteration=CURRENT), story(2, team="Heron", iteration=CURRENT))
    teams = (Team("Falcon", velocity=20.0), Team("Heron", velocity=12.0))
    assert load(*items, teams=teams)["declared_velocity"] == 20
    assert load(*items, who="train|Payments", teams=teams)["declared_velocity"] == 32
    assert load(*items, who="train|Payments", teams=teams[:1])["declared_velocity"] is None
    assert load(*items, who="train|Payments", teams=teams[:1])["velocity"] is None


def test_a_measured_velocity_stands_in_where_a_team_has_none_declared():
    past = tuple(
        story(100 + n, team="Heron", points=6.0, stage=Stage.DONE, iteration=box)
        for n, box in enumerate((LONG_PAST, "jira:iteration:2", PAST))
    )
    items = (story(1, iteration=CURRENT), story(2, team="Heron", iteration=CURRENT), *past)
    told = load(*items, who="train|Payments", teams=(Team("Falcon", velocity=20.0),))
    assert (told["velocity"], told["ended_iterations"], told["declared_velocity"]) == (26, 3, None)


def test_a_team_with_nothing_planned_has_no_row():
    assert keys(backlog_of((story(),)), "interval_load") == []


def test_what_was_created_after_the_interval_began_is_added_and_a_bug_is_not():
    day = NOW - timedelta(days=38)  # the sixth after the first of PI 26.4
    told = load(
        story(1, points=5.0, iteration=CURRENT, created_at=day - timedelta(days=1)),
        story(2, points=2.0, iteration=CURRENT, created_at=day),
        story(3, points=3.0, iteration=CURRENT, created_at=NOW),
        bug(4, points=8.0, iteration=CURRENT, created_at=NOW),
    )
    assert (told["planned_points"], told["added_points"], told["added_items"]) == (18, 5, "PAY-3 (3), PAY-2 (2)")


def test_points_that_were_not_seen_leave_the_load_open():
    assert load(replace(story(iteration=CURRENT), unseen=frozenset({"points"})))["planned_points"] == "unseen"
