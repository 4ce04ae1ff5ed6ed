"""Whom a job tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Listener(Protocol):
    """A progress display, or nothing. ``step`` is a phrase such as ``"pull jira-eu"``, the same in all three calls."""

    def begun(self, step: str, total: int | None) -> None:
        """A step began; ``total`` is ``None`` when nobody knows how much there is."""

    def advanced(self, step: str, by: int) -> None:
        """So many more are done."""

    def ended(self, step: str) -> None:
        """The step is over, well or not."""


class Silent:
    """Tells nobody."""

    def begun(self, step: str, total: int | None) -> None:
        """Nothing."""

    def advanced(self, step: str, by: int) -> None:
        """Nothing."""

    def ended(self, step: str) -> None:
        """Nothing."""
