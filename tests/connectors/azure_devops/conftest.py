"""What the tests of the Azure DevOps connector start from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import responses
from ado_meridian import Meridian, Stage
from ado_wire import Wire

from safesync.connectors.sandbox.azure.editions import SERVICES
from safesync.connectors.sandbox.server import Server
from safesync.model.item import ItemRef
from safesync.model.message import Mark, Message, Paragraph, Span


@pytest.fixture
def wire() -> Iterator[Wire]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield Wire(mock)


@pytest.fixture
def ref() -> ItemRef:
    return ItemRef("ado:412", "ado", "412", "412", "Payments", "https://example.test/412")


@pytest.fixture
def message() -> Message:
    return Message((Paragraph((Span("One point open", Mark.STRONG),)),), "7f3a9c", "digest-1")


@pytest.fixture
def shared() -> Callable[[str], Path]:
    """A file or folder of the reference material; the test is skipped where it is not there."""

    def find(name: str) -> Path:
        root = Path(os.environ.get("SAFESYNC_SHARED") or Path(__file__).parents[4] / "shared")
        path = root / "reference" / name
        if not path.exists():
            pytest.skip("the reference material is not beside the project")
        return path

    return find


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def server(stage: Stage) -> Iterator[Server]:
    with Server(stage) as server:
        yield server


@pytest.fixture
def meridian(request: pytest.FixtureRequest, stage: Stage, server: Server) -> Meridian:
    """
    A small organisation behind the sandbox's REST dialect, over real HTTP: of Services, or of the edition that a test names.

    Each at an address of its own: the client package remembers by address what a server told it.
    """
    made = Meridian(getattr(request, "param", SERVICES))
    made.url = server.url + stage.play(made)
    return made
