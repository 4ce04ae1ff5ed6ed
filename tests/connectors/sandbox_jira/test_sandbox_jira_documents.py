"""Every kind of answer, held against Atlassian's own OpenAPI documents."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis.openapi.checks import JsonSchemaError

from safesync.connectors.sandbox.jira import enclosures

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("SAFESYNC_SHARED") or ROOT.parent / "shared")
SPECS = SHARED / "reference" / "specs" / "jira"
DOCUMENTS = ("jira-cloud-platform-v3_2026-06-10.json", "jira-software-agile_2026-06-10.json")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SPECS.is_dir(), reason="the official documents are not beside the project; SAFESYNC_SHARED says where they are"),
]


def _document(text: str) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]}


@pytest.fixture(scope="module")
def schemas() -> list[Any]:
    return [schemathesis.openapi.from_path(str(SPECS / name)) for name in DOCUMENTS]


def _operation(schemas: list[Any], method: str, path: str) -> Any:
    """The documented operation for a path: of the templates that fit, the one with the fewest holes."""
    fits = [
        (template.count("{"), template, schema)
        for schema in schemas
        for template in schema
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) and method in {verb.upper() for verb in schema[template]}
    ]
    _, template, schema = min(fits, key=lambda fit: fit[0])
    return schema[template][method]


def _as_documented(answer: requests.Response) -> requests.Response:
    """
    The answer without the three things in which real answers, or the document's own examples, differ from the document.

    Offsets have no colon, ends of a change that are not there are null, and a board's configuration names its project
    in full. Everything else is held against it as it is.
    """
    content = re.sub(rb"(T[\d:.]+[+-]\d\d)(\d\d)\"", rb'\1:\2"', answer.content)
    content = re.sub(rb'"location":\{"type":"project",[^}]*\}', b'"location":{"type":"project"}', content)
    answer._content = re.sub(rb',"(?:from|fromString|to|toString)":null', b"", content)
    return answer


def _tour(api: Any, site: Any) -> None:
    """Read and write once through everything the sandbox has."""
    issue = "/rest/api/3/issue"
    for path in (
        "serverInfo",
        "myself",
        "project/search",
        "project/PAY",
        "project/PAY/version",
        "field",
        "status",
        "issuetype",
        "issueLinkType",
    ):
        api.get(f"/rest/api/3/{path}")
    api.get("/rest/api/3/project/NONE")
    api.get("/rest/api/3/mypermissions", params={"projectKey": "PAY", "permissions": "BROWSE_PROJECTS,ADD_COMMENTS"})
    asked = {"permissions": ["EDIT_ISSUES"], "projects": list(site.projects), "issues": list(site.issues)}
    api.post("/rest/api/3/permissions/check", json={"projectPermissions": [asked]})
    api.put("/rest/api/3/user/properties/seen", json={"a": 1})
    api.get("/rest/api/3/user/properties")
    api.get("/rest/api/3/user/properties/seen")
    body = {"jql": "project = PAY", "fields": ["*all"], "maxResults": 3, "expand": "names,schema,changelog", "properties": ["safesync"]}
    token = api.post("/rest/api/3/search/jql", json=body).json()["nextPageToken"]
    api.post("/rest/api/3/search/jql", json={**body, "nextPageToken": token})
    api.get("/rest/api/3/search/jql", params={"jql": "project = PAY", "fields": "key"})
    api.post("/rest/api/3/search/jql", json={"jql": "project = NOPE"})
    api.post("/rest/api/3/search/approximate-count", json={"jql": "project = PAY"})
    made = api.post(issue, json={"fields": {"project": {"key": "PAY"}, "issuetype": {"name": "Story"}, "summary": "New"}}).json()
    api.post(issue, json={"fields": {"project": {"key": "PAY"}}})
    api.get(f"{issue}/PAY-3", params={"expand": "names,changelog,transitions"})
    api.get(f"{issue}/NONE-1")
    api.put(f"{issue}/PAY-3", json={"update": {"labels": [{"add": "one"}]}})
    api.put(f"{issue}/PAY-3", params={"returnIssue": "true"}, json={"fields": {"customfield_10016": 3}})
    api.put(f"{issue}/PAY-3", json={"update": {"labels": [{"add": "o n e"}]}})
    api.put(f"{issue}/PAY-3/properties/safesync", json={"v": 1})
    api.get(f"{issue}/PAY-3/properties")
    api.get(f"{issue}/PAY-3/properties/safesync")
    api.post(f"{issue}/bulkfetch", json={"issueIdsOrKeys": ["PAY-3", "PAY-4", "PAY-99"], "expand": ["changelog"]})
    api.post("/rest/api/3/changelog/bulkfetch", json={"issueIdsOrKeys": ["PAY-3", "PAY-4"], "maxResults": 1})
    api.get(f"{issue}/PAY-3/changelog", params={"maxResults": 1})
    said = api.post(
        f"{issue}/PAY-3/comment", json={"body": _document("hello"), "properties": [{"key": "safesync", "value": {"v": 1}}]}
    ).json()
    comment = f"{issue}/PAY-3/comment/{said['id']}"
    api.get(f"{issue}/PAY-3/comment", params={"expand": "properties", "orderBy": "-created"})
    api.get(comment)
    api.put(comment, params={"notifyUsers": "false"}, json={"body": _document("hello again")})
    api.post("/rest/api/3/comment/list", params={"expand": "properties"}, json={"ids": [int(said["id"]), 1]})
    api.get(f"/rest/api/3/comment/{said['id']}/properties")
    api.get(f"/rest/api/3/comment/{said['id']}/properties/safesync")
    api.put(f"/rest/api/3/comment/{said['id']}/properties/safesync", json={"v": 2})
    api.delete(f"/rest/api/3/comment/{said['id']}/properties/safesync")
    api.delete(comment)
    offered = api.get(f"{issue}/PAY-3/transitions").json()["transitions"]
    api.post(f"{issue}/PAY-3/transitions", json={"transition": {"id": offered[-1]["id"]}})
    api.post(f"{issue}/PAY-3/transitions", json={"transition": {"id": "9999"}})
    api.post(
        "/rest/api/3/issueLink", json={"type": {"name": "Blocks"}, "inwardIssue": {"key": "PAY-3"}, "outwardIssue": {"key": "CARDS-1"}}
    )
    api.get(f"{issue}/CARDS-1")
    api.delete(f"{issue}/{made['key']}")
    boards = api.get("/rest/agile/1.0/board", params={"projectKeyOrId": "PAY"}).json()["values"]
    for board in boards:
        api.get(f"/rest/agile/1.0/board/{board['id']}/configuration")
        api.get(f"/rest/agile/1.0/board/{board['id']}/sprint")
    api.get(f"/rest/agile/1.0/sprint/{next(iter(site.sprints))}")


def test_every_answer_is_one_that_the_official_document_allows(world: Any, schemas: list[Any]) -> None:
    enclosures.attach(world.site, "PAY-3", "Ann Lee", "report.pdf")
    enclosures.add_web_link(world.site, "PAY-3", "Ann Lee", "https://docs.example/report", "Report")
    world.site.link("Tests", "PAY-5", "PAY-3")
    _tour(world.api, world.site)
    held = 0
    for answer in world.api.answers:
        path = re.sub(r"^.*?/jira", "", answer.request.url.split("?")[0])
        operation = _operation(schemas, answer.request.method, path)
        assert str(answer.status_code) in operation.definition.raw["responses"], (
            answer.request.method,
            path,
            answer.status_code,
            answer.text,
        )
        if answer.content:
            operation.validate_response(_as_documented(answer))
            held += 1
        else:
            assert answer.status_code in {201, 204}
    assert held >= 45


def test_the_document_would_notice_a_wrong_answer(world: Any, schemas: list[Any]) -> None:
    answer = world.api.get("/rest/api/3/myself")
    answer._content = answer.content.replace(b'"active":true', b'"active":"yes"')
    with pytest.raises(JsonSchemaError):
        _operation(schemas, "GET", "/rest/api/3/myself").validate_response(answer)
