"""Who works together: teams, trains, and the boards they work on."""

from __future__ import annotations

from dataclasses import dataclass, field

from safesync.model.registers import Registers

COMPLIANCE_LABELS = ("compliance", "regulatory")


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A column of a team's Kanban board; ``limit`` is its WIP limit in items, ``None`` when it has none."""

    tracker: str
    team: str
    name: str
    limit: int | None = None
    active: bool = True
    """Whether work in this column is under way (neither the first, waiting column nor the last, done one)."""


@dataclass(frozen=True, slots=True)
class Team:
    """An agile team; ``velocity`` is points an iteration, ``members`` a head count, ``None`` when unknown."""

    name: str
    train: str | None = None
    members: int | None = None
    velocity: float | None = None


@dataclass(frozen=True, slots=True)
class Train:
    """An agile release train; ``anchor`` is the reference of the item that carries findings about the train."""

    name: str
    teams: tuple[str, ...] = ()
    value_stream: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """What the configuration says beyond the trackers. ``themes`` empty means: any theme counts."""

    trains: tuple[Train, ...] = ()
    teams: tuple[Team, ...] = ()
    themes: tuple[str, ...] = ()
    compliance_labels: tuple[str, ...] = COMPLIANCE_LABELS
    """Labels that say, in whatever case, that an obligation stands behind an item."""
    approvers: tuple[str, ...] = ()
    """Display names of those who may approve regulatory work; empty: anybody but its owner."""
    team_anchors: tuple[tuple[str, str], ...] = ()
    """(team, reference of the item that carries findings about the team)."""
    registers: Registers = field(default_factory=Registers)
    """What the organisation keeps in files beside the trackers."""

    def train_of(self, team: str | None) -> Train | None:
        """The train a team belongs to, ``None`` for a team of no declared train."""
        return next((train for train in self.trains if team in train.teams), None)
