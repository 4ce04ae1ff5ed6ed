"""Reading a configuration: every mistake in one pass, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safesync.configuration import presets
from safesync.configuration.model import Configuration
from safesync.configuration.rules import rule_settings
from safesync.configuration.secrets import SecretMissingError, resolve
from safesync.configuration.source import KeyPath, Source, parse_source, read_source
from safesync.configuration.words import mistakes_of, near
from safesync.model.errors import ConfigurationError, Mistake
from safesync.rules.rule import RuleSetting


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration with the text it came from, so that later checks can still name places."""

    configuration: Configuration
    rules: tuple[RuleSetting, ...]
    source: Source


def read_configuration(path: Path, *, secrets: bool = True) -> Loaded:
    """
    The configuration in a file; raises ``ConfigurationError`` with all its mistakes.

    Without ``secrets``, references to them are left unresolved: enough to look at rules, not to speak to a tracker.
    """
    return _load(read_source(path), secrets=secrets)


def parse_configuration(text: str, *, file: str = "safesync.yaml", secrets: bool = True) -> Loaded:
    """The configuration in a text, as ``read_configuration``."""
    return _load(parse_source(file, text), secrets=secrets)


def _load(source: Source, *, secrets: bool) -> Loaded:
    mistakes: list[Mistake | str] = list(source.mistakes)
    if not isinstance(source.values, dict):
        raise ConfigurationError(source.mistake((), "the file must be a mapping with the keys version, trackers, rules ..."))
    values = _with_presets(source, mistakes)
    if secrets:
        values = _with_secrets(values, source, mistakes)
    mistakes += _cross_checks(values, source)
    rules, wrong = rule_settings(values, source)
    mistakes += wrong
    try:
        configuration = Configuration.model_validate(values)
    except ValidationError as error:
        mistakes += mistakes_of(error, source, Configuration.model_json_schema())
        raise ConfigurationError(*_in_order(mistakes)) from None
    if mistakes:
        raise ConfigurationError(*_in_order(mistakes))
    return Loaded(configuration, rules, source)


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
    changed = {}
    for at, entry in _trackers(source.values):
        mapping = _mapping(entry.get("mapping"))
        preset = mapping.get("preset")
        if preset in presets.names():
            changed[at] = {**entry, "mapping": presets.over_preset(mapping, preset)}
        elif isinstance(preset, str):
            known = ", ".join(presets.names())
            mistakes.append(
                source.mistake(
                    ("trackers", at, "mapping", "preset"), near("there is no preset", preset, presets.names()) + f"; there are {known}"
                )
            )
    return _with_trackers(source.values, changed)


def _with_secrets(values: dict[str, Any], source: Source, mistakes: list[Mistake | str]) -> dict[str, Any]:
    """References are resolved where secrets belong, and nowhere else: a remedy that names one would end up in a comment."""

    def resolved(text: object, path: KeyPath) -> object:
        try:
            return resolve(text) if isinstance(text, str) else text
        except SecretMissingError as error:
            mistakes.append(source.mistake(path, str(error)))
            return "unresolved"

    changed = {
        at: {**entry, "auth": {key: resolved(value, ("trackers", at, "auth", key)) for key, value in entry["auth"].items()}}
        for at, entry in _trackers(values)
        if isinstance(entry.get("auth"), dict)
    }
    store = {"store": resolved(values["store"], ("store",))} if "store" in values else {}
    return {**_with_trackers(values, changed), **store}


def _cross_checks(values: dict[str, Any], source: Source) -> Iterator[Mistake]:
    """What no single value can tell; on plain values, so that it is told in the same pass as everything else."""
    names: list[str] = []
    for at, entry in _trackers(values):
        if (name := str(entry.get("name"))) in names:
            yield source.mistake(("trackers", at, "name"), f"another tracker is called {name!r} too; their items could not be told apart")
        names.append(name)
    trains = _mapping(_mapping(values.get("organisation")).get("trains"))
    seen: dict[str, str] = {}
    for name, train in trains.items():
        teams = _mapping(train).get("teams")
        for at, team in enumerate(teams if isinstance(teams, list) else ()):
            if team in seen:
                path = ("organisation", "trains", name, "teams", at)
                yield source.mistake(path, f"the team {team!r} is already in the train {seen[team]!r}; a team belongs to one train")
            seen.setdefault(str(team), name)
        yield from _anchor(names, source, _mapping(train).get("anchor"), ("organisation", "trains", name, "anchor"))
    for name, part in _mapping(values.get("teams")).items():
        if seen and name not in seen:
            yield source.mistake(("teams", name), near("no train has a team", name, seen), key=True)
        yield from _anchor(names, source, _mapping(part).get("anchor"), ("teams", name, "anchor"))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _anchor(names: list[str], source: Source, anchor: object, path: KeyPath) -> Iterator[Mistake]:
    if isinstance(anchor, str) and anchor.split(":", maxsplit=1)[0] not in names:
        tracker = anchor.split(":", maxsplit=1)[0]
        yield source.mistake(path, near("an anchor is written tracker:KEY; there is no tracker", tracker, names))
