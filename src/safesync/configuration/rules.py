"""The ``rules`` and ``teams`` parts: from YAML to settings, every mistake at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safesync.configuration.own_rules import OwnRules, from_folder, from_packages, named_codes
from safesync.configuration.packs import Packs, name_at, reachable_packs, with_pack_names
from safesync.configuration.source import KeyPath, Source
from safesync.configuration.strangers import Names, strange_keys, strange_values
from safesync.configuration.untold import untold_by
from safesync.model.errors import Mistake
from safesync.rules.catalog import shipped
from safesync.rules.rule import Lifecycle, Rule, RuleSetting
from safesync.rules.sayings import Problem
from safesync.rules.settings import RuleSettingsError, SectionFor, Silence, read_rules

DEFAULT: Mapping[str, Any] = {"extends": ["default"]}
_FOLDER = ("rules", "folder")


@dataclass(frozen=True, slots=True)
class RulesRead:
    """The settings, the rules and packs that they were made from, and what was said about them."""

    settings: tuple[RuleSetting, ...] = ()
    catalogue: Mapping[str, Rule] = field(default_factory=shipped)
    """Every rule that may be named: the shipped ones, and those of one's own that are written in Python."""
    packs: Packs = field(default_factory=Packs)
    mistakes: tuple[Mistake | str, ...] = ()
    warnings: tuple[Mistake, ...] = ()
    """What is understood and is written otherwise now."""
    silences: tuple[Silence, ...] = ()
    """What was switched off, for whom and where."""


def rule_settings(values: Mapping[str, Any], source: Source, files: frozenset[str] = frozenset()) -> RulesRead:
    """
    What the configuration says of rules; on plain values, so that its mistakes are told in the same pass as all others.

    ``files`` of an organisation count beside those that are named here.
    """
    section = values.get("rules", DEFAULT)
    if not isinstance(section, dict) and section is not DEFAULT:
        said = () if section is None else (source.mistake(("rules",), "must be a mapping: extends, rule codes, custom"),)
        return RulesRead(mistakes=said)  # that it is empty is told like that of any other part
    section, parts = with_pack_names(section, source), tuple(_parts(values, source))
    packs = reachable_packs([(section, ("rules",)), *((part.section, part.path) for part in parts)], source)
    own, always = _own(section, (*packs.sections.values(), *(part.section for part in parts)), source)
    catalogue = {**shipped(), **own.rules}
    names = Names.declared(values)
    sections = [(section, ("rules",)), *((part.section, part.path) for part in parts)]
    strange = [each for one, path in sections for each in strange_keys(one, path, catalogue, names)]
    mistakes = (*packs.mistakes, *own.mistakes, *(source.mistake(path, said, key=True) for path, said in strange))
    try:
        read = read_rules(section, catalogue=catalogue, packs=packs.sections, parts=parts, always=always, untold=untold_by(values, files))
    except RuleSettingsError as error:
        # A rule that could not be loaded is told as that, and not as one that is not there as well.
        of_files = len(own.mistakes) > len(own.unusable)  # of a file nobody knows the code
        lost = ["there is no rule X"] if of_files else [f"there is no rule {code};" for code in own.unusable]
        problems = tuple(each for each in error.problems if not each.message.startswith(tuple(lost)))
        told = (*mistakes, *_mistakes(problems, source, packs))
        return RulesRead((), catalogue, packs, told, tuple(_mistakes(error.warnings, source, packs)))
    warnings = (*read.warnings, *(each for setting in read.settings for each in strange_values(setting, names)))
    return RulesRead(read.settings, catalogue, packs, mistakes, tuple(dict.fromkeys(_mistakes(warnings, source, packs))), read.silences)


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
    always = frozenset(code for code, rule in own.rules.items() if rule.lifecycle is not Lifecycle.RETIRED)
    from_packages(named_codes(section, *others), own, lambda code, said: source.mistake(("rules", code), said, key=True))
    return own, always


def _parts(values: Mapping[str, Any], source: Source) -> Iterator[SectionFor]:
    """The sections of single trackers, trains and teams."""
    trackers = values.get("trackers")
    for at, entry in enumerate(trackers if isinstance(trackers, list) else ()):
        if _has_rules(entry) and isinstance(name := entry.get("name"), str):
            yield SectionFor(("trackers", at, "rules"), "tracker", name, with_pack_names(entry["rules"], source))
    organisation = values.get("organisation")
    trains = organisation.get("trains") if isinstance(organisation, dict) else None
    for path, fact, entries in (("organisation", "trains"), "train", trains), (("teams",), "team", values.get("teams")):
        for name, entry in (entries if isinstance(entries, dict) else {}).items():
            if _has_rules(entry):
                yield SectionFor((*path, name, "rules"), fact, name, with_pack_names(entry["rules"], source))


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
        name = name_at(below[:at], where)
        if name not in packs.sources:
            return where, below[:at]
        where, below = packs.sources[name], below[at:]
    return where, below
