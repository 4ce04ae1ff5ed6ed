"""A tracker as the jobs are given it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from safesync import __version__
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Scope, Tracker
from safesync.facts.text.lexicon import Added


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


def fingerprint(scope: Scope, mapping: Mapping, added: Added | None = None) -> str:
    """
    A hash of scope and mapping, of the words added to the lexicons, and of the version of SafeSync.

    Words and version, because others measure more or otherwise, and facts are measured when an item is read.
    """
    words = json.dumps(
        {language: {name: sorted(some) for name, some in names.items()} for language, names in (added or {}).items()}, sort_keys=True
    )
    parts = (__version__, "\x1f".join(sorted(scope.projects)), scope.query or "", mapping.model_dump_json(), words)
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:16]
