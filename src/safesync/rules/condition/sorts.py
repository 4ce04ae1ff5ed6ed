"""The type and the vocabulary of a value, which decide what it may be compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from safesync.facts.fact import FactType
from safesync.rules.condition import tree


def type_of(value: tree.Value) -> FactType:
    """The type of a value."""
    match value:
        case tree.Named():
            return value.fact.type
        case tree.Constant():
            return value.type
        case tree.FirstOf():
            return type_of(value.values[0])
        case _:
            return FactType.NUMBER


def vocabulary_of(value: tree.Value) -> tuple[str, ...]:
    """The only words that a value can be, none when any can."""
    match value:
        case tree.Named():
            return value.fact.vocabulary
        case tree.Constant():
            return value.vocabulary
        case tree.FirstOf():
            return vocabulary_of(value.values[0])
        case _:
            return ()


def ordered(value: tree.Value) -> bool:
    """Whether its words have an order."""
    return (isinstance(value, tree.Named) and value.fact.ordered) or (isinstance(value, tree.FirstOf) and any(map(ordered, value.values)))


def speaking(value: tree.Value, words: tuple[str, ...]) -> tree.Value:
    """A literal with the vocabulary of what it is held against."""
    return replace(value, vocabulary=words) if isinstance(value, tree.Constant) and words else value


def dated(value: tree.Value, other: tree.Value) -> tree.Value:
    """A text beside a date as the day that it names; left as it is when it names none."""
    if type_of(other) is FactType.DATE and isinstance(value, tree.Constant) and isinstance(value.value, str):
        try:
            return tree.Constant(date.fromisoformat(value.value), FactType.DATE, option=value.option)
        except ValueError:
            return value
    return value


def described(value: tree.Value) -> str:
    """The value as it was written, with its type."""
    return f"{tree.written(value)} ({type_of(value)})"
