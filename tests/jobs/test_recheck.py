"""After a few changes a check says what a check of everything from the beginning says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from safesync.connectors.port import Page
from safesync.facts.measure import measure
from safesync.jobs.check import check
from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import CURRENT, NOW, feature, story
from safesync.rules.rule import RuleSetting
from safesync.store import columns
from safesync.store.port import Store, TrackerState
from safesync.store.sql import open_store

STATE = TrackerState("cursor", "me", "scope")
JUDGE = Judge([RuleSetting(rule, rule.options()) for rule in shipped().values()])


def backlog() -> list[Item]:
    above = [feature(number) for number in range(1, 6)]
    return [*above, *(story(number, parent=above[number % 5].uid, iteration=CURRENT, points=3.0) for number in range(10, 40))]


def save(store: Store, items: list[Item]) -> None:
    store.save_page("jira", Page(items=tuple(items)), [measure(item) for item in items], state=STATE, now=NOW)


def found(store: Store) -> set[tuple[str, str, str]]:
    check(store, JUDGE, Organisation(), NOW, trackers=["jira"])
    return {(each.finding.code, each.finding.subject, each.finding.evidence) for each in store.findings()}


@pytest.mark.parametrize("many", [5, 1_000])
def test_a_check_after_changes_is_a_check_of_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(columns, "_MANY", many)
    items = backlog()
    changed = [replace(item, points=None) for item in items[5:8]] + [
        replace(items[9], stage=Stage.DONE),
        replace(items[0], stage=Stage.DONE),
    ]
    store, fresh = (open_store(f"sqlite:///{tmp_path / name}.db") for name in ("one", "other"))
    save(store, items)
    before = found(store)
    save(store, changed)
    after = found(store)
    save(fresh, [*{item.uid: item for item in (*items, *changed)}.values()])
    assert after == found(fresh)
    assert {code for code, _, _ in after - before} >= {"TM105"}
    assert before - after
    for each in (store, fresh):
        each.close()
