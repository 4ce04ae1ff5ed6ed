"""The PI objectives of teams and trains: whose there are, and how much is planned beside them."""

from __future__ import annotations

from group_rows import group, keys

from safesync.model.item import Kind
from safesync.model.organisation import Organisation, Team, Train
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT, backlog_of, feature, pi_objective, story, surroundings_of

_OF_FALCON = f"team|Falcon|{CURRENT_INTERVAL}"


def test_the_area_of_a_train_is_no_team_of_it():
    works = (feature(team="Payments", train="Payments", interval=CURRENT_INTERVAL), pi_objective())
    whole = keys(backlog_of(works, surroundings_of(Organisation((Train("Payments", ("Falcon",)),)))), "objectives")
    assert {name.rpartition("|")[0] for name in whole} == {"team|Falcon", "train|Payments"}


def test_a_train_of_one_team_may_have_its_name():
    works = (story(team="Payments", train="Payments", iteration=CURRENT), pi_objective(team="Payments"))
    alone = keys(backlog_of(works, surroundings_of(Organisation((Train("Payments", ("Payments",)),)))), "objectives")
    assert f"team|Payments|{CURRENT_INTERVAL}" in alone


def test_the_load_beside_objectives_is_that_of_the_iterations_of_work():
    paced = surroundings_of(Organisation((Train("Payments", ("Falcon",)),), (Team("Falcon", "Payments", velocity=20.0),)))
    works = (
        story(1, points=20.0, iteration=CURRENT),
        story(2, points=20.0, iteration=CURRENT, kind=Kind.SPIKE),
        story(3, points=80.0, iteration=NEXT),
        pi_objective(),
    )
    assert group(backlog_of(works, paced), "objectives", _OF_FALCON)["load"] == 50.0, (
        "40 of 80; what comes next is for innovation and planning"
    )
