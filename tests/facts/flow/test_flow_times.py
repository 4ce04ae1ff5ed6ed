"""How long work usually takes: of enough items, of the right ones, and unseen where nobody can say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from linked_facts import seen

from safesync.model.item import Item, Stage, Transition
from safesync.rules.examples import NOW, backlog_of, story

UNDER_WAY = story(stage=Stage.IN_PROGRESS, transitions=(Transition(NOW - timedelta(days=20), Stage.IN_PROGRESS),))


def done(*days: float, first: int = 100, ago: float = 7, **fields: object) -> tuple[Item, ...]:
    ended = NOW - timedelta(days=ago)
    return tuple(
        story(
            first + number,
            stage=Stage.DONE,
            transitions=(Transition(ended - timedelta(days=took), Stage.IN_PROGRESS), Transition(ended, Stage.DONE)),
            **fields,
        )
        for number, took in enumerate(days)
    )


def test_the_usual_flow_time_is_what_85_of_100_did_not_exceed():
    backlog = backlog_of((UNDER_WAY, *done(*range(1, 101))))
    assert seen(backlog, "usual_flow_time") == 86  # the next one, where the share falls between two
    assert seen(backlog, "usual_flow_time_of") == "100 done items of kind story of Payments"
    assert seen(backlog, "days_since_started") == 20


def test_with_fewer_than_thirty_nobody_can_say_what_is_usual():
    assert seen(backlog_of((UNDER_WAY, *done(*[5] * 29))), "usual_flow_time") == "unseen"
    assert seen(backlog_of((UNDER_WAY, *done(*[5] * 30))), "usual_flow_time") == 5


def test_what_was_done_before_the_last_90_days_does_not_count():
    items = (UNDER_WAY, *done(*[5] * 30, ago=90), *done(*[50] * 30, first=200, ago=91))
    assert seen(backlog_of(items), "usual_flow_time") == 5


def test_a_train_with_too_few_is_held_against_all_trains():
    items = (UNDER_WAY, *done(*[5] * 29), *done(*[9] * 30, first=200, train="Cards"))
    assert seen(backlog_of(items), "usual_flow_time_of") == "59 done items of kind story"
    alone = (UNDER_WAY, *done(*[5] * 30), *done(*[9] * 30, first=200, train="Cards"))
    assert seen(backlog_of(alone), "usual_flow_time") == 5


def test_the_order_of_the_items_makes_no_difference():
    items = (UNDER_WAY, *done(*range(1, 60)))
    one, other = backlog_of(items), backlog_of(tuple(reversed(items)))
    assert seen(one, "usual_flow_time") == seen(other, "usual_flow_time")


def test_whose_beginning_was_not_seen_has_no_age():
    hidden = replace(UNDER_WAY, unseen=frozenset({"transitions"}))
    assert seen(backlog_of((hidden,)), "days_since_started") == "unseen"
