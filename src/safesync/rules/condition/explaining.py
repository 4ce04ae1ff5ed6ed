"""Why a condition came out as it did: the same tree, with every operand's value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import polars as pl

from safesync.rules.condition import tree
from safesync.rules.condition.compiling import UNSEEN, Compiler

NOT_SEEN = "not seen"


class Form(StrEnum):
    """How a part of a condition is put together."""

    ALL = "and"
    ANY = "or"
    NOT = "not"
    LEAF = "leaf"
    """A comparison, a truth or a value."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a fact is held against: one value, or several of which it is to be one."""

    comparison: tree.Comparison | None
    """``None`` where it is to be one of ``limits``."""
    limits: tuple[str | float | date, ...]
    configured: bool = True
    """Whether the rule or its options say it, and not other facts of the item, which may change by the day."""


@dataclass(frozen=True, slots=True)
class Explained:
    """
    A part of a condition with its outcome for one item.

    ``value`` is the value of an operand; for a condition ``True``, ``False``, ``None`` when an empty value decided it, and
    ``NOT_SEEN`` when the answer depends on what was not seen.
    """

    text: str
    value: Any
    parts: tuple[Explained, ...] = ()
    form: Form = Form.LEAF
    options: tuple[str, ...] = ()
    """The options whose values stand in the text, without those in ``parts`` that are conditions."""
    against: Against | None = None
    """Of a comparison of facts, the first of ``parts``: what they are held against."""


def deciding(explained: Explained) -> tuple[Explained, ...]:
    """
    The leaves without which the outcome might be another: of an AND that is false its false terms, of an OR that is true its true ones.

    Of an outcome that is unknown, the leaves that are.
    """
    match explained.form:
        case Form.LEAF:
            return (explained,)
        case Form.NOT:
            decisive = list(explained.parts)
        case _:
            alone = explained.form is Form.ANY
            every = isinstance(explained.value, bool) and explained.value is not alone
            against = [part for part in explained.parts if part.value is not alone]
            decisive = against if every else _enough([part for part in explained.parts if part.value == explained.value])
    return tuple(dict.fromkeys(leaf for part in decisive for leaf in deciding(part)))


def _enough(parts: list[Explained]) -> list[Explained]:
    """What an option settles alone is enough, whatever stands beside it."""
    return [part for part in parts if _by_options(part)] or parts


def _by_options(part: Explained) -> bool:
    return bool(part.options) and not part.parts if part.form is Form.LEAF else all(map(_by_options, part.parts))


def explain(condition: tree.Truth, row: pl.DataFrame) -> Explained:
    """The condition for the one item in ``row``, a frame of one row with its facts and ``unseen.`` columns."""
    unseen = frozenset(name.removeprefix(UNSEEN) for name in row.columns if name.startswith(UNSEEN))
    compiler = Compiler(unseen & tree.facts_of(condition).keys())
    nodes = list(_walk(condition))
    results = row.select(column for number, node in enumerate(nodes) for column in _columns(compiler, node, number)).row(0, named=True)
    values = iter([_outcome(results, node, number) for number, node in enumerate(nodes)])
    return _tree(condition, values)


def _walk(node: tree.Node) -> Iterator[tree.Node]:
    yield node
    for child in _operands(node):
        yield from (child,) if _of_others(node) else _walk(child)


def _of_others(node: tree.Node) -> bool:
    """Whether its operands are what other rules find: of these only the outcome is told."""
    return isinstance(node, tree.AtLeast) and bool(node.called)


def _operands(node: tree.Node) -> tuple[tree.Node, ...]:
    """Without literals: that 8 is 8 explains nothing, and it stands in the condition already. Nor another rule's operands."""
    return tuple(child for child in tree.children(node) if not isinstance(child, tree.Constant))


def _is_truth(node: tree.Node) -> bool:
    return isinstance(
        node,
        tree.Fixed
        | tree.Compared
        | tree.Among
        | tree.Empty
        | tree.Labelled
        | tree.All
        | tree.AnyOf
        | tree.Not
        | tree.Surely
        | tree.AtLeast,
    )


def _columns(compiler: Compiler, node: tree.Node, number: int) -> Iterator[pl.Expr]:
    if _is_truth(node):
        yield compiler.plain(node).alias(f"value {number}")  # type: ignore[arg-type]
        if not compiler.doubtful(node):
            return  # of the four outcomes three are left, and those are SQL's
        for name, be in (("true", True), ("false", False)):
            yield compiler.must(node, be=be).alias(f"must {name} {number}")  # type: ignore[arg-type]
            yield compiler.can(node, be=be).alias(f"can {name} {number}")  # type: ignore[arg-type]
    else:
        column = compiler.value(node)  # type: ignore[arg-type]
        yield column.expression.alias(f"value {number}")
        yield (pl.lit(value=False) if column.unseen is None else column.unseen).alias(f"unseen {number}")


def _outcome(results: dict[str, Any], node: tree.Node, number: int) -> Any:
    value = results[f"value {number}"]
    if not _is_truth(node):
        return NOT_SEEN if results[f"unseen {number}"] else value
    if f"must true {number}" not in results:
        return value
    for name, outcome in (("true", True), ("false", False)):
        if results[f"must {name} {number}"]:
            return outcome
    return NOT_SEEN if results[f"can true {number}"] or results[f"can false {number}"] else None


def _tree(node: tree.Node, values: Iterator[Any]) -> Explained:
    value = next(values)
    if isinstance(node, tree.AtLeast) and node.called:
        return Explained(tree.written(node), value, tuple(Explained(called, next(values)) for called in node.called), _form(node))
    parts = tuple(_tree(child, values) for child in _operands(node))
    return Explained(tree.written(node), value, parts, _form(node), tree.options_of(node), _against(node, parts))


def _against(node: tree.Node, parts: tuple[Explained, ...]) -> Against | None:
    if isinstance(node, tree.Among):
        return Against(None, node.choices)
    if not isinstance(node, tree.Compared):
        return None
    if not tree.facts_of(node.left):
        return _limit(tree.MIRRORED[node.comparison], node.left, parts[0].value if parts else None) if tree.facts_of(node.right) else None
    return _limit(node.comparison, node.right, parts[-1].value)


def _limit(comparison: tree.Comparison, limit: tree.Value, value: Any) -> Against | None:
    value = limit.value if isinstance(limit, tree.Constant) else value
    return None if value in {None, NOT_SEEN} else Against(comparison, (value,), not tree.facts_of(limit))


def _form(node: tree.Node) -> Form:
    match node:
        case tree.All():
            return Form.ALL
        case tree.AnyOf() | tree.AtLeast():
            return Form.ANY
        case tree.Not() | tree.Surely():
            return Form.NOT
        case _:
            return Form.LEAF
