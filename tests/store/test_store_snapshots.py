"""Snapshots, on every store."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import BytesIO
from threading import Barrier

import polars as pl
import pytest
from sqlalchemy import func, insert, select
from store_rows import NOON, a_row, an_item
from store_versions import migrated

from safesync.connectors.port import Page
from safesync.facts.item import measured
from safesync.facts.item.measured import MEASURED
from safesync.model.item import Item, Link, Relation
from safesync.model.organisation import Organisation, Team, Train
from safesync.model.registers import Register, Registers
from safesync.model.timebox import Iteration
from safesync.store import snapshots
from safesync.store.database import open_database
from safesync.store.documents import document
from safesync.store.port import Occasion, Store, TrackerState
from safesync.store.sql import open_store
from safesync.store.tables import SNAPSHOT_PARTS, SNAPSHOTS

DAY = timedelta(days=1)
FIRST = date(2026, 11, 26)


def save(store: Store, *items: Item, gone: Sequence[str] = (), **facts: object) -> None:
    rows = [a_row(item, **facts) for item in items]
    store.save_page("jira", Page(items=items, gone=tuple(gone), cursor="c"), rows, state=TrackerState("c", "me", "s"), now=NOON)


def keep(store: Store, day: int = 0, keep_days: int = 100, **around: object) -> bool:
    return store.keep_snapshot(Occasion(NOON + day * DAY, **around), keep_days)  # type: ignore[arg-type]


def points(store: Store, since: date = FIRST) -> list[dict[str, float]]:
    """For each snapshot uid -> points."""
    return [dict(each.scene.facts.select("uid", "points").rows()) for each in store.snapshots(since)]


def test_each_day_is_told_as_it_was(store: Store) -> None:
    save(store, an_item(1, points=1.0), an_item(2, points=2.0))
    assert keep(store)
    save(store, an_item(1, points=5.0), an_item(3, points=3.0))
    assert keep(store, 1)
    save(store, gone=["jira:10002"])
    assert keep(store, 2)
    assert keep(store, 3)
    save(store, an_item(2, points=8.0))
    assert keep(store, 4)
    first = {"jira:10001": 1.0, "jira:10002": 2.0}
    second = {"jira:10001": 5.0, "jira:10002": 2.0, "jira:10003": 3.0}
    third = {"jira:10001": 5.0, "jira:10003": 3.0}
    assert points(store) == [first, second, third, third, {**second, "jira:10002": 8.0}]
    assert points(store, FIRST + 3 * DAY) == [third, {**second, "jira:10002": 8.0}]
    assert store.snapshot_days() == tuple(FIRST + day * DAY for day in range(5))


def test_a_day_has_one_snapshot_the_first_and_the_clock_does_not_go_back(store: Store) -> None:
    save(store, an_item(1, points=1.0))
    assert keep(store, 1)
    save(store, an_item(1, points=2.0))
    assert not store.keep_snapshot(Occasion(NOON + DAY + timedelta(hours=3)), 100)
    assert not keep(store, 0)
    assert points(store) == [{"jira:10001": 1.0}]


def test_a_scene_of_a_snapshot_is_the_scene_that_was_judged(store: Store) -> None:
    linked = an_item(1, links=(Link(Relation.PARENT, "jira:PAY-2"), Link(Relation.DEPENDS_ON, "jira:10003"), Link(Relation.RELATES, "x:1")))
    save(store, linked, an_item(2, labels=("über", "b")), due_on=date(2026, 12, 1), blocked=True, stage="ready", unseen="points team")
    save(store, an_item(3))
    now = store.scene()
    assert keep(store)
    [then] = [each.scene for each in store.snapshots(FIRST)]
    assert then.facts.equals(now.facts)
    assert then.facts.schema == now.facts.schema
    assert then.links.rows() == now.links.rows()
    [few] = [each.scene for each in store.snapshots(FIRST, {"tracker", "key", "points", "labels"})]
    assert few.facts.columns == ["uid", "tracker", "key", "points", "labels", "unseen"]


def test_what_stood_around_the_items_comes_back_with_each_day(store: Store) -> None:
    iteration = Iteration("jira:iteration:1", "jira", "26.4-3", FIRST, FIRST + 13 * DAY, "PI 26.4")
    registers = Registers(approvals=Register(frozenset({"approval", "approver"}), ()))
    organisation = Organisation(trains=(Train("Payments", ("Falcon",)),), registers=registers)
    around = {"iterations": (iteration,), "teams": (Team("Falcon", velocity=21.0),), "organisation": organisation}
    keep(store, 0, **around)
    keep(store, 1, **around)
    keep(store, 2, lost=frozenset({("jira", "PAY")}), failed=frozenset({"ado"}))
    told = [each.occasion for each in store.snapshots(FIRST)]
    assert told == [
        Occasion(NOON, **around),
        Occasion(NOON + DAY, **around),
        Occasion(NOON + 2 * DAY, lost=frozenset({("jira", "PAY")}), failed=frozenset({"ado"})),
    ]
    assert [each.scene.iterations for each in store.snapshots(FIRST)] == [(iteration,), (iteration,), ()]


def test_a_day_keeps_only_what_changed(store: Store, url: str) -> None:
    save(store, *(an_item(number, points=1.0) for number in range(300)))
    keep(store, 0)
    save(store, an_item(7, points=2.0))
    keep(store, 1)
    save(store, *(an_item(number, points=1.0) for number in range(300) if number != 7))  # read again, and nothing is new
    keep(store, 2)
    save(store, an_item(7, points=2.0, links=(Link(Relation.PARENT, "jira:PAY-2"),)))
    keep(store, 3)
    opened = open_database(url)
    with opened.reading() as connection:
        of_days = dict(connection.execute(select(SNAPSHOT_PARTS.c.day, func.length(SNAPSHOT_PARTS.c.rows))).all())
        told = dict(connection.execute(select(SNAPSHOTS.c.day, SNAPSHOTS.c.around)).all())
    opened.close()
    assert sorted(of_days) == [FIRST, FIRST + DAY, FIRST + 3 * DAY]
    assert of_days[FIRST + DAY] * 2 < of_days[FIRST]
    assert [told[day] is None for day in sorted(told)] == [False, True, True, True]


@pytest.mark.parametrize(("keep_days", "first"), [(0, 60), (1, 30), (30, 30), (31, 0), (400, 0)])
def test_what_is_older_than_asked_for_is_forgotten_as_soon_as_nothing_builds_on_it(store: Store, keep_days: int, first: int) -> None:
    save(store, an_item(1, points=1.0))
    for day in (0, 10, 30, 45, 60):
        keep(store, day, keep_days)
    kept = [day for day in (0, 10, 30, 45, 60) if day >= first]
    assert store.snapshot_days() == tuple(FIRST + day * DAY for day in kept)
    assert points(store) == [{"jira:10001": 1.0}] * len(kept)


def test_a_fact_that_was_not_measured_yet_is_unseen_and_not_empty(reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch) -> None:
    store = reopen()
    save(store, an_item(1, points=1.0), unseen="team")
    before = tuple(fact for fact in MEASURED if fact.name not in {"points", "rank"})
    monkeypatch.setattr(snapshots, "MEASURED", before)
    monkeypatch.setattr("safesync.store.rows.MEASURED", before)
    keep(store, 0)
    monkeypatch.undo()
    keep(store, 1)
    old, new = (each.scene.facts.row(0, named=True) for each in store.snapshots(FIRST))
    assert (old["points"], old["unseen"]) == (None, "team points rank")
    assert (new["points"], new["unseen"]) == (1.0, "team")
    assert measured.MEASURED is MEASURED


def test_lines_that_a_day_kept_in_another_form_are_unseen_on_that_day(url: str) -> None:
    rows = BytesIO()
    lines = {"acceptance_line_digests": ["0a1b2c3d 4e5f6a7b"], "unseen": ["team"]}
    pl.DataFrame({"uid": ["jira:10001"], "digest": [1], "gone": [False], "points": [2.0], **lines}).write_parquet(rows)
    around = document(
        {
            "occasion": Occasion(NOON),
            "facts": [fact.name for fact in MEASURED if fact.name not in {"benefit_line_digests", "description_line_digests"}],
        }
    )
    with migrated(url, "0016") as connection:
        connection.execute(insert(SNAPSHOTS).values(day=FIRST, taken_at=NOON, whole=True, around=zlib.compress(around.encode())))
        connection.execute(insert(SNAPSHOTS).values(day=FIRST + DAY, taken_at=NOON + DAY, whole=False))
        connection.execute(insert(SNAPSHOT_PARTS).values(day=FIRST, part=0, rows=rows.getvalue()))
    store = open_store(url)
    unseen = "team acceptance_line_digests benefit_line_digests description_line_digests"
    told = [each.scene.facts.select("points", "acceptance_line_digests", "unseen").rows() for each in store.snapshots(FIRST)]
    assert told == [[(2.0, None, unseen)]] * 2
    store.close()


def test_nobody_was_there_yet(store: Store) -> None:
    assert store.snapshot_days() == ()
    assert list(store.snapshots(FIRST)) == []
    keep(store)
    assert points(store) == [{}]
    save(store, an_item(1, points=1.0))
    keep(store, 1)
    assert points(store) == [{}, {"jira:10001": 1.0}]


def test_two_processes_that_keep_a_day_at_once_keep_one_snapshot(reopen: Callable[[], Store]) -> None:
    stores = [reopen() for _ in range(4)]
    save(stores[0], *(an_item(number, points=1.0) for number in range(200)))
    together = Barrier(len(stores))

    def kept(store: Store) -> bool:
        together.wait(30)
        return keep(store)

    with ThreadPoolExecutor(len(stores)) as pool:
        assert sorted(pool.map(kept, stores)) == [False, False, False, True]
    assert [len(each) for each in points(stores[0])] == [200]
