"""Issues as the REST API shows them: the wanted fields, each in Jira's shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from safesync.connectors.sandbox.jira.answers import Call
from safesync.connectors.sandbox.jira.catalogue import EPIC_LINK, EPIC_NAME, HIDDEN, PARENT_LINK, PRIORITIES, RANK
from safesync.connectors.sandbox.jira.entities import Attachment, Field, Issue, Option, Sprint, Team, User, Version, WebLink
from safesync.connectors.sandbox.jira.rendering import (
    category,
    comment,
    issue_type,
    link_type,
    once,
    printed_sprint,
    project,
    sprint,
    status,
    user,
    version,
    when,
)

_EXPAND = "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations"
COMMENTS_INLINE = 20
"""How many comments an issue carries in its own field; the newest ones."""


def priority(call: Call, name: str) -> dict[str, Any]:
    """A priority."""
    number = PRIORITIES.get(name, 3)
    return {
        "self": f"{call.rest}/priority/{number}",
        "iconUrl": f"{call.base}/icons/priority/{number}",
        "name": name,
        "id": str(number),
    }


def _brief(call: Call, issue: Issue) -> dict[str, Any]:
    """An issue as another one shows it: a parent, a sub-task or the other end of a link."""
    return once(
        call,
        issue,
        lambda: {
            "id": str(issue.id),
            "key": issue.key,
            "self": f"{call.rest}/issue/{issue.id}",
            "fields": {
                "summary": issue.values["summary"],
                "status": status(call, issue.status),
                "priority": priority(call, issue.values.get("priority", "Medium")),
                "issuetype": issue_type(call, issue.type),
            },
        },
    )


def _links(call: Call, issue: Issue) -> list[dict[str, Any]]:
    shown = []
    for link in issue.links:
        side, other = ("outwardIssue", link.outward) if link.inward.id == issue.id else ("inwardIssue", link.inward)
        if call.site.shows(call.user, other):
            address = f"{call.rest}/issueLink/{link.id}"
            shown.append({"id": str(link.id), "self": address, "type": link_type(call, link.type), side: _brief(call, other)})
    return shown


def _subtasks(call: Call, issue: Issue) -> list[dict[str, Any]]:
    if "children" not in call.memory:
        children: dict[int, list[Issue]] = {}
        for each in call.site.issues.values():
            if each.parent is not None and each.type.level < 0:
                children.setdefault(each.parent.id, []).append(each)
        call.memory["children"] = children
    return [_brief(call, child) for child in call.memory["children"].get(issue.id, ()) if call.site.shows(call.user, child)]


def _resolution(call: Call, issue: Issue) -> dict[str, Any] | None:
    if issue.status.category != "done":
        return None
    return resolution(call, cancelled=issue.status.name == "Cancelled")


def resolution(call: Call, *, cancelled: bool) -> dict[str, Any]:
    """How an issue ended."""
    name, number = ("Won't Do", 10001) if cancelled else ("Done", 10000)
    return {"self": f"{call.rest}/resolution/{number}", "id": str(number), "description": "", "name": name}


def _comments(call: Call, issue: Issue) -> dict[str, Any]:
    heard = [each for each in issue.comments if call.hears(each, issue)]
    shown = [comment(call, issue, each) for each in heard[-COMMENTS_INLINE if call.cloud else 0 :]]
    address = f"{call.rest}/issue/{issue.id}/comment"
    return {"comments": shown, "self": address, "maxResults": len(shown), "total": len(heard), "startAt": 0}


def _epic(_call: Call, issue: Issue) -> str | None:
    return issue.parent.key if issue.parent and issue.parent.type.level == 1 and issue.type.level >= 0 else None


def _epic_name(_call: Call, issue: Issue) -> str | None:
    return issue.values["summary"] if issue.type.level == 1 else None


def _portfolio_parent(call: Call, issue: Issue) -> Any:
    """On a Data Center the key of what stands above an epic; on a Cloud site without the licence an excuse."""
    if call.cloud:
        return _unlicensed()
    hidden = call.searching and not call.site.parent_link_in_search
    return None if hidden or issue.parent is None or issue.type.level < 1 else issue.parent.key


def _unlicensed() -> dict[str, Any]:
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
    PARENT_LINK: _portfolio_parent,
    EPIC_NAME: _epic_name,
    RANK: lambda _call, issue: f"0|i{issue.id:05x}:",
    "priority": lambda call, issue: priority(call, issue.values.get("priority", "Medium")),
}
_EMPTY_LISTS = frozenset({"labels", "fixVersions", "attachment"})
_NOT_NAVIGABLE = frozenset({"comment", "attachment"})


def _team(of: Team) -> dict[str, Any]:
    return {"id": of.id, "name": of.name, "title": of.name, "avatarUrl": "", "isVisible": True, "isVerified": False, "isShared": True}


def option(call: Call, of: Option) -> dict[str, Any]:
    """A value of a select field."""
    return {"self": f"{call.rest}/customFieldOption/{of.id}", "value": of.value, "id": str(of.id)}


def _attachment(call: Call, of: Attachment) -> dict[str, Any]:
    content = f"{call.rest}/attachment/content/{of.id}" if call.cloud else f"{call.base}/secure/attachment/{of.id}/{quote(of.filename)}"
    return {
        "self": f"{call.rest}/attachment/{of.id}",
        "id": str(of.id),
        "filename": of.filename,
        "author": user(call, of.author),
        "created": when(call, of.created),
        "size": of.size,
        "mimeType": of.mime,
        "content": content,
    }


def web_link(call: Call, issue: Issue, of: WebLink) -> dict[str, Any]:
    """A link into the web, which only its issue shows."""
    address = f"{call.rest}/issue/{issue.key}/remotelink/{of.id}"
    return {
        "id": of.id,
        "self": address,
        "application": {},
        "object": {"url": of.url, "title": of.title, "icon": {}, "status": {"icon": {}}},
    }


_SHOWN: dict[type, Callable[[Call, Any], Any]] = {
    User: user,
    Sprint: lambda call, value: printed_sprint(value) if call.site.sprints_as_text else once(call, value, lambda: sprint(value)),
    Version: lambda call, value: once(call, value, lambda: version(call, value)),
    Option: lambda call, value: once(call, value, lambda: option(call, value)),
    Attachment: lambda call, value: once(call, value, lambda: _attachment(call, value)),
    Team: lambda call, value: once(call, value, lambda: _team(value)),
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
            if issue.parent is not None and (call.cloud or issue.type.level < 0):
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
        "self": f"{call.rest}/issue/{issue.id}",
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
    every = call.site.fields if call.cloud else {key: field for key, field in call.site.fields.items() if key not in HIDDEN - {"parent"}}
    for name in names:
        if name in {"*all", "*navigable"}:
            chosen |= {key: field for key, field in every.items() if name == "*all" or key not in _NOT_NAVIGABLE}
        elif name.startswith("-"):
            chosen.pop(name[1:], None)
        elif name in every:
            chosen[name] = every[name]
    return list(chosen.values())
