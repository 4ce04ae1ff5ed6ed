"""
How we ask a tracker again: with growing pauses, no sooner than it asks us to, and not for ever.

A call says by ``RetryableError`` that nothing happened and that asking again makes sense; a read says so for every
failure on the way, a write only when the tracker clearly refused to act (429). Everything else is not repeated here.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isnan, nan
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type

from safesync.model.errors import RetryableError, RunError

_Answer = TypeVar("_Answer")
_LONGEST_S = 366 * 86_400.0


def moment(text: str) -> datetime | None:
    """The aware UTC time that an HTTP date or an ISO stamp (seconds may be missing) names; ``None`` for anything else."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = read(text.strip())
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None


def asked_pause_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """
    Seconds that an answer asks us to wait, ``None`` when it does not ask.

    ``Retry-After`` counts in both its forms (seconds and HTTP date); ``X-RateLimit-Reset`` only where that is missing,
    and only when it is a moment: Azure DevOps sends Unix seconds there, on answers that do not ask for a pause too.
    Nobody is believed to ask for more than a year.
    """
    asked = headers.get("Retry-After")
    try:
        pause_s = float(asked or "")
    except ValueError:
        at = moment(headers.get("X-RateLimit-Reset", "") if asked is None else asked)
        pause_s = nan if at is None else (at - now).total_seconds()
    return None if isnan(pause_s) else min(max(0.0, pause_s), _LONGEST_S)


def advice(status: int) -> str:
    """What a person can do about a write that was refused with this status, as a sentence to append; empty when nobody knows."""
    if status == 403:
        return " Give our account the right to comment and to edit there."
    return " It is gone, or our account may not see it any more." if status == 404 else ""


class Patience:
    """
    Repeats calls to one site as one identity, from any number of threads.

    ``attempts`` is how often one call is sent at most; ``budget_s`` how long all calls of a run may wait together.
    ``sleep``, ``monotonic`` and ``jitter`` (a factor from 1.0 up) are seams for tests.
    """

    def __init__(
        self,
        *,
        attempts: int = 5,
        budget_s: float = 300.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self.attempts = attempts
        self.budget_s = budget_s
        self.waited_s = 0.0
        self._sleep = sleep
        self._monotonic = monotonic
        self._jitter = jitter or _jitter
        self._free_at = 0.0
        self._lock = threading.Lock()

    def renew(self) -> None:
        """A new run begins: nothing has been waited yet."""
        self.waited_s = 0.0

    def hold(self, pause_s: float) -> None:
        """The site asked for a pause on an answer that was good otherwise: the next call is not sent before it is over."""
        with self._lock:
            self._free_at = max(self._free_at, self._monotonic() + pause_s)

    def ask(self, call: Callable[[], _Answer], what: str) -> _Answer:
        """
        The answer of ``call``, sent again while it raises ``RetryableError``.

        ``RunError`` naming ``what`` when the attempts or the budget of the run are used up.
        """
        self._wait_until_free(what)
        repeat = Retrying(
            retry=retry_if_exception_type(RetryableError),
            wait=self._pause_s,
            stop=self._used_up,
            sleep=self._rest,
            reraise=True,
        )
        try:
            return repeat(call)
        except RetryableError as error:
            raise RunError(f"{what}: {error} Given up after {_waited(error, self.attempts)}.") from error

    def _wait_until_free(self, what: str) -> None:
        pause_s = self._free_at - self._monotonic()
        if pause_s > self.budget_s - self.waited_s:
            raise RunError(f"{what}: the tracker asks us to wait {pause_s:.0f} s, which is longer than this run may wait. Run again later.")
        if pause_s > 0:
            self._rest(pause_s)

    def _pause_s(self, state: RetryCallState) -> float:
        asked_s = _asked(state)
        grown_s = min(30.0, 2.0**state.attempt_number)
        # A proxy that always says "now" must not be asked five times in one breath.
        return (asked_s or grown_s) * self._jitter()

    def _used_up(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self.attempts or state.upcoming_sleep > self.budget_s - self.waited_s

    def _rest(self, pause_s: float) -> None:
        with self._lock:
            self.waited_s += pause_s
        self._sleep(pause_s)


def _asked(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.after_s if isinstance(error, RetryableError) else None


def _waited(error: RetryableError, attempts: int) -> str:
    if error.after_s is None:
        return f"{attempts} attempts at most"
    until = datetime.now(UTC) + timedelta(seconds=error.after_s)
    return f"{attempts} attempts at most; it asks us to come back at {until:%Y-%m-%d %H:%M} UTC"


def _jitter() -> float:
    # Many clients that were refused together must not come back together; never earlier than asked.
    return random.uniform(1.0, 1.3)  # noqa: S311  # spreads load, guards nothing
