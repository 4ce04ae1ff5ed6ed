"""Work items, their revisions and their comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from safesync.connectors.sandbox.azure.people import Person, Stamp
from safesync.connectors.sandbox.azure.relations import PARENT, Relation

Format = Literal["html", "markdown"]


@dataclass(frozen=True, slots=True)
class CommentVersion:
    """What a comment said at one time."""

    version: int
    text: str
    stamp: Stamp
    deleted: bool
    revision: int


@dataclass(slots=True)
class Comment:
    """A comment with all it ever said; a deleted one stays, marked."""

    id: int
    item_id: int
    format: Format
    versions: list[CommentVersion]

    @property
    def first(self) -> CommentVersion:
        """As it was written."""
        return self.versions[0]

    @property
    def last(self) -> CommentVersion:
        """As it is."""
        return self.versions[-1]


@dataclass(slots=True)
class Revision:
    """All fields of an item after one change; values are text, numbers, aware times and ``Person``."""

    item: WorkItem
    rev: int
    watermark: int
    at: datetime
    by: Person
    fields: dict[str, Any]
    comment: tuple[Comment, CommentVersion] | None = None
    """The comment that was written, edited or deleted by this change."""


@dataclass(slots=True)
class WorkItem:
    """An item with its whole history; ``revisions[n-1]`` is revision ``n``."""

    id: int
    revisions: list[Revision] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    link_changes: int = 0
    comments: list[Comment] = field(default_factory=list)
    formats: dict[str, Format] = field(default_factory=dict)
    """Markup of the multi-line fields that hold anything."""
    deleted: Stamp | None = None

    @property
    def latest(self) -> Revision:
        """The item as it is."""
        return self.revisions[-1]

    @property
    def rev(self) -> int:
        """The number of the latest revision."""
        return len(self.revisions)

    @property
    def fields(self) -> dict[str, Any]:
        """The fields as they are; not to be written to: change an item through the organisation."""
        return self.latest.fields

    @property
    def project(self) -> str:
        """The name of the project."""
        return str(self.fields["System.TeamProject"])

    @property
    def type(self) -> str:
        """The name of the work item type."""
        return str(self.fields["System.WorkItemType"])

    @property
    def parent(self) -> int | None:
        """The id of the parent."""
        return next((relation.target for relation in self.relations if relation.rel == PARENT), None)

    def shown_relations(self) -> list[Relation]:
        """
        The relations in the order in which they are answered, and to which an index in a patch refers.

        Azure DevOps keeps no order that a client could rely on, so this one is scrambled, and differently after each
        change of the links.
        """
        return sorted(self.relations, key=lambda relation: (relation.number * 2654435761 + self.link_changes * 40503) % 4294967291)

    def revision_at(self, moment: datetime) -> Revision | None:
        """The revision that was the newest at ``moment``; ``None`` before the item was there."""
        return next((revision for revision in reversed(self.revisions) if revision.at <= moment), None)

    def comment(self, comment_id: int) -> Comment | None:
        """The comment of this id, a deleted one too."""
        return next((comment for comment in self.comments if comment.id == comment_id), None)
