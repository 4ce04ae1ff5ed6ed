from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker, Killed
from office import Office

from safesync.connectors.port import Surroundings
from safesync.feedback.plan_file import plan_from_json, plan_to_json, sealed
from safesync.feedback.settings import Caps, FeedbackSettings, Limits
from safesync.jobs.recover import recover
from safesync.jobs.result import RunResult
from safesync.jobs.run import run_once
from safesync.model.change import Outcome
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Finding, Severity
from safesync.model.item import Kind
from safesync.model.organisation import Organisation, Train
from safesync.model.timebox import Iteration
from safesync.store.port import Store

LABELS = {"safesync-attention", "safesync-tm"}


def test_a_flawed_item_gets_one_comment_and_its_labels_and_the_second_run_does_nothing(office: Office, jira: FakeTracker) -> None:
    flawed, fine = jira.put(1, "TM101 and TM105"), jira.put(2, "fine")
    (result,) = office.run().trackers
    assert (result.items, result.created, result.edited, result.labels_added, result.undone) == (2, 1, 0, 2, ())
    assert jira.said(flawed) == ["2 points before this story is ready"]
    assert (jira.labels(flawed), jira.labels(fine), jira.said(fine)) == (LABELS, set(), [])
    writes, reads = jira.calls.writes, jira.calls.reads
    office.run()
    assert jira.calls.writes == writes
    office.run()
    assert jira.calls.reads - reads <= 4  # twice: who am I, and one page


def test_a_comment_names_the_iteration_ahead(office: Office, jira: FakeTracker) -> None:
    over = Iteration("jira:iteration:1", "jira", "Falcon 1", ends_on=date(2026, 11, 25))
    ahead = Iteration("jira:iteration:2", "jira", "Falcon 2", ends_on=date(2026, 11, 26))
    jira.surroundings = Surroundings(iterations=(over, ahead))
    first, second = jira.put(1, "TM101", iteration=over.uid), jira.put(2, "TM101", iteration=ahead.uid)
    office.run()
    assert jira.said(first) == ["One point before this story is ready"]
    assert jira.said(second) == ["One point before this story is ready for Falcon 2"]


def test_a_comment_follows_its_item_and_shrinks_to_one_line(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", labels=("chore",))
    office.run()
    jira.retitle(uid, "PG202")
    office.run()
    assert jira.labels(uid) == {"chore", "safesync-attention", "safesync-pg"}
    jira.retitle(uid, "done well")
    (result,) = office.run().trackers
    assert (result.created, result.edited, result.labels_removed) == (0, 1, 2)
    assert jira.said(uid) == ["All points are settled - thank you. Last change on 2026-11-26."]
    assert jira.labels(uid) == {"chore"}


def test_a_finding_that_cannot_be_judged_any_more_stays_said(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "?TM101")
    writes = jira.calls.writes
    office.run()
    assert jira.calls.writes == writes
    assert len(office.store.findings()) == 1


def test_one_tracker_that_fails_stops_no_other_and_clears_nothing(office: Office, jira: FakeTracker) -> None:
    azure = FakeTracker("ado")
    office = replace(office, trackers=[jira, azure])
    mine, theirs = jira.put(1, "TM101"), azure.put(1, "TM101")
    office.run()
    jira.retitle(mine, "fine")
    azure.retitle(theirs, "fine")
    azure.break_at("identify", ERRORS["run"])
    result = office.run()
    assert [tracker.error for tracker in result.trackers] == [None, "the tracker is out"]
    assert jira.said(mine)[0].startswith("All points are settled")
    assert azure.said(theirs)[0].startswith("One point")
    assert [known.finding.subject for known in office.store.findings()] == [theirs]
    office.run()
    assert azure.said(theirs)[0].startswith("All points are settled")


def test_a_defect_in_one_tracker_stops_no_other(office: Office, jira: FakeTracker) -> None:
    azure = FakeTracker("ado")
    uid = azure.put(1, "TM101")
    jira.break_at("pull", KeyError("fields"))
    result = replace(office, trackers=[jira, azure]).run()
    assert result.errors == ("jira: an unexpected KeyError ended this tracker's part",)
    assert len(azure.said(uid)) == 1


def test_a_tracker_that_ends_while_it_is_written_names_what_is_left(office: Office, jira: FakeTracker) -> None:
    for number in (1, 2, 3):
        jira.put(number, "TM101")
    jira.break_at("change_labels", ERRORS["run"])
    (result,) = office.run().trackers
    assert result.error == "the tracker is out"
    assert [(one.outcome, one.reason) for one in result.results[1:]] == [
        (Outcome.SKIPPED, "it is left for the next run, because this one ended early") for _ in (2, 3)
    ]
    (again,) = office.run().trackers
    assert (again.created, again.error) == (2, None)
    assert [len(jira.said(f"jira:{number}")) for number in (1, 2, 3)] == [1, 1, 1]


def test_an_item_that_cannot_be_written_stops_nobody_else(office: Office, jira: FakeTracker) -> None:
    first, second = jira.put(1, "TM101"), jira.put(2, "TM101")
    jira.break_at("create_comment", ERRORS["item"])
    (result,) = office.run().trackers
    assert [(one.ref.uid, one.outcome, one.reason) for one in result.undone] == [(first, Outcome.FAILED, "this item is out")]
    assert (jira.labels(first), len(jira.said(second))) == (set(), 1)
    assert office.store.open_intents("jira") == ()


def test_a_plan_above_a_limit_writes_nothing_and_is_in_the_result(office: Office, jira: FakeTracker) -> None:
    office.met()
    for number in range(1, 8):
        jira.put(number, "TM101")
    office.feedback = FeedbackSettings(limits=Limits(items=6, share=1.0))
    result = office.run()
    assert result.stopped is not None
    assert result.stopped.startswith("7 items would get a first comment, more than 6")
    assert (jira.calls.writes, len(result.plan.changes)) == (0, 7)
    office.feedback = FeedbackSettings(limits=Limits(items=7, share=1.0))
    assert office.run().stopped is None
    assert jira.calls.writes == 14


def test_a_jump_against_the_last_run_is_stopped(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(share=1.0))
    office.run()
    for number in range(1, 12):
        jira.put(number, "TM101")
    stopped = office.run().stopped
    assert stopped is not None
    assert "3 times the 0 of the last run" in stopped


def test_a_comment_that_a_person_deleted_is_not_written_again(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.person_deletes_comment(uid)
    jira.retitle(uid, "PG202")
    (result,) = office.run().trackers
    assert [one.reason for one in result.undone] == ["a person deleted the comment; nothing more is said there"]
    assert jira.said(uid) == []
    assert office.store.marks()[uid].silenced
    jira.retitle(uid, "TM105 and FL401")
    (again,) = office.run().trackers
    assert (jira.said(uid), again.results) == ([], ())


@pytest.mark.parametrize(("gone", "stand", "believed"), [(10, 0, True), (11, 0, False), (11, 11, True), (12, 11, False)])
def test_when_most_of_our_comments_are_gone_nobody_takes_it_for_what_people_want(
    office: Office, jira: FakeTracker, *, gone: int, stand: int, believed: bool
) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=100, share=1.0, jump=1000))
    # What stands is looked at first: items are written in their order.
    uids = [jira.put(number, "TM101") for number in range(101, 101 + stand + gone)]
    office.run()
    for uid in uids[stand:]:
        jira.person_deletes_comment(uid)
    for uid in uids:
        jira.retitle(uid, "PG202")
    (result,) = office.run().trackers
    assert (result.error is None) is believed
    assert {uid for uid, mark in office.store.marks().items() if mark.silenced} == (set(uids[stand:]) if believed else set())
    if result.error:
        assert "more than 10 of our comments are gone, most of those that were looked at" in result.error
        assert office.run().trackers[0].error == result.error


def test_that_most_of_our_comments_are_gone_is_believed_when_a_person_applies_the_plan(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=100, share=1.0, jump=1000))
    uids = [jira.put(number, "TM101") for number in range(1, 13)]
    office.run()
    for uid in uids:
        jira.person_deletes_comment(uid)
        jira.retitle(uid, "PG202")
    office.run()
    (result,) = office.apply(office.run().plan).trackers
    assert (result.error, result.created) == (None, 0)
    assert {uid for uid, mark in office.store.marks().items() if mark.silenced} == set(uids)
    assert office.run().trackers[0].results == ()


def test_a_comment_that_a_person_took_over_is_left_alone(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.person_edits_comment(uid)
    jira.retitle(uid, "PG202")
    theirs = jira.comments[uid][0].message
    office.run()
    assert [comment.message for comment in jira.comments[uid]] == [theirs]
    assert office.store.marks()[uid].silenced


def test_labels_of_people_survive_and_a_label_taken_off_by_a_person_stays_off(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.relabel(uid, "risk-reviewed", "safesync-tm")
    office.run()
    assert jira.labels(uid) == {"risk-reviewed", "safesync-tm"}
    jira.retitle(uid, "fine")
    office.run()
    jira.retitle(uid, "TM101")
    office.run()
    assert jira.labels(uid) == {"risk-reviewed"} | LABELS


def test_a_waive_label_takes_a_point_back(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.relabel(uid, *jira.labels(uid), "safesync-waive-tm101")
    office.run()
    assert jira.said(uid)[0].startswith("All points are settled or waived")
    assert jira.labels(uid) == {"safesync-waive-tm101"}


def test_a_lost_store_causes_no_second_comment(new_store: Callable[[], Store], office: Office, jira: FakeTracker) -> None:
    flawed, mended = jira.put(1, "TM101"), jira.put(2, "TM101")
    office.run()
    jira.retitle(mended, "fine")
    (result,) = replace(office, store=new_store()).run().trackers
    assert (result.created, result.edited) == (0, 1)
    assert [len(jira.said(uid)) for uid in (flawed, mended)] == [1, 1]
    assert jira.said(mended)[0].startswith("All points are settled")
    assert jira.labels(mended) == set()


def test_a_comment_that_a_lost_store_finds_where_it_would_begin_one_is_mended_at_once(
    new_store: Callable[[], Store], office: Office, jira: FakeTracker
) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.relabel(uid)  # a person took our labels off: nothing tells that we spoke here
    jira.retitle(uid, "TM101 and TM105")
    (result,) = replace(office, store=new_store()).run().trackers
    assert (result.created, result.edited, result.undone) == (0, 1, ())
    (said,) = jira.said(uid)
    assert said.startswith("2 points")


def test_a_lost_store_takes_nothing_back_before_every_tracker_was_read(
    new_store: Callable[[], Store], office: Office, jira: FakeTracker
) -> None:
    azure = FakeTracker("ado")
    office = replace(office, trackers=[jira, azure])
    parent, bare = azure.put(1, "PG202"), azure.put(2, "fine")
    office.run()
    said, labels = azure.said(parent), azure.labels(parent)
    azure.retitle(parent, "fine")  # as if what was found there hung on an item of the other tracker
    azure.retitle(bare, "TM101")
    office = replace(office, store=new_store())
    jira.break_at("identify", ERRORS["run"])
    office.run()
    assert (azure.said(parent), azure.labels(parent), len(azure.said(bare))) == (said, labels, 1)
    azure.retitle(bare, "fine")
    jira.break_at("identify", ERRORS["run"])
    office.run()
    assert azure.said(bare)[0].startswith("All points are settled")  # what this store itself said is kept true
    office.run()
    assert azure.said(parent)[0].startswith("All points are settled")


def test_what_a_lost_store_finds_again_does_not_count_as_a_flood(new_store: Callable[[], Store], office: Office, jira: FakeTracker) -> None:
    known, bare = jira.put(1, "TM101"), jira.put(2, "TM101")
    office.run()
    jira.comments.pop(bare)
    office = replace(office, store=new_store(), feedback=FeedbackSettings(limits=Limits(items=0)))
    assert office.run().stopped is None
    assert [len(jira.said(uid)) for uid in (known, bare)] == [1, 0]
    stopped = office.run().stopped
    assert stopped is not None
    assert stopped.startswith("1 item would get a first comment")


def test_of_two_comments_of_ours_the_oldest_stays(new_store: Callable[[], Store], office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    oldest = jira.comments[uid][0]
    jira.comments[uid].append(replace(oldest, comment_id="double"))
    replace(office, store=new_store()).run()
    assert [one.comment_id for one in jira.comments[uid]] == [oldest.comment_id]


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize("call", ["create_comment", "edit_comment", "change_labels"])
def test_a_write_without_an_answer_is_looked_for_before_it_is_repeated(
    office: Office, jira: FakeTracker, call: str, happened: bool
) -> None:
    uid = jira.put(1, "TM101")
    if call == "edit_comment":
        office.run()
        jira.retitle(uid, "TM105")
    jira.break_at(call, ERRORS["unknown"], after=happened)
    before = len(jira.log)
    (result,) = office.run().trackers
    assert jira.log[before:].count(call) == 1
    assert len(result.undone) == int(not happened or call == "change_labels")
    office.run()
    writes = jira.calls.writes
    office.run()
    assert (len(jira.said(uid)), jira.labels(uid), jira.calls.writes - writes) == (1, LABELS, 0)
    assert office.store.open_intents("jira") == ()


def test_what_became_of_labels_is_not_guessed_before_the_item_was_read_again(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    jira.break_at("change_labels", ERRORS["unknown"], after=True)
    office.run()
    assert recover(jira, office.store) == 0
    assert len(office.store.open_intents("jira")) == 1
    office.run()
    assert office.store.open_intents("jira") == ()
    assert set(office.store.marks()["jira:1"].labels) == LABELS


def test_an_item_that_changed_since_the_plan_was_made_is_skipped_and_named(office: Office, jira: FakeTracker) -> None:
    uid, other = jira.put(1, "TM101"), jira.put(2, "TM101")
    made = _plan_only(office)
    jira.retitle(uid, "TM101 still")
    (result,) = office.apply(plan_from_json(plan_to_json(made.plan))).trackers
    assert [(one.ref.uid, one.reason) for one in result.undone] == [(uid, "it changed since the plan was made")]
    assert (len(jira.said(uid)), len(jira.said(other))) == (0, 1)


def test_a_plan_applied_twice_writes_once(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    made = _plan_only(office)
    office.apply(made.plan)
    writes = jira.calls.writes
    office.apply(made.plan)
    assert (len(jira.said(uid)), jira.calls.writes) == (1, writes)


def test_our_own_write_does_not_make_the_items_next_change_outdated(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    (change,) = _plan_only(office).plan.changes
    comment, labels = replace(change, add_labels=()), replace(change, comment=None)
    (result,) = office.apply(sealed(replace(_plan_only(office).plan, changes=(comment, labels)))).trackers
    assert [one.outcome for one in result.results] == [Outcome.DONE, Outcome.DONE]
    assert (len(jira.said(uid)), jira.labels(uid)) == (1, LABELS)


def test_where_we_may_not_comment_nothing_is_tried(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    jira.may_comment = frozenset()
    (result,) = office.run().trackers
    assert [one.reason for one in result.undone] == ["SafeSync may not comment in PAY; give it that right"]
    assert result.barred == ("SafeSync may not comment in PAY; give it that right",)
    assert jira.calls.writes == 0


def test_a_plan_for_a_tracker_that_is_not_configured_is_refused(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    made = _plan_only(office).plan
    with pytest.raises(ConfigurationError, match="writes to jira, which is not configured"):
        replace(office, trackers=[FakeTracker("ado")]).apply(made)


def test_a_defect_while_writing_keeps_the_count_of_what_was_written(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    jira.put(2, "TM101")
    jira.break_at("create_comment", KeyError("id"), spared=1)
    (result,) = office.run().trackers
    assert (result.created, len(result.undone), result.error) == (1, 1, "an unexpected KeyError ended this tracker's part")
    assert len(office.store.open_intents("jira")) == 1
    office.run()
    assert [len(jira.said(uid)) for uid in ("jira:1", "jira:2")] == [1, 1]


def test_a_group_finding_speaks_on_the_item_of_its_train(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "The train", kind=Kind.EPIC)
    subjects = ("group:train_interval:Payments|PI 26.4", "group:train_interval:Cards|PI 26.4")
    groups = tuple(Finding("FL401", subject, Severity.WARNING, None, "Plan more enablers.", "5 of 25 percent.") for subject in subjects)
    office.judge.groups, office.judge.known_groups = groups, frozenset(subjects)
    office.organisation = Organisation(trains=(Train("Payments", anchor="jira:PAY-1"), Train("Cards")))
    office.run()
    assert jira.said(uid) == ["One point about Payments"]
    assert len(office.store.findings()) == 2
    office.judge.groups, office.judge.known_groups = (), frozenset()
    office.run()
    assert office.store.findings() == ()
    assert jira.said(uid)[0].startswith("All points are settled")


def test_a_tracker_that_another_run_holds_is_left_to_it(office: Office, jira: FakeTracker) -> None:
    azure = FakeTracker("ado")
    jira.put(1, "TM101")
    azure.put(1, "TM101")
    office = replace(office, trackers=[jira, azure])
    with office.store.only_run_of("jira"):
        result = office.run()
    assert result.errors == ("jira: another run is at work on this tracker; it is left to that one",)
    assert (jira.calls.total, len(azure.said("ado:1"))) == (0, 1)
    assert office.run().errors == ()


@pytest.mark.parametrize("error", [Killed(), ERRORS["run"]], ids=["killed", "run error"])
def test_a_run_that_breaks_off_in_the_midst_of_an_item_is_remembered_with_what_it_wrote(
    office: Office, jira: FakeTracker, error: BaseException
) -> None:
    jira.put(1, "TM101")
    jira.put(2, "TM101")
    jira.break_at("change_labels", error, spared=1)
    with suppress(Killed):
        office.run()
    (run,) = office.store.runs(1)
    counted = [run.figures[name] for name in ("created", "edited", "labels_added", "labels_removed")]
    assert counted == [2, 0, 2, 0], "two comments, and the labels of one"
    assert run.finished_at is not None
    assert run.finished_at > run.started_at


def _plan_only(office: Office) -> RunResult:
    office.met()
    allowed, office.feedback = office.feedback, FeedbackSettings(limits=Limits(items=0))
    try:
        return office.run()
    finally:
        office.feedback = allowed


def test_what_is_over_the_days_budget_is_told_on_another_day(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 5):
        jira.put(number, "TM101")
    office.feedback = FeedbackSettings(caps=Caps(day=3), limits=Limits(share=1.0))
    first, second = office.run(), office.run()
    assert [(one.trackers[0].created, one.waiting) for one in (first, second)] == [(3, 1), (0, 1)]
    tomorrow = NOON + timedelta(days=1)
    third = run_once(office.sources, office.store, office.judge, office.organisation, office.feedback, tomorrow)
    assert (third.trackers[0].created, third.waiting) == (1, 0)
    assert [len(jira.said(f"jira:{number}")) for number in range(1, 5)] == [1, 1, 1, 1]


def test_a_budget_of_every_day_is_no_jump(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 31):
        jira.put(number, "TM101")
    office.feedback = FeedbackSettings(caps=Caps(day=14), limits=Limits(share=1.0))
    days = [NOON + timedelta(days=day) for day in (0, 0, 1, 2)]
    runs = [run_once(office.sources, office.store, office.judge, office.organisation, office.feedback, day) for day in days]
    assert [(one.stopped, one.trackers[0].created, one.waiting) for one in runs] == [
        (None, 14, 16),
        (None, 0, 16),
        (None, 14, 2),
        (None, 2, 0),
    ]
