"""A piece of Meridian's work before it stands in a tracker."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from safesync.connectors.sandbox.meridian.people import Person
from safesync.connectors.sandbox.meridian.prose import Prose
from safesync.model.item import Kind, Stage, WorkClass

EVIDENCE = "acceptance-report.pdf"
"""The file that shows later that an obligation was met."""


class Home(StrEnum):
    """The project a piece of work stands in: two of Jira, one of Azure DevOps."""

    PAY = "PAY"
    CARDS = "CARDS"
    AZURE = "Payments"

    @property
    def tracker(self) -> str:
        """``"azure"`` or ``"jira"``."""
        return "azure" if self is Home.AZURE else "jira"


@dataclass(frozen=True, slots=True)
class Move:
    """A change of stage."""

    at: datetime
    stage: Stage
    by: Person


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment by a person."""

    at: datetime
    by: Person
    text: str


@dataclass(frozen=True, slots=True)
class Touch:
    """A change of the title's wording: what keeps an item from being stale, without changing what it says."""

    at: datetime
    by: Person


@dataclass(frozen=True, slots=True)
class Work:
    """
    One item of either tracker in neutral words.

    ``handle`` names it inside the sandbox, ``key`` in its tracker (``"PAY-12"``, or the number in Azure DevOps).
    ``parent`` and ``needs`` are handles, of either tracker. ``iterations`` are names, oldest first: an item that
    was carried over stands in several. ``cancelled`` items keep what they had.
    """

    handle: str
    home: Home
    key: str
    kind: Kind
    stage: Stage
    title: str
    created_at: datetime
    author: Person
    description: Prose = ()
    acceptance: Prose = ()
    benefit: Prose = ()
    work_class: WorkClass | None = None
    owner: Person | None = None
    team: str | None = None
    interval: str | None = None
    iterations: tuple[str, ...] = ()
    points: float | None = None
    job_size: float | None = None
    business_value: float | None = None
    time_criticality: float | None = None
    risk_reduction: float | None = None
    themes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    parent: str | None = None
    foreign_parent: str | None = None
    """Address of a parent that stands in neither of the sandbox's projects."""
    needs: tuple[str, ...] = ()
    flagged: bool = False
    moves: tuple[Move, ...] = ()
    touches: tuple[Touch, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def open(self) -> bool:
        """Neither done nor cancelled."""
        return self.stage not in {Stage.DONE, Stage.CANCELLED}

    @property
    def evidenced_at(self) -> datetime | None:
        """When evidence was put on it: as an obligation was met; of some it was forgotten, and of other work nobody asks for any."""
        if self.work_class is not WorkClass.COMPLIANCE or self.stage is not Stage.DONE or sum(map(ord, self.key)) % 4 == 0:
            return None
        return self.moves[-1].at if self.moves else self.created_at

    @property
    def active(self) -> bool:
        """Under way."""
        return self.stage in {Stage.IN_PROGRESS, Stage.VALIDATING}
