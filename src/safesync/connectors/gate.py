"""
The gate before a site: every call of ours passes it, whichever thread or process sends it.

It keeps to a rate on average and lets bursts through. A run that has nothing to do costs a handful of calls and
must not be slowed; a full read may go as fast as its few calls under way allow, up to a minute's worth, and then at
the rate. What a tracker asks for beyond that (a pause, half the rate) is kept in the ledger for all.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from pyrate_limiter import InMemoryBucket, Rate, RateItem

from safesync.connectors.ledger import Ledger, MemoryLedger, Pause
from safesync.connectors.throttle import Reach, Throttle

_BURST_S = 60
_SLOW_S = 60.0
_ITEM_RATES = ((20, 2_000), (100, 30_000))
"""Jira Cloud takes at most so many writes to one issue in so many milliseconds; nobody minds that we keep to it everywhere."""
_ITEMS_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Errand:
    """A call to a ``tracker``: ``what`` it is called before people, its ``endpoint`` (no ids in it), and the item that a write is for."""

    what: str
    endpoint: str = ""
    writes: bool = False
    item: str | None = None
    tracker: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """Calls a second, on average over a minute."""

    reads: float = 10.0
    writes: float = 5.0

    def of(self, errand: Errand) -> float:
        """The one that counts for this call."""
        return self.writes if errand.writes else self.reads


def errand(name: str, method: str, path: str, *, writes: bool, items: re.Pattern[str]) -> Errand:
    """The errand of a request to the tracker ``name``; the first group of ``items`` finds the item in its path."""
    found = items.search(path) if writes else None
    endpoint = f"{method} {re.sub(r'[0-9]+', '#', path)}"
    return Errand(f"{method} {path}", endpoint, writes, found.group(1) if found else None, name)


def gate_name(url: str, account: str | None) -> str:
    """
    What a site and an identity are called in a ledger: a hash, and no part of it is secret.

    Without an account all tokens share the site's gate: a hash of the token would be one more place that knows of it.
    """
    return hashlib.sha256(f"{url.rstrip('/').lower()}\n{(account or '').lower()}".encode()).hexdigest()[:24]


@dataclass(slots=True)
class _Turn:
    """Of one item: who writes to it now, and how often that was done lately."""

    under_way: threading.Lock = field(default_factory=threading.Lock)
    bucket: InMemoryBucket = field(default_factory=lambda: InMemoryBucket([Rate(*one) for one in _ITEM_RATES]))


class Gate:
    """
    One site, one identity; for any number of threads.

    Without ``rates`` nothing but what the tracker asks for slows a call. ``now_s`` is Unix time where the ledger is shared.
    """

    def __init__(self, name: str, ledger: Ledger, now_s: Callable[[], float], rates: Rates | None = None) -> None:
        self.now_s = now_s
        self._name = name
        self._ledger = ledger
        self._rates = rates
        self._lock = threading.Lock()
        self._turns: OrderedDict[str, _Turn] = OrderedDict()

    @classmethod
    def alone(cls, now_s: Callable[[], float]) -> Gate:
        """A gate that nobody shares and that keeps no rate of its own."""
        return cls("alone", MemoryLedger(), now_s)

    def heed(self, of: Errand, told: Throttle) -> None:
        """Remember what an answer asked for, for everybody it is asked of."""
        now_s = self.now_s()
        if told.pause_s:
            self._pause(of, told, Pause(now_s + told.pause_s, told.reason))
        if told.reach is Reach.ENDPOINT:
            self._ledger.pause(self._slow(of.endpoint), Pause(now_s + (told.pause_s or 0.0) + _SLOW_S))
        if told.near_s:
            self._ledger.pause(self._slow(), Pause(now_s + told.near_s))

    def held(self, of: Errand) -> Pause:
        """The longest pause that this call must keep, also when it is over."""
        return self._ledger.paused(self._name, *(self._of(part) for part in (of.endpoint, of.item) if part))

    def places(self, of: Errand) -> Iterator[Callable[[], float]]:
        """
        What has to be taken before a call, one after the other: each is asked until it says 0.0, and tells the seconds to wait before.

        A place within our rate; and near a limit, at half of it, one that stands apart from the calls of all others.
        """
        if self._rates is not None:
            burst = max(1, round(self._rates.of(of) * _BURST_S))
            yield partial(self._take, f"{self._name} {'writes' if of.writes else 'reads'}", Rate(burst, _BURST_S * 1000))
        apart = Rate(1, max(1, round(2_000 / (self._rates or Rates()).of(of))))
        for name in self._slow_now(of):
            yield partial(self._take, name, apart)

    def distance_s(self, of: Errand) -> float:
        """Seconds until this call may be sent, for one item bears few writes at once."""
        return 0.0 if of.item is None else self._item_s(of.item, self.now_s())

    def close(self) -> None:
        """Give back what the ledger has open."""
        self._ledger.close()

    @contextmanager
    def turn(self, of: Errand) -> Iterator[None]:
        """While this lasts nobody else writes to the item."""
        with nullcontext() if of.item is None else self._turn(of.item).under_way:
            yield

    def _pause(self, of: Errand, told: Throttle, pause: Pause) -> None:
        part = {Reach.ENDPOINT: of.endpoint, Reach.ITEM: of.item or ""}.get(told.reach, "")
        self._ledger.pause(self._of(part) if part else self._name, pause)

    def _of(self, part: str) -> str:
        """What an endpoint or an item of this site and identity is called in the ledger."""
        return f"{self._name} {part}"

    def _slow(self, endpoint: str = "") -> str:
        """What the site, or one endpoint of it, is called in the ledger as long as it goes at half the rate."""
        return self._of(f"slow {endpoint}".rstrip())

    def _slow_now(self, of: Errand) -> list[str]:
        names = list(dict.fromkeys((self._slow(), self._slow(of.endpoint))))
        now_s = self.now_s()
        if self._ledger.paused(*names).until_s <= now_s:  # as nearly always
            return []
        return [name for name in names if self._ledger.paused(name).until_s > now_s]

    def _take(self, name: str, rate: Rate) -> float:
        return self._ledger.take(name, rate, self.now_s())

    def _item_s(self, item: str, now_s: float) -> float:
        bucket, wait_ms = self._turn(item).bucket, 0
        bucket.leak(int(now_s * 1000))
        while not bucket.put(asked := RateItem("", int(now_s * 1000) + wait_ms)):
            wait_ms += max(1, cast("int", bucket.waiting(asked)))
        return wait_ms / 1000

    def _turn(self, item: str) -> _Turn:
        with self._lock:
            turn = self._turns.setdefault(item, _Turn())
            self._turns.move_to_end(item)
            if len(self._turns) > _ITEMS_REMEMBERED:
                self._turns.popitem(last=False)
            return turn
