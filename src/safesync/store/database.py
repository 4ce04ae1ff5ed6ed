"""A database as the store uses it: opened, brought up to date, and entered through two kinds of transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Delete,
    Dialect,
    Engine,
    Insert,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    event,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, NoSuchModuleError, OperationalError

from safesync.model.errors import ConfigurationError, RunError
from safesync.store.tables import METADATA

_MIGRATION_LOCK = 0x5AFE_5718
_WRITES = "safesync_writes"


class Database:
    """An engine with its schema at the newest version."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        # SQLite's readers see one snapshot anyhow; PostgreSQL's would see each statement's own.
        self._reader = engine.execution_options(isolation_level="REPEATABLE READ") if engine.dialect.name == "postgresql" else engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot; many at a time, also beside a writer. ``RunError`` when the database cannot be read."""
        with _usable(), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing. ``RunError`` when the database cannot be written."""
        # A SQLite transaction that reads first and writes later cannot wait for another writer, its snapshot is
        # stale by then: a writing transaction takes the lock at its beginning (see _begin).
        with _usable(), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        """Give back connections."""
        self.engine.dispose()


@contextmanager
def _usable() -> Iterator[None]:
    """What the system or the server refuses inside, and not a mistake of ours, as a sentence."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise RunError(f"store: the database cannot be used ({_reason(error)}); run again when that is mended") from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:
            raise
        raise RunError(f"store: the database cannot be used ({_reason(error)}); restore it, or begin with an empty one") from error


def _reason(error: DBAPIError) -> str:
    """Never the driver's own text: it may name the user, the whole address, or hold a sentence of somebody's backlog."""
    code = getattr(error.orig, "sqlite_errorname", "")
    return next((said for begins, said in _REASONS.items() if code.startswith(begins)), type(error.orig).__name__)


_BUSY_MS = 120_000
"""A million rows that become columns (columns.py) hold the lock for one minute."""
_REASONS = {
    "SQLITE_BUSY": "another program has held its lock for two minutes",
    "SQLITE_FULL": "its disk is full",
    "SQLITE_READONLY": "its file may not be written",
    "SQLITE_IOERR": "its disk fails",
    "SQLITE_CORRUPT": "its file is damaged",
    "SQLITE_NOTADB": "its file is no database",
    "SQLITE_CANTOPEN": "its file cannot be opened",
}


def open_database(url: str) -> Database:
    """
    The database at ``url``, created and migrated as needed.

    ``sqlite:///file`` or ``postgresql://user@host/name``. Processes that open a new database at the same moment
    wait for the one that migrates it. ``ConfigurationError`` when the URL is none, nobody answers there, or a newer
    SafeSync was there before.
    """
    try:
        engine = engine_of(url)
        database = Database(engine)
        _migrate(database)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(f"store: not a database SafeSync can use ({type(error).__name__})") from error
    except RunError as error:
        raise ConfigurationError(str(error)) from error
    except DBAPIError as error:
        raise ConfigurationError(f"store: the database cannot be opened ({_reason(error)})") from error
    return database


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], **beside: Sequence[Any]) -> None:
    """Insert rows, replacing those with the same primary key; every row has every column but those that are given ``beside`` them."""
    if rows:
        cells = {**_columns([column.name for column in table.c if column.name not in beside], rows), **beside}
        # A column that is empty in all of them is not named: sqlite3 spends more time on an empty cell than on a number or a text,
        # and half of the facts are of fields that a site does not have.
        filled = tuple(name for name, column in cells.items() if column.count(None) < len(rows))
        writing = _writing(table, connection.dialect, filled)
        connection.exec_driver_sql(writing.text, writing.rows(cells))


def remove(connection: Connection, table: Table, name: str, values: Sequence[str]) -> None:
    """Delete the rows that have one of these values in a column."""
    if values:
        removing = _removing(table, name, connection.dialect)
        connection.exec_driver_sql(removing.text, removing.rows({name: values}))


def _columns(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    if len(names) == 1:  # itemgetter would give bare cells
        return {name: [row[name] for row in rows] for name in names}
    # Row by row, for each is in the processor's cache but once.
    return dict(zip(names, zip(*map(itemgetter(*names), rows), strict=True), strict=True))


@dataclass(frozen=True, slots=True)
class _Writing:
    """
    A statement as its driver takes it, and how columns become the rows that the driver takes.

    SQLAlchemy would look at each cell of each row anew: for the table of facts that takes as long as storing them.
    """

    text: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    """By name, in the order of the statement, with what converts a cell into the driver's type where that is another one."""
    by_name: bool

    def rows(self, cells: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]] | list[dict[str, Any]]:
        """The rows in the driver's types."""
        rows = list(zip(*(_converted(cells[name], convert) for name, convert in self.columns), strict=True))
        names = [name for name, _ in self.columns]
        return [dict(zip(names, row, strict=True)) for row in rows] if self.by_name else rows


def _converted(column: Sequence[Any], convert: Callable[[Any], Any] | None) -> Sequence[Any]:
    return column if convert is None else [cell if cell is None else convert(cell) for cell in column]


@lru_cache(maxsize=256)
def _writing(table: Table, dialect: Dialect, filled: tuple[str, ...]) -> _Writing:
    return _prepared(_upsert(table, dialect.name), table, dialect, filled)


@lru_cache(maxsize=256)
def _removing(table: Table, name: str, dialect: Dialect) -> _Writing:
    return _prepared(delete(table).where(table.c[name] == bindparam(name)), table, dialect)


def _prepared(statement: Insert | Delete, table: Table, dialect: Dialect, filled: tuple[str, ...] | None = None) -> _Writing:
    compiled = statement.compile(dialect=dialect, column_keys=filled)
    names = compiled.positiontup or compiled.params
    columns = tuple((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)
    return _Writing(str(compiled), columns, not compiled.positional)


def _upsert(table: Table, dialect: str) -> Insert:
    keys = [column.name for column in table.primary_key]
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    changed = {column.name: insert.excluded[column.name] for column in table.c if column.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=changed) if changed else insert.on_conflict_do_nothing()


def engine_of(url: str) -> Engine:
    """The engine for a database; nothing is opened yet."""
    address = make_url(url)
    if address.drivername in {"postgresql", "postgres"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArgumentError(address.get_backend_name())
    engine = create_engine(address, pool_pre_ping=address.get_backend_name() == "postgresql")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver would begin transactions by its own rules
    # busy_timeout first: changing the journal mode of a new file is the first thing that two processes can fight over.
    # The size of pages is that of a new file only. Items take one to three thousand bytes: pages of 4,096 would be half empty.
    for pragma in (f"busy_timeout={_BUSY_MS}", "page_size=16384", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(_WRITES) else "BEGIN")


def _migrate(database: Database) -> None:
    with as_file(files("safesync.store") / "migrations") as folder:
        newest = _newest(folder)
        with database.reading() as connection:
            if _revision(connection) == newest:
                return
        with database.writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            if _revision(connection) is None:
                METADATA.create_all(connection)
                _REVISIONS.create(connection)
                connection.execute(_REVISIONS.insert().values(version_num=newest))
            else:
                _upgrade(connection, folder)


_REVISIONS = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
"""Where Alembic keeps which migrations were run."""


def _newest(folder: Path) -> str:
    """The last migration: they are numbered, and a file is called after its number."""
    return max(file.name[:4] for file in (folder / "versions").glob("[0-9]*.py"))


def _revision(connection: Connection) -> str | None:
    """``None`` for a database that has no tables of ours yet."""
    return connection.scalar(select(_REVISIONS.c.version_num)) if inspect(connection).has_table(_REVISIONS.name) else None


def _upgrade(connection: Connection, folder: Path) -> None:
    # Alembic takes as long to import as a quiet pull, and most commands find the database as it should be.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    settings = Config()
    settings.set_main_option("script_location", str(folder).replace("%", "%%"))
    settings.attributes["connection"] = connection
    try:
        command.upgrade(settings, "head")
    except CommandError as error:
        raise ConfigurationError(
            "store: the database was written by a newer version of SafeSync; use that version or another store"
        ) from error
