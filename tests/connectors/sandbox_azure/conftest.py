from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

# The client package makes its cache folder when it is imported, in the home folder unless told otherwise.
os.environ.setdefault("AZURE_DEVOPS_CACHE_DIR", tempfile.mkdtemp(prefix="safesync-azure-"))

import pytest
from azure.devops.client import Client
from azure_world import World
from starlette.applications import Starlette
from starlette.routing import Mount

from safesync.connectors.sandbox.azure.gateway import routes
from safesync.connectors.sandbox.server import Server


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    Client._locations_cache.clear()
    app = Starlette(routes=[Mount("/azure/meridian", routes=routes(made.organisation, made.clock))])
    with Server(app) as server:
        made.url = f"{server.url}/azure/meridian"
        yield made
    made.session.close()
