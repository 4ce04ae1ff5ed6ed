"""Never two runs of one tracker at once: a lock that everybody who shares the store shares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from safesync.model.errors import RunError


def only_run_of(tracker: str, engine: Engine) -> AbstractContextManager[None]:
    """
    Holds a tracker for this process; ``RunError`` at once when another run holds it.

    Whoever holds it lets go when its process dies, so a killed run blocks nobody: of a file beside a SQLite store by the
    operating system, of PostgreSQL by the server, which notices the end of the connection on whatever machine it was.
    """
    if engine.dialect.name == "postgresql":
        return _held_by_session(tracker, engine)
    # A store in memory is nobody else's.
    return _held_by_file(tracker, Path(engine.url.database)) if engine.url.database else nullcontext()


@contextmanager
def _held_by_file(tracker: str, store: Path) -> Iterator[None]:
    lock = FileLock(store.absolute().parent / f".safesync-{_digest(tracker).hex()[:12]}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _taken() from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _held_by_session(tracker: str, engine: Engine) -> Iterator[None]:
    # A connection of its own for as long as the run lasts, outside any transaction: an open one would keep vacuum waiting.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"key": int.from_bytes(_digest(tracker)[:8], signed=True)}
        if not connection.execute(text("select pg_try_advisory_lock(:key)"), key).scalar():
            raise _taken()
        try:
            yield
        finally:
            # Said, and not left to the end of the connection, which the server notices in its own time; a lost one is noticed.
            with suppress(DBAPIError):
                connection.execute(text("select pg_advisory_unlock(:key)"), key)
            # The connection goes back to a pool, and a lock that was not let go would go on with it.
            connection.invalidate()


def _digest(tracker: str) -> bytes:
    # A tracker's name may hold what a file name may not; other programs may lock numbers of their own.
    return hashlib.sha256(f"safesync {tracker}".encode()).digest()


def _taken() -> RunError:
    return RunError("another run is at work on this tracker; it is left to that one")
