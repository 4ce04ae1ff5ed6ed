"""Never two runs of one tracker at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from safesync.model.errors import RunError


@contextmanager
def only_run_of(tracker: str, folder: Path) -> Iterator[None]:
    """
    Holds a tracker for this process; ``RunError`` at once when another run holds it.

    ``folder`` is where the store is: everybody who shares the store shares the lock. The operating system lets go of
    it when a process dies, so a killed run blocks nobody. It does not reach other machines.
    """
    # A tracker's name may hold what a file name may not.
    lock = FileLock(folder / f".safesync-{hashlib.sha256(tracker.encode()).hexdigest()[:12]}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunError(f"{tracker}: another run is at work on this tracker; it is left to that one") from error
    try:
        yield
    finally:
        lock.release()
