from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.connectors.port import CommentRefusedError, Fate, LabelsRefusedError, OutOfReachError, ProjectClosedError
from safesync.feedback.settings import FeedbackSettings, Limits
from safesync.model.change import Outcome
from safesync.model.errors import ItemError
from safesync.model.item import ItemRef

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


def test_labels_refused_for_another_reason_are_tried_again_when_a_person_asks_us(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", last_human_change_at=NOON - timedelta(days=9))
    refuses(jira, by_item=True)
    office.run()
    jira.person_says(uid, "safesync recheck")
    assert office.run().trackers[0].labels_added == 2


def test_refused_labels_are_tried_once_more_after_a_week(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    refuses(jira)
    office.run()
    assert office.run(NOON + timedelta(days=7, seconds=-1)).trackers[0].labels_added == 0
    assert office.run(NOON + timedelta(days=7)).trackers[0].labels_added == 2
    assert jira.labels(uid) == LABELS


def refuses_to_say(jira: FakeTracker, call: str = "create_comment") -> None:
    jira.break_at(call, CommentRefusedError("PAY-1 is archived."))


def test_a_comment_that_an_item_cannot_have_is_told_once_and_counted_from_then_on(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    refuses_to_say(jira)
    first = office.run()
    (result,) = first.trackers
    assert (result.created, result.labels_added, [one.outcome for one in result.undone]) == (0, 0, [Outcome.FAILED])
    assert "PAY-1 is archived." in result.undone[0].reason
    assert first.refused == 0
    writes = jira.calls.writes
    for _ in range(3):
        told = office.run()
        assert (told.plan.changes, told.trackers[0].undone, told.refused) == ((), (), 1)
    assert (jira.calls.writes, jira.said(uid), jira.labels(uid)) == (writes, [], set())


def test_a_refused_comment_stops_none_on_other_items(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    other = jira.put(2, "TM101")
    refuses_to_say(jira)
    assert office.run().trackers[0].created == 1
    jira.retitle(other, "TM105")
    told = office.run()
    assert (told.trackers[0].edited, told.refused) == (1, 1)


def test_a_comment_is_tried_again_when_it_says_something_else_and_forgotten_when_it_stands(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    refuses_to_say(jira)
    office.run()
    jira.retitle(uid, "TM101 and TM105")
    assert office.run().trackers[0].created == 1
    assert office.store.told("comments refused in jira") == {}
    assert jira.labels(uid) == LABELS


def test_a_comment_that_is_not_to_be_written_any_more_is_no_longer_counted(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    refuses_to_say(jira)
    office.run()
    jira.retitle(uid, "Fine")
    assert office.run().refused == 0


def test_a_comment_is_tried_again_when_a_person_was_at_the_item_and_not_when_a_bot_was(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", last_human_change_at=NOON - timedelta(days=9))
    refuses_to_say(jira)
    office.run()
    jira.items[uid] = replace(jira.items[uid], updated_at=NOON)
    jira.touch(uid)
    assert office.run().refused == 1
    jira.items[uid] = replace(jira.items[uid], last_human_change_at=NOON - timedelta(days=8))
    jira.touch(uid)
    assert office.run().trackers[0].created == 1


def test_where_nobody_tells_who_changed_an_item_any_change_has_its_comment_tried_again(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101", unseen=frozenset({"last_human_change_at"}))
    refuses_to_say(jira)
    office.run()
    jira.touch(uid)
    assert office.run().refused == 1
    jira.items[uid] = replace(jira.items[uid], updated_at=NOON + timedelta(seconds=1))
    jira.touch(uid)
    assert office.run().trackers[0].created == 1


def test_a_refused_comment_is_tried_once_more_after_a_week_and_told_once_more(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    refuses_to_say(jira)
    office.run()
    assert office.run(NOON + timedelta(days=7, seconds=-1)).refused == 1
    refuses_to_say(jira)
    again = office.run(NOON + timedelta(days=7))
    assert [one.outcome for one in again.trackers[0].undone] == [Outcome.FAILED]
    assert office.run(NOON + timedelta(days=13)).refused == 1
    assert office.run(NOON + timedelta(days=14)).trackers[0].created == 1


def test_of_an_edit_that_is_refused_the_old_comment_stays_and_labels_that_are_not_true_any_more_go(
    office: Office, jira: FakeTracker
) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "PG202")
    refuses_to_say(jira, "edit_comment")
    assert [one.outcome for one in office.run().trackers[0].undone] == [Outcome.FAILED]
    told = office.run()
    assert (told.trackers[0].labels_added, told.trackers[0].labels_removed, told.refused) == (0, 1, 1)
    writes = jira.calls.writes
    assert (office.run().refused, jira.calls.writes) == (1, writes)
    assert (len(jira.said(uid)), jira.labels(uid)) == (1, {"safesync-attention"})


def test_labels_that_are_refused_beside_a_refused_comment_are_told_once_too(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "PG202")
    refuses_to_say(jira, "edit_comment")
    office.run()
    refuses(jira)
    assert len(office.run().trackers[0].undone) == 1
    writes = jira.calls.writes
    told = office.run()
    assert (told.plan.changes, told.refused, jira.calls.writes) == ((), 1, writes)


def test_a_fault_that_passes_is_not_remembered(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    jira.break_at("create_comment", ItemError("PAY-1: a gateway said no."))
    assert len(office.run().trackers[0].undone) == 1
    told = office.run()
    assert (told.trackers[0].created, told.refused) == (1, 0)


BARRED = OutOfReachError("PAY-1 answers 403.")


@pytest.mark.parametrize("call", ["create_comment", "change_labels"])
def test_an_item_that_we_may_not_write_to_is_told_once_and_tried_again_after_a_week(office: Office, jira: FakeTracker, call: str) -> None:
    uid = jira.put(1, "TM101")
    jira.break_at(call, BARRED)
    (told,) = office.run().trackers
    assert [(one.outcome, "PAY-1 answers 403." in one.reason) for one in told.undone] == [(Outcome.FAILED, True)]
    writes = jira.calls.writes
    for days in (0, 1, 6):
        quiet = office.run(NOON + timedelta(days=days))
        assert (quiet.trackers[0].undone, quiet.refused, jira.calls.writes) == ((), 1, writes)
    assert office.run(NOON + timedelta(days=7)).refused == 0
    assert (len(jira.said(uid)), jira.labels(uid)) == (1, LABELS)


@pytest.mark.parametrize("call", ["create_comment", "change_labels"])
def test_an_item_that_we_may_not_write_to_is_tried_again_when_a_person_was_there(office: Office, jira: FakeTracker, call: str) -> None:
    uid = jira.put(1, "TM101", last_human_change_at=NOON - timedelta(days=9))
    jira.break_at(call, BARRED)
    office.run()
    assert office.run().refused == 1
    jira.items[uid] = replace(jira.items[uid], last_human_change_at=NOON - timedelta(days=8))
    jira.touch(uid)
    assert office.run().refused == 0
    assert jira.labels(uid) == LABELS


def test_a_right_that_is_lost_in_a_whole_project_is_said_and_what_was_to_be_written_comes_as_soon_as_it_is_back(
    office: Office, jira: FakeTracker
) -> None:
    uid, other = jira.put(1, "TM101"), jira.put(2, "TM101")
    jira.meddle_at("create_comment", lambda: setattr(jira, "may_comment", frozenset()))
    jira.break_at("create_comment", BARRED)
    denied = office.run()
    assert {one.reason for one in denied.trackers[0].undone} == {"SafeSync may not comment in PAY; give it that right"}
    assert (jira.calls.writes, denied.refused) == (1, 0), "the other item is not tried in vain"
    jira.may_comment = frozenset({"PAY"})
    assert office.run().trackers[0].created == 2
    assert [len(jira.said(one)) for one in (uid, other)] == [1, 1]


def test_a_right_that_is_lost_after_one_item_was_out_of_reach_is_still_seen_to_be_lost(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 6):
        jira.put(number, "TM101")
    jira.break_at("create_comment", BARRED)
    jira.break_at("create_comment", BARRED, spared=1)
    jira.meddle_at("create_comment", lambda: setattr(jira, "may_comment", frozenset()), spared=2)
    denied = office.run()
    assert (denied.trackers[0].created, jira.calls.writes) == (1, 4), "two of the five were refused, and two not tried in vain"
    jira.may_comment = frozenset({"PAY"})
    assert (office.run().trackers[0].created, office.run().refused) == (3, 1)


@pytest.mark.parametrize("first", ["vanishes", "refuses"])
def test_a_right_that_is_lost_before_anything_was_written_is_one_message(office: Office, jira: FakeTracker, first: str) -> None:
    uids = [jira.put(number, "TM101") for number in range(1, 6)]
    if first == "vanishes":
        jira.meddle_at("create_comment", lambda: jira.hidden.add(uids[0]))
    else:
        jira.break_at("create_comment", BARRED)
    jira.break_at("create_comment", BARRED, spared=0 if first == "refuses" else 1)
    jira.meddle_at("create_comment", lambda: setattr(jira, "may_comment", frozenset()), spared=1)
    denied = office.run()
    reasons = [one.reason for one in denied.trackers[0].undone]
    assert set(reasons[1:]) == {"SafeSync may not comment in PAY; give it that right"}
    assert (len(reasons), jira.calls.writes) == (5, 2), "the others are not tried in vain"
    jira.may_comment = frozenset({"PAY"})
    assert office.run().trackers[0].created == 4


def test_who_may_do_what_is_not_asked_for_each_of_many_items_that_refuse_us(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 31):
        jira.put(number, "TM101")
        jira.break_at("create_comment", BARRED)
    office.feedback = FeedbackSettings(limits=Limits(share=1.0, jump=100.0))
    office.met()
    assert len(office.run().trackers[0].undone) == 30
    assert jira.log.count("identify") == 1 + 7 + 3


@dataclass
class Telling(FakeTracker):
    """A tracker that can say what became of an item."""

    told: dict[str, Fate] = field(default_factory=dict)

    def fates(self, refs: Sequence[ItemRef]) -> Mapping[str, Fate]:
        return {ref.uid: self.told.get(ref.uid, Fate.PRESENT) for ref in refs}


@pytest.mark.parametrize(
    ("fate", "why"),
    [(Fate.MOVED, "it is out of scope now"), (Fate.UNSELECTED, "it is out of scope now"), (Fate.DELETED, "it was deleted")],
)
def test_an_item_that_leaves_the_scope_in_mid_run_is_told_once_and_let_go(office: Office, fate: Fate, why: str) -> None:
    jira = Telling()
    office.trackers = [jira]
    uid, _ = jira.put(1, "TM101"), jira.put(2, "TM101")
    jira.told[uid] = fate
    jira.meddle_at("revisions", lambda: jira.touch(uid))
    (told,) = office.run().trackers
    assert [(one.ref.uid, one.outcome, one.reason.partition(":")[0]) for one in told.undone] == [(uid, Outcome.SKIPPED, why)]
    assert uid not in office.store.uids("jira")
    assert {known.finding.subject for known in office.store.findings()} == {"jira:2"}


def test_a_project_of_which_all_seems_to_have_moved_is_not_let_go(office: Office) -> None:
    jira = Telling()
    office.trackers = [jira]
    uids = [jira.put(number, "TM101") for number in range(1, 6)]
    jira.told = dict.fromkeys(uids, Fate.MOVED)

    def all_change() -> None:
        for uid in uids:
            jira.touch(uid)

    jira.meddle_at("revisions", all_change)
    assert {one.reason for one in office.run().trackers[0].undone} == {"it changed since the plan was made"}
    assert office.store.uids("jira") == set(uids)


def test_many_of_a_project_that_seem_to_have_moved_wait_for_a_full_read(office: Office) -> None:
    jira = Telling()
    office.trackers = [jira]
    uids = [jira.put(number, "TM101" if number <= 5 else "Fine") for number in range(1, 11)]
    jira.told = dict.fromkeys(uids[:5], Fate.MOVED)
    jira.meddle_at("revisions", lambda: [jira.touch(uid) for uid in uids[:5]])
    assert {one.reason for one in office.run().trackers[0].undone} == {"it changed since the plan was made"}
    assert office.store.uids("jira") == set(uids)


def test_a_project_that_is_closed_is_told_once_and_nothing_else_is_tried_there(office: Office, jira: FakeTracker) -> None:
    uids = [jira.put(number, "TM101") for number in (1, 2, 3)]
    for _ in range(2):
        jira.break_at("create_comment", ProjectClosedError("PAY is archived."))
        writes = jira.calls.writes
        closed = office.run()
        assert [(one.outcome, one.reason) for one in closed.trackers[0].undone] == [(Outcome.FAILED, "PAY is archived.")] * 3
        assert jira.calls.writes == writes + 1
    opened = office.run()
    assert (opened.trackers[0].created, opened.refused) == (3, 0)
    assert [len(jira.said(uid)) for uid in uids] == [1, 1, 1]


def test_a_plan_that_waited_names_an_item_that_was_let_go_of_since(office: Office) -> None:
    jira = Telling()
    office.trackers = [jira]
    uid = jira.put(1, "TM101")
    waiting = office.run().plan
    jira.told[uid] = Fate.MOVED
    jira.touch(uid)
    office.store.mark_gone([uid], NOON)
    (again,) = office.apply(replace(waiting, after_run=99)).trackers
    assert (again.error, [one.reason.partition(":")[0] for one in again.undone]) == (None, ["it is out of scope now"])


def test_a_comment_that_a_person_deletes_while_it_is_edited_is_heard_at_once(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    office.run()
    jira.retitle(uid, "TM101 and PG202")
    jira.meddle_at("edit_comment", lambda: jira.comments.pop(uid))
    jira.break_at("edit_comment", OutOfReachError("There is no such comment."))
    assert [one.reason for one in office.run().trackers[0].undone] == ["a person deleted the comment; nothing more is said there"]
    assert office.store.marks()[uid].silenced
