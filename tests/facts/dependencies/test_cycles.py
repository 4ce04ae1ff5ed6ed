"""Cycles of parents and of dependencies as facts: told once, the same whatever the order, and never of what was not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from linked_facts import seen

from safesync.model.item import Item, Link, Relation, Stage
from safesync.rules.examples import backlog_of, epic, feature, story, task


def ring(*numbers: int, relation: Relation = Relation.PARENT) -> tuple[Item, ...]:
    """Stories of which each has the next one as its parent, or needs it."""
    following = (*numbers[1:], numbers[0])
    return tuple(replace(story(number), links=(Link(relation, f"jira:{after}"),)) for number, after in zip(numbers, following, strict=True))


def test_a_cycle_of_parents_is_told_on_the_first_of_its_items_as_people_count():
    backlog = backlog_of(ring(10, 9, 11))
    assert seen(backlog, "hierarchy_cycle", "jira:9") == "PAY-9 → PAY-11 → PAY-10 → PAY-9"
    assert seen(backlog, "hierarchy_cycle_items", "jira:9") == 3
    assert seen(backlog, "hierarchy_cycle", "jira:10") is None
    assert seen(backlog, "hierarchy_cycle", "jira:11") is None


@pytest.mark.parametrize("relation", [Relation.PARENT, Relation.DEPENDS_ON])
def test_the_order_of_the_items_changes_no_word(relation: Relation):
    items = (*ring(4, 8, 5, relation=relation), *ring(20, 21, relation=relation))
    name = "hierarchy_cycle" if relation is Relation.PARENT else "dependency_cycle"
    for shuffled in (items, tuple(reversed(items)), items[2:] + items[:2]):
        backlog = backlog_of(shuffled)
        assert seen(backlog, name, "jira:4") == "PAY-4 → PAY-8 → PAY-5 → PAY-4"
        assert seen(backlog, name, "jira:20") == "PAY-20 → PAY-21 → PAY-20"


def test_a_cycle_through_a_second_parent_is_found():
    links = (Link(Relation.PARENT, "jira:3"), Link(Relation.PARENT, "jira:2"))
    backlog = backlog_of((story(links=links), feature(parent="jira:1"), epic()))
    assert seen(backlog, "hierarchy_cycle") == "PAY-1 → PAY-2 → PAY-1"


def test_the_step_whose_kinds_fit_least_is_named():
    backlog = backlog_of((task(1, parent="jira:2"), story(2, parent="jira:3"), epic(3, parent="jira:1")))
    assert seen(backlog, "hierarchy_cycle_weakest") == "PAY-3 below PAY-1"


def test_among_equal_kinds_the_step_that_closes_the_circle_is_named():
    assert seen(backlog_of(ring(1, 2, 3)), "hierarchy_cycle_weakest") == "PAY-3 below PAY-1"


def test_of_a_long_cycle_eight_keys_are_told_and_the_rest_is_counted():
    said = seen(backlog_of(ring(*range(1, 13))), "hierarchy_cycle")
    assert said == " → ".join(f"PAY-{number}" for number in range(1, 9)) + " → 4 more → PAY-1"
    exactly = seen(backlog_of(ring(*range(1, 9))), "hierarchy_cycle")
    assert "more" not in exactly


def test_two_items_of_one_key_in_two_trackers_are_two():
    here, there = feature(1, parent="ado:1"), replace(feature(1, parent="jira:1"), tracker="ado", uid="ado:1")
    backlog = backlog_of((here, there))
    assert seen(backlog, "hierarchy_cycle", "ado:1") == "PAY-1 → PAY-1 → PAY-1"
    assert seen(backlog, "hierarchy_cycle", "jira:1") is None


def test_whoever_stands_below_something_hidden_is_not_known_to_be_free_of_a_cycle():
    backlog = backlog_of((story(parent="jira:2"), feature(parent="ado:99"), story(7)))
    assert seen(backlog, "hierarchy_cycle") == "unseen"
    assert seen(backlog, "hierarchy_cycle", "jira:2") == "unseen"
    assert seen(backlog, "hierarchy_cycle", "jira:7") is None


def test_items_that_need_each_other_are_told_with_their_number():
    backlog = backlog_of(ring(1, 2, 3, 4, relation=Relation.DEPENDS_ON))
    assert seen(backlog, "dependency_cycle") == "PAY-1 → PAY-2 → PAY-3 → PAY-4 → PAY-1"
    assert seen(backlog, "dependency_cycle_items") == 4


def test_a_cycle_that_an_ended_item_opens_is_none():
    first, second, third = ring(1, 2, 3, relation=Relation.DEPENDS_ON)
    backlog = backlog_of((first, replace(second, stage=Stage.DONE), third))
    assert seen(backlog, "dependency_cycle") is None


def test_what_cannot_be_seen_may_close_a_circle_of_dependencies():
    backlog = backlog_of((story(1, depends_on="jira:2"), story(2, depends_on="ado:99"), story(7)))
    assert seen(backlog, "dependency_cycle") == "unseen"
    assert seen(backlog, "dependency_cycle", "jira:7") is None


def test_an_item_whose_links_were_not_read_leaves_those_who_need_it_open():
    backlog = backlog_of((story(1, depends_on="jira:2"), replace(story(2), unseen=frozenset({"links"}))))
    assert seen(backlog, "dependency_cycle") == "unseen"
