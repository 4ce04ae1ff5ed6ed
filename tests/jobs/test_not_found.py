"""Items that a tracker does not show: told once in one sentence, not judged and not answered for, and nothing about them is cleared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.connectors.port import Fate
from safesync.jobs.astray import BEHIND, NOT_FOUND
from safesync.jobs.reach import unread
from safesync.jobs.result import RunResult
from safesync.model.change import Outcome
from safesync.model.item import ItemRef


def told(result: RunResult) -> list[tuple[str, Outcome, str]]:
    return [(one.ref.uid, one.outcome, one.reason) for one in result.trackers[0].undone]


def standing(office: Office) -> set[str]:
    return {known.finding.subject for known in office.store.findings()}


def vanishes(jira: FakeTracker, uid: str, call: str = "revisions") -> None:
    jira.meddle_at(call, lambda: jira.hidden.add(uid))


def of_ten(jira: FakeTracker) -> list[str]:
    """Five of ten items, with flaws."""
    return [jira.put(number, "TM101" if number <= 5 else "Fine") for number in range(1, 11)][:5]


@pytest.mark.parametrize("call", ["revisions", "create_comment", "change_labels"])
def test_an_item_that_vanishes_in_mid_run_is_told_once_and_its_findings_stay(office: Office, jira: FakeTracker, call: str) -> None:
    uid, other = jira.put(1, "TM101"), jira.put(2, "TM101")
    vanishes(jira, uid, call)
    assert told(office.run()) == [(uid, Outcome.SKIPPED, NOT_FOUND)]
    calls = jira.calls.total
    later = office.run()
    assert (told(later), later.refused, later.plan.changes) == ([], 0, ())
    assert jira.calls.total - calls <= 3, "a quiet run"
    assert later.report is not None
    assert {finding.subject for finding in later.report.flawed} == {other}
    assert standing(office) == {uid, other}, "absence alone clears nothing"
    assert uid in office.store.uids("jira")


def test_of_an_item_that_is_not_found_nobody_says_how_it_is(office: Office, jira: FakeTracker) -> None:
    uid, other = jira.put(1, "TM101"), jira.put(2, "TM101")
    vanishes(jira, uid)
    office.run()
    missing, known = unread(office.store, ("jira",)), office.store.items([uid, other])
    assert missing.of(known[uid]) == f"{NOT_FOUND} (since 2026-11-26 12:00 UTC)"
    assert missing.of(known[other]) == ""
    assert not missing, "all that there is was read"
    assert missing.unfound(known) == ["not found any more, and not judged: PAY-1"]


def test_an_item_that_is_shown_again_goes_on_where_it_was(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.put(2, "TM101")
    vanishes(jira, uid)
    office.run()
    jira.hidden.clear()
    jira.touch(uid)
    again = office.run()
    assert (again.trackers[0].created, told(again), office.store.unfound("jira")) == (1, [], {})
    assert len(jira.said(uid)) == 1


def test_an_item_that_only_an_index_did_not_show_is_not_taken_for_missing(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.put(2, "TM101")
    jira.meddle_at("revisions", lambda: jira.hidden.add(uid))
    jira.meddle_at("identify", jira.hidden.clear, spared=1)
    assert told(office.run()) == [(uid, Outcome.SKIPPED, BEHIND)]
    assert (office.store.unfound("jira"), office.run().trackers[0].created) == ({}, 1)


def test_many_that_vanish_at_once_are_an_alarm_and_are_tried_again(office: Office, jira: FakeTracker) -> None:
    uids = of_ten(jira)
    jira.meddle_at("revisions", lambda: jira.hidden.update(uids))
    alarm = "5 of 10 items of PAY are not shown any more; none of them is believed to be gone"
    assert set(told(office.run())) == {(uid, Outcome.SKIPPED, alarm) for uid in uids}
    assert (office.store.unfound("jira"), standing(office)) == ({}, set(uids))
    jira.hidden.clear()
    assert office.run().trackers[0].created == 5


def test_items_that_vanish_one_after_another_become_an_alarm(office: Office, jira: FakeTracker) -> None:
    for uid in of_ten(jira):
        vanishes(jira, uid, "create_comment")
    reasons = [reason for _, _, reason in told(office.run())]
    assert reasons[:4] == [NOT_FOUND] * 4
    assert reasons[4].startswith("5 of 10 items of PAY are not shown any more")


def test_whoever_is_shown_none_of_the_others_believes_nothing(office: Office, jira: FakeTracker) -> None:
    uid, *others = (jira.put(number, "TM101" if number == 1 else "Fine") for number in range(1, 4))
    jira.meddle_at("revisions", lambda: jira.hidden.update([uid, *others]))
    (error,) = office.run().errors
    assert error == "jira: not one of the items that we know is shown any more. May our account see them, or was their project archived?"
    assert office.store.unfound("jira") == {}


def test_whoever_is_taken_for_another_account_believes_nothing(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, "TM101")
    jira.put(2, "TM101")
    vanishes(jira, uid)
    jira.meddle_at("identify", lambda: setattr(jira, "account_id", "somebody"), spared=1)
    (error,) = office.run().errors
    assert error == "jira: we are taken for another account than at the start of the run. Run again."
    assert office.store.unfound("jira") == {}


def test_an_item_of_a_project_that_is_hidden_is_told_as_that(office: Office, jira: FakeTracker) -> None:
    jira.projects = ("PAY", "CARDS")
    uid = jira.put(1, "TM101")
    jira.put(2, "TM101", project="CARDS")
    vanishes(jira, uid)
    jira.meddle_at("identify", lambda: setattr(jira, "projects", ("CARDS",)), spared=1)
    assert (uid, Outcome.SKIPPED, "PAY may not be read any more") in told(office.run())
    assert office.store.unfound("jira") == {}


@dataclass
class Untelling(FakeTracker):
    """A tracker that says of no item that it was deleted, as Jira."""

    fate: Fate = Fate.UNTOLD
    asked: list[int] = field(default_factory=list)

    def fates(self, refs: Sequence[ItemRef]) -> Mapping[str, Fate]:
        self.asked.append(len(refs))
        return {ref.uid: self.fate if ref.uid in self.hidden else Fate.PRESENT for ref in refs}


@pytest.fixture
def reads_all(office: Office) -> Callable[[], RunResult]:
    def run() -> RunResult:
        office.fingerprint += "+"
        return office.run()

    return run


def test_an_item_that_a_tracker_keeps_silent_about_is_gone_when_two_full_reads_missed_it(
    office: Office, reads_all: Callable[[], RunResult]
) -> None:
    jira = Untelling()
    office.trackers = [jira]
    uid, _ = jira.put(1, "TM101"), jira.put(2, "TM101")
    vanishes(jira, uid)
    assert told(office.run()) == [(uid, Outcome.SKIPPED, NOT_FOUND)]
    for found in ({uid, "jira:2"}, {"jira:2"}):
        again = reads_all()
        assert (told(again), again.trackers[0].warnings) == ([], ())
        assert office.store.uids("jira") == found
        assert standing(office) == found
    assert office.store.unfound("jira") == {}


def test_an_item_that_a_full_read_alone_misses_is_not_judged_until_it_is_shown(office: Office, reads_all: Callable[[], RunResult]) -> None:
    jira = Untelling()
    office.trackers = [jira]
    uid, _ = jira.put(1, "TM101"), jira.put(2, "TM101")
    office.run()
    jira.hidden.add(uid)
    reads_all()
    assert office.store.unfound("jira") == {uid: NOON}
    jira.hidden.clear()
    again = reads_all()
    assert again.report is not None
    assert {finding.subject for finding in again.report.flawed} == {uid, "jira:2"}
    assert office.store.unfound("jira") == {}


def test_an_item_that_may_be_hidden_is_never_gone_and_never_told_as_it_was(office: Office, reads_all: Callable[[], RunResult]) -> None:
    ado = Untelling("ado", fate=Fate.HIDDEN)
    office.trackers = [ado]
    uid, _ = ado.put(1, "TM101"), ado.put(2, "TM101")
    office.run()
    ado.hidden.add(uid)
    for _ in range(3):
        again = reads_all()
        assert again.trackers[0].warnings[0].startswith("1 item of PAY (1) cannot be seen any more")
        assert again.report is not None
        assert {finding.subject for finding in again.report.flawed} == {"ado:2"}
        assert standing(office) == {uid, "ado:2"}
