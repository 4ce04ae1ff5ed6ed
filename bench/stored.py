"""
The generated backlog in a SQLite store: ``python bench/stored.py fill FOLDER`` writes it, ``load`` reads it, ``changed`` checks it twice.

The first load makes the columns beside the rows, as the first check of a large backlog does; the second is what each later check is
like that begins with nothing in memory.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC
from pathlib import Path
from typing import Any

import polars as pl
from clock import peak_mb, timed
from generate import NOW, around
from material import built, load
from ours import settings
from sqlalchemy import delete, update

from safesync.facts.backlog import measured_for
from safesync.facts.fact import FactType
from safesync.facts.item.measured import MEASURED
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.store.database import Database, engine_of, open_database, upsert
from safesync.store.sql import SqlStore
from safesync.store.tables import COLUMN_PARTS, FACTS, ITEMS, LINKS, TOUCHED, UNSEEN

_AT_ONCE = 20_000
_LABELS = [fact.name for fact in MEASURED if fact.type is FactType.LABELS]


def fill(folder: Path) -> None:
    """The rows as a pull leaves them; the documents of items, which no check reads, are empty."""
    database = open_database(_url(folder))
    links = pl.read_parquet(folder / "links.seen.parquet").with_columns(pl.col("relation").cast(pl.String))
    facts = load(folder, "seen").facts
    with database.writing() as connection:
        upsert(connection, UNSEEN, [{"unseen_id": 1, "names": ""}])
        for portion in facts.iter_slices(_AT_ONCE):
            rows = list(_rows(portion))
            upsert(connection, ITEMS, [_item(row) for row in rows])
            upsert(connection, FACTS, rows)
            upsert(connection, TOUCHED, [{"uid": row["uid"]} for row in rows])
        for portion in links.iter_slices(_AT_ONCE):
            upsert(connection, LINKS, portion.to_dicts())
    database.close()


def cold(folder: Path) -> dict[str, Any]:
    """How long it takes from an open store to a scene with the facts that all rules read."""
    judge = Judge(settings(shipped()))
    needed = measured_for(judge.reads, judge.reads_groups)
    store = SqlStore(Database(engine_of(_url(folder))))
    took, scene = timed(lambda: store.scene(needed))
    return {
        "rows": scene.facts.height,
        "links": scene.links.height,
        "facts": len(needed),
        "took": {"loading": asdict(took)},
        "peak_mb": peak_mb(),
    }


def changed(folder: Path) -> dict[str, Any]:
    """
    A full check from the store, and one after a thousand items changed, with the difference of what both found.

    What the second one finds is what a check finds that knows nothing of any column, and reads every row anew.
    """
    judge, store = Judge(settings(shipped())), SqlStore(Database(engine_of(_url(folder))))
    needed = measured_for(judge.reads, judge.reads_groups)

    def check() -> dict[str, pl.Series]:
        scene = store.scene(needed)
        made = around(scene.facts, scene.links)
        return {code: mask.flawed for code, mask in judge.masks(built(made, judge.reads, judge.reads_groups)).items()}

    whole, before = timed(check)
    _change(folder, store)

    def recheck() -> tuple[dict[str, pl.Series], dict[str, tuple[pl.Series, pl.Series]]]:
        after = check()
        return after, {code: (_without(after[code], rows), _without(rows, after[code])) for code, rows in before.items()}

    again, (after, found) = timed(recheck)
    opened, ended = (sum(len(each[place]) for each in found.values()) for place in (0, 1))
    memory = peak_mb()
    with store._database.writing() as connection:  # noqa: SLF001 - they are derived, and may be deleted at any time
        connection.execute(delete(COLUMN_PARTS))
    if others := [code for code, rows in check().items() if not rows.equals(after[code])]:
        raise ValueError(f"from rows alone something else is found: {others}")
    return {"opened": opened, "ended": ended, "took": {"whole": asdict(whole), "again": asdict(again)}, "peak_mb": memory}


def _without(some: pl.Series, others: pl.Series) -> pl.Series:
    return some.filter(~some.is_in(others.implode()))


def _change(folder: Path, store: SqlStore) -> None:
    """Every thousandth item of a million has no estimate and no owner any more."""
    uids = load(folder, "seen", ()).facts["uid"]
    some = uids.gather_every(max(len(uids) // 1_000, 1)).to_list()
    with store._database.writing() as connection:  # noqa: SLF001 - as a pull does, without the items that nobody reads here
        connection.execute(update(FACTS).where(FACTS.c.uid.in_(some)).values(points=None, owner=None))
        upsert(connection, TOUCHED, [{"uid": uid} for uid in some])


def _rows(portion: pl.DataFrame) -> Iterator[dict[str, Any]]:
    plain = portion.with_columns(pl.col(pl.Enum, pl.Categorical).cast(pl.String)).with_columns(
        pl.col(name).cast(pl.List(pl.String)) for name in _LABELS
    )
    for row in plain.iter_rows(named=True):
        cells = {**row, "unseen_id": 1}
        del cells["unseen"]
        for name in _LABELS:
            cells[name] = None if cells[name] is None else json.dumps(cells[name])
        yield cells


def _item(row: dict[str, Any]) -> dict[str, Any]:
    known = {"uid": row["uid"], "tracker": row["tracker"], "native_id": row["uid"].split(":")[1], "key": row["key"], "document": "{}"}
    return {**known, "seen_at": NOW.astimezone(UTC), "gone_at": None, "missed_at": None, "unseen_id": 1}


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'store.db'}"


if __name__ == "__main__":
    verb, folder = sys.argv[1], Path(sys.argv[2])
    print(json.dumps({"fill": fill, "load": cold, "changed": changed}[verb](folder)))
