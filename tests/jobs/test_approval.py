"""A plan that a person approves: exactly that is written, batch by batch, whatever broke off and whatever changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker, Killed
from office import Office

from safesync.feedback.audience import Audience
from safesync.feedback.batches import batches, only
from safesync.feedback.plan_file import plan_from_json, plan_to_json
from safesync.feedback.settings import Caps, FeedbackSettings, Limits
from safesync.jobs.baseline import take
from safesync.jobs.carried_out import CarriedOut
from safesync.jobs.check import check
from safesync.jobs.plan import Foreseen, foreseen, plan
from safesync.jobs.pull import pull
from safesync.model.baseline import Departure
from safesync.model.change import Applied, BatchBy, Outcome, Plan
from safesync.model.organisation import Organisation, Train
from safesync.store.port import Store

LABELS = {"safesync-attention", "safesync-tm"}
TELLS = Audience("{owner} and the watchers", "nobody", "the followers")


def planned(office: Office, by: BatchBy = BatchBy.TRAIN, *, read: bool = True) -> Plan:
    """The plan, through a file as a person gets it."""
    names = [source.name for source in office.sources]
    for source in office.sources if read else ():
        pull(source, office.store, NOON)
    checked = check(office.store, office.judge, office.organisation, NOON, trackers=names)
    tells = dict.fromkeys(names, TELLS)
    made = plan(office.store, checked, office.organisation, office.feedback, NOON, trackers=names, batch_by=by, audiences=tells).plan
    return plan_from_json(plan_to_json(made))


def ahead(office: Office, made: Plan) -> Foreseen:
    names = [source.name for source in office.sources]
    items = office.store.scene().facts.height
    return foreseen(office.store, made, office.organisation, office.feedback, NOON, trackers=names, items=items)


def applied(office: Office, made: Plan) -> list[tuple[str, str, str]]:
    """(key, outcome, reason) of each change."""
    return [(one.ref.key, one.outcome.value, one.reason) for part in office.apply(made).trackers for one in part.results]


# --- what a plan says ---------------------------------------------------------------------------------------------


def test_a_plan_says_what_stands_there_now_why_and_who_is_told(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", owner="Ann")
    (first,) = planned(office).changes
    assert (first.about.before, first.about.title, first.revision) == (None, "TM101", jira.items[uid].revision)
    assert [(one.code, one.severity, one.evidence) for one in first.about.reasons] == [("TM101", "warning", "Looked at the title.")]
    assert first.about.notifies == "the assignee (Ann) and the watchers"
    office.run()
    before = jira.comments[uid][0].message
    jira.retitle(uid, "PG202")
    (second,) = planned(office).changes
    assert second.comment is not None
    assert (second.about.before, second.comment.was, second.about.notifies) == (before, before.digest, "nobody")


def test_what_a_comment_says_is_not_made_up_where_nobody_remembers(
    office: Office, jira: FakeTracker, new_store: Callable[[], Store], tmp_path: Path
) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "PG202")
    (change,) = planned(Office(new_store(), tmp_path, [jira])).changes
    assert change.comment is not None
    assert (change.about.before, change.comment.was) == (None, None)


def test_a_plan_foresees_a_first_run_a_limit_and_the_budget_and_writes_nothing(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=3, share=1.0))
    for number in range(1, 6):
        jira.put(number, "TM101 and PG202")
    made = planned(office)
    assert (len(made.changes), ahead(office, made)) == (5, Foreseen(("jira",), 10, None))
    assert (jira.calls.writes, office.store.baseline().met, office.store.baseline().old) == (0, {}, ())
    office.met()
    stopped = ahead(office, made).stopped
    assert stopped is not None
    assert stopped.startswith("5 items would get a first comment, more than 3")
    assert office.run().stopped == stopped, "a run says the same"
    office.feedback = FeedbackSettings(limits=Limits(items=3, share=1.0), caps=Caps(day=3))
    assert ahead(office, made) == Foreseen()
    assert (office.run().stopped, len(jira.comments)) == (None, 3)


# --- batches ------------------------------------------------------------------------------------------------------


def test_batches_are_named_counted_applied_one_by_one_and_then_known(office: Office, jira: FakeTracker) -> None:
    office.organisation = Organisation(trains=(Train("ART Payments", ("Falcon",)),))
    ours = [jira.put(number, "TM101", team="Falcon") for number in (1, 2)]
    theirs, nobodys = jira.put(3, "TM105", train="ART Cards"), jira.put(4, "TM105")
    whole = planned(office)
    assert [(one.name, len(one.changes)) for one in batches(whole, lambda _: False)] == [
        ("ART Payments", 2),
        ("ART Cards", 1),
        ("(no train)", 1),
    ]
    assert applied(office, only(whole, ["ART Payments"])) == [("PAY-1", "done", ""), ("PAY-2", "done", "")]
    assert [len(jira.said(uid)) for uid in (*ours, theirs, nobodys)] == [1, 1, 0, 0]
    known = CarriedOut.of(office.store.carried_out(whole.after_run))
    assert [one.applied for one in batches(whole, known.whole)] == [2, 0, 0]
    writes = jira.calls.writes
    assert applied(office, only(whole, ["ART Payments", "ART Cards"])) == [
        ("PAY-1", "already", ""),
        ("PAY-2", "already", ""),
        ("PAY-3", "done", ""),
    ]
    assert jira.calls.writes - writes == 2
    assert [outcome for _, outcome, _ in applied(office, whole)] == ["already", "already", "already", "done"]
    writes = jira.calls.writes
    office.run()
    assert jira.calls.writes == writes


@pytest.mark.parametrize(
    ("by", "names"),
    [(BatchBy.TEAM, {"Falcon", "(no team)"}), (BatchBy.PROJECT, {"PAY"}), (BatchBy.RULE, {"TM105", "(settled)"})],
)
def test_batches_may_be_teams_projects_and_the_gravest_rules(office: Office, jira: FakeTracker, by: BatchBy, names: set[str]) -> None:
    jira.put(1, "TM101i and TM105", team="Falcon")
    settled = jira.put(2, "TM101")
    office.run()
    jira.retitle(settled, "fine")
    jira.retitle("jira:1", "TM101i and TM105 and PG202i")
    assert {change.batch for change in planned(office, by).changes} == names


def test_who_approves_a_batch_has_not_answered_the_rest_of_an_old_backlog(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=3, share=1.0))
    pilot = jira.put(1, "TM101", train="Pilot")
    for number in range(2, 8):
        jira.put(number, "TM101", train="Cards")
    office.apply_batch(planned(office), "Pilot")
    result = office.run()
    assert (result.stopped, result.baselined, len(jira.said(pilot)), len(jira.comments)) == (None, 6, 1, 1)


def test_what_is_approved_is_quiet_no_more(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    made = planned(office)
    assert len(take(office.store, Organisation(), NOON, trackers=["jira"])) == 1
    office.apply(made)
    assert [each.left for each in office.store.baseline().old] == [Departure.TOLD]
    writes = jira.calls.writes
    office.run()
    assert (jira.said(uid), jira.calls.writes) == (["One point before this story is ready"], writes), "not: all points are settled"


# --- what changed since ---------------------------------------------------------------------------------------------


def test_a_comment_that_says_something_else_since_is_left_and_named(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "PG202")
    made = planned(office)
    revision = jira.items[uid].revision
    other = replace(jira.comments[uid][0].message, digest="of another run")
    jira.comments[uid][0].message = other
    assert jira.items[uid].revision == revision, "a tracker where a comment is no change of its item"
    assert applied(office, made) == [("PAY-1", "skipped", "our comment says something else since the plan was made")]
    assert jira.comments[uid][0].message == other


def test_a_comment_of_ours_that_the_plan_did_not_know_is_left_and_named(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    made = planned(office)
    office.run()
    jira.items[uid] = replace(jira.items[uid], revision=made.changes[0].revision)
    jira.comments[uid][0].message = replace(jira.comments[uid][0].message, digest="of another run")
    office.store.save_mark(replace(office.store.marks()[uid], comment_id=None, digest=None))
    made = replace(made, after_run=99)
    assert [outcome for _, outcome, _ in applied(office, made)] == ["skipped"]
    assert len(jira.comments[uid]) == 1


# --- what broke off -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["create_comment", "change_labels", "edit_comment", "find_comments"])
@pytest.mark.parametrize("spared", [0, 1])
def test_a_killed_apply_goes_on_where_it_broke_off(office: Office, jira: FakeTracker, call: str, spared: int, after: bool) -> None:
    uids = [jira.put(number, "TM101", labels=("chore",)) for number in (1, 2, 3)]
    if call == "edit_comment":
        office.run()
        for uid in uids:
            jira.retitle(uid, "PG202")
    made = planned(office)
    jira.break_at(call, Killed(), after=after, spared=spared)
    with pytest.raises(Killed):
        office.apply(made)
    outcomes = {outcome for _, outcome, _ in applied(office, made)}
    assert outcomes <= {"done", "already"}
    assert [outcome for _, outcome, _ in applied(office, made)] == ["already"] * 3
    for change in made.changes:
        assert change.comment is not None
        assert [one.message for one in jira.comments[change.ref.uid]] == [change.comment.message]
        wanted = LABELS if call != "edit_comment" else {"safesync-attention", "safesync-pg"}
        assert jira.labels(change.ref.uid) == {"chore", *wanted}
    assert office.store.open_intents("jira") == ()
    writes = jira.calls.writes
    office.run()
    assert jira.calls.writes == writes


@pytest.mark.parametrize("changes", [True, False], ids=["changes it", "says something to us"])
def test_where_a_person_was_after_the_crash_the_item_is_left_and_named(office: Office, jira: FakeTracker, *, changes: bool) -> None:
    uid = jira.put(1, "TM101", last_human_change_at=NOON)
    made = planned(office)
    jira.break_at("change_labels", Killed())
    with pytest.raises(Killed):
        office.apply(made)
    if changes:
        jira.items[uid] = replace(jira.items[uid], last_human_change_at=NOON.replace(hour=13))
        jira.retitle(uid, "TM101 by a person")
    else:
        jira.person_says(uid, "safesync snooze 5d")
    assert applied(office, made) == [("PAY-1", "skipped", "its comment was written, and then it changed: labels come with the next run")]
    assert jira.labels(uid) == set()


def test_a_tracker_that_ends_in_the_midst_is_gone_on_with(office: Office, jira: FakeTracker) -> None:
    for number in (1, 2, 3):
        jira.put(number, "TM101")
    made = planned(office)
    jira.break_at("create_comment", ERRORS["run"], spared=1)
    assert [outcome for _, outcome, _ in applied(office, made)] == ["done", "skipped", "skipped"]
    (part,) = office.apply(made).trackers
    assert [one.outcome for one in part.results] == [Outcome.ALREADY, Outcome.DONE, Outcome.DONE]
    assert (part.already, part.created, part.undone) == (1, 2, ())
    assert isinstance(part.results[0], Applied)
