"""Area and iteration nodes, and what the caller may do in an area."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from safesync.connectors.sandbox.azure.call import Call, Handlers, listed
from safesync.connectors.sandbox.azure.nodes import Node
from safesync.connectors.sandbox.azure.refusal import Refusal, invalid
from safesync.connectors.sandbox.azure.teams import Permissions, Project

AREA_SECURITY = "83e28ad4-2d72-4ceb-97b0-c7726d5502c3"
TAG_SECURITY = "bb50f182-8e5e-40b8-bc21-e8752a1e7ae2"
NODE_TOKEN = "vstfs:///Classification/Node/"  # noqa: S105 - the name that a node has in the security service
READ_BIT = 16
WRITE_BIT = 32
COMMENT_BIT = 512


def security_token(node: Node) -> str:
    """What the security service calls a node: all nodes from the root down to it."""
    return ":".join(NODE_TOKEN + each.identifier for each in node.lineage)


def node_url(call: Call, project: Project, node: Node) -> str:
    """The address of a node."""
    group = "Areas" if node.structure == "area" else "Iterations"
    below = "".join("/" + quote(name) for name in node.names[1:])
    return f"{call.base}/{project.id}/_apis/wit/classificationNodes/{group}{below}"


def _shape(call: Call, project: Project, node: Node, depth: int) -> dict[str, Any]:
    body: dict[str, Any] = {
        "id": node.id,
        "identifier": node.identifier,
        "name": node.name,
        "structureType": node.structure,
        "hasChildren": bool(node.children),
    }
    if node.start and node.finish:
        body["attributes"] = {"startDate": f"{node.start}T00:00:00Z", "finishDate": f"{node.finish}T00:00:00Z"}
    if node.children and depth > 0:
        body["children"] = [_shape(call, project, child, depth - 1) for child in node.children]
    return body | {"path": node.node_path, "url": node_url(call, project, node)}


def _single(call: Call, project: Project, node: Node, depth: int) -> dict[str, Any]:
    links = {"self": {"href": node_url(call, project, node)}}
    if node.parent:
        links["parent"] = {"href": node_url(call, project, node.parent)}
    return _shape(call, project, node, depth) | {"_links": links}


def _roots(call: Call) -> Any:
    project = call.the_project()
    if (ids := call.asked("ids")) is not None:
        return listed(_by_ids(call, project, ids))
    depth = call.number("$depth", 0)
    return listed([_shape(call, project, root, depth) for root in (project.areas, project.iterations)])


def _by_ids(call: Call, project: Project, ids: str) -> list[Any]:
    known = {node.id: node for root in (project.areas, project.iterations) for node in root.walk()}
    found = [known.get(int(text)) if text.strip().isdigit() else None for text in ids.split(",")]
    if None in found and (call.asked("errorPolicy") or "fail").lower() != "omit":
        raise Refusal(404, f"VS402485: The area or iteration with the id {ids} is not found.", "ClassificationNodeNotFoundException")
    return [node and _shape(call, project, node, call.number("$depth", 0)) for node in found]


def _node(call: Call) -> Any:
    project = call.the_project()
    group = call.path["structureGroup"].lower()
    if group not in {"areas", "iterations"}:
        raise invalid(f"VS402482: The structure group {group} is not valid.", "VssPropertyValidationException")
    root = project.areas if group == "areas" else project.iterations
    path = call.path.get("path", "")
    node = root.find([name for name in path.replace("\\", "/").split("/") if name])
    if node is None:
        message = f"VS402485: The area or iteration with the path {path} is not found."
        raise Refusal(404, message, "ClassificationNodeNotFoundException")
    return _single(call, project, node, call.number("$depth", 0))


def _permissions(call: Call) -> Any:
    asked = call.body()
    evaluations = asked.get("evaluations") if isinstance(asked, dict) else None
    if not isinstance(evaluations, list) or not all(isinstance(one, dict) for one in evaluations):
        raise invalid("Value cannot be null. Parameter name: evaluations", "VssPropertyValidationException")
    held = [one | {"value": _holds(call, one)} for one in evaluations]
    return {"evaluations": held, "alwaysAllowAdministrators": bool(asked.get("alwaysAllowAdministrators"))}


def _holds(call: Call, asked: dict[str, Any]) -> bool:
    bits, token = int(asked.get("permissions") or 0), str(asked.get("token") or "")
    namespace = str(asked.get("securityNamespaceId")).lower()
    for project in call.organisation.projects.values():
        if namespace == AREA_SECURITY and any(token == security_token(node) for node in project.areas.walk()):
            return bits != 0 and bits & _granted(call, project.permissions) == bits
        if namespace == TAG_SECURITY and token.strip("/") == project.id:
            return project.permissions.edit
    return False


def _granted(call: Call, permissions: Permissions) -> int:
    if not permissions.read:
        return 0
    comment = call.organisation.edition.comment_right and permissions.comment
    return 1 | READ_BIT | (WRITE_BIT if permissions.edit else 0) | (COMMENT_BIT if comment else 0)


HANDLERS: Handlers = {
    ("GET", "a70579d1-f53a-48ee-a5be-7be8659023b9"): _roots,
    ("GET", "5a172953-1b41-49d3-840a-33f79c3ce89f"): _node,
    ("POST", "cf1faa59-1b63-4448-bf04-13d981a46f5d"): _permissions,
}
