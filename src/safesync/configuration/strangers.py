"""Names of teams and trains, below rules, of which the organisation has none: what is said for them is said for nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safesync.configuration.source import KeyPath, as_mapping
from safesync.configuration.words import near
from safesync.facts.fact import Fact
from safesync.rules.condition.reading import read
from safesync.rules.condition.slips import ConditionError, Slip
from safesync.rules.judgement import vocabulary
from safesync.rules.rule import NamesOf, Rule, RuleSetting
from safesync.rules.sayings import Problem

_WHOSE = {"team": "team", "train": "train", "own_train": "train", "parent_train": "train"}
"""Facts that hold a name of a team or a train."""


@dataclass(frozen=True, slots=True)
class Names:
    """The teams and trains that a configuration declares; where it declares none, any will do."""

    team: tuple[str, ...] = ()
    train: tuple[str, ...] = ()

    @classmethod
    def declared(cls, values: Mapping[str, Any]) -> Names:
        """Those of plain values. Teams alone, without trains, are not all that there are."""
        trains = as_mapping(as_mapping(values.get("organisation")).get("trains"))
        lists = [as_mapping(train).get("teams") for train in trains.values()]
        teams = [str(team) for each in lists if isinstance(each, list) for team in each]
        return cls(tuple(teams), tuple(trains)) if teams else cls()


def strange_keys(section: Mapping[str, Any], path: KeyPath, catalogue: Mapping[str, Rule], names: Names) -> Iterator[tuple[KeyPath, str]]:
    """In options that are tables by team or train, each key that is neither, and what is said about it."""
    for code, entry in section.items() if names.team else ():
        options = as_mapping(as_mapping(entry).get("options"))
        for name, field in catalogue[code].options.model_fields.items() if code in catalogue else ():
            for whose in (each.whose for each in field.metadata if isinstance(each, NamesOf)):
                known = {one for each in whose for one in (getattr(names, each) if each != "default" else ("default",))}
                said = f"there is no {' or '.join(each for each in whose if each != 'default')}"
                for key in sorted(as_mapping(options.get(name)).keys() - known):
                    yield (*path, code, "options", name, key), near(said, key, sorted(known))


def strange_values(setting: RuleSetting, names: Names) -> Iterator[Problem]:
    """
    In conditions of the administrator's own, teams and trains that nobody declared.

    There may be one all the same, which no train has; so this is said and not refused.
    """
    rule, options = setting.rule, setting.options.model_dump()
    for part, text in (("exclude", setting.exclude), ("when", rule.when), ("flaw", rule.flaw)):
        place = setting.places.get((part,))
        for fact, whose in _WHOSE.items() if place is not None and "extends" not in place and text else ():
            for slip in _strange(text, vocabulary(rule), fact, getattr(names, whose), options):
                word = text[slip.start : slip.end].strip("'")
                said = "no train has a team" if whose == "team" else "there is no train"
                yield Problem(place or (), near(said, word, getattr(names, whose)), slip.start)


def _strange(text: str, facts: Mapping[str, Fact], name: str, known: tuple[str, ...], options: Mapping[str, Any]) -> Iterator[Slip]:
    """Where a condition holds a fact against a word that is not known, as it would be told of a fact that has but these words."""
    if not known or name not in facts:
        return
    try:
        read(text, {**facts, name: replace(facts[name], vocabulary=known)}, options)
    except ConditionError as error:
        yield from (slip for slip in error.slips if "' is not one of " in slip.message and slip.option is None)
