"""Marks (what we said and set) and intents (writes that were announced)."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from safesync.model.change import CommentMark
from safesync.store.database import upsert
from safesync.store.documents import document, read
from safesync.store.port import Intent
from safesync.store.tables import ACCOUNTS, INTENTS, MARKS


def marks(connection: Connection) -> dict[str, CommentMark]:
    """What we know of our comments and labels, by uid."""
    return {
        row.uid: CommentMark(row.uid, row.comment_id, row.digest, read(row.labels, tuple[str, ...]), row.silenced)
        for row in connection.execute(select(MARKS))
    }


def save_mark(connection: Connection, mark: CommentMark) -> None:
    """Remember a mark."""
    row = {
        "uid": mark.uid,
        "comment_id": mark.comment_id,
        "digest": mark.digest,
        "labels": document(mark.labels),
        "silenced": mark.silenced,
    }
    upsert(connection, MARKS, [row])


def accounts(connection: Connection, tracker: str) -> frozenset[str]:
    """Under which accounts we ever wrote."""
    return frozenset(connection.scalars(select(ACCOUNTS.c.account_id).where(ACCOUNTS.c.tracker == tracker)))


def note_account(connection: Connection, tracker: str, account_id: str) -> None:
    """One more, or the same again."""
    upsert(connection, ACCOUNTS, [{"tracker": tracker, "account_id": account_id}])


def announce(connection: Connection, intent: Intent) -> int:
    """Keep an intent; its id (the one it carries does not count)."""
    row = {"run_id": intent.run_id, "tracker": intent.ref.tracker, "document": document(intent), "settled": False}
    intent_id: int = connection.execute(insert(INTENTS).values(row).returning(INTENTS.c.intent_id)).scalar_one()
    return intent_id


def settle(connection: Connection, intent_id: int) -> None:
    """Close an intent."""
    connection.execute(update(INTENTS).where(INTENTS.c.intent_id == intent_id).values(settled=True))


def open_intents(connection: Connection, tracker: str) -> tuple[Intent, ...]:
    """Announced and never settled, oldest first."""
    rows = connection.execute(
        select(INTENTS.c.intent_id, INTENTS.c.document)
        .where(INTENTS.c.tracker == tracker, INTENTS.c.settled.is_(False))
        .order_by(INTENTS.c.intent_id)
    )
    return tuple(replace(read(text, Intent), intent_id=intent_id) for intent_id, text in rows)
