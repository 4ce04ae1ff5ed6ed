"""What clients send: the beans of the API. A body that does not fit one is refused before anything looks into it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType


class Bean(Struct, rename="camel", frozen=True):
    """A body of which unknown members are ignored."""


class ClosedBean(Struct, rename="camel", frozen=True, forbid_unknown_fields=True):
    """A body of which an unknown member is refused."""


class Reference(Bean, frozen=True):
    """Something by its id, key or name."""

    id: str | int | None = None
    key: str | None = None
    name: str | None = None

    @property
    def known(self) -> str:
        """The first of key, id and name that is given."""
        return str(self.key or self.id or self.name)


class Property(Bean, frozen=True):
    """A property with its value."""

    key: str
    value: Any


class IssueBody(Bean, frozen=True):
    """An issue to be created or edited, or what is edited with a transition."""

    fields: dict[str, Any] | None = None
    update: dict[str, list[dict[str, Any]]] | None = None
    properties: list[Property] | None = None
    transition: Reference | None = None


class CommentBody(Bean, frozen=True):
    """A comment; its body is looked at by the site, which has its own words for what is no document."""

    body: Any = None
    properties: list[Property] | None = None
    visibility: dict[str, Any] | UnsetType | None = UNSET


class BulkFetch(ClosedBean, frozen=True):
    """Which issues, and what of them."""

    issue_ids_or_keys: Annotated[list[str], Meta(min_length=1)]
    fields: list[str] | None = None
    properties: list[str] | None = None
    expand: list[str] | None = None
    fields_by_keys: bool = False


class BulkChangelog(ClosedBean, frozen=True):
    """Whose changelogs, and of which fields."""

    issue_ids_or_keys: Annotated[list[str | int], Meta(min_length=1, max_length=1000)]
    field_ids: Annotated[list[str], Meta(max_length=10)] | None = None
    max_results: Annotated[int, Meta(ge=1, le=10_000)] = 1000
    next_page_token: str | None = None


class CommentIds(ClosedBean, frozen=True):
    """Which comments."""

    ids: list[int]


class LinkBody(Bean, frozen=True):
    """Two issues and how they are linked."""

    type: Reference
    inward_issue: Reference
    outward_issue: Reference


class AskedPermissions(ClosedBean, frozen=True):
    """Permissions, and where they are asked for."""

    permissions: list[str]
    projects: list[int] = []
    issues: list[int] = []


class PermissionCheck(ClosedBean, frozen=True):
    """What is to be checked."""

    account_id: str | None = None
    global_permissions: list[str] = []
    project_permissions: list[AskedPermissions] = []


class PermittedProjects(ClosedBean, frozen=True):
    """Permissions that all are wanted."""

    permissions: list[str] = []


class Count(ClosedBean, frozen=True):
    """What is to be counted."""

    jql: str = ""


class SearchBody(ClosedBean, frozen=True):
    """A search; ``reconcile_issues`` of null is another thing than none at all, for the real one breaks on it."""

    jql: str = ""
    fields: list[str] = []
    next_page_token: str | None = None
    max_results: int = 50
    expand: str = ""
    properties: list[str] = []
    fields_by_keys: bool = False
    reconcile_issues: list[int] | UnsetType | None = UNSET


class NumberedSearch(ClosedBean, frozen=True):
    """A search on a Data Center."""

    jql: str | None = None
    start_at: int = 0
    max_results: int = 50
    fields: list[str] | None = None
    expand: list[str] | None = None
    validate_query: bool | str = True
    fields_by_keys: bool = False
