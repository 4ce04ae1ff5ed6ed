"""What the tests of the Azure DevOps connector start from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import responses
from ado_meridian import Meridian
from ado_wire import Wire
from starlette.applications import Starlette
from starlette.routing import Mount

from safesync.connectors.sandbox.azure.gateway import routes
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


@pytest.fixture
def meridian() -> Iterator[Meridian]:
    """A small organisation behind the sandbox's REST dialect, over real HTTP."""
    made = Meridian()
    app = Starlette(routes=[Mount("/azure/meridian", routes=routes(made.organisation, made.clock))])
    with Server(app) as server:
        made.url = f"{server.url}/azure/meridian"
        yield made
