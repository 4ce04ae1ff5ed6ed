"""
When our personal access token ends, as Jira Data Center tells it (8.14 and later). Jira Cloud tells nobody.

The list holds all tokens of the account, and never says which of them asks. It is the one that was used last; where Jira
does not say when they were used, the one that ends first, because a warning too early costs less than none.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from safesync.connectors.jira import values
from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.port import TokenLife
from safesync.model.errors import RunError

SOON_DAYS = 14
_NEVER = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def token_life(client: JiraClient) -> TokenLife | None:
    """One call; ``None`` where the site does not tell. Nothing that goes wrong here ends a run: it is a courtesy."""
    try:
        return _ours(client.tokens())
    except (RefusedError, RunError, AttributeError, KeyError, TypeError, ValueError):
        return None


def warning(life: TokenLife | None, today: date) -> str:
    """A sentence in time, empty before."""
    if life is None or life.ends_on is None or (days := (life.ends_on - today).days) > SOON_DAYS:
        return ""
    whose = "our token" if life.alone else "the token that our account used last"
    when = "today" if days <= 0 else "in 1 day" if days == 1 else f"in {days} days"
    return f"{whose} ends on {life.ends_on}, {when}: create a new one."


def _ours(listed: list[dict[str, Any]]) -> TokenLife | None:
    if not listed:
        return None
    ends = [(_moment(one.get("lastAccessedAt")) or _LONG_AGO, _moment(one.get("expiringAt")) or _NEVER) for one in listed]
    latest = max(used for used, _ in ends)
    end = min(end for used, end in ends if used == latest)
    return TokenLife(None if end == _NEVER else end.date(), alone=len(listed) == 1)


def _moment(shown: object) -> datetime | None:
    return values.instant(shown) if isinstance(shown, str) and shown else None
