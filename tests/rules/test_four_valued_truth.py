"""
What was not seen, against brute force: every unseen value is replaced by several possible ones, and all outcomes are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from random import Random
from typing import Any

import polars as pl
import pytest
from condition_samples import condition

from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.frame.columns import column_type
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.condition.reading import read
from safesync.rules.condition.tree import Not, Surely, Truth, facts_of

POSSIBLE: dict[str, tuple[Any, ...]] = {
    "points": (None, -1000.0, -50.0, 0.0, 2.0, 3.0, 100.0, 1000.0),
    "job_size": (None, -1000.0, -50.0, 0.0, 1.0, 5.0, 100.0, 1000.0),
    "team": (None, "Falcon", "Heron"),
    "stage": (None, "funnel", "ready", "in_progress", "done"),
    "open": (None, True, False),
    "blocked": (None, True, False),
    "labels": ([], ["chore"], ["chore", "local"]),
}
"""Values that bring out every outcome of the leaves below; NULL is one of them, for what was not seen may be empty."""

_LEAVES = (
    ("points > 2", "points"),
    ("points <= 2", "points"),
    ("points IS NULL", "points"),
    ("points IS NOT NULL", "points"),
    ("points IN (2, 3)", "points"),
    ("points NOT IN (2, 3)", "points"),
    ("points BETWEEN 1 AND 5", "points"),
    ("abs(points) > 10", "points"),
    ("coalesce(points, 0) > 1", "points"),
    ("points + job_size > 60", "points job_size"),
    ("points - job_size < 3", "points job_size"),
    ("coalesce(points, job_size) > 4", "points job_size"),
    ("job_size * 2 > 7", "job_size"),
    ("coalesce(job_size, 1) IN (1, 5)", "job_size"),
    ("team = 'Falcon'", "team"),
    ("team IN ('Falcon', 'Kestrel')", "team"),
    ("team IS NULL", "team"),
    ("stage >= 'ready'", "stage"),
    ("stage = 'done'", "stage"),
    ("open", "open"),
    ("NOT blocked", "blocked"),
    ("blocked IS NULL", "blocked"),
    ("has_label('chore')", "labels"),
    ("NOT has_label('chore')", "labels"),
)


def _read_once(chance: Random) -> str:
    """A condition in which no fact stands twice."""
    leaves, used = [], set()
    for text, names in chance.sample(_LEAVES, len(_LEAVES)):
        if used.isdisjoint(names.split()):
            leaves.append(text)
            used.update(names.split())
    return _joined(chance, leaves[: chance.choice((1, 2, 3, 4, 5))])


def _joined(chance: Random, leaves: list[str]) -> str:
    if len(leaves) == 1:
        return leaves[0]
    at = chance.randrange(1, len(leaves))
    text = f"({_joined(chance, leaves[:at])} {chance.choice(('AND', 'OR'))} {_joined(chance, leaves[at:])})"
    return f"NOT {text}" if chance.random() < 0.3 else text


def _item(chance: Random, names: list[str]) -> tuple[dict[str, Any], frozenset[str]]:
    unseen = frozenset(name for name in names if chance.random() < 0.45)
    return {name: chance.choice(POSSIBLE[name]) for name in names}, unseen


def _frame(rows: list[dict[str, Any]], names: list[str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={name: column_type(ITEM_FACTS[name]) for name in names})


def _outcomes(text: str, item: dict[str, Any], unseen: frozenset[str]) -> set[bool | None]:
    names = list(item)
    choices = [POSSIBLE[name] if name in unseen else (item[name],) for name in names]
    worlds = _frame([dict(zip(names, world, strict=True)) for world in product(*choices)], names)
    return set(worlds.select(names[0], truth=Compiler().plain(read(text, ITEM_FACTS)))["truth"].to_list())


def _judged(
    text: str, item: dict[str, Any], unseen: frozenset[str], made: Callable[[Truth], Truth] = lambda truth: truth
) -> tuple[bool, bool]:
    names = list(item)
    # A column of flags with a false beside the true: as in a frame where other items were seen.
    flags = [pl.Series(UNSEEN + name, [name in unseen]) for name in names if name in unseen or name == names[0]]
    compiler = Compiler(frozenset(flag.name.removeprefix(UNSEEN) for flag in flags))
    tree = made(read(text, ITEM_FACTS))
    row = _frame([item], names).with_columns(flags).select(names[0], must=compiler.must(tree), can=compiler.can(tree)).row(0, named=True)
    return row["must"], row["can"]


@pytest.mark.parametrize("seed", range(6))
def test_flawed_means_flawed_whatever_the_unseen_values_are_and_fine_means_flawed_for_none(seed: int):
    chance = Random(seed)  # noqa: S311 - chance, no secret
    for _ in range(80):
        text = _read_once(chance)
        item, unseen = _item(chance, sorted(facts_of(read(text, ITEM_FACTS))))
        outcomes = _outcomes(text, item, unseen)
        must, can = _judged(text, item, unseen)
        assert (must, can) == (outcomes == {True}, True in outcomes), (text, item, unseen)


@pytest.mark.parametrize("seed", range(4))
def test_a_fact_that_stands_twice_may_leave_it_open_but_never_decides_wrongly(seed: int):
    chance = Random(1000 + seed)  # noqa: S311 - chance, no secret
    decided = 0
    for _ in range(80):
        text = condition(chance, 3).ours
        names = sorted(facts_of(read(text, ITEM_FACTS)))
        if not names or not set(names) <= POSSIBLE.keys() or len(names) > 4:
            continue
        item, unseen = _item(chance, names)
        outcomes = _outcomes(text, item, unseen)
        must, can = _judged(text, item, unseen)
        assert not must or outcomes == {True}, (text, item, unseen)
        assert can or True not in outcomes, (text, item, unseen)
        decided += must or not can
    assert decided > 10


@pytest.mark.parametrize("seed", range(3))
def test_surely_makes_null_false_and_leaves_the_rest(seed: int):
    chance = Random(2000 + seed)  # noqa: S311 - chance, no secret
    for _ in range(60):
        text = _read_once(chance)
        item, unseen = _item(chance, sorted(facts_of(read(text, ITEM_FACTS))))
        outcomes = {outcome is True for outcome in _outcomes(text, item, unseen)}
        assert _judged(text, item, unseen, Surely) == (outcomes == {True}, True in outcomes), (text, item, unseen)
        turned = _judged(text, item, unseen, lambda truth: Not(Surely(truth)))
        assert turned == (outcomes == {False}, False in outcomes), (text, item, unseen)


def test_is_null_is_unknown_for_what_was_not_seen():
    assert _judged("points IS NULL", {"points": None}, frozenset({"points"})) == (False, True)
    assert _judged("points IS NULL", {"points": None}, frozenset()) == (True, True)


def test_an_empty_value_decides_a_comparison_with_an_unseen_one():
    item = {"points": None, "job_size": 5.0}
    assert _judged("points > job_size", item, frozenset({"job_size"})) == (False, False)
    assert _judged("NOT points > job_size", item, frozenset({"job_size"})) == (False, False)


def test_dividing_by_a_zero_that_was_seen_is_empty_whatever_was_not():
    item = {"points": 8.0, "job_size": 0.0}
    assert _judged("points / job_size > 1", item, frozenset({"points"})) == (False, False)
    assert _judged("points / job_size > 1", item, frozenset({"job_size"})) == (False, True)


def test_what_cannot_matter_leaves_nothing_open():
    item = {"points": 8.0, "team": None}
    assert _judged("points > 3 OR team = 'Falcon'", item, frozenset({"team"})) == (True, True)
    assert _judged("points > 9 AND team = 'Falcon'", item, frozenset({"team"})) == (False, False)


def test_a_rule_whose_facts_were_all_seen_is_one_plain_expression():
    tree = read("points > 3 AND NOT open", ITEM_FACTS)
    plain = str(Compiler().must(tree))
    assert str(Compiler(frozenset({"team"})).must(tree)) == plain
    assert UNSEEN not in plain
    assert UNSEEN in str(Compiler(frozenset({"points"})).must(tree))
