"""What stands on a Jira site: people, projects, boards and issues, as the site keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal


class Permission(StrEnum):
    """The project permissions that the sandbox looks at, by Jira's keys."""

    BROWSE = "BROWSE_PROJECTS"
    COMMENT = "ADD_COMMENTS"
    EDIT_OWN_COMMENTS = "EDIT_OWN_COMMENTS"
    DELETE_OWN_COMMENTS = "DELETE_OWN_COMMENTS"
    EDIT = "EDIT_ISSUES"
    CREATE = "CREATE_ISSUES"
    DELETE = "DELETE_ISSUES"
    TRANSITION = "TRANSITION_ISSUES"
    LINK = "LINK_ISSUES"
    ADMINISTER = "ADMINISTER_PROJECTS"


@dataclass(slots=True, eq=False)
class User:
    """Somebody with an account, a person or an app."""

    account_id: str
    name: str
    email: str
    bot: bool
    token: str | None
    """With it and the mail address one may sign in; ``None`` refuses."""
    zone: str
    username: str = ""
    """How somebody signs in to a Data Center, and is mentioned there; their ``account_id`` is what is called their key."""
    locked: bool = False
    """Whether signing in is denied until a person solves a puzzle, as after too many failed attempts."""
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecurityLevel:
    """Who sees the issues that carry it."""

    id: int
    name: str
    members: frozenset[User]


@dataclass(slots=True, eq=False)
class Version:
    """A fix version of one project."""

    id: int
    name: str
    start: str | None
    release: str | None
    released: bool
    archived: bool


@dataclass(slots=True, eq=False)
class Project:
    """A project; ``numbers`` counts the keys it has given away."""

    id: int
    key: str
    name: str
    status: Literal["live", "archived", "deleted"] = "live"
    versions: list[Version] = field(default_factory=list)
    former_keys: list[str] = field(default_factory=list)
    numbers: int = 0


@dataclass(slots=True, eq=False)
class IssueType:
    """A type of issue and the level of the hierarchy that it stands on."""

    id: int
    name: str
    level: int


@dataclass(slots=True, eq=False)
class Status:
    """A status; ``category`` is Jira's key: ``new``, ``indeterminate`` or ``done``."""

    id: int
    name: str
    category: str
    closed: bool = False
    """Whether the workflow forbids editing issues that stand here."""


@dataclass(slots=True, eq=False)
class LinkType:
    """A type of link between issues and its two readings."""

    id: int
    name: str
    inward: str
    outward: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field and the schema by which it is recognised."""

    id: str
    name: str
    type: str
    items: str | None = None
    system: str | None = None
    custom: str | None = None
    clauses: tuple[str, ...] = ()
    """Further names in JQL."""

    @property
    def rich(self) -> bool:
        """Whether the value is a document (Atlassian Document Format), or wiki markup on a Data Center."""
        return self.id in {"description", "environment"} or bool(self.custom and self.custom.endswith(":textarea"))


@dataclass(slots=True, eq=False)
class Team:
    """A team of the organisation, as the Team field shows it."""

    id: str
    name: str


@dataclass(slots=True, eq=False)
class Option:
    """A value that a select field offers."""

    id: int
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a board: its statuses and how few and how many issues it should hold."""

    name: str
    statuses: tuple[str, ...]
    min: int | None = None
    max: int | None = None


@dataclass(slots=True, eq=False)
class Board:
    """A board of one project."""

    id: int
    name: str
    project: Project
    kind: Literal["scrum", "kanban"]
    columns: tuple[Column, ...]


@dataclass(slots=True, eq=False)
class Sprint:
    """A sprint; dates may be missing while it is future."""

    id: int
    name: str
    board: Board
    state: Literal["future", "active", "closed"]
    start: datetime | None
    end: datetime | None
    completed: datetime | None
    goal: str


@dataclass(frozen=True, slots=True)
class ChangeItem:
    """One field's change as Jira writes it down; some items have no ``field_id``."""

    field: str
    kind: Literal["jira", "custom"]
    field_id: str | None
    before: str | None
    before_text: str | None
    after: str | None
    after_text: str | None


@dataclass(frozen=True, slots=True)
class History:
    """What one person changed at one moment."""

    id: int
    at: datetime
    author: User
    items: tuple[ChangeItem, ...]


@dataclass(slots=True, eq=False)
class Comment:
    """A comment; ``body`` is the document as the site normalised it, or on a Data Center the text that was sent."""

    id: int
    author: User
    editor: User
    body: Any
    created: datetime
    updated: datetime
    visibility: dict[str, Any] | None = None
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A file that hangs on an issue."""

    id: int
    filename: str
    author: User
    created: datetime
    size: int
    mime: str


@dataclass(frozen=True, slots=True, eq=False)
class WebLink:
    """A link into the web, which Jira calls a remote issue link."""

    id: int
    url: str
    title: str


@dataclass(slots=True, eq=False)
class Issue:
    """
    An issue. Values are replaced, never changed in place, so that a shallow copy is a snapshot.

    ``values`` holds the site's own objects by field id: ``Status``, ``User``, lists of ``Sprint`` or ``Version``,
    ``Option``, ``Team``, documents, numbers and strings. A field that is not in it is empty.
    """

    id: int
    project: Project
    key: str
    type: IssueType
    creator: User
    created: datetime
    updated: datetime
    values: dict[str, Any]
    parent: Issue | None = None
    security: SecurityLevel | None = None
    former_keys: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    web_links: list[WebLink] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    past: list[tuple[datetime, Issue | None]] = field(default_factory=list)
    """What the search index still shows: (until when it was so, how it was); ``None`` is not there at all."""

    @property
    def status(self) -> Status:
        """Where the issue stands."""
        status: Status = self.values["status"]
        return status


@dataclass(slots=True, eq=False)
class Link:
    """A link: ``inward`` <type.outward> ``outward``, as in "A blocks B"."""

    id: int
    type: LinkType
    inward: Issue
    outward: Issue
