"""
Every error SafeSync raises on purpose, sorted by what the caller does about it.

SafeSyncError
|- ConfigurationError    the administrator must act; nothing was started          (exit 2)
|- RunError              this tracker's run ends, the others go on                (exit 4)
|- LimitError            a plan is too large; nothing was written                 (exit 3)
|- ItemError             skip this item, count it
|  |- ConflictError      changed under us: read and plan again
|- RetryableError        the same call may work later; carries after_s
|- UnknownOutcomeError   a write was sent and not answered: look before repeating
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class SafeSyncError(Exception):
    """
    Base of all; its text is a sentence for the person who has to act, without secrets or response bodies.

    It names neither the tracker nor the item that it is about, unless it speaks of several: whoever shows it knows them.
    """


@dataclass(frozen=True, slots=True)
class Mistake:
    """One wrong place in a configuration; line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigurationError(SafeSyncError):
    """
    The configuration or the command line is wrong; carries every mistake that was found.

    ``warnings`` are what is understood beside them and should be written otherwise, for who looks at the configuration itself.
    """

    def __init__(self, *mistakes: Mistake | str, warnings: tuple[Mistake, ...] = ()) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes, self.warnings = mistakes, warnings


class RunError(SafeSyncError):
    """One tracker cannot be read or written: wrong token, no permission, unreachable, a sign-in page for an answer."""


class LimitError(SafeSyncError):
    """A plan would write more than the limits allow."""


class ItemError(SafeSyncError):
    """One item cannot be handled; the run goes on without it."""


class ConflictError(ItemError):
    """The item changed since it was read."""


class RetryableError(SafeSyncError):
    """The same call may work later; ``after_s`` is how many seconds the tracker asks to wait, ``None`` if it did not say."""

    def __init__(self, message: str, after_s: float | None = None) -> None:
        super().__init__(message)
        self.after_s = after_s


class UnknownOutcomeError(SafeSyncError):
    """A write was sent and no answer came: it may have happened."""


@contextmanager
def naming(tracker: str) -> Iterator[None]:
    """Where nobody else does, an error that ends what is done with a tracker inside names it."""
    try:
        yield
    except (ConfigurationError, LimitError):
        raise
    except SafeSyncError as error:
        raise RunError(f"{tracker}: {error}") from error
