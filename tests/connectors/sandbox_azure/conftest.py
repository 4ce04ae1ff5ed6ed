from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator

# The client package makes its cache folder when it is imported, in the home folder unless told otherwise.
if "AZURE_DEVOPS_CACHE_DIR" not in os.environ:
    os.environ["AZURE_DEVOPS_CACHE_DIR"] = tempfile.mkdtemp(prefix="safesync-azure-")
    atexit.register(shutil.rmtree, os.environ["AZURE_DEVOPS_CACHE_DIR"], ignore_errors=True)

import pytest
from azure_world import World
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from safesync.connectors.sandbox.azure.gateway import routes
from safesync.connectors.sandbox.server import Server


class Stage:
    """What one server serves: the world of the test that runs."""

    def __init__(self) -> None:
        self.plays = 0
        self.app: ASGIApp = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="session")
def server(stage: Stage) -> Iterator[Server]:
    with Server(stage) as server:
        yield server


@pytest.fixture
def world(stage: Stage, server: Server) -> Iterator[World]:
    """Each at an address of its own: the client package remembers by address what a server told it."""
    made = World()
    stage.plays += 1
    address = f"/play-{stage.plays}/azure/meridian"
    stage.app = Starlette(routes=[Mount(address, routes=routes(made.organisation, made.clock))])
    made.url = server.url + address
    yield made
    made.session.close()
