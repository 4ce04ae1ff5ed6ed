from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from fake_tracker import NOON
from office import Office

from safesync.feedback.digest import Digest
from safesync.jobs.result import RunResult, TrackerResult
from safesync.jobs.telling import after_run, tell
from safesync.model.change import Applied, Outcome, Plan
from safesync.model.errors import RetryableError, RunError, SafeSyncError
from safesync.model.item import ItemRef
from safesync.model.notice import Cause, Notice


@dataclass
class Mailbox:
    name: str = "people"
    wanted: frozenset[Cause] = frozenset(Cause)
    broken: bool = False
    breaks: SafeSyncError = field(default_factory=lambda: RunError("the mailbox is full"))
    left_out: str = ""
    tried: int = 0
    got: list[Notice] = field(default_factory=list)

    def wants(self, notice: Notice) -> bool:
        return notice.cause in self.wanted

    def send(self, notice: Notice) -> str:
        self.tried += 1
        if self.broken:
            raise self.breaks
        self.got.append(notice)
        return self.left_out

    def titles(self) -> list[str]:
        got, self.got = self.got, []
        return [notice.title for notice in got]


def run(*, stopped: str | None = None, error: str | None = None, hidden: tuple[str, ...] = ()) -> RunResult:
    return RunResult(1, Plan(NOON, ()), (TrackerResult("jira", 0, 0, (), error=error, hidden=hidden),), stopped=stopped)


@pytest.fixture
def told(office: Office) -> object:
    def after(mailbox: Mailbox, result: RunResult) -> list[str]:
        tell(office.store, [mailbox], after_run(result, "stopped-plan-1.json"), NOON)
        return mailbox.titles()

    return after


def test_of_one_trouble_people_are_told_once_and_once_more_when_it_is_over(told) -> None:  # noqa: ANN001
    box = Mailbox()
    assert told(box, run()) == []
    assert told(box, run(error="jira: Jira does not accept our token.")) == ["SafeSync has trouble with jira"]
    assert told(box, run(error="jira: cannot be reached.")) == []
    assert told(box, run()) == ["SafeSync works with jira again"]
    assert told(box, run()) == []


def test_a_stopped_run_is_one_alert_that_says_where_the_plan_is(told, office: Office) -> None:  # noqa: ANN001
    box = Mailbox()
    tell(office.store, [box], after_run(run(stopped="212 items, more than the limit."), "stopped-plan-1.json"), NOON)
    (notice,) = box.got
    assert "212 items, more than the limit." in notice.text
    assert "safesync apply stopped-plan-1.json" in notice.text
    box.titles()
    assert told(box, run(stopped="213 items, more than the limit.")) == []
    assert told(box, run()) == ["SafeSync writes again"]


def test_a_hidden_project_is_trouble(told) -> None:  # noqa: ANN001
    assert told(Mailbox(), run(hidden=("PAY",))) == ["SafeSync has trouble with jira"]


def test_a_right_that_is_missing_is_trouble_and_told_once(told) -> None:  # noqa: ANN001
    ref = ItemRef("jira:1", "jira", "1", "PAY-1", "PAY", "https://jira.example/browse/PAY-1")
    barred = Applied(ref, Outcome.FAILED, reason="SafeSync may not comment in PAY; give it that right", barred=True)
    denied = RunResult(1, Plan(NOON, ()), (TrackerResult("jira", 1, 9, (barred, barred)),))
    (notice,) = [one for one in after_run(denied) if not one.over]
    assert notice.text.count("SafeSync may not comment in PAY; give it that right.") == 1
    box = Mailbox()
    assert [told(box, denied), told(box, denied)] == [["SafeSync has trouble with jira"], []]


def test_whoever_was_not_reached_is_told_after_the_next_run(office: Office) -> None:
    box, other = Mailbox(broken=True), Mailbox("others")
    notices = after_run(run(error="jira: no."))
    assert tell(office.store, [box, other], notices, NOON) == ("the mailbox is full",)
    assert len(other.got) == 1
    box.broken = False
    assert tell(office.store, [box, other], notices, NOON) == ()
    assert (len(box.got), len(other.got)) == (1, 1)


@pytest.mark.parametrize(
    ("breaks", "tried", "said"),
    [
        (RetryableError("nobody there."), 1, ("nobody there. 1 more it was to hear waits for the next run.",)),
        (RunError("too long."), 2, ("too long.", "too long.")),
    ],
)
def test_where_nobody_is_reached_the_rest_waits_and_where_one_is_refused_the_others_are_told(
    office: Office, breaks: SafeSyncError, tried: int, said: tuple[str, ...]
) -> None:
    box = Mailbox(broken=True, breaks=breaks)
    notices = after_run(run(stopped="212 items, more than the limit.", error="jira: no."))
    assert tell(office.store, [box], notices, NOON) == said
    assert box.tried == tried
    box.broken = False
    assert tell(office.store, [box], notices, NOON) == ()
    assert len(box.titles()) == 2


def test_where_some_addresses_of_a_channel_took_it_none_is_told_again(office: Office) -> None:
    box, notices = Mailbox(left_out="not all of its addresses took it."), after_run(run(error="jira: no."))
    assert tell(office.store, [box], notices, NOON) == ("not all of its addresses took it.",)
    assert tell(office.store, [box], notices, NOON) == ()
    assert box.tried == 1


def test_a_run_that_reached_no_tracker_does_not_say_that_it_stayed_within_the_limits(told) -> None:  # noqa: ANN001
    box = Mailbox(wanted=frozenset({Cause.STOPPED}))
    told(box, run(stopped="212 items, more than the limit."))
    assert told(box, run(error="jira: cannot be reached.")) == []
    assert told(box, run(stopped="212 items, more than the limit.")) == []
    assert told(box, run()) == ["SafeSync writes again"]


def test_each_teams_week_is_told_once_whatever_the_teams_are_called(office: Office) -> None:
    box = Mailbox()
    for day in (date(2026, 11, 16), date(2026, 11, 23)):
        digests = tuple(Digest(team, day, 0, 0, 0, 0, (), ()) for team in ("Falcon:2", "Falcon"))
        notices = after_run(replace(run(), digests=digests))
        for _ in range(2):
            tell(office.store, [box], notices, NOON)
        assert len(box.titles()) == 2


def test_good_news_that_did_not_arrive_is_told_again(office: Office) -> None:
    box = Mailbox()
    tell(office.store, [box], after_run(run(error="jira: no.")), NOON)
    box.broken = True
    tell(office.store, [box], after_run(run()), NOON)
    box.broken = False
    box.titles()
    tell(office.store, [box], after_run(run()), NOON)
    assert box.titles() == ["SafeSync works with jira again"]


def test_a_channel_hears_of_nothing_that_it_does_not_want(told) -> None:  # noqa: ANN001
    assert told(Mailbox(wanted=frozenset({Cause.DIGEST})), run(stopped="too much", error="no")) == []
