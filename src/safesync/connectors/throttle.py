"""
What an answer says about how fast we may go on: pauses that it asks for, and limits that are near.

Jira Cloud, Jira Data Center, Azure DevOps and the proxies before them each have their own headers for it; here they
become one value. Good answers ask for pauses too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from math import isnan, nan

_LONGEST_S = 366 * 86_400.0
_NEAR_SHARE = 0.2
_NEAR_S = 60.0
_NEAR_LONGEST_S = 300.0
_PARAMETER = re.compile(r";\s*([qrtw])=(\d+)")
_EPOCH_FROM_S = 1_000_000_000  # smaller numbers are seconds to go, or nonsense
_REFUSING = (429, 503)


class Reach(StrEnum):
    """Whom a pause is asked of."""

    SITE = "site"
    """Everybody who asks there as we do."""
    ENDPOINT = "endpoint"
    """Calls of this kind."""
    ITEM = "item"
    """Writes to this item."""


@dataclass(frozen=True, slots=True)
class Throttle:
    """``pause_s``: how long to wait, ``None`` when not asked to. ``near_s``: how long to go at half the rate, 0 when no limit is near."""

    pause_s: float | None = None
    reach: Reach = Reach.SITE
    near_s: float = 0.0
    reason: str = ""
    """As the tracker names it, such as ``jira-burst-based``."""


def throttle(status: int, headers: Mapping[str, str], now: datetime) -> Throttle:
    """What an answer asks of us; ``now`` by the tracker's clock."""
    reason = _word(headers.get("RateLimit-Reason") or headers.get("X-Failure-Category") or "") if status in _REFUSING else ""
    reach = _reach(reason)
    pause_s = asked_pause_s(headers, now) if status in _REFUSING or "Retry-After" in headers else None
    if pause_s is None and status == 429:
        pause_s = _structured_pause_s(headers) or _epoch_pause_s(headers, now)
    if pause_s is None and "quota" in reason:
        pause_s = _until_the_hour_s(now)
    return Throttle(pause_s, reach, 0.0 if status in _REFUSING else _near_s(headers, now), reason)


def moment(text: str) -> datetime | None:
    """The aware UTC time that an HTTP date or an ISO stamp (seconds may be missing) names; ``None`` for anything else."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(text.strip())
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def asked_pause_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """
    Seconds that an answer asks us to wait, ``None`` when it does not ask.

    ``Retry-After`` counts in both its forms (seconds and HTTP date); ``X-RateLimit-Reset`` only where that is missing,
    and only when it is a moment: Azure DevOps sends Unix seconds there, on answers that do not ask for a pause too.
    Nobody is believed to ask for more than a year.
    """
    asked = headers.get("Retry-After")
    try:
        pause_s = float(asked or "")
    except ValueError:
        at = moment(headers.get("X-RateLimit-Reset", "") if asked is None else asked)
        pause_s = nan if at is None else (at - now).total_seconds()
    return None if isnan(pause_s) else min(max(0.0, pause_s), _LONGEST_S)


def _word(text: str) -> str:
    """The first word of a header, short: it is told to people."""
    return re.sub(r"[^\w.-]", "", text.split(",", maxsplit=1)[0].strip())[:60].lower()


def _reach(reason: str) -> Reach:
    if "per-issue" in reason:
        return Reach.ITEM
    return Reach.ENDPOINT if "burst" in reason else Reach.SITE


def _until_the_hour_s(now: datetime) -> float:
    # Jira's hourly quotas begin anew with the hour in UTC.
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return (hour - now).total_seconds()


def _structured(headers: Mapping[str, str], name: str) -> dict[str, int]:
    text = headers.get(name) or headers.get(f"Beta-{name}") or ""
    return {key: int(value[:12]) for key, value in _PARAMETER.findall(text)}


def _structured_pause_s(headers: Mapping[str, str]) -> float | None:
    left = _structured(headers, "RateLimit")
    return min(float(left["t"]), _LONGEST_S) if left.get("r") == 0 and "t" in left else None


def _epoch_pause_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Azure DevOps names the end of its window in Unix seconds."""
    at_s = _number(headers, "X-RateLimit-Reset")
    return None if at_s is None or at_s < _EPOCH_FROM_S else min(max(0.0, at_s - now.timestamp()), _LONGEST_S)


def _near_s(headers: Mapping[str, str], now: datetime) -> float:
    if not (_says_near(headers) or _delayed(headers) or _little_left(headers)):
        return 0.0
    return min(max(1.0, _window_s(headers, now)), _NEAR_LONGEST_S)


def _says_near(headers: Mapping[str, str]) -> bool:
    if headers.get("X-RateLimit-NearLimit", "").strip().lower() == "true":
        return True
    left = _structured(headers, "RateLimit").get("r")
    quota = _structured(headers, "RateLimit-Policy").get("q")
    # Told at all only where little is left, unless the policy beside it says how much there was.
    return left is not None and (quota is None or left < _NEAR_SHARE * quota)


def _delayed(headers: Mapping[str, str]) -> bool:
    """Azure DevOps held this answer back already."""
    return (_number(headers, "X-RateLimit-Delay") or 0.0) > 0


def _little_left(headers: Mapping[str, str]) -> bool:
    left, limit = _number(headers, "X-RateLimit-Remaining"), _number(headers, "X-RateLimit-Limit")
    return left is not None and limit is not None and left < _NEAR_SHARE * limit


def _window_s(headers: Mapping[str, str], now: datetime) -> float:
    """How long it takes until the limit is far again: a moment, Unix seconds or an interval; a minute where nothing says it."""
    if (at := moment(headers.get("X-RateLimit-Reset", ""))) is not None:
        return (at - now).total_seconds()
    if (epoch := _number(headers, "X-RateLimit-Reset")) is not None:
        return epoch - now.timestamp()
    told = _number(headers, "X-RateLimit-Interval-Seconds")
    return _structured(headers, "RateLimit").get("t") or _NEAR_S if told is None else told


def _number(headers: Mapping[str, str], name: str) -> float | None:
    try:
        found = float(headers.get(name, ""))
    except ValueError:
        return None
    return None if isnan(found) else found
