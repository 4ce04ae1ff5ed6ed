"""Every request that we send is one that Microsoft's own documents describe."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs
import pytest
import requests
from ado_meridian import Meridian
from ado_wire import Shared, load

from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVER_2022, SERVER_2022_1, SERVICES, Edition
from safesync.model.message import Message

# Served, and used by Microsoft's own package, but in none of the documents beside the project.
UNDESCRIBED = re.compile(r"/_apis(/ResourceAreas|/connectionData|/Security/PermissionEvaluationBatch)?$", re.IGNORECASE)
SERVED_ELSEWHERE = re.compile(r"/_apis/projects(/|$)", re.IGNORECASE)
"""Described in the document of the area core, which may be missing for a server."""

Operation = tuple[re.Pattern[str], str, dict[str, Any], dict[str, Any]]
"""(path, method, operation, document)."""


def documents(folder: Path, edition: Edition) -> list[Path]:
    version = f"azure-devops-server-{edition.ceiling}" if edition in {SERVER_2020, SERVER_2022} else "7.1"
    return [file for area in ("wit", "work", "core") for file in sorted((folder / area / version).glob("*.json"))]


def operations(folder: Path, edition: Edition) -> Iterator[Operation]:
    for name in documents(folder, edition):
        document = load(name)
        for template, methods in (*document["paths"].items(), *document.get("x-ms-paths", {}).items()):
            route = re.escape(template.partition("?")[0].strip("/")).replace(r"\{", "{").replace(r"\}", "}")
            # Project and team may be left out of an address: the documents list the longest form alone.
            route = route.replace("/{project}/{team}/_apis/wit/", "(?:/{project})?(?:/{team})?/_apis/wit/").replace(
                "{project}/_apis", "(?:{project}/)?_apis"
            )
            route = re.sub(r"/\{path\}$", "(?:/{path})?", route)
            route = route.replace("{collection}", "{organization}")
            pattern = re.compile("/" + re.sub(r"\{\w+\}", "[^/]+", route) + "/?", re.IGNORECASE)
            yield from ((pattern, method.upper(), each, document) for method, each in methods.items() if method != "parameters")


def problems(request: requests.PreparedRequest, operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    """What is wrong with the request as this operation describes it."""
    found = []
    described = {one["name"]: one for one in operation["parameters"] if one.get("in") == "query"}
    query = dict(parse_qsl(urlsplit(request.url or "").query))
    found += [f"{name} is no parameter" for name in query.keys() - described.keys()]
    found += [f"{name} is missing" for name, one in described.items() if one.get("required") and name not in query]
    for name, value in query.items():
        one = described.get(name, {})
        if one.get("type") == "boolean" and value not in {"true", "false"}:
            found.append(f"{name} is no boolean")
        if one.get("type") == "integer" and not value.isdecimal():
            found.append(f"{name} is no integer")
        if one.get("enum") and value not in one["enum"]:
            found.append(f"{name} is none of {one['enum']}")
    version = re.search(r"api-version=(\S+)", str(request.headers.get("Accept")))
    # The package leaves the number of a preview out when it has to go below the version that it was written for.
    described_version = str(operation["x-ms-docs-override-version"])
    if version is None or version.group(1) not in (described_version, re.sub(r"(-preview)\.\d+", r"\1", described_version)):
        found.append(f"version {version and version.group(1)} instead of {operation['x-ms-docs-override-version']}")
    return found + body_problems(request, operation, document)


def body_problems(request: requests.PreparedRequest, operation: dict[str, Any], document: dict[str, Any]) -> list[str]:
    described = next((one for one in operation["parameters"] if one.get("in") == "body"), None)
    if described is None:
        return ["it has a body"] if request.body else []
    media = str(request.headers.get("Content-Type")).partition(";")[0]
    found = [] if media in operation["consumes"] else [f"{media} instead of {operation['consumes']}"]
    body = json.loads(request.body or "null")
    schema = strict({**described["schema"], "definitions": corrected(document["definitions"])})
    return found + [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(body)]


def corrected(definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions, without their one known mistake: a patch is said to be an object, while every example of one is a list."""
    operation = definitions.get("JsonPatchOperation")
    if operation is None:
        return definitions
    properties = operation["properties"] | {"value": {}}
    patch = {"type": "array", "items": {"$ref": "#/definitions/JsonPatchOperation"}}
    return definitions | {"JsonPatchOperation": operation | {"properties": properties}, "JsonPatchDocument": patch}


def strict(node: Any) -> Any:
    """The schema, where an object has no properties but those described."""
    if isinstance(node, list):
        return [strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    closed = {name: strict(value) for name, value in node.items() if name != "example"}
    if node.get("type") == "object" and node.get("properties") and "allOf" not in node:
        closed.setdefault("additionalProperties", False)
    return closed


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[requests.PreparedRequest]:
    """Every request on its way out."""
    seen: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def noted(self: requests.Session, request: requests.PreparedRequest, **more: Any) -> requests.Response:
        seen.append(request)
        return send(self, request, **more)

    monkeypatch.setattr(requests.Session, "send", noted)
    return seen


def address(request: requests.PreparedRequest, meridian: Meridian) -> str:
    """The path as it would be on dev.azure.com."""
    path = (request.url or "").partition("?")[0]
    return "/meridian" + path[len(meridian.url) :]


@pytest.mark.shared
@pytest.mark.parametrize(
    "meridian",
    [SERVICES, SERVER_2022_1, SERVER_2022, SERVER_2020],
    indirect=True,
    ids=lambda edition: edition.name.rpartition(" ")[2],
)
def test_every_request_is_described(meridian: Meridian, message: Message, shared: Shared, sent: list[requests.PreparedRequest]) -> None:
    folder, edition = shared("specs/azure-devops/specification"), meridian.organisation.edition
    areas = {file.parent.parent.name for file in documents(folder, edition)}
    if not areas >= {"wit", "work"}:
        pytest.skip(f"the documents of {edition.name} are not beside the project")
    meridian.organisation.manners.types_without_states = True
    story = meridian.add()
    tracker, ref = meridian.tracker(), meridian.ref(story)
    tracker.identify()
    cursor = next(page.cursor for page in tracker.pull(None) if page.cursor)
    meridian.change(story, System__Title="Changed")
    list(tracker.pull(cursor))
    list(meridian.tracker(query="[System.Title] <> ''").pull(None))
    posted = tracker.create_comment(ref, message)
    tracker.edit_comment(ref, posted.comment_id, message)
    tracker.read_comment(ref, posted.comment_id)
    tracker.find_comments(ref, message.reference)
    tracker.delete_comment(ref, posted.comment_id)
    tracker.change_labels(ref, ["safesync-attention"], [])
    tracker.change_labels(ref, [], ["safesync-attention"])
    tracker.revisions([ref])

    known = list(operations(folder, edition))
    checked = 0
    for request in sent:
        path = address(request, meridian)
        if UNDESCRIBED.search(path) or ("core" not in areas and SERVED_ELSEWHERE.search(path)):
            continue
        fitting = [(each, document) for pattern, method, each, document in known if method == request.method and pattern.fullmatch(path)]
        assert fitting, f"{request.method} {path} is described nowhere"
        wrong = [problems(request, each, document) for each, document in fitting]
        assert [] in wrong, f"{request.method} {path}: {min(wrong, key=len)}"
        checked += 1
    assert checked > 30
    assert len(sent) == len(meridian.organisation.requests)
