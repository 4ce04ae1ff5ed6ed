"""A tracker as the jobs are given it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from safesync import __version__
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Scope, Tracker


@dataclass(frozen=True, slots=True)
class Source:
    """
    A tracker, and the fingerprint of what is read of it and how: another fingerprint means reading everything again.

    ``projects`` are those that the configuration names; ``None`` when nobody says: then none was taken out of it.
    """

    tracker: Tracker
    fingerprint: str
    projects: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The tracker's name."""
        return self.tracker.name


def fingerprint(scope: Scope, mapping: Mapping) -> str:
    """
    A hash of scope and mapping, and of the version of SafeSync.

    The version, because a new one may measure more or otherwise, and facts are measured when an item is read.
    """
    parts = (__version__, "\x1f".join(sorted(scope.projects)), scope.query or "", mapping.model_dump_json())
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]
