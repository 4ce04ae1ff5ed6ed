"""How many requests a Data Center lets one account make: a bucket of tokens that fills again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from safesync.connectors.sandbox.jira.entities import User


@dataclass(slots=True)
class Allowance:
    """
    What an administrator allows: ``limit`` requests at once, and ``fill_rate`` more every ``interval_s``.

    Each account has a bucket of its own; an anonymous caller has none, and no limit here.
    """

    limit: int
    fill_rate: int
    interval_s: int = 1
    _buckets: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    def spend(self, user: User, now: datetime) -> tuple[bool, dict[str, str]]:
        """Whether there was a token for one more request, and the headers that tell the state of the bucket."""
        held, since = self._buckets.get(user.account_id, (self.limit, now))
        passed = int((now - since).total_seconds() // self.interval_s)
        held = min(self.limit, held + passed * self.fill_rate)
        # A part of an interval that has passed is not lost.
        since = now if held == self.limit else since.fromtimestamp(since.timestamp() + passed * self.interval_s, since.tzinfo)
        allowed = held > 0
        held -= allowed
        self._buckets[user.account_id] = (held, since)
        wait_s = 0 if held else max(1, ceil(self.interval_s - (now - since).total_seconds()))
        return allowed, {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(held),
            "X-RateLimit-Interval-Seconds": str(self.interval_s),
            "X-RateLimit-FillRate": str(self.fill_rate),
            "Retry-After": str(wait_s),
        }
