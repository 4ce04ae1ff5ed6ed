"""What was there before SafeSync first spoke: it stays quiet until somebody takes the item in hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType


class Departure(StrEnum):
    """Why a finding is in the baseline no more; none ever comes back by itself."""

    TOUCHED = "touched"
    """A person changed the item, so it is told like any other."""
    SETTLED = "settled"
    """It is over."""
    TOLD = "told"
    """A person approved a plan that speaks of it."""


@dataclass(frozen=True, slots=True)
class OldFinding:
    """
    A finding of the baseline: (``code``, ``subject``), the train it was on, and the item's revision on that day.

    ``left_at`` and ``left`` say when and why it went, ``None`` while it is quiet. One that was taken again after that is another one.
    """

    code: str
    subject: str
    train: str | None
    since: datetime
    revision: str
    left_at: datetime | None = None
    left: Departure | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The identity of the finding."""
        return self.code, self.subject


@dataclass(frozen=True, slots=True)
class Baseline:
    """``met``: since when SafeSync answers in each tracker. ``old``: what was found there before, also what has left."""

    met: Mapping[str, datetime] = field(default_factory=lambda: MappingProxyType({}))
    old: tuple[OldFinding, ...] = ()

    @property
    def quiet(self) -> tuple[OldFinding, ...]:
        """What is not told."""
        return tuple(each for each in self.old if each.left is None)
