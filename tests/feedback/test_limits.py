from __future__ import annotations

import pytest
from feedback_values import NOON, finding, item, situation

from safesync.feedback.limits import check_limits, newly_addressed
from safesync.feedback.plan import make_plan
from safesync.feedback.settings import FeedbackSettings, Limits
from safesync.model.change import CommentMark, Plan
from safesync.model.errors import LimitError


def a_plan(new: int, edited: int = 0, settings: FeedbackSettings | None = None) -> Plan:
    numbers = range(1, new + edited + 1)
    marks = tuple(CommentMark(f"jira:{number}", f"c{number}", "old") for number in numbers if number > new)
    found = [finding(subject=f"jira:{number}") for number in numbers]
    return make_plan(situation(*found, items=tuple(map(item, numbers)), marks=marks), settings or FeedbackSettings(), NOON)


@pytest.mark.parametrize(
    ("new", "items", "last", "setting"),
    [
        (50, 1000, None, None),
        (51, 1000, None, "items"),
        (5, 6, None, None),
        (20, 100, None, None),
        (21, 100, None, "share"),
        (10, 1000, 0, None),
        (11, 1000, 0, "jump"),
        (30, 1000, 10, None),
        (31, 1000, 10, "jump"),
    ],
)
def test_each_limit_stops_what_passes_it_and_nothing_else(new: int, items: int, last: int | None, setting: str | None) -> None:
    plan = a_plan(new)
    if setting is None:
        check_limits(plan, Limits(), items=items, last=last)
        return
    with pytest.raises(LimitError, match=rf"^{new} items? .*feedback\.limits\.{setting}"):
        check_limits(plan, Limits(), items=items, last=last)


@pytest.mark.parametrize(
    ("new", "items", "last", "said"),
    [
        (31, 1000, 10, "more than 3 times the 10 of the last run"),
        (11, 1000, 0, "more than the 10 that are always allowed and more than 3 times the 0 of the last run"),
        (6, 12, None, "more than the 5 that are always allowed and more than 20% of the 12 items in scope"),
    ],
)
def test_the_figure_that_was_passed_is_in_the_sentence(new: int, items: int, last: int | None, said: str) -> None:
    with pytest.raises(LimitError, match=rf"^{new} items would get a first comment, {said} "):
        check_limits(a_plan(new), Limits(), items=items, last=last)


def test_edits_do_not_count_because_they_notify_nobody_new() -> None:
    assert newly_addressed(a_plan(2, edited=70)) == 2


def test_without_comments_the_first_label_counts() -> None:
    assert newly_addressed(a_plan(7, settings=FeedbackSettings(comments=False))) == 7


def test_a_limit_of_nothing_lets_nothing_begin() -> None:
    with pytest.raises(LimitError, match="items"):
        check_limits(a_plan(1), Limits(items=0), items=100, last=None)
