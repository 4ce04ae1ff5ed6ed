"""What an administrator says about rules in YAML, turned into settings; every mistake with the keys that lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

import polars as pl
from pydantic import BaseModel, ValidationError

from safesync.model.errors import SafeSyncError
from safesync.model.finding import Severity, Verdict
from safesync.model.item import Gate, Kind
from safesync.rules.complaint import told
from safesync.rules.condition.reading import read
from safesync.rules.condition.slips import ConditionError, nearest
from safesync.rules.entries import TAGS, CustomRule, RuleOverride
from safesync.rules.examples import unknown_facts, verdict
from safesync.rules.judgement import vocabulary
from safesync.rules.rule import Example, Group, Lifecycle, Rollout, Rule, RuleOptions, RuleSetting
from safesync.rules.wording import WordingError, sentence

Path = tuple[str | int, ...]
_OFF = (False, "off", "OFF", "Off")
"""YAML 1.1 reads a bare ``off`` as false; both are meant."""
_NO_CODES = frozenset({"extends", "custom", "folder"})
"""Keys of a section that are no rules; what a folder holds is in the catalogue."""
_Entry = TypeVar("_Entry", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the keys that lead to it below the section, and, inside a condition, the 0-based offset in its text."""

    path: Path
    message: str
    offset: int | None = None
    about_key: bool = False
    """Whether the last key itself is wrong, and not what stands below it."""


class RuleSettingsError(SafeSyncError):
    """The rules section is wrong; carries every problem."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in self.problems))


@dataclass(slots=True)
class _Said:
    """All that was said about one rule, in the order it was said, and where its options and texts stand."""

    override: RuleOverride = field(default_factory=RuleOverride)
    places: dict[tuple[str, ...], Path] = field(default_factory=dict)

    def then(self, later: RuleOverride, path: Path) -> None:
        """What is said later counts; options and gates one by one."""
        given = later.model_fields_set
        changes: dict[str, Any] = {name: getattr(later, name) for name in given}
        changes["enabled"] = later.enabled
        if "options" in given:
            changes["options"] = {**self.override.options, **later.options}
        if isinstance(later.severity, dict) and isinstance(self.override.severity, dict):
            changes["severity"] = {**self.override.severity, **later.severity}
        self.override = self.override.model_copy(update=changes)
        self.places[()] = path
        for name in given:
            self.places[name,] = (*path, "for" if name == "kinds" else name)
        for name in later.options:
            self.places["options", name] = (*path, "options", name)
        if later.severity is not None and not isinstance(later.severity, dict):
            self.places = {part: place for part, place in self.places.items() if part[0:1] != ("severity",) or len(part) == 1}
        for gate in later.severity if isinstance(later.severity, dict) else ():
            self.places["severity", gate.value] = (*path, "severity", gate.value)


class _Reader:
    def __init__(self, catalogue: Mapping[str, Rule], packs: Mapping[str, Mapping[str, Any]]) -> None:
        self._catalogue, self._packs = catalogue, packs
        self.problems: list[Problem] = []

    def sayings(self, section: Mapping[str, Any], path: Path, known: frozenset[str] = frozenset()) -> dict[str, _Said]:
        """What a section says about each rule, packs first."""
        said: dict[str, _Said] = {}
        for number, name in self.extended(section, path, known):
            for code, each in self.sayings(self._packs[name], (*path, "extends", number), known | {name}).items():
                said.setdefault(code, _Said()).then(each.override, (*path, "extends", number))
                said[code].places |= each.places
        if "folder" in section and path != ("rules",):
            self.note((*path, "folder"), "a folder of rules is named in the configuration itself, below rules")
        for code, value in section.items():
            if code not in _NO_CODES and (override := self.override(str(code), value, (*path, code))):
                said.setdefault(str(code), _Said()).then(override, (*path, code))
        return said

    def extended(self, section: Mapping[str, Any], path: Path, known: frozenset[str]) -> Iterator[tuple[int, str]]:
        """The packs that a section builds on, with where each is named."""
        for number, name in enumerate(_listed(section.get("extends", ()))):
            if not isinstance(name, str):
                self.note((*path, "extends", number), "a pack is given by its name, or as a file ending in .yaml")
            elif name in known:
                self.note((*path, "extends", number), "a pack extends itself")
            elif name not in self._packs:
                self.note((*path, "extends", number), f"there is no pack {name}{nearest(name, self._packs)}")
            else:
                yield number, name

    def customs(self, section: Mapping[str, Any], path: Path, known: frozenset[str] = frozenset()) -> Iterator[tuple[Path, Any]]:
        """Every rule of one's own in a section and in the packs that it builds on, each once."""
        for number, name in enumerate(_listed(section.get("extends", ()))):
            if isinstance(name, str) and name not in known and name in self._packs:
                yield from self.customs(self._packs[name], (*path, "extends", number), known | {name})
        entries = section.get("custom", ())
        if isinstance(entries, list | tuple):
            yield from (((*path, "custom", number), entry) for number, entry in enumerate(entries))
        elif entries is not None:
            self.note((*path, "custom"), "must be a list of rules")

    def note(self, path: Path, message: str) -> None:
        """Remember a mistake, and go on."""
        self.problems.append(Problem(path, message))

    def override(self, code: str, value: Any, path: Path) -> RuleOverride | None:
        """One rule's entry; a bare ``off`` turns it off, a bare severity sets it."""
        if code not in self._catalogue:
            if code == "rules":
                hint = "; a pack holds what stands below rules, without that key"
            else:
                hint = "; a rule of your own stands below custom" if code[:1] == "X" else nearest(code, self._catalogue)
            self.problems.append(Problem(path, f"there is no rule {code}{hint}", about_key=True))
            return None
        if isinstance(value, bool) or value in _OFF or value is None:
            return RuleOverride(enabled=value not in _OFF)
        if isinstance(value, str) and value in tuple(Severity):
            return RuleOverride(severity=Severity(value))
        if not isinstance(value, Mapping):
            expected = "`off`, a severity or settings are expected here"
            self.note(path, expected + (nearest(value, tuple(Severity)) if isinstance(value, str) else ""))
            return None
        return self.salvaged(RuleOverride, _without_yaml_off(value), path, {})

    def salvaged(self, kind: type[_Entry], value: Any, path: Path, stand_ins: Mapping[str, Any]) -> _Entry | None:
        """
        A validated entry; what is wrong in it is noted and left out, or replaced, so that the rest of it is looked at too.

        ``None`` when nothing of it can be used.
        """
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            self.problems.extend(_problems(error, path, _fields(kind)))
            if not isinstance(value, Mapping):
                return None
            wrong = {each["loc"][0] for each in error.errors() if each["loc"]}
            rest = {key: each for key, each in value.items() if key not in wrong}
            try:
                return kind.model_validate({**stand_ins, **rest})
            except ValidationError:
                return None

    def setting(self, rule: Rule, said: _Said, **teams: tuple[str, ...]) -> RuleSetting | None:
        """One rule with what was said about it, checked all through; ``None`` when something is wrong with it."""
        override, path = said.override, said.places
        before = len(self.problems)
        setting = RuleSetting(
            rule,
            self.options(rule, override.options, path),
            _severity(rule, override.severity),
            override.kinds,
            override.exclude or "",
            override.stage or Rollout.COMMENT,
            places=MappingProxyType(dict(path)),
            **teams,
        )
        return setting if self.sound(setting, path) and len(self.problems) == before else None

    def options(self, rule: Rule, given: Mapping[str, Any], places: Mapping[tuple[str, ...], Path]) -> RuleOptions:
        """The rule's options; those that are wrong are noted and stay as the rule has them."""
        try:
            return rule.options.model_validate(given)
        except ValidationError as error:
            for problem in _problems(error, (), tuple(rule.options.model_fields)):
                place = places.get(("options", str(problem.path[0]))) if problem.path else None
                whole = (*place, *problem.path[1:]) if place else (*places.get((), ()), "options", *problem.path)
                self.problems.append(replace(problem, path=whole))
            wrong = {each["loc"][0] for each in error.errors() if each["loc"]}
            try:
                return rule.options.model_validate({key: each for key, each in given.items() if key not in wrong})
            except ValidationError:
                return rule.options()

    def sound(self, setting: RuleSetting, places: Mapping[tuple[str, ...], Path]) -> bool:
        """Whether its conditions and sentences can be read; what is wrong is noted."""
        rule, whole = setting.rule, places.get((), ())
        before = len(self.problems)
        if setting.kinds and rule.group is not None:
            self.note(places.get(("kinds",), (*whole, "for")), f"{rule.code} judges groups, not items")
        if setting.only_teams and "team" not in vocabulary(rule):
            self.note(whole, f"{rule.code} judges no items of a team")
        if len(self.problems) == before:
            self.problems.extend(_unsound(setting, places))
        return len(self.problems) == before


def read_rules(
    section: Mapping[str, Any],
    *,
    catalogue: Mapping[str, Rule],
    packs: Mapping[str, Mapping[str, Any]],
    teams: Mapping[str, Mapping[str, Any]] | None = None,
    always: Collection[str] = (),
) -> tuple[RuleSetting, ...]:
    """
    The settings that a ``rules`` section asks for; without ``extends`` only the rules it names.

    ``teams`` has for each team a section of the same form; paths below it begin with ``"teams", team, "rules"``, all
    others with ``"rules"``. The rules in ``always`` judge also when nothing is said about them. Raises ``RuleSettingsError`` with
    every problem.
    """
    reader = _Reader(catalogue, packs)
    said = {**{code: _Said() for code in always}, **reader.sayings(section, ("rules",))}
    of_teams = {team: reader.sayings(part, ("teams", team, "rules")) for team, part in (teams or {}).items()}
    settings = [
        each
        for code in {**said, **{code: None for part in of_teams.values() for code in part}}
        for each in _of_code(reader, code, said, of_teams)
    ]
    settings.extend(_custom(reader, section))
    for team, part in (teams or {}).items():
        if "custom" in part:
            reader.note(("teams", team, "rules", "custom"), "a rule of your own stands in rules.custom; its `when` says for which teams")
    if reader.problems:
        raise RuleSettingsError(reader.problems)
    return tuple(sorted(settings, key=lambda setting: (setting.rule.code, setting.only_teams)))


def _of_code(reader: _Reader, code: str, said: Mapping[str, _Said], of_teams: Mapping[str, Mapping[str, _Said]]) -> Iterator[RuleSetting]:
    """The setting for everybody, and one for each team that wants it otherwise."""
    rule = reader._catalogue[code]  # noqa: SLF001 - one reading, told in functions
    others = tuple(sorted(team for team, part in of_teams.items() if code in part))
    everybody = said.get(code)
    if everybody is not None and everybody.override.enabled:
        setting = reader.setting(rule, everybody, except_teams=others)
        if setting:
            yield setting
    for team in others:
        own = _Said(everybody.override if everybody else RuleOverride(), dict(everybody.places) if everybody else {})
        own.then(of_teams[team][code].override, ("teams", team, "rules", code))
        own.places |= of_teams[team][code].places
        if own.override.enabled and (setting := reader.setting(rule, own, only_teams=(team,))):
            yield setting


_STAND_INS = MappingProxyType(
    {"code": "X000", "name": "stand-in", "for": "story", "flaw": "FALSE", "severity": "info", "remedy": "stand-in"}
)
"""In the place of what is wrong or missing in a rule of one's own, so that its other parts can be looked at."""


def _custom(reader: _Reader, section: Mapping[str, Any]) -> Iterator[RuleSetting]:
    codes: set[str] = set()
    for path, entry in reader.customs(section, ("rules",)):
        before = len(reader.problems)
        custom = reader.salvaged(CustomRule, _without_yaml_off(entry), path, _STAND_INS)
        if custom is None:
            continue
        if (custom.code in codes or custom.code in reader._catalogue) and custom.code != _STAND_INS["code"]:  # noqa: SLF001
            reader.note((*path, "code"), f"there are two rules {custom.code}")
        codes.add(custom.code)
        wrong = any(problem.path[: len(path) + 1] == (*path, "for") for problem in reader.problems[before:])
        if wrong and not nearest(str(_mapped(entry).get("for", Kind.STORY)), tuple(Kind)):
            continue  # nobody knows which facts its conditions may read
        keys = ("for", "when", "flaw", "remedy", "evidence", "exclude", "severity", "stage")
        places: dict[tuple[str, ...], Path] = {(): path, **{(key,): (*path, key) for key in keys}}
        setting = RuleSetting(_rule(custom), RuleOptions(), exclude=custom.exclude or "", rollout=custom.stage, places=places)
        if reader.sound(setting, places) and len(reader.problems) == before:
            reader.problems.extend(_contradicted(setting.rule, custom, path))
            yield setting


def _mapped(entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {}


def _contradicted(rule: Rule, custom: CustomRule, path: Path) -> Iterator[Problem]:
    """Examples that name no facts, or about which the rule says something else."""
    bad = len(custom.examples.bad)
    for number, example in enumerate(rule.examples):
        place = (*path, "examples", "bad" if example.flawed else "good", number if example.flawed else number - bad)
        unknown = unknown_facts(rule, example)
        for name in unknown:
            yield Problem((*place, name), f"there is no fact {name}{nearest(name, vocabulary(rule))}", about_key=True)
        if unknown:
            continue
        try:
            flawed = verdict(rule, example) is Verdict.FLAWED
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            yield Problem(place, "a value here is not of the type that its fact has")
            continue
        if flawed is not example.flawed:
            yield Problem(place, "the rule finds nothing wrong with this item" if example.flawed else "the rule finds this item flawed")


def _rule(custom: CustomRule) -> Rule:
    examples = custom.examples
    of_group = isinstance(custom.judges, Group)
    return Rule(
        code=custom.code,
        name=custom.name,
        level=custom.level,
        judges=custom.judges,
        source="a rule of this organisation",
        flaw=custom.flaw,
        when=custom.when or ("" if of_group else "open"),
        severity=custom.severity,
        remedy=custom.remedy,
        evidence=custom.evidence,
        lifecycle=Lifecycle.STABLE,
        examples=(
            *(Example(flawed=True, about=f"bad example {number + 1}", facts=facts) for number, facts in enumerate(examples.bad)),
            *(Example(flawed=False, about=f"good example {number + 1}", facts=facts) for number, facts in enumerate(examples.good)),
        ),
    )


def _severity(rule: Rule, severity: Severity | dict[Gate, Severity] | None) -> Mapping[Gate, Severity] | Severity | None:
    """A word replaces all; gates replace the rule's gates one by one."""
    if isinstance(severity, dict) and isinstance(rule.severity, Mapping):
        return {**rule.severity, **severity}
    return severity


def _unsound(setting: RuleSetting, places: Mapping[tuple[str, ...], Path]) -> Iterator[Problem]:
    rule, facts, options = setting.rule, vocabulary(setting.rule), setting.options.model_dump()
    whole = places.get((), ())
    for name, text in (("exclude", setting.exclude), ("when", rule.when), ("flaw", rule.flaw)):
        try:
            read(text or "TRUE", facts, options)
        except ConditionError as error:
            for slip in error.slips:
                if slip.option is not None:
                    yield Problem(places.get(("options", slip.option), (*whole, "options", slip.option)), slip.message)
                else:
                    yield Problem(places.get((name,), (*whole, name)), slip.message, slip.start)
    for name, text in (("remedy", rule.remedy), ("evidence", rule.evidence)):
        try:
            sentence(text, {*facts, *options})
        except WordingError as error:
            yield Problem(places.get((name,), (*whole, name)), str(error))


def _problems(error: ValidationError, path: Path, known: Collection[str]) -> Iterator[Problem]:
    for each in error.errors(include_url=False):
        location = tuple(part for part in each["loc"] if part not in TAGS and part != "[key]")
        of_key = each["loc"][-1:] == ("[key]",) or each["type"] == "extra_forbidden"
        yield Problem((*path, *location), told({**each, "loc": location}, known), about_key=of_key)


def _fields(kind: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in kind.model_fields.items())


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,) if value else ()


def _without_yaml_off(value: Any) -> Any:
    """``severity: off`` is the word, although YAML 1.1 reads a truth."""
    if not isinstance(value, Mapping):
        return value
    severity = value.get("severity")
    if severity is False:
        return {**value, "severity": "off"}
    if isinstance(severity, Mapping):
        return {**value, "severity": {gate: "off" if each is False else each for gate, each in severity.items()}}
    return value
