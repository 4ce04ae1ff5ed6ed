"""Frozen values that are made and changed the quick way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from datetime import UTC, datetime

import pytest

from safesync.model.item import Item, Kind, Stage
from safesync.model.making import changed, maker

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
NEEDED = ("jira:1", "jira", "1", "PAY-1", "https://x.test/1", "PAY", Kind.STORY, "Story", "Open", Stage.READY, "A title", "7", NOON, NOON)


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    depth: int = 0


def test_a_value_is_the_same_whichever_way_it_was_made() -> None:
    quick, usual = maker(Item)(*NEEDED, labels=("x",), points=3.0), Item(*NEEDED, labels=("x",), points=3.0)
    assert type(quick) is Item
    assert quick == usual
    assert hash(quick) == hash(usual)
    assert [getattr(quick, one.name) for one in fields(Item)] == [getattr(usual, one.name) for one in fields(Item)]


def test_a_value_that_was_made_quickly_stays_as_it_is() -> None:
    quick = maker(Place)("here")
    with pytest.raises(FrozenInstanceError):
        quick.name = "there"  # type: ignore[misc]


@pytest.mark.parametrize(
    "make",
    [maker(Place), lambda: maker(Place)("here", width=1), lambda: changed(Place("here"), width=1)],
    ids=["one is missing", "one too many", "one too many in a copy"],
)
def test_fields_that_are_missing_or_unknown_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises((TypeError, KeyError)):
        make()


def test_a_changed_copy_leaves_the_first_alone() -> None:
    first = Item(*NEEDED, labels=("x",))
    second = changed(first, labels=("y",), title="Another")
    assert second == replace(first, labels=("y",), title="Another")
    assert (first.labels, first.title) == (("x",), "A title")
    with pytest.raises(FrozenInstanceError):
        second.title = "A third"  # type: ignore[misc]
