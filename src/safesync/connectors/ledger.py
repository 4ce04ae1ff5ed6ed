"""
What all who ask one site as one identity must know of each other: how much was asked lately, and pauses that hold.

In memory for one process, in a small SQLite file for all processes of a machine that share a store. The arithmetic of
the rate is ``pyrate_limiter``'s; its own SQLite bucket keeps a row a call, polls a lock file and starts a thread, so
here is one that keeps one number a site.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import structlog
from pyrate_limiter import GCRA, Rate

_Found = TypeVar("_Found")
_BUSY_S = 5.0
FORGOTTEN_S = 400 * 86_400.0
"""Pauses that ended so long before a new one are kept no more; nobody is believed to ask for more than a year."""
_TABLES = (
    "CREATE TABLE IF NOT EXISTS spent (gate TEXT PRIMARY KEY, state TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS pauses (gate TEXT PRIMARY KEY, until_s REAL NOT NULL, reason TEXT NOT NULL)",
)
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is asked before ``until_s`` (seconds of the ledger's clock: Unix time where processes share it)."""

    until_s: float
    reason: str = ""


NO_PAUSE = Pause(0.0)


class Ledger(Protocol):
    """Keeps both, by the name of a gate; whole with many threads and, where it is shared, many processes."""

    def take(self, gate: str, rate: Rate, now_s: float) -> float:
        """Take a place for one call: 0.0, or the seconds after which there may be one, and none is taken."""

    def pause(self, gate: str, pause: Pause) -> None:
        """Somebody was asked to wait; an earlier, longer pause stands."""

    def paused(self, *gates: str) -> Pause:
        """The longest pause that was asked for of any of these, also when it is over."""

    def close(self) -> None:
        """Give back what is open; used again it is opened again."""


class MemoryLedger:
    """For the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent: dict[str, tuple[float, ...]] = {}
        self._pauses: dict[str, Pause] = {}

    def take(self, gate: str, rate: Rate, now_s: float) -> float:
        """See ``Ledger``."""
        with self._lock:
            self._spent[gate], wait_s = step(rate, self._spent.get(gate), now_s)
        return wait_s

    def pause(self, gate: str, pause: Pause) -> None:
        """See ``Ledger``."""
        with self._lock:
            if pause.until_s > self._pauses.get(gate, NO_PAUSE).until_s:
                self._pauses[gate] = pause

    def paused(self, *gates: str) -> Pause:
        """See ``Ledger``."""
        with self._lock:
            return max((self._pauses.get(gate, NO_PAUSE) for gate in gates), key=lambda pause: pause.until_s, default=NO_PAUSE)

    def close(self) -> None:
        """See ``Ledger``."""


class FileLedger:
    """
    For all processes that share the file; a pause outlives them.

    Where the file cannot be used, this process keeps its ledger for itself and says so: a full disk must not stop a run.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: sqlite3.Connection | None = None
        self._alone: MemoryLedger | None = None

    def take(self, gate: str, rate: Rate, now_s: float) -> float:
        """See ``Ledger``."""
        return self._kept(lambda file: _take(file, gate, rate, now_s), lambda alone: alone.take(gate, rate, now_s))

    def pause(self, gate: str, pause: Pause) -> None:
        """See ``Ledger``."""
        self._kept(lambda file: _pause(file, gate, pause), lambda alone: alone.pause(gate, pause))

    def paused(self, *gates: str) -> Pause:
        """See ``Ledger``."""
        return self._kept(lambda file: _paused(file, gates), lambda alone: alone.paused(*gates))

    def close(self) -> None:
        """See ``Ledger``."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _kept(self, shared: Callable[[sqlite3.Connection], _Found], alone: Callable[[MemoryLedger], _Found]) -> _Found:
        with self._lock:
            if self._alone is None:
                try:
                    return shared(self._opened())
                except sqlite3.Error as error:
                    self._alone = MemoryLedger()
                    _log.warning("gate.alone", file=self._path.name, reason=type(error).__name__)
            return alone(self._alone)

    def _opened(self) -> sqlite3.Connection:
        if self._file is None:
            self._file = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", *_TABLES):  # lost with the power, no harm
                self._file.execute(statement)
        return self._file


def _take(file: sqlite3.Connection, gate: str, rate: Rate, now_s: float) -> float:
    file.execute("BEGIN IMMEDIATE")  # no other process looks between our look and our word
    try:
        row = file.execute("SELECT state FROM spent WHERE gate = ?", (gate,)).fetchone()
        state, wait_s = step(rate, None if row is None else tuple(map(float, row[0].split())), now_s)
        if not wait_s:
            file.execute("INSERT OR REPLACE INTO spent VALUES (?, ?)", (gate, " ".join(map(repr, state))))
        file.execute("COMMIT")
    except sqlite3.Error:
        file.rollback()
        raise
    return wait_s


def _pause(file: sqlite3.Connection, gate: str, pause: Pause) -> None:
    # Items that were once written to too often must not fill the file for ever.
    file.execute("DELETE FROM pauses WHERE until_s < ?", (pause.until_s - FORGOTTEN_S,))
    file.execute(
        "INSERT INTO pauses VALUES (?, ?, ?) ON CONFLICT (gate) DO UPDATE SET until_s = excluded.until_s, reason = excluded.reason"
        " WHERE excluded.until_s > until_s",
        (gate, pause.until_s, pause.reason),
    )


def _paused(file: sqlite3.Connection, gates: Sequence[str]) -> Pause:
    marks = ", ".join("?" * len(gates))
    query = f"SELECT until_s, reason FROM pauses WHERE gate IN ({marks}) ORDER BY until_s DESC LIMIT 1"
    row = file.execute(query, gates).fetchone()
    return NO_PAUSE if row is None else Pause(*row)


def step(rate: Rate, state: tuple[float, ...] | None, now_s: float) -> tuple[tuple[float, ...], float]:
    """What is spent after a call at this time, and 0.0; or what was spent before, and the seconds until there is room."""
    algorithm = GCRA()
    before = algorithm.initial([rate]) if state is None or len(state) != 1 else state
    after, decision = algorithm.step([rate], before, int(now_s * 1000), 1)
    return after, 0.0 if decision.allowed else max(1, decision.retry_after_ms or 0) / 1000
