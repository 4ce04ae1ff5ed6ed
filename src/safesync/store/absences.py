"""Items that a census did not show, beside those that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from safesync.store import told
from safesync.store.port import Absent, RollCall
from safesync.store.tables import FACTS, ITEMS

_AT_ONCE = 1_000


def projects(connection: Connection, tracker: str) -> dict[str, int]:
    """Project -> how many items are not gone."""
    counted = select(_PROJECT, func.count()).select_from(_KNOWN).where(*_present(tracker)).group_by(_PROJECT)
    return {row[0]: row[1] for row in connection.execute(counted)}


def roll_call(connection: Connection, tracker: str, census: frozenset[str]) -> RollCall:
    """Who is absent in a census, and how many are known of each project."""
    known: Counter[str] = Counter()
    absent: list[Absent] = []
    everyone = select(ITEMS.c.uid, _PROJECT, ITEMS.c.missed_at).select_from(_KNOWN).where(*_present(tracker)).order_by(ITEMS.c.uid)
    for uid, project, missed_at in connection.execute(everyone.execution_options(yield_per=_AT_ONCE)):
        known[project] += 1
        if uid not in census:
            absent.append(Absent(uid, project, missed_at))
    return RollCall(known, tuple(absent))


def remember(connection: Connection, tracker: str, missed: Collection[str], now: datetime) -> None:
    """These and no others were missed by the newest census; whoever was missed before keeps the time."""
    once = connection.scalars(select(ITEMS.c.uid).where(ITEMS.c.tracker == tracker, ITEMS.c.missed_at.is_not(None))).all()
    for uids, at in ((set(once).difference(missed), None), (set(missed).difference(once), now)):
        if uids:
            noted = update(ITEMS).where(ITEMS.c.uid == bindparam("one")).values(missed_at=at)
            connection.execute(noted, [{"one": uid} for uid in sorted(uids)])


def unfound(connection: Connection, tracker: str) -> Mapping[str, datetime]:
    """Who was asked for in vain and not seen since, and when first."""
    # Beside the items: to find a few among many, all of them would be read in each check.
    return told.told(connection, _channel(tracker))


def note_unfound(connection: Connection, tracker: str, uids: Collection[str], now: datetime) -> None:
    """These were asked for in vain; whoever was before keeps the time."""
    for uid in sorted(set(uids).difference(unfound(connection, tracker))):
        told.note_told(connection, _channel(tracker), uid, now)


def found(connection: Connection, tracker: str, *uids: Collection[str]) -> None:
    """These are shown again, or gone."""
    if over := {one for one in unfound(connection, tracker) if any(one in some for some in uids)}:
        told.forget_told(connection, _channel(tracker), over)


def _channel(tracker: str) -> str:
    return f"not found in {tracker}"


_KNOWN = ITEMS.outerjoin(FACTS, FACTS.c.uid == ITEMS.c.uid)
_PROJECT = func.coalesce(FACTS.c.project, "")


def _present(tracker: str) -> tuple[ColumnElement[bool], ...]:
    return ITEMS.c.tracker == tracker, ITEMS.c.gone_at.is_(None)
