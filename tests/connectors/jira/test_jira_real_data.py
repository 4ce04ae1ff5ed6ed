from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from safesync.connectors.jira import translate
from safesync.connectors.jira.fields import AGILE, Located
from safesync.connectors.jira.metadata import IssueType, Metadata, Status
from safesync.connectors.jira.translate import Context
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Refusal
from safesync.model.item import Item, Kind, Markup, Relation

pytestmark = pytest.mark.shared


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
