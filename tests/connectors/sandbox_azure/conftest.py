from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator

# The client package makes its cache folder when it is imported, in the home folder unless told otherwise.
if "AZURE_DEVOPS_CACHE_DIR" not in os.environ:
    os.environ["AZURE_DEVOPS_CACHE_DIR"] = tempfile.mkdtemp(prefix="safesync-azure-")
    atexit.register(shutil.rmtree, os.environ["AZURE_DEVOPS_CACHE_DIR"], ignore_errors=True)

import pytest
from azure_world import World
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVER_2022, SERVER_2022_1, SERVICES, Edition
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
def play(stage: Stage, server: Server) -> Iterator[Callable[[Edition], World]]:
    """Makes a world, each at an address of its own: the client package remembers by address what a server told it."""
    worlds: list[World] = []

    def make(edition: Edition) -> World:
        made = World(edition)
        worlds.append(made)
        stage.plays += 1
        address = f"/play-{stage.plays}/azure" if edition.hosted else f"/play-{stage.plays}/tfs"
        stage.app = Starlette(routes=[Mount(address + "/{collection}", routes=routes(made.organisation, made.clock))])
        made.url = f"{server.url}{address}/{'meridian' if edition.hosted else 'Meridian'}"
        return made

    yield make
    for world in worlds:
        world.session.close()


@pytest.fixture
def world(play: Callable[[Edition], World]) -> World:
    return play(SERVICES)


@pytest.fixture(params=(SERVER_2020, SERVER_2022, SERVER_2022_1), ids=lambda edition: edition.name.rpartition(" ")[2])
def server_world(play: Callable[[Edition], World], request: pytest.FixtureRequest) -> World:
    """A collection on each of the servers."""
    return play(request.param)
