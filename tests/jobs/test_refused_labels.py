from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.connectors.port import LabelsRefusedError
from safesync.model.change import Outcome

LABELS = {"safesync-attention", "safesync-tm"}


def refuses(jira: FakeTracker, *, by_item: bool = False) -> None:
    jira.break_at("change_labels", LabelsRefusedError("PAY-1 has too many.", by_item=by_item))


@pytest.mark.parametrize("by_item", [False, True])
def test_labels_that_an_item_cannot_have_are_told_once_and_the_comment_stands(office: Office, jira: FakeTracker, by_item: bool) -> None:
    uid = jira.put(1, "TM101")
    refuses(jira, by_item=by_item)
    (result,) = office.run().trackers
    assert (result.created, result.labels_added, [one.outcome for one in result.undone]) == (1, 0, [Outcome.FAILED])
    assert "PAY-1 has too many." in result.undone[0].reason
    writes = jira.calls.writes
    for _ in range(3):
        told = office.run()
        assert (told.plan.changes, told.trackers[0].undone) == ((), ())
    assert (jira.calls.writes, jira.labels(uid)) == (writes, set())


def test_the_comment_is_kept_true_while_labels_are_refused(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    refuses(jira)
    office.run()
    jira.retitle(uid, "TM101 and TM105")
    (result,) = office.run().trackers
    assert (result.edited, result.labels_added, result.undone) == (1, 0, ())
    assert jira.said(uid) == ["2 points before this story is ready"]


def test_labels_are_tried_again_when_those_of_the_item_changed(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", labels=("a", "b"))
    refuses(jira)
    office.run()
    jira.retitle(uid, "TM101 still")
    assert office.run().plan.changes == ()
    jira.relabel(uid, "a")
    assert office.run().trackers[0].labels_added == 2
    assert jira.labels(uid) == {"a", *LABELS}


def test_other_labels_are_tried_on_the_same_item(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    refuses(jira)
    office.run()
    jira.retitle(uid, "PG202")
    office.run()
    assert jira.labels(uid) == {"safesync-attention", "safesync-pg"}


def test_labels_refused_for_another_reason_are_tried_again_after_a_person_was_there(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", last_human_change_at=NOON - timedelta(days=9))
    refuses(jira, by_item=True)
    office.run()
    jira.touch(uid)
    assert office.run().plan.changes == ()
    jira.items[uid] = replace(jira.items[uid], last_human_change_at=NOON - timedelta(days=8))
    jira.touch(uid)
    assert office.run().trackers[0].labels_added == 2
