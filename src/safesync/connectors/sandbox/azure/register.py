"""All that is in an Azure DevOps organisation, found by its name or number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.azure.process import FieldKind, ItemType, shipped_fields
from safesync.connectors.sandbox.azure.refusal import missing_item, missing_project
from safesync.connectors.sandbox.azure.teams import Project


@dataclass(slots=True)
class _Counters:
    item: int = 0
    comment: int = 4_680_000
    node: int = 10_600


class Register:
    """Projects, people, items and fields. Names are looked up without upper and lower case, as Azure DevOps does."""

    def __init__(self) -> None:
        self.projects: dict[str, Project] = {}
        self.people: dict[str, Person] = {}
        self.items: dict[int, WorkItem] = {}
        self.fields: dict[str, FieldKind] = shipped_fields()
        self._counters = _Counters()

    def person(self, who: Person | str) -> Person:
        """The account of this mail address, account name or name."""
        if isinstance(who, Person):
            return who
        known = self.people.get(who.lower()) or next(
            (person for person in self.people.values() if person.name.lower() == who.lower()), None
        )
        if known is None:
            raise LookupError(f"nobody in the organisation is called {who!r}")
        return known

    def project(self, name_or_id: str) -> Project:
        """The project of this name or id, if it may be read."""
        wanted = name_or_id.lower()
        found = self.projects.get(wanted) or next((project for project in self.projects.values() if project.id == wanted), None)
        if found is None or not found.permissions.read:
            raise missing_project(name_or_id)
        return found

    def readable(self, *, deleted: bool = False) -> Iterator[WorkItem]:
        """Every item that may be read, by id: those that are not deleted, or those that are."""
        hidden = {project.name for project in self.projects.values() if not project.permissions.read}
        return (item for item in self.items.values() if (item.deleted is not None) == deleted and item.project not in hidden)

    def item(self, item_id: int, *, deleted: bool = False) -> WorkItem:
        """The item of this id, if it may be read; a deleted one only when asked for."""
        item = self.items.get(item_id)
        if item is None or (item.deleted is not None) != deleted or not self.projects[item.project.lower()].permissions.read:
            raise missing_item(item_id)
        return item

    def project_of(self, item: WorkItem) -> Project:
        """The project that an item is in."""
        return self.projects[item.project.lower()]

    def type_of(self, item: WorkItem) -> ItemType:
        """The work item type of an item."""
        return self.project_of(item).process.types[item.type]

    def field_kind(self, name: str) -> FieldKind | None:
        """The field of this reference name or display name."""
        wanted = name.lower()
        return self.fields.get(name) or next(
            (kind for kind in self.fields.values() if wanted in (kind.reference.lower(), kind.name.lower())), None
        )

    # -- numbers --------------------------------------------------------------------------------

    def next_item(self) -> int:
        """A number for a new item."""
        self._counters.item += 1
        return self._counters.item

    def next_comment(self) -> int:
        """A number for a new comment; the organisation's comments have numbers of their own."""
        self._counters.comment += 1
        return self._counters.comment

    def next_node(self) -> int:
        """A number for a new area or iteration."""
        self._counters.node += 1
        return self._counters.node
