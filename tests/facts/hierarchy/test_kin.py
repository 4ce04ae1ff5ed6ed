"""What an item knows of its parent, and what its children add up to."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from safesync.facts.backlog import Backlog
from safesync.model.item import Stage, WorkClass
from safesync.rules.examples import CURRENT_INTERVAL, backlog_of, feature, story, task


def known(backlog: Backlog, fact: str, uid: str = "jira:1") -> Any:
    """The value of a fact, or the word for not having seen it."""
    row = backlog.items.filter(pl.col("uid") == uid).collect().row(0, named=True)
    return "unseen" if row.get(f"unseen.{fact}") else row[fact]


PARENT = {
    "parent_stage": ("in_progress", {"stage": Stage.IN_PROGRESS}),
    "parent_gate": ("active", {"stage": Stage.IN_PROGRESS}),
    "parent_points": (21.0, {"points": 21.0}),
    "parent_owner": ("Robin", {"owner": "Robin"}),
    "parent_team": ("Heron", {"team": "Heron"}),
    "parent_interval": (CURRENT_INTERVAL, {"interval": CURRENT_INTERVAL}),
    "parent_work_class": ("enabler", {"work_class": WorkClass.ENABLER}),
    "parent_target_end": (date(2026, 12, 1), {"target_end": date(2026, 12, 1)}),
    "parent_blocked": (True, {"blocked": True}),
}


@pytest.mark.parametrize("fact", PARENT)
def test_a_fact_of_the_parent_is_the_parents_own(fact: str) -> None:
    value, fields = PARENT[fact]
    backlog = backlog_of((story(parent="jira:2"), feature(**fields)))
    assert known(backlog, fact) == value
    assert known(backlog, fact, "jira:2") is None


@pytest.mark.parametrize("fact", PARENT)
def test_a_fact_of_a_parent_that_cannot_be_seen_is_unseen(fact: str) -> None:
    assert known(backlog_of((story(parent="jira:99"),)), fact) == "unseen"
    assert known(backlog_of((story(unseen=frozenset({"links"})),)), fact) == "unseen"
    field = {"gate": "stage", "work_class": "work_class"}.get(fact.removeprefix("parent_"), fact.removeprefix("parent_"))
    unseen = {"unseen": frozenset({field}), **({"work_class": WorkClass.UNKNOWN} if field == "work_class" else {})}
    assert known(backlog_of((story(parent="jira:2"), feature(**unseen))), fact) == "unseen"


def test_children_add_up() -> None:
    children = (
        story(1, points=3.0, parent="jira:9"),
        story(2, points=5.0, parent="jira:9", stage=Stage.DONE),
        story(3, points=8.0, parent="jira:9", stage=Stage.CANCELLED),
        story(4, points=None, parent="jira:9"),
        task(5, points=None, parent="jira:9"),
    )
    backlog = backlog_of((feature(9), *children))
    sums = ("children_points", "open_children_points", "unestimated_children")
    assert [known(backlog, fact, "jira:9") for fact in sums] == [8.0, 3.0, 1]
    assert [known(backlog, fact, "jira:1") for fact in sums] == [0, 0, 0]


@pytest.mark.parametrize("field", ["points", "stage"])
def test_a_sum_with_a_child_that_was_not_seen_is_unseen(field: str) -> None:
    backlog = backlog_of((feature(9), story(1, parent="jira:9", unseen=frozenset({field})), feature(8), story(2, parent="jira:8")))
    for fact in ("children_points", "open_children_points", "unestimated_children"):
        assert known(backlog, fact, "jira:9") == "unseen"
        assert known(backlog, fact, "jira:8") != "unseen"
