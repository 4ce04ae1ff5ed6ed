"""
A condition as SafeSync holds it: a typed tree of few shapes.

sqlglot's tree stays in ``reading``; what is compiled, explained, changed by mutation tests and shown is this one.
Two sorts of nodes: a *value* has a type (number, text, date), a *truth* is true, false or NULL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from safesync.facts.fact import Fact, FactType


class Comparison(StrEnum):
    """How two values are compared."""

    EQUAL = "="
    UNEQUAL = "<>"
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


MIRRORED = {
    Comparison.EQUAL: Comparison.EQUAL,
    Comparison.UNEQUAL: Comparison.UNEQUAL,
    Comparison.BELOW: Comparison.ABOVE,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.ABOVE: Comparison.BELOW,
    Comparison.AT_LEAST: Comparison.AT_MOST,
}
"""The same said from the other side."""
OPPOSITE = {
    Comparison.EQUAL: Comparison.UNEQUAL,
    Comparison.UNEQUAL: Comparison.EQUAL,
    Comparison.BELOW: Comparison.AT_LEAST,
    Comparison.AT_MOST: Comparison.ABOVE,
    Comparison.ABOVE: Comparison.AT_MOST,
    Comparison.AT_LEAST: Comparison.BELOW,
}
"""What holds where it does not."""


class Operation(StrEnum):
    """Arithmetic of two numbers."""

    PLUS = "+"
    MINUS = "-"
    TIMES = "*"
    OVER = "/"


@dataclass(frozen=True, slots=True)
class Named:
    """The value of a fact; for a fact of type TRUTH also a truth."""

    fact: Fact


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal or the value of an option; ``vocabulary`` is that of the fact it is held against."""

    value: str | float | date
    type: FactType
    vocabulary: tuple[str, ...] = ()
    option: str = field(default="", compare=False)
    """The option whose value it is, none for a literal: what is explained names it, nothing else depends on it."""


@dataclass(frozen=True, slots=True)
class Calculated:
    """``left operation right``; NULL when either is, and when dividing by zero."""

    operation: Operation
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Negative:
    """``- value``."""

    value: Value


@dataclass(frozen=True, slots=True)
class Absolute:
    """``abs(value)``."""

    value: Value


@dataclass(frozen=True, slots=True)
class FirstOf:
    """``coalesce(...)``: the first that is not empty."""

    values: tuple[Value, ...]


Value = Named | Constant | Calculated | Negative | Absolute | FirstOf


@dataclass(frozen=True, slots=True)
class Fixed:
    """TRUE or FALSE, whatever the item."""

    value: bool
    option: str = field(default="", compare=False)
    text: str = field(default="", compare=False)
    """How it was written, where an option settles it: TRUE alone would not say why."""


@dataclass(frozen=True, slots=True)
class Compared:
    """``left comparison right``."""

    comparison: Comparison
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Among:
    """``value IN (...)``; the texts or numbers are never empty and never NULL."""

    value: Value
    choices: tuple[str | float, ...]
    options: tuple[str, ...] = field(default=(), compare=False)
    """The options whose values are among the choices."""


@dataclass(frozen=True, slots=True)
class Empty:
    """``value IS NULL``."""

    value: Value


@dataclass(frozen=True, slots=True)
class Labelled:
    """``has_label('x')``, upper and lower case being equal."""

    fact: Fact
    label: str


@dataclass(frozen=True, slots=True)
class All:
    """AND of all terms."""

    terms: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """OR of all terms."""

    terms: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """NOT; NULL stays NULL."""

    term: Truth


@dataclass(frozen=True, slots=True)
class Surely:
    """``term IS TRUE``: NULL becomes false. Only rules themselves are built with it; a text cannot say it."""

    term: Truth


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Whether so many of the terms are true. Only composite rules are built with it; a text cannot say it."""

    count: int
    terms: tuple[Truth, ...]
    called: tuple[str, ...] = field(default=(), compare=False)
    """What each term is called: it is another rule's, with that rule's options, and is not explained here."""


Truth = Named | Fixed | Compared | Among | Empty | Labelled | All | AnyOf | Not | Surely | AtLeast
Node = Value | Truth


def children(node: Node) -> tuple[Node, ...]:
    """The operands, from left to right."""
    match node:
        case Calculated() | Compared():
            return (node.left, node.right)
        case Negative() | Absolute() | Among() | Empty():
            return (node.value,)
        case FirstOf():
            return node.values
        case All() | AnyOf() | AtLeast():
            return node.terms
        case Not() | Surely():
            return (node.term,)
        case _:
            return ()


def options_of(node: Node) -> tuple[str, ...]:
    """The options whose values a node itself is made of, without those of operands that have a value of their own."""
    match node:
        case Constant() | Fixed():
            return (node.option,) if node.option else ()
        case Among():
            return node.options
        case _:
            return tuple(dict.fromkeys(name for child in children(node) if isinstance(child, Constant) for name in options_of(child)))


def facts_of(node: Node) -> dict[str, Fact]:
    """The facts that a node reads, by name."""
    return {fact.name: fact for fact in _facts(node)}


def _facts(node: Node) -> Iterator[Fact]:
    if isinstance(node, Named | Labelled):
        yield node.fact
    for child in children(node):
        yield from _facts(child)


def both(*terms: Truth) -> Truth:
    """AND without needless layers."""
    kept = tuple(term for term in terms if term != Fixed(value=True))
    return kept[0] if len(kept) == 1 else All(kept) if kept else Fixed(value=True)


def settled(truth: Truth) -> Truth:
    """The same without what TRUE and FALSE leave nothing to ask of: an option that is off asks for no fact."""
    match truth:
        case All() | AnyOf():
            return _joined(type(truth), tuple(settled(term) for term in truth.terms), ends=isinstance(truth, AnyOf))
        case Not() | Surely():
            term = settled(truth.term)
            if isinstance(term, Fixed):
                return Fixed(term.value is isinstance(truth, Surely))
            return type(truth)(term)
        case _:
            return truth


def _joined(kind: type[All | AnyOf], terms: tuple[Truth, ...], *, ends: bool) -> Truth:
    """``ends``: the value that one term decides all by."""
    if Fixed(ends) in terms:
        return Fixed(ends)
    kept = tuple(term for term in terms if not isinstance(term, Fixed))
    return kept[0] if len(kept) == 1 else kind(kept) if kept else Fixed(not ends)


def written(node: Node) -> str:
    """The node in the notation of the language; an option stands by its value, or by its name where nothing else would be left."""
    match node:
        case Named():
            return node.fact.name
        case Constant():
            return _literal(node.value)
        case Fixed():
            return node.text or ("TRUE" if node.value else "FALSE")
        case Calculated() | Compared():
            sign = node.operation if isinstance(node, Calculated) else node.comparison
            side = _by_name if isinstance(node.left, Constant) and isinstance(node.right, Constant) else _bracketed
            return f"{side(node.left)} {sign} {side(node.right)}"
        case Among():
            return f"{_bracketed(node.value)} IN ({', '.join(map(_literal, node.choices))})"
        case _:
            return _written_around(node)


def _written_around(node: Node) -> str:  # noqa: PLR0911 - one line a shape
    match node:
        case Negative():
            return f"-{_bracketed(node.value)}"
        case Absolute():
            return f"abs({written(node.value)})"
        case FirstOf():
            return f"coalesce({', '.join(map(written, node.values))})"
        case Empty():
            return f"{_bracketed(node.value)} IS NULL"
        case Labelled():
            return f"has_label({_literal(node.label)})"
        case Not():
            return f"NOT {_bracketed(node.term)}"
        case Surely():
            return written(node.term)
        case AtLeast():
            return f"at least {node.count} of ({'; '.join(node.called or map(written, node.terms))})"
        case All() | AnyOf():
            return (" AND " if isinstance(node, All) else " OR ").join(_bracketed(term) for term in node.terms)
        case _:
            raise TypeError(node)


def _by_name(node: Node) -> str:
    """An option that is held against another value: its name says more than 0 = 0."""
    return f":{node.option}" if isinstance(node, Constant) and node.option else _bracketed(node)


def _bracketed(node: Node) -> str:
    text = written(node)
    return f"({text})" if isinstance(node, Calculated | Compared | All | AnyOf | Among | Empty | Not | Surely | Negative) else text


def _literal(value: str | float | date) -> str:
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else repr(value)
    return "'" + str(value).replace("'", "''") + "'"
