"""Features of a train and epics of a portfolio by their stages."""

from __future__ import annotations

from dataclasses import replace

from group_rows import group, keys

from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation, Team, Train
from safesync.rules.examples import backlog_of, epic, feature, story, surroundings_of


def at_work(number: int, **fields: object) -> Item:
    return feature(number, **{"train": "Payments", "stage": Stage.IN_PROGRESS, **fields})


def test_active_is_in_progress_and_validating_together():
    backlog = backlog_of((at_work(10), at_work(11, stage=Stage.VALIDATING), at_work(12, stage=Stage.ANALYSIS)))
    counts = {state: group(backlog, "train_stage", f"Payments|{state}")["wip"] for state in ("analysis", "ready", "in_progress", "active")}
    assert counts == {"analysis": 1, "ready": 0, "in_progress": 1, "active": 2}


def test_those_that_have_stood_there_longest_are_named_first_in_any_order():
    items = tuple(at_work(10 + days, days_in_stage=days) for days in (3, 9, 1, 4, 7, 2))
    for given in (items, tuple(reversed(items))):
        assert group(backlog_of(given), "train_stage", "Payments|active")["contributors"] == "PAY-19, PAY-17, PAY-14, PAY-13, PAY-12"


def test_nearly_done_is_nine_in_ten_of_the_children_without_the_cancelled_ones():
    done = [story(100 + n, parent="jira:10", stage=Stage.DONE) for n in range(9)]
    rest = (story(200, parent="jira:10"), story(201, parent="jira:10", stage=Stage.CANCELLED))
    assert group(backlog_of((at_work(10), *done, *rest)), "train_stage", "Payments|active")["nearly_done"] == 1
    assert group(backlog_of((at_work(10), *done[1:], *rest)), "train_stage", "Payments|active")["nearly_done"] == 0


def test_the_teams_of_a_train_are_those_that_the_organisation_names():
    around = surroundings_of(Organisation((Train("Payments", ("Falcon",)),), (Team("Heron", train="Payments"),)))
    backlog = backlog_of((story(team="Payments", train="Payments"), story(2, team="Falcon")), around)
    assert group(backlog, "train_stage", "Payments|active")["teams"] == 2, "the root of the areas is no team"


def test_where_the_organisation_names_no_teams_those_count_whose_items_name_the_train():
    around = surroundings_of(Organisation((Train("Payments"), Train("Cards", ("Ibis",)))))
    backlog = backlog_of((story(team="Kite", train="Payments"), story(2, team="Falcon", train="Payments")), around)
    assert group(backlog, "train_stage", "Payments|active")["teams"] == 2


def test_a_feature_whose_stage_was_not_seen_leaves_the_counts_of_its_train_open():
    backlog = backlog_of((replace(at_work(10), unseen=frozenset({"stage"})), at_work(11, train="Cards")))
    assert group(backlog, "train_stage", "Payments|active")["wip"] == "unseen"
    assert group(backlog, "train_stage", "Cards|active")["wip"] == 1


def test_epics_are_counted_for_the_whole_portfolio():
    around = surroundings_of(Organisation((Train("A", value_stream="Pay"), Train("B", value_stream="Pay"), Train("C"))))
    backlog = backlog_of((epic(10, stage=Stage.ANALYSIS), epic(11, stage=Stage.IN_PROGRESS), epic(12, stage=Stage.DONE)), around)
    assert keys(backlog, "portfolio_stage") == ["analysis", "ready", "in_progress", "validating", "active"]
    assert group(backlog, "portfolio_stage", "analysis")["wip"] == 1
    assert group(backlog, "portfolio_stage", "active") == {
        "group": "active",
        "state": "active",
        "value_streams": 1,
        "wip": 1,
        "contributors": "PAY-11",
    }


def test_an_epic_whose_stage_was_not_seen_leaves_every_count_open():
    backlog = backlog_of((replace(epic(10), unseen=frozenset({"stage"})),))
    assert group(backlog, "portfolio_stage", "active")["wip"] == "unseen"
