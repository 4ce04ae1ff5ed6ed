"""The whole job on a Data Center that others wrote: one comment an item, its labels, and a second run that writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from strangers import serving

from safesync.cli.opening import Opened, opened_from
from safesync.configuration.read import parse_configuration
from safesync.jobs.result import RunResult
from safesync.jobs.run import run_once

CONFIGURATION = """
version: 1
store: sqlite:///{folder}/safesync.db
trackers:
  - name: jira
    kind: jira
    url: {url}
    auth: {{token: any-token}}
    scope: {{projects: [{project}]}}
    mapping:
      preset: jira-data-center
      types: {{feature: [Epic], story: [Story], bug: [Bug], task: [Task, Sub-task, Improvement, New Feature]}}
rules:
  extends: [essential]
  custom:
    - code: X101
      name: open-story
      for: story
      flaw: "stage < 'done'"
      severity: warning
      remedy: Finish it.
      examples: {{bad: [{{stage: ready}}], good: [{{stage: done}}]}}
feedback: {{comments: true, labels: true, limits: {{items: 400, share: 1.0, jump: 1000.0}}}}
"""


@pytest.fixture
def place() -> Iterator[dict[str, Any]]:
    with serving("jira820_site.py") as told:
        yield told


@pytest.fixture
def job(place: dict[str, Any], tmp_path: Path) -> Iterator[Opened]:
    with opened_from(parse_configuration(CONFIGURATION.format(folder=tmp_path, **place))) as opened:
        yield opened


def run(job: Opened) -> RunResult:
    configuration = job.configuration
    parts = (job.judge, configuration.as_organisation(), configuration.feedback)
    return run_once(job.sources, job.store, *parts, datetime.now(UTC), rules=job.rules)


def standing(place: dict[str, Any]) -> tuple[Counter[str], Counter[str]]:
    """Our comments and our labels by issue, as the other side has them."""
    comments, labels = Counter[str](), Counter[str]()
    address = f"{place['url']}/rest/api/2"
    for issue in requests.get(f"{address}/search", params={"maxResults": "1000"}, timeout=30).json()["issues"]:
        told = requests.get(f"{address}/issue/{issue['key']}/comment", timeout=30).json()["comments"]
        comments[issue["key"]] += sum("SafeSync ref" in one["body"] for one in told)
        labels[issue["key"]] += sum(one.startswith("safesync") for one in issue["fields"].get("labels") or ())
    return +comments, +labels


def test_every_flawed_item_is_answered_once_and_the_second_run_is_silent(place: dict[str, Any], job: Opened) -> None:
    first = run(job)
    (told,) = first.trackers
    assert told.error is None
    assert told.items == place["issues"]
    comments, labels = standing(place)
    assert set(comments.values()) == {1}
    assert sum(comments.values()) == told.created > 10
    assert sum(labels.values()) == told.labels_added > 10

    (again,) = run(job).trackers

    assert again.error is None
    assert (again.created, again.edited, again.labels_added, again.labels_removed) == (0, 0, 0, 0)
    assert standing(place) == (comments, labels)


def test_a_lost_store_finds_its_comments_again(place: dict[str, Any], job: Opened, tmp_path: Path) -> None:
    run(job)
    before = standing(place)
    other = tmp_path / "other"
    other.mkdir()
    with opened_from(parse_configuration(CONFIGURATION.format(folder=other, **place))) as anew:
        (told,) = run(anew).trackers
    assert told.error is None
    assert told.created == 0
    assert standing(place) == before
