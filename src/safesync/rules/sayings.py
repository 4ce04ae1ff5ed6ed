"""
What is said about rules in YAML, entry by entry, with the keys that lead to it; every mistake noted, and the rest read on.

A section of rules (of a pack, for everybody, for a tracker, a train or a team) says something about a rule, and inside of
that for single kinds and types. What is said later counts, options and gates one by one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from safesync.model.finding import Severity
from safesync.model.item import Kind
from safesync.rules.complaint import one_of, told
from safesync.rules.condition.slips import nearest
from safesync.rules.entries import TAGS, PartOverride, RuleOverride
from safesync.rules.rule import Lifecycle, Rule
from safesync.rules.senseless import Untold
from safesync.rules.slices import Condition

Path = tuple[str | int, ...]
OFF = (False, "off", "OFF", "Off")
"""YAML 1.1 reads a bare ``off`` as false; both are meant."""
_NO_CODES = frozenset({"extends", "custom", "folder"})
"""Keys of a section that are no rules; what a folder holds is in the catalogue."""
_Entry = TypeVar("_Entry", bound=BaseModel)
_OF_PARTS = {"kinds": "kind", "types": "native_type"}
"""The keys below which a rule's entry speaks of some items alone, and the fact by which these are told."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the keys that lead to it below the section, and, inside a condition, the 0-based offset in its text."""

    path: Path
    message: str
    offset: int | None = None
    about_key: bool = False
    """Whether the last key itself is wrong, and not what stands below it."""


@dataclass(slots=True)
class Said:
    """All that was said about one rule for some items, in the order it was said, and where each part of it stands."""

    override: RuleOverride = field(default_factory=RuleOverride)
    places: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def then(self, later: PartOverride, places: Mapping[tuple[str, ...], Path], *, turns_on: bool = True) -> None:
        """What is said later counts; naming a rule asks for it, naming it for some kinds or types alone does not."""
        given = later.model_fields_set - {"of_kinds", "of_types"}
        changes: dict[str, Any] = {name: getattr(later, name) for name in given}
        if turns_on:
            changes["enabled"] = later.enabled
        if "options" in given:
            changes["options"] = {**self.override.options, **later.options}
        if isinstance(later.severity, dict) and isinstance(self.override.severity, dict):
            changes["severity"] = {**self.override.severity, **later.severity}
        self.override = self.override.model_copy(update=changes)
        if later.severity is not None and not isinstance(later.severity, dict):
            self.places = {part: place for part, place in self.places.items() if part[:1] != ("severity",)}
        self.places |= places

    def again(self) -> Said:
        """A copy that may be added to."""
        return Said(self.override, dict(self.places))


Sayings = dict[Condition, Said]
"""What one section says about one rule: for all that the section is for (no condition), and for some kinds and types of it."""


def places_of(entry: PartOverride, path: Path) -> dict[tuple[str, ...], Path]:
    """Where each part of an entry stands."""
    places: dict[tuple[str, ...], Path] = {(): path}
    for name in entry.model_fields_set:
        places[name,] = (*path, "for" if name == "kinds" else name)
    for name in entry.options:
        places["options", name] = (*path, "options", name)
    if isinstance(entry.severity, dict):
        places |= {("severity", gate.value): (*path, "severity", gate.value) for gate in entry.severity}
    if isinstance(entry.remedy, dict):
        places |= {("remedy", language): (*path, "remedy", language) for language in entry.remedy}
    return places


class SectionReader:
    """Reads sections of rules; remembers what is wrong with them and what should be written otherwise."""

    def __init__(self, catalogue: Mapping[str, Rule], packs: Mapping[str, Mapping[str, Any]], untold: Untold | None = None) -> None:
        self.catalogue, self._packs, self.untold = catalogue, packs, untold
        self._other_names = {name: rule.code for rule in catalogue.values() for name in (rule.name, *rule.aliases)}
        self.unsound: set[str] = set()
        """Codes of rules of one's own that are written wrong: they are told as that, and not as rules that are not there as well."""
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def note(self, path: Path, message: str) -> None:
        """Remember a mistake, and go on."""
        self.problems.append(Problem(path, message))

    def sayings(self, section: Mapping[str, Any], path: Path, known: frozenset[str] = frozenset()) -> dict[str, Sayings]:
        """What a section says about each rule, packs first."""
        said: dict[str, Sayings] = {}
        for number, name in self._extended(section, path, known):
            for code, of_pack in self.sayings(self._packs[name], (*path, "extends", number), known | {name}).items():
                for part, each in of_pack.items():
                    _add(said, code, part, each.override, each.places)
        if "folder" in section and path != ("rules",):
            self.note((*path, "folder"), "a folder of rules is named in the configuration itself, below rules")
        for key, value in section.items():
            meant = None if key in _NO_CODES else self._code(str(key), (*path, key))
            for part, override, at in self._overrides(value, (*path, key)) if meant else ():
                _add(said, meant or key, part, override, places_of(override, at))
        return said

    def customs(self, section: Mapping[str, Any], path: Path, met: set[str] | None = None) -> Iterator[tuple[Path, Any]]:
        """Every rule of one's own in a section and in the packs that it builds on, each once: two packs may build on the same third one."""
        met = set() if met is None else met
        for number, name in enumerate(listed(section.get("extends", ()))):
            if isinstance(name, str) and name not in met and name in self._packs:
                met.add(name)
                yield from self.customs(self._packs[name], (*path, "extends", number), met)
        entries = section.get("custom", ())
        if isinstance(entries, list | tuple):
            yield from (((*path, "custom", number), entry) for number, entry in enumerate(entries))
        elif entries is not None:
            self.note((*path, "custom"), "must be a list of rules")

    def _extended(self, section: Mapping[str, Any], path: Path, known: frozenset[str]) -> Iterator[tuple[int, str]]:
        """The packs that a section builds on, with where each is named."""
        for number, name in enumerate(listed(section.get("extends", ()))):
            if not isinstance(name, str):
                self.note((*path, "extends", number), "a pack is given by its name, or as a file ending in .yaml")
            elif name in known:
                self.note((*path, "extends", number), "a pack extends itself")
            elif name not in self._packs:
                self.note((*path, "extends", number), f"there is no pack {name}{nearest(name, self._packs)}")
            else:
                yield number, name

    def _code(self, key: str, path: Path) -> str | None:
        """The rule that a key means, ``None`` when it means none that judges."""
        rule = self.catalogue.get(key) or self.catalogue.get(self._other_names.get(key, ""))
        if rule is None and key in self.unsound:
            return None
        if rule is None:
            self.problems.append(Problem(path, f"there is no rule {key}{self._hint(key)}", about_key=True))
        elif rule.lifecycle is Lifecycle.RETIRED:
            self.warnings.append(Problem(path, f"the rule {rule.code} is retired and judges nothing any more; take it out", about_key=True))
        elif rule.code != key:
            self.warnings.append(Problem(path, f"{key} is called {rule.code} now; write {rule.code}", about_key=True))
        return None if rule is None or rule.lifecycle is Lifecycle.RETIRED else rule.code

    def _hint(self, key: str) -> str:
        if key == "rules":
            return "; a pack holds what stands below rules, without that key"
        if key[:1] == "X":
            return "; a rule of your own stands below custom"
        named = nearest(key, self._other_names).split("'")[1:2] if "-" in key else []
        return f", did you mean '{self._other_names[named[0]]}' ({named[0]})?" if named else nearest(key, (*self.catalogue, *_NO_CODES))

    def _overrides(self, value: Any, path: Path) -> Iterator[tuple[Condition, PartOverride, Path]]:
        """A rule's entry taken apart: what it says for all, and for kinds and types."""
        plain = {key: each for key, each in value.items() if key not in _OF_PARTS} if isinstance(value, Mapping) else value
        if override := self._override(RuleOverride, plain, path):
            yield (), override, path
        for key, fact in _OF_PARTS.items():
            parts = value.get(key, {}) if isinstance(value, Mapping) else {}
            if not isinstance(parts, Mapping):
                self.note((*path, key), f"must be a mapping: each {key.removesuffix('s')} and what holds for it")
                continue
            for name, each in parts.items():
                at = (*path, key, name)
                if fact == "kind" and name not in tuple(Kind):
                    self.problems.append(Problem(at, one_of(name, tuple(Kind)), about_key=True))
                elif part := self._override(PartOverride, each, at):
                    yield ((fact, str(name)),), part, at

    def _override(self, form: type[_Entry], value: Any, path: Path) -> _Entry | None:
        """One entry; a bare ``off`` turns the rule off, a bare severity sets it."""
        if isinstance(value, bool) or value in OFF or value is None:
            return form.model_validate({"enabled": value not in OFF} if value is not None else {})
        if isinstance(value, str) and value in tuple(Severity):
            return form.model_validate({"severity": value})
        if not isinstance(value, Mapping):
            expected = "`off`, a severity or settings are expected here"
            self.note(path, expected + (nearest(value, tuple(Severity)) if isinstance(value, str) else ""))
            return None
        return self.salvaged(form, without_yaml_off(value), path, {})

    def salvaged(self, form: type[_Entry], value: Any, path: Path, stand_ins: Mapping[str, Any]) -> _Entry | None:
        """
        A validated entry; what is wrong in it is noted and left out, or replaced, so that the rest of it is looked at too.

        ``None`` when nothing of it can be used.
        """
        try:
            return form.model_validate(value)
        except ValidationError as error:
            self.problems.extend(problems_of(error, path, _fields(form)))
            if not isinstance(value, Mapping):
                return None
            wrong = {each["loc"][0] for each in error.errors() if each["loc"]}
            rest = {key: each for key, each in value.items() if key not in wrong}
            try:
                return form.model_validate({**stand_ins, **rest})
            except ValidationError:
                return None


def _add(said: dict[str, Sayings], code: str, part: Condition, override: PartOverride, places: Mapping[tuple[str, ...], Path]) -> None:
    said.setdefault(code, {}).setdefault(part, Said()).then(override, places, turns_on=not part)


def problems_of(error: ValidationError, path: Path, known: Collection[str]) -> Iterator[Problem]:
    """What a validation found wrong below a path; ``known`` are the keys that could have stood there."""
    for each in error.errors(include_url=False):
        location = tuple(part for part in each["loc"] if part not in TAGS and part != "[key]")
        of_key = each["loc"][-1:] == ("[key]",) or each["type"] == "extra_forbidden"
        yield Problem((*path, *location), told({**each, "loc": location}, known), about_key=of_key)


def _fields(form: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in form.model_fields.items())


def listed(value: Any) -> tuple[Any, ...]:
    """One thing, or several, as several."""
    return tuple(value) if isinstance(value, list | tuple) else (value,) if value else ()


def without_yaml_off(value: Any) -> Any:
    """``severity: off`` is the word, although YAML 1.1 reads a truth."""
    if not isinstance(value, Mapping):
        return value
    severity = value.get("severity")
    if severity is False:
        return {**value, "severity": "off"}
    if isinstance(severity, Mapping):
        return {**value, "severity": {gate: "off" if each is False else each for gate, each in severity.items()}}
    return value
