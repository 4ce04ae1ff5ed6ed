"""The contract, on every deployment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from contract import Deployment, TrackerContract, World, opened

DEPLOYMENTS = (
    Deployment("Jira Cloud", "jira", "Jira Cloud", "1001."),
    Deployment("Azure DevOps Services", "azure", "Azure DevOps Services", ""),
)


@pytest.fixture(scope="module", params=DEPLOYMENTS, ids=lambda one: one.title)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with opened(request.param) as made:
        yield made


class TestTracker(TrackerContract):
    pass
