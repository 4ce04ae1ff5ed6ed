"""
What must be known of a site to understand its issues; it travels in the cursor, so that a steady pull asks for
nothing but the issues that changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import msgspec

from safesync.connectors.jira.fields import SPRINT, Located
from safesync.connectors.jira.values import Sprint, level, sprints
from safesync.connectors.port import TokenLife

_FORM = 2


@dataclass(frozen=True, slots=True)
class Status:
    """
    A state; ``category`` is ``new``, ``indeterminate``, ``done`` or ``undefined``.

    ``untranslated`` is the name as it was given, where the site shows ``name`` in the language of whoever asks.
    """

    name: str
    category: str
    untranslated: str | None = None


@dataclass(frozen=True, slots=True)
class IssueType:
    """A type; ``level`` is its place in the hierarchy (0 story, 1 epic), ``None`` where the site has none."""

    name: str
    level: int | None
    untranslated: str | None = None
    """The name as it was given; issues show the translated one alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board and the ids of the states that stand in it."""

    name: str
    limit: int | None
    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A board; a team's board is called like the team. ``told`` is false where Jira fails whenever it is asked for the columns."""

    name: str
    columns: tuple[Column, ...]
    board_id: str = ""
    told: bool = True


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a project."""

    name: str
    starts_on: date | None
    ends_on: date | None


class Telling(StrEnum):
    """Whether a Data Center's search tells the Parent Links of the issues that it finds."""

    UNKNOWN = "unknown"
    TOLD = "told"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Metadata:
    """``boards_seen`` is false where boards could not be read at all, such as without a licence for them."""

    located: Located = field(default_factory=lambda: Located({}))
    statuses: Mapping[str, Status] = field(default_factory=dict)
    types: Mapping[str, IssueType] = field(default_factory=dict)
    sprints: Mapping[str, Sprint] = field(default_factory=dict)
    boards: tuple[Board, ...] = ()
    boards_seen: bool = True
    boards_barred: str = ""
    """Why the boards did not come through, where Jira itself did not say no: they are asked for again in the next run."""
    releases: tuple[Release, ...] = ()
    parent_links: Telling = Telling.UNKNOWN
    boards_kept: bool = False
    """Whether the boards are those of an earlier read, because they are not shown any more."""
    failing: tuple[str, ...] = ()
    """The boards at which Jira fails: their columns and sprints, if there are any, are those of an earlier read."""

    def completed(self, known: Metadata | None) -> Metadata:
        """With the boards and sprints of an earlier read, where they are hidden now: what we may not see is not gone."""
        if known is None or not known.boards_seen or (self.boards_seen and not self.failing):
            return self
        sprints = {**known.sprints, **self.sprints}
        if not self.boards_seen:
            return replace(self, boards=known.boards, sprints=sprints, boards_seen=True, boards_kept=True)
        before = {one.board_id: one.columns for one in known.boards if one.told}
        boards = (
            one if one.told else replace(one, columns=before.get(one.board_id, ()), told=one.board_id in before) for one in self.boards
        )
        return replace(self, boards=tuple(boards), sprints=sprints)

    def knows(self, raw: dict[str, Any]) -> bool:
        """Whether the state and the type of an issue were there when this was read."""
        fields = raw.get("fields") or {}
        state, kind = _id(fields.get("status")), _id(fields.get("issuetype"))
        return (state is None or state in self.statuses) and (kind is None or kind in self.types)

    def learned(self, issues: Sequence[dict[str, Any]]) -> Metadata:
        """
        The same, or with what the issues show beyond it.

        Such as sprints of other projects' boards, sprints that have new dates, and types that the site does not list.
        """
        fields = [raw.get("fields") or {} for raw in issues]
        new_states = {key: _status(one["status"]) for one in fields if (key := _id(one.get("status"))) and key not in self.statuses}
        new_types = {key: _type(one["issuetype"]) for one in fields if (key := _id(one.get("issuetype"))) and key not in self.types}
        ids = self.located.ids.get(SPRINT, ())
        shown = {sprint.sprint_id: sprint for one in ids for values in fields for sprint in _readable(values.get(one))}
        # The state of a sprint moves no date: without a new name or date there is nothing to tell.
        new_sprints = {key: one for key, one in shown.items() if _told(one) != _told(self.sprints.get(key))}
        if not (new_states or new_types or new_sprints):
            return self
        return replace(
            self,
            statuses={**self.statuses, **new_states},
            types={**self.types, **new_types},
            sprints={**self.sprints, **new_sprints},
        )


@dataclass(frozen=True, slots=True)
class Rights:
    """What Data Center said we may write in each project, which it tells project by project; ``as_of`` by the site's time."""

    account: str
    as_of: datetime
    browse: frozenset[str]
    comment: frozenset[str]
    label: frozenset[str]
    untold: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenNote:
    """What Data Center said of our token; ``as_of`` by the site's time, ``life`` is ``None`` where it did not tell."""

    account: str
    as_of: datetime
    life: TokenLife | None


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far we have read: ``watermark`` is the site's time when the last scan began, ``full_at`` when the last full one did."""

    watermark: datetime
    full_at: datetime
    metadata: Metadata
    form: int = _FORM
    recent: Mapping[str, int] = field(default_factory=dict)
    """Versions that the next read may show again (see ``recent``)."""
    written: tuple[int, ...] = ()
    """Ids of issues that we wrote to shortly before this read: the index may not know yet."""
    skew_s: float | None = None
    """How far the site's clock was ahead of ours; when that changes, one of the clocks was set."""
    projects: tuple[str, ...] = ()
    """Which were read: what happened elsewhere, where we could not see it, this cursor does not cover."""
    rights: Rights | None = None
    token: TokenNote | None = None

    def covers(self, projects: Sequence[str]) -> bool:
        """Whether all that happened in these projects before is known; a cursor from before they were noted is of the whole scope."""
        return not self.projects or frozenset(projects) <= frozenset(self.projects)

    def text(self) -> str:
        """As text for the store."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def read(cls, text: str | None) -> Cursor | None:
        """The cursor that ``text`` holds; ``None`` for none, or one that an older SafeSync wrote in another form."""
        if text is None:
            return None
        try:
            found = msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError:
            return None
        return found if found.form == _FORM else None


def _id(shown: object) -> str | None:
    return str(shown["id"]) if isinstance(shown, dict) and "id" in shown else None


def _status(shown: dict[str, Any]) -> Status:
    return Status(str(shown.get("name")), str((shown.get("statusCategory") or {}).get("key") or "undefined"))


def _type(shown: dict[str, Any]) -> IssueType:
    return IssueType(str(shown.get("name")), level(shown))


def _readable(value: object) -> list[Sprint]:
    try:
        return list(sprints(value))
    except (ValueError, TypeError):
        return []  # its issue is refused when it is translated, and named


def _told(sprint: Sprint | None) -> tuple[object, ...] | None:
    return (sprint.name, sprint.starts_at, sprint.ends_at) if sprint else None
