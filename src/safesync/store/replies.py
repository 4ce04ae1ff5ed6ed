"""Marks (what we said and set) and intents (writes that were announced)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, func, insert, select, update

from safesync.feedback.labels import READY
from safesync.model.change import CommentMark
from safesync.model.message import Message
from safesync.store.database import upsert
from safesync.store.documents import document, read
from safesync.store.port import Intent, IntentKind, Write
from safesync.store.tables import ACCOUNTS, INTENTS, MARKS, RUNS

_AT_ONCE = 500
_MESSAGE = TypeAdapter(Message)
"""As msgspec reads no union of two plain dataclasses (paragraphs and bullets)."""


def marks(connection: Connection) -> dict[str, CommentMark]:
    """What we know of our comments and labels, by uid."""
    return {
        row.uid: CommentMark(
            row.uid,
            row.comment_id,
            row.digest,
            read(row.labels, tuple[str, ...]),
            row.silenced,
            row.asked,
            _codes(row.undone),
        )
        for row in connection.execute(select(MARKS))
    }


def _codes(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else read(text, tuple[str, ...])


def save_mark(connection: Connection, mark: CommentMark) -> None:
    """Remember a mark."""
    row = {
        "uid": mark.uid,
        "comment_id": mark.comment_id,
        "digest": mark.digest,
        "labels": document(mark.labels),
        "silenced": mark.silenced,
        "asked": mark.asked,
        "undone": None if mark.undone is None else document(mark.undone),
    }
    upsert(connection, MARKS, [row])


def accounts(connection: Connection, tracker: str) -> frozenset[str]:
    """Under which accounts we ever wrote."""
    return frozenset(connection.scalars(select(ACCOUNTS.c.account_id).where(ACCOUNTS.c.tracker == tracker)))


def note_account(connection: Connection, tracker: str, account_id: str) -> None:
    """One more, or the same again."""
    upsert(connection, ACCOUNTS, [{"tracker": tracker, "account_id": account_id}])


def announce(connection: Connection, intent: Intent, message: Message | None) -> int:
    """Keep an intent; its id (the one it carries does not count)."""
    row = {"run_id": intent.run_id, "tracker": intent.ref.tracker, "document": document(intent), "settled": False}
    row |= {"uid": intent.ref.uid, "message": document(message) if message else None}
    intent_id: int = connection.execute(insert(INTENTS).values(row).returning(INTENTS.c.intent_id)).scalar_one()
    return intent_id


def settle(connection: Connection, intent_id: int, mark: CommentMark | None = None) -> None:
    """Close an intent: it happened when it led to ``mark``, of a comment only if that says what was announced."""
    closing = update(INTENTS).where(INTENTS.c.intent_id == intent_id)
    known = connection.scalar(select(INTENTS.c.document).where(INTENTS.c.intent_id == intent_id))
    intent = read(known, Intent) if known else None
    happened = mark is not None and intent is not None and (intent.kind is IntentKind.LABELS or mark.digest == intent.digest)
    connection.execute(closing.values(settled=True, happened=happened))


def writes(connection: Connection, run_id: int | None) -> tuple[Write, ...]:
    """
    What happened, in its order.

    What a comment said before is what the write before said on the same item, of whatever run.
    """
    said: dict[str, Message] = {}
    found: list[Write] = []
    rows = connection.execute(select(INTENTS).where(INTENTS.c.happened).order_by(INTENTS.c.intent_id))
    for row in rows:
        intent = replace(read(row.document, Intent), intent_id=row.intent_id)
        message = _MESSAGE.validate_json(row.message) if row.message else None
        if run_id is None or row.run_id == run_id:
            found.append(Write(intent, message, said.get(intent.ref.uid) if message else None))
        if message:
            said[intent.ref.uid] = message
    return tuple(found)


def written(connection: Connection, run_id: int) -> dict[str, int]:
    """How many writes of each sort are known to have happened in a run."""
    happened = select(INTENTS.c.document).where(INTENTS.c.run_id == run_id, INTENTS.c.happened)
    intents = [read(text, Intent) for text in connection.scalars(happened)]
    begun = [intent.begins for intent in intents if intent.kind is IntentKind.COMMENT]
    return {
        "created": sum(begun),
        "edited": len(begun) - sum(begun),
        "labels_added": sum(len(intent.add) for intent in intents),
        "labels_removed": sum(len(intent.remove) for intent in intents),
    }


def forget_writes(connection: Connection, before: datetime) -> None:
    """
    Nothing of runs that began before then, but what they said and labelled last on each item.

    Who takes the next write back says that again; and an item that was written to is none that we begin on.
    """
    of_old = INTENTS.c.run_id.in_(select(RUNS.c.run_id).where(RUNS.c.started_at < before))
    last = select(func.max(INTENTS.c.intent_id)).where(of_old, INTENTS.c.happened).group_by(INTENTS.c.uid, INTENTS.c.message.is_(None))
    connection.execute(delete(INTENTS).where(of_old, INTENTS.c.settled, INTENTS.c.intent_id.not_in(last)))


def said(connection: Connection, uids: Sequence[str]) -> dict[str, Message]:
    """What was last written into our comment on each item."""
    told: dict[str, Message] = {}
    for start in range(0, len(uids), _AT_ONCE):
        wanted = uids[start : start + _AT_ONCE]
        newest = select(func.max(INTENTS.c.intent_id)).where(INTENTS.c.happened, INTENTS.c.message.is_not(None), INTENTS.c.uid.in_(wanted))
        rows = connection.execute(select(INTENTS.c.uid, INTENTS.c.message).where(INTENTS.c.intent_id.in_(newest.group_by(INTENTS.c.uid))))
        told |= {uid: _MESSAGE.validate_json(text) for uid, text in rows}
    return told


def carried_out(connection: Connection, after_run: int) -> tuple[Intent, ...]:
    """What happened in later runs, oldest first."""
    rows = connection.execute(
        select(INTENTS.c.intent_id, INTENTS.c.document)
        .where(INTENTS.c.run_id > after_run, INTENTS.c.happened)
        .order_by(INTENTS.c.intent_id)
    )
    return tuple(replace(read(text, Intent), intent_id=intent_id) for intent_id, text in rows)


def begun_since(connection: Connection, moment: datetime) -> tuple[str, ...]:
    """The items that nothing had been written to before a run that began since then, but that they are ready."""
    first: dict[str, datetime] = {}
    for intent, began in _written_since(connection, moment):
        if not _only_readies(intent):
            first[intent.ref.uid] = min(began, first.get(intent.ref.uid, began))
    return tuple(sorted(uid for uid, began in first.items() if began >= moment))


def readied_since(connection: Connection, moment: datetime) -> int:
    """How many items were called ready by a run that began since then, and nothing else."""
    return len({intent.ref.uid for intent, began in _written_since(connection, moment) if began >= moment and _only_readies(intent)})


def _written_since(connection: Connection, moment: datetime) -> Iterator[tuple[Intent, datetime]]:
    """Whatever was ever written to the items that were written to since then, and when its run began."""
    lately = select(INTENTS.c.uid).join(RUNS, RUNS.c.run_id == INTENTS.c.run_id).where(INTENTS.c.happened, RUNS.c.started_at >= moment)
    written = select(INTENTS.c.document, RUNS.c.started_at).join(RUNS, RUNS.c.run_id == INTENTS.c.run_id)
    for text, began in connection.execute(written.where(INTENTS.c.happened, INTENTS.c.uid.in_(lately))):
        yield read(text, Intent), began


def _only_readies(intent: Intent) -> bool:
    return intent.kind is IntentKind.LABELS and intent.add == (READY,) and not intent.remove


def open_intents(connection: Connection, tracker: str) -> tuple[Intent, ...]:
    """Announced and never settled, oldest first."""
    rows = connection.execute(
        select(INTENTS.c.intent_id, INTENTS.c.document)
        .where(INTENTS.c.tracker == tracker, INTENTS.c.settled.is_(False))
        .order_by(INTENTS.c.intent_id)
    )
    return tuple(replace(read(text, Intent), intent_id=intent_id) for intent_id, text in rows)
