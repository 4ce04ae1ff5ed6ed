from __future__ import annotations

import multiprocessing
import re
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select
from store_rows import NOON
from store_versions import migrated

from safesync.facts.item.measured import MEASURED
from safesync.model.errors import ConfigurationError
from safesync.store import database
from safesync.store.database import open_database
from safesync.store.runs import start_run
from safesync.store.sql import open_store
from safesync.store.tables import FACTS, METADATA, RUNS


def test_the_facts_table_and_the_catalogue_name_the_same_facts() -> None:
    assert [column.name for column in FACTS.c] == ["uid", *(fact.name for fact in MEASURED), "unseen_id"]


def _indexes(connection: Connection) -> set[str | None]:
    return {index["name"] for table in METADATA.tables for index in inspect(connection).get_indexes(table)}


def test_the_migrations_build_exactly_the_declared_tables_and_so_does_a_new_database(url: str) -> None:
    # Autogenerate does not see everything (partial indexes); names at least must agree.
    declared = {index.name for table in METADATA.tables.values() for index in table.indexes}
    with migrated(url, "head") as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []
        assert _indexes(connection) == declared
        connection.exec_driver_sql("drop table alembic_version")
        METADATA.drop_all(connection)
    opened = open_database(url)
    with opened.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert _indexes(connection) == declared
        assert context.get_current_revision() == ScriptDirectory(Path(database.__file__).parent / "migrations").get_current_head()
    opened.close()


def test_a_new_revision_can_be_drafted_from_the_packaged_migrations(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    settings = Config()
    settings.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with opened.writing() as connection:
        settings.attributes["connection"] = connection
        command.check(settings)
    opened.close()


def _open(url: str) -> None:
    open_store(url).close()


def test_five_processes_that_open_a_new_database_at_once_all_succeed(url: str) -> None:
    # Spawned, not forked: Alembic and the drivers keep state that a fork would share.
    spawn = multiprocessing.get_context("spawn")
    openers = [spawn.Process(target=_open, args=(url,)) for _ in range(5)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join(60)
    assert [opener.exitcode for opener in openers] == [0] * 5


@pytest.mark.parametrize(
    "wrong",
    ["safesync.db", "mysql://x/y", "oracle://u:hunter2@h/d", "postgresql://u:hunter2@127.0.0.1:1/none", "sqlite:////nowhere/at/all.db"],
)
def test_a_wrong_address_is_a_mistake_of_configuration_and_shows_no_password(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=re.compile("^store: ")) as caught:
        open_store(wrong)
    assert "hunter2" not in str(caught.value)


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    opened = open_database(url)
    with opened.writing() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    opened.close()
    with pytest.raises(ConfigurationError, match="newer version"):
        open_store(url)


def test_alembic_is_imported_only_where_there_is_something_to_migrate(tmp_path: Path) -> None:
    # Every command opens the store, and Alembic takes longer to import than most of them take.
    new, old = f"sqlite:///{tmp_path / 'new.db'}", f"sqlite:///{tmp_path / 'old.db'}"
    with migrated(old, "0003"):
        pass
    opened = "import sys; from safesync.store.sql import open_store; open_store(sys.argv[1]).close(); print('alembic' in sys.modules)"
    told = [
        subprocess.run([sys.executable, "-c", opened, url], check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own interpreter
        for url in (new, new, old, old)
    ]
    assert told == ["False\n", "False\n", "True\n", "False\n"]


def test_a_reader_sees_one_state_however_often_it_asks(url: str) -> None:
    opened = open_database(url)
    started = select(func.count()).select_from(RUNS)
    with opened.reading() as connection:
        before = connection.scalar(started)
        with opened.writing() as other:
            start_run(other, "run", NOON, "a test")
        assert (before, connection.scalar(started)) == (0, 0)
    with opened.reading() as connection:
        assert connection.scalar(started) == 1
    opened.close()


def test_a_baseline_of_before_is_kept_with_what_has_left_it(url: str) -> None:
    with migrated(url, "0014") as connection:
        begun = "2026-11-01 00:00:00"
        rows = (
            f"('TM101', 'jira:1', 'Payments', '{begun}', '7', '2026-11-09 00:00:00', 'settled'), "
            f"('TM105', 'jira:2', null, '{begun}', '8', null, null)"
        )
        connection.exec_driver_sql(f'insert into old_findings (code, subject, train, since, revision, left_at, "left") values {rows}')
    store = open_store(url)
    assert [(one.code, one.train, one.left and one.left.value) for one in store.baseline().old] == [
        ("TM101", "Payments", "settled"),
        ("TM105", None, None),
    ]
    store.close()
