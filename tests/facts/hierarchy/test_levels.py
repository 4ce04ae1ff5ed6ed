"""What is usual above the items of a project."""

from __future__ import annotations

from dataclasses import replace

from linked_facts import seen

from safesync.model.item import Item
from safesync.rules.examples import backlog_of, epic, feature, story


def stories(below_epics: int, below_features: int, first: int = 10, project: str = "PAY") -> tuple[Item, ...]:
    parents = ["jira:3"] * below_epics + ["jira:2"] * below_features
    return tuple(replace(story(first + number, parent=parent), project=project) for number, parent in enumerate(parents))


ABOVE = (epic(), feature())


def test_the_share_of_a_parents_kind_is_that_among_the_items_of_its_type_in_its_project():
    backlog = backlog_of((*stories(3, 9), *stories(0, 50, first=100, project="CARDS"), *ABOVE))
    assert seen(backlog, "parent_kind_share", "jira:10") == 25
    assert seen(backlog, "parent_kind_share", "jira:13") == 75
    assert seen(backlog, "parent_kind_usage", "jira:10") == "3 of 12 items of type story in PAY"


def test_a_small_project_has_the_habit_of_its_tracker():
    backlog = backlog_of((*stories(2, 1), *stories(15, 2, first=100, project="CARDS"), *ABOVE))
    assert seen(backlog, "parent_kind_share", "jira:10") == 85
    assert seen(backlog, "parent_kind_usage", "jira:10") == "2 of 3 items of type story in PAY"


def test_of_fewer_than_five_nobody_can_say_what_is_usual():
    assert seen(backlog_of((*stories(4, 0), *ABOVE)), "parent_kind_share", "jira:10") is None
    assert seen(backlog_of((*stories(5, 0), *ABOVE)), "parent_kind_share", "jira:10") == 100


def test_an_item_without_a_parent_has_no_habit_and_counts_in_none():
    backlog = backlog_of((story(), *stories(10, 10), *ABOVE))
    assert seen(backlog, "parent_kind_share") is None
    assert seen(backlog, "parent_kind_share", "jira:10") == 50


def test_a_hidden_parent_leaves_everything_above_open():
    backlog = backlog_of((story(parent="ado:99"),))
    for fact in ("parent_kind_share", "parent_kind_usage", "parent_project", "project_pair", "parent_project_share", "parent_train"):
        assert seen(backlog, fact) == "unseen", fact


def test_the_parents_project_is_told_with_how_many_have_theirs_there():
    above = replace(feature(), project="ART")
    backlog = backlog_of((*stories(3, 9), epic(), above))
    assert seen(backlog, "parent_project", "jira:13") == "ART"
    assert seen(backlog, "project_pair", "jira:13") == "PAY > ART"
    assert seen(backlog, "parent_project_share", "jira:13") == 75
    assert seen(backlog, "parent_project_usage", "jira:13") == "9 of 12 items of PAY with a parent have theirs there"
    assert seen(backlog, "parent_project", "jira:10") == "PAY"


def test_a_project_of_another_tracker_is_told_with_its_name():
    above = replace(feature(), tracker="ado", uid="ado:2", project="Payments")
    backlog = backlog_of((story(parent="ado:2"), above))
    assert seen(backlog, "parent_project") == "ado/Payments"
    assert seen(backlog, "project_pair") == "PAY > ado/Payments"


def test_the_parents_train_is_its_own_or_that_of_its_team():
    backlog = backlog_of((story(parent="jira:2"), feature(train="Cards"), story(7, parent="jira:8"), story(8)))
    assert seen(backlog, "parent_train") == "Cards"
    assert seen(backlog, "parent_train", "jira:7") == "Payments"
