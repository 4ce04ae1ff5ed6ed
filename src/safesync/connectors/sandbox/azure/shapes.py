"""How items, comments and times look on the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from safesync.connectors.sandbox.azure.call import Call
from safesync.connectors.sandbox.azure.items import Comment, CommentVersion, Revision, WorkItem
from safesync.connectors.sandbox.azure.markup import rendered
from safesync.connectors.sandbox.azure.nodes import Node
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.azure.refusal import invalid
from safesync.connectors.sandbox.azure.relations import FILE, RELATION_TYPES, Relation

FOREVER = "9999-01-01T00:00:00Z"
_EXTRA = (
    "System.Id",
    "System.AreaId",
    "System.NodeName",
    "System.AreaLevel1",
    "System.AreaLevel2",
    "System.AreaLevel3",
    "System.AreaLevel4",
    "System.Rev",
    "System.AuthorizedDate",
    "System.RevisedDate",
    "System.IterationId",
    "System.IterationLevel1",
    "System.IterationLevel2",
    "System.IterationLevel3",
    "System.IterationLevel4",
    "System.AuthorizedAs",
    "System.PersonId",
    "System.Watermark",
)


@lru_cache(maxsize=65_536)
def wire_time(moment: datetime) -> str:
    """ISO 8601 in UTC, in milliseconds without the zeros at their end."""
    text = moment.astimezone(UTC).isoformat()[:-6]
    return (text.rstrip("0") if "." in text else text) + "Z"


def wire_value(value: Any, base: str) -> Any:
    """A field's value as JSON has it."""
    if isinstance(value, datetime):
        return wire_time(value)
    return value.reference(base) if isinstance(value, Person) else value


def _node(call: Call, revision: Revision, structure: str) -> Node:
    project = call.organisation.projects[revision.fields["System.TeamProject"].lower()]
    path = revision.fields["System.AreaPath" if structure == "area" else "System.IterationPath"]
    return project.node(structure, path) or (project.areas if structure == "area" else project.iterations)


_COMPUTED: dict[str, Callable[[Call, Revision], Any]] = {
    "System.Id": lambda _call, revision: revision.item.id,
    "System.Rev": lambda _call, revision: revision.rev,
    "System.Watermark": lambda _call, revision: revision.watermark,
    "System.AuthorizedDate": lambda _call, revision: revision.at,
    "System.AuthorizedAs": lambda _call, revision: revision.by,
    "System.PersonId": lambda _call, revision: int(revision.by.id[:7], 16),
    "System.RevisedDate": lambda _call, revision: revision.item.revisions[revision.rev].at if revision.rev < revision.item.rev else FOREVER,
    "System.Parent": lambda _call, revision: revision.item.parent,
    "System.AreaId": lambda call, revision: _node(call, revision, "area").id,
    "System.NodeName": lambda call, revision: _node(call, revision, "area").name,
    "System.IterationId": lambda call, revision: _node(call, revision, "iteration").id,
}


def computed(call: Call, revision: Revision, name: str) -> Any:
    """A field that is not kept but follows from others; ``None`` when there is none."""
    known = _COMPUTED.get(name)
    if known is not None:
        return known(call, revision)
    if name[:-1] in {"System.AreaLevel", "System.IterationLevel"}:
        names = str(revision.fields["System.AreaPath" if "Area" in name else "System.IterationPath"]).split("\\")
        return names[int(name[-1]) - 1] if int(name[-1]) <= len(names) else None
    return None


def canonical(call: Call, names: Iterable[str]) -> list[str]:
    """Reference names of fields that were asked for; raises ``Refusal`` for one that is not there."""
    known = []
    for name in names:
        kind = call.organisation.field_kind(name.strip())
        if kind is None:
            raise invalid(f"TF51535: Cannot find field {name}.", "WorkItemTrackingFieldDefinitionNotFoundException")
        known.append(kind.reference)
    return known


def field_bodies(call: Call, revision: Revision, names: list[str] | None, *, everything: bool = False) -> dict[str, Any]:
    """
    The fields of a revision: those of ``names``, or else what is answered by default, or ``everything``.

    Empty fields are left out.
    """
    base, kept = call.base, revision.fields
    if names is not None:
        found = ((name, kept[name] if name in kept else computed(call, revision, name)) for name in names)
        return {name: wire_value(value, base) for name, value in found if value is not None}
    body = {}
    if everything:
        extra = ((name, computed(call, revision, name)) for name in _EXTRA)
        body = {name: wire_value(value, base) for name, value in extra if value is not None}
    for name, value in kept.items():
        body[name] = wire_value(value, base)
    if (parent := revision.item.parent) is not None:
        body["System.Parent"] = parent
    return body


def relation_body(call: Call, item: WorkItem, relation: Relation, *, scoped: bool) -> dict[str, Any]:
    """A relation; ``scoped`` addresses carry the project."""
    attributes: dict[str, Any] = {"isLocked": False} if relation.target else {"id": relation.number}
    if relation.target is None:
        moment = wire_time(relation.at)
        attributes |= {"authorizedDate": moment, "resourceCreatedDate": moment, "resourceModifiedDate": moment, "revisedDate": FOREVER}
    if relation.comment is not None:
        attributes["name" if relation.rel == FILE else "comment"] = relation.comment
    if relation.target is not None:
        attributes["name"] = RELATION_TYPES[relation.rel].name
    url = relation.url or item_url(call, item, relation.target or 0, scoped=scoped)
    if relation.rel == FILE and "/" not in url:
        url = f"{call.base}/_apis/wit/attachments/{url}"
    return {"rel": relation.rel, "url": url, "attributes": attributes}


def item_url(call: Call, item: WorkItem, item_id: int, *, scoped: bool) -> str:
    """The address of an item, with the project's id in it or without."""
    scope = f"/{call.organisation.project_of(item).id}" if scoped else ""
    return f"{call.base}{scope}/_apis/wit/workItems/{item_id}"


def _links(call: Call, item: WorkItem) -> dict[str, Any]:
    own = item_url(call, item, item.id, scoped=True)
    scope = f"{call.base}/{call.organisation.project_of(item).id}"
    addresses = {
        "self": own,
        "workItemUpdates": f"{own}/updates",
        "workItemRevisions": f"{own}/revisions",
        "workItemComments": f"{own}/comments",
        "html": f"{scope}/_workitems/edit/{item.id}",
        "workItemType": f"{scope}/_apis/wit/workItemTypes/{item.type}",
        "fields": f"{scope}/_apis/wit/fields",
    }
    return {name: {"href": address} for name, address in addresses.items()}


def item_body(
    call: Call, revision: Revision, *, names: list[str] | None = None, expand: str = "none", single: bool = False
) -> dict[str, Any]:
    """A work item as it was at ``revision``; relations are always today's."""
    item = revision.item
    fields = field_bodies(call, revision, names, everything=expand in {"all", "fields"})
    body: dict[str, Any] = {"id": item.id, "rev": revision.rev, "fields": fields}
    if call.organisation.edition.hosted:
        body["multilineFieldsFormat"] = _formats(call, item, fields)
    if expand in {"all", "relations"} and item.relations:
        body["relations"] = [relation_body(call, item, relation, scoped=single) for relation in item.shown_relations()]
    if revision.comment is not None and names is None:
        body["commentVersionRef"] = _comment_reference(call, revision, *revision.comment)
    if single or expand in {"all", "links"}:
        body["_links"] = _links(call, item)
    body["url"] = item_url(call, item, item.id, scoped=single)
    return body


def _formats(call: Call, item: WorkItem, fields: dict[str, Any]) -> dict[str, str]:
    kinds = call.organisation.fields
    return {name: item.formats.get(name, "html") for name in fields if kinds[name].type == "html"}


def _comment_reference(call: Call, revision: Revision, comment: Comment, version: CommentVersion) -> dict[str, Any]:
    reference: dict[str, Any] = {"commentId": comment.id, "version": version.version}
    if version.deleted:
        reference["isDeleted"] = True
    return reference | {"url": f"{_comment_url(call, revision.item, comment)}/versions/{version.version}"}


def _comment_url(call: Call, item: WorkItem, comment: Comment) -> str:
    return f"{item_url(call, item, item.id, scoped=True)}/comments/{comment.id}"


def comment_body(
    call: Call, item: WorkItem, comment: Comment, *, version: CommentVersion | None = None, render: bool = False
) -> dict[str, Any]:
    """A comment as it is, or as it was in one version."""
    shown = version or comment.last
    body: dict[str, Any] = {
        "workItemId": item.id,
        "id": comment.id,
        "version": shown.version,
        "text": shown.text,
        "createdBy": comment.first.stamp.by.reference(call.base),
        "createdDate": wire_time(comment.first.stamp.at),
        "modifiedBy": shown.stamp.by.reference(call.base),
        "modifiedDate": wire_time(shown.stamp.at),
        "url": _comment_url(call, item, comment) + (f"/versions/{shown.version}" if version else ""),
    }
    formats = call.organisation.edition.comment_formats
    if formats:
        body["format"] = comment.format
    if render and formats:
        body["renderedText"] = rendered(shown.text, comment.format)
    if shown.deleted:
        body["isDeleted"] = True
    return body
