"""
What was known on each day, so that other rules can be tried on it.

A day keeps the rows of the items that changed since the day before, and from time to time all of them: then the days before
can be forgotten without touching what follows. Only measured facts and links are kept, never a text of an item beyond them.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import polars as pl
from sqlalchemy import Connection, ScalarSelect, delete, func, insert, select

from safesync.facts.item.measured import MEASURED
from safesync.store import packing
from safesync.store.documents import document, read
from safesync.store.port import Occasion, Scene, Snapshot
from safesync.store.rows import measured_rows
from safesync.store.tables import SNAPSHOT_PARTS, SNAPSHOTS

_WHOLE_EVERY = timedelta(days=30)
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Around:
    """What stood around the items; ``facts`` names those that were measured then."""

    occasion: Occasion
    facts: tuple[str, ...]


def keep(connection: Connection, occasion: Occasion, keep_days: int) -> bool:
    """The day's snapshot, if there is none of it or of a later one yet; in the caller's transaction."""
    day = occasion.at.astimezone(UTC).date()
    newest = connection.scalar(select(func.max(SNAPSHOTS.c.day)))
    if newest is not None and newest >= day:
        return False
    whole = connection.scalar(select(func.max(SNAPSHOTS.c.day)).where(SNAPSHOTS.c.whole))
    begins = whole is None or day - whole >= _WHOLE_EVERY
    around = _Around(replace(occasion, at=_NO_TIME), tuple(fact.name for fact in MEASURED))
    told = None if not begins and around == _around(connection) else zlib.compress(document(around).encode())
    known = packing.nothing() if begins else _known(connection, whole)
    connection.execute(insert(SNAPSHOTS).values(day=day, taken_at=occasion.at, whole=begins, around=told))
    for number, part in enumerate(packing.parts(measured_rows(connection), known)):
        connection.execute(insert(SNAPSHOT_PARTS).values(day=day, part=number, rows=part))
    _forget(connection, day - timedelta(days=keep_days))
    return True


def days(connection: Connection) -> tuple[date, ...]:
    """The days of which something is known."""
    return tuple(connection.scalars(select(SNAPSHOTS.c.day).order_by(SNAPSHOTS.c.day)))


def since(connection: Connection, day: date, facts: Collection[str] | None = None) -> Iterator[Snapshot]:
    """The snapshots from a day on; one at a time is in memory."""
    chosen = tuple(fact for fact in MEASURED if facts is None or fact.name in facts)
    told = select(SNAPSHOTS).where(SNAPSHOTS.c.day >= func.coalesce(_last_whole(day), day)).order_by(SNAPSHOTS.c.day)
    around, state = _Around(Occasion(_NO_TIME), ()), pl.DataFrame()
    for each in connection.execute(told).all():
        around = _read(each.around) if each.around is not None else around
        parts = select(SNAPSHOT_PARTS.c.rows).where(SNAPSHOT_PARTS.c.day == each.day).order_by(SNAPSHOT_PARTS.c.part)
        changed = [packing.unpacked(part, chosen, around.facts) for part in connection.scalars(parts)]
        state = packing.after(packing.empty(chosen) if each.whole else state, changed)
        if each.day >= day:
            yield Snapshot(replace(around.occasion, at=each.taken_at), _scene(around.occasion, state))


def _scene(occasion: Occasion, state: pl.DataFrame) -> Scene:
    facts, links = packing.judged_columns(state)
    return Scene(facts, links, occasion.iterations, occasion.intervals, occasion.columns, occasion.teams)


def _last_whole(day: date) -> ScalarSelect[date | None]:
    return select(func.max(SNAPSHOTS.c.day)).where(SNAPSHOTS.c.whole, SNAPSHOTS.c.day <= day).scalar_subquery()


def _known(connection: Connection, since_day: date) -> pl.DataFrame:
    """Who was there on the newest day, and a number that changes with what was known of it."""
    of_days = select(SNAPSHOT_PARTS.c.rows).where(SNAPSHOT_PARTS.c.day >= since_day).order_by(SNAPSHOT_PARTS.c.day, SNAPSHOT_PARTS.c.part)
    return packing.digests(connection.scalars(of_days))


def _around(connection: Connection) -> _Around | None:
    told = select(SNAPSHOTS.c.around).where(SNAPSHOTS.c.around.is_not(None)).order_by(SNAPSHOTS.c.day.desc()).limit(1)
    found = connection.scalar(told)
    return None if found is None else _read(found)


def _read(told: bytes) -> _Around:
    return read(zlib.decompress(told).decode(), _Around)


def _forget(connection: Connection, until: date) -> None:
    """The days before the last whole one that is not later than ``until``: nothing that is kept builds on them."""
    first = connection.scalar(select(_last_whole(until)))
    if first is not None:
        for table in (SNAPSHOT_PARTS, SNAPSHOTS):
            connection.execute(delete(table).where(table.c.day < first))
