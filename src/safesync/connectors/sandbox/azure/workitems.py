"""Work items: read, made, changed, deleted, restored."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from safesync.connectors.sandbox.azure.call import Answer, Call, Handlers, listed
from safesync.connectors.sandbox.azure.items import Revision, WorkItem
from safesync.connectors.sandbox.azure.patch import Patch, applied, parsed
from safesync.connectors.sandbox.azure.refusal import Refusal, forbidden, invalid, missing_item
from safesync.connectors.sandbox.azure.shapes import canonical, item_body, wire_time, wire_value

BATCH_LIMIT = 200


_EXPANSIONS = ("none", "relations", "fields", "links", "all")
"""In the order of their numbers, which the Node client sends in place of names."""


def _expand(text: object) -> str:
    expand = str(text or "none").lower()
    if expand.isdecimal() and int(expand) < len(_EXPANSIONS):
        return _EXPANSIONS[int(expand)]
    if expand not in _EXPANSIONS:
        raise invalid(f"The value '{text}' is not valid for $expand.", "VssPropertyValidationException")
    return expand


def _as_of(call: Call, item: WorkItem, moment: str | None) -> Revision:
    if moment is None:
        return item.latest
    revision = item.revision_at(call.moment(moment))
    if revision is None:
        raise missing_item(item.id)
    return revision


def _get(call: Call) -> Any:
    if "id" not in call.path:
        ids = call.asked("ids")
        if not ids:
            raise invalid("Value cannot be null. Parameter name: ids", "VssPropertyValidationException")
        fields = call.asked("fields")
        return _many(call, [text.strip() for text in ids.split(",")], fields.split(",") if fields else None, dict(call.query))
    item = call.item()
    fields = call.asked("fields")
    names = canonical(call, fields.split(",")) if fields else None
    return item_body(call, _as_of(call, item, call.asked("asOf")), names=names, expand=_expand(call.asked("$expand")), single=True)


def _batch(call: Call) -> Any:
    asked = call.body()
    if not isinstance(asked, dict) or not isinstance(asked.get("ids"), list):
        raise invalid("Value cannot be null. Parameter name: ids", "VssPropertyValidationException")
    fields = [str(name) for name in asked.get("fields") or ()]
    return _many(call, asked["ids"], fields, {name.lower(): value for name, value in asked.items()})


def _many(call: Call, ids: list[Any], fields: list[str] | None, asked: dict[str, Any]) -> Any:
    expand = _expand(asked.get("$expand"))
    if fields and expand != "none":
        raise invalid("The expand parameter can not be used with the fields parameter.", "ConflictingParametersException")
    if len(ids) > BATCH_LIMIT:
        raise invalid(f"VS403474: You requested {len(ids)} work items, the maximum is {BATCH_LIMIT}.", "WorkItemPageSizeExceededException")
    names = canonical(call, fields) if fields else None
    omit = str(asked.get("errorpolicy") or "fail").lower() == "omit"
    return listed([_one(call, item_id, names, expand, omit=omit, as_of=asked.get("asof")) for item_id in ids])


def _one(call: Call, item_id: Any, names: list[str] | None, expand: str, *, omit: bool, as_of: str | None) -> dict[str, Any] | None:
    if not re.fullmatch(r"[0-9]+", str(item_id)):
        raise invalid(f"The value '{item_id}' is not a valid work item id.", "VssPropertyValidationException")
    try:
        item = call.organisation.item(int(item_id))
        project = call.project()
        if project is not None and item.project != project.name:
            raise missing_item(item.id)
        return item_body(call, _as_of(call, item, as_of), names=names, expand=expand)
    except Refusal:
        if omit:
            return None
        raise


def _patch(call: Call) -> Any:
    item = call.item()
    patch = parsed(call)
    call.may_edit(item)
    return applied(call, item, patch)


def _create(call: Call) -> Any:
    project = call.the_project()
    patch = parsed(call)
    if not project.permissions.edit:
        raise forbidden("create", project.name)
    fields = {"System.AreaPath": project.name} | patch.fields_of({})
    created = call.organisation.ledger.create(unquote(call.path["type"]), fields, call.stamp, patch.formats)
    if call.truth("validateOnly"):
        body = item_body(call, created.latest, single=True)
        call.organisation.ledger.destroy(created)
        return body | {"id": -1}
    return applied(call, created, Patch(added=patch.added))


def _delete(call: Call) -> Any:
    item = call.item()
    call.may_edit(item)
    if call.truth("destroy"):
        call.organisation.ledger.destroy(item)
        return Answer(None, 204)
    call.organisation.ledger.delete(item, call.stamp)
    return _deleted_shape(call, item)


def _deleted_shape(call: Call, item: WorkItem) -> dict[str, Any]:
    who, when = (item.deleted.by, item.deleted.at) if item.deleted else (call.person, call.now)
    return {
        "id": item.id,
        "code": 200,
        "type": item.type,
        "name": item.fields["System.Title"],
        "project": item.project,
        "deletedDate": f"{when.month}/{when.day}/{when.year} {when.hour % 12 or 12}:{when:%M:%S %p}",
        "deletedBy": who.distinct_name(),
        "url": f"{call.base}/_apis/wit/recycleBin/{item.id}",
        "resource": item_body(call, item.latest),
    }


def _bin(call: Call) -> Any:
    if "id" in call.path:
        return _deleted_shape(call, call.item(deleted=True))
    project = call.project()
    deleted = [item for item in call.organisation.readable(deleted=True) if project is None or item.project == project.name]
    if (ids := call.asked("ids")) is not None:
        wanted = {text.strip() for text in ids.split(",")}
        return listed([_deleted_shape(call, item) for item in deleted if str(item.id) in wanted])
    # The id is text here and nowhere else.
    return listed([{"id": str(item.id), "url": f"{call.base}/_apis/wit/recycleBin/{item.id}"} for item in deleted])


def _restore(call: Call) -> Any:
    item = call.item(deleted=True)
    call.may_edit(item)
    if call.body() != {"isDeleted": False}:
        raise invalid("A deleted work item can only be restored: isDeleted must be false.", "VssPropertyValidationException")
    shape = _deleted_shape(call, item)
    call.organisation.ledger.restore(item, call.stamp)
    return shape | {"url": f"{call.base}/_apis/wit/workItems/{item.id}", "resource": item_body(call, item.latest)}


def _destroy(call: Call) -> Any:
    item = call.item(deleted=True)
    call.may_edit(item)
    call.organisation.ledger.destroy(item)
    return Answer(None, 204)


def _revisions(call: Call) -> Any:
    item = call.item()
    number = call.path.get("revisionNumber")
    if number is not None:
        if not number.isdigit() or not 1 <= int(number) <= item.rev:
            raise Refusal(404, f"VS402340: Revision {number} of work item {item.id} does not exist.", "WorkItemRevisionNotFoundException")
        return item_body(call, item.revisions[int(number) - 1])
    skip, top = call.number("$skip", 0), call.number("$top", 200)
    return listed([item_body(call, revision) for revision in item.revisions[skip : skip + top]])


def _updates(call: Call) -> Any:
    item = call.item()
    number = call.path.get("updateNumber")
    if number is not None:
        if not number.isdigit() or not 1 <= int(number) <= item.rev:
            raise Refusal(404, f"VS402341: Update {number} of work item {item.id} does not exist.", "WorkItemUpdateNotFoundException")
        return _update(call, item, int(number))
    skip, top = call.number("$skip", 0), call.number("$top", 200)
    return listed([_update(call, item, rev) for rev in range(1, item.rev + 1)][skip : skip + top])


def _update(call: Call, item: WorkItem, number: int) -> dict[str, Any]:
    new = item.revisions[number - 1]
    old = item.revisions[number - 2].fields if number > 1 else {}
    fields: dict[str, Any] = {"System.Rev": {"newValue": number} | ({"oldValue": number - 1} if number > 1 else {})}
    for name in [*new.fields, *(name for name in old if name not in new.fields)]:
        if old.get(name) != new.fields.get(name):
            pair = (("oldValue", old.get(name)), ("newValue", new.fields.get(name)))
            fields[name] = {key: wire_value(value, call.base) for key, value in pair if value is not None}
    following = item.revisions[number].at if number < item.rev else None
    return {
        "id": number,
        "workItemId": item.id,
        "rev": number,
        "revisedBy": new.by.reference(call.base) | {"name": new.by.distinct_name()},
        "revisedDate": wire_time(following) if following else "9999-01-01T00:00:00Z",
        "fields": fields,
        "url": f"{call.base}/_apis/wit/workItems/{item.id}/updates/{number}",
    }


HANDLERS: Handlers = {
    ("GET", "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b"): _get,
    ("PATCH", "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b"): _patch,
    ("DELETE", "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b"): _delete,
    ("POST", "62d3d110-0047-428c-ad3c-4fe872c91c74"): _create,
    ("POST", "908509b6-4248-4475-a1cd-829139ba419f"): _batch,
    ("GET", "b70d8d39-926c-465e-b927-b1bf0e5ca0e0"): _bin,
    ("PATCH", "b70d8d39-926c-465e-b927-b1bf0e5ca0e0"): _restore,
    ("DELETE", "b70d8d39-926c-465e-b927-b1bf0e5ca0e0"): _destroy,
    ("GET", "a00c85a5-80fa-4565-99c3-bcd2181434bb"): _revisions,
    ("GET", "6570bf97-d02c-4a91-8d93-3abe9895b1a9"): _updates,
}
