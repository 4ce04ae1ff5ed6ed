"""Why a rule fired, as one sentence for people who read a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator

from safesync.languages.tongue import ENGLISH, Tongue
from safesync.rules.condition.explaining import Explained, Form, deciding
from safesync.rules.engine import Explanation

UNEXPLAINED = "The facts behind it could not be looked up."
_MOST = 4
_LONGEST = 60
_NAMED = re.compile("[a-z]")
"""What a condition says of options alone (``0 = 0``, ``FALSE``) names no fact, and tells nothing of the item."""


def account(each: Explanation, tongue: Tongue = ENGLISH) -> str:
    """
    The facts that decided it, with their values: ``"TM105: points is empty."``

    Facts keep their names in every language: they are those that an administrator writes. The condition itself is left to
    ``safesync explain``: who reads a comment did not write it.
    """
    told = tuple(dict.fromkeys(told for leaf in deciding(each.flaw) for told in _leaf(leaf, tongue)))
    return f"{each.code}: {'; '.join(told[:_MOST])}{tongue.say('; and more') if len(told) > _MOST else ''}."


def _leaf(leaf: Explained, tongue: Tongue) -> Iterator[str]:
    facts = tuple(_facts(leaf)) or (leaf,)
    return (_standing(part, tongue) for part in facts if _NAMED.search(part.text))


def _standing(part: Explained, tongue: Tongue) -> str:
    return tongue.say("{fact} is {value}", fact=_words(part.text), value=_value(part.value, tongue))


def _facts(leaf: Explained) -> Iterator[Explained]:
    for part in leaf.parts:
        if part.parts or part.form is not Form.LEAF:
            yield from _facts(part)
        else:
            yield part


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(value: object, tongue: Tongue) -> str:
    if value is None or value == "":
        return tongue.say("empty")
    if isinstance(value, bool):
        return tongue.say("true" if value else "false")
    text = f"{value:.10g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
