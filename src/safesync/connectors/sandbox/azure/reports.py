"""The streams of changes: revisions of items, and links that were made or removed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from safesync.connectors.sandbox.azure.call import Call, Handlers
from safesync.connectors.sandbox.azure.items import Revision
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.azure.refusal import invalid
from safesync.connectors.sandbox.azure.relations import LinkChange
from safesync.connectors.sandbox.azure.shapes import canonical, computed, field_bodies, wire_time

T = TypeVar("T")
_LONG = frozenset({"html", "history", "plainText"})


@dataclass(frozen=True, slots=True)
class _Wish:
    """What of the revisions is wanted."""

    fields: list[str] | None
    types: frozenset[str] | None
    references: bool
    deleted: bool
    latest: bool
    long_text: bool


def _start(call: Call, stream: Sequence[T], place: Callable[[T], tuple[int, datetime]]) -> int:
    """The place in the stream to go on from."""
    token, since = call.asked("continuationToken"), call.asked("startDateTime")
    if token is not None and since is not None:
        raise invalid("The continuationToken and startDateTime parameters are mutually exclusive.", "ConflictingParametersException")
    if since is not None:
        start = call.moment(since)
        return next((index for index, entry in enumerate(stream) if place(entry)[1] >= start), len(stream))
    if not token:
        return 0
    watermark = token.split(";", maxsplit=1)[0]
    if not watermark.isdigit():
        raise invalid(f"VS402347: The continuation token {token} is not valid.", "InvalidContinuationTokenException")
    return bisect_right(stream, int(watermark), key=lambda entry: place(entry)[0])


def _indexed(call: Call, stream: Sequence[T], at: Callable[[T], datetime]) -> Sequence[T]:
    """What a late stream has of all entries, which are in the order of their times."""
    lag_s = call.organisation.manners.query_lag_s
    return stream[: bisect_right(stream, call.now - timedelta(seconds=lag_s), key=at)] if lag_s else stream


def _size(call: Call) -> int:
    size = max(1, min(call.number("$maxPageSize", call.organisation.manners.page_size), call.organisation.manners.page_size))
    return max(1, size // 2) if call.organisation.manners.short_pages else size


def _streamed(
    call: Call, stream: Sequence[T], start: int, shape: Callable[[T], dict[str, Any] | None], token: Callable[[T], str]
) -> dict[str, Any]:
    """
    A page: up to a number of entries that are wanted, and the token of the last that was looked at.

    With short pages the one that ends the stream is empty: only ``isLastBatch`` says that there is no more.
    """
    values: list[dict[str, Any]] = []
    at, size = start, _size(call)
    while at < len(stream) and len(values) < size:
        shaped = shape(stream[at])
        at += 1
        if shaped is not None:
            values.append(shaped)
    ended = at >= len(stream) and not (call.organisation.manners.short_pages and values)
    reached = token(stream[at - 1]) if at else call.asked("continuationToken") or "0"
    return {"values": values, "nextLink": _next_link(call, reached), "continuationToken": reached, "isLastBatch": ended}


def _next_link(call: Call, token: str) -> str:
    query = {name: value for name, value in call.query.items() if name not in {"continuationtoken", "startdatetime", "api-version"}}
    query |= {"continuationToken": token, "api-version": call.version}
    return f"{call.url.split('?', maxsplit=1)[0]}?{urlencode(query)}"


def _in_scope(call: Call) -> Callable[[str], bool]:
    """Whether a project is looked at; all that may be read are, unless the address names one."""
    own = call.project()
    hidden = {project.name for project in call.organisation.projects.values() if not project.permissions.read}
    return lambda name: name not in hidden and (own is None or name == own.name)


def _split(text: str | None) -> list[str] | None:
    return [part.strip() for part in text.split(",") if part.strip()] if text else None


def _wish(call: Call) -> _Wish:
    asked: dict[str, Any] = {
        name: call.asked(name) for name in ("includeIdentityRef", "includeDeleted", "includeLatestOnly", "includeTagRef")
    }
    asked |= {"fields": _split(call.asked("fields")), "types": _split(call.asked("types"))}
    if call.raw:
        body = call.body()
        if not isinstance(body, dict):
            raise invalid("Value cannot be null. Parameter name: filter", "VssPropertyValidationException")
        asked |= body
    if _true(asked["includeTagRef"]):
        raise invalid("includeTagRef is not played by this organisation.", "VssPropertyValidationException")
    types = asked["types"]
    return _Wish(
        canonical(call, asked["fields"]) if asked["fields"] else None,
        frozenset(str(name).lower() for name in types) if types else None,
        _true(asked["includeIdentityRef"]),
        _true(asked["includeDeleted"]),
        _true(asked["includeLatestOnly"]),
        (call.asked("$expand") or "none").lower() == "fields",
    )


def _true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _revisions(call: Call) -> Any:
    wish, in_scope = _wish(call), _in_scope(call)
    stream = _indexed(call, call.organisation.ledger.revisions, lambda revision: revision.at)
    late = len(stream) < len(call.organisation.ledger.revisions)
    start = _start(call, stream, lambda revision: (revision.watermark, revision.at))

    def shape(revision: Revision) -> dict[str, Any] | None:
        item = revision.item
        if not in_scope(revision.fields["System.TeamProject"]) or (item.deleted and not wish.deleted):
            return None
        if (wish.latest and revision is not (item.revision_at(stream[-1].at) if late else item.latest)) or (
            wish.types and revision.fields["System.WorkItemType"].lower() not in wish.types
        ):
            return None
        return {"id": item.id, "rev": revision.rev, "fields": _reported(call, revision, wish)}

    return _streamed(call, stream, start, shape, lambda revision: f"{revision.watermark};{revision.item.id};{revision.rev}")


def _reported(call: Call, revision: Revision, wish: _Wish) -> dict[str, Any]:
    kinds = call.organisation.fields
    body = field_bodies(call, revision, wish.fields, everything=True)
    if not wish.long_text:
        body = {name: value for name, value in body.items() if kinds[name].type not in _LONG or name == "System.Tags"}
    if not wish.references:
        for name in body:
            who = revision.fields.get(name, computed(call, revision, name) if name == "System.AuthorizedAs" else None)
            if isinstance(who, Person):
                body[name] = who.distinct_name()
    return body


def _links(call: Call) -> Any:
    in_scope = _in_scope(call)
    kinds = {name.lower() for name in _split(call.asked("linkTypes")) or ()}
    types = {name.lower() for name in _split(call.asked("types")) or ()}
    items = call.organisation.items
    stream = _indexed(call, call.organisation.ledger.links, lambda link: link.stamp.at)
    start = _start(call, stream, lambda link: (link.watermark, link.stamp.at))

    def shape(link: LinkChange) -> dict[str, Any] | None:
        source, target = items[link.source], items[link.target]
        if not in_scope(source.project) or (kinds and link.link_type.lower() not in kinds):
            return None
        if types and source.type.lower() not in types:
            return None
        return {
            "rel": link.link_type,
            "sourceId": link.source,
            "targetId": link.target,
            "changedDate": wire_time(link.stamp.at),
            "isActive": link.active,
            "changedBy": link.stamp.by.reference(call.base),
            "comment": link.comment,
            "changedOperation": "create" if link.active else "remove",
            "sourceProjectId": call.organisation.project_of(source).id,
            "targetProjectId": call.organisation.project_of(target).id,
        }

    return _streamed(call, stream, start, shape, lambda link: str(link.watermark))


HANDLERS: Handlers = {
    ("GET", "f828fe59-dd87-495d-a17c-7a8d6211ca6c"): _revisions,
    ("POST", "f828fe59-dd87-495d-a17c-7a8d6211ca6c"): _revisions,
    ("GET", "b5b5b6d0-0308-40a1-b3f4-b9bb3c66878f"): _links,
}
