"""
Which versions of issues were read lately, so that the overlap of two reads costs nothing and a late index undoes nothing.

Each read begins some minutes before the last one did, because Jira indexes late. What comes again as it was is dropped.
So is what comes older than it was: an index that is behind shows an issue as it stood before a change that we have seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from safesync.connectors.jira.jql import OVERLAP
from safesync.connectors.jira.values import instant

Raw = dict[str, Any]
_SETTLED = timedelta(seconds=2)
"""A version younger than this may be followed by another one with the same time: some sites count in seconds."""
_MARGIN = timedelta(minutes=2)
"""Jira counts the overlap in whole minutes, from its own clock."""
_MOST = 20_000


@dataclass(slots=True)
class Recent:
    """
    Versions by issue id, as milliseconds since 1970: whatever is not newer is known.

    ``began`` is when the present read began, by the site's clock.
    """

    known: Mapping[str, int]
    began: datetime
    _found: dict[str, int] = field(default_factory=dict)

    def news(self, issues: Sequence[Raw], now: datetime, *, again: bool = False) -> list[Raw]:
        """Those that are newer than what is known; with ``again`` also those that are just as old. ``now`` is the site's time."""
        fresh, since = [], self._from()
        for raw in issues:
            at = _updated(raw)
            if at is None:  # such an issue is refused when it is translated, and named
                fresh.append(raw)
                continue
            version, native_id = _milliseconds(at), str(raw["id"])
            known = max(self.known.get(native_id, 0), self._found.get(native_id, 0))
            if version > known or (again and version == known):
                fresh.append(raw)
            if at >= since:
                self._found[native_id] = max(known, version if now - at >= _SETTLED else version - 1)
        return fresh

    def remembered(self) -> dict[str, int]:
        """What the next read must know: the versions that its overlap can show, the newest first when they are many."""
        least = _milliseconds(self._from())
        every = {**{native_id: version for native_id, version in self.known.items() if version >= least}, **self._found}
        return dict(sorted(every.items(), key=lambda one: -one[1])[:_MOST])

    def _from(self) -> datetime:
        return self.began - OVERLAP - _MARGIN


def _updated(raw: Raw) -> datetime | None:
    try:
        return instant((raw.get("fields") or {}).get("updated"))
    except ValueError:
        return None


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
