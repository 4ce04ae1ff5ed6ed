"""A database as an earlier version of SafeSync left it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from safesync.store import database


@contextmanager
def migrated(url: str, revision: str) -> Iterator[Connection]:
    """A new database with the tables of a revision, to be filled."""
    opened = database.Database(database.engine_of(url))
    settings = Config()
    settings.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with opened.writing() as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)
        yield connection
    opened.close()
