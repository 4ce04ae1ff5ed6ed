"""Runs and what they counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from safesync.store.documents import document, read
from safesync.store.port import RunRecord
from safesync.store.replies import written
from safesync.store.tables import RUNS


def start_run(connection: Connection, verb: str, now: datetime, written_by: str = "") -> int:
    """A new run; its id."""
    begun = insert(RUNS).values(verb=verb, started_at=now, written_by=written_by).returning(RUNS.c.run_id)
    run_id: int = connection.execute(begun).scalar_one()
    return run_id


def last_runs(connection: Connection, last: int) -> tuple[RunRecord, ...]:
    """The newest first."""
    rows = connection.execute(select(RUNS).order_by(RUNS.c.run_id.desc()).limit(last))
    return tuple(
        RunRecord(
            row.run_id,
            row.verb,
            row.started_at,
            row.finished_at,
            row.outcome,
            _figures(connection, row),
            row.written_by or "",
        )
        for row in rows
    )


def _figures(connection: Connection, row: Row[Any]) -> dict[str, int]:
    return read(row.figures, dict[str, int]) if row.figures else written(connection, row.run_id)


def finish_run(connection: Connection, run_id: int, now: datetime, outcome: str, figures: Mapping[str, int]) -> None:
    """How a run ended."""
    ended = {"finished_at": now, "outcome": outcome, "figures": document(dict(figures))}
    connection.execute(update(RUNS).where(RUNS.c.run_id == run_id).values(**ended))


def last_figures(connection: Connection, outcome: str) -> dict[str, int] | None:
    """What the newest run with this outcome counted, ``None`` when there was none."""
    newest = select(RUNS.c.figures).where(RUNS.c.outcome == outcome).order_by(RUNS.c.run_id.desc()).limit(1)
    figures = connection.execute(newest).scalar_one_or_none()
    return None if figures is None else read(figures, dict[str, int])
