"""A Jira Data Center as its answers look on the wire: one site below a context path, and raw shapes as it gives them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import requests
import responses
from jira_raw import ADDRESSES, MAPPING

from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Scope

PLACE = "https://tools.meridian.example/jira"
V2 = f"{PLACE}/rest/api/2"
AGILE = f"{PLACE}/rest/agile/1.0"
KNOWN = {"X-AUSERNAME": "safesync", "X-Seraph-LoginReason": "OK"}
US = {"self": f"{V2}/user?username=safesync", "key": "JIRAUSER10100", "name": "safesync", "displayName": "SafeSync", "active": True}
ADA = {"self": f"{V2}/user?username=ada", "key": "JIRAUSER10101", "name": "ada", "displayName": "Ada", "active": True}
GREENHOPPER = "com.pyxis.greenhopper.jira"
FIELDS = [
    {"id": "customfield_10002", "name": "Story Points", "schema": {"custom": "com.atlassian.jira.plugin.system.customfieldtypes:float"}},
    {"id": "customfield_10005", "name": "Sprint", "schema": {"custom": f"{GREENHOPPER}:gh-sprint"}},
    {"id": "customfield_10006", "name": "Epic Link", "schema": {"custom": f"{GREENHOPPER}:gh-epic-link"}},
    {"id": "customfield_10008", "name": "Parent Link", "schema": {"custom": "com.atlassian.jpo:jpo-custom-field-parent"}},
    {"id": "customfield_10009", "name": "Rank", "schema": {"custom": f"{GREENHOPPER}:gh-lexo-rank"}},
    {"id": "customfield_10010", "name": "Acceptance criteria", "schema": {"custom": "com.atlassian:textarea"}},
]
EPIC = {"id": "10", "name": "Epic", "subtask": False}
INITIATIVE = {"id": "13", "name": "Initiative", "subtask": False}
STORY = {"id": "11", "name": "Story", "subtask": False}
SUBTASK = {"id": "14", "name": "Technical step", "subtask": True}
STATUSES = [
    {"id": "1", "name": "Funnel", "statusCategory": {"id": 2, "key": "new"}},
    {"id": "3", "name": "In Progress", "statusCategory": {"id": 4, "key": "indeterminate"}},
]
SPRINT = (
    "com.atlassian.greenhopper.service.sprint.Sprint@1b2c[id=37,rapidViewId=5,state=ACTIVE,name=Falcon, 26.4.3,"
    "startDate=2026-11-16T09:00:00.000+01:00,endDate=2026-11-29T00:00:00.000Z,completeDate=<null>,sequence=37,goal=Pay=fast,\nthen rest]"
)


def server(version: str = "9.12.4", deployment: str = "DataCenter") -> dict[str, Any]:
    numbers = [int(part) for part in version.split(".")]
    return {"baseUrl": PLACE, "version": version, "versionNumbers": numbers, "deploymentType": deployment, "serverTitle": "Jira"}


def permissions(*held: str) -> dict[str, Any]:
    named = held or ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ISSUES")
    known = {name: {"id": "1", "key": name, "name": name, "type": "PROJECT", "havePermission": True} for name in named}
    return {"permissions": {**known, "ADMINISTER_PROJECTS": {"key": "ADMINISTER_PROJECTS", "havePermission": False}}}


def center(wire: responses.RequestsMock, version: str = "9.12.4", fields: Sequence[dict[str, Any]] = FIELDS) -> None:
    """Everything around the issues that a full pull asks for."""
    wire.get(f"{V2}/serverInfo", json=server(version), headers=KNOWN)
    wire.get(f"{V2}/myself", json=US, headers=KNOWN)
    wire.get(f"{V2}/mypermissions", json=permissions(), headers=KNOWN)
    wire.get(f"{V2}/field", json=list(fields), headers=KNOWN)
    wire.get(f"{V2}/status", json=STATUSES, headers=KNOWN)
    wire.get(f"{V2}/issuetype", json=[EPIC, INITIATIVE, STORY, SUBTASK], headers=KNOWN)
    wire.get(f"{V2}/project/PAY/version", json={"values": [], "isLast": True}, headers=KNOWN)
    wire.get(f"{AGILE}/board", json={"values": [{"id": 5, "name": "Falcon", "type": "scrum"}], "isLast": True}, headers=KNOWN)
    wire.get(f"{AGILE}/board/5/configuration", json={"columnConfig": {"columns": []}}, headers=KNOWN)
    wire.get(f"{AGILE}/board/5/sprint", json={"values": [], "isLast": True}, headers=KNOWN)


def raw_of(issue_id: str, kind: dict[str, Any] = STORY, **fields: object) -> dict[str, Any]:
    """A raw issue; keywords replace fields."""
    complete: dict[str, Any] = {
        "summary": "Pay at once",
        "status": STATUSES[1],
        "issuetype": kind,
        "project": {"id": "1", "key": "PAY"},
        "labels": [],
        "assignee": None,
        "creator": ADA,
        "created": "2026-09-01T10:00:00.000+0200",
        "updated": "2026-09-20T10:00:00.000+0200",
        "description": None,
        "issuelinks": [],
        "fixVersions": [],
        "duedate": None,
        "resolution": None,
        "comment": {"comments": [], "total": 0, "maxResults": 0, "startAt": 0},
    }
    complete |= {str(one["id"]): None for one in FIELDS}
    log = {"histories": [], "total": 0, "maxResults": 0, "startAt": 0}
    return {"id": issue_id, "key": f"PAY-{issue_id}", "fields": {**complete, **fields}, "changelog": log}


def searched(wire: responses.RequestsMock, *issues: dict[str, Any]) -> None:
    """Any search finds these issues, page by page."""

    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        asked = json.loads(request.body or b"{}")
        start, size = asked.get("startAt", 0), asked.get("maxResults", 50)
        page = {"startAt": start, "maxResults": size, "total": len(issues), "issues": issues[start : start + size]}
        return 200, KNOWN, json.dumps(page)

    wire.add_callback("POST", f"{V2}/search", answer)


def tracker_there(pauses: list[float], user: str | None = None) -> JiraTracker:
    patience = Patience(sleep=pauses.append, monotonic=lambda: sum(pauses), jitter=lambda: 1.0)
    return JiraTracker(Access("jira", PLACE, "sandbox-jira-token", user), Scope(("PAY",)), MAPPING, ADDRESSES, patience=patience)
