"""Findings with their first and last sight; ended ones stay as history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, text, update

from safesync.model.finding import Finding, KnownFinding, Report
from safesync.store.documents import document, read
from safesync.store.tables import FINDINGS

_RECORDING = 0x5AFE_F1ED
"""Two that record at once would both begin what is new."""
_OPEN = FINDINGS.c.ended_at.is_(None)


def findings(connection: Connection) -> tuple[KnownFinding, ...]:
    """All findings that are not over."""
    rows = connection.execute(
        select(FINDINGS.c.document, FINDINGS.c.first_seen_at, FINDINGS.c.last_seen_at)
        .where(_OPEN)
        .order_by(FINDINGS.c.subject, FINDINGS.c.code)
    )
    return tuple(KnownFinding(read(text, Finding), first, last) for text, first, last in rows)


def ended(connection: Connection, since: datetime, until: datetime) -> tuple[Finding, ...]:
    """Those that ended in this time."""
    over = select(FINDINGS.c.document).where(FINDINGS.c.ended_at >= since, FINDINGS.c.ended_at < until)
    return tuple(read(text, Finding) for text in connection.scalars(over.order_by(FINDINGS.c.subject, FINDINGS.c.code)))


def record(connection: Connection, report: Report) -> None:
    """New findings begin, seen ones go on, ended ones end; what was not looked at stays as it is."""
    if connection.dialect.name == "postgresql":  # of SQLite a writing transaction has the whole file
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _RECORDING})
    known = {
        (code, subject): finding_id
        for finding_id, code, subject in connection.execute(select(FINDINGS.c.finding_id, FINDINGS.c.code, FINDINGS.c.subject).where(_OPEN))
    }
    flawed = {(finding.code, finding.subject): finding for finding in report.flawed}
    _begin(connection, [finding for pair, finding in flawed.items() if pair not in known], report.judged_at)
    _go_on(connection, [(known[pair], finding) for pair, finding in flawed.items() if pair in known], report.judged_at)
    over = [known[pair] for pair in known.keys() - flawed.keys() if report.looked_at(*pair)]
    _end(connection, over, report.judged_at)


def end_of_subjects(connection: Connection, subjects: Sequence[str], now: datetime) -> None:
    """Nothing is open any more about these subjects."""
    ended = update(FINDINGS).where(FINDINGS.c.subject == bindparam("one"), _OPEN).values(ended_at=now)
    connection.execute(ended, [{"one": subject} for subject in subjects])


def _begin(connection: Connection, new: Sequence[Finding], now: datetime) -> None:
    if new:
        rows = [
            {"code": one.code, "subject": one.subject, "document": document(one), "first_seen_at": now, "last_seen_at": now} for one in new
        ]
        connection.execute(insert(FINDINGS), rows)


def _go_on(connection: Connection, seen: Sequence[tuple[int, Finding]], now: datetime) -> None:
    if seen:
        again = update(FINDINGS).where(FINDINGS.c.finding_id == bindparam("one"))
        rows = [{"one": finding_id, "document": document(finding), "last_seen_at": now} for finding_id, finding in seen]
        connection.execute(again, rows)


def _end(connection: Connection, over: Sequence[int], now: datetime) -> None:
    if over:
        ended = update(FINDINGS).where(FINDINGS.c.finding_id == bindparam("one")).values(ended_at=now)
        connection.execute(ended, [{"one": finding_id} for finding_id in over])
