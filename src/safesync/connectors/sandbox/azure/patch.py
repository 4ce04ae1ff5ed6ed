"""JSON Patch of work items: what it asks, whether its tests hold, and how it is done at once or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from safesync.connectors.sandbox.azure.call import Call
from safesync.connectors.sandbox.azure.fieldrules import joined_tags, split_tags
from safesync.connectors.sandbox.azure.items import Format, Revision, WorkItem
from safesync.connectors.sandbox.azure.refusal import Refusal, invalid
from safesync.connectors.sandbox.azure.relations import RELATION_TYPES, Relation
from safesync.connectors.sandbox.azure.shapes import item_body, wire_value

MEDIA = "application/json-patch+json"
_TAGS = "System.Tags"
_TARGET = re.compile(r"/_apis/wit/workitems/(\d+)/?$", re.IGNORECASE)


@dataclass(slots=True)
class Patch:
    """What a document asks."""

    tests: list[tuple[str, Any]] = field(default_factory=list)
    """(path, value that must stand there)."""
    changes: list[tuple[str, str, Any]] = field(default_factory=list)
    """(operation, field, value), in the order of the document."""
    formats: dict[str, Format] = field(default_factory=dict)
    added: list[tuple[str, str, str | None]] = field(default_factory=list)
    """(relation type, address, comment)."""
    removed: list[int] = field(default_factory=list)
    """Places of relations as they were before the patch."""

    def fields_of(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """The changed fields: a tag that is added joins those that are there, everything else takes the place."""
        values: dict[str, Any] = {}
        for operation, name, value in self.changes:
            if operation == "remove":
                values[name] = None
            elif name == _TAGS and operation == "add":
                present = values.get(name, before.get(name)) or ""
                values[name] = joined_tags([*split_tags(present), *split_tags(str(value or ""))])
            else:
                values[name] = value
        return values


def parsed(call: Call) -> Patch:
    """The document of a call; raises ``Refusal`` for what is none or asks for what is not played here."""
    if call.media != MEDIA:
        message = (
            f'The request indicated a Content-Type of "{call.media}" for method type "PATCH" which is not supported. '
            f"Valid content types for this method are: {MEDIA}."
        )
        raise Refusal(415, message, "VssRequestContentTypeNotSupportedException")
    if call.truth("bypassRules"):
        raise Refusal(403, "TF401320: bypassRules needs a permission that nobody has in this organisation.", "AccessCheckException")
    document = call.body()
    if not isinstance(document, list) or not document:
        raise invalid("You must pass a valid patch document in the body of the request.", "VssPropertyValidationException")
    patch = Patch()
    for operation in document:
        _read(call, patch, operation)
    flipped = set(patch.formats) - {name for _, name, _ in patch.changes}
    if flipped:
        raise invalid(f"The type changed without a value: {', '.join(sorted(flipped))}.", "VssPropertyValidationException")
    return patch


def _read(call: Call, patch: Patch, operation: Any) -> None:
    if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
        raise invalid("You must pass a valid patch document in the body of the request.", "VssPropertyValidationException")
    name, path, value = str(operation.get("op")).lower(), operation["path"], operation.get("value")
    if name == "test":
        patch.tests.append((path, value))
    elif name not in {"add", "replace", "remove"}:
        raise invalid(f"The patch operation '{name}' is not supported.", "VssPropertyValidationException")
    elif path.startswith("/fields/"):
        patch.changes.append((name, _field(call, path.removeprefix("/fields/")), value))
    elif path.startswith("/multilineFieldsFormat/") and call.organisation.edition.hosted:
        patch.formats[_field(call, path.removeprefix("/multilineFieldsFormat/"))] = _format(value)
    elif path.startswith("/relations/"):
        _read_relation(patch, name, path.removeprefix("/relations/"), value)
    else:
        raise invalid(f"The patch path {path} is not valid.", "VssPropertyValidationException")


def _field(call: Call, name: str) -> str:
    kind = call.organisation.field_kind(name)
    if kind is None:
        raise invalid(f"TF51535: Cannot find field {name}.", "WorkItemTrackingFieldDefinitionNotFoundException")
    return kind.reference


def _format(value: Any) -> Format:
    match str(value).lower():
        case "markdown":
            return "markdown"
        case "html":
            return "html"
    raise invalid(f"The format {value} is not valid.", "VssPropertyValidationException")


def _read_relation(patch: Patch, name: str, place: str, value: Any) -> None:
    if name == "add" and place == "-" and isinstance(value, dict) and {"rel", "url"} <= value.keys():
        patch.added.append((str(value["rel"]), str(value["url"]), (value.get("attributes") or {}).get("comment")))
    elif name == "remove" and place.isdigit():
        patch.removed.append(int(place))
    else:
        raise invalid(f"The patch operation '{name}' on /relations/{place} is not valid.", "VssPropertyValidationException")


def applied(call: Call, item: WorkItem, patch: Patch) -> dict[str, Any]:
    """The item after the patch; nothing has changed when a ``Refusal`` is raised, or when only validation was asked for."""
    for path, value in patch.tests:
        _hold(call, item, path, value)
    ledger = call.organisation.ledger
    fields = patch.fields_of(item.fields)
    targets = [_target(call, rel, url) for rel, url, _ in patch.added]
    previewed = ledger.preview(item, fields)
    memory = _Memory(call, [item, *_others(call, item, patch, targets)])
    try:
        _relink(call, item, patch, targets)
        if call.truth("validateOnly"):
            return _draft(call, item, previewed, memory)
        ledger.change(item, fields, call.stamp, patch.formats)
    except Refusal:
        memory.restore()
        raise
    expand = (call.asked("$expand") or "").lower()
    linked = patch.added or patch.removed or expand in {"all", "relations"}
    return item_body(call, item.latest, expand="all" if expand == "all" else "relations" if linked else "none", single=True)


def _draft(call: Call, item: WorkItem, fields: dict[str, Any], memory: _Memory) -> dict[str, Any]:
    revision = Revision(item, item.rev, item.latest.watermark, item.latest.at, item.latest.by, fields)
    body = item_body(call, revision, expand="relations", single=True)
    memory.restore()
    return body


def _hold(call: Call, item: WorkItem, path: str, value: Any) -> None:
    if path == "/rev":
        holds = item.rev == value
    elif path == "/id":
        holds = item.id == value
    elif path.startswith("/fields/"):
        present = wire_value(item.fields.get(_field(call, path.removeprefix("/fields/"))), call.base)
        holds = present == value or (isinstance(present, dict) and value in (present["uniqueName"], present["displayName"]))
    else:
        raise invalid(f"The patch path {path} is not valid.", "VssPropertyValidationException")
    if not holds:
        raise Refusal(412, f"VS403351: Test Operation for path {path} failed", "TestPatchOperationFailedException")


def _target(call: Call, rel: str, url: str) -> int | str:
    kind = RELATION_TYPES.get(rel)
    if kind is None:
        raise invalid(f"TF401267: Unable to recognize the relation type: {rel}.", "WorkItemLinkInvalidException")
    if kind.topology == "resource":
        return url
    match = _TARGET.search(url)
    if match is None or not url.lower().startswith(call.base.lower()):
        raise invalid(f"VS402317: The relation address {url} is no work item of this organization.", "WorkItemLinkInvalidException")
    return int(match[1])


def _others(call: Call, item: WorkItem, patch: Patch, targets: Iterable[int | str]) -> list[WorkItem]:
    linked = {target for target in targets if isinstance(target, int)}
    if patch.removed:
        linked |= {relation.target for relation in item.relations if relation.target}
    return [call.organisation.items[target] for target in linked if target in call.organisation.items and target != item.id]


def _relink(call: Call, item: WorkItem, patch: Patch, targets: list[int | str]) -> None:
    shown = item.shown_relations()
    if any(place >= len(shown) for place in patch.removed):
        raise invalid("TF401349: A relation that does not exist cannot be removed: index out of range.", "VssPropertyValidationException")
    for place in dict.fromkeys(patch.removed):
        call.organisation.ledger.unrelate(item, shown[place], call.stamp)
    for (rel, _, comment), target in zip(patch.added, targets, strict=True):
        call.organisation.ledger.relate(item, rel, target, call.stamp, comment)


class _Memory:
    """How links were before a patch."""

    def __init__(self, call: Call, items: list[WorkItem]) -> None:
        self._links = call.organisation.ledger.links
        self._entries = len(self._links)
        self._kept: list[tuple[WorkItem, list[Relation], int]] = [(item, list(item.relations), item.link_changes) for item in items]

    def restore(self) -> None:
        del self._links[self._entries :]
        for item, relations, changes in self._kept:
            item.relations[:] = relations
            item.link_changes = changes
