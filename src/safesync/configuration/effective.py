"""The whole configuration as it holds, value by value, each with where it was said; a secret is never among the values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, SecretStr

from safesync.configuration.origin import DEFAULT, Origin, of_rule, of_setting
from safesync.configuration.read import Loaded
from safesync.configuration.secrets import SecretMissingError, references
from safesync.configuration.source import KeyPath, Source
from safesync.connectors.mapping import FieldChoice
from safesync.feedback.templates import PhrasesPart
from safesync.model.finding import Rollout, Severity
from safesync.model.item import Gate, Item
from safesync.rules.judgement import severity_by_gate
from safesync.rules.rule import RuleSetting, Slice
from safesync.rules.settings import Silence

HIDDEN = "(hidden)"
_PASSWORD = re.compile(r"(?P<before>://[^/@\s]*?):[^/@\s]*@")
_OF_RULES = frozenset({"rules"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One value, the keys that lead to it, and where it was said."""

    path: KeyPath
    value: object
    origin: Origin

    @property
    def written(self) -> str:
        """The path as a person writes it: ``trackers.0.mapping.points``."""
        return ".".join(map(str, self.path))


def settings(loaded: Loaded) -> Iterator[Setting]:
    """Every value of the configuration but those of rules, in the order in which the parts are documented."""
    for name in type(loaded.configuration).model_fields:
        if name not in _OF_RULES:
            for path, value in _leaves((name,), getattr(loaded.configuration, name)):
                yield Setting(path, _shown(path, value, loaded.source), of_setting(path, loaded.source))


def silenced(each: Silence, loaded: Loaded) -> Setting:
    """That a rule was switched off, for everybody or for a part of the backlog."""
    return Setting((*_above(each.where), each.rule.code), "off", of_rule(each.place, loaded.source, loaded.packs))


def silent_rules(loaded: Loaded) -> Iterator[Setting]:
    """What judges nothing: switched off, or in no pack that is extended and not named."""
    yield from (silenced(each, loaded) for each in loaded.silences)
    named = {each.rule.code for each in loaded.rules} | {each.rule.code for each in loaded.silences}
    yield from (Setting(("rules", code), "off", DEFAULT) for code in loaded.catalogue if code not in named)


def silences_of(item: Item, loaded: Loaded) -> Iterator[Silence]:
    """The rules that would judge an item, had nobody switched them off for it."""
    return (each for each in loaded.silences if item.kind in each.rule.kinds and is_for(each.where, item, loaded))


def is_for(where: tuple[Slice, ...], item: Item, loaded: Loaded) -> bool:
    """Whether an item belongs to the part of the backlog that something is said for."""
    of_team = loaded.configuration.as_organisation().train_of(item.team)
    train = item.train or (of_team.name if of_team else None)
    values = {"tracker": item.tracker, "train": train, "team": item.team, "kind": item.kind.value, "native_type": item.native_type}
    return not where or any(each.holds(values) for each in where)


def _above(where: tuple[Slice, ...]) -> tuple[str, ...]:
    slices = ", or ".join(filter(None, map(str, where)))
    return (f"rules ({slices})",) if slices else ("rules",)


def settings_of_rule(setting: RuleSetting, loaded: Loaded) -> Iterator[Setting]:
    """Every value of one rule's setting; paths begin with its code, and with the part of the backlog where the setting is for one alone."""
    rule, places = setting.rule, setting.places
    above = _above(setting.where)

    def told(part: tuple[str, ...], value: object) -> Setting:
        return Setting((*above, rule.code, *part), value, origin_of(setting, part, loaded))

    yield Setting((*above, rule.code), rule.name, of_rule(places.get(()), loaded.source, loaded.packs) if () in places else DEFAULT)
    severity = setting.severity if setting.severity is not None else rule.severity
    if isinstance(severity, Severity):
        yield told(("severity",), severity.value)
    else:
        for gate, each in zip(Gate, severity_by_gate(severity), strict=True):
            yield Setting((*above, rule.code, "severity", gate.value), each.value, origin_of_severity(setting, gate, loaded))
    yield told(("for",), rule.group.value if rule.group else [kind.value for kind in setting.kinds or rule.kinds])
    yield told(("when",), rule.when)
    yield told(("flaw",), rule.flaw)
    yield told(("exclude",), setting.exclude)
    yield told(("stage",), setting.rollout.value)
    if setting.rollout is Rollout.ESCALATE:
        yield told(("after_days",), setting.after_days)
    if rule.eased:
        yield told(("margin",), setting.margin)
    for language, text in setting.remedy.items():
        yield told(("remedy", language) if language else ("remedy",), text)
    for name, value in setting.options.model_dump(mode="json").items():
        yield told(("options", name), sorted(value) if isinstance(value, (set, frozenset)) else value)


def origin_of(setting: RuleSetting, part: tuple[str, ...], loaded: Loaded) -> Origin:
    """Where a part of a rule's setting was said: by the administrator, by a pack, or by the rule itself."""
    place = setting.places.get(("kinds",) if part == ("for",) else part) or setting.places.get(part)
    return of_rule(place, loaded.source, loaded.packs)


def origin_of_severity(setting: RuleSetting, gate: Gate | None, loaded: Loaded) -> Origin:
    """Where the severity at a gate was said: by the word for all gates, or for the highest named one that is reached."""
    severity = setting.severity if setting.severity is not None else setting.rule.severity
    if gate is None or isinstance(severity, Severity):
        return of_rule(setting.places.get(("severity",)), loaded.source, loaded.packs)
    gates = tuple(Gate)
    named = [each for each in gates[: gates.index(gate) + 1] if each in severity]
    return of_rule(setting.places.get(("severity", named[-1].value)) if named else None, loaded.source, loaded.packs)


def _leaves(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, FieldChoice):
        yield path, value.model_dump(by_alias=True, exclude_none=True)
    elif isinstance(value, PhrasesPart):  # of the many parts of a comment only those that somebody worded
        named = {name: getattr(value, name) for name in type(value).model_fields if name in value.model_fields_set}
        yield from (leaf for name, each in named.items() for leaf in _leaves((*path, name), each)) if named else ((path, {}),)
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _leaves((*path, field.alias or name), getattr(value, name))
    elif isinstance(value, Mapping) and value:
        for key, each in value.items():
            yield from _leaves((*path, str(getattr(key, "value", key))), each)
    elif isinstance(value, tuple | list) and any(isinstance(each, (BaseModel, Mapping)) for each in value):
        for at, each in enumerate(value):
            yield from _leaves((*path, at), each)
    else:
        yield path, value


def _shown(path: KeyPath, value: object, source: Source) -> object:
    if isinstance(value, SecretStr):
        return _reference(path, source)
    if path == ("store",):
        given = _given(path, source)
        return _PASSWORD.sub(r"\g<before>:" + HIDDEN + "@", given if isinstance(given, str) else str(value))
    if isinstance(value, tuple | frozenset | set):
        return [_plain(each) for each in value]
    return _plain(value)


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float | str):
        return getattr(value, "value", value)
    return dict(value) if isinstance(value, Mapping) else str(value)


def _reference(path: KeyPath, source: Source) -> str:
    """A secret as the file refers to it; one that stands in the file itself is not shown."""
    given = _given(path, source)
    try:
        return given if isinstance(given, str) and references(given) else HIDDEN
    except SecretMissingError:
        return HIDDEN


def _given(path: KeyPath, source: Source) -> object:
    value: Any = source.values
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
