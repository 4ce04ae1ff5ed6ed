"""The ``rules`` and ``teams`` parts: from YAML to settings, every mistake at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safesync.configuration.own_rules import OwnRules, from_folder, from_packages, named_codes
from safesync.configuration.packs import Packs, reachable_packs
from safesync.configuration.source import KeyPath, Source
from safesync.model.errors import Mistake
from safesync.rules.catalog import shipped
from safesync.rules.rule import Rule, RuleSetting
from safesync.rules.settings import Problem, RuleSettingsError, read_rules

DEFAULT: Mapping[str, Any] = {"extends": ["essential"]}
_FOLDER = ("rules", "folder")


@dataclass(frozen=True, slots=True)
class RulesRead:
    """The settings, the rules and packs that they were made from, and every mistake."""

    settings: tuple[RuleSetting, ...] = ()
    catalogue: Mapping[str, Rule] = field(default_factory=shipped)
    """Every rule that may be named: the shipped ones, and those of one's own that are written in Python."""
    packs: Packs = field(default_factory=Packs)
    mistakes: tuple[Mistake | str, ...] = ()


def rule_settings(values: Mapping[str, Any], source: Source) -> RulesRead:
    """What the configuration says of rules; on plain values, so that its mistakes are told in the same pass as all others."""
    section = values.get("rules", DEFAULT)
    if not isinstance(section, dict) and section is not DEFAULT:
        return RulesRead(mistakes=(source.mistake(("rules",), "must be a mapping: extends, rule codes, custom"),))
    packs = reachable_packs(section, source)
    teams = values.get("teams")
    of_teams = {name: part["rules"] for name, part in (teams if isinstance(teams, dict) else {}).items() if _has_rules(part)}
    own, always = _own(section, (*packs.sections.values(), *of_teams.values()), source)
    catalogue = {**shipped(), **own.rules}
    mistakes = [*packs.mistakes, *own.mistakes]
    try:
        settings = read_rules(section, catalogue=catalogue, packs=packs.sections, teams=of_teams, always=always)
    except RuleSettingsError as error:
        # A rule that could not be loaded is told as that, and not as one that is not there as well.
        broken = bool(own.mistakes)
        problems = [each for each in error.problems if not (broken and each.message.startswith("there is no rule X"))]
        return RulesRead((), catalogue, packs, (*mistakes, *_mistakes(tuple(problems), source, packs)))
    return RulesRead(settings, catalogue, packs, tuple(mistakes))


def _own(section: Mapping[str, Any], others: Iterable[Any], source: Source) -> tuple[OwnRules, frozenset[str]]:
    """The rules of the administrator's folder, which judge without being named, and those of packages that are named."""
    own = OwnRules()
    name = section.get("folder")
    if isinstance(name, str) and name.strip():
        folder = Path(source.file).parent / name
        if folder.is_dir():
            from_folder(folder, own)
        else:
            own.mistakes.append(source.mistake(_FOLDER, f"there is no folder {name}"))
    elif "folder" in section:
        own.mistakes.append(source.mistake(_FOLDER, "must be the name of a folder"))
    always = frozenset(own.rules)
    from_packages(named_codes(section, *others), own, lambda code, said: source.mistake(("rules", code), said, key=True))
    return own, always


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
