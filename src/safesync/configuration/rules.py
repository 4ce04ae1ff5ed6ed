"""The ``rules`` and ``teams`` parts: from YAML to settings, every mistake at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from safesync.configuration.packs import Packs, reachable_packs
from safesync.configuration.source import KeyPath, Source
from safesync.model.errors import Mistake
from safesync.rules.catalog import shipped
from safesync.rules.rule import RuleSetting
from safesync.rules.settings import Problem, RuleSettingsError, read_rules

DEFAULT: Mapping[str, Any] = {"extends": ["essential"]}


def rule_settings(values: Mapping[str, Any], source: Source) -> tuple[tuple[RuleSetting, ...], Packs, list[Mistake | str]]:
    """The settings, the packs that they were read from, and every mistake; on plain values, so that they are told in the same pass."""
    section = values.get("rules", DEFAULT)
    if not isinstance(section, dict) and section is not DEFAULT:
        return (), Packs(), [source.mistake(("rules",), "must be a mapping: extends, rule codes, custom")]
    packs = reachable_packs(section, source)
    teams = values.get("teams")
    of_teams = {name: part["rules"] for name, part in (teams if isinstance(teams, dict) else {}).items() if _has_rules(part)}
    try:
        return read_rules(section, catalogue=shipped(), packs=packs.sections, teams=of_teams), packs, packs.mistakes
    except RuleSettingsError as error:
        return (), packs, [*packs.mistakes, *_mistakes(error.problems, source, packs)]


def _has_rules(part: object) -> bool:
    return isinstance(part, dict) and isinstance(part.get("rules"), dict)


def _mistakes(problems: tuple[Problem, ...], source: Source, packs: Packs) -> Iterator[Mistake]:
    for problem in problems:
        where, path = _owner(problem.path, source, packs)
        yield where.mistake(path, problem.message, key=problem.about_key, offset=problem.offset)


def _owner(path: KeyPath, source: Source, packs: Packs) -> tuple[Source, KeyPath]:
    """The file that a path leads into: a path through ``extends`` may end in another one."""
    where, below = source, path
    while "extends" in below and len(below) > below.index("extends") + 2:
        at = below.index("extends") + 2
        node = where.nodes.get(below[:at])
        name = str(getattr(node, "value", ""))
        if name not in packs.sources:
            return where, below[:at]
        where, below = packs.sources[name], below[at:]
    return where, below
