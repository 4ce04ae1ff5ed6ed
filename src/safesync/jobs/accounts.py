"""Why a rule fired, as one sentence for people who read a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from safesync.facts.called import called
from safesync.facts.fact import Fact
from safesync.feedback.answers import Account
from safesync.languages.phrases import translated
from safesync.languages.tongue import ENGLISH, Tongue
from safesync.rules.condition.explaining import Against, Explained, Form, deciding
from safesync.rules.condition.tree import OPPOSITE, Comparison
from safesync.rules.engine import Explanation
from safesync.rules.judgement import vocabulary

UNEXPLAINED = "The facts behind it could not be looked up."
_MOST = 4
_MOST_WORDS = 5
_LONGEST = 60
_QUOTED, _OPTION, _NAMED = re.compile(r"'[^']*'"), re.compile(r":\w"), re.compile("[a-z]")
"""
What an option settles alone (``0 = 0``, ``FALSE``, ``2 * :days``, ``work_class IN :exempt`` where nothing is exempt) tells nothing of
the item.
"""
_LABEL, _FIRST_OF = re.compile(r"has_label\('(?P<name>.+)'\)"), re.compile(r"coalesce\([^()]*\)")
_Limit = str | float | date


def account(each: Explanation, tongue: Tongue = ENGLISH, about: str = "") -> Account:
    """
    The facts that decided it, with their values and what is asked of them: ``"TM107: days in progress: 16 (told when more than 1)."``

    ``about`` names what it is said of where that is not the item on which it is told.

    The condition itself, with the names that an administrator writes, is left to ``safesync explain``: who reads a comment did not
    write it.
    """
    standing = _standing(each.flaw, vocabulary(each.setting.rule))
    points = {f" still asks for {part.asks}": part.asks for part in each.setting.rule.parts}
    told = [one.said(tongue, _open_point(one.name, points)) for one in standing[:_MOST]]
    more = tongue.say("; and more") if len(standing) > _MOST else ""
    limits = "; ".join(filter(None, (one.limited(tongue, passing=False) for one in standing)))
    code = f"{each.code} ({about})" if about else each.code
    return Account(tongue.say("{code}: {facts}.", code=code, facts=tongue.say("; ").join(told) + more), limits)


@dataclass(slots=True)
class _Standing:
    """How it stands with a fact, or with what is reckoned from several, and what it was held against."""

    part: Explained
    facts: Mapping[str, Fact]
    held: dict[Comparison | None, Against] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As it stands in the condition."""
        return self.part.text

    def hold(self, comparison: Comparison | None, against: Against) -> None:
        """Of several limits of one sort that must all be passed the strictest is the one that was asked."""
        known = self.held.get(comparison)
        upwards = comparison in {Comparison.ABOVE, Comparison.AT_LEAST}
        if known is None or (against.limits[0] > known.limits[0] if upwards else against.limits[0] < known.limits[0]):  # type: ignore[operator]  # of one fact, so of one type
            self.held[comparison] = against

    def said(self, tongue: Tongue, point: str = "") -> str:
        """As a part of a sentence; ``point`` is what a checklist asks for."""
        if point:
            return tongue.say("{fact}: {value}", fact=tongue.say(point), value=tongue.say("still open"))
        words = tongue.say("{fact}: {value}", fact=_called(self.part, tongue), value=self._value(self.part.value, tongue))
        limits = self.limited(tongue)
        return tongue.say("{fact} (told when {limits})", fact=words, limits=limits) if limits else words

    def limited(self, tongue: Tongue, *, passing: bool = True) -> str:
        """
        What it was held against; that it is what it has to be, or not (``=``, ``<>``), is said by its value, and so is more than none.

        Without ``passing`` only what was configured, and not what other facts of the item say, which pass with the days.
        """
        held = [
            _phrase(comparison, each.limits[0], tongue).format(limit=", ".join(self._value(limit, tongue) for limit in each.limits))
            for comparison, each in self.held.items()
            if (passing or each.configured) and (comparison, each.limits[0]) not in _PLAIN and len(each.limits) <= _MOST_WORDS
        ]
        return tongue.say(" and ").join(filter(None, held))

    def _value(self, value: object, tongue: Tongue) -> str:
        fact = next((self.facts[one.text] for one in (self.part, *_facts(self.part)) if one.text in self.facts), None)
        if value is None or value == "":
            return tongue.say("empty")
        if isinstance(value, bool):
            return tongue.say("yes" if value else "no")
        if isinstance(value, int | float):
            share = fact.unit if fact else None
            if share in {"percent", "0..1"}:
                return tongue.say("{share} %", share=tongue.number(round(value if share == "percent" else value * 100, 1)))
            return tongue.number(value)
        text = " ".join(str(value).split())
        if fact and fact.vocabulary:
            return tongue.say(text.replace("_", " "))
        text = translated(text, fact.phrases, tongue) if fact else text
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


_PLAIN = frozenset({(Comparison.ABOVE, 0.0), (Comparison.AT_MOST, 0.0)})
"""That one is more than none, nobody needs to be told."""


def _phrase(comparison: Comparison | None, limit: _Limit, tongue: Tongue) -> str:
    """How a limit is passed; of days and of words that follow each other nothing is more or less."""
    if comparison is None:
        return tongue.say("other than {limit}")
    many = isinstance(limit, int | float)
    phrases = {
        Comparison.ABOVE: tongue.say("more than {limit}" if many else "after {limit}"),
        Comparison.AT_LEAST: tongue.say("at least {limit}" if many else "from {limit} on"),
        Comparison.BELOW: tongue.say("less than {limit}" if many else "before {limit}"),
        Comparison.AT_MOST: tongue.say("at most {limit}" if many else "up to {limit}"),
    }
    return phrases.get(comparison, "")


def _called(part: Explained, tongue: Tongue) -> str:
    """A fact as people call it; arithmetic with the facts in it so called, and of several of which one is enough that which there is."""
    if found := _LABEL.fullmatch(part.text):
        return tongue.say("label {name}", name=found["name"])
    if part.text.startswith("abs(") and len(part.parts) == 1:
        return _called(part.parts[0], tongue)
    if _FIRST_OF.fullmatch(part.text):
        return _called(next((one for one in part.parts if one.value is not None), part.parts[0]), tongue)
    if not part.parts:
        return tongue.say(called(part.text))
    words, rest = "", part.text
    for each in part.parts:
        before, _, rest = rest.partition(each.text)
        words += before + _called(each, tongue)
    return words + rest


def _open_point(text: str, points: dict[str, str]) -> str:
    return next((asks for said, asks in points.items() if text.endswith(said)), "")


def _standing(flaw: Explained, facts: Mapping[str, Fact]) -> list[_Standing]:
    """One for each fact, in the order of the condition, with the limits that had to be passed; else with those that were enough."""
    found: dict[str, _Standing] = {}
    leaves = deciding(flaw)
    for leaf in leaves:
        for part in (*_operands(leaf), *([_reckoned(leaf)] if leaf.against else [])):
            if _names_facts(part):
                found.setdefault(part.text, _Standing(part, facts))
    needed = set(_needed(flaw))
    asked = [(leaf, leaf.value is False) for leaf in leaves]
    for some in (
        [one for one in asked if one[0] in needed],
        [one for one in asked if one[0] not in needed],
        list(_asked_of_nothing(flaw)),
    ):
        bare = {name for name, one in found.items() if not one.held}
        for leaf, turned in some:
            if leaf.against is not None and (name := _reckoned(leaf).text) in bare:
                _hold(found[name], leaf.against, turned=turned)
    return list(found.values())


def _hold(standing: _Standing, against: Against, *, turned: bool) -> None:
    if against.comparison is not None:
        standing.hold(OPPOSITE[against.comparison] if turned else against.comparison, against)
    elif turned:
        standing.hold(None, against)


def _asked_of_nothing(part: Explained) -> Iterator[tuple[Explained, bool]]:
    """Of what is empty: what it would be held against were it there, and whether that is turned by a NOT."""
    if part.form is Form.ANY and part.value is True:
        empty = {one.parts[0].text for one in part.parts if one.value is True and one.parts and one.parts[0].value is None}
        for each in part.parts:
            leaf = each.parts[0] if each.form is Form.NOT else each
            if leaf.against is not None and leaf.value is None and _reckoned(leaf).text in empty:
                yield leaf, each.form is Form.NOT
    for each in part.parts:
        yield from _asked_of_nothing(each)


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
    facts = tuple(_facts(held)) or (held,)
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
