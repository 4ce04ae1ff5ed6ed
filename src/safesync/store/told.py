"""What each channel was told."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select

from safesync.store.database import upsert
from safesync.store.tables import TOLD


def told(connection: Connection, channel: str) -> dict[str, datetime]:
    """The matters that it was told and that are not over, and when."""
    rows = connection.execute(select(TOLD.c.matter, TOLD.c.told_at).where(TOLD.c.channel == channel))
    return {row.matter: row.told_at for row in rows}


def note_told(connection: Connection, channel: str, matter: str, now: datetime) -> None:
    """It was told of a matter."""
    upsert(connection, TOLD, [{"channel": channel, "matter": matter, "told_at": now}])


def forget_told(connection: Connection, channel: str, matters: Collection[str]) -> None:
    """These are over for it."""
    connection.execute(delete(TOLD).where(TOLD.c.channel == channel, TOLD.c.matter.in_(matters)))
