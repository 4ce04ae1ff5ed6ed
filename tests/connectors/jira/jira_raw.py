"""What the tests of the Jira connector speak about: one site, its mapping, and raw shapes as Jira gives them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import requests
import responses

from safesync.connectors.jira.fields import DEVELOPMENT, FLAGGED, RANK, SPRINT
from safesync.connectors.jira.metadata import IssueType, Status
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Scope
from safesync.model.item import ItemRef

SITE = "https://meridian.example"
API = f"{SITE}/rest/api/3"
SERVER_INFO = f"{SITE}/rest/api/2/serverInfo"
AGILE = f"{SITE}/rest/agile/1.0"
ME = "account-safesync"

CLOUD = {"deploymentType": "Cloud", "version": "1001.0.0-SNAPSHOT", "versionNumbers": [1001, 0, 0], "baseUrl": SITE}

STATUSES = {
    "1": Status("Funnel", "new"),
    "2": Status("Ready", "new"),
    "3": Status("In Progress", "indeterminate"),
    "4": Status("In Review", "indeterminate"),
    "5": Status("Done", "done"),
}
TYPES = {"10": IssueType("Epic", 1), "11": IssueType("Story", 0), "12": IssueType("Task", 0), "13": IssueType("Initiative", 2)}
FIELD_IDS = {
    "acceptance": ("customfield_10101",),
    "points": ("customfield_10016", "customfield_10026"),
    "team": ("customfield_10001",),
    "interval": ("customfield_10102",),
    "work_class": ("customfield_10103",),
    "parent": ("customfield_10108",),
    "depends_on": ("customfield_10110",),
    "epic_owner": ("customfield_10111",),
    "owner": ("customfield_10112",),
    SPRINT: ("customfield_10020",),
    RANK: ("customfield_10019",),
    FLAGGED: ("customfield_10021",),
    DEVELOPMENT: ("customfield_10000",),
}
MAPPING = Mapping.model_validate(
    {
        "types": {"feature": ["Epic"], "epic": ["Initiative"], "story": ["Story"]},
        "stages": {"ready": ["Ready"], "validating": ["4"]},
        "work_class": {"enabler": ["Enabler", "enabler-work"], "feature": ["Business"]},
        "links": {"depends_on": ["Blocks"], "tests": ["Test"]},
        "bots": ["Deployer"],
        "fields": {"points": [{"schema": "com.pyxis.greenhopper.jira:jsw-story-points"}], "acceptance": [{"name": "Acceptance criteria"}]},
    }
)
ADDRESSES = Addresses((("jira", SITE), ("ado", "https://azure.example/meridian")))


def status(status_id: str) -> dict[str, Any]:
    known = STATUSES[status_id]
    return {"id": status_id, "name": known.name, "statusCategory": {"key": known.category}}


def person(name: str, account_type: str = "atlassian") -> dict[str, Any]:
    return {"accountId": f"account-{name.lower()}", "displayName": name, "accountType": account_type}


def change(at: str, who: dict[str, Any], **item: object) -> dict[str, Any]:
    return {"id": at, "author": who, "created": at, "items": [item]}


def moved(at: str, left: str, entered: str, who: dict[str, Any] | None = None) -> dict[str, Any]:
    names = {"fromString": STATUSES[left].name, "toString": STATUSES[entered].name}
    return change(at, who or person("Ada"), field="status", fieldId="status", **{"from": left, "to": entered}, **names)


def log(*histories: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"histories": list(histories), "total": len(histories) if total is None else total, "startAt": 0, "maxResults": len(histories)}


def raw_issue(issue_id: str = "1001", *, without: tuple[str, ...] = (), changelog: object = None, **fields: object) -> dict[str, Any]:
    """A complete raw issue; keywords replace fields."""
    complete: dict[str, Any] = {
        "summary": "Pay at once",
        "status": status("3"),
        "issuetype": {"id": "11", "name": "Story", "hierarchyLevel": 0},
        "project": {"id": "1", "key": "PAY"},
        "labels": [],
        "assignee": None,
        "creator": person("Ada"),
        "created": "2026-09-01T10:00:00.000+0200",
        "updated": "2026-09-20T10:00:00.000+0200",
        "description": None,
        "issuelinks": [],
        "fixVersions": [],
        "duedate": None,
        "resolution": None,
        "attachment": [],
        "comment": {"comments": [], "total": 0, "maxResults": 0, "startAt": 0},
    }
    complete |= {one: None for ids in FIELD_IDS.values() for one in ids}
    complete |= fields
    kept = {name: value for name, value in complete.items() if name not in without}
    log = changelog if changelog is not None else {"histories": [], "total": 0, "maxResults": 0, "startAt": 0}
    return {"id": issue_id, "key": f"PAY-{issue_id}", "fields": kept, "changelog": log}


def tracker_at(
    url: str,
    pauses: list[float],
    user: str | None = "safesync@meridian.example",
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    mapping: Mapping = MAPPING,
) -> JiraTracker:
    access = Access("jira", url, "sandbox-jira-token", user)
    patience = Patience(sleep=pauses.append, monotonic=lambda: sum(pauses), jitter=lambda: 1.0)
    return JiraTracker(access, Scope(("PAY",)), mapping, ADDRESSES, clock=clock, patience=patience)


def ref(native_id: str = "1001") -> ItemRef:
    return ItemRef(f"jira:{native_id}", "jira", native_id, f"PAY-{native_id}", "PAY", f"{SITE}/browse/PAY-{native_id}")


_SHELVES: WeakKeyDictionary[responses.RequestsMock, dict[str, dict[str, Any]]] = WeakKeyDictionary()


def shelve(wire: responses.RequestsMock, issues: Iterable[dict[str, Any]]) -> None:
    """These issues can be fetched by id from now on."""
    shelf = _SHELVES.setdefault(wire, {})
    if not shelf:
        wire.add_callback("POST", f"{API}/issue/bulkfetch", lambda request: (200, {}, json.dumps(_fetched(shelf, request))))
    shelf.update((str(one["id"]), copy.deepcopy(one)) for one in issues)


def _fetched(shelf: dict[str, dict[str, Any]], request: requests.PreparedRequest) -> dict[str, Any]:
    asked = json.loads(request.body or b"{}")["issueIdsOrKeys"]
    return {"issues": [shelf[one] for one in sorted(asked, key=int) if one in shelf], "issueErrors": []}
