"""What Azure DevOps sends, as far as we read it: shapes for decoding, nothing else. Unknown fields are skipped unread."""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field


class Document(Struct, frozen=True, rename="camel"):
    """
    Something that Azure DevOps sends.

    A list that is the answer itself has no default: an object without it is somebody else's answer, not an empty organisation.
    """


class Identity(Document, frozen=True):
    """A person or a service; reports leave ``display_name`` out at times."""

    id: str | None = None
    display_name: str | None = None
    unique_name: str | None = None


class Account(Document, frozen=True):
    """Who connectionData says we are."""

    id: str | None = None
    provider_display_name: str | None = None
    custom_display_name: str | None = None
    subject_descriptor: str | None = None
    is_active: bool = True


class ConnectionData(Document, frozen=True):
    """The answer to: who am I?"""

    authenticated_user: Account | None = None
    deployment_type: str | None = None


class Dates(Document, frozen=True):
    """First and last day of an iteration node."""

    start_date: str | None = None
    finish_date: str | None = None


class Node(Document, frozen=True):
    """An area or iteration with those below it."""

    name: str
    identifier: str = ""
    children: tuple[Node, ...] = ()
    attributes: Dates | None = None


class State(Document, frozen=True):
    """A state of a work item type; the category is the same in every language and process."""

    name: str
    category: str | None = None


class States(Document, frozen=True, kw_only=True):
    """The states of one type."""

    value: tuple[State, ...]


class FieldUse(Document, frozen=True):
    """That a type has a field."""

    reference_name: str | None = None


class WorkItemType(Document, frozen=True):
    """A type with its states and fields; some servers leave the states out."""

    name: str
    reference_name: str | None = None
    states: tuple[State, ...] | None = None
    field_instances: tuple[FieldUse, ...] | None = None
    fields: tuple[FieldUse, ...] | None = None


class WorkItemTypes(Document, frozen=True, kw_only=True):
    """All types of a project."""

    value: tuple[WorkItemType, ...]


class Field(Document, frozen=True):
    """A field of the organisation."""

    name: str
    reference_name: str
    type: str | None = None


class Fields(Document, frozen=True, kw_only=True):
    """All fields that a project can see."""

    value: tuple[Field, ...]


class WebTeam(Document, frozen=True):
    """A team as the web knows it."""

    id: str
    name: str


class WebTeams(Document, frozen=True, kw_only=True):
    """A page of teams."""

    value: tuple[WebTeam, ...]


class TeamArea(Document, frozen=True):
    """An area that a team owns."""

    value: str
    include_children: bool = False


class TeamAreas(Document, frozen=True, kw_only=True):
    """All areas of a team."""

    default_value: str | None = None
    values: tuple[TeamArea, ...]


class Capacity(Document, frozen=True):
    """What a member of a team has for it in an iteration; we look at how many there are."""

    team_member: Identity | None = None


class Capacities(Document, frozen=True):
    """The capacities of a team in an iteration: ``value`` as Server 2020 lists them, ``team_members`` elsewhere."""

    team_members: tuple[Capacity, ...] | None = None
    value: tuple[Capacity, ...] = ()


class Board(Document, frozen=True):
    """A board of a team."""

    id: str
    name: str


class Boards(Document, frozen=True, kw_only=True):
    """All boards of a team."""

    value: tuple[Board, ...]


class Column(Document, frozen=True):
    """A column of a board; an ``item_limit`` of 0 is none."""

    name: str
    item_limit: int | None = None
    column_type: str | None = None


class Columns(Document, frozen=True, kw_only=True):
    """All columns of a board."""

    value: tuple[Column, ...]


class Reference(Document, frozen=True):
    """Something that is named by its number, which is a text on most servers."""

    id: str | int | None = None


class LastResult(Document, frozen=True):
    """When the newest result of a point was complete."""

    date_completed: str | None = None


class Point(Document, frozen=True):
    """A test case in a suite and a configuration, with its newest outcome."""

    test_case: Reference | None = None
    outcome: str | None = None
    last_result_details: LastResult | None = None
    last_updated_date: str | None = None

    @property
    def case(self) -> int | None:
        """The id of the test case."""
        told = str(self.test_case.id) if self.test_case is not None else ""
        return int(told) if told.isdecimal() else None

    @property
    def at(self) -> str | None:
        """When it got its outcome."""
        return (self.last_result_details.date_completed if self.last_result_details else None) or self.last_updated_date


class Points(Document, frozen=True, kw_only=True):
    """The answer to a query for points."""

    points: tuple[Point, ...]


class RevisionFields(Struct, frozen=True):
    """The fields of a revision that history is made of; identities are objects, or strings on older servers."""

    state: str | None = field(name="System.State", default=None)
    type: str | None = field(name="System.WorkItemType", default=None)
    project: str | None = field(name="System.TeamProject", default=None)
    changed_by: Any = field(name="System.ChangedBy", default=None)
    changed_at: str | None = field(name="System.ChangedDate", default=None)
    deleted: Any = field(name="System.IsDeleted", default=None)
    tags: Any = field(name="System.Tags", default=None)
    blocked: Any = field(name="Microsoft.VSTS.CMMI.Blocked", default=None)
    comments: Any = field(name="System.CommentCount", default=None)


REVISION_FIELDS = (
    "System.State",
    "System.WorkItemType",
    "System.TeamProject",
    "System.ChangedBy",
    "System.ChangedDate",
    "System.IsDeleted",
    "System.Tags",
)


class Revision(Document, frozen=True):
    """One saved state of a work item."""

    id: int
    rev: int
    fields: RevisionFields = RevisionFields()

    @property
    def deleted(self) -> bool:
        """Whether the item was in the recycle bin then; most servers say nothing of one that was not."""
        told = self.fields.deleted
        return told is not None and str(told).lower() == "true"


class Batch(Document, frozen=True):
    """A page of a report; where its token is missing, ``next_link`` carries it."""

    continuation_token: str | None = None
    next_link: str | None = None
    is_last_batch: bool | None = None
    """``None`` from a server that does not say: then the report goes on for as long as it tells something and names new places."""

    @property
    def told(self) -> bool:
        """Whether anything stands on the page."""
        return False


class Revisions(Batch, frozen=True, kw_only=True):
    """A page of the report of revisions."""

    values: tuple[Revision, ...]

    @property
    def told(self) -> bool:
        """See ``Batch``."""
        return bool(self.values)


class LinkChange(Document, frozen=True):
    """A link that was made or taken away."""

    source_id: int | None = None
    target_id: int | None = None


class LinkChanges(Batch, frozen=True, kw_only=True):
    """A page of the report of links."""

    values: tuple[LinkChange, ...]

    @property
    def told(self) -> bool:
        """See ``Batch``."""
        return bool(self.values)


class WorkItems(Document, frozen=True, kw_only=True):
    """Work items, in the order they were asked for; ``None`` for each that is gone or hidden."""

    value: tuple[dict[str, Any] | None, ...]


class Found(Document, frozen=True):
    """A row of a WIQL answer."""

    id: int


class FoundItems(Document, frozen=True, kw_only=True):
    """A WIQL answer; ``as_of`` is the server's time that it is true of."""

    as_of: str | None = None
    work_items: tuple[Found, ...]


class FoundLink(Document, frozen=True):
    """A row of the WIQL answer about links; the row of an item itself has no ``rel`` and no ``source``."""

    rel: str | None = None
    source: Found | None = None
    target: Found | None = None


class FoundLinks(Document, frozen=True, kw_only=True):
    """A WIQL answer about links."""

    work_item_relations: tuple[FoundLink, ...]


class Binned(Document, frozen=True):
    """An item in a recycle bin; its id is a text on some servers."""

    id: int | str
    code: int | None = None


class BinnedItems(Document, frozen=True):
    """Items in a recycle bin, where the list is not bare."""

    value: tuple[Binned, ...]


class Comment(Document, frozen=True):
    """A comment; older samples call its id ``commentId``."""

    id: int | None = None
    comment_id: int | None = None
    text: str | None = None
    created_by: Identity | None = None
    modified_by: Identity | None = None
    created_date: str | None = None
    modified_date: str | None = None
    is_deleted: bool | None = None
    format: str | None = None
    """``"markdown"``, or ``"html"``; HTML where a site does not say."""


class Comments(Document, frozen=True, kw_only=True):
    """A page of comments."""

    comments: tuple[Comment, ...]
    continuation_token: str | None = None


class Evaluation(Document, frozen=True):
    """Whether we have these permissions on that token."""

    token: str
    permissions: int
    value: bool | None = None


class Evaluations(Document, frozen=True, kw_only=True):
    """The answer to a batch of permission questions."""

    evaluations: tuple[Evaluation, ...]
