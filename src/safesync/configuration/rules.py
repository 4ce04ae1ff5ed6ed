"""The ``rules`` and ``teams`` parts: from YAML to settings, every mistake at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safesync.configuration.packs import Packs, reachable_packs
from safesync.configuration.source import KeyPath, Source
from safesync.model.errors import Mistake
from safesync.rules.catalog import shipped
from safesync.rules.rule import RuleSetting
from safesync.rules.sayings import Problem
from safesync.rules.settings import RuleSettingsError, SectionFor, read_rules

DEFAULT: Mapping[str, Any] = {"extends": ["essential"]}


@dataclass(frozen=True, slots=True)
class ReadRules:
    """The rules, and what was said about them: every mistake, and warnings about what is understood and is written otherwise now."""

    settings: tuple[RuleSetting, ...] = ()
    mistakes: tuple[Mistake | str, ...] = ()
    warnings: tuple[Mistake, ...] = ()
    packs: Packs = field(default_factory=Packs)


def rule_settings(values: Mapping[str, Any], source: Source) -> ReadRules:
    """The settings, and every mistake; on plain values, so that they are told in the same pass as all others."""
    section = values.get("rules", DEFAULT)
    if not isinstance(section, dict) and section is not DEFAULT:
        return ReadRules(mistakes=(source.mistake(("rules",), "must be a mapping: extends, rule codes, custom"),))
    parts = tuple(_parts(values))
    packs = reachable_packs([(section, ("rules",)), *((part.section, part.path) for part in parts)], source)
    try:
        read = read_rules(section, catalogue=shipped(), packs=packs.sections, parts=parts)
    except RuleSettingsError as error:
        wrong = tuple(_mistakes(error.problems, source, packs))
        return ReadRules((), (*packs.mistakes, *wrong), tuple(_mistakes(error.warnings, source, packs)), packs)
    return ReadRules(read.settings, tuple(packs.mistakes), tuple(_mistakes(read.warnings, source, packs)), packs)


def _parts(values: Mapping[str, Any]) -> Iterator[SectionFor]:
    """The sections of single trackers, trains and teams."""
    trackers = values.get("trackers")
    for at, entry in enumerate(trackers if isinstance(trackers, list) else ()):
        if _has_rules(entry) and isinstance(name := entry.get("name"), str):
            yield SectionFor(("trackers", at, "rules"), "tracker", name, entry["rules"])
    organisation = values.get("organisation")
    trains = organisation.get("trains") if isinstance(organisation, dict) else None
    for path, fact, entries in (("organisation", "trains"), "train", trains), (("teams",), "team", values.get("teams")):
        for name, entry in (entries if isinstance(entries, dict) else {}).items():
            if _has_rules(entry):
                yield SectionFor((*path, name, "rules"), fact, name, entry["rules"])


def _has_rules(part: object) -> bool:
    return isinstance(part, dict) and isinstance(part.get("rules"), dict)


def _mistakes(problems: Iterable[Problem], source: Source, packs: Packs) -> Iterator[Mistake]:
    for problem in problems:
        where, path = _owner(problem.path, source, packs)
        yield where.mistake(path, problem.message, key=problem.about_key, offset=problem.offset)


def _owner(path: KeyPath, source: Source, packs: Packs) -> tuple[Source, KeyPath]:
    """The file that a path leads into: a path through ``extends`` may end in another one."""
    where, below = source, path
    while "extends" in below and len(below) > below.index("extends") + 2:
        at = below.index("extends") + 2
        name = _named(where, below[:at])
        if name not in packs.sources:
            return where, below[:at]
        where, below = packs.sources[name], below[at:]
    return where, below


def _named(where: Source, path: KeyPath) -> str:
    """The pack that stands at a path, also where one pack is named without brackets."""
    node = where.nodes.get(path) or where.nodes.get(path[:-1])
    return str(getattr(node, "value", ""))
