"""
How we ask a tracker again: with growing pauses, no sooner than it asks us to, and not for ever.

A call says by ``RetryableError`` that nothing happened and that asking again makes sense; a read says so for every
failure on the way, a write only when the tracker clearly refused to act (429) or was never reached. Everything else
is not repeated here.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import TypeVar

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception

from safesync.connectors.gate import Errand, Gate
from safesync.connectors.throttle import Throttle
from safesync.model.errors import ItemError, RetryableError, RunError

_Answer = TypeVar("_Answer")
_log = structlog.get_logger()


_STRANGERS_S = 15.0
"""How long a run waits, altogether, for gateways that may let it pass a moment later."""


class StrangerError(RetryableError):
    """
    Something on the way (a gateway, a proxy, a firewall) answered in the tracker's place, which was not asked.

    A page may be gone in a moment. Who is ``sure`` speaks to programs, and will say the same again.
    """

    def __init__(self, status: int, tracker: str, *, sure: bool = False) -> None:
        self.sure = sure
        super().__init__(
            f"the answer was {status}, and did not come from {tracker} but from something on the way to it: a gateway, a proxy or a "
            "firewall. Let this call pass there."
        )


class GivenUpError(RunError):
    """The tracker failed at one call as often as we asked, and asked for no pause: other calls may well succeed."""


class BarredError(GivenUpError):
    """A stranger answered for as long as we asked: what it keeps from us, the tracker may well have."""


@contextmanager
def of_item() -> Iterator[None]:
    """What something on the way keeps from us inside is an error of this item: it may dislike a word in it."""
    try:
        yield
    except BarredError as barred:
        raise ItemError(str(barred)) from barred


def advice(status: int) -> str:
    """What a person can do about a write that was refused with this status, as a sentence to append; empty when nobody knows."""
    if status == 403:
        return " Give our account the right to comment and to edit there."
    return " It is gone, or our account may not see it any more." if status == 404 else ""


@dataclass(slots=True)
class Waited:
    """How long a run was kept waiting: once by all threads that rest at the same time."""

    total_s: float = 0.0
    until_s: float = -inf

    def add(self, now_s: float, pause_s: float) -> None:
        """Somebody rests from now on."""
        self.total_s = self.total_after_s(now_s, pause_s)
        self.until_s = max(self.until_s, now_s + pause_s)

    def total_after_s(self, now_s: float, pause_s: float) -> float:
        """What it would be then."""
        return self.total_s + max(0.0, now_s + pause_s - max(now_s, self.until_s))


class Patience:
    """
    Repeats calls to one site as one identity, from any number of threads; each call passes the ``gate``.

    ``attempts`` is how often one call is sent at most; ``budget_s`` how long a run may be kept waiting, by pauses that
    the tracker asks for and by our own before a repetition. ``sleep``, ``monotonic`` (the clock of a gate of its own,
    where none is given) and ``jitter`` (a factor from 1.0 up) are seams for tests.
    """

    def __init__(
        self,
        gate: Gate | None = None,
        *,
        attempts: int = 5,
        budget_s: float = 300.0,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self.attempts = attempts
        self.budget_s = budget_s
        self.waited = Waited()
        self._waited_for_strangers = Waited()
        self._gate = gate or Gate.alone(monotonic)
        self._sleep = sleep
        self._jitter = jitter or _jitter
        self._lock = threading.Lock()

    @classmethod
    def hurried(cls, gate: Gate | None = None) -> Patience:
        """For a person who looks on: one attempt, and no pause that one would not sit through."""
        return cls(gate, attempts=1, budget_s=5.0)

    @property
    def waited_s(self) -> float:
        """How long the tracker, and whoever stands before it, kept this run waiting."""
        return self.waited.total_s

    def renew(self) -> None:
        """A new run begins: nothing has been waited yet."""
        with self._lock:
            self.waited.total_s = self._waited_for_strangers.total_s = 0.0

    def close(self) -> None:
        """Give back what the gate has open; whoever asks later opens it again."""
        self._gate.close()

    def heed(self, errand: Errand, told: Throttle) -> None:
        """An answer, a good one too, asked for a pause or told that a limit is near: whoever asks next keeps to it."""
        if told.pause_s or told.near_s:
            asked = {"pause_s": told.pause_s, "near_s": told.near_s, "reason": told.reason, "reach": told.reach}
            _log.info("tracker.throttled", tracker=errand.tracker, call=errand.what, **asked)
        self._gate.heed(errand, told)

    def ask(self, call: Callable[[], _Answer], errand: Errand, *, believes_strangers: bool = False) -> _Answer:
        """
        The answer of ``call``, sent again while it raises ``RetryableError``; but what a stranger says may be believed at once.

        ``RunError`` when the attempts (``GivenUpError``) or the budget of the run are used up, and when the site asked us, in this run or
        an earlier one, to stay away for longer than that: then nothing is sent.
        """
        repeat = Retrying(
            retry=retry_if_exception(
                lambda error: (
                    isinstance(error, RetryableError) and not (isinstance(error, StrangerError) and (believes_strangers or error.sure))
                )
            ),
            wait=self._pause_s,
            stop=self._used_up,
            before_sleep=self._note,
            sleep=self._rest,
            reraise=True,
        )
        with self._gate.turn(errand):
            try:
                answer: _Answer = repeat(self._in_turn, call, errand)
            except RetryableError as error:
                raise _ended(error)(f"{errand.what}: {error} {_given_up(error, repeat.statistics.get('attempt_number', 1))}") from error
        return answer

    def _in_turn(self, call: Callable[[], _Answer], errand: Errand) -> _Answer:
        for take in self._gate.places(errand):
            while (pause_s := take()) > 0:
                self._sleep(pause_s)  # our own rate: no sign of trouble, so it costs no patience
        if (pause_s := self._gate.distance_s(errand)) > 0:
            self._sleep(pause_s)
        self._keep_away(errand)
        return call()

    def _keep_away(self, errand: Errand) -> None:
        """Keep the pause that holds now, and one that somebody else was asked for meanwhile."""
        kept_s = 0.0
        while (pause := self._gate.held(errand)).until_s > max(kept_s, self._gate.now_s()):
            pause_s, kept_s = pause.until_s - self._gate.now_s(), pause.until_s
            if not self._affords(pause_s):
                reason = f" ({pause.reason})" if pause.reason else ""
                raise RunError(
                    f"{errand.what}: not sent, for the tracker asks us to come back at {_clock(pause_s)}{reason}. Run again then."
                )
            self._rest(pause_s)

    def _pause_s(self, state: RetryCallState) -> float:
        asked_s = _asked(state)
        grown_s = min(30.0, 2.0**state.attempt_number)
        # A proxy that always says "now" must not be asked five times in one breath.
        return (asked_s or grown_s) * self._jitter()

    def _used_up(self, state: RetryCallState) -> bool:
        if state.attempt_number >= self.attempts or not self._affords(state.upcoming_sleep):
            return True
        with self._lock:
            then_s = self._waited_for_strangers.total_after_s(self._gate.now_s(), state.upcoming_sleep)
        return _by_a_stranger(state) and then_s > _STRANGERS_S

    def _affords(self, pause_s: float) -> bool:
        with self._lock:
            return pause_s <= self.budget_s - self.waited.total_s

    def _note(self, state: RetryCallState) -> None:
        if _by_a_stranger(state):
            with self._lock:
                self._waited_for_strangers.add(self._gate.now_s(), state.upcoming_sleep)

    def _rest(self, pause_s: float) -> None:
        with self._lock:
            self.waited.add(self._gate.now_s(), pause_s)
        self._sleep(pause_s)


def _ended(error: RetryableError) -> type[RunError]:
    if isinstance(error, StrangerError):
        return BarredError
    return GivenUpError if error.after_s is None else RunError


def _by_a_stranger(state: RetryCallState) -> bool:
    return state.outcome is not None and isinstance(state.outcome.exception(), StrangerError)


def _asked(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome else None
    return error.after_s if isinstance(error, RetryableError) else None


def _given_up(error: RetryableError, attempts: int) -> str:
    tried = "once" if attempts == 1 else f"{attempts} times"
    return f"Tried {tried}." if error.after_s is None else f"Tried {tried}; it asks us to come back at {_clock(error.after_s)}."


def _clock(pause_s: float) -> str:
    return f"{datetime.now(UTC) + timedelta(seconds=pause_s):%Y-%m-%d %H:%M} UTC"


def _jitter() -> float:
    # Many clients that were refused together must not come back together; never earlier than asked.
    return random.uniform(1.0, 1.3)  # noqa: S311  # spreads load, guards nothing
