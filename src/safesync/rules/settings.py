"""What an administrator says about rules in YAML, turned into settings; every mistake with the keys that lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import polars as pl
from pydantic import ValidationError

from safesync.languages.tongue import Language
from safesync.model.errors import SafeSyncError
from safesync.model.finding import Rollout, Severity, Verdict
from safesync.model.item import Gate, Kind
from safesync.rules.condition.reading import read
from safesync.rules.condition.slips import ConditionError, nearest
from safesync.rules.entries import CustomRule, RuleOverride
from safesync.rules.examples import unknown_facts, verdict
from safesync.rules.judgement import vocabulary
from safesync.rules.rule import AFTER_DAYS, MARGIN, Example, Group, Lifecycle, Rule, RuleOptions, RuleSetting, Slice
from safesync.rules.sayings import Path, Problem, Said, Sayings, SectionReader, problems_of, without_yaml_off
from safesync.rules.senseless import Untold, outdone, untold
from safesync.rules.slices import WHAT, Cell, Condition, cells, holds, precedence, united
from safesync.rules.wording import WordingError, sentence


class RuleSettingsError(SafeSyncError):
    """The rules section is wrong; carries every problem, and what else should be written otherwise."""

    def __init__(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        self.problems, self.warnings = tuple(problems), tuple(warnings)
        super().__init__("; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in self.problems))


@dataclass(frozen=True, slots=True)
class SectionFor:
    """A section of rules for a part of the backlog: where it stands, and the value of the fact that tells whose items are meant."""

    path: Path
    fact: str
    value: str
    section: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody switched a rule off: for which part of the backlog (all of it when ``where`` is empty), and the keys that say so."""

    rule: Rule
    where: tuple[Slice, ...]
    place: Path


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What was asked for; ``warnings`` say what is understood and should be written otherwise."""

    settings: tuple[RuleSetting, ...]
    warnings: tuple[Problem, ...] = ()
    silences: tuple[Silence, ...] = ()


def read_rules(
    section: Mapping[str, Any],
    *,
    catalogue: Mapping[str, Rule],
    packs: Mapping[str, Mapping[str, Any]],
    parts: Sequence[SectionFor] = (),
    always: Collection[str] = (),
    untold: Untold | None = None,
) -> RuleSettings:
    """
    The settings that a ``rules`` section asks for; without ``extends`` only the rules it names.

    ``parts`` are sections of the same form for trackers, trains and teams; ``rules.slices`` says which of them counts. Paths
    of the section begin with ``"rules"``. The rules in ``always`` judge also when nothing is said about them.
    ``untold`` says which facts this organisation tells of no item. Raises ``RuleSettingsError`` with every problem.
    """
    reader = SectionReader(catalogue, packs, untold)
    customs = {rule.code: (rule, first) for rule, first in _custom(reader, section)}
    reader.catalogue = {**catalogue, **{code: rule for code, (rule, _) in customs.items()}}
    said: dict[str, Sayings] = {code: {(): Said()} for code in always}
    said.update({code: {(): first} for code, (_, first) in customs.items()})
    for part in (SectionFor(("rules",), "", "", section), *parts):
        whose: Condition = ((part.fact, part.value),) if part.fact else ()
        for code, sayings in reader.sayings(part.section, part.path).items():
            fitting = _fitting(reader, reader.catalogue[code], part, sayings)
            of_code = said.setdefault(code, {})
            for what, each in fitting.items():
                if code in customs and not whose + what:
                    of_code[()].then(each.override, each.places)
                else:
                    of_code[whose + what] = each
        for path in _misplaced(reader, part, customs) if part.fact else ():
            reader.note(path, "a rule of your own stands in rules.custom; for one team it is set or off by its code")
    parts_of = [each for code, sayings in said.items() for each in _of_code(reader, reader.catalogue[code], sayings)]
    if reader.problems:
        raise RuleSettingsError(dict.fromkeys(reader.problems), dict.fromkeys(reader.warnings))
    ordered = sorted(parts_of, key=lambda one: (one.rule.code, [(each.only, each.never) for each in one.where]))
    settings = tuple(one for one in ordered if isinstance(one, RuleSetting))
    return RuleSettings(settings, tuple(dict.fromkeys(reader.warnings)), tuple(one for one in ordered if isinstance(one, Silence)))


def _misplaced(reader: SectionReader, part: SectionFor, known: Collection[str]) -> Iterator[Path]:
    """Where a section for a part of the backlog writes rules of one's own; a pack that everybody builds on may stand here as well."""
    if "custom" in part.section:
        yield (*part.path, "custom")
    for path, entry in reader.customs({key: each for key, each in part.section.items() if key != "custom"}, part.path):
        if _mapped(entry).get("code") not in known:
            yield path


def _fitting(reader: SectionReader, rule: Rule, part: SectionFor, sayings: Sayings) -> Sayings:
    """What of it can be said about this rule here; what cannot is noted."""
    facts, fitting = vocabulary(rule), Sayings()
    for what, said in sayings.items():
        lacking = [fact for fact in (*((part.fact,) if part.fact else ()), *(fact for fact, _ in what)) if fact not in facts]
        if not lacking:
            fitting[what] = said
        elif "extends" not in (place := said.places[()]):
            # A pack may speak of rules that do not fit here; a person who names one is told.
            word = "type" if lacking[0] == "native_type" else lacking[0]
            reader.note(place, f"{rule.code} judges no items of a {word}")
    return fitting


def _of_code(reader: SectionReader, rule: Rule, sayings: Sayings) -> Iterator[RuleSetting | Silence]:
    """A rule's settings: for each part of the backlog in which the same holds, one; and who is told nothing of it because of whom."""
    _note_strange_kinds(reader, rule, sayings)
    conditions = sorted(sayings, key=precedence)
    alike: dict[tuple[object, ...], tuple[Said, list[Cell]]] = {}
    silent: dict[Path, list[Cell]] = {}
    for cell in cells(conditions):
        said = Said()
        said.override = said.override.model_copy(update={"enabled": False})
        for condition in conditions:
            if holds(condition, cell):
                of_part = any(fact in WHAT for fact, _ in condition)
                said.then(sayings[condition].override, sayings[condition].places, turns_on=not of_part)
        if said.override.enabled:
            alike.setdefault(tuple(sorted(_said_fields(said).items())), (said, []))[1].append(cell)
        elif (place := said.places.get(("enabled",))) is not None:
            silent.setdefault(place, []).append(cell)
    for said, among in alike.values():
        if setting := _setting(reader, rule, said, united(among, conditions)):
            yield setting
    for place, among in silent.items():
        yield Silence(rule, united(among, conditions), place)


def _note_strange_kinds(reader: SectionReader, rule: Rule, sayings: Sayings) -> None:
    judged = {*rule.kinds, *(kind for said in sayings.values() for kind in said.override.kinds)}
    for condition, said in sayings.items():
        kind = dict(condition).get("kind")
        if kind is not None and Kind(kind) not in judged and "extends" not in said.places[()]:
            reader.problems.append(
                Problem(said.places[()], f"{rule.code} judges no {kind.replace('_', ' ')}; name it in `for` as well", about_key=True)
            )


def _said_fields(said: Said) -> dict[str, str]:
    return {name: repr(value) for name, value in said.override.model_dump().items()}


def _setting(reader: SectionReader, rule: Rule, said: Said, where: tuple[Slice, ...]) -> RuleSetting | None:
    """One rule with what was said about it, checked all through; ``None`` when something is wrong with it."""
    override, places = said.override, said.places
    before = len(reader.problems)
    setting = RuleSetting(
        rule,
        _options(reader, rule, override.options, places),
        _severity(rule, override.severity),
        override.kinds,
        override.exclude or "",
        override.stage or (Rollout.REPORT if rule.lifecycle is Lifecycle.PREVIEW else Rollout.COMMENT),
        override.after_days or AFTER_DAYS,
        MARGIN if override.margin is None else override.margin,
        remedies(override.remedy),
        where,
        MappingProxyType(dict(places)),
    )
    _note_senseless(reader, setting)
    return setting if _sound(reader, setting, places) and len(reader.problems) == before else None


def _note_senseless(reader: SectionReader, setting: RuleSetting) -> None:
    """Options that say nothing; what a pack says is for every organisation, and is no mistake of this one."""
    of_options = {part[1]: place for part, place in setting.places.items() if part[:-1] == ("options",)}
    given = frozenset(name for name, place in of_options.items() if name in setting.rule.options.model_fields and "extends" not in place)
    for name, message, both in outdone(setting.options, given):
        (reader.problems if both else reader.warnings).append(Problem(of_options[name], message))
    if reader.untold is not None:
        reader.problems.extend(Problem(of_options[name], message) for name, message in untold(setting, given, reader.untold))


def _options(reader: SectionReader, rule: Rule, given: Mapping[str, Any], places: Mapping[tuple[str, ...], Path]) -> RuleOptions:
    """The rule's options; those that are wrong are noted and stay as the rule has them."""
    try:
        return rule.options.model_validate(given)
    except ValidationError as error:
        for problem in problems_of(error, (), tuple(rule.options.model_fields)):
            place = places.get(("options", str(problem.path[0]))) if problem.path else None
            whole = (*place, *problem.path[1:]) if place else (*places.get((), ()), "options", *problem.path)
            reader.problems.append(replace(problem, path=whole))
        wrong = {each["loc"][0] for each in error.errors() if each["loc"]}
        try:
            return rule.options.model_validate({key: each for key, each in given.items() if key not in wrong})
        except ValidationError:
            return rule.options()


def _sound(reader: SectionReader, setting: RuleSetting, places: Mapping[tuple[str, ...], Path]) -> bool:
    """Whether its conditions and sentences can be read; what is wrong is noted."""
    rule, whole = setting.rule, places.get((), ())
    before = len(reader.problems)
    if setting.kinds and rule.group is not None:
        reader.note(places.get(("kinds",), (*whole, "for")), f"{rule.code} judges groups, not items")
    if ("margin",) in places and not rule.eased:
        reader.note(places["margin",], f"{rule.code} has no threshold that a margin could be below")
    if len(reader.problems) == before:
        reader.problems.extend(_unsound(setting, places))
    return len(reader.problems) == before


_STAND_INS = MappingProxyType(
    {"code": "X000", "name": "stand-in", "for": "story", "flaw": "FALSE", "severity": "info", "remedy": "stand-in"}
)
"""In the place of what is wrong or missing in a rule of one's own, so that its other parts can be looked at."""


def _custom(reader: SectionReader, section: Mapping[str, Any]) -> Iterator[tuple[Rule, Said]]:
    """Every rule of one's own with what is said where it is written; like any other it may be said otherwise elsewhere."""
    codes: set[str] = set()
    for path, entry in reader.customs(section, ("rules",)):
        before = len(reader.problems)
        custom = reader.salvaged(CustomRule, without_yaml_off(entry), path, _STAND_INS)
        if custom is None:
            continue
        if (custom.code in codes or custom.code in reader.catalogue) and custom.code != _STAND_INS["code"]:
            reader.note((*path, "code"), f"there are two rules {custom.code}")
        codes.add(custom.code)
        reader.unsound.add(custom.code)
        wrong = any(problem.path[: len(path) + 1] == (*path, "for") for problem in reader.problems[before:])
        if wrong and not nearest(str(_mapped(entry).get("for", Kind.STORY)), tuple(Kind)):
            continue  # nobody knows which facts its conditions may read
        places = _written(_mapped(entry), path)
        words = remedies(custom.remedy if isinstance(custom.remedy, Mapping) else None)
        setting = RuleSetting(
            _rule(custom), RuleOptions(), None, (), custom.exclude or "", custom.stage, custom.after_days, remedy=words, places=places
        )
        sound = _sound(reader, setting, places) and len(reader.problems) == before
        reader.problems.extend(_contradicted(setting.rule, custom, path, sound=sound))
        if sound:
            given = {"exclude": custom.exclude, "stage": custom.stage, "after_days": custom.after_days, "remedy": words or None}
            yield setting.rule, Said(RuleOverride.model_validate(given), places)


def _written(entry: Mapping[str, Any], path: Path) -> dict[tuple[str, ...], Path]:
    """Where each part of a rule of one's own stands, gates and languages by themselves."""
    places: dict[tuple[str, ...], Path] = {(): path, **{(key,): (*path, key) for key in entry}}
    for key in ("severity", "remedy"):
        places |= {(key, name): (*path, key, name) for name in _mapped(entry.get(key))}
    return places


def _mapped(entry: Any) -> Mapping[str, Any]:
    return entry if isinstance(entry, Mapping) else {}


def _contradicted(rule: Rule, custom: CustomRule, path: Path, *, sound: bool) -> Iterator[Problem]:
    """Examples that name no facts, or about which the rule says something else; what one that is not ``sound`` says is left aside."""
    bad = len(custom.examples.bad)
    rule = rule if sound else replace(rule, when="", flaw="FALSE")
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
        if sound and flawed is not example.flawed:
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
        remedy=custom.remedy if isinstance(custom.remedy, str) else custom.remedy.get("en") or next(iter(custom.remedy.values()), ""),
        evidence=custom.evidence,
        lifecycle=Lifecycle.STABLE,
        examples=(
            *(Example(flawed=True, about=f"bad example {number + 1}", facts=facts) for number, facts in enumerate(examples.bad)),
            *(Example(flawed=False, about=f"good example {number + 1}", facts=facts) for number, facts in enumerate(examples.good)),
        ),
    )


def remedies(said: str | Mapping[Language, str] | None) -> Mapping[str, str]:
    """An administrator's words by language; one text is for all of them."""
    return {"": said} if isinstance(said, str) else {str(language): text for language, text in (said or {}).items()}


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
            read(text if name == "flaw" else text or "TRUE", facts, options)
        except ConditionError as error:
            for slip in error.slips:
                if slip.option is not None:
                    yield Problem(places.get(("options", slip.option), (*whole, "options", slip.option)), slip.message)
                else:
                    yield Problem(places.get((name,), (*whole, name)), slip.message, slip.start)
    said: dict[tuple[str, ...], str] = {("remedy",): rule.remedy, ("evidence",): rule.evidence}
    said |= {("remedy", language) if language else ("remedy",): text for language, text in setting.remedy.items()}
    for part, text in said.items():
        try:
            sentence(text, {*facts, *options})
        except WordingError as error:
            yield Problem((*places.get(part[:1], (*whole, part[0])), *part[1:]), str(error))
