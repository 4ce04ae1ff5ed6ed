"""A run is taken back by a plan like any other, as far as everything is still as we left it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker, Killed
from office import Office

from safesync.feedback.plan_file import plan_from_json, plan_to_json
from safesync.feedback.settings import FeedbackSettings
from safesync.jobs.pull import pull
from safesync.jobs.undo import undo
from safesync.model.organisation import Organisation, Team
from safesync.store.port import Store

LABELS = {"safesync-attention", "safesync-tm"}


def take_back(office: Office, run_id: int) -> list[tuple[str, str]]:
    """What is left, after the rest was applied through a file."""
    for source in office.sources:
        pull(source, office.store, NOON)
    made = undo(office.store, run_id, NOON)
    result = office.apply(plan_from_json(plan_to_json(made.plan)))
    assert result.errors == ()
    assert [one.reason for tracker in result.trackers for one in tracker.undone] == []
    return list(made.left)


def test_what_a_run_began_is_taken_back_without_a_deletion(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", labels=("chore",))
    run = office.run()
    assert jira.labels(uid) == {"chore", *LABELS}
    assert take_back(office, run.run_id) == []
    assert jira.said(uid) == ["Taken back on 2026-11-26: this comment was written by a run that was undone."]
    assert jira.labels(uid) == {"chore"}
    assert "delete_comment" not in jira.log


def test_what_was_taken_back_stays_quiet_until_something_else_is_found(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101 and TM105")
    take_back(office, office.run().run_id)
    before = jira.calls.writes
    office.run()
    jira.retitle(uid, "TM101 alone, and another title")
    office.run()
    assert (jira.calls.writes, jira.labels(uid)) == (before, set())
    jira.retitle(uid, "TM101 and PG202")
    (result,) = office.run().trackers
    assert (result.created, result.edited, jira.labels(uid)) == (0, 1, LABELS | {"safesync-pg"})
    assert jira.said(uid) == ["2 points before this story is ready"]
    jira.retitle(uid, "TM101")
    office.run()
    assert jira.said(uid) == ["One point before this story is ready"], "once we speak again we go on"


def test_what_was_taken_back_and_is_settled_is_said_and_may_be_found_anew(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    take_back(office, office.run().run_id)
    jira.retitle(uid, "fine")
    office.run()
    assert jira.said(uid)[0].startswith("All points are settled")
    jira.retitle(uid, "TM101")
    office.run()
    assert (jira.said(uid), jira.labels(uid)) == (["One point before this story is ready"], LABELS)


def test_an_edit_that_was_taken_back_is_not_made_again(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    before = jira.comments[uid][0].message
    jira.retitle(uid, "PG202")
    take_back(office, office.run().run_id)
    office.run()
    assert (jira.comments[uid][0].message, jira.labels(uid)) == (before, LABELS)


def test_labels_that_were_taken_back_without_a_comment_stay_off(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(comments=False)
    uid = jira.put(1, "TM101")
    take_back(office, office.run().run_id)
    office.run()
    assert jira.labels(uid) == set()
    jira.retitle(uid, "TM101 and PG202")
    office.run()
    assert "safesync-pg" in jira.labels(uid)


@pytest.mark.parametrize("call", ["read_comment", "edit_comment", "change_labels"])
def test_whatever_kills_an_undo_what_it_took_back_is_not_said_again(office: Office, jira: FakeTracker, call: str) -> None:
    jira.put(1, "TM101")
    office.run()
    for source in office.sources:
        pull(source, office.store, NOON)
    made = undo(office.store, 1, NOON).plan
    jira.break_at(call, Killed(), after=True)
    with pytest.raises(Killed):
        office.apply(made)
    created, told = jira.log.count("create_comment"), jira.said("jira:1")
    office.run()
    assert (jira.log.count("create_comment"), jira.said("jira:1")) == (created, told)
    take_back(office, 1)
    assert (jira.said("jira:1")[0][:10], jira.labels("jira:1")) == ("Taken back", set())


def test_an_edit_says_again_what_stood_there_before(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    before = jira.comments[uid][0].message
    jira.retitle(uid, "PG202")
    second = office.run()
    assert jira.comments[uid][0].message != before
    take_back(office, second.run_id)
    assert jira.comments[uid][0].message == before
    assert jira.labels(uid) == LABELS


def test_a_comment_that_a_person_removed_or_that_says_something_else_is_left_and_named(office: Office, jira: FakeTracker) -> None:
    removed, spoken, gone = (jira.put(number, "TM101") for number in (1, 2, 3))
    run = office.run()
    jira.person_edits_comment(removed)
    jira.retitle(spoken, "PG202")
    jira.retitle(removed, "PG202")
    office.run()
    del jira.items[gone]
    office.store.mark_gone([gone], NOON)
    told = jira.said(spoken)
    left = take_back(office, run.run_id)
    assert sorted(left) == [
        ("PAY-1", "a person removed or took over the comment"),
        ("PAY-2", "our comment says something else since"),
        ("PAY-3", "it is not there any more"),
    ]
    assert jira.said(spoken) == told


def test_a_label_that_a_person_removed_or_that_is_set_again_is_left(office: Office, jira: FakeTracker) -> None:
    uid, settled = jira.put(1, "TM101"), jira.put(2, "TM101")
    first = office.run()
    jira.relabel(uid, "safesync-tm", "mine")
    jira.retitle(settled, "fine")
    second = office.run()
    assert jira.labels(settled) == set()
    take_back(office, second.run_id)
    assert jira.labels(settled) == LABELS, "what the run removed is set again"
    assert jira.labels(uid) == {"safesync-tm", "mine"}
    take_back(office, first.run_id)
    assert jira.labels(uid) == {"mine"}


def test_an_undo_can_be_undone(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    said = jira.comments[uid][0].message
    take_back(office, 1)
    last = office.store.runs(1)[0].run_id
    take_back(office, last)
    assert (jira.comments[uid][0].message, jira.labels(uid)) == (said, LABELS)


def test_writes_that_nobody_answered_are_in_the_record_once_they_are_known(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    jira.break_at("create_comment", ERRORS["unknown"], after=True)
    run = office.run()
    assert [write.intent.kind.value for write in office.store.writes(run.run_id)] == ["comment", "labels"]


def test_a_run_that_wrote_nothing_takes_nothing_back(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "fine")
    run = office.run()
    made = undo(office.store, run.run_id, NOON)
    assert (made.plan.changes, made.left) == ((), ())
    assert replace(made.plan, digest="").changes == ()


def test_what_a_lost_store_does_not_remember_is_left(
    office: Office, jira: FakeTracker, new_store: Callable[[], Store], tmp_path: Path
) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "PG202")
    fresh = Office(new_store(), tmp_path, [jira])
    run = fresh.run()
    said = jira.comments[uid][0].message
    assert take_back(fresh, run.run_id) == [("PAY-1", "nobody remembers what the comment said before")]
    assert jira.comments[uid][0].message == said


def test_where_the_comment_is_left_its_labels_are_too(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    first = office.run()
    jira.retitle(uid, "TM101 and TM105")
    office.run()
    assert take_back(office, first.run_id) == [("PAY-1", "our comment says something else since")]
    assert jira.labels(uid) == LABELS


def test_no_label_comes_back_where_a_person_wants_to_hear_no_more(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "fine")
    second = office.run()
    jira.person_deletes_comment(uid)
    jira.retitle(uid, "PG202")
    office.run()
    take_back(office, second.run_id)
    assert jira.labels(uid) == set()


def test_labels_that_a_killed_run_never_set_did_not_happen(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.break_at("change_labels", Killed())
    with pytest.raises(Killed):
        office.run()
    jira.retitle(uid, "fine")
    office.run()
    assert [(write.intent.kind.value, write.intent.add) for write in office.store.writes()] == [("comment", ()), ("comment", ())]


def test_writes_are_forgotten_when_their_days_are_over_and_what_our_comments_say_is_not(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(keep_writes_days=30, grace=office.feedback.grace)
    uid, quiet = jira.put(1, "TM101"), jira.put(2, "TM101")
    runs = [office.run(NOON)]
    for days, title in ((1, "TM101 and PG202"), (20, "PG202")):
        jira.retitle(uid, title)
        runs.append(office.run(NOON + timedelta(days=days)))

    def remembered() -> list[int]:
        return [len(office.store.writes(run.run_id)) for run in runs]

    assert remembered() == [4, 2, 2]
    office.run(NOON + timedelta(days=31))
    assert remembered() == [4, 2, 2], "of what is old the last of each sort on each item stays"
    office.run(NOON + timedelta(days=31, seconds=1))
    assert remembered() == [2, 2, 2]
    assert set(office.store.said([uid, quiet])) == {uid, quiet}
    assert office.store.begun_since(NOON + timedelta(days=10)) == ()
    assert take_back(office, runs[-1].run_id) == []
    assert jira.said(uid) == ["2 points before this story is ready"], "what was said before the first write that is remembered"


def test_nothing_is_forgotten_where_nobody_wants_that(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(keep_writes_days=0, grace=office.feedback.grace)
    uid = jira.put(1, "TM101")
    first = office.run(NOON)
    jira.retitle(uid, "PG202")
    office.run(NOON + timedelta(days=2000))
    office.run(NOON + timedelta(days=4000))
    assert len(office.store.writes(first.run_id)) == 2


@pytest.fixture
def anchor(office: Office, jira: FakeTracker) -> str:
    """The item on which Falcon's week is told."""
    office.organisation = Organisation(teams=(Team("Falcon"),), team_anchors=(("Falcon", "jira:PAY-9"),))
    office.feedback = FeedbackSettings(digest="monday")
    jira.put(1, "TM101", team="Falcon")
    return jira.put(9, "Where Falcon meets", team="Falcon")


@pytest.mark.parametrize("began", [True, False])
def test_a_week_that_was_taken_back_stays_away_until_the_next_one(office: Office, jira: FakeTracker, anchor: str, began: bool) -> None:
    if not began:
        office.run(NOON - timedelta(days=7))
    take_back(office, office.run().run_id)
    before = jira.said(anchor)
    assert before[0].startswith("Taken back" if began else "Falcon, week from 2026-11-16:")
    office.run(NOON + timedelta(days=1))
    assert jira.said(anchor) == before
    office.run(NOON + timedelta(days=7))
    assert jira.said(anchor)[0].startswith("Falcon, week from 2026-11-30:")


def test_what_was_taken_back_is_in_no_week(office: Office, jira: FakeTracker, anchor: str) -> None:
    take_back(office, office.run().run_id)
    office.run(NOON + timedelta(days=7))
    assert jira.said(anchor) == ["Falcon, week from 2026-11-30: nothing is open."]
