"""Rows of files as items: so the same rules judge them, wherever an objective lives."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from types import MappingProxyType

from safesync.configuration.registers.rows import GoalRow, ObjectiveRow
from safesync.model.item import Item, Kind, Link, Relation
from safesync.model.registers import REGISTERS

_ALWAYS = frozenset(
    {"uid", "tracker", "native_id", "key", "url", "project", "kind", "native_type", "native_state", "stage", "title", "revision"}
    | {"created_at", "updated_at", "unseen"}
)
_FIELDS = frozenset(field.name for field in fields(Item)) - _ALWAYS
_OF_COLUMNS = MappingProxyType(
    {"due": "due_on", "updated": "last_human_change_at", "theme": "themes", "items": "links", "objective": "links", "interval": "interval"}
)
"""Fields whose column has another name."""
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""A row has no day on which it was made; no rule asks an objective for its age."""


@dataclass(frozen=True, slots=True)
class Made:
    """An item, and the keys of the work that contributes to it."""

    item: Item
    served_by: tuple[str, ...]


def pi_objective(row: ObjectiveRow, label: str, columns: Collection[str]) -> Made:
    """A PI objective; without a key of its own it is called after team, interval and title."""
    whose = row.team or row.train or ""
    key = row.key or f"{_plain(whose)}-{_plain(label)}-{sha256(row.title.encode()).hexdigest()[:6]}"
    item = replace(
        _item(key, Kind.PI_OBJECTIVE, row, columns),
        team=row.team,
        train=row.train,
        interval=label,
        committed=row.committed,
        planned_value=row.planned_value,
        actual_value=row.actual_value,
    )
    return Made(item, row.items)


def goal(row: GoalRow, columns: Collection[str]) -> Made:
    """An objective, or a key result of one."""
    kind = Kind.OBJECTIVE if row.objective is None else Kind.KEY_RESULT
    item = replace(
        _item(row.key, kind, row, columns),
        themes=(row.theme,) if row.theme else (),
        baseline=row.baseline,
        target=row.target,
        progress=row.progress,
        links=() if row.objective is None else (Link(Relation.PARENT, f"{REGISTERS}:{row.objective}"),),
    )
    return Made(item, row.items)


def _item(key: str, kind: Kind, row: ObjectiveRow | GoalRow, columns: Collection[str]) -> Item:
    """What objectives of all kinds have; a field is unseen when the file has no column for it."""
    # A day and work to it are for the few that have them: a file without the column has none, and nothing is left to look for.
    seen = {_OF_COLUMNS.get(column, column) for column in columns} | {"links", "due_on"}
    looked_at = _moment(row.updated)
    return Item(
        uid=f"{REGISTERS}:{key}",
        tracker=REGISTERS,
        native_id=key,
        key=key,
        url="",
        project=REGISTERS,
        kind=kind,
        native_type=kind.value,
        native_state=row.status.value,
        stage=row.status,
        title=row.title,
        revision="",
        created_at=looked_at or _LONG_AGO,
        updated_at=looked_at or _LONG_AGO,
        owner=row.owner,
        due_on=row.due,
        last_human_change_at=looked_at,
        unseen=_FIELDS - seen,
    )


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(12), UTC) if day else None


def _plain(text: str) -> str:
    return re.sub(r"[\s:|]+", "-", text)
