"""Every kind of answer of the Data Center mode, held against Atlassian's own document for Jira Data Center 10.3."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import requests
from jira_world import World

from safesync.connectors.sandbox.jira import enclosures

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("SAFESYNC_SHARED") or ROOT.parent / "shared")
DOCUMENT = SHARED / "reference" / "specs" / "jira" / "jira-software-datacenter-10.3.24.json"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DOCUMENT.is_file(), reason="the official document is not beside the project; SAFESYNC_SHARED says where it is"),
]

LISTS = (
    r"/api/2/(field|status|statuscategory|issuetype|priority|resolution|project)",
    r"/api/2/project/[^/]+/(versions|components|statuses)",
)
"""Operations that answer a list of what the document describes as one."""
PAGES = (r"/api/2/issue/createmeta/.*", r"/agile/1.0/board", r"/agile/1.0/board/\d+/sprint")
"""Operations that answer a page of what the document describes as one."""
SEARCHES = (r"/agile/1.0/board/\d+/(issue|backlog)",)
UNDOCUMENTED = frozenset({"/pat/latest/tokens"})
"""What a Data Center has beside the document."""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    # The document calls the value of a property a string, and shows an object in its own example: it is any JSON.
    loaded["components"]["schemas"]["EntityPropertyBean"]["properties"]["value"] = {}
    return loaded


def _operation(document: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    fits = [
        (template.count("{"), template)
        for template, verbs in document["paths"].items()
        if method.lower() in verbs and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
    ]
    assert fits, (method, path)
    found: dict[str, Any] = document["paths"][min(fits)[1]][method.lower()]
    return found


def _parts(path: str, body: Any) -> Iterator[tuple[Any, str | None]]:
    """What of an answer the document describes; ``None`` for the schema that stands there, else another's name."""
    if any(re.fullmatch(each, path) for each in LISTS):
        yield from ((part, None) for part in body)
    elif any(re.fullmatch(each, path) for each in PAGES):
        yield {**body, "values": []}, "PageBean"
        yield from ((part, None) for part in body["values"])
    elif any(re.fullmatch(each, path) for each in SEARCHES):
        yield body, "SearchResultsBean"
    else:
        yield body, None


def _as_documented(content: bytes) -> Any:
    """The answer without the ways in which every real one differs: offsets have no colon, and what is not there is null."""
    content = re.sub(rb"(T[\d:.]+[+-]\d\d)(\d\d)\"", rb'\1:\2"', content)
    return json.loads(re.sub(rb',"(?:from|fromString|to|toString)":null', b"", content))


def _validated(document: dict[str, Any], answer: requests.Response) -> int:
    """How many parts of an answer were held against the document."""
    path = re.sub(r"^.*?/jira/rest", "", answer.request.url.split("?")[0])
    if path in UNDOCUMENTED:
        return 0
    operation = _operation(document, answer.request.method, path)
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, (answer.request.method, path, answer.status_code, answer.text[:300])
    schema = said.get("content", {}).get("application/json", {}).get("schema")
    if not answer.content or schema is None:
        return 0
    parts = list(_parts(path, _as_documented(answer.content)))
    for part, other in parts:
        wanted = {"$ref": f"#/components/schemas/{other}"} if other else schema
        whole = {**wanted, "components": document["components"]}
        _CLOSED(whole).validate(part)
    return len(parts)


def _closed_properties(validator: Any, properties: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """As ``properties``, and a member that the document does not know is wrong, unless it is one that Jira always adds."""
    yield from jsonschema.Draft7Validator.VALIDATORS["properties"](validator, properties, instance, schema)
    if isinstance(instance, dict) and "additionalProperties" not in schema:
        unknown = instance.keys() - properties.keys() - ADDED
        if unknown:
            yield jsonschema.ValidationError(f"not in the document: {sorted(unknown)}")


def _open_type(validator: Any, types: Any, instance: Any, schema: Any) -> Iterator[Any]:
    """As ``type``, but an object of which nothing is said is how the document writes "anything": the value of a field."""
    if types != "object" or "properties" in schema or "additionalProperties" in schema:
        yield from jsonschema.Draft7Validator.VALIDATORS["type"](validator, types, instance, schema)


_OF_PROJECTS = frozenset({"projectTypeKey", "assigneeType", "components", "issueTypes", "roles", "versions"})
ADDED = _OF_PROJECTS | {"expand", "havePermission", "deprecatedKey", "items"}
"""What real answers have on more objects than the document says."""
_CLOSED = jsonschema.validators.extend(jsonschema.Draft7Validator, {"properties": _closed_properties, "type": _open_type})


def _tour(api: Any, site: Any) -> None:
    """Read and write once through everything the sandbox has."""
    rest, issue = "/rest/api/2", "/rest/api/2/issue"
    for path in (
        "serverInfo",
        "myself",
        "configuration",
        "project",
        "project/PAY",
        "project/NONE",
        "project/PAY/version",
        "project/PAY/versions",
        "project/PAY/components",
        "project/PAY/statuses",
        "field",
        "status",
        "statuscategory",
        "issuetype",
        "issueLinkType",
        "priority",
        "resolution",
        "mypermissions?projectKey=PAY",
        "user?username=ann",
        "user?username=nobody",
        "issue/createmeta/PAY/issuetypes",
        "issue/createmeta/PAY/issuetypes/10002",
        "issue/createmeta/NONE/issuetypes",
        "user/properties?username=safesync",
    ):
        api.get(f"{rest}/{path}")
    body = {"jql": "project = PAY", "fields": ["*all"], "maxResults": 3, "expand": ["names", "schema", "changelog"]}
    api.post(f"{rest}/search", json=body)
    api.post(f"{rest}/search", json={**body, "startAt": 3})
    api.get(f"{rest}/search", params={"jql": "project = PAY", "fields": "key"})
    api.get(f"{rest}/search", params={"jql": "", "maxResults": 0})
    api.get(f"{rest}/search", params={"jql": "project = NOPE"})
    api.put(f"{rest}/user/properties/seen?username=safesync", json={"a": 1})
    api.get(f"{rest}/user/properties/seen?username=safesync")
    made = api.post(issue, json={"fields": {"project": {"key": "PAY"}, "issuetype": {"name": "Story"}, "summary": "New"}}).json()
    api.post(issue, json={"fields": {"project": {"key": "PAY"}}})
    api.get(f"{issue}/PAY-3", params={"expand": "names,changelog,transitions"})
    api.get(f"{issue}/PAY-7")
    api.get(f"{issue}/NONE-1")
    api.put(f"{issue}/PAY-3", json={"update": {"labels": [{"add": "one"}]}})
    api.put(f"{issue}/PAY-3", json={"update": {"labels": [{"add": "o n e"}]}})
    api.put(f"{issue}/PAY-5", json={"fields": {"customfield_10014": "PAY-2"}})
    api.put(f"{issue}/PAY-3", params={"notifyUsers": "false"}, json={"fields": {"customfield_10016": 3}})
    api.put(f"{issue}/PAY-3/properties/safesync", json={"v": 1})
    api.get(f"{issue}/PAY-3/properties")
    api.get(f"{issue}/PAY-3/properties/safesync")
    told = api.post(f"{issue}/PAY-3/comment", json={"body": "h3. Hello", "properties": [{"key": "safesync", "value": {"v": 1}}]}).json()
    comment = f"{issue}/PAY-3/comment/{told['id']}"
    api.post(f"{issue}/PAY-3/comment", json={"body": ""})
    api.get(f"{issue}/PAY-3/comment", params={"expand": "properties", "orderBy": "-created"})
    api.get(comment)
    api.put(comment, json={"body": "Hello again"})
    of_comment = f"{rest}/comment/{told['id']}/properties"
    api.get(of_comment)
    api.get(f"{of_comment}/safesync")
    api.put(f"{of_comment}/safesync", json={"v": 2})
    api.delete(f"{of_comment}/safesync")
    api.delete(comment)
    offered = api.get(f"{issue}/PAY-3/transitions").json()["transitions"]
    api.post(f"{issue}/PAY-3/transitions", json={"transition": {"id": offered[-1]["id"]}})
    api.post(f"{issue}/PAY-3/transitions", json={"transition": {"id": "9999"}})
    api.post(f"{rest}/issueLink", json={"type": {"name": "Blocks"}, "inwardIssue": {"key": "PAY-3"}, "outwardIssue": {"key": "CARDS-1"}})
    api.get(f"{issue}/CARDS-1")
    api.delete(f"{issue}/{made['key']}")
    for board in api.get("/rest/agile/1.0/board", params={"projectKeyOrId": "PAY"}).json()["values"]:
        for path in ("", "/configuration", "/sprint", "/issue"):
            api.get(f"/rest/agile/1.0/board/{board['id']}{path}")
    sprint = next(iter(site.sprints))
    api.get(f"/rest/agile/1.0/sprint/{sprint}")
    api.get(f"/rest/agile/1.0/sprint/{sprint}/issue", params={"fields": "key"})
    api.get("/rest/pat/latest/tokens")


def test_every_answer_of_a_data_center_is_one_that_the_official_document_allows(center: World, document: dict[str, Any]) -> None:
    enclosures.attach(center.site, "PAY-3", "Ann Lee", "report.pdf")
    center.site.link("Tests", "PAY-5", "PAY-3")
    _tour(center.api, center.site)
    assert sum(_validated(document, answer) for answer in center.api.answers) >= 100


def test_json_sprints_are_as_documented_too(center: World, document: dict[str, Any]) -> None:
    center.site.sprints_as_text = False
    answer = center.api.get("/rest/api/2/issue/PAY-3")
    assert _validated(document, answer) == 1
    assert [sprint["name"] for sprint in answer.json()["fields"]["customfield_10020"]] == ["Falcon 26.4.2", "Falcon 26.4.3"]


@pytest.mark.parametrize(("right", "wrong"), [(b'"active":true', b'"active":"yes"'), (b'"name":"safesync"', b'"accountId":"safesync"')])
def test_the_document_would_notice_a_wrong_answer(center: World, document: dict[str, Any], right: bytes, wrong: bytes) -> None:
    answer = center.api.get("/rest/api/2/myself")
    answer._content = answer.content.replace(right, wrong)
    with pytest.raises(jsonschema.ValidationError):
        _validated(document, answer)
