"""The baseline: since when we speak in each tracker, and what was there before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select

from safesync.model.baseline import Baseline, Departure, OldFinding
from safesync.store.database import upsert
from safesync.store.tables import BASELINE, MET


def baseline(connection: Connection) -> Baseline:
    """All of it, also what has left."""
    met = {row.tracker: row.since for row in connection.execute(select(MET))}
    rows = connection.execute(select(BASELINE).order_by(BASELINE.c.subject, BASELINE.c.code, BASELINE.c.since))
    return Baseline(
        met,
        tuple(
            OldFinding(row.code, row.subject, row.train, row.since, row.revision, row.left_at, Departure(row.left) if row.left else None)
            for row in rows
        ),
    )


def save_old(connection: Connection, old: Iterable[OldFinding], met: Collection[str], now: datetime) -> None:
    """Old findings as they are now, and trackers that we speak in from now on."""
    known = set(connection.scalars(select(MET.c.tracker)))
    upsert(connection, MET, [{"tracker": name, "since": now} for name in sorted(set(met) - known)])
    upsert(connection, BASELINE, [asdict(each) for each in old])
