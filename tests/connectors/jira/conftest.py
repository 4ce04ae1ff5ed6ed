from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import responses
from jira_raw import ADDRESSES, CLOUD, FIELD_IDS, MAPPING, ME, SERVER_INFO, SITE, STATUSES, TYPES, raw_issue, tracker_at

from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import Located
from safesync.connectors.jira.metadata import Board, Column, Metadata
from safesync.connectors.jira.tracker import JiraTracker


@pytest.fixture(scope="session")
def reference() -> Path:
    """The reference material beside the project; whoever has none skips."""
    root = Path(__file__).resolve().parents[3]
    place = Path(os.environ.get("SAFESYNC_SHARED", root.parent / "shared")) / "reference"
    if not place.is_dir():
        pytest.skip("the reference material is not beside the project")
    return place


@pytest.fixture
def context() -> Context:
    board = Board("Falcon", (Column("To do", None, ("1", "2")), Column("Doing", 4, ("3", "4")), Column("Done", None, ("5",))))
    metadata = Metadata(located=Located(FIELD_IDS), statuses=STATUSES, types=TYPES, boards=(board,))
    return Context("jira", SITE, MAPPING, ADDRESSES, metadata=metadata, account_id=ME)


@pytest.fixture
def raw() -> Callable[..., dict[str, Any]]:
    return raw_issue


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """A Cloud site that tells what it is; the tests say what else it answers."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(SERVER_INFO, json=CLOUD)
        yield mock


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def tracker(pauses: list[float]) -> Iterator[JiraTracker]:
    found = tracker_at(SITE, pauses)
    yield found
    found.close()
