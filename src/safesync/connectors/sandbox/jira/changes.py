"""How Jira writes a change into the changelog."""

from __future__ import annotations

from typing import Any

from safesync.connectors.sandbox.jira.catalogue import SPRINT
from safesync.connectors.sandbox.jira.documents import plain
from safesync.connectors.sandbox.jira.entities import (
    ChangeItem,
    Field,
    Issue,
    IssueType,
    LinkType,
    Option,
    Project,
    SecurityLevel,
    Sprint,
    Status,
    Team,
    User,
    Version,
)


def describe(field: Field, before: Any, after: Any) -> list[ChangeItem]:
    """
    The items for a change of one field, given the site's own values.

    Versions are written one by one; labels and sprints as whole sets; a parent under a name that is no field's.
    """
    if field.id == "parent":
        return [ChangeItem("IssueParentAssociation", "jira", None, *_pair(before), *_pair(after))]
    if field.items == "version":
        return _versions(before or [], after or [])
    kind = "custom" if field.custom else "jira"
    name = field.name if field.custom else field.id
    return [ChangeItem(name, kind, field.id, *_written(field, before), *_written(field, after))]  # type: ignore[arg-type]


def describe_parent(level: int, before: Issue | None, after: Issue | None) -> list[ChangeItem]:
    """The item for another parent on a Data Center, which has a field for each level of the hierarchy."""
    name = "Parent" if level < 0 else "Epic Link" if level == 0 else "Parent Link"
    return [ChangeItem(name, "jira" if level < 0 else "custom", None, *_pair(before), *_pair(after))]


def key_changed(before: str, after: str, old: Project, new: Project) -> list[ChangeItem]:
    """The items for a move to another project."""
    return [
        ChangeItem("project", "jira", "project", str(old.id), old.name, str(new.id), new.name),
        ChangeItem("Key", "jira", None, None, before, None, after),
    ]


def unlinked(kind: LinkType, other: Issue, *, outward: bool) -> ChangeItem:
    """The item for a link that is gone."""
    made = linked(kind, other, outward=outward)
    return ChangeItem(made.field, made.kind, made.field_id, made.after, made.after_text, None, None)


def secured(before: SecurityLevel | None, after: SecurityLevel | None) -> ChangeItem:
    """The item for another security level."""
    return ChangeItem("security", "jira", "security", *_pair(before), *_pair(after))


def linked(kind: LinkType, other: Issue, *, outward: bool) -> ChangeItem:
    """The item for a new link, as seen from one of its ends."""
    words = kind.outward if outward else kind.inward
    return ChangeItem("Link", "jira", None, None, None, other.key, f"This issue {words} {other.key}")


def _versions(before: list[Version], after: list[Version]) -> list[ChangeItem]:
    gone = [ChangeItem("Fix Version", "jira", "fixVersions", *_pair(each), None, None) for each in before if each not in after]
    new = [ChangeItem("Fix Version", "jira", "fixVersions", None, None, *_pair(each)) for each in after if each not in before]
    return gone + new


def _written(field: Field, value: Any) -> tuple[str | None, str | None]:
    if field.id == "labels":
        return "", " ".join(value or ())
    if field.id == SPRINT:
        return ", ".join(str(each.id) for each in value or ()), ", ".join(each.name for each in value or ())
    if field.items == "option":
        return ("[" + ", ".join(str(each.id) for each in value) + "]", ", ".join(each.value for each in value)) if value else (None, None)
    if field.type == "date":
        return value, f"{value} 00:00:00.0" if value else None
    return _pair(value)


def _pair(value: Any) -> tuple[str | None, str | None]:
    match value:
        case None:
            return None, None
        case (
            User(account_id=own, name=text)
            | Status(id=own, name=text)
            | Version(id=own, name=text)
            | Sprint(id=own, name=text)
            | IssueType(id=own, name=text)
            | SecurityLevel(id=own, name=text)
            | Team(id=own, name=text)
            | Option(id=own, value=text)
            | Issue(id=own, key=text)
        ):
            return str(own), text
        case dict():
            return None, plain(value).strip()
        case float():
            return None, f"{value:g}"
        case _:
            return None, str(value)
