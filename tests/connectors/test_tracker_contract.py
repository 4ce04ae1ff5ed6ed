"""The contract, on every deployment."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from contract import Deployment, TrackerContract, World, opened

DEPLOYMENTS = (
    Deployment("Jira Cloud", "jira", "Jira Cloud", "1001."),
    Deployment("Jira Data Center 8.20", "jira", "Jira Data Center", "8.20.30", {"jira": "data-center", "jira_version": "8.20.30"}),
    Deployment("Jira Data Center 10.3", "jira", "Jira Data Center", "10.3.24", {"jira": "data-center", "jira_version": "10.3.24"}),
    Deployment("Azure DevOps Services", "azure", "Azure DevOps Services", ""),
    Deployment("Azure DevOps Server 2020", "azure", "Azure DevOps Server 2020", "6.0", {"azure": "2020"}),
    Deployment("Azure DevOps Server 2022", "azure", "Azure DevOps Server 2022", "7.0", {"azure": "2022"}),
    Deployment("Azure DevOps Server 2022.1", "azure", "Azure DevOps Server 2022.1", "7.1", {"azure": "2022.1"}),
)


@pytest.fixture(scope="module", params=DEPLOYMENTS, ids=lambda one: one.title)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with opened(request.param) as made:
        yield made


class TestTracker(TrackerContract):
    pass
