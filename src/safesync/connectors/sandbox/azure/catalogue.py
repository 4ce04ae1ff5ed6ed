"""What the organisation's items are made of: types, states, fields, kinds of links."""

from __future__ import annotations

from typing import Any

from safesync.connectors.sandbox.azure.call import Call, Handlers, listed
from safesync.connectors.sandbox.azure.fieldrules import split_tags
from safesync.connectors.sandbox.azure.people import stable_id
from safesync.connectors.sandbox.azure.process import FieldKind, ItemType, Process
from safesync.connectors.sandbox.azure.refusal import Refusal
from safesync.connectors.sandbox.azure.relations import RELATION_TYPES, RelationType
from safesync.connectors.sandbox.azure.teams import Project

_OPERATIONS = {
    "SupportedOperations.Equals": "=",
    "SupportedOperations.NotEquals": "<>",
    "SupportedOperations.GreaterThan": ">",
    "SupportedOperations.LessThan": "<",
    "SupportedOperations.In": "In",
}


def _field(call: Call, kind: FieldKind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "referenceName": kind.reference,
        "description": None,
        "type": kind.type,
        "usage": "workItem",
        "readOnly": kind.read_only,
        "canSortBy": kind.type not in {"html", "history", "plainText"},
        "isQueryable": True,
        "supportedOperations": [{"referenceName": reference, "name": name} for reference, name in _OPERATIONS.items()],
        "isIdentity": kind.identity,
        "isPicklist": kind.picklist,
        "isPicklistSuggested": False,
        "isDeleted": False,
        "url": f"{call.base}/_apis/wit/fields/{kind.reference}",
    } | ({"picklistId": stable_id("picklist", kind.reference)} if kind.picklist else {})


def _fields(call: Call) -> Any:
    name = call.path.get("fieldNameOrRefName")
    if name is None:
        return listed([_without_nothing(_field(call, kind)) for kind in call.organisation.fields.values()])
    kind = call.organisation.field_kind(name)
    if kind is None:
        raise Refusal(404, f"TF51535: Cannot find field {name}.", "WorkItemTrackingFieldDefinitionNotFoundException")
    return _without_nothing(_field(call, kind))


def _without_nothing(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None}


def _states(kind: ItemType) -> list[dict[str, str]]:
    return [{"name": state.name, "color": state.color, "category": state.category} for state in kind.states]


def _type(call: Call, project: Project, kind: ItemType) -> dict[str, Any]:
    names = [state.name for state in kind.states]
    fields = [
        {"referenceName": field.reference, "name": field.name, "alwaysRequired": field.reference == "System.Title"}
        | {"url": f"{call.base}/_apis/wit/fields/{field.reference}"}
        for field in call.organisation.fields.values()
    ]
    return {
        "name": kind.name,
        "referenceName": kind.reference,
        "description": "",
        "color": kind.color,
        "icon": {"id": "icon_list", "url": f"{call.base}/_apis/wit/workItemIcons/icon_list?color={kind.color}&v=2"},
        "isDisabled": False,
        "fields": fields,
        "fieldInstances": fields,
        "transitions": {"": [{"to": names[0]}]} | {name: [{"to": other} for other in names] for name in names},
        **({} if call.organisation.manners.types_without_states else {"states": _states(kind)}),
        "url": f"{call.base}/{project.id}/_apis/wit/workItemTypes/{kind.name}",
    }


def _kind(call: Call) -> ItemType:
    project = call.the_project()
    kind = project.process.type_named(call.path["type"])
    if kind is None:
        message = f"VS402323: Work item type {call.path['type']} does not exist in project {project.name}."
        raise Refusal(404, message, "WorkItemTypeNotFoundException")
    return kind


def _types(call: Call) -> Any:
    project = call.the_project()
    if "type" in call.path:
        return _type(call, project, _kind(call))
    return listed([_type(call, project, kind) for kind in project.process.types.values()])


def _type_states(call: Call) -> Any:
    return listed(_states(_kind(call)))


def _category(call: Call, project: Project, reference: str) -> dict[str, Any]:
    def named(kind: ItemType) -> dict[str, str]:
        return {"name": kind.name, "url": f"{call.base}/{project.id}/_apis/wit/workItemTypes/{kind.name}"}

    kinds = [kind for kind in project.process.types.values() if kind.category == reference]
    return {
        "name": _category_name(project.process, reference),
        "referenceName": reference,
        "defaultWorkItemType": named(kinds[0]),
        "workItemTypes": [named(kind) for kind in kinds],
        "url": f"{call.base}/{project.id}/_apis/wit/workItemTypeCategories/{reference}",
    }


def _category_name(process: Process, reference: str) -> str:
    kind = next(kind for kind in process.types.values() if kind.category == reference)
    return f"{kind.name} Category"


def _categories(call: Call) -> Any:
    project = call.the_project()
    references = list(dict.fromkeys(kind.category for kind in project.process.types.values()))
    wanted = call.path.get("category")
    if wanted is None:
        return listed([_category(call, project, reference) for reference in references])
    found = next((reference for reference in references if reference.lower() == wanted.lower()), None)
    if found is None:
        raise Refusal(404, f"VS402322: Work item type category {wanted} does not exist.", "WorkItemTypeCategoryNotFoundException")
    return _category(call, project, found)


def _relation_type(call: Call, kind: RelationType) -> dict[str, Any]:
    attributes: dict[str, Any] = {"usage": "workItemLink", "editable": kind.editable, "enabled": True}
    if kind.topology == "resource":
        attributes["usage"] = "resourceLink"
    else:
        attributes |= {
            "acyclic": kind.topology != "network",
            "directional": kind.topology != "network",
            "singleTarget": kind.topology != "tree",
            "topology": kind.topology,
            "remote": kind.remote,
        }
    if kind.forward is not None:
        attributes |= {"isForward": kind.forward, "oppositeEndReferenceName": kind.opposite}
    url = f"{call.base}/_apis/wit/workItemRelationTypes/{kind.reference}"
    return {"referenceName": kind.reference, "name": kind.name, "attributes": attributes, "url": url}


def _relation_types(call: Call) -> Any:
    wanted = call.path.get("relation")
    if wanted is None:
        return listed([_relation_type(call, kind) for kind in RELATION_TYPES.values()])
    found = next((kind for kind in RELATION_TYPES.values() if wanted.lower() in (kind.reference.lower(), kind.name.lower())), None)
    if found is None:
        raise Refusal(404, f"TF401267: Unable to recognize the relation type: {wanted}.", "WorkItemRelationTypeNotFoundException")
    return _relation_type(call, found)


def _tags(call: Call) -> Any:
    project = call.the_project()
    used: dict[str, str] = {}
    for item in call.organisation.readable():
        if item.project == project.name:
            for tag in split_tags(item.fields.get("System.Tags", "")):
                used.setdefault(tag.casefold(), tag)
    return listed(
        [
            {"id": stable_id("tag", project.name, key), "name": tag, "url": f"{call.base}/{project.id}/_apis/wit/tags/{tag}"}
            for key, tag in sorted(used.items())
        ]
    )


HANDLERS: Handlers = {
    ("GET", "b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94"): _fields,
    ("GET", "7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa"): _types,
    ("GET", "7c9d7a76-4a09-43e8-b5df-bd792f4ac6aa"): _type_states,
    ("GET", "9b9f5734-36c8-415e-ba67-f83b45c31408"): _categories,
    ("GET", "f5d33bc9-5b49-4a3c-a9bd-f3cd46dd2165"): _relation_types,
    ("GET", "bc15bc60-e7a8-43cb-ab01-2106be3983a1"): _tags,
}
