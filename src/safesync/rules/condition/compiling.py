"""
From tree to columns, with four outcomes: true, false, NULL (an empty value decided it) and unknown (an unseen one would).

``unseen`` names the facts that have a Boolean column ``unseen.<fact>`` in the frame. A condition over other facts is
one plain expression with SQL's three values. One over an unseen fact is a pair: *must* be true whatever the unseen
values are, and *can* be true for some of them. AND, OR and NOT combine the pairs term by term; a fact that stands
twice in a condition is taken as two, so the pair may be wider than need be, and is never narrower.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from operator import and_, eq, ge, gt, le, lt, ne, or_
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType
from safesync.rules.condition import tree

UNSEEN = "unseen."
"""Prefix of the Boolean columns that say for which items a fact was not seen."""
_PRECISE = 2**24
"""Up to here every whole number is one in each type that a column of numbers may have."""
_NO, _YES = pl.lit(value=False), pl.lit(value=True)
_COMPARE = MappingProxyType(
    {
        tree.Comparison.EQUAL: eq,
        tree.Comparison.UNEQUAL: ne,
        tree.Comparison.BELOW: lt,
        tree.Comparison.AT_MOST: le,
        tree.Comparison.ABOVE: gt,
        tree.Comparison.AT_LEAST: ge,
    }
)


@dataclass(frozen=True, slots=True)
class Column:
    """A compiled value: its expression, and where it is unknown (``None``: nowhere)."""

    expression: pl.Expr
    unseen: pl.Expr | None = None

    @property
    def surely_empty(self) -> pl.Expr:
        """Where the value was seen and is NULL."""
        return self.expression.is_null() if self.unseen is None else self.expression.is_null() & ~self.unseen


@dataclass(frozen=True, slots=True)
class Compiler:
    """
    Compiles trees for a frame in which the facts ``unseen`` have a column that says so.

    ``spellings`` has, for facts that are sets of labels, every label of the frame, where somebody knows them: then each is
    held against a condition once, and not for every item that carries it.
    """

    unseen: frozenset[str] = frozenset()
    spellings: Mapping[str, pl.Series] = field(default_factory=dict, hash=False)

    def must(self, truth: tree.Truth, *, be: bool = True) -> pl.Expr:
        """Where the condition is ``be`` whatever the unseen values are; never NULL."""
        if not self.doubtful(truth):
            return self._settled(truth, be=be)
        match truth:
            case tree.Not():
                return self.must(truth.term, be=not be)
            case tree.All() | tree.AnyOf():
                parts = [self.must(term, be=be) for term in truth.terms]
                return reduce(and_ if isinstance(truth, tree.All) is be else or_, parts)
            case tree.Surely():
                return self.must(truth.term) if be else ~self.can(truth.term)
            case tree.AtLeast():
                return _counted(truth, self.must) if be else ~_counted(truth, self.can)
            case _:
                return self._leaf(truth, be=be, unseen=lambda where: ~where)

    def can(self, truth: tree.Truth, *, be: bool = True) -> pl.Expr:
        """Where the condition is ``be`` for some values of what was not seen; never NULL."""
        if not self.doubtful(truth):
            return self._settled(truth, be=be)
        match truth:
            case tree.Not():
                return self.can(truth.term, be=not be)
            case tree.All() | tree.AnyOf():
                parts = [self.can(term, be=be) for term in truth.terms]
                return reduce(and_ if isinstance(truth, tree.All) is be else or_, parts)
            case tree.Surely():
                return self.can(truth.term) if be else ~self.must(truth.term)
            case tree.AtLeast():
                return _counted(truth, self.can) if be else ~_counted(truth, self.must)
            case _:
                return self._leaf(truth, be=be, unseen=None)

    def plain(self, truth: tree.Truth) -> pl.Expr:  # noqa: PLR0911 - one line a shape
        """SQL's three-valued truth, as if everything had been seen."""
        match truth:
            case tree.All():
                return reduce(and_, map(self.plain, truth.terms))
            case tree.AnyOf():
                return reduce(or_, map(self.plain, truth.terms))
            case tree.Not():
                return ~self.plain(truth.term)
            case tree.Surely():
                return self.plain(truth.term).fill_null(value=False)
            case tree.AtLeast():
                return _counted(truth, self.plain)
            case tree.Fixed():
                return pl.lit(truth.value)
            case tree.Labelled():
                return _has_label(truth.fact, truth.label, self.spellings.get(truth.fact.name))
            case _:
                return self._plain_leaf(truth)

    def value(self, value: tree.Value) -> Column:
        """A value, and where it is unknown."""
        if isinstance(value, tree.Constant) or tree.facts_of(value):
            return self._value(value)
        return _worked_out(value)

    def _value(self, value: tree.Value) -> Column:
        match value:
            case tree.Named():
                return Column(_seen(value.fact), pl.col(UNSEEN + value.fact.name) if value.fact.name in self.unseen else None)
            case tree.Constant():
                return Column(_literal(value))
            case tree.Negative():
                inner = self.value(value.value)
                return Column(-inner.expression, inner.unseen)
            case tree.Absolute():
                inner = self.value(value.value)
                return Column(inner.expression.abs(), inner.unseen)
            case tree.Calculated():
                return self._calculated(value)
            case tree.FirstOf():
                return reduce(_or_else, (replace(self.value(one), expression=self._spelt(one)) for one in value.values))

    def _spelt(self, value: tree.Value) -> pl.Expr:
        """A value with its texts as texts: the numbers that two columns have for theirs have nothing in common."""
        expression = self.value(value).expression
        text = isinstance(value, tree.Named) and value.fact.type is FactType.TEXT and not value.fact.vocabulary
        return expression.cast(pl.String) if text else expression

    def doubtful(self, node: tree.Node) -> bool:
        """Whether the answer can be unknown at all in this frame."""
        return bool(self.unseen) and not self.unseen.isdisjoint(tree.facts_of(node))

    def _settled(self, truth: tree.Truth, *, be: bool) -> pl.Expr:
        plain = self.plain(truth)
        return (plain if be else ~plain).fill_null(value=False)

    def _leaf(self, truth: tree.Truth, *, be: bool, unseen: Callable[[pl.Expr], pl.Expr] | None) -> pl.Expr:
        settled, where = self._settled(truth, be=be), self._unseen_in(truth)
        return settled | where if unseen is None else settled & unseen(where)

    def _unseen_in(self, truth: tree.Truth) -> pl.Expr:
        """Where a leaf is unknown. A value that was seen and is empty decides a comparison whatever the other one is."""
        match truth:
            case tree.Compared():
                where = _strict(self.value(truth.left), self.value(truth.right))
            case tree.Among() | tree.Empty():
                where = self.value(truth.value).unseen
            case tree.Named() | tree.Labelled():
                where = pl.col(UNSEEN + truth.fact.name)
            case _:
                where = None
        return _NO if where is None else where

    def _plain_leaf(self, truth: tree.Truth) -> pl.Expr:
        match truth:
            case tree.Named():
                return pl.col(truth.fact.name)
            case tree.Empty():
                return self.value(truth.value).expression.is_null()
            case tree.Among():
                return self.value(truth.value).expression.is_in(
                    [choice if isinstance(choice, str) else float(choice) for choice in truth.choices]
                )
            case tree.Compared():
                compare = _COMPARE[truth.comparison]
                compared: pl.Expr = compare(*(_short(truth) or self._both(truth.left, truth.right)))
                return compared
            case _:
                raise TypeError(truth)

    def _both(self, *values: tree.Value) -> tuple[pl.Expr, ...]:
        """Two values to be compared; one text with a fixed one is, whatever stands for it."""
        fixed = any(isinstance(value, tree.Constant) for value in values)
        return tuple(self.value(value).expression if fixed else self._spelt(value) for value in values)

    def _calculated(self, value: tree.Calculated) -> Column:
        left, right = self.value(value.left), self.value(value.right)
        if value.operation is tree.Operation.OVER:
            # polars gives inf and nan, and nan is above every number; SQL gives NULL.
            right = Column(pl.when(right.expression != 0).then(right.expression), right.unseen)
        expression = _CALCULATE[value.operation](left.expression, right.expression)
        return Column(expression.fill_nan(None), _strict(left, right))


_CALCULATE: MappingProxyType[tree.Operation, Callable[[pl.Expr, pl.Expr], pl.Expr]] = MappingProxyType(
    {
        tree.Operation.PLUS: lambda left, right: left + right,
        tree.Operation.MINUS: lambda left, right: left - right,
        tree.Operation.TIMES: lambda left, right: left * right,
        tree.Operation.OVER: lambda left, right: left / right,
    }
)


@lru_cache(maxsize=1_024)
@lru_cache(maxsize=256)
def _worked_out(value: tree.Value) -> Column:
    """A value without facts, as what it comes to: polars does not stretch every expression without a column to the length of the frame."""
    constant = pl.select(Compiler()._value(value).expression).to_series()  # noqa: SLF001 - its other half
    return Column(pl.lit(constant.item(), dtype=constant.dtype))


def _counted(truth: tree.AtLeast, holds: Callable[[tree.Truth], pl.Expr]) -> pl.Expr:
    """Whether enough of the terms hold; one that is NULL does not."""
    return pl.sum_horizontal(_NO, *(holds(term).fill_null(value=False) for term in truth.terms)) >= truth.count


def _strict(left: Column, right: Column) -> pl.Expr | None:
    """Where the result of two values is unknown: where one is, and the other is not surely empty."""
    parts = [
        one.unseen & ~other.surely_empty if other.unseen is not None or one.unseen is not None else one.unseen
        for one, other in ((left, right), (right, left))
        if one.unseen is not None
    ]
    return reduce(or_, parts) if parts else None


def _or_else(first: Column, second: Column) -> Column:
    expression = pl.coalesce(first.expression, second.expression)
    parts = [where for where in (first.unseen, None if second.unseen is None else first.surely_empty & second.unseen) if where is not None]
    # An unseen first value must not be answered by the second.
    return Column(expression, reduce(or_, parts) if parts else None)


def _seen(fact: Fact) -> pl.Expr:
    """
    The column of a fact as conditions see it.

    Dates are compared by the day, whatever precision the frame keeps. Counts may be narrow whole numbers in the frame: a
    product of two would wrap around without a word, so every number is taken as a float.
    """
    casts: dict[FactType, pl.DataType] = {FactType.DATE: pl.Date(), FactType.NUMBER: pl.Float64()}
    column = pl.col(fact.name)
    return column.cast(casts[fact.type]) if fact.type in casts else column


def _short(truth: tree.Compared) -> tuple[pl.Expr, pl.Expr] | None:
    """A number and a small whole one as they stand: nothing can wrap around there, and a third of the time is enough."""
    match truth.left, truth.right:
        case tree.Named(fact=Fact(type=FactType.NUMBER)), tree.Constant(value=int() | float() as value) if _is_small(value):
            return pl.col(truth.left.fact.name), pl.lit(int(value))
        case _:
            return None


def _is_small(value: float) -> bool:
    return float(value).is_integer() and abs(value) <= _PRECISE


def _has_label(fact: Fact, label: str, spellings: pl.Series | None) -> pl.Expr:
    """Upper and lower case are equal: one pattern is matched in half the time that writing every label in lower case takes."""
    whole = rf"\A(?i:{re.escape(label)})\z"
    if spellings is None:
        meant = pl.element().cast(pl.String).str.contains(whole)
    elif among := spellings.filter(spellings.str.contains(whole)).to_list():
        meant = pl.element() == among[0] if len(among) == 1 else pl.element().is_in(among)
    else:
        return _NO
    return pl.col(fact.name).list.eval(meant).list.any().fill_null(value=False)


def _literal(constant: tree.Constant) -> pl.Expr:
    if constant.vocabulary:
        return pl.lit(str(constant.value), dtype=pl.Enum([str(word) for word in constant.vocabulary]))
    return pl.lit(float(constant.value) if constant.type is FactType.NUMBER else constant.value)  # type: ignore[arg-type]
