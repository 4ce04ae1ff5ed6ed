"""Why a rule fired, as one sentence for people who read a comment."""

from __future__ import annotations

from collections.abc import Iterator

from safesync.languages.tongue import ENGLISH, Tongue
from safesync.rules.condition.explaining import Explained, Form, deciding
from safesync.rules.engine import Explanation

UNEXPLAINED = "The facts behind it could not be looked up."
_MOST = 4
_LONGEST = 60


def account(each: Explanation, tongue: Tongue = ENGLISH) -> str:
    """
    What decided it, with the values of the facts in it: ``"TM105: points IS NULL (points is empty)."``

    Facts keep their names in every language: they are those that an administrator writes.
    """
    leaves = deciding(each.flaw)
    told = "; ".join(_leaf(leaf, tongue) for leaf in leaves[:_MOST])
    return f"{each.code}: {told}{tongue.say('; and more') if len(leaves) > _MOST else ''}."


def _leaf(leaf: Explained, tongue: Tongue) -> str:
    values = dict.fromkeys(_standing(part, tongue) for part in _facts(leaf))
    if not values:
        return _standing(leaf, tongue)
    return f"{tongue.say('not ') if leaf.value is False else ''}{leaf.text} ({', '.join(values)})"


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
