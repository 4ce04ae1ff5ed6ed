"""The real backlogs of the reference material, through the connectors' own translation."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from safesync.configuration.presets import over_preset
from safesync.connectors.azure.context import context_of
from safesync.connectors.azure.translate import work_item
from safesync.connectors.jira import surroundings, translate
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import AGILE, Located
from safesync.connectors.jira.metadata import IssueType, Metadata, Status
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Refusal
from safesync.model.item import Item, Markup
from safesync.model.timebox import Iteration

_SERVER = {
    "types": {
        "story": ["Story", "New Feature"],
        "feature": ["Epic"],
        "improvement": ["Improvement"],
        "task": ["Sub-task", "Technical task"],
    }
}
"""How an administrator of Titanium's Jira would map its types on top of the preset."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """Real items as the model has them, and what it took."""

    name: str
    items: tuple[Item, ...]
    refused: tuple[Refusal, ...]
    iterations: tuple[Iteration, ...]
    seconds: float
    """What the translation took."""

    def backlogs(self) -> dict[str, tuple[Item, ...]]:
        """The items of each tracker in it."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.tracker, []).append(item)
        return {tracker: tuple(items) for tracker, items in found.items()}


def alive(items: Iterable[Item]) -> datetime:
    """The day after the newest change: the data is old, and judged as it was when somebody worked with it."""
    return max(item.updated_at for item in items) + timedelta(days=1)


def reference() -> Path | None:
    """The folder of the reference material, ``None`` when it is not there."""
    shared = os.environ.get("SAFESYNC_SHARED")
    folder = (Path(shared) if shared else Path(__file__).resolve().parents[2] / "shared") / "reference" / "data"
    return folder if folder.is_dir() else None


def titanium(data: Path) -> DataSet:
    """2,182 issues of a Jira Server, as its agile API shows them: wiki markup, no custom fields."""
    with gzip.open(data / "jira/titanium/titanium_aloy_daemon_mod.jsonl.gz", "rt", encoding="utf-8") as lines:
        issues = [json.loads(line) for line in lines]
    mapping = _mapping("jira-cloud-premium", _SERVER)
    return _of_jira("titanium", issues, mapping, Metadata(located=Located(AGILE)))


def devlake(data: Path) -> DataSet:
    """33 issues of a Jira Cloud site with changelogs; its people gave the types Chinese names."""
    table = data / "jira/devlake/raw_tables"
    types = {
        one["id"]: IssueType(one["name"], one["hierarchyLevel"], one["untranslatedName"])
        for one in _cells(table / "_raw_jira_api_issue_types.csv")
    }
    statuses = {one["id"]: Status(one["name"], one["statusCategory"]["key"]) for one in _cells(table / "_raw_jira_api_status.csv")}
    located = Located({"sprint": ("customfield_10020",), "rank": ("customfield_10019",), "points": ("customfield_10024",)})
    issues = _cells(table / "_raw_jira_api_issues.csv")
    return _of_jira("devlake", issues, _mapping("jira-cloud-premium"), Metadata(located=located, types=types, statuses=statuses))


def azure(data: Path) -> DataSet:
    """1,835 work items of 30 exported backlogs; each is a tracker of its own, for their ids are the same."""
    items: list[Item] = []
    refused: list[Refusal] = []
    started = perf_counter()
    for folder in sorted((data / "azure-devops/exported-backlogs").iterdir()):
        if raws := list(_work_items(folder)):
            context = context_of(raws, tracker=f"ado-{folder.name}", mapping=_mapping("ado-agile", {"train_depth": 0, "team_depth": 1}))
            _sort((work_item(raw, context) for raw in raws), items, refused)
    return DataSet("azure", tuple(items), tuple(refused), (), perf_counter() - started)


def _of_jira(name: str, issues: list[dict[str, Any]], mapping: Mapping, metadata: Metadata) -> DataSet:
    items: list[Item] = []
    refused: list[Refusal] = []
    started = perf_counter()
    metadata = metadata.learned(issues)
    context = Context(name, f"https://{name}.example", mapping, metadata=metadata, markup=Markup.WIKI)
    _sort((translate.issue(raw, context) for raw in issues), items, refused)
    iterations = surroundings.surroundings(name, metadata, mapping).iterations
    return DataSet(name, tuple(items), tuple(refused), iterations, perf_counter() - started)


def _sort(found: Iterable[Item | Refusal], items: list[Item], refused: list[Refusal]) -> None:
    for one in found:
        if isinstance(one, Item):
            items.append(one)
        else:
            refused.append(one)


def _mapping(preset: str, own: dict[str, Any] | None = None) -> Mapping:
    return Mapping.model_validate(over_preset(own or {}, preset))


def _cells(file: Path) -> list[dict[str, Any]]:
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8") as lines:
        return [json.loads(row["data"]) for row in csv.DictReader(lines)]


def _work_items(folder: Path) -> Iterator[dict[str, Any]]:
    if folder.is_dir():
        for file in sorted((*folder.glob("WorkItems/*.json"), *folder.glob("*fromTemplate.json"))):
            yield from (one for one in json.loads(file.read_text(encoding="utf-8-sig")).get("value") or () if "fields" in one)
