"""Single field values as Azure DevOps writes them, read into Python's: pure, and strict about what they do not understand."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

_MAIL = re.compile(r"\s*<[^<>]*>\s*$")
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


def text(value: Any) -> str | None:
    """A text with something in it, ``None`` for an empty one."""
    return value if isinstance(value, str) and value.strip() else None


def number(value: Any) -> float | None:
    """A number, also one written as text (picklists); ``ValueError`` for a text that is none."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    return float(value)


def moment(value: Any) -> datetime:
    """An aware UTC time; ``ValueError`` for anything else."""
    at = datetime.fromisoformat(str(value))
    if at.tzinfo is UTC:  # as nearly always
        return at
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:  # the first or last day that there is, which means never
        return at.replace(tzinfo=UTC)


def day(value: Any) -> date | None:
    """
    The day a planner chose.

    Azure DevOps keeps the local midnight of whoever typed it, as UTC: 30 March 22:00Z is the 31st in Berlin. The nearest
    midnight is the day that was meant, whatever the zone.
    """
    if value in (None, ""):
        return None
    at = moment(value)
    return at.date() if at.date() == date.max else (at + timedelta(hours=12)).date()


def person(value: Any) -> str | None:
    """Display name of an identity object, or of ``Name <mail>`` as older servers and reports write it."""
    if isinstance(value, Mapping):
        value = value.get("displayName") or value.get("uniqueName")
    if not isinstance(value, str) or not value.strip():
        return None
    return (text(_MAIL.sub("", value)) or value) if "<" in value else value


def is_out_of_use(value: Any) -> bool:
    """Whether an identity object says of itself that nobody can use it any more; older servers tell nothing."""
    return isinstance(value, Mapping) and value.get("inactive") is True


def tags(value: Any) -> tuple[str, ...]:
    """Tags of ``"a; b"``, in the server's order and casing, each once."""
    return tuple(dict.fromkeys(tag.strip() for tag in str(value or "").split(";") if tag.strip()))


def rank(value: Any) -> str | None:
    """A rank whose order as text is its order as a number."""
    found = number(value)
    return None if found is None else f"{found:024.6f}"


def addresses(value: Any) -> tuple[str, ...]:
    """Web addresses or ids that a field holds: as its whole text, separated by blanks, or inside HTML."""
    written = str(value or "")
    return tuple(html.unescape(one) for one in (_HREF.findall(written) or re.split(r"[\s;]+", written)) if one)
