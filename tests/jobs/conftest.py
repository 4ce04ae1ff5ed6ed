from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from fake_tracker import FakeTracker
from office import Office

from safesync.store.port import Store
from safesync.store.sql import open_store


@pytest.fixture(scope="module", autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy: cheaper than migrating once a test."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def new_store(empty_database: Path, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def fresh() -> Store:
        path = tmp_path / f"{len(opened)}.db"
        shutil.copy(empty_database, path)
        opened.append(open_store(f"sqlite:///{path}"))
        return opened[-1]

    yield fresh
    for store in opened:
        store.close()


@pytest.fixture
def jira() -> FakeTracker:
    return FakeTracker("jira")


@pytest.fixture
def office(new_store: Callable[[], Store], tmp_path: Path, jira: FakeTracker) -> Office:
    return Office(new_store(), tmp_path, [jira])
