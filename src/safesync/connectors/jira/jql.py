"""The queries we ask, as text. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from safesync.connectors.port import Scope

OVERLAP = timedelta(minutes=5)
"""Jira indexes late: without it, an issue saved while the last page was read would never be seen again."""

_LONG_SCANS = 20
_ORDER = re.compile(r"""(?ix) ^ ( (?: [^"'] | "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' )*? ) \b order \s+ by \b""")
_OLDEST_FIRST = "ORDER BY created ASC, key ASC"
"""No change of an issue moves it in this order, and what is created meanwhile comes at the end."""


def listed(site: str, label: str, keys: Sequence[str]) -> str:
    """The address at which a site lists these issues, or without keys those that carry a label."""
    condition = f"key in ({', '.join(keys)})" if keys else f'labels = "{label}"'
    return f"{site.rstrip('/')}/issues/?jql={quote(f'{condition} ORDER BY key')}"


def everything(scope: Scope) -> str:
    """All issues in scope, oldest first."""
    return f"{_bounds(scope)} {_OLDEST_FIRST}"


def changed(scope: Scope, since: datetime, now: datetime) -> str:
    """
    The issues in scope that changed after ``since``, both times by the site's clock.

    Minutes before now, because Jira reads absolute times in the time zone of the account that asks. "Now" goes on while
    pages are read, so the overlap grows with what there is to read.
    """
    passed = max(now - since, timedelta())
    minutes = math.ceil((now - since + max(OVERLAP, passed / _LONG_SCANS)).total_seconds() / 60)
    return f'{_bounds(scope)} AND updated >= "-{max(minutes, 1)}m" {_OLDEST_FIRST}'


def among(ids: Iterable[str], scope: Scope | None = None) -> str:
    """The issues with these ids; with a scope, only those of them that are in it."""
    named = f"id in ({', '.join(ids)})"
    return f"{_bounds(scope)} AND {named}" if scope else named


def _bounds(scope: Scope) -> str:
    projects = ", ".join(_quoted(project) for project in scope.projects)
    parts = [f"project in ({projects})"] if projects else []
    if scope.query and (condition := _without_order(scope.query)):
        parts.append(f"({condition})")
    return " AND ".join(parts)


def _without_order(query: str) -> str:
    found = _ORDER.match(query)
    return (found.group(1) if found else query).strip()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
