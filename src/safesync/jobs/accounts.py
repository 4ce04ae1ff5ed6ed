"""Why a rule fired, as one sentence for people who read a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from safesync.facts.catalog import GROUP_FACTS, ITEM_FACTS
from safesync.feedback.answers import Account
from safesync.languages.tongue import ENGLISH, Tongue
from safesync.rules.condition.explaining import Explained, Form, deciding
from safesync.rules.condition.tree import OPPOSITE, Comparison
from safesync.rules.engine import Explanation

UNEXPLAINED = "The facts behind it could not be looked up."
_MOST = 4
_LONGEST = 60
_QUOTED, _OPTION, _NAMED = re.compile(r"'[^']*'"), re.compile(r":\w"), re.compile("[a-z]")
"""
What an option settles alone (``0 = 0``, ``FALSE``, ``2 * :days``, ``work_class IN :exempt`` where nothing is exempt) tells nothing of
the item.
"""
_Limit = str | float | date
_WORDED = frozenset(name for facts in (ITEM_FACTS, *GROUP_FACTS.values()) for name, fact in facts.items() if fact.vocabulary)
"""Facts whose values are words of ours."""


def account(each: Explanation, tongue: Tongue = ENGLISH) -> Account:
    """
    The facts that decided it, with their values and what is asked of them: ``"TM107: days active is 16 (told when more than 1)."``

    Facts keep their names in every language: they are those that an administrator writes. The condition itself is left to
    ``safesync explain``: who reads a comment did not write it.
    """
    standing = _standing(each.flaw)
    told = [one.said(tongue) for one in standing[:_MOST]]
    more = tongue.say("; and more") if len(standing) > _MOST else ""
    return Account(f"{each.code}: {'; '.join(told)}{more}.", "; ".join(filter(None, (one.limited(tongue) for one in standing))))


@dataclass(slots=True)
class _Standing:
    """How it stands with a fact, or with what is reckoned from several, and what it was held against."""

    name: str
    value: object
    held: dict[Comparison, _Limit] = field(default_factory=dict)

    def hold(self, comparison: Comparison, limit: _Limit) -> None:
        """Of several limits of one sort that must all be passed the strictest is the one that was asked."""
        known = self.held.get(comparison)
        upwards = comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
        stricter = known is None or (limit > known if upwards else limit < known)  # type: ignore[operator]  # of one fact, so of one type
        if stricter:
            self.held[comparison] = limit

    def said(self, tongue: Tongue) -> str:
        """As a part of a sentence."""
        words = tongue.say("{fact} is {value}", fact=_words(self.name), value=self._value(self.value, tongue))
        limits = self.limited(tongue)
        return tongue.say("{fact} (told when {limits})", fact=words, limits=limits) if limits else words

    def limited(self, tongue: Tongue) -> str:
        """What it was held against; that it is what it has to be, or not (``=``, ``<>``), is said by its value."""
        phrases = {
            Comparison.ABOVE: tongue.say("more than {limit}"),
            Comparison.AT_LEAST: tongue.say("at least {limit}"),
            Comparison.BELOW: tongue.say("less than {limit}"),
            Comparison.AT_MOST: tongue.say("at most {limit}"),
        }
        held = [phrases[one].format(limit=self._value(limit, tongue)) for one, limit in self.held.items() if one in phrases]
        return tongue.say(" and ").join(held)

    def _value(self, value: object, tongue: Tongue) -> str:
        if value is None or value == "":
            return tongue.say("empty")
        if isinstance(value, bool):
            return tongue.say("true" if value else "false")
        if isinstance(value, int | float):
            return tongue.number(value)
        text = " ".join(str(value).split())
        if self.name in _WORDED:
            return tongue.say(text.replace("_", " "))
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _standing(flaw: Explained) -> list[_Standing]:
    """One for each fact, in the order of the condition, with the limits that had to be passed; else with those that were enough."""
    found: dict[str, _Standing] = {}
    leaves = deciding(flaw)
    for leaf in leaves:
        for part in (*_operands(leaf), *([_reckoned(leaf)] if leaf.against else [])):
            if _names_facts(part):
                found.setdefault(part.text, _Standing(part.text, part.value))
    needed = set(_needed(flaw))
    for some in (needed, set(leaves) - needed):
        bare = {name for name, one in found.items() if not one.held}
        for leaf in leaves:
            if leaf in some and leaf.against is not None and (name := _reckoned(leaf).text) in bare:
                comparison, limit = leaf.against
                found[name].hold(OPPOSITE[comparison] if leaf.value is False else comparison, limit)
    return list(found.values())


def _needed(part: Explained) -> Iterator[Explained]:
    """The leaves that had to be as they are: where one of several was enough, none of them."""
    if part.form is Form.LEAF:
        yield part
        return
    alone = part.form is Form.ANY
    decisive = part.parts if part.form is Form.NOT else [each for each in part.parts if each.value == part.value]
    if part.form is Form.NOT or part.value is not alone or len(decisive) == 1:
        for each in decisive:
            yield from _needed(each)


def _operands(leaf: Explained) -> tuple[Explained, ...]:
    return tuple(_facts(leaf)) or (leaf,)


def _reckoned(leaf: Explained) -> Explained:
    """What was held against a limit: a fact, or what is reckoned from several."""
    held = next(part for part in leaf.parts if _names_facts(part))
    facts = _operands(held)
    return facts[0] if len(facts) == 1 and facts[0].value == held.value else held


def _facts(leaf: Explained) -> Iterator[Explained]:
    for part in leaf.parts:
        if part.parts or part.form is not Form.LEAF:
            yield from _facts(part)
        else:
            yield part


def _names_facts(part: Explained) -> bool:
    said = _QUOTED.sub("", part.text)
    return _NAMED.search(said) is not None and (bool(part.parts) or not _OPTION.search(said))


def _words(name: str) -> str:
    return name.replace("_", " ")
