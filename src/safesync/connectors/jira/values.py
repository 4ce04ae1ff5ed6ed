"""What single values in Jira's answers mean: texts, numbers, days, choices, sprints. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from safesync.model.item import Markup, RichText

_SPRINT_KEYS = (
    "id|rapidViewId|state|name|goal|startDate|endDate|completeDate|activatedDate|sequence|synced|autoStartStop"
    "|incompleteIssuesDestinationId"
)
_OLD_SPRINT = re.compile(rf"(?s)(?:^|,)({_SPRINT_KEYS})=(.*?)(?=,(?:{_SPRINT_KEYS})=|\]$)")
_LEVELS = {"initiative": 2, "epic": 1, "story": 0, "task": 0, "bug": 0}
_NAMES = ("displayName", "name", "value", "title", "key")


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint as issues and boards show it; ``state`` is ``future``, ``active`` or ``closed``."""

    sprint_id: str
    name: str
    state: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def starts_on(self) -> date | None:
        """First day, in UTC."""
        return self.starts_at.date() if self.starts_at else None

    @property
    def ends_on(self) -> date | None:
        """Last day; one that ends at midnight ends with the day before."""
        return (self.ends_at - timedelta(microseconds=1)).date() if self.ends_at else None


def instant(value: object) -> datetime:
    """An aware UTC time from ISO text or from epoch seconds or milliseconds; ``ValueError`` for anything else."""
    if isinstance(value, str):
        return written(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
        except (OverflowError, OSError) as error:
            raise ValueError("no time that can be") from error
    raise ValueError("no time")  # a wrong value of the outside, whatever its type


@lru_cache(maxsize=4_096)
def written(text: str) -> datetime:
    """An aware UTC time from ISO text; ``ValueError`` for any other."""
    # Each time of an issue and its changes is needed two or three times while the issue is read.
    at = datetime.fromisoformat(text)
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:  # the last evening of the year 9999, west of Greenwich
        raise ValueError("no time that can be") from error


def day(value: object) -> date | None:
    """A day from a date or a time; ``None`` when empty."""
    return date.fromisoformat(str(value)[:10]) if value else None


def number(value: object) -> float | None:
    """A finite number, also from text or from a choice that is called like one; ``ValueError`` when it is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        raise ValueError("a truth is no number")  # noqa: TRY004
    found = float(value) if isinstance(value, int | float) else float(str(label(value)))
    if not math.isfinite(found):
        raise ValueError("not finite")
    return found


def label(value: Any) -> str | None:
    """What people read: the name of a user, option, team or version, the first of a list, or the text itself."""
    if isinstance(value, list):
        return next((found for entry in value if (found := label(entry))), None)
    if isinstance(value, dict):
        for name in _NAMES:
            if isinstance(found := value.get(name), str) and found:
                return found
        return None
    return str(value).strip() or None if value is not None else None


def labels(value: Any) -> tuple[str, ...]:
    """All names of a value that may hold several."""
    entries = value if isinstance(value, list) else [value]
    return tuple([found for entry in entries if (found := label(entry))])


def account(who: object) -> str | None:
    """The account that a user is: its id on Cloud, on Data Center its key (its name only where there is no key)."""
    if not isinstance(who, dict):
        return None
    found = who.get("accountId") or who.get("key") or who.get("name")
    return str(found) if found else None


def level(kind: dict[str, Any]) -> int | None:
    """
    The place of an issue type in the hierarchy: 0 story, 1 epic, -1 sub-task; ``None`` when nobody says it.

    Data Center tells only which types are sub-tasks. The others are known by the names that Jira itself gives them.
    """
    if "hierarchyLevel" in kind:
        return None if kind["hierarchyLevel"] is None else int(kind["hierarchyLevel"])
    return -1 if kind.get("subtask") is True else _LEVELS.get(str(kind.get("name")).casefold())


def rich_text(value: Any, markup: Markup) -> RichText | None:
    """
    A text with its notation, ``None`` when nothing is written.

    A document stays JSON. Plain text in a site of documents (a single-line field) is plain; elsewhere it is wiki.
    """
    if isinstance(value, dict) and value.get("type") == "doc":
        return RichText(msgspec.json.encode(value).decode(), Markup.ADF) if value.get("content") else None
    text = value if isinstance(value, str) else "\n".join(labels(value))
    if not text.strip():
        return None
    return RichText(text, Markup.PLAIN if markup is Markup.ADF else markup)


def sprints(value: Any) -> Iterator[Sprint]:
    """The sprints of an issue: objects, or the printed Java objects of older servers."""
    for entry in value if isinstance(value, list) else [value]:
        shown = dict(_OLD_SPRINT.findall(entry[entry.find("[") + 1 :])) if isinstance(entry, str) else entry
        if isinstance(shown, dict) and shown.get("id") is not None:
            yield sprint(shown)


def sprint(shown: dict[str, Any]) -> Sprint:
    """One sprint from what a board or an issue shows of it."""
    name, state = str(shown.get("name") or shown["id"]), str(shown.get("state") or "future")
    return _sprint(str(shown["id"]), name, state.lower(), shown.get("startDate"), shown.get("endDate"))


@lru_cache(maxsize=4_096)
def _sprint(sprint_id: str, name: str, state: str, starts: object, ends: object) -> Sprint:
    # The same few sprints stand on all issues of a team.
    return Sprint(sprint_id, name, state, _maybe(starts), _maybe(ends))


def newest(found: list[Sprint]) -> Sprint | None:
    """The newest sprint that is not closed, else the newest closed one."""
    if len(found) < 2:  # most have one, and there is nothing to compare
        return found[0] if found else None
    open_ones = [one for one in found if one.state != "closed"]
    return max(open_ones or found, key=_age, default=None)


def _age(one: Sprint) -> tuple[datetime, int]:
    # A sprint without dates is still to be planned: it is newer than every dated one.
    far = datetime.max.replace(tzinfo=UTC)
    return one.starts_at or far, int(one.sprint_id) if one.sprint_id.isdigit() else 0


def _maybe(value: object) -> datetime | None:
    return instant(value) if value and value != "<null>" else None
