"""People who are at work on an item are left alone; what we said there is kept true all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from feedback_values import NOON, finding, item, plan, situation

from safesync.feedback.plan import make_plan
from safesync.feedback.settings import FeedbackSettings, Grace
from safesync.model.change import CommentAction, CommentMark

LONG_AGO = NOON - timedelta(days=30)
SAID = "said-before"


@pytest.mark.parametrize(
    ("created_at", "changed_at", "begun"),
    [
        (NOON - timedelta(hours=24), None, True),
        (NOON - timedelta(hours=23, minutes=59), None, False),
        (NOON + timedelta(minutes=3), None, False),
        (LONG_AGO, NOON - timedelta(hours=2), True),
        (LONG_AGO, NOON - timedelta(hours=1, minutes=59), False),
        (LONG_AGO, NOON + timedelta(seconds=30), False),
        (LONG_AGO, None, True),
    ],
)
def test_nothing_is_begun_while_people_are_at_work(created_at: datetime, changed_at: datetime | None, begun: bool) -> None:
    assert bool(plan(finding(), items=(item(created_at=created_at, last_human_change_at=changed_at),))) is begun


def test_neither_labels_nor_a_comment_begin_on_an_item_that_carries_the_one_but_not_the_other() -> None:
    busy = item(last_human_change_at=NOON)
    (change,) = plan(finding("TM105"), items=(busy,), marks=(CommentMark("jira:1", "c1", SAID),))
    assert (change.comment is not None and change.comment.action, change.add_labels) == (CommentAction.EDIT, ())


def test_what_is_settled_is_told_at_once() -> None:
    busy = item(last_human_change_at=NOON, labels=("safesync-attention", "safesync-tm"))
    mark = CommentMark("jira:1", "c1", SAID, ("safesync-attention", "safesync-tm"))
    (change,) = plan(items=(busy,), marks=(mark,))
    assert change.comment is not None
    assert change.remove_labels == ("safesync-attention", "safesync-tm")


def test_where_we_never_spoke_nobody_is_waited_for() -> None:
    known = situation(finding(), items=(item(created_at=NOON, last_human_change_at=NOON),))
    assert make_plan(known, FeedbackSettings(), NOON).changes == ()
    assert len(make_plan(replace(known, first_in=frozenset({"jira"})), FeedbackSettings(), NOON).changes) == 1


def test_who_waits_for_nobody_says_so() -> None:
    settings = FeedbackSettings(grace=Grace(new_hours=0, busy_hours=0))
    assert plan(finding(), items=(item(created_at=NOON, last_human_change_at=NOON),), settings=settings)


@pytest.mark.parametrize(("grace", "begun"), [(Grace(new_hours=0), False), (Grace(busy_hours=0), True)])
def test_each_wait_stands_for_itself(grace: Grace, begun: bool) -> None:
    busy = item(last_human_change_at=NOON)
    assert bool(plan(finding(), items=(busy,), settings=FeedbackSettings(grace=grace))) is begun
