from __future__ import annotations

from collections.abc import Iterator

import pytest
from jira_world import HandClock, World, organisation, served

from safesync.connectors.sandbox.jira.edition import data_center
from safesync.connectors.sandbox.jira.state import JiraSite


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def site(clock: HandClock) -> JiraSite:
    return organisation(clock)


@pytest.fixture
def world(site: JiraSite, clock: HandClock) -> Iterator[World]:
    with served(site, clock) as world:
        yield world


@pytest.fixture
def center(clock: HandClock) -> Iterator[World]:
    """The same organisation on a Data Center."""
    with served(organisation(clock, data_center("9.12.4")), clock) as world:
        yield world
