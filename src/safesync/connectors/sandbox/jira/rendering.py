"""Issues, people and comments as the REST API shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from safesync.connectors.sandbox.jira.answers import Call
from safesync.connectors.sandbox.jira.catalogue import EPIC_LINK, PARENT_LINK, PRIORITIES, RANK
from safesync.connectors.sandbox.jira.entities import (
    Board,
    ChangeItem,
    Comment,
    Field,
    History,
    Issue,
    IssueType,
    LinkType,
    Option,
    Project,
    Sprint,
    Status,
    Team,
    User,
    Version,
)

_CATEGORIES: dict[str, tuple[int, str, str]] = {
    "new": (2, "blue-gray", "To Do"),
    "indeterminate": (4, "yellow", "In Progress"),
    "done": (3, "green", "Done"),
}
_EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
_SIZES = ("48x48", "24x24", "16x16", "32x32")
COMMENTS_INLINE = 20
HISTORIES_INLINE = 100


@lru_cache(maxsize=20_000)
def stamp(at: datetime, zone: str) -> str:
    """A time as Jira writes it: milliseconds, and an offset without a colon."""
    text = at.astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")
    return text[:-3] + text[-2:]


@lru_cache(maxsize=2_000)
def utc_stamp(at: datetime | None) -> str | None:
    """A time as the agile side writes it."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _once(call: Call, thing: object, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    found = call.memory.get(thing)
    if found is None:
        found = call.memory[thing] = make()
    result: dict[str, Any] = found
    return result


def when(call: Call, at: datetime) -> str:
    """A time in the site's zone."""
    return stamp(at, call.site.zone)


def user(call: Call, who: User) -> dict[str, Any]:
    """Somebody as anybody sees them: without a mail address, which people hide."""
    return _once(
        call,
        who,
        lambda: {
            "self": f"{call.base}/rest/api/3/user?accountId={who.account_id}",
            "accountId": who.account_id,
            "avatarUrls": {size: f"{call.base}/avatar/{who.account_id}?size={size[:2]}" for size in _SIZES},
            "displayName": who.name,
            "active": True,
            "timeZone": who.zone,
            "accountType": "app" if who.bot else "atlassian",
        },
    )


def issue_type(call: Call, kind: IssueType) -> dict[str, Any]:
    """A type of issue."""
    return _once(
        call,
        kind,
        lambda: {
            "self": f"{call.base}/rest/api/3/issuetype/{kind.id}",
            "id": str(kind.id),
            "description": "",
            "iconUrl": f"{call.base}/icons/{kind.id}",
            "name": kind.name,
            "subtask": kind.level < 0,
            "avatarId": 10300,
            "hierarchyLevel": kind.level,
        },
    )


def category(call: Call, key: str) -> dict[str, Any]:
    """A category of statuses."""
    number, colour, name = _CATEGORIES[key]
    return {"self": f"{call.base}/rest/api/3/statuscategory/{number}", "id": number, "key": key, "colorName": colour, "name": name}


def status(call: Call, of: Status) -> dict[str, Any]:
    """A status with its category."""
    return _once(
        call,
        of,
        lambda: {
            "self": f"{call.base}/rest/api/3/status/{of.id}",
            "description": "",
            "iconUrl": f"{call.base}/",
            "name": of.name,
            "id": str(of.id),
            "statusCategory": category(call, of.category),
        },
    )


def project(call: Call, of: Project) -> dict[str, Any]:
    """A project, in short."""
    return _once(
        call,
        of,
        lambda: {
            "self": f"{call.base}/rest/api/3/project/{of.id}",
            "id": str(of.id),
            "key": of.key,
            "name": of.name,
            "projectTypeKey": "software",
            "simplified": False,
            "avatarUrls": {size: f"{call.base}/avatar/project/{of.id}?size={size[:2]}" for size in _SIZES},
        },
    )


def version(call: Call, of: Version) -> dict[str, Any]:
    """A fix version; dates that were never set are absent."""
    shown = {
        "self": f"{call.base}/rest/api/3/version/{of.id}",
        "id": str(of.id),
        "description": "",
        "name": of.name,
        "archived": of.archived,
        "released": of.released,
        "startDate": of.start,
        "releaseDate": of.release,
    }
    return {name: value for name, value in shown.items() if value is not None}


def link_type(call: Call, kind: LinkType) -> dict[str, Any]:
    """A type of link."""
    address = f"{call.base}/rest/api/3/issueLinkType/{kind.id}"
    return {"id": str(kind.id), "name": kind.name, "inward": kind.inward, "outward": kind.outward, "self": address}


def sprint(of: Sprint) -> dict[str, Any]:
    """A sprint as the Sprint field shows it."""
    shown = {
        "id": of.id,
        "name": of.name,
        "state": of.state,
        "boardId": of.board.id,
        "goal": of.goal,
        "startDate": utc_stamp(of.start),
        "endDate": utc_stamp(of.end),
        "completeDate": utc_stamp(of.completed),
    }
    return {name: value for name, value in shown.items() if value is not None}


def board(call: Call, of: Board) -> dict[str, Any]:
    """A board and where it is."""
    where = of.project
    return {
        "id": of.id,
        "self": f"{call.base}/rest/agile/1.0/board/{of.id}",
        "name": of.name,
        "type": of.kind,
        "location": {
            "projectId": where.id,
            "displayName": f"{where.name} ({where.key})",
            "projectName": where.name,
            "projectKey": where.key,
            "projectTypeKey": "software",
            "name": f"{where.name} ({where.key})",
        },
        "isPrivate": False,
    }


def _priority(call: Call, name: str) -> dict[str, Any]:
    number = PRIORITIES.get(name, 3)
    return {
        "self": f"{call.base}/rest/api/3/priority/{number}",
        "iconUrl": f"{call.base}/icons/priority/{number}",
        "name": name,
        "id": str(number),
    }


def _brief(call: Call, issue: Issue) -> dict[str, Any]:
    """An issue as another one shows it: a parent, a sub-task or the other end of a link."""
    return _once(
        call,
        issue,
        lambda: {
            "id": str(issue.id),
            "key": issue.key,
            "self": f"{call.base}/rest/api/3/issue/{issue.id}",
            "fields": {
                "summary": issue.values["summary"],
                "status": status(call, issue.status),
                "priority": _priority(call, issue.values.get("priority", "Medium")),
                "issuetype": issue_type(call, issue.type),
            },
        },
    )


def _links(call: Call, issue: Issue) -> list[dict[str, Any]]:
    shown = []
    for link in issue.links:
        side, other = ("outwardIssue", link.outward) if link.inward.id == issue.id else ("inwardIssue", link.inward)
        if call.sees(other.project):
            address = f"{call.base}/rest/api/3/issueLink/{link.id}"
            shown.append({"id": str(link.id), "self": address, "type": link_type(call, link.type), side: _brief(call, other)})
    return shown


def _subtasks(call: Call, issue: Issue) -> list[dict[str, Any]]:
    if "children" not in call.memory:
        children: dict[int, list[Issue]] = {}
        for each in call.site.issues.values():
            if each.parent is not None and each.type.level < 0:
                children.setdefault(each.parent.id, []).append(each)
        call.memory["children"] = children
    return [_brief(call, child) for child in call.memory["children"].get(issue.id, ())]


def _resolution(call: Call, issue: Issue) -> dict[str, Any] | None:
    if issue.status.category != "done":
        return None
    name, number = ("Won't Do", 10001) if issue.status.name == "Cancelled" else ("Done", 10000)
    return {"self": f"{call.base}/rest/api/3/resolution/{number}", "id": str(number), "description": "", "name": name}


def _comments(call: Call, issue: Issue) -> dict[str, Any]:
    shown = [comment(call, issue, each) for each in issue.comments[-COMMENTS_INLINE:]]
    address = f"{call.base}/rest/api/3/issue/{issue.id}/comment"
    return {"comments": shown, "self": address, "maxResults": len(shown), "total": len(issue.comments), "startAt": 0}


def _epic(_call: Call, issue: Issue) -> str | None:
    return issue.parent.key if issue.parent and issue.parent.type.level == 1 else None


def _unlicensed(_call: Call, _issue: Issue) -> dict[str, Any]:
    message = "The Parent Link is only available to Jira Premium users."
    reason = {"reason": "PLUGIN_LICENSE_ERROR", "message": message}
    return {"hasEpicLinkFieldDependency": False, "showField": False, "nonEditableReason": reason}


_OWN: dict[str, Callable[[Call, Issue], Any]] = {
    "issuetype": lambda call, issue: issue_type(call, issue.type),
    "status": lambda call, issue: status(call, issue.status),
    "statusCategory": lambda call, issue: category(call, issue.status.category),
    "project": lambda call, issue: project(call, issue.project),
    "creator": lambda call, issue: user(call, issue.creator),
    "created": lambda call, issue: when(call, issue.created),
    "updated": lambda call, issue: when(call, issue.updated),
    "issuelinks": _links,
    "subtasks": _subtasks,
    "resolution": _resolution,
    "comment": _comments,
    EPIC_LINK: _epic,
    PARENT_LINK: _unlicensed,
    RANK: lambda _call, issue: f"0|i{issue.id:05x}:",
    "priority": lambda call, issue: _priority(call, issue.values.get("priority", "Medium")),
}
_EMPTY_LISTS = frozenset({"labels", "fixVersions"})


def _team(of: Team) -> dict[str, Any]:
    return {"id": of.id, "name": of.name, "title": of.name, "avatarUrl": "", "isVisible": True, "isVerified": False, "isShared": True}


def _option(call: Call, of: Option) -> dict[str, Any]:
    return {"self": f"{call.base}/rest/api/3/customFieldOption/{of.id}", "value": of.value, "id": str(of.id)}


_SHOWN: dict[type, Callable[[Call, Any], Any]] = {
    User: user,
    Sprint: lambda call, value: _once(call, value, lambda: sprint(value)),
    Version: lambda call, value: _once(call, value, lambda: version(call, value)),
    Option: lambda call, value: _once(call, value, lambda: _option(call, value)),
    Team: lambda call, value: _once(call, value, lambda: _team(value)),
    datetime: when,
    int: lambda _call, value: float(value),
    list: lambda call, value: [_value(call, each) for each in value],
}


def _value(call: Call, value: Any) -> Any:
    show = _SHOWN.get(type(value))
    return value if show is None else show(call, value)


def fields(call: Call, issue: Issue, wanted: Sequence[Field]) -> dict[str, Any]:
    """The wanted fields of an issue; an empty one is null, or an empty list; a missing parent is absent."""
    shown: dict[str, Any] = {}
    for field in wanted:
        if field.id in _OWN:
            shown[field.id] = _OWN[field.id](call, issue)
        elif field.id == "parent":
            if issue.parent is not None:
                shown["parent"] = _brief(call, issue.parent)
        else:
            value = issue.values.get(field.id)
            shown[field.id] = _value(call, value) if value is not None else ([] if field.id in _EMPTY_LISTS else None)
    return shown


def bean(call: Call, issue: Issue, wanted: Sequence[Field], properties: Iterable[str] = ()) -> dict[str, Any]:
    """An issue with the wanted fields and properties."""
    shown = {
        "expand": _EXPAND,
        "id": str(issue.id),
        "self": f"{call.base}/rest/api/3/issue/{issue.id}",
        "key": issue.key,
        "fields": fields(call, issue, wanted),
    }
    asked = list(properties)
    if asked:
        shown["properties"] = {key: issue.properties[key] for key in asked if key in issue.properties or "*all" in asked}
    return shown


def selected(call: Call, asked: Iterable[str], default: str) -> list[Field]:
    """The fields that a selection means: ids or names, ``*all``, ``*navigable``, and ``-id`` for without; unknown ones are skipped."""
    chosen: dict[str, Field] = {}
    names = list(asked) or [default]
    if all(name.startswith("-") for name in names):
        names = [default, *names]
    every = call.site.fields
    for name in names:
        if name in {"*all", "*navigable"}:
            chosen |= {key: field for key, field in every.items() if name == "*all" or key != "comment"}
        elif name.startswith("-"):
            chosen.pop(name[1:], None)
        elif name in every:
            chosen[name] = every[name]
    return list(chosen.values())


def schema(of: Field) -> dict[str, Any]:
    """How a field is recognised."""
    number = int(of.id.removeprefix("customfield_")) if of.custom else None
    shown = {"type": of.type, "items": of.items, "system": of.system, "custom": of.custom, "customId": number}
    return {name: value for name, value in shown.items() if value is not None}


def comment(call: Call, issue: Issue, of: Comment, *, properties: bool = False) -> dict[str, Any]:
    """A comment with its document."""
    shown = {
        "self": f"{call.base}/rest/api/3/issue/{issue.id}/comment/{of.id}",
        "id": str(of.id),
        "author": user(call, of.author),
        "body": of.body,
        "updateAuthor": user(call, of.editor),
        "created": when(call, of.created),
        "updated": when(call, of.updated),
        "jsdPublic": True,
    }
    if of.visibility is not None:
        shown["visibility"] = of.visibility
    if properties:
        shown["properties"] = [{"key": key, "value": value} for key, value in of.properties.items()]
    return shown


def _item(of: ChangeItem) -> dict[str, Any]:
    shown = {
        "field": of.field,
        "fieldtype": of.kind,
        "fieldId": of.field_id,
        "from": of.before,
        "fromString": of.before_text,
        "to": of.after,
        "toString": of.after_text,
    }
    if of.field_id is None:
        del shown["fieldId"]
    return shown


def history(call: Call, of: History, *, epoch: bool = False) -> dict[str, Any]:
    """An entry of the changelog."""
    created = int(of.at.timestamp() * 1000) if epoch else when(call, of.at)
    return {"id": str(of.id), "author": user(call, of.author), "created": created, "items": [_item(item) for item in of.items]}


def histories(call: Call, issue: Issue, most: int) -> dict[str, Any]:
    """The changelog as it is shown inside an issue: the newest first, and no more than ``most``."""
    shown = [history(call, each) for each in reversed(issue.history[-most:])]
    return {"startAt": 0, "maxResults": len(shown), "total": len(issue.history), "histories": shown}
