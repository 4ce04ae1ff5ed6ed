"""Area and iteration paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from safesync.connectors.sandbox.azure.people import stable_id

Structure = Literal["area", "iteration"]


@dataclass(slots=True)
class Node:
    """A node of a tree of paths; the root is named like the project."""

    id: int
    name: str
    structure: Structure
    parent: Node | None = None
    start: date | None = None
    finish: date | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def path(self) -> str:
        r"""As work items hold it: ``Project\Train\Team``."""
        return self.name if self.parent is None else f"{self.parent.path}\\{self.name}"

    @property
    def names(self) -> list[str]:
        """The names from the root down."""
        return self.path.split("\\")

    @property
    def node_path(self) -> str:
        r"""As the node itself shows it: ``\Project\Area\Train\Team``, with the name of the structure inside."""
        names = self.names
        return "\\" + "\\".join([names[0], self.structure.title(), *names[1:]])

    @property
    def identifier(self) -> str:
        """The GUID; the security of an area is kept under it."""
        return stable_id(self.structure, self.path)

    @property
    def lineage(self) -> list[Node]:
        """The root, and so on down to this node."""
        return [*(self.parent.lineage if self.parent else ()), self]

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def child(self, name: str) -> Node | None:
        """The child of this name, whatever its upper and lower case."""
        return next((child for child in self.children if child.name.lower() == name.lower()), None)

    def find(self, names: list[str]) -> Node | None:
        """The node below this one that these names lead to."""
        node: Node | None = self
        for name in names:
            node = node.child(name) if node else None
        return node
