"""SQLite says which items every shipped rule flags, and which it cannot judge, among ten thousand; ours says the same."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

import polars as pl
import pytest
from bench_generate import generated_backlog
from condition_samples import quoted
from oracle_database import database
from oracle_sql import Pair

from safesync.facts.backlog import Backlog
from safesync.facts.catalog import ITEM_FACTS
from safesync.facts.fact import Fact, FactType
from safesync.facts.frame.columns import column_type
from safesync.rules.catalog import shipped
from safesync.rules.condition import tree
from safesync.rules.condition.compiling import UNSEEN, Compiler
from safesync.rules.condition.reading import read
from safesync.rules.engine import Judge
from safesync.rules.judgement import Judgement, judgement, vocabulary
from safesync.rules.rule import Rule, RuleSetting

pytestmark = pytest.mark.slow  # SQLite, and ten thousand rows a rule

ROWS = 10_000
SILENT_AT_FIRST = {"GR505"}
"""Rules that say nothing before somebody sets a threshold."""
RULES = [pytest.param(rule, id=code) for code, rule in shipped().items()]
OF_ITEMS = [pytest.param(rule, id=code) for code, rule in shipped().items() if rule.group is None]


# --- a backlog that was made up, with everything that follows from links and timeboxes --------------------------


def of_parts(rule: Rule) -> list[RuleSetting]:
    """The settings of the rules that a composite one puts together."""
    return [RuleSetting(part.rule, part.rule.options()) for part in rule.parts if part.rule]


def made_of(rule: Rule) -> Judgement:
    """The rule as it is judged by, when nothing is said about it and its parts."""
    return judgement(RuleSetting(rule, rule.options()), [judgement(each) for each in of_parts(rule)])


@cache
def generated() -> tuple[Backlog, pl.DataFrame, sqlite3.Connection]:
    backlog = generated_backlog(ROWS)
    flags = [f"{UNSEEN}{name}" for name in sorted(backlog.unseen)]
    frame = backlog.items.select(*ITEM_FACTS, *flags).collect()
    return backlog, frame, database(frame, ITEM_FACTS)


def rows_of(connection: sqlite3.Connection, *expressions: str) -> list[tuple[bool, ...]]:
    return [tuple(bool(value) for value in row) for row in connection.execute(f"SELECT {', '.join(expressions)} FROM items ORDER BY rowid")]


@pytest.mark.parametrize("rule", OF_ITEMS)
def test_a_rule_flags_the_items_that_sqlite_flags(rule: Rule) -> None:
    backlog, _, connection = generated()
    setting = RuleSetting(rule, rule.options())
    whole, pair = made_of(rule).whole, Pair(backlog.unseen)

    mask = Judge([setting, *of_parts(rule)]).masks(backlog)[rule.code]

    theirs = rows_of(connection, pair.must(whole), f"{pair.can(whole)} AND NOT {pair.must(whole)}")
    assert mask.flawed.to_list() == [row for row, (flawed, _) in enumerate(theirs) if flawed]
    assert ([] if mask.unjudged is None else mask.unjudged.to_list()) == [row for row, (_, unjudged) in enumerate(theirs) if unjudged]


@pytest.mark.parametrize("rule", OF_ITEMS)
def test_the_text_of_a_rule_means_to_sqlite_what_it_means_to_us(rule: Rule) -> None:
    """Here SQLite reads the words of the rule's file themselves, and no tree of ours."""
    _, frame, connection = generated()
    options = rule.options().model_dump()
    for text in (rule.flaw, rule.when, rule.error_when or "open"):
        ours = frame.select("key", truth=Compiler().plain(read(text or "TRUE", ITEM_FACTS, options)))["truth"].to_list()
        theirs = connection.execute(f"SELECT {bound(text or 'TRUE', options)} FROM items ORDER BY rowid").fetchall()
        assert ours == [None if value is None else bool(value) for (value,) in theirs], text


def bound(text: str, options: Mapping[str, Any]) -> str:
    """The administrator's own text with options filled in and ordered words compared by rank."""

    def literal(value: Any) -> str:
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int | float):
            return str(float(value))
        return quoted(value) if isinstance(value, str) else "(" + ", ".join(quoted(each) for each in sorted(value)) + ")"

    def ranked(found: re.Match[str]) -> str:
        name, sign, other = found.groups()
        words = [str(each) for each in ITEM_FACTS[name].vocabulary]
        return f"{name}_rank {sign} {words.index(other[1:-1]) if other.startswith(chr(39)) else f'{other}_rank'}"

    names = "|".join(name for name, fact in ITEM_FACTS.items() if fact.ordered)
    text = re.sub(r"'[^']*'|:(\w+)", lambda found: found[0] if found[1] is None else literal(options[found[1]]), text)
    text = re.sub(rf"\b({names}) (>=|<=|<|>) ('\w+'|{names})", ranked, text)
    return text.replace("has_label(", "has_label(labels, ")


# --- facts drawn so that every threshold is met, and missed by one ----------------------------------------------


@pytest.mark.deep
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_says_the_same_as_sqlite_at_and_beside_every_threshold(rule: Rule) -> None:
    facts, made = vocabulary(rule), made_of(rule)
    read_facts = tree.facts_of(made.whole)
    if not read_facts:
        return
    frame = drawn(made.whole, read_facts, Random(crc32(rule.code.encode())))  # noqa: S311 - chance, no secret
    unseen = frozenset(name.removeprefix(UNSEEN) for name in frame.columns if name.startswith(UNSEEN))
    connection, pair, compiler = database(frame, facts), Pair(unseen), Compiler(unseen)

    ours = frame.select(must=compiler.must(made.whole), can=compiler.can(made.whole)).rows()

    assert ours == rows_of(connection, pair.must(made.whole), pair.can(made.whole))
    assert len(set(ours)) == 3 or rule.code in SILENT_AT_FIRST, "some are flawed, some are not, and some cannot be judged"


def drawn(whole: tree.Truth, facts: Mapping[str, Fact], chance: Random) -> pl.DataFrame:
    """Ten thousand rows of the facts that a condition reads; an eighth of the values empty, one in twelve not seen."""
    near, asked = constants_of(whole), asked_whether_empty(whole)
    columns = {
        name: [None if chance.random() < (0.5 if name in asked else 0.12) else chance.choice(pool) for _ in range(ROWS)]
        for name, fact in facts.items()
        for pool in [pool_of(fact, near)]
    }
    frame = pl.DataFrame(columns, schema={name: column_type(fact) for name, fact in facts.items()})
    return frame.with_columns(pl.Series(UNSEEN + name, [chance.random() < 0.08 for _ in range(ROWS)]) for name in facts)


def asked_whether_empty(node: tree.Node) -> set[str]:
    own = set(tree.facts_of(node)) if isinstance(node, tree.Empty) else set[str]()
    return own.union(*(asked_whether_empty(child) for child in tree.children(node)))


def constants_of(node: tree.Node) -> set[Any]:
    own = {node.value} if isinstance(node, tree.Constant) else set[Any]()
    own |= set(node.choices) if isinstance(node, tree.Among) else set()
    own |= {node.label} if isinstance(node, tree.Labelled) else set()
    return own.union(*(constants_of(child) for child in tree.children(node)))


def pool_of(fact: Fact, near: set[Any]) -> list[Any]:
    numbers = sorted(float(each) for each in near if isinstance(each, int | float))
    texts = sorted(each for each in near if isinstance(each, str))
    match fact.type:
        case FactType.NUMBER:
            return sorted(
                {0.0, 1.0, 2.5, *(each + step for each in numbers for step in (-1, -0.5, 0, 0.5, 1)), *(2 * each for each in numbers)}
            )
        case FactType.TRUTH:
            return [True, False]
        case FactType.DATE:
            days = [each for each in near if isinstance(each, date)] or [date(2026, 11, 18)]
            return [day + timedelta(days=step) for day in days for step in (-1, 0, 1)]
        case FactType.LABELS:
            return [[], ["other"], *([label.upper(), "other"] for label in texts), texts]
        case FactType.TEXT:
            words = [str(word) for word in fact.vocabulary]
            # The words that a condition asks for, more often: of many kinds it may want one.
            return [*words, *(word for word in words if word in texts for _ in words)] or [*texts, "somebody", "else"]
