"""What is amiss with what an item needs, and what cannot be known about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from linked_facts import seen

from safesync.model.item import Item, Link, Relation, Stage
from safesync.rules.examples import CURRENT, NEXT, NOW, PAST_INTERVAL, backlog_of, story

PLANNER = story(50, iteration=NEXT)


def needing(*numbers: int) -> Item:
    return replace(story(iteration=CURRENT), links=tuple(Link(Relation.DEPENDS_ON, f"jira:{number}") for number in numbers))


@pytest.mark.parametrize(
    ("supplier", "said"),
    [
        (story(7), "PAY-7 is in no iteration or interval"),
        (story(7, stage=Stage.CANCELLED), "PAY-7 is cancelled"),
        (story(7, interval=PAST_INTERVAL), "PAY-7 was planned for PI 26.3, which is over, and has not begun"),
        (story(7, iteration=NEXT, team=None, owner=None), "PAY-7 has neither a team nor an owner"),
    ],
)
def test_what_is_amiss_is_said_in_words(supplier: Item, said: str):
    backlog = backlog_of((needing(7), supplier, PLANNER))
    assert seen(backlog, "unplanned_dependency") == said
    assert seen(backlog, "unplanned_dependencies") == 1


def test_three_are_told_and_all_are_counted_in_any_order():
    items = (needing(7, 8, 9, 10), story(7), story(8), story(9, stage=Stage.CANCELLED), story(10), PLANNER)
    for given in (items, tuple(reversed(items))):
        backlog = backlog_of(given)
        assert seen(backlog, "unplanned_dependencies") == 4
        assert seen(backlog, "unplanned_dependency") == (
            "PAY-9 is cancelled; PAY-10 is in no iteration or interval; PAY-7 is in no iteration or interval"
        )


def test_where_nobody_of_a_team_plans_by_timeboxes_to_be_in_none_is_no_flaw():
    assert seen(backlog_of((needing(7), story(7, team="Heron"), PLANNER)), "unplanned_dependencies") == 0


def test_what_cannot_be_seen_leaves_it_open_unless_something_is_amiss_for_sure():
    assert seen(backlog_of((needing(99),)), "unplanned_dependencies") == "unseen"
    assert seen(backlog_of((needing(99, 7), story(7, stage=Stage.CANCELLED))), "unplanned_dependencies") == 1


@pytest.mark.parametrize("field", ["stage", "iteration", "interval"])
def test_a_supplier_whose_plan_was_not_seen_is_not_called_unplanned(field: str):
    supplier = replace(story(7), unseen=frozenset({field}))
    assert seen(backlog_of((needing(7), supplier, PLANNER)), "unplanned_dependencies") == "unseen"


def test_a_supplier_that_is_surely_planned_needs_no_other_plan_to_be_seen():
    supplier = replace(story(7, iteration=NEXT), unseen=frozenset({"interval"}))
    assert seen(backlog_of((needing(7), supplier)), "unplanned_dependencies") == 0


def test_a_supplier_that_should_have_begun_is_told_with_both_days():
    today = NOW.date()
    consumer = replace(needing(7), target_start=today + timedelta(days=3))
    backlog = backlog_of((consumer, story(7, iteration=CURRENT, target_end=today + timedelta(days=2))))
    assert seen(backlog, "unstarted_dependency_days") == 3
    said = "PAY-7 is to end on 2026-11-20 and has not begun, this item is to begin on 2026-11-21"
    assert seen(backlog, "unstarted_dependency") == said


def test_of_several_that_should_have_begun_the_one_that_is_to_end_first_is_told():
    consumer = replace(needing(7, 8), target_start=NOW.date() + timedelta(days=3))
    suppliers = [story(number, iteration=CURRENT, target_end=NOW.date() + timedelta(days=end)) for number, end in ((7, 2), (8, 1))]
    assert seen(backlog_of((consumer, *suppliers)), "unstarted_dependency").startswith("PAY-8 ")
