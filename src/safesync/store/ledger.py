"""The ledger of the gates before trackers, for all machines that share a PostgreSQL store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import structlog
from pyrate_limiter import Rate
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from safesync.connectors.ledger import FORGOTTEN_S, NO_PAUSE, MemoryLedger, Pause, step
from safesync.store.database import engine_of

_Found = TypeVar("_Found")
_LOCK = 0x5AFE_6A7E
_TABLES = (
    "CREATE TABLE IF NOT EXISTS gate_spent (gate text PRIMARY KEY, state text NOT NULL)",
    "CREATE TABLE IF NOT EXISTS gate_pauses (gate text PRIMARY KEY, until_s double precision NOT NULL, reason text NOT NULL)",
)
_log = structlog.get_logger()


class PostgresLedger:
    """
    See ``connectors.ledger.Ledger``; time is the server's, for machines do not agree on it.

    Where the server cannot be had, this process keeps its ledger for itself: whoever lost the store has other sorrows.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._alone: MemoryLedger | None = None

    def take(self, gate: str, rate: Rate, now_s: float) -> float:
        """See ``Ledger``."""
        return self._kept(lambda connection: _take(connection, gate, rate), lambda alone: alone.take(gate, rate, now_s))

    def pause(self, gate: str, pause: Pause) -> None:
        """See ``Ledger``."""
        self._kept(lambda connection: _pause(connection, gate, pause), lambda alone: alone.pause(gate, pause))

    def paused(self, *gates: str) -> Pause:
        """See ``Ledger``."""
        return self._kept(lambda connection: _paused(connection, gates), lambda alone: alone.paused(*gates))

    def close(self) -> None:
        """See ``Ledger``."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()

    def _kept(self, shared: Callable[[Connection], _Found], alone: Callable[[MemoryLedger], _Found]) -> _Found:
        if self._alone is None:
            try:
                with self._transaction() as connection:
                    return shared(connection)
            except SQLAlchemyError as error:
                _log.warning("gate.alone", reason=type(error).__name__)
        with self._lock:
            self._alone = self._alone or MemoryLedger()
        return alone(self._alone)

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self._lock:
            if self._engine is None:
                engine = engine_of(self._url)
                _prepare(engine)
                self._engine = engine
        with self._engine.begin() as connection:
            yield connection


def _prepare(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        for statement in _TABLES:
            connection.execute(text(statement))


def _take(connection: Connection, gate: str, rate: Rate) -> float:
    connection.execute(text("INSERT INTO gate_spent VALUES (:gate, '') ON CONFLICT DO NOTHING"), {"gate": gate})
    # Whoever comes at the same moment waits here; the clock is read after that.
    row = connection.execute(text("SELECT state FROM gate_spent WHERE gate = :gate FOR UPDATE"), {"gate": gate}).one()
    now_s = connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one()
    state, wait_s = step(rate, tuple(map(float, row.state.split())) or None, float(now_s))
    if not wait_s:
        told = {"gate": gate, "state": " ".join(map(repr, state))}
        connection.execute(text("UPDATE gate_spent SET state = :state WHERE gate = :gate"), told)
    return wait_s


def _pause(connection: Connection, gate: str, pause: Pause) -> None:
    connection.execute(text("DELETE FROM gate_pauses WHERE until_s < :long_ago"), {"long_ago": pause.until_s - FORGOTTEN_S})
    connection.execute(
        text(
            "INSERT INTO gate_pauses VALUES (:gate, :until_s, :reason) ON CONFLICT (gate) DO UPDATE"
            " SET until_s = excluded.until_s, reason = excluded.reason WHERE excluded.until_s > gate_pauses.until_s"
        ),
        {"gate": gate, "until_s": pause.until_s, "reason": pause.reason},
    )


def _paused(connection: Connection, gates: Sequence[str]) -> Pause:
    query = text("SELECT until_s, reason FROM gate_pauses WHERE gate = ANY(:gates) ORDER BY until_s DESC LIMIT 1")
    row = connection.execute(query, {"gates": list(gates)}).one_or_none()
    return NO_PAUSE if row is None else Pause(row.until_s, row.reason)
