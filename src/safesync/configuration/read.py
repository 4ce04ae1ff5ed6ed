"""Reading a configuration: every mistake in one pass, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from safesync.configuration import presets
from safesync.configuration.model import Configuration
from safesync.configuration.secrets import SecretMissingError, resolve
from safesync.configuration.source import KeyPath, Source, parse_source, read_source
from safesync.configuration.words import mistakes_of, near
from safesync.model.errors import ConfigurationError, Mistake

_SCHEMA = Configuration.model_json_schema


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration with the text it came from, so that later checks can still name places."""

    configuration: Configuration
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
    mistakes = list(source.mistakes)
    if not isinstance(source.values, dict):
        raise ConfigurationError(source.mistake((), "the file must be a mapping with the keys version, trackers, rules ..."))
    values = _with_presets(source, mistakes)
    if secrets:
        values = _with_secrets(values, source, mistakes)
    try:
        configuration = Configuration.model_validate(values)
    except ValidationError as error:
        mistakes += mistakes_of(error, source, _SCHEMA())
        raise ConfigurationError(*_in_order(mistakes)) from None
    mistakes += _cross_checks(configuration, source)
    if mistakes:
        raise ConfigurationError(*_in_order(mistakes))
    return Loaded(configuration, source)


def _in_order(mistakes: list[Mistake]) -> list[Mistake]:
    return sorted(set(mistakes), key=lambda mistake: (mistake.file, mistake.line, mistake.column, mistake.message))


def _trackers(values: dict[str, Any]) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    entries = values.get("trackers")
    for at, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict):
            yield ("trackers", at), entry


def _with_presets(source: Source, mistakes: list[Mistake]) -> dict[str, Any]:
    values = dict(source.values)
    trackers = list(values["trackers"]) if isinstance(values.get("trackers"), list) else values.get("trackers")
    for (_, at), entry in _trackers(values):
        mapping = entry.get("mapping")
        preset = mapping.get("preset") if isinstance(mapping, dict) else None
        if not isinstance(mapping, dict) or not isinstance(preset, str):
            continue
        if preset not in presets.names():
            path = ("trackers", at, "mapping", "preset")
            mistakes.append(source.mistake(path, near("there is no preset", preset, presets.names()) + f"; there are {', '.join(presets.names())}"))
            continue
        trackers[at] = {**entry, "mapping": presets.over_preset(mapping, preset)}
    return {**values, "trackers": trackers} if "trackers" in values else values


def _with_secrets(values: dict[str, Any], source: Source, mistakes: list[Mistake]) -> dict[str, Any]:
    """References are resolved where secrets belong, and nowhere else: a remedy that names one would end up in a comment."""

    def resolved(text: object, path: KeyPath) -> object:
        try:
            return resolve(text) if isinstance(text, str) else text
        except SecretMissingError as error:
            mistakes.append(source.mistake(path, str(error)))
            return "unresolved"

    trackers = values.get("trackers")
    for path, entry in _trackers(values):
        if isinstance(auth := entry.get("auth"), dict):
            auth = {key: resolved(value, (*path, "auth", key)) for key, value in auth.items()}
            trackers = [({**entry, "auth": auth} if at == path[1] else other) for at, other in enumerate(trackers or ())]
    changed = {"trackers": trackers} if "trackers" in values else {}
    if "store" in values:
        changed["store"] = resolved(values["store"], ("store",))
    return {**values, **changed}


def _cross_checks(configuration: Configuration, source: Source) -> Iterator[Mistake]:
    """What no single value can tell: teams in two trains, anchors in trackers that are not there."""
    seen: dict[str, str] = {}
    for name, train in configuration.organisation.trains.items():
        for at, team in enumerate(train.teams):
            path = ("organisation", "trains", name, "teams", at)
            if team in seen:
                yield source.mistake(path, f"the team {team!r} is already in the train {seen[team]!r}; a team belongs to one train")
            seen.setdefault(team, name)
        yield from _anchor(configuration, source, train.anchor, ("organisation", "trains", name, "anchor"))
    for name, part in configuration.teams.items():
        if seen and name not in seen:
            yield source.mistake(("teams", name), near("no train has a team", name, seen), key=True)
        yield from _anchor(configuration, source, part.anchor, ("teams", name, "anchor"))


def _anchor(configuration: Configuration, source: Source, anchor: str | None, path: KeyPath) -> Iterator[Mistake]:
    names = [tracker.name for tracker in configuration.trackers]
    if anchor is not None and anchor.split(":")[0] not in names:
        yield source.mistake(path, near("an anchor is written tracker:KEY; there is no tracker", anchor.split(":")[0], names))
