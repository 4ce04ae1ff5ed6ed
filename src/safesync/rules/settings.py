"""What an administrator says about rules in YAML, turned into settings; every mistake with the keys that lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from safesync.model.errors import SafeSyncError
from safesync.model.finding import Severity
from safesync.model.item import Gate
from safesync.rules.condition.reading import read
from safesync.rules.condition.slips import ConditionError, nearest
from safesync.rules.judgement import vocabulary
from safesync.rules.overrides import TAGS, CustomRule, RuleOverride
from safesync.rules.rule import Example, Group, Lifecycle, Rollout, Rule, RuleOptions, RuleSetting
from safesync.rules.wording import WordingError, sentence

Path = tuple[str | int, ...]
_OFF = (False, "off", "OFF", "Off")
"""YAML 1.1 reads a bare ``off`` as false; both are meant."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the keys that lead to it below the section, and, inside a condition, the 0-based offset in its text."""

    path: Path
    message: str
    offset: int | None = None


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
        for name in given:
            self.places[name,] = (*path, "for" if name == "kinds" else name)
        for name in later.options:
            self.places["options", name] = (*path, "options", name)


class _Reader:
    def __init__(self, catalogue: Mapping[str, Rule], packs: Mapping[str, Mapping[str, Any]]) -> None:
        self._catalogue, self._packs = catalogue, packs
        self.problems: list[Problem] = []

    def sayings(self, section: Mapping[str, Any], path: Path, known: frozenset[str] = frozenset()) -> dict[str, _Said]:
        """What a section says about each rule, packs first."""
        said: dict[str, _Said] = {}
        for number, name in enumerate(_listed(section.get("extends", ()))):
            if name in known or name not in self._packs:
                reason = "a pack extends itself" if name in known else f"there is no pack {name}{nearest(str(name), self._packs)}"
                self.problems.append(Problem((*path, "extends", number), reason))
                continue
            for code, each in self.sayings(self._packs[name], (*path, "extends", number), known | {name}).items():
                said.setdefault(code, _Said()).then(each.override, (*path, "extends", number))
        for code, value in section.items():
            if code not in ("extends", "custom") and (override := self.override(str(code), value, (*path, code))):
                said.setdefault(str(code), _Said()).then(override, (*path, code))
        return said

    def override(self, code: str, value: Any, path: Path) -> RuleOverride | None:
        """One rule's entry; a bare ``off`` turns it off, a bare severity sets it."""
        if code not in self._catalogue:
            self.problems.append(Problem(path, f"there is no rule {code}{nearest(code, self._catalogue)}"))
            return None
        if isinstance(value, bool) or value in _OFF or value is None:
            return RuleOverride(enabled=value not in _OFF)
        if isinstance(value, str) and value in tuple(Severity):
            return RuleOverride(severity=Severity(value))
        override: RuleOverride | None = self.model(RuleOverride, _without_yaml_off(value), path)
        return override

    def model(self, kind: type[Any], value: Any, path: Path) -> Any:
        """A validated entry, ``None`` after its problems are noted."""
        try:
            return kind.model_validate(value)
        except ValidationError as error:
            self.problems.extend(_problems(error, path, _fields(kind)))
            return None

    def setting(self, rule: Rule, said: _Said, **teams: tuple[str, ...]) -> RuleSetting | None:
        """One rule with what was said about it, checked all through."""
        override, path = said.override, said.places
        try:
            options = rule.options.model_validate(override.options)
        except ValidationError as error:
            for problem in _problems(error, (), tuple(rule.options.model_fields)):
                place = (
                    path.get(("options", str(problem.path[0])), ("rules", rule.code, "options", *problem.path))
                    if problem.path
                    else ("rules", rule.code, "options")
                )
                self.problems.append(Problem((*place, *problem.path[1:]), problem.message))
            return None
        setting = RuleSetting(
            rule,
            options,
            _severity(rule, override.severity),
            override.kinds,
            override.exclude or "",
            override.stage or Rollout.COMMENT,
            **teams,
        )
        return setting if self.sound(setting, path) else None

    def sound(self, setting: RuleSetting, places: Mapping[tuple[str, ...], Path]) -> bool:
        """Whether its conditions and sentences can be read; what is wrong is noted."""
        rule = setting.rule
        before = len(self.problems)
        if setting.kinds and rule.group is not None:
            self.problems.append(Problem(places.get(("kinds",), ("rules", rule.code, "for")), f"{rule.code} judges groups, not items"))
        if setting.only_teams and "team" not in vocabulary(rule):
            self.problems.append(Problem(("teams", *setting.only_teams, "rules", rule.code), f"{rule.code} judges no items of a team"))
        elif setting.except_teams and "team" not in vocabulary(rule):
            return False
        if len(self.problems) == before:
            self.problems.extend(_unsound(setting, places))
        return len(self.problems) == before


def read_rules(
    section: Mapping[str, Any],
    *,
    catalogue: Mapping[str, Rule],
    packs: Mapping[str, Mapping[str, Any]],
    teams: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[RuleSetting, ...]:
    """
    The settings that a ``rules`` section asks for; without ``extends`` only the rules it names.

    ``teams`` has for each team a section of the same form; paths below it begin with ``"teams", team, "rules"``, all
    others with ``"rules"``. Raises ``RuleSettingsError`` with every problem.
    """
    reader = _Reader(catalogue, packs)
    said = reader.sayings(section, ("rules",))
    of_teams = {team: reader.sayings(part, ("teams", team, "rules")) for team, part in (teams or {}).items()}
    settings = [
        each
        for code in {**said, **{code: None for part in of_teams.values() for code in part}}
        for each in _of_code(reader, code, said, of_teams)
    ]
    settings.extend(_custom(reader, section))
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
        if own.override.enabled and (setting := reader.setting(rule, own, only_teams=(team,))):
            yield setting


def _custom(reader: _Reader, section: Mapping[str, Any]) -> Iterator[RuleSetting]:
    codes: set[str] = set()
    for number, entry in enumerate(_listed(section.get("custom", ()))):
        path: Path = ("rules", "custom", number)
        custom = reader.model(CustomRule, _without_yaml_off(entry), path)
        if custom is None:
            continue
        if custom.code in codes:
            reader.problems.append(Problem((*path, "code"), f"there are two rules {custom.code}"))
        codes.add(custom.code)
        setting = RuleSetting(_rule(custom), RuleOptions(), exclude=custom.exclude or "", rollout=custom.stage)
        keys = ("for", "when", "flaw", "remedy", "evidence", "exclude")
        if reader.sound(setting, {(key,): (*path, key) for key in keys}):
            yield setting


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
    for name, text in (("exclude", setting.exclude), ("when", rule.when), ("flaw", rule.flaw)):
        try:
            read(text or "TRUE", facts, options)
        except ConditionError as error:
            for slip in error.slips:
                if slip.option is not None:
                    yield Problem(places.get(("options", slip.option), ("rules", rule.code, "options", slip.option)), slip.message)
                else:
                    yield Problem(places.get((name,), ("rules", rule.code, name)), slip.message, slip.start)
    for name, text in (("remedy", rule.remedy), ("evidence", rule.evidence)):
        try:
            sentence(text, {*facts, *options})
        except WordingError as error:
            yield Problem(places.get((name,), ("rules", rule.code, name)), str(error))


def _problems(error: ValidationError, path: Path, known: Collection[str]) -> Iterator[Problem]:
    for each in error.errors(include_url=False):
        location = tuple(part for part in each["loc"] if part not in TAGS and part != "[key]")
        yield Problem((*path, *location), _told(each, str(location[-1]) if location else "", known))


def _told(error: Mapping[str, Any], key: str, known: Collection[str]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return f"there is no setting {key}{nearest(key, known)}"
        case "missing":
            return f"{key} is missing"
        case "enum":
            words = [word.strip("'") for word in str(error["ctx"]["expected"]).replace(" or ", ", ").split(", ")]
            return f"{error['input']!r} is not one of {', '.join(words)}{nearest(str(error['input']), words)}"
        case "model_type":
            return "`off`, a severity or settings are expected here"
        case _:
            message = str(error["msg"]).removeprefix("Value error, ")
            return message[:1].lower() + message[1:]


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
