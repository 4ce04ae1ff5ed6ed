"""What the connector sends must be what Atlassian's own documents describe."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs
import pytest
import requests
import responses
from jira_center import EPIC, KNOWN, PLACE, US, V2, center, raw_of, searched, tracker_there
from jira_raw import API, ME, SITE, change, log, person, raw_issue, ref
from test_jira_pull import found, site

from safesync.connectors.jira.tracker import JiraTracker
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

pytestmark = pytest.mark.shared

ENTRIES = ((Span("one", href="https://meridian.example/x"),), (Span("two", Mark.CODE),))
MESSAGE = Message((Paragraph((Span("Two things", Mark.STRONG),)), Bullets(ENTRIES, numbered=True)), "7f3a9c", "digest-1")


class Contract:
    """One of Atlassian's documents."""

    def __init__(self, path: Path, site: str = SITE, prefix: str = "") -> None:
        self.spec: dict[str, Any] = json.loads(path.read_text())
        self.before = len(urlsplit(site).path + prefix)
        self.paths = [(re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path) for path in self.spec["paths"]]

    def complaints(self, request: requests.PreparedRequest) -> list[str]:
        address = urlsplit(str(request.url))
        found = address.path[self.before :]
        if found == "/rest/api/2/serverInfo":
            found = "/rest/api/3/serverInfo"  # Cloud has the same in both versions, and describes one
        path = next((path for pattern, path in self.paths if pattern.match(found)), None)
        operation = self.spec["paths"].get(path, {}).get(str(request.method).lower())
        if operation is None:
            return [f"{request.method} {address.path} is not described"]
        known = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        wrong = [f"{path}: unknown parameter {name}" for name, _ in parse_qsl(address.query) if name not in known]
        if operation.get("deprecated"):
            wrong.append(f"{path} is deprecated")
        if request.body:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            validator = jsonschema_rs.validator_for({**schema, "components": self.spec["components"]})
            wrong += [f"{path}: {error.message}" for error in validator.iter_errors(json.loads(request.body))]
        return wrong


@pytest.fixture(scope="session")
def contracts(reference: Path) -> dict[str, Contract]:
    folder = reference / "specs/jira"
    return {
        "/rest/api/": Contract(next(folder.glob("jira-cloud-platform-v3_*.json"))),
        "/rest/agile/": Contract(next(folder.glob("jira-software-agile_*.json"))),
    }


@pytest.fixture(scope="session")
def center_contract(reference: Path) -> Contract:
    found = Contract(next((reference / "specs/jira").glob("jira-software-datacenter-*.json")), PLACE, "/rest")
    # The document calls the value of a property a text; it is any JSON, here and on Cloud.
    del found.spec["components"]["schemas"]["EntityPropertyBean"]["properties"]["value"]["type"]
    return found


def everything(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    """Every request the connector can send."""
    site(wire)
    silent = log(change("2026-09-19T10:00:00Z", person("Ada"), field="summary", fieldId="summary"), total=120)
    found(wire, raw_issue("1", changelog=silent), token="next")
    found(wire, raw_issue("2"))
    wire.post(f"{API}/changelog/bulkfetch", json={"issueChangeLogs": [], "nextPageToken": "more"})
    wire.post(f"{API}/changelog/bulkfetch", json={"issueChangeLogs": []})
    wire.post(f"{API}/issue/bulkfetch", json={"issues": []})
    saved = {"id": "55", "author": {"accountId": ME}, "body": {}}
    wire.get(f"{API}/issue/1001/comment", json={"comments": [saved], "total": 1})
    wire.get(f"{API}/issue/1001/comment/55", json=saved)
    wire.get(f"{API}/comment/55/properties/safesync", status=404, json={"errorMessages": []})
    wire.post(f"{API}/issue/1001/comment", json=saved)
    wire.put(f"{API}/issue/1001/comment/55", json=saved)
    wire.delete(f"{API}/issue/1001/comment/55", status=204)
    wire.put(f"{API}/issue/1001", status=204)
    speak(tracker)


def speak(tracker: JiraTracker) -> None:
    """All that a tracker can be asked."""
    tracker.identify()
    *_, last = tracker.pull(None)
    list(tracker.pull(last.cursor))
    tracker.revisions([ref()])
    tracker.find_comments(ref(), "7f3a9c")
    tracker.read_comment(ref(), "55")
    tracker.create_comment(ref(), MESSAGE)
    tracker.edit_comment(ref(), "55", MESSAGE)
    tracker.delete_comment(ref(), "55")
    tracker.change_labels(ref(), ["a"], ["b"])


def test_every_request_is_one_that_jira_describes(
    wire: responses.RequestsMock, tracker: JiraTracker, contracts: dict[str, Contract]
) -> None:
    everything(wire, tracker)
    complaints = []
    for call in wire.calls:
        contract = next(one for start, one in contracts.items() if str(call.request.url).startswith(SITE + start))
        complaints += contract.complaints(call.request)
    assert complaints == []
    assert len(wire.calls) == tracker.calls.total >= 25


def test_every_request_to_a_data_center_is_one_that_it_describes(
    wire: responses.RequestsMock, pauses: list[float], center_contract: Contract
) -> None:
    center(wire)
    searched(wire, raw_of("1"), raw_of("2", EPIC))
    wire.get(f"{V2}/search", json={"issues": [], "total": 0}, headers=KNOWN)
    wire.get(f"{V2}/issue/2", json={"id": "2", "fields": {}}, headers=KNOWN)
    saved = {"id": "55", "author": US, "body": ""}
    wire.get(f"{V2}/issue/1001/comment", json={"comments": [saved], "total": 1}, headers=KNOWN)
    wire.get(f"{V2}/issue/1001/comment/55", status=404, json={"errorMessages": []}, headers=KNOWN)
    wire.get(f"{V2}/issue/1001", json={"id": "1001", "fields": {"updated": "2026-09-19T10:00:00Z"}}, headers=KNOWN)
    wire.get(f"{V2}/comment/55/properties/safesync", status=404, json={"errorMessages": []}, headers=KNOWN)
    wire.post(f"{V2}/issue/1001/comment", json=saved, headers=KNOWN)
    wire.put(f"{V2}/issue/1001/comment/55", json=saved, headers=KNOWN)
    wire.delete(f"{V2}/issue/1001/comment/55", status=204, headers=KNOWN)
    wire.put(f"{V2}/issue/1001", status=204, headers=KNOWN)
    speak(tracker_there(pauses))
    # The interface of personal access tokens has a page of its own, and stands in no description.
    described = [call.request for call in wire.calls if not str(call.request.url).endswith("/rest/pat/latest/tokens")]
    assert [complaint for request in described for complaint in center_contract.complaints(request)] == []
    assert {str(call.request.method) for call in wire.calls} == {"GET", "POST", "PUT", "DELETE"}
    assert len(wire.calls) >= 20


def test_the_contract_of_data_center_notices_what_it_would_refuse(center_contract: Contract) -> None:
    cloud = requests.Request("POST", f"{PLACE}/rest/api/2/search/jql", json={"jql": "x"}).prepare()
    quiet = requests.Request("PUT", f"{V2}/issue/1/comment/2", params={"notifyUsers": "false"}, json={"body": {}}).prepare()
    assert len(center_contract.complaints(cloud)) == 1
    assert len(center_contract.complaints(quiet)) == 2


def test_the_contract_notices_what_jira_would_refuse(contracts: dict[str, Contract]) -> None:
    wrong = requests.Request("POST", f"{API}/search/jql", params={"jql": "x"}, json={"bogus": 1, "fields": "summary"}).prepare()
    retired = requests.Request("GET", f"{API}/priority").prepare()
    assert len(contracts["/rest/api/"].complaints(wrong)) == 3
    assert contracts["/rest/api/"].complaints(retired) == ["/rest/api/3/priority is deprecated"]
