"""People, types, statuses, projects, comments and histories as the REST API shows them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from safesync.connectors.sandbox.jira.answers import Call
from safesync.connectors.sandbox.jira.entities import (
    Board,
    ChangeItem,
    Comment,
    Field,
    History,
    Issue,
    IssueType,
    LinkType,
    Project,
    Sprint,
    Status,
    User,
    Version,
)

_CATEGORIES: dict[str, tuple[int, str, str]] = {
    "new": (2, "blue-gray", "To Do"),
    "indeterminate": (4, "yellow", "In Progress"),
    "done": (3, "green", "Done"),
}
_SIZES = ("48x48", "24x24", "16x16", "32x32")
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


def once(call: Call, thing: object, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``make`` makes of a thing, made once an answer: a page shows the same few people and statuses everywhere."""
    found = call.memory.get(thing)
    if found is None:
        found = call.memory[thing] = make()
    result: dict[str, Any] = found
    return result


def when(call: Call, at: datetime) -> str:
    """A time in the site's zone."""
    return stamp(at, call.site.zone)


def user(call: Call, who: User) -> dict[str, Any]:
    """Somebody as anybody sees them: on Cloud without a mail address, which people hide there."""
    if not call.cloud:
        return once(call, who, lambda: _named(call, who))
    return once(
        call,
        who,
        lambda: {
            "self": f"{call.rest}/user?accountId={who.account_id}",
            "accountId": who.account_id,
            "avatarUrls": {size: f"{call.base}/avatar/{who.account_id}?size={size[:2]}" for size in _SIZES},
            "displayName": who.name,
            "active": True,
            "timeZone": who.zone,
            "accountType": "app" if who.bot else "atlassian",
        },
    )


def _named(call: Call, who: User) -> dict[str, Any]:
    """Somebody on a Data Center: a name to sign in with, and a key that stays when the name changes."""
    return {
        "self": f"{call.rest}/user?username={quote(who.username)}",
        "name": who.username,
        "key": who.account_id,
        "emailAddress": who.email,
        "avatarUrls": {size: f"{call.base}/secure/useravatar?size={size[:2]}" for size in _SIZES},
        "displayName": who.name,
        "active": True,
        "timeZone": who.zone,
    }


def issue_type(call: Call, kind: IssueType) -> dict[str, Any]:
    """A type of issue."""
    return once(
        call,
        kind,
        lambda: {
            "self": f"{call.rest}/issuetype/{kind.id}",
            "id": str(kind.id),
            "description": "",
            "iconUrl": f"{call.base}/icons/{kind.id}",
            "name": kind.name,
            "subtask": kind.level < 0,
            "avatarId": 10300,
            **({"hierarchyLevel": kind.level} if call.cloud else {}),
        },
    )


def category(call: Call, key: str) -> dict[str, Any]:
    """A category of statuses."""
    number, colour, name = _CATEGORIES[key]
    return {"self": f"{call.rest}/statuscategory/{number}", "id": number, "key": key, "colorName": colour, "name": name}


def status(call: Call, of: Status) -> dict[str, Any]:
    """A status with its category."""
    return once(
        call,
        of,
        lambda: {
            "self": f"{call.rest}/status/{of.id}",
            "description": "",
            "iconUrl": f"{call.base}/",
            "name": of.name,
            "id": str(of.id),
            "statusCategory": category(call, of.category),
        },
    )


def project(call: Call, of: Project) -> dict[str, Any]:
    """A project, in short."""
    return once(
        call,
        of,
        lambda: {
            "self": f"{call.rest}/project/{of.id}",
            "id": str(of.id),
            "key": of.key,
            "name": of.name,
            "projectTypeKey": "software",
            **({"simplified": False} if call.cloud else {}),
            "avatarUrls": {size: f"{call.base}/avatar/project/{of.id}?size={size[:2]}" for size in _SIZES},
        },
    )


def version(call: Call, of: Version) -> dict[str, Any]:
    """A fix version; dates that were never set are absent."""
    shown = {
        "self": f"{call.rest}/version/{of.id}",
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
    address = f"{call.rest}/issueLinkType/{kind.id}"
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


def printed_sprint(of: Sprint) -> str:
    """A sprint as a Data Center of old shows it in the Sprint field: the way Java prints an object."""
    shown = {
        "id": of.id,
        "rapidViewId": of.board.id,
        "state": of.state.upper(),
        "name": of.name,
        "startDate": utc_stamp(of.start),
        "endDate": utc_stamp(of.end),
        "completeDate": utc_stamp(of.completed),
        "activatedDate": utc_stamp(of.start if of.state != "future" else None),
        "sequence": of.id,
        "goal": of.goal,
        "autoStartStop": "false",
        "synced": "false",
    }
    inner = ",".join(f"{name}={'<null>' if value is None else value}" for name, value in shown.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{of.id * 0x9E37:x}[{inner}]"


def board(call: Call, of: Board) -> dict[str, Any]:
    """A board, and on Cloud where it is."""
    shown = {"id": of.id, "self": f"{call.base}/rest/agile/1.0/board/{of.id}", "name": of.name, "type": of.kind}
    return {**shown, **_place(of.project)} if call.cloud else shown


def _place(where: Project) -> dict[str, Any]:
    return {
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


def schema(of: Field) -> dict[str, Any]:
    """How a field is recognised."""
    number = int(of.id.removeprefix("customfield_")) if of.custom else None
    shown = {"type": of.type, "items": of.items, "system": of.system, "custom": of.custom, "customId": number}
    return {name: value for name, value in shown.items() if value is not None}


def comment(call: Call, issue: Issue, of: Comment, *, properties: bool = False) -> dict[str, Any]:
    """A comment with its document."""
    shown = {
        "self": f"{call.rest}/issue/{issue.id}/comment/{of.id}",
        "id": str(of.id),
        "author": user(call, of.author),
        "body": of.body,
        "updateAuthor": user(call, of.editor),
        "created": when(call, of.created),
        "updated": when(call, of.updated),
        **({"jsdPublic": True} if call.cloud else {}),
    }
    if of.visibility is not None:
        shown["visibility"] = of.visibility
    if properties:
        shown["properties"] = [{"key": key, "value": value} for key, value in of.properties.items()]
    return shown


def _item(of: ChangeItem, *, cloud: bool) -> dict[str, Any]:
    shown = {
        "field": of.field,
        "fieldtype": of.kind,
        "fieldId": of.field_id,
        "from": of.before,
        "fromString": of.before_text,
        "to": of.after,
        "toString": of.after_text,
    }
    if of.field_id is None or not cloud:
        del shown["fieldId"]
    return shown


def history(call: Call, of: History, *, epoch: bool = False) -> dict[str, Any]:
    """An entry of the changelog."""
    created = int(of.at.timestamp() * 1000) if epoch else when(call, of.at)
    return {
        "id": str(of.id),
        "author": user(call, of.author),
        "created": created,
        "items": [_item(item, cloud=call.cloud) for item in of.items],
    }


def histories(call: Call, issue: Issue, most: int) -> dict[str, Any]:
    """
    The changelog as it is shown inside an issue: the newest first, and no more than ``most``.

    A Data Center shows all of it, the oldest first.
    """
    if not call.cloud:
        every = [history(call, each) for each in issue.history]
        return {"startAt": 0, "maxResults": len(every), "total": len(every), "histories": every}
    shown = [history(call, each) for each in reversed(issue.history[-most:])]
    return {"startAt": 0, "maxResults": len(shown), "total": len(issue.history), "histories": shown}
