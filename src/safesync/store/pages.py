"""Items, links, facts and surroundings: written page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select, update

from safesync.connectors.port import Page, Surroundings
from safesync.facts.item.measured import MEASURED
from safesync.model.item import Item
from safesync.store.database import remove, upsert
from safesync.store.documents import document, read, told
from safesync.store.findings import end_of_subjects
from safesync.store.port import TrackerState
from safesync.store.tables import FACTS, ITEMS, LINKS, READINGS, REPLIED, SURROUNDINGS, TOUCHED, TRACKERS, UNSEEN

_NOTHING = dict.fromkeys(fact.name for fact in MEASURED)
"""A row without any fact; one that was measured has them all, and ``unseen``."""
_AT_ONCE = 500
"""How many values stand in one ``IN``; SQLite takes 32,766, a plan is best below a thousand."""


def save_page(
    connection: Connection, tracker: str, page: Page, rows: Sequence[Mapping[str, object]], *, state: TrackerState, now: datetime
) -> None:
    """Everything of a page, in the caller's transaction."""
    if page.items:
        _save_items(connection, page.items, rows, now)
        touch(connection, [one.uid for one in page.items])
    mark_gone(connection, page.gone, now)
    if page.surroundings is not None:
        upsert(connection, SURROUNDINGS, [{"tracker": tracker, "document": document(page.surroundings)}])
    if page.cursor is not None:
        # Account and fingerprint move only with the cursor that was made under them: a full read that breaks off
        # must begin again, and not go on from the cursor of before.
        known = {"cursor": page.cursor, "account_id": state.account_id, "fingerprint": state.fingerprint}
        upsert(connection, TRACKERS, [{"name": tracker, **known}])


def mark_gone(connection: Connection, uids: Sequence[str], now: datetime) -> None:
    """Items are no more, and so are their findings."""
    if uids:
        gone = update(ITEMS).where(ITEMS.c.uid == bindparam("one"), ITEMS.c.gone_at.is_(None)).values(gone_at=now)
        connection.execute(gone, [{"one": uid} for uid in uids])
        touch(connection, uids)
        end_of_subjects(connection, uids, now)


def touch(connection: Connection, uids: Iterable[str]) -> None:
    """These items are no more as the columns beside them say."""
    upsert(connection, TOUCHED, [{"uid": uid} for uid in dict.fromkeys(uids)])


def tracker_state(connection: Connection, tracker: str) -> TrackerState:
    """How far a tracker was read; all ``None`` for one never read."""
    row = connection.execute(select(TRACKERS).where(TRACKERS.c.name == tracker)).one_or_none()
    known = TrackerState(row.cursor, row.account_id, row.fingerprint) if row else TrackerState(None, None, None)
    last = connection.execute(select(READINGS).where(READINGS.c.tracker == tracker)).one_or_none()
    return replace(known, trouble=last.trouble, lost=read(last.lost, tuple[str, ...])) if last else known


def note_reading(connection: Connection, tracker: str, trouble: str | None, lost: Iterable[str]) -> None:
    """How the last reading ended."""
    upsert(connection, READINGS, [{"tracker": tracker, "trouble": trouble, "lost": document(sorted(lost))}])


def surroundings(connection: Connection, tracker: str) -> Surroundings:
    """What a tracker last told of them."""
    told = connection.scalar(select(SURROUNDINGS.c.document).where(SURROUNDINGS.c.tracker == tracker))
    return read(told, Surroundings) if told is not None else Surroundings()


def uids(connection: Connection, tracker: str) -> frozenset[str]:
    """The items of a tracker that are not gone."""
    return frozenset(connection.scalars(select(ITEMS.c.uid).where(ITEMS.c.tracker == tracker, ITEMS.c.gone_at.is_(None))))


def item(connection: Connection, reference: str) -> Item | None:
    """One item by uid, ``tracker:key`` or a key that one tracker alone has."""
    found = connection.execute(_ITEM.where(_named(reference), ITEMS.c.gone_at.is_(None)).limit(2)).all()
    exact = [row for row in found if row.uid == reference] or found
    return _read(*exact[0][1:]) if len(exact) == 1 else None


def gone_at(connection: Connection, reference: str) -> datetime | None:
    """When the last of those so named was seen to be gone; ``None`` where one is there."""
    times = connection.scalars(select(ITEMS.c.gone_at).where(_named(reference))).all()
    return None if None in times else max(times, default=None)


def _named(reference: str) -> ColumnElement[bool]:
    tracker, _, rest = reference.partition(":")
    return or_(
        ITEMS.c.uid == reference,
        (ITEMS.c.tracker == tracker) & ITEMS.c.key.in_({rest, rest.upper()}),
        ITEMS.c.key.in_({reference, reference.upper()}),
    )


def items(connection: Connection, wanted: Iterable[str]) -> dict[str, Item]:
    """Items by uid; gone and unknown ones are absent."""
    found: dict[str, Item] = {}
    for some in _chunks(wanted):
        rows = connection.execute(_ITEM.where(ITEMS.c.uid.in_(some), ITEMS.c.gone_at.is_(None)))
        found.update((uid, _read(text, unseen)) for uid, text, unseen in rows)
    return found


def replied(connection: Connection) -> dict[str, Item]:
    """The items on which people speak to us."""
    return items(connection, connection.scalars(select(REPLIED.c.uid)).all())


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some


_ITEM = select(ITEMS.c.uid, ITEMS.c.document, UNSEEN.c.names).outerjoin(UNSEEN, UNSEEN.c.unseen_id == ITEMS.c.unseen_id)


def _read(text: str, unseen: str | None) -> Item:
    one = read(text, Item)
    return one if unseen is None else replace(one, unseen=frozenset(unseen.split()))


def _save_items(connection: Connection, some: Sequence[Item], rows: Sequence[Mapping[str, object]], now: datetime) -> None:
    unseen = [_names(one.unseen) for one in some]
    unseen_facts = [str(row.get("unseen") or "") for row in rows]
    numbers = _numbered(connection, {*unseen, *unseen_facts})
    upsert(connection, ITEMS, [_item_row(one, numbers[names], now) for one, names in zip(some, unseen, strict=True)])
    for table in (LINKS, REPLIED):
        remove(connection, table, "uid", [one.uid for one in some])
    upsert(connection, REPLIED, [{"uid": one.uid} for one in some if one.replies])
    links = {(one.uid, str(link.relation), link.target): None for one in some for link in one.links}
    upsert(connection, LINKS, [{"uid": uid, "relation": relation, "target": target} for uid, relation, target in links])
    facts = [row if len(row) > len(_NOTHING) else {**_NOTHING, **row} for row in rows]
    upsert(connection, FACTS, facts, uid=[one.uid for one in some], unseen_id=[numbers[names] for names in unseen_facts])


@lru_cache(maxsize=1_024)
def _names(unseen: frozenset[str]) -> str:
    return " ".join(sorted(unseen))


def _numbered(connection: Connection, wanted: Collection[str]) -> dict[str, int]:
    """The number that each of these sets of names stands under; a set that is new is given one."""
    numbers = _known_numbers(connection, wanted)
    if new := sorted(set(wanted) - numbers.keys()):
        connection.execute(insert(UNSEEN), [{"names": names} for names in new])
        numbers |= _known_numbers(connection, new)
    return numbers


def _known_numbers(connection: Connection, wanted: Collection[str]) -> dict[str, int]:
    return {row.names: row.unseen_id for row in connection.execute(select(UNSEEN).where(UNSEEN.c.names.in_(wanted)))}


def _item_row(one: Item, unseen_id: int, now: datetime) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "tracker": one.tracker,
        "native_id": one.native_id,
        "key": one.key,
        "document": told(one, but="unseen"),
        "seen_at": now,
        "gone_at": None,
        "missed_at": None,
        "unseen_id": unseen_id,
    }
