"""What began and what ended below an item."""

from __future__ import annotations

from dataclasses import replace

from linked_facts import seen

from safesync.model.item import Kind, Stage
from safesync.rules.examples import backlog_of, bug, feature, story

BELOW = {"parent": "jira:2"}


def test_only_children_that_deliver_are_counted_as_done():
    items = (
        feature(),
        story(10, stage=Stage.DONE, **BELOW),
        story(11, stage=Stage.CANCELLED, **BELOW),
        story(12, **BELOW),
        bug(13, stage=Stage.DONE, **BELOW),
        story(14, kind=Kind.SPIKE, stage=Stage.DONE, **BELOW),
    )
    assert seen(backlog_of(items), "done_children", "jira:2") == 1
    assert seen(backlog_of(items), "done_children", "jira:10") == 0


def test_the_last_child_that_ended_counts_a_cancelled_one_too():
    items = (feature(), story(10, stage=Stage.DONE, days_in_stage=30, **BELOW), story(11, stage=Stage.CANCELLED, days_in_stage=7, **BELOW))
    assert seen(backlog_of(items), "working_days_since_children_ended", "jira:2") == 5


def test_children_at_work_are_told_those_first_that_began_first():
    items = (
        feature(),
        story(10, stage=Stage.IN_PROGRESS, days_in_stage=2, **BELOW),
        story(11, stage=Stage.VALIDATING, days_in_stage=9, **BELOW),
        story(12, stage=Stage.IN_PROGRESS, kind=Kind.SPIKE, days_in_stage=20, **BELOW),
        story(13, stage=Stage.IN_PROGRESS, enabler_kind="exploration", days_in_stage=20, **BELOW),
        story(14, **BELOW),
    )
    for given in (items, tuple(reversed(items))):
        backlog = backlog_of(given)
        assert seen(backlog, "active_children", "jira:2") == 2
        assert seen(backlog, "active_children_keys", "jira:2") == "PAY-11, PAY-10"
        assert seen(backlog, "days_since_child_began", "jira:2") == 9


def test_a_child_whose_stage_was_not_seen_leaves_its_parents_counts_open():
    items = (feature(), replace(story(10, stage=Stage.DONE, **BELOW), unseen=frozenset({"stage"})), feature(7))
    backlog = backlog_of(items)
    for fact in ("done_children", "working_days_since_children_ended", "active_children", "days_since_child_began"):
        assert seen(backlog, fact, "jira:2") == "unseen", fact
        assert seen(backlog, fact, "jira:7") in {0, None}, fact


def test_a_child_whose_history_was_not_seen_leaves_the_days_open_and_not_the_counts():
    items = (feature(), replace(story(10, stage=Stage.DONE, **BELOW), unseen=frozenset({"transitions"})))
    backlog = backlog_of(items)
    assert seen(backlog, "done_children", "jira:2") == 1
    assert seen(backlog, "working_days_since_children_ended", "jira:2") == "unseen"
