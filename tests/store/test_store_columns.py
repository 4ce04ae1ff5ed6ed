"""Columns beside the rows: whatever happens in between, they say what the rows say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import polars as pl
import pytest
from store_rows import NOON, a_row, an_item

from safesync.connectors.port import Page
from safesync.model.item import Item, Link, Relation
from safesync.store import columns
from safesync.store.port import Scene, Store, TrackerState

STATE = TrackerState("cursor", "me", "scope")


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns are made for three items, in parts of four."""
    monkeypatch.setattr(columns, "_MANY", 2)
    monkeypatch.setattr(columns, "_PART", 4)


def save(store: Store, *items: Item, gone: tuple[str, ...] = ()) -> None:
    rows = [a_row(item, points=item.points, team=item.team, unseen=" ".join(sorted(item.unseen))) for item in items]
    store.save_page("jira", Page(items=items, gone=gone), rows, state=STATE, now=NOON)


def of_rows(store: Store) -> Scene:
    """The scene as it is without any columns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "due", lambda _connection: False)
        patch.setattr(columns, "usable", lambda _connection: False)
        return store.scene()


def assert_the_same(store: Store) -> None:
    told, rows = store.scene(), of_rows(store)
    plain = [scene.facts.with_columns(pl.col(pl.Categorical).cast(pl.String)).to_dicts() for scene in (told, rows)]
    assert plain[0] == plain[1]
    assert told.links.rows() == rows.links.rows()
    assert told.facts.columns == rows.facts.columns


def drawn(draw: Random, number: int) -> Item:
    links = tuple(Link(Relation.PARENT, f"jira:{10_000 + draw.randrange(30)}") for _ in range(draw.randrange(3)))
    unseen = frozenset(draw.sample(["points", "team"], draw.randrange(3)))
    points = draw.choice([None, 1.0, 0.5, 100.0, 70_000.0, 0.1])
    return an_item(
        number, points=points, team=draw.choice([None, "Falcon", "Heron"]), links=links, unseen=unseen, labels=("a",)[: number % 2]
    )


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in (1, 2))])
def test_columns_say_what_the_rows_say_after_every_change(store: Store, seed: int) -> None:
    draw = Random(seed)  # noqa: S311 - the same changes each time
    for _ in range(15):
        numbers = draw.sample(range(30), draw.randrange(1, 6))
        gone = tuple(f"jira:{10_000 + number}" for number in draw.sample(range(30), draw.randrange(3)))
        save(store, *(drawn(draw, number) for number in numbers), gone=gone)
        assert_the_same(store)


def test_one_change_is_read_from_its_row_and_many_from_columns_that_were_made_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    make = columns.make
    monkeypatch.setattr(columns, "make", lambda connection: made.append(1) or make(connection))
    items = [an_item(number, points=1.0) for number in range(10)]
    save(store, *items[:2])
    assert (store.scene().facts.height, len(made)) == (2, 0)
    save(store, *items)
    assert (store.scene().facts.height, len(made)) == (10, 1)
    save(store, replace(items[3], points=5.0), replace(items[4], points=8.0))
    assert (store.scene().facts["points"].to_list(), len(made)) == ([1.0] * 3 + [5.0, 8.0] + [1.0] * 5, 1)
    save(store, replace(items[5], points=13.0))
    assert (store.scene().facts["points"].to_list(), len(made)) == ([1.0] * 3 + [5.0, 8.0, 13.0] + [1.0] * 4, 2)


def test_who_is_gone_is_gone_from_the_columns_and_may_come_back(store: Store) -> None:
    items = [an_item(number) for number in range(8)]
    save(store, *items)
    assert store.scene().facts.height == 8
    store.mark_gone([items[2].uid], NOON)
    assert items[2].uid not in store.scene().facts["uid"].to_list()
    save(store, items[2])
    assert store.scene().facts["uid"].to_list() == [item.uid for item in items]


def test_a_death_while_columns_are_made_leaves_those_of_before(reopen: Callable[[], Store], monkeypatch: pytest.MonkeyPatch) -> None:
    store = reopen()
    items = [an_item(number, points=1.0) for number in range(10)]
    save(store, *items)
    store.scene()
    save(store, *(replace(item, points=2.0) for item in items))
    packed, calls = columns._packed, []

    def dies(frame: pl.DataFrame) -> bytes:
        calls.append(1)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return packed(frame)

    monkeypatch.setattr(columns, "_packed", dies)
    with pytest.raises(KeyboardInterrupt):
        store.scene()
    monkeypatch.setattr(columns, "_packed", packed)
    again = reopen()
    assert again.scene().facts["points"].to_list() == [2.0] * 10
    assert_the_same(again)


def test_columns_of_a_version_that_measured_other_facts_are_made_anew(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [an_item(number, points=1.0) for number in range(6)]
    save(store, *items)
    store.scene()
    monkeypatch.setattr(columns, "_made_for", lambda: "another")
    save(store, replace(items[0], points=2.0))
    assert store.scene().facts["points"].to_list() == [2.0] + [1.0] * 5
    assert_the_same(store)


@pytest.mark.parametrize("at_once", [1, 3, 24])
def test_columns_hold_only_what_is_asked_for_in_one_piece(store: Store, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(columns, "_FACTS_AT_ONCE", at_once)
    save(store, *(an_item(number, points=float(number)) for number in range(6)))
    wanted = {"tracker", "key", "points", "rank"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "due", lambda _connection: False)
        of_rows = store.scene(wanted).facts
    assert set(of_rows.columns) == {"uid", "unseen", *wanted}
    told = store.scene(wanted).facts
    assert told.columns == of_rows.columns
    assert told.cast({pl.Categorical: pl.String}).rows() == of_rows.cast({pl.Categorical: pl.String}).rows()
    assert {column.n_chunks() for column in told} == {1}
