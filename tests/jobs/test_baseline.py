"""The baseline in runs: what is older than SafeSync stays quiet until a person touches its item, and only shrinks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from fake_tracker import NOON, FakeTracker
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office import Office

from safesync.feedback.baseline import burn_down
from safesync.feedback.settings import FeedbackSettings, Grace, Limits
from safesync.jobs.baseline import take
from safesync.jobs.check import check
from safesync.jobs.plan import plan
from safesync.jobs.pull import pull
from safesync.model.baseline import Departure
from safesync.model.organisation import Organisation, Train
from safesync.store.port import Store

AT_ONCE = Grace(new_hours=0, busy_hours=0)
FEW = FeedbackSettings(limits=Limits(items=3, share=1.0), grace=AT_ONCE)


def old_backlog(office: Office, jira: FakeTracker, many: int = 4) -> list[str]:
    """More flawed items than a run may speak on, met for the first time."""
    office.feedback = FEW
    uids = [jira.put(number, "TM101", last_human_change_at=NOON - timedelta(days=200)) for number in range(1, many + 1)]
    office.run()
    return uids


def touch(jira: FakeTracker, uid: str) -> None:
    jira.items[uid] = replace(jira.items[uid], last_human_change_at=NOON + timedelta(hours=1))
    jira.touch(uid)


def test_the_first_run_on_an_old_backlog_writes_a_baseline_and_nothing_else(office: Office, jira: FakeTracker) -> None:
    office.feedback = FEW
    for number in range(1, 30):
        jira.put(number, "TM101 and PG202", last_human_change_at=NOON)
    result = office.run()
    assert (result.stopped, result.baselined, result.quiet, len(result.plan.changes)) == (None, 58, 58, 0)
    assert jira.calls.writes == 0
    again = office.run()
    assert (again.stopped, again.baselined, again.quiet, jira.calls.writes) == (None, 0, 58, 0)


def test_a_backlog_within_the_limits_is_answered_at_once(office: Office, jira: FakeTracker) -> None:
    office.feedback = FEW
    uids = [jira.put(number, "TM101") for number in range(1, 4)]
    assert office.run().baselined == 0
    assert [len(jira.said(uid)) for uid in uids] == [1, 1, 1]


def test_an_old_finding_is_told_when_a_person_touches_its_item(office: Office, jira: FakeTracker) -> None:
    first, *others = old_backlog(office, jira)
    touch(jira, first)
    result = office.run()
    assert (len(jira.said(first)), result.quiet) == (1, 3)
    assert all(jira.said(uid) == [] for uid in others)
    writes = jira.calls.writes
    office.run()
    assert jira.calls.writes == writes


def test_a_bot_that_changes_an_item_does_not_touch_it(office: Office, jira: FakeTracker) -> None:
    first, *_ = old_backlog(office, jira)
    jira.touch(first)  # another revision, by nobody who is a person
    assert office.run().quiet == 4
    assert jira.calls.writes == 0


def test_where_nobody_knows_who_changed_an_item_any_change_touches_it(office: Office, jira: FakeTracker) -> None:
    office.feedback = FEW
    uids = [jira.put(number, "TM101", unseen=frozenset({"last_human_change_at"})) for number in range(1, 5)]
    office.run()
    jira.touch(uids[2])
    office.run()
    assert [len(jira.said(uid)) for uid in uids] == [0, 0, 1, 0]


def test_what_is_settled_leaves_for_good(office: Office, jira: FakeTracker) -> None:
    first, *_ = old_backlog(office, jira)
    jira.retitle(first, "fine")
    assert office.run().quiet == 3
    assert jira.calls.writes == 0
    jira.retitle(first, "TM101")
    office.run()
    assert len(jira.said(first)) == 1  # it came back, and is as new as any
    assert [each.left for each in office.store.baseline().old] == [Departure.SETTLED, None, None, None]


def test_a_new_flaw_of_an_item_with_old_ones_is_told_alone(office: Office, jira: FakeTracker) -> None:
    first, *_ = old_backlog(office, jira)
    jira.retitle(first, "TM101 and PG202")
    (result,) = office.run().trackers
    assert result.created == 1
    assert jira.labels(first) == {"safesync-attention", "safesync-pg"}


def test_a_rule_that_comes_later_and_hits_much_stops_at_the_limit(office: Office, jira: FakeTracker) -> None:
    uids = old_backlog(office, jira)
    for uid in uids:
        jira.retitle(uid, "TM101 and PG202")
    result = office.run()
    assert result.stopped is not None
    assert "safesync baseline --take" in result.stopped
    assert (result.baselined, jira.calls.writes) == (0, 0)
    added = take(office.store, Organisation(), NOON, trackers=["jira"], codes=["PG202"])
    assert [each.code for each in added] == ["PG202"] * 4
    assert (office.run().stopped, jira.calls.writes) == (None, 0)


def test_a_tracker_that_comes_later_has_a_baseline_of_its_own(office: Office, jira: FakeTracker) -> None:
    office.run()
    azure = FakeTracker("ado")
    office = replace(office, trackers=[jira, azure], feedback=FEW)
    uids = [azure.put(number, "TM101") for number in range(1, 9)]
    mine = jira.put(1, "TM101")
    result = office.run()
    assert (result.stopped, result.baselined) == (None, 8)
    assert (len(jira.said(mine)), [azure.said(uid) for uid in uids]) == (1, [[]] * 8)


def test_a_tracker_that_was_not_reached_is_still_a_stranger(office: Office, jira: FakeTracker) -> None:
    office.feedback = FEW
    for number in range(1, 9):
        jira.put(number, "TM101", last_human_change_at=NOON)
    jira.may_comment = frozenset()
    office.judge.lenient = True
    jira.break_at("identify", RuntimeError("no"))
    office.run()
    office.judge.lenient = False
    assert office.run().baselined == 8


def test_what_was_told_is_never_taken_into_the_baseline(office: Office, jira: FakeTracker) -> None:
    told = jira.put(1, "TM101")
    office.run()
    untold = jira.put(2, "TM101i")
    office.run()
    added = take(office.store, Organisation(), NOON, trackers=["jira"])
    assert [each.subject for each in added] == [untold]
    assert take(office.store, Organisation(), NOON, trackers=["jira"]) == ()
    office.run()
    assert jira.said(told) == ["One point before this story is ready"]


def test_a_lost_store_takes_nothing_that_our_labels_say_was_told(
    office: Office, jira: FakeTracker, new_store: Callable[[], Store], tmp_path: Path
) -> None:
    told = jira.put(1, "TM101")
    office.run()
    for number in range(2, 9):
        jira.put(number, "TM101")
    fresh = Office(new_store(), tmp_path, [jira], feedback=FEW)
    assert fresh.run().baselined == 7
    fresh.run()
    assert len(jira.said(told)) == 1


def test_the_train_of_an_old_finding_is_remembered(office: Office, jira: FakeTracker) -> None:
    office.organisation = Organisation(trains=(Train("Payments", ("Falcon",)),))
    office.feedback = FEW
    for number, fields in enumerate([{"team": "Falcon"}, {"train": "Cards"}, {"team": "Nobody"}, {}], start=1):
        jira.put(number, "TM101", **fields)
    office.run()
    assert [each.train for each in office.store.baseline().old] == ["Payments", "Cards", None, None]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["touch", "bot", "fine", "TM101", "PG202", "run"])), max_size=25))
def test_whatever_happens_the_baseline_only_shrinks(new_store: Callable[[], Store], tmp_path: Path, steps: list[tuple[int, str]]) -> None:
    jira = FakeTracker()
    office = Office(new_store(), tmp_path, [jira])
    uids = old_backlog(office, jira, 6)
    quiet = {each.pair for each in office.store.baseline().quiet}
    for number, deed in steps:
        uid = uids[number - 1]
        if deed == "touch":
            touch(jira, uid)
        elif deed == "bot":
            jira.touch(uid)
        elif deed == "run":
            office.run()
        else:
            jira.retitle(uid, deed)
        office.run()
        now_quiet = {each.pair for each in office.store.baseline().quiet}
        assert now_quiet <= quiet
        assert not any(jira.said(uid) for code, uid in now_quiet if "PG202" not in jira.items[uid].title)
        quiet = now_quiet


def test_two_trackers_that_are_met_together_are_within_the_limits_together(office: Office, jira: FakeTracker) -> None:
    azure = FakeTracker("ado")
    office = replace(office, trackers=[jira, azure], feedback=FEW)
    for number in range(1, 4):
        azure.put(number, "TM101")
    mine = [jira.put(number, "TM101") for number in (1, 2)]
    result = office.run()
    assert (result.stopped, result.baselined, azure.calls.writes) == (None, 3, 0)
    assert [len(jira.said(uid)) for uid in mine] == [1, 1]


def test_whoever_was_never_answered_is_a_stranger_still(office: Office, jira: FakeTracker) -> None:
    take(office.store, Organisation(), NOON, trackers=["jira"])
    office.feedback = FeedbackSettings(comments=False, labels=False)
    for number in range(1, 9):
        jira.put(number, "TM101 and PG202")
    office.run()
    take(office.store, Organisation(), NOON, trackers=["jira"], codes=["PG202"])
    assert office.store.baseline().met == {}
    office.feedback = FEW
    assert (office.run().baselined, jira.calls.writes) == (8, 0)


def test_old_findings_that_many_people_touch_in_a_day_are_no_jump(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=30, share=1.0), grace=AT_ONCE)
    uids = [jira.put(number, "TM101", last_human_change_at=NOON) for number in range(1, 41)]
    assert office.run().baselined == 40
    for uid in uids[:12]:
        touch(jira, uid)
    result = office.run()
    assert (result.stopped, result.trackers[0].created, result.quiet) == (None, 12, 28)


def test_old_findings_that_waited_for_people_at_work_are_no_jump_either(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=30, share=1.0))
    uids = [jira.put(number, "TM101", last_human_change_at=NOON - timedelta(days=9)) for number in range(1, 41)]
    assert office.run().baselined == 40
    for uid in uids[:12]:
        touch(jira, uid)  # an hour from now
    early = office.run(NOON + timedelta(hours=2))
    assert (early.stopped, early.trackers[0].created, early.quiet) == (None, 0, 28)
    later = office.run(NOON + timedelta(hours=3))
    assert (later.stopped, later.trackers[0].created, later.quiet) == (None, 12, 28)


def test_whoever_was_answered_by_an_approved_plan_is_no_stranger(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    for source in office.sources:
        pull(source, office.store, NOON)
    checked = check(office.store, office.judge, office.organisation, NOON, trackers=["jira"])
    office.apply(plan(office.store, checked, office.organisation, office.feedback, NOON, trackers=["jira"]).plan)
    assert len(jira.said("jira:1")) == 1
    assert office.store.baseline().met.keys() == {"jira"}


def test_a_jump_stops_a_run_also_where_there_is_a_baseline(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings(limits=Limits(items=30, share=1.0), grace=AT_ONCE)
    uids = [jira.put(number, "TM101", last_human_change_at=NOON) for number in range(1, 41)]
    office.run()
    for uid in uids[:8]:
        touch(jira, uid)
    for number in range(41, 52):
        jira.put(number, "TM101")
    stopped = office.run().stopped
    assert stopped is not None
    assert "3 times the 0 of the last run" in stopped


def test_what_is_taken_again_adds_to_the_burn_down_and_takes_nothing_from_it(office: Office, jira: FakeTracker) -> None:
    first, *_ = old_backlog(office, jira)
    jira.retitle(first, "fine")
    office.run(NOON + timedelta(days=8))
    (before,) = burn_down(office.store.baseline(), NOON + timedelta(days=8))
    assert (before.taken, before.settled, before.left) == (4, 1, 3)
    jira.retitle(first, "TM101")
    later = NOON + timedelta(days=15)
    pull(office.sources[0], office.store, later)
    check(office.store, office.judge, office.organisation, later, trackers=["jira"])
    assert len(take(office.store, office.organisation, later, trackers=["jira"])) == 1
    (after,) = burn_down(office.store.baseline(), later)
    assert (after.taken, after.settled, after.left) == (5, 1, 4)
    assert after.weekly[: len(before.weekly) - 1] == before.weekly[:-1], "what was shown of past weeks stands"
    assert [left for _, left in after.weekly] == [4, 3, 4]
    assert office.run(later).quiet == 4
    assert jira.calls.writes == 0
