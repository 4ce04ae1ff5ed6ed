from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from jira_center import PLACE, V2, center, searched, tracker_there
from jira_raw import MAPPING

from safesync.connectors.jira import history, translate
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import AGILE, Located
from safesync.connectors.jira.metadata import IssueType, Metadata, Status
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Refusal
from safesync.model.item import Item, Kind, Markup, Relation

pytestmark = pytest.mark.shared

EPIC_LINK_ID, PARENT_LINK_ID, SPRINT_ID = "customfield_10006", "customfield_10008", "customfield_10005"


def server_issues(reference: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(reference / "data/jira/titanium/titanium_aloy_daemon_mod.jsonl.gz", "rt") as lines:
        yield from map(json.loads, lines)


def cloud_rows(reference: Path, table: str) -> list[dict[str, Any]]:
    csv.field_size_limit(10_000_000)
    with (reference / f"data/jira/devlake/raw_tables/_raw_jira_api_{table}.csv").open() as lines:
        return [json.loads(row["data"]) for row in csv.DictReader(lines)]


def translated(issues: list[dict[str, Any]], context: Context) -> tuple[list[Item], list[Refusal]]:
    found = [translate.issue(raw, context) for raw in issues]
    return [one for one in found if isinstance(one, Item)], [one for one in found if isinstance(one, Refusal)]


def test_two_thousand_issues_of_a_real_server_become_items(reference: Path) -> None:
    mapping = Mapping.model_validate(
        {"types": {"story": ["Story"], "feature": ["Epic"], "bug": ["Bug"]}, "links": {"depends_on": ["Blocks"]}}
    )
    context = Context("old", "https://jira.example", mapping, metadata=Metadata(located=Located(AGILE)), markup=Markup.WIKI)
    issues = list(server_issues(reference))
    items, refused = translated(issues, context)
    assert refused == []
    assert len(items) == 2182
    assert Counter(one.kind for one in items) == {Kind.OTHER: 964, Kind.BUG: 912, Kind.STORY: 286, Kind.FEATURE: 20}
    epics = sum(1 for raw in issues if raw["fields"].get("epic"))
    parents = sum(1 for raw in issues if raw["fields"].get("parent"))
    assert sum(1 for one in items for link in one.links if link.relation is Relation.PARENT) == epics + parents
    assert sum(1 for one in items if one.iteration) == sum(
        1 for raw in issues if raw["fields"].get("closedSprints") or raw["fields"].get("sprint")
    )
    assert {one.description.markup for one in items if one.description} == {Markup.WIKI}
    assert all("points" in one.unseen and "transitions" in one.unseen for one in items)


def as_searched(raw: dict[str, Any]) -> dict[str, Any]:
    """
    The same issue as a search of the platform shows it.

    The agile API that the data came from shows an epic and sprints as objects, which stand in custom fields there.
    """
    fields = {name: value for name, value in raw["fields"].items() if name not in ("epic", "sprint", "closedSprints", "flagged")}
    sprints = [*(raw["fields"].get("closedSprints") or ()), *filter(None, [raw["fields"].get("sprint")])]
    fields[EPIC_LINK_ID] = (raw["fields"].get("epic") or {}).get("key")
    fields[SPRINT_ID] = [printed(one) for one in sprints] or None
    fields[PARENT_LINK_ID] = None
    return {"id": raw["id"], "key": raw["key"], "fields": fields, "changelog": {"histories": [], "total": 0}}


def printed(sprint: dict[str, Any]) -> str:
    told = {"id": sprint["id"], "rapidViewId": sprint.get("originBoardId", 1), "state": sprint["state"].upper(), "name": sprint["name"]}
    dates = {name: sprint.get(name) or "<null>" for name in ("startDate", "endDate", "completeDate")}
    text = ",".join(f"{name}={value}" for name, value in {**told, **dates, "sequence": sprint["id"]}.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@5d9f2c[{text}]"


def test_a_real_servers_backlog_is_pulled_by_the_rules_of_data_center(
    reference: Path, wire: responses.RequestsMock, pauses: list[float]
) -> None:
    issues = list(server_issues(reference))
    shown = {str(one["fields"]["issuetype"]["id"]): one["fields"]["issuetype"] for one in issues}
    states = {str(one["fields"]["status"]["id"]): one["fields"]["status"] for one in issues}
    center(wire)
    wire.replace(responses.GET, f"{V2}/issuetype", json=list(shown.values()))
    wire.replace(responses.GET, f"{V2}/status", json=list(states.values()))
    searched(wire, *map(as_searched, issues))
    wire.get(f"{V2}/search", json={"issues": [], "total": 0})
    wire.add_callback("GET", re.compile(rf"{V2}/issue/\d+"), lambda _: (200, {}, json.dumps({"id": "0", "fields": {PARENT_LINK_ID: None}})))
    tracker = tracker_there(pauses)
    pages = list(tracker.pull(None))
    items = {one.native_id: one for page in pages for one in page.items}
    assert [one for page in pages for one in page.refused] == []
    assert items.keys() == {str(one["id"]) for one in issues}

    agile = Context("jira", PLACE, MAPPING, metadata=Metadata(located=Located(AGILE)), markup=Markup.WIKI)
    before, _ = translated(issues, agile)
    keys = {f"jira:{one['id']}": f"jira:{one['key']}" for one in issues} | epics_of(issues)

    def parents(one: Item) -> list[str]:
        return [keys.get(link.target, link.target) for link in one.links if link.relation is Relation.PARENT]

    assert {one.native_id: (parents(one), one.iteration) for one in before} == {
        one.native_id: (parents(one), one.iteration) for one in items.values()
    }
    levels = Counter((one.native_type, one.kind) for one in items.values())
    assert levels["Epic", Kind.FEATURE] == 20
    assert levels["Story", Kind.STORY] == 286
    assert levels["Sub-task", Kind.OTHER] + levels["Technical task", Kind.OTHER] == 98
    assert tracker.calls.total <= 30 + 22 + 5


def epics_of(issues: list[dict[str, Any]]) -> dict[str, str]:
    """Ids of epics, some of which are not among the issues, and their keys."""
    epics = [one["fields"]["epic"] for one in issues if one["fields"].get("epic")]
    return {f"jira:{one['id']}": f"jira:{one['key']}" for one in epics}


def test_a_description_that_a_server_left_out_is_unseen(reference: Path) -> None:
    context = Context("old", "https://jira.example", Mapping(), metadata=Metadata(located=Located(AGILE)), markup=Markup.WIKI)
    issues = list(server_issues(reference))
    items, _ = translated(issues, context)
    assert sum("description" in one.unseen for one in items) == sum("description" not in raw["fields"] for raw in issues)


def test_raw_answers_of_a_real_cloud_site_become_items(reference: Path) -> None:
    types = {one["id"]: IssueType(one["name"], one["hierarchyLevel"]) for one in cloud_rows(reference, "issue_types")}
    statuses = {one["id"]: Status(one["name"], one["statusCategory"]["key"]) for one in cloud_rows(reference, "status")}
    located = Located({"sprint": ("customfield_10020",), "rank": ("customfield_10019",)})
    metadata = Metadata(located=located, types=types, statuses=statuses)
    context = Context("cloud", "https://cloud.example", Mapping(), metadata=metadata, markup=Markup.WIKI)
    issues = cloud_rows(reference, "issues")
    items, refused = translated(issues, context)
    assert refused == []
    assert len(items) == 33
    levels = {raw["id"]: raw["fields"]["issuetype"]["hierarchyLevel"] for raw in issues}
    assert all((one.kind is Kind.FEATURE) == (levels[one.native_id] == 1) for one in items)
    assert sum(any(link.relation is Relation.PARENT for link in one.links) for one in items) == sum(
        1 for raw in issues if raw["fields"].get("parent")
    )
    assert any(one.transitions for one in items)
    assert any(one.iteration for one in items)


def test_types_that_a_real_site_translates_are_found_by_their_own_names(reference: Path) -> None:
    types = {
        one["id"]: IssueType(one["name"], one["hierarchyLevel"], one["untranslatedName"]) for one in cloud_rows(reference, "issue_types")
    }
    mapping = Mapping.model_validate({"types": {"story": ["Story"], "task": ["Task", "Sub-task"], "bug": ["Bug"], "feature": ["Epic"]}})
    context = Context("cloud", "https://cloud.example", mapping, metadata=Metadata(types=types), markup=Markup.WIKI)
    items, _ = translated(cloud_rows(reference, "issues"), context)
    assert {(one.native_type, one.kind) for one in items if not one.native_type.isascii()} == {
        ("故事", Kind.STORY),
        ("任务", Kind.TASK),
        ("子任务", Kind.TASK),
        ("缺陷", Kind.BUG),
    }


def test_the_histories_of_a_real_cloud_tell_its_web_links(reference: Path) -> None:
    listed = {raw["id"]: raw for raw in cloud_rows(reference, "issues")}
    csv.field_size_limit(10_000_000)
    with (reference / "data/jira/devlake/raw_tables/_raw_jira_api_remotelinks.csv").open() as lines:
        there = {(str(json.loads(row["input"])["issue_id"]), json.loads(row["data"])["id"]) for row in csv.DictReader(lines)}
    by_history = {native_id: history.web_links(history.read(raw)) for native_id, raw in listed.items() if history.whole(raw)}
    assert len(by_history) >= 32
    assert by_history == {native_id: sum(issue == native_id for issue, _ in there) for native_id in by_history}
    assert sum(by_history.values()) == 6
