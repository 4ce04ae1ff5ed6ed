"""Reading a configuration: every mistake in one pass, each with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safesync.configuration import presets
from safesync.configuration.model import Configuration, is_pattern
from safesync.configuration.own_rules import is_own
from safesync.configuration.packs import Packs
from safesync.configuration.registers.reading import Known, Read, read_registers
from safesync.configuration.rules import rule_settings
from safesync.configuration.secrets import SecretMissingError, Secrets, references, resolve
from safesync.configuration.source import KeyPath, Source, as_mapping, parse_source, read_source
from safesync.configuration.truths import truths_and_numbers
from safesync.configuration.words import mistakes_of, near
from safesync.feedback.settings import ANYONE, OWNER
from safesync.feedback.templates import LONGEST, VALUES, slips
from safesync.languages.tongue import LANGUAGES
from safesync.model.errors import ConfigurationError, Mistake
from safesync.rules.catalog import shipped
from safesync.rules.complaint import one_of
from safesync.rules.rule import Rule, RuleSetting
from safesync.rules.settings import Silence

_KINDS = ("jira", "azure-devops")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration with the text it came from, so that later checks can still name places."""

    configuration: Configuration
    rules: tuple[RuleSetting, ...]
    source: Source
    packs: Packs
    catalogue: Mapping[str, Rule]
    """Every rule that may be named here, by code: the shipped ones, and those of one's own in Python."""
    warnings: tuple[Mistake, ...] = ()
    """What is understood and should be written otherwise."""
    silences: tuple[Silence, ...] = ()
    """Rules that somebody switched off, for whom and where."""


def read_configuration(path: Path, *, secrets: Secrets = Secrets.ALL) -> Loaded:
    """
    The configuration in a file; raises ``ConfigurationError`` with all its mistakes.

    ``secrets`` says which references to secrets must lead somewhere; the others are left as they stand.
    """
    return _load(read_source(path), secrets)


def parse_configuration(text: str, *, file: str = "safesync.yaml", secrets: Secrets = Secrets.ALL) -> Loaded:
    """The configuration in a text, as ``read_configuration``."""
    return _load(parse_source(file, text), secrets)


def read_other_rules(path: Path, loaded: Loaded) -> Loaded:
    """
    The rules in another file, to be tried: a whole configuration, or its parts ``rules`` and ``teams`` alone.

    What such a part does not say is as it is in ``loaded``. ``ConfigurationError`` with all mistakes, as for a configuration.
    """
    source, files = read_source(path), frozenset[str]()
    if isinstance(source.values, dict) and not {"version", "trackers"} & source.values.keys():
        if "rules" not in source.values:
            raise ConfigurationError(
                source.mistake((), "there is no part called rules here; it holds what a configuration has below rules:")
            )
        files = frozenset(as_mapping(as_mapping(loaded.source.values.get("organisation")).get("data")))
        source.values = {**_without_files(loaded.source.values), **source.values}
    return _load(source, Secrets.NONE, files)


def _without_files(values: Mapping[str, Any]) -> dict[str, Any]:
    """Files beside a configuration are not beside another one; for rules it is enough that there are any."""
    organisation = values.get("organisation")
    if not isinstance(organisation, dict):
        return dict(values)
    return {**values, "organisation": {key: each for key, each in organisation.items() if key != "data"}}


def _load(source: Source, secrets: Secrets, files: frozenset[str] = frozenset()) -> Loaded:
    """``files`` are those that an organisation keeps beside another configuration."""
    mistakes: list[Mistake | str] = list(source.mistakes)
    if not isinstance(source.values, dict):
        raise ConfigurationError(source.mistake((), "the file must be a mapping with the keys version, trackers, rules ..."))
    values = _with_known_kinds(_with_presets(source, mistakes), source, mistakes)
    values = _with_secrets(values, source, mistakes, secrets)
    mistakes += _cross_checks(values, source)
    mistakes += truths_and_numbers(source.values, source)
    rules = rule_settings(values, source, files)
    mistakes += rules.mistakes
    codes = {*(rules.catalogue or shipped()), *(setting.rule.code for setting in rules.settings)}
    mistakes += _unknown_waived(values, source, codes, own_known=not rules.mistakes)
    mistakes += _unknown_roles(values, source)
    mistakes += _strange_places(values, source)
    mistakes += _wrong_templates(values, source)
    read = _registers(values, source)
    mistakes += read.mistakes
    try:
        configuration = Configuration.model_validate(values)
    except ValidationError as error:
        mistakes += mistakes_of(error, source, _schema())
        raise ConfigurationError(*_in_order(mistakes), warnings=rules.warnings) from None
    if mistakes:
        raise ConfigurationError(*_in_order(mistakes), warnings=rules.warnings)
    configuration = configuration.with_registers(read.registers)
    return Loaded(configuration, rules.settings, source, rules.packs, rules.catalogue, rules.warnings, rules.silences)


def _in_order(mistakes: list[Mistake | str]) -> list[Mistake | str]:
    def place(mistake: Mistake | str) -> tuple[str, int, int, str]:
        return (mistake.file, mistake.line, mistake.column, mistake.message) if isinstance(mistake, Mistake) else ("", 0, 0, mistake)

    return sorted(set(mistakes), key=place)


def _trackers(values: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    entries = values.get("trackers")
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield at, entry


def _with_trackers(values: dict[str, Any], changed: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """The values with these trackers in the place of those that stand there."""
    if not changed:
        return values
    return {**values, "trackers": [changed.get(at, entry) for at, entry in enumerate(values["trackers"])]}


def _with_presets(source: Source, mistakes: list[Mistake | str]) -> dict[str, Any]:
    """The mapping of each tracker over its preset, with the pattern of the organisation's planning intervals between them."""
    pattern = as_mapping(as_mapping(source.values.get("organisation")).get("intervals")).get("pattern")
    everywhere = {"interval_pattern": pattern} if isinstance(pattern, str) and is_pattern(pattern) else {}
    changed = {}
    for at, entry in _trackers(source.values):
        if not isinstance(entry.get("mapping", {}), dict):
            continue
        mapping = {**everywhere, **entry.get("mapping", {})}
        preset = mapping.get("preset")
        if preset in presets.names():
            meant = presets.kind(preset)
            if entry.get("kind") in _KINDS and entry["kind"] != meant:
                words = f"{preset!r} is a mapping for {meant}, and this tracker is {entry['kind']}"
                mistakes.append(source.mistake(("trackers", at, "mapping", "preset"), words))
            mapping = presets.over_preset(mapping, preset)
        elif isinstance(preset, str):
            mistakes.append(source.mistake(("trackers", at, "mapping", "preset"), one_of(preset, presets.names())))
        changed[at] = {**entry, "mapping": mapping}
    return _with_trackers(source.values, changed)


def _with_known_kinds(values: dict[str, Any], source: Source, mistakes: list[Mistake | str]) -> dict[str, Any]:
    """A tracker of an unknown kind is read as the kind that was meant, so that the rest of it is looked at too."""
    changed = {}
    for at, entry in _trackers(values):
        kind = entry.get("kind")
        if "kind" in entry and kind not in _KINDS:
            words = one_of(kind, _KINDS) if isinstance(kind, str) else f"must be one of {', '.join(_KINDS)}"
            mistakes.append(source.mistake(("trackers", at, "kind"), words))
            meant = "jira" if "jir" in str(kind).lower() or "jql" in as_mapping(entry.get("scope")) else "azure-devops"
            changed[at] = {**entry, "kind": meant}
    return _with_trackers(values, changed)


def _with_secrets(values: dict[str, Any], source: Source, mistakes: list[Mistake | str], secrets: Secrets) -> dict[str, Any]:
    """References are resolved where secrets belong, and nowhere else: a remedy that names one would end up in a comment."""

    def resolved(text: object, path: KeyPath, *, now: bool, instead: str) -> object:
        if isinstance(text, dict):
            return {key: resolved(value, (*path, key), now=now, instead=instead) for key, value in text.items()}
        if not isinstance(text, str):
            return text
        try:
            if now:
                return resolve(text)
            return instead if references(text) else text
        except SecretMissingError as error:
            mistakes.append(source.mistake(path, str(error)))
            return instead

    changed = {
        at: {
            **entry,
            "auth": {
                key: resolved(value, ("trackers", at, "auth", key), now=secrets is Secrets.ALL, instead="unresolved")
                for key, value in entry["auth"].items()
            },
        }
        for at, entry in _trackers(values)
        if isinstance(entry.get("auth"), dict)
    }
    needed = secrets is not Secrets.NONE
    store = {"store": resolved(values["store"], ("store",), now=needed, instead="sqlite:///unresolved")} if "store" in values else {}
    channels = [
        {**entry, "url": resolved(entry["url"], ("notify", at, "url"), now=secrets is Secrets.ALL, instead="json://unresolved")}
        if isinstance(entry, dict) and "url" in entry
        else entry
        for at, entry in enumerate(_listed(values.get("notify")))
    ]
    return {**_with_trackers(values, changed), **store, **({"notify": channels} if channels else {})}


def _cross_checks(values: dict[str, Any], source: Source) -> Iterator[Mistake]:
    """What no single value can tell; on plain values, so that it is told in the same pass as everything else."""
    names: list[str] = []
    for at, entry in _trackers(source.values):
        yield from _said_twice(as_mapping(entry.get("mapping")), source, ("trackers", at, "mapping"))
        name = entry.get("name")
        if not isinstance(name, str):
            continue
        if name in names:
            yield source.mistake(("trackers", at, "name"), f"another tracker is called {name!r} too; their items could not be told apart")
        names.append(name)
    trains = as_mapping(as_mapping(values.get("organisation")).get("trains"))
    seen: dict[str, str] = {}
    for name, train in trains.items():
        teams = as_mapping(train).get("teams")
        for at, team in enumerate(teams if isinstance(teams, list) else ()):
            if team in seen:
                path = ("organisation", "trains", name, "teams", at)
                yield source.mistake(path, f"the team {team!r} is already in the train {seen[team]!r}; a team belongs to one train")
            seen.setdefault(str(team), name)
        yield from _anchor(names, source, as_mapping(train).get("anchor"), ("organisation", "trains", name, "anchor"))
    yield from _channels(_listed(values.get("notify")), source, {*seen, *as_mapping(values.get("teams"))})
    day, whose = as_mapping(values.get("feedback")).get("digest"), dict[str, str]()
    for name, part in as_mapping(values.get("teams")).items():
        if seen and name not in seen:
            yield source.mistake(("teams", name), near("no train has a team", name, seen), key=True)
        anchor, place = as_mapping(part).get("anchor"), ("teams", name, "anchor")
        yield from _anchor(names, source, anchor, place)
        weekly = isinstance(day, str) and day != "off"
        if weekly and isinstance(anchor, str) and (other := whose.setdefault(anchor, name)) != name:
            yield source.mistake(place, f"the team {other!r} has this anchor too; an item tells the week of one team (feedback.digest)")


def _said_twice(mapping: dict[str, Any], source: Source, path: KeyPath) -> Iterator[Mistake]:
    """A type, a state or a word of which two things are said: one of them would count, and nobody knows which."""
    for part, what in (("types", "type"), ("stages", "state"), ("work_class", "value")):
        seen: dict[str, str] = {}
        for meant, names in as_mapping(mapping.get(part)).items():
            for at, name in enumerate(names if isinstance(names, list) else [names]):
                if isinstance(name, str | int) and seen.setdefault(str(name).casefold(), meant) != meant:
                    where = (*path, part, meant, at) if isinstance(names, list) else (*path, part, meant)
                    yield source.mistake(where, f"the {what} {name!r} is already read as {seen[str(name).casefold()]}")


def _channels(channels: list[Any], source: Source, teams: Collection[str]) -> Iterator[Mistake]:
    """Channels of the same name, and teams that nobody has."""
    called: set[object] = set()
    for at, channel in enumerate(map(as_mapping, channels)):
        name = channel.get("name")
        if isinstance(name, str) and name in called:
            yield source.mistake(
                ("notify", at, "name"), f"another channel is called {name!r} too; who was told what could not be told apart"
            )
        called |= {name} if isinstance(name, str) else set()
        for position, team in enumerate(_listed(channel.get("teams"))):
            if teams and isinstance(team, str) and team not in teams:
                yield source.mistake(("notify", at, "teams", position), near("there is no team", team, teams))


def _unknown_waived(values: dict[str, Any], source: Source, codes: Collection[str], *, own_known: bool) -> Iterator[Mistake]:
    """
    Rules that ``feedback.waivers`` and ``feedback.unwaivable`` name and that are none: such an entry would wave nothing off.

    Not ``own_known``: rules of one's own could not all be read, and nobody knows their codes.
    """
    feedback = as_mapping(values.get("feedback"))
    named: list[tuple[KeyPath, object]] = [
        (("feedback", "waivers", at, "rule"), as_mapping(each).get("rule")) for at, each in enumerate(_listed(feedback.get("waivers")))
    ]
    named += [(("feedback", "unwaivable", at), code) for at, code in enumerate(_listed(feedback.get("unwaivable")))]
    for path, code in named:
        if isinstance(code, str) and code not in codes and (own_known or not is_own(code)):
            yield source.mistake(path, near("there is no rule", code, codes))


def _unknown_roles(values: dict[str, Any], source: Source) -> Iterator[Mistake]:
    """Roles that may command and that nobody has: nobody could."""
    feedback = as_mapping(values.get("feedback"))
    known = [ANYONE, OWNER, *as_mapping(feedback.get("roles"))]
    for verb, allowed in as_mapping(feedback.get("commands")).items():
        for at, role in enumerate(_listed(allowed)):
            if isinstance(role, str) and role not in known:
                yield source.mistake(("feedback", "commands", verb, at), near("feedback.roles has no role", role, known))


def _strange_places(values: dict[str, Any], source: Source) -> Iterator[Mistake]:
    """Where ``feedback.languages`` names a place that is none, or one for two languages."""
    organisation = as_mapping(values.get("organisation"))
    trains, trackers = as_mapping(organisation.get("trains")), [entry for _, entry in _trackers(values)]
    of_trains = [str(team) for train in trains.values() for team in _listed(as_mapping(train).get("teams"))]
    known = {
        "trackers": {str(entry.get("name")) for entry in trackers},
        "projects": {str(name) for entry in trackers for name in _listed(as_mapping(entry.get("scope")).get("projects"))},
        "trains": set(map(str, trains)),
        "teams": {*of_trains, *map(str, as_mapping(values.get("teams")))} if of_trains else set(),
    }
    spoken: dict[tuple[str, str], object] = {}
    for language, places in as_mapping(as_mapping(values.get("feedback")).get("languages")).items():
        for kind, given in as_mapping(places).items():
            for at, name in enumerate(_listed(given) if kind in known else ()):
                path = ("feedback", "languages", language, kind, at)
                called = str(name).casefold() if kind == "projects" else str(name)  # trackers write projects as they like
                names = {each.casefold() for each in known[kind]} if kind == "projects" else known[kind]
                if names and called not in names:
                    yield source.mistake(path, near(f"there is no {kind[:-1]}", str(name), known[kind]))
                elif (other := spoken.setdefault((kind, called), language)) != language:
                    yield source.mistake(path, f"the {kind[:-1]} {name!r} has the language {other} already")


def _wrong_templates(values: dict[str, Any], source: Source) -> Iterator[Mistake]:
    templates = as_mapping(as_mapping(values.get("feedback")).get("templates"))
    for path, section in ((), templates), *(((language,), as_mapping(templates.get(language))) for language in LANGUAGES):
        for name, text in section.items():
            if name in VALUES and isinstance(text, str) and len(text) <= LONGEST:
                for slip in slips(name, text):
                    words = near(slip.message, slip.word, slip.known) if slip.word else slip.message
                    yield source.mistake(("feedback", "templates", *path, name), words, offset=slip.offset)


def _registers(values: dict[str, Any], source: Source) -> Read:
    """What the files beside the trackers say; the names in them are held against those of the configuration."""
    organisation, teams = as_mapping(values.get("organisation")), as_mapping(values.get("teams"))
    trains = as_mapping(organisation.get("trains"))
    pattern, themes = as_mapping(organisation.get("intervals")).get("pattern"), organisation.get("themes")
    of_trains = [team for train in trains.values() for team in _listed(as_mapping(train).get("teams"))]
    known = Known(
        teams=frozenset(map(str, (*of_trains, *teams))) if of_trains else frozenset(),
        trains=frozenset(trains),
        value_streams=frozenset(str(stream) for train in trains.values() if (stream := as_mapping(train).get("value_stream"))),
        themes=frozenset(map(str, _listed(themes))),
        trackers=frozenset(entry["name"] for _, entry in _trackers(values) if isinstance(entry.get("name"), str)),
        interval_pattern=pattern if isinstance(pattern, str) and is_pattern(pattern) else None,
    )
    return read_registers(as_mapping(organisation.get("data")), source, ("organisation", "data"), known)


@cache
def _schema() -> Mapping[str, Any]:
    return Configuration.model_json_schema()


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _anchor(names: list[str], source: Source, anchor: object, path: KeyPath) -> Iterator[Mistake]:
    if not isinstance(anchor, str):
        return
    tracker, _, key = anchor.partition(":")
    if tracker not in names:
        yield source.mistake(path, near("an anchor is written tracker:KEY; there is no tracker", tracker, names))
    elif not key.strip():
        yield source.mistake(path, "an anchor is written tracker:KEY; the key is missing")
