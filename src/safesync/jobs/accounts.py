"""Why a rule fired, as one sentence for people who read a comment."""

from __future__ import annotations

from collections.abc import Iterator

from safesync.rules.condition.explaining import Explained, Form, deciding
from safesync.rules.engine import Explanation

UNEXPLAINED = "The facts behind it could not be looked up."
_MOST = 4
_LONGEST = 60


def account(each: Explanation) -> str:
    """What decided it, with the values of the facts in it: ``"TM105: points IS NULL (points is empty)."``"""
    leaves = deciding(each.flaw)
    told = "; ".join(_leaf(leaf) for leaf in leaves[:_MOST])
    return f"{each.code}: {told}{'; and more' if len(leaves) > _MOST else ''}."


def _leaf(leaf: Explained) -> str:
    values = dict.fromkeys(f"{_words(part.text)} is {_value(part.value)}" for part in _facts(leaf))
    if not values:
        return f"{_words(leaf.text)} is {_value(leaf.value)}"
    return f"{'not ' if leaf.value is False else ''}{leaf.text} ({', '.join(values)})"


def _facts(leaf: Explained) -> Iterator[Explained]:
    for part in leaf.parts:
        if part.parts or part.form is not Form.LEAF:
            yield from _facts(part)
        else:
            yield part


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(value: object) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = f"{value:.10g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
