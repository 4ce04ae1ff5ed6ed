"""The label ``safesync-ready``, from one run to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from fake_tracker import ERRORS, NOON, FakeTracker
from office import Office, TitleJudge

from safesync.facts.backlog import Backlog
from safesync.feedback.settings import Caps, FeedbackSettings, Grace, Limits
from safesync.jobs.baseline import take
from safesync.jobs.undo import undo
from safesync.model.finding import Report, Unevaluated
from safesync.model.item import Kind, Stage
from safesync.store.port import Store

READY = {"safesync-ready"}
ATTENTION = {"safesync-attention", "safesync-tm"}
WANTED = FeedbackSettings(ready_label=True, limits=Limits(share=1.0, jump=1000), grace=Grace(new_hours=0, busy_hours=0))


@dataclass(slots=True)
class Tripping(TitleJudge):
    """A judge of whose rules one cannot be run."""

    trips: bool = False

    def judge(self, backlog: Backlog, now: Any, open_ones: object = ()) -> Report:
        report = super(Tripping, self).judge(backlog, now, open_ones)
        return replace(report, unevaluated=(Unevaluated("FL401", 0, (), "KeyError"),)) if self.trips else report


@pytest.fixture
def office(office: Office) -> Office:
    office.feedback = WANTED
    office.met()
    return office


def carrying(jira: FakeTracker) -> list[str]:
    return sorted(uid for uid, item in jira.items.items() if "safesync-ready" in item.labels)


def test_nobody_asked_nothing_is_written(office: Office, jira: FakeTracker) -> None:
    office.feedback = FeedbackSettings()
    jira.put(1)
    office.run()
    assert jira.calls.writes == 0


def test_what_is_judged_and_fine_gets_the_label_and_everything_else_does_not(office: Office, jira: FakeTracker) -> None:
    ready = [jira.put(1), jira.put(2, "TM101i"), jira.put(3, kind=Kind.FEATURE, stage=Stage.IN_PROGRESS)]
    jira.put(4, "TM101")
    jira.put(5, "?TM101")
    jira.put(6, stage=Stage.FUNNEL)
    jira.put(7, stage=Stage.DONE)
    jira.put(8, stage=Stage.CANCELLED)
    jira.put(9, kind=Kind.TASK)
    jira.put(10, unseen=frozenset({"stage"}))
    waived = jira.put(11, "TM101 and ?TM105", labels=("safesync-waive-tm101", "safesync-waive-tm105"))
    (result,) = office.run().trackers
    assert carrying(jira) == sorted([*ready, waived])
    assert (result.created, jira.calls.writes) == (1, 6)
    office.run()
    assert jira.calls.writes == 6


def test_it_goes_with_the_other_labels_in_one_write_as_soon_as_it_is_not_true(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1, labels=("chore",))
    office.run()
    jira.retitle(uid, "TM101")
    office.run()
    assert jira.labels(uid) == {"chore"} | ATTENTION
    jira.retitle(uid, "fine")
    office.run()
    assert jira.labels(uid) == {"chore"} | READY
    assert [what for what in jira.written if what[1] == "labels"] == [
        (uid, "labels", (("safesync-ready",), ())),
        (uid, "labels", (("safesync-attention", "safesync-tm"), ("safesync-ready",))),
        (uid, "labels", (("safesync-ready",), ("safesync-attention", "safesync-tm"))),
    ]


@pytest.mark.parametrize(
    "change", [{"stage": Stage.DONE}, {"stage": Stage.CANCELLED}, {"title": "?TM101"}, {"unseen": frozenset({"kind"})}]
)
def test_it_goes_from_what_is_done_or_in_doubt(office: Office, jira: FakeTracker, change: dict[str, Any]) -> None:
    uid = jira.put(1)
    office.run()
    jira.items[uid] = replace(jira.items[uid], **change)
    jira.touch(uid)
    office.run()
    assert (jira.labels(uid), jira.said(uid)) == (set(), [])


def test_it_goes_also_where_the_store_was_lost_and_the_item_is_in_doubt(
    office: Office, jira: FakeTracker, new_store: Callable[[], Store]
) -> None:
    doubted, spoken, fine = jira.put(1), jira.put(2, "TM101"), jira.put(3)
    office.run()
    jira.retitle(doubted, "?TM101")
    jira.retitle(spoken, "?TM101")
    writes = jira.calls.writes
    replace(office, store=new_store()).run()
    assert (jira.labels(doubted), jira.labels(spoken), jira.labels(fine)) == (set(), ATTENTION, READY)
    assert jira.calls.writes == writes + 1


def test_switched_off_it_is_taken_off(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    office.run()
    office.feedback = FeedbackSettings(ready_label=False)
    office.run()
    assert (jira.labels(uid), jira.calls.writes) == (set(), 2)


def test_a_person_who_takes_it_off_is_heard_until_the_item_was_not_ready_once(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    office.run()
    jira.relabel(uid)
    office.run()
    assert jira.labels(uid) == set()
    for title in ("TM101", "fine"):
        jira.retitle(uid, title)
        office.run()
    assert jira.labels(uid) == READY


def test_a_person_who_sets_it_on_what_is_not_ready_does_not_make_it_so(office: Office, jira: FakeTracker) -> None:
    uid, other = jira.put(1, "TM101", labels=("safesync-ready",)), jira.put(2, stage=Stage.FUNNEL, labels=("SafeSync-Ready",))
    office.run()
    assert (jira.labels(uid), jira.labels(other)) == (ATTENTION, set())


def test_of_many_a_few_a_day_get_it_and_those_nearest_to_being_worked_on_first(office: Office, jira: FakeTracker) -> None:
    for number in range(1, 6):
        jira.put(number)
    near = jira.put(9, stage=Stage.IN_PROGRESS)
    spoken = jira.put(7, "TM101")
    office.feedback = replace_caps(ready=2, day=1)
    first = office.run()
    assert (len(carrying(jira)), near in carrying(jira), len(jira.said(spoken)), first.waiting) == (2, True, 1, 4)
    assert (office.run().waiting, len(carrying(jira))) == (4, 2)
    office.run(NOON + timedelta(days=1))
    assert len(carrying(jira)) == 4
    office.feedback = replace_caps(ready=None)
    office.run(NOON + timedelta(days=1))
    assert len(carrying(jira)) == 6


def test_calling_items_ready_takes_nothing_from_the_budget_of_first_comments(office: Office, jira: FakeTracker) -> None:
    uid, other = jira.put(1), jira.put(2)
    office.feedback = replace_caps(day=1)
    office.run()
    jira.retitle(uid, "TM101")
    assert office.run().waiting == 0
    assert len(jira.said(uid)) == 1
    jira.retitle(other, "TM101")
    assert (office.run().waiting, jira.said(other), jira.labels(other)) == (1, [], READY), "what was said today is spent"


def replace_caps(**caps: Any) -> FeedbackSettings:
    return WANTED.model_copy(update={"caps": Caps(**caps)})


def test_a_first_run_on_an_old_backlog_writes_its_baseline_and_nothing_else(office: Office) -> None:
    stranger = FakeTracker("ado")
    for number in range(1, 9):
        stranger.put(number, "TM101" if number > 2 else "fine")
    office = replace(office, trackers=[stranger], feedback=WANTED.model_copy(update={"limits": Limits(items=5)}))
    assert (office.run().baselined, stranger.calls.writes) == (6, 0)
    office.run()
    assert carrying(stranger) == ["ado:1", "ado:2"], "what is kept quiet stands against its item all the same"


def test_where_only_readiness_was_told_the_first_findings_are_still_the_first(office: Office) -> None:
    stranger = FakeTracker("ado")
    for number in range(1, 8):
        stranger.put(number)
    office = replace(office, trackers=[stranger], feedback=WANTED.model_copy(update={"limits": Limits(items=6)}))
    office.run()
    assert len(carrying(stranger)) == 7
    for uid in stranger.items:
        stranger.retitle(uid, "TM101")
    result = office.run()
    assert (result.stopped, result.baselined, stranger.calls.writes) == (None, 7, 7)


@pytest.mark.parametrize(("losing", "stops"), [(6, False), (7, True)])
def test_when_many_would_lose_it_at_once_nothing_is_written(office: Office, jira: FakeTracker, losing: int, stops: bool) -> None:
    for number in range(1, 13):
        jira.put(number)
    office.run()
    office.feedback = WANTED.model_copy(update={"limits": Limits(items=1, share=0.5)})
    for number in range(1, losing + 1):
        jira.retitle(f"jira:{number}", "?TM101")
    jira.items["jira:12"] = replace(jira.items["jira:12"], stage=Stage.DONE)
    jira.touch("jira:12")
    result = office.run()
    assert len(carrying(jira)) == (12 if stops else 11 - losing)
    if stops:
        assert (result.stopped or "").startswith("7 items would lose safesync-ready at once, of 12 that carry it")
        office.apply(result.plan)
        assert len(carrying(jira)) == 11 - losing


def test_while_a_rule_cannot_be_run_nothing_new_is_called_ready_and_what_stands_stays(office: Office, jira: FakeTracker) -> None:
    known, refused, lost = jira.put(1), jira.put(2), jira.put(3)
    office.judge = judge = Tripping()
    office.run()
    jira.relabel(refused)
    judge.trips = True
    new = jira.put(4)
    jira.retitle(lost, "TM101")
    office.run()
    assert carrying(jira) == [known]
    judge.trips = False
    office.run()
    assert carrying(jira) == [known, new]


@pytest.mark.parametrize("days_ago", [0, 3])
def test_a_snooze_keeps_it_from_being_set_and_not_from_going(office: Office, jira: FakeTracker, days_ago: int) -> None:
    asleep, flawed = jira.put(1), jira.put(2)
    jira.person_says(asleep, "safesync snooze 2d", days_ago=days_ago)
    office.run()
    assert carrying(jira) == ([flawed] if days_ago == 0 else [asleep, flawed])
    jira.person_says(flawed, "safesync snooze 2d")
    jira.retitle(flawed, "TM101")
    office.run()
    assert jira.labels(flawed) == set()


def test_it_waits_while_people_are_at_work_on_the_item(office: Office, jira: FakeTracker) -> None:
    jira.put(1, last_human_change_at=NOON - timedelta(hours=1))
    office.feedback = WANTED.model_copy(update={"grace": Grace()})
    office.run()
    assert carrying(jira) == []
    office.run(NOON + timedelta(hours=2))
    assert carrying(jira) == ["jira:1"]


def test_a_run_that_is_taken_back_stays_so_until_the_item_was_not_ready_once(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    run_id = office.run().run_id
    office.run()
    office.apply(undo(office.store, run_id, NOON).plan)
    assert jira.labels(uid) == set()
    office.run()
    assert jira.labels(uid) == set()
    for title in ("TM101", "fine"):
        jira.retitle(uid, title)
        office.run()
    assert jira.labels(uid) == READY


def test_a_run_that_took_it_off_is_taken_back_and_then_the_truth_counts(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    office.run()
    jira.retitle(uid, "TM101")
    run_id = office.run().run_id
    office.run()
    office.apply(undo(office.store, run_id, NOON).plan)
    assert jira.labels(uid) == READY
    office.run()
    writes = jira.calls.writes
    office.run()
    assert (jira.labels(uid), jira.calls.writes) == (set(), writes)
    assert jira.said(uid)[0].startswith("Taken back")


@pytest.mark.parametrize("happened", [True, False])
def test_a_write_without_an_answer_is_looked_for(office: Office, jira: FakeTracker, happened: bool) -> None:
    uid = jira.put(1)
    jira.break_at("change_labels", ERRORS["unknown"], after=happened)
    office.run()
    office.run()
    assert (jira.labels(uid), jira.log.count("change_labels")) == (READY, 1 if happened else 2)
    assert office.store.open_intents("jira") == ()


def test_where_nothing_tells_who_changed_an_item_our_label_is_no_touch_of_a_person(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    office.run()
    office.feedback = WANTED.model_copy(update={"limits": Limits(items=0)})
    jira.retitle(uid, "TM101")
    assert office.run().stopped
    office.feedback = WANTED
    take(office.store, office.organisation, NOON, trackers=["jira"])
    for _ in range(3):
        assert office.run().stopped is None
    assert (jira.labels(uid), jira.said(uid)) == (set(), [])


def test_what_carries_it_and_is_ready_is_not_even_looked_up(office: Office, jira: FakeTracker, monkeypatch: pytest.MonkeyPatch) -> None:
    jira.put(1)
    office.run()
    asked: list[str] = []
    items = type(office.store).items
    monkeypatch.setattr(type(office.store), "items", lambda store, uids: asked.extend(uids) or items(store, uids))
    office.run()
    office.run()
    assert asked.count("jira:1") <= 1, "only as the page that our own write changed was read"
