from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import responses

from safesync.connectors.jira.client import JiraClient
from safesync.connectors.jira.metadata import Cursor
from safesync.connectors.jira.token_life import token_life, warning
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Calls, Scope, TokenLife
from safesync.connectors.sandbox.jira import center_site
from safesync.connectors.sandbox.sandbox import Sandbox

SITE = "https://jira.meridian.example"
TODAY = date(2026, 11, 26)


def one(ends: str | None, used: str | None = None) -> dict[str, object]:
    return {"id": 1, "name": "SafeSync", "createdAt": "2026-09-01T08:00:00.000+0000", "expiringAt": ends, "lastAccessedAt": used}


SOON, LATE = "2026-12-05T10:00:00.000+0000", "2027-05-01T10:00:00.000+0000"
EARLIER, LATER = "2026-11-20T10:00:00.000+0000", "2026-11-26T09:00:00.000+0000"


@pytest.mark.parametrize(
    ("listed", "life"),
    [
        ([one(SOON)], TokenLife(date(2026, 12, 5))),
        ([one(None)], TokenLife(None)),
        ([one(SOON, EARLIER), one(LATE, LATER)], TokenLife(date(2027, 5, 1), alone=False)),
        ([one(SOON), one(LATE)], TokenLife(date(2026, 12, 5), alone=False)),
        ([one(SOON, EARLIER), one(None, LATER)], TokenLife(None, alone=False)),
        ([], None),
        ({}, None),
        ([{"expiringAt": "tomorrow"}], None),
        ([17], None),
    ],
)
def test_of_our_tokens_the_one_that_was_used_last_is_ours(listed: Any, life: TokenLife | None) -> None:
    with responses.RequestsMock() as wire:
        wire.get(f"{SITE}/rest/pat/latest/tokens", json=listed)
        assert token_life(_client()) == life


@pytest.mark.parametrize("answer", [{"status": 404, "body": "<html>dead link</html>"}, {"status": 403}, {"body": "<html>Sign in</html>"}])
def test_a_site_that_does_not_tell_costs_nothing_but_the_warning(answer: dict[str, Any]) -> None:
    with responses.RequestsMock() as wire:
        wire.get(f"{SITE}/rest/pat/latest/tokens", **answer)
        assert token_life(_client()) is None


def _client() -> JiraClient:
    patience = Patience(sleep=lambda _: None)
    return JiraClient(Access("jira", SITE, "t"), Calls(), patience=patience, clock=lambda: datetime.fromisoformat("2026-11-26T10:00:00Z"))


@pytest.mark.parametrize(
    ("life", "said"),
    [
        (TokenLife(TODAY + timedelta(days=9)), "our token ends on 2026-12-05, in 9 days: create a new one."),
        (TokenLife(TODAY + timedelta(days=1)), "our token ends on 2026-11-27, in 1 day: create a new one."),
        (TokenLife(TODAY, alone=False), "the token that our account used last ends on 2026-11-26, today: create a new one."),
        (TokenLife(TODAY + timedelta(days=15)), ""),
        (TokenLife(None), ""),
        (None, ""),
    ],
)
def test_an_end_is_told_two_weeks_before(life: TokenLife | None, said: str) -> None:
    assert warning(life, TODAY) == said


def test_a_run_is_warned_and_asks_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(center_site, "TOKEN_LIFE", timedelta(days=39))  # made thirty days ago
    with Sandbox(jira="data-center") as sandbox:
        asked: Callable[[], int] = lambda: sum(call.path.endswith("/tokens") for call in sandbox.calls("jira"))  # noqa: E731
        access = Access("jira", sandbox.jira_url, sandbox.jira_token)
        with closing(JiraTracker(access, Scope(("CARDS",)), Mapping(), Addresses())) as tracker:
            (said,) = [each for each in tracker.identify().warnings if "token" in each]
            *_, last = tracker.pull(None)
        assert said.startswith("our token ends on ")
        assert said.endswith("in 9 days: create a new one.")
        assert asked() == 1
        with closing(JiraTracker(access, Scope(("CARDS",)), Mapping(), Addresses())) as tracker:
            tracker.known = last.cursor
            assert said in tracker.identify().warnings
            assert asked() == 1
            known = Cursor.read(last.cursor)
            assert known is not None
            assert known.token is not None
