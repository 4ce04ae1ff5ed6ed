from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safesync.connectors.gate import Errand
from safesync.connectors.patience import BarredError, Patience, StrangerError
from safesync.connectors.throttle import Throttle, asked_pause_s
from safesync.model.errors import ItemError, RetryableError, RunError

NOW = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


class Site:
    """Refuses as often as told, then answers; remembers how long it was left alone."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.calls = 0
        self.pauses: list[float] = []
        self.now_s = 100.0

    def call(self) -> str:
        self.calls += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return "answer"

    def sleep(self, pause_s: float) -> None:
        self.pauses.append(pause_s)
        self.now_s += pause_s

    def patience(self, attempts: int = 5, budget_s: float = 300.0) -> Patience:
        return Patience(attempts=attempts, budget_s=budget_s, sleep=self.sleep, monotonic=lambda: self.now_s, jitter=lambda: 1.0)


@pytest.mark.parametrize(
    ("headers", "pause_s"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Thu, 26 Nov 2026 10:00:40 GMT"}, 40.0),
        ({"Retry-After": "Thu, 26 Nov 2026 09:00:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Reset": "2026-11-26T10:02Z"}, 120.0),
        ({"Retry-After": "3", "X-RateLimit-Reset": "2026-11-26T10:02:00Z"}, 3.0),
        ({"X-RateLimit-Reset": "1795687200"}, None),
        ({"Retry-After": "-7"}, 0.0),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, 366 * 86_400.0),
        ({"Retry-After": "9" * 400}, 366 * 86_400.0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 366 * 86_400.0),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 -1400"}, None),
        ({"Retry-After": "0001-01-01T00:00:00+14:00"}, None),
        ({}, None),
    ],
)
def test_a_pause_is_read_in_every_form_a_tracker_asks_for_it(headers: dict[str, str], pause_s: float | None) -> None:
    assert asked_pause_s(headers, NOW) == pause_s


def test_a_call_is_repeated_until_it_is_answered() -> None:
    site = Site(RetryableError("busy"), RetryableError("busy"))
    assert site.patience().ask(site.call, Errand("jira: search")) == "answer"
    assert site.pauses == [2.0, 4.0]


def test_no_call_is_sent_before_the_time_the_tracker_named() -> None:
    site = Site(RetryableError("busy", after_s=17.0))
    site.patience().ask(site.call, Errand("jira: search"))
    assert site.pauses == [17.0]


def test_a_tracker_that_never_answers_ends_the_run_after_the_agreed_attempts() -> None:
    site = Site(*(RetryableError("no answer") for _ in range(9)))
    with pytest.raises(RunError, match="jira: search: no answer"):
        site.patience(attempts=3).ask(site.call, Errand("jira: search"))
    assert site.calls == 3


def test_a_pause_longer_than_the_budget_is_not_slept_but_told() -> None:
    site = Site(RetryableError("quota used up", after_s=1847.0))
    with pytest.raises(RunError, match="come back at"):
        site.patience(budget_s=60.0).ask(site.call, Errand("jira: search"))
    assert site.calls == 1
    assert site.pauses == []


@pytest.mark.parametrize("asked", ["inf", "9" * 400, "99999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_pause_beyond_all_reason_ends_the_run_with_a_sentence(asked: str) -> None:
    site = Site(RetryableError("busy.", after_s=asked_pause_s({"Retry-After": asked}, NOW)))
    with pytest.raises(RunError, match=r"come back at 20\d\d-"):
        site.patience().ask(site.call, Errand("jira: search"))
    assert site.pauses == []


def test_a_proxy_that_always_says_now_is_asked_with_growing_pauses() -> None:
    site = Site(*(RetryableError("busy", after_s=0.0) for _ in range(3)))
    site.patience().ask(site.call, Errand("jira: search"))
    assert site.pauses == [2.0, 4.0, 8.0]


def test_the_budget_is_shared_by_all_calls_of_a_run_and_renewed_with_the_next() -> None:
    site = Site(RetryableError("busy", after_s=40.0))
    patience = site.patience(budget_s=60.0)
    patience.ask(site.call, Errand("first"))
    site.refusals.append(RetryableError("busy", after_s=40.0))
    with pytest.raises(RunError):
        patience.ask(site.call, Errand("second"))
    patience.renew()
    assert patience.ask(site.call, Errand("third")) == "answer"


def test_only_what_may_be_sent_again_is_sent_again() -> None:
    site = Site(ItemError("not allowed"))
    with pytest.raises(ItemError):
        site.patience().ask(site.call, Errand("jira: comment"))
    assert site.calls == 1


def test_a_pause_asked_for_on_a_good_answer_is_kept_before_the_next_call() -> None:
    site = Site()
    patience = site.patience()
    patience.heed(Errand("azure: revisions"), Throttle(5.0))
    patience.ask(site.call, Errand("azure: revisions"))
    patience.ask(site.call, Errand("azure: revisions"))
    assert site.pauses == [5.0]


def test_who_speaks_to_programs_in_the_trackers_place_is_believed_at_once():
    site = Site(StrangerError(404, "Jira", sure=True), RetryableError("never asked for"))
    with pytest.raises(BarredError, match=r"did not come from Jira.*Tried once"):
        site.patience().ask(site.call, Errand("jira: GET a"))
    assert (site.calls, site.pauses) == (1, [])


def test_a_page_on_the_way_is_waited_out():
    site = Site(*[StrangerError(404, "Jira")] * 3)
    assert site.patience().ask(site.call, Errand("jira: GET a")) == "answer"
    assert site.pauses == [2.0, 4.0, 8.0]


def test_pages_on_the_way_are_waited_for_a_quarter_of_a_minute_in_a_run_and_then_believed():
    site = Site(*[StrangerError(404, "Jira")] * 99)
    patience = site.patience()
    for calls in (4, 5, 6):
        with pytest.raises(BarredError):
            patience.ask(site.call, Errand("jira: GET a"))
        assert (site.calls, sum(site.pauses)) == (calls, 14.0)
    patience.renew()
    with pytest.raises(BarredError):
        patience.ask(site.call, Errand("jira: GET a"))
    assert (site.calls, sum(site.pauses)) == (10, 28.0)


def test_who_waited_for_a_page_on_the_way_still_waits_for_the_tracker():
    site = Site(*[StrangerError(404, "Jira")] * 4, RetryableError("busy"))
    patience = site.patience()
    with pytest.raises(BarredError):
        patience.ask(site.call, Errand("jira: GET a"))
    assert patience.ask(site.call, Errand("jira: GET a")) == "answer"
    assert site.pauses == [2.0, 4.0, 8.0, 2.0]
