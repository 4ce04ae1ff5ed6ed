"""What the answers of four deployments say about how fast we may go on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safesync.connectors.throttle import Reach, Throttle, throttle

NOW = datetime(2026, 11, 26, 10, 20, tzinfo=UTC)
EPOCH = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("reason", "reach"),
    [
        ("jira-burst-based", Reach.ENDPOINT),
        ("jira-per-issue-on-write", Reach.ITEM),
        ("jira-quota-global-based", Reach.SITE),
        ("jira-quota-tenant-based", Reach.SITE),
        ("jira-cost-based", Reach.SITE),
        ("", Reach.SITE),
    ],
)
def test_the_reason_says_who_has_to_wait(reason: str, reach: Reach) -> None:
    told = throttle(429, {"RateLimit-Reason": reason, "Retry-After": "7"}, NOW)
    assert (told.pause_s, told.reach, told.reason) == (7.0, reach, reason)


@pytest.mark.parametrize(
    ("status", "headers", "pause_s"),
    [
        (200, {"Retry-After": "5"}, 5.0),
        (404, {"Retry-After": "Thu, 26 Nov 2026 10:20:40 GMT"}, 40.0),
        (503, {"Retry-After": "120"}, 120.0),
        (429, {"X-RateLimit-Reset": "2026-11-26T10:30Z", "X-Failure-Category": "FAILURE_CLIENT_RATE_LIMITED"}, 600.0),
        (200, {"X-RateLimit-Reset": "2026-11-26T10:30Z"}, None),
        (429, {"RateLimit-Reason": "jira-quota-tenant-based"}, 2400.0),
        (429, {"RateLimit": '"global-app-quota";r=0;t=1800'}, 1800.0),
        (429, {"Beta-RateLimit": '"global-app-quota";r=0;t=90'}, 90.0),
        (429, {"RateLimit": '"global-app-quota";r=0'}, None),
        (429, {"X-RateLimit-Reset": str(EPOCH + 70)}, 70.0),
        (429, {"X-RateLimit-Reset": str(EPOCH - 70)}, 0.0),
        (429, {"X-RateLimit-Reset": "7"}, None),
        (200, {"X-RateLimit-Reset": str(EPOCH + 70)}, None),
        (429, {}, None),
        (200, {}, None),
    ],
)
def test_a_pause_is_asked_for_in_many_ways(status: int, headers: dict[str, str], pause_s: float | None) -> None:
    assert throttle(status, headers, NOW).pause_s == pause_s


@pytest.mark.parametrize(
    ("headers", "near_s"),
    [
        ({"X-RateLimit-NearLimit": "true"}, 60.0),
        ({"X-RateLimit-NearLimit": "true", "X-RateLimit-Reset": "2026-11-26T10:22Z"}, 120.0),
        ({"X-RateLimit-NearLimit": "true", "X-RateLimit-Reset": "2026-11-26T11:00Z"}, 300.0),
        ({"X-RateLimit-NearLimit": "false"}, 0.0),
        ({"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "30", "X-RateLimit-Reset": str(EPOCH + 90)}, 90.0),
        ({"X-RateLimit-Limit": "200", "X-RateLimit-Remaining": "150", "X-RateLimit-Reset": str(EPOCH + 90)}, 0.0),
        ({"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "2", "X-RateLimit-Interval-Seconds": "30"}, 30.0),
        ({"X-RateLimit-Delay": "1.5", "X-RateLimit-Reset": str(EPOCH - 5)}, 1.0),
        ({"X-RateLimit-Delay": "nonsense", "X-RateLimit-Remaining": "", "X-RateLimit-Limit": "nan"}, 0.0),
        ({"RateLimit": '"quota";r=5;t=40'}, 40.0),
        ({"RateLimit": '"quota";r=500;t=40', "RateLimit-Policy": '"quota";q=1000;w=3600'}, 0.0),
        ({"RateLimit": '"quota";r=100;t=40', "RateLimit-Policy": '"quota";q=1000;w=3600'}, 40.0),
    ],
)
def test_a_limit_that_is_near_is_seen_on_good_answers(headers: dict[str, str], near_s: float) -> None:
    assert throttle(200, headers, NOW) == Throttle(near_s=near_s)


def test_what_a_stranger_writes_as_the_reason_is_told_short_and_plain() -> None:
    told = throttle(429, {"RateLimit-Reason": "\x1b[31m<b>Quota</b> " + "x" * 500}, NOW)
    assert told.reason.isascii()
    assert len(told.reason) == 60
    assert not set("\x1b<> ") & set(told.reason)
