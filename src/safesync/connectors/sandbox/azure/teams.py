"""Projects, teams and their boards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from safesync.connectors.sandbox.azure.nodes import Node
from safesync.connectors.sandbox.azure.people import Person, stable_id
from safesync.connectors.sandbox.azure.process import Process

ColumnType = Literal["incoming", "inProgress", "outgoing"]


@dataclass(slots=True)
class Column:
    """A column of a board; ``limit`` 0 means no limit."""

    name: str
    limit: int = 0
    states: dict[str, str] = field(default_factory=dict)
    """Work item type -> the state that an item in this column has."""
    type: ColumnType | None = None
    """``None``: the first column is incoming, the last outgoing, all others in progress."""
    split: bool = False


@dataclass(slots=True)
class Board:
    """A board of a team for one backlog level, named like the level (``Features``)."""

    name: str
    columns: list[Column]
    id: str = ""

    def column_type(self, column: Column) -> ColumnType:
        """What a column is for."""
        if column.type:
            return column.type
        return "incoming" if column is self.columns[0] else "outgoing" if column is self.columns[-1] else "inProgress"


@dataclass(slots=True)
class Team:
    """A team: what it owns, when it works, how it looks at it."""

    id: str
    name: str
    area: Node
    include_children: bool
    iterations: list[Node]
    boards: list[Board]
    members: list[Person] = field(default_factory=list)
    hours_a_day: float = 6.0
    """What each member has for the team in every iteration; 0 for a team that plans no capacity."""


@dataclass(slots=True)
class Permissions:
    """What the callers may do in a project: switches that a test turns."""

    read: bool = True
    edit: bool = True
    comment: bool = True


@dataclass(slots=True)
class Project:
    """A project with its paths and teams."""

    name: str
    process: Process
    areas: Node
    iterations: Node
    created: datetime
    teams: list[Team] = field(default_factory=list)
    permissions: Permissions = field(default_factory=Permissions)

    @property
    def id(self) -> str:
        """The GUID."""
        return stable_id("project", self.name)

    def team(self, name_or_id: str) -> Team | None:
        """The team of this name or id."""
        wanted = name_or_id.lower()
        return next((team for team in self.teams if wanted in (team.name.lower(), team.id)), None)

    def node(self, structure: str, path: str) -> Node | None:
        """The node that a work item's path names."""
        root = self.areas if structure == "area" else self.iterations
        names = path.strip("\\").split("\\")
        return root.find(names[1:]) if names[0].lower() == root.name.lower() else None
