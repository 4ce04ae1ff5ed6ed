"""Packs of rules: the shipped ones, and files of the administrator's own that ``extends`` names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from safesync.configuration.source import KeyPath, Source, parse_source, read_source
from safesync.model.errors import ConfigurationError, Mistake


@cache
def _shipped(name: str) -> Mapping[str, Any]:
    text = files("safesync.rules").joinpath("packs", f"{name}.yaml").read_text(encoding="utf-8")
    values: Mapping[str, Any] = parse_source(name, text).values
    return values


def shipped_names() -> tuple[str, ...]:
    """Names of the shipped packs."""
    folder = files("safesync.rules").joinpath("packs")
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@dataclass(slots=True)
class Packs:
    """All packs that a section can reach, by the name that ``extends`` gives them, and the sources of those that are files."""

    sections: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    mistakes: list[Mistake | str] = field(default_factory=list)


def reachable_packs(sections: Iterable[tuple[Mapping[str, Any], KeyPath]], source: Source) -> Packs:
    """The shipped packs, and every file that a section (with the keys that lead to it) extends, directly or through another file."""
    packs = Packs({name: _shipped(name) for name in shipped_names()})
    for section, path in sections:
        _follow(packs, section, source, path)
    return packs


def _follow(packs: Packs, section: Mapping[str, Any], source: Source, below: KeyPath) -> None:
    extends = section.get("extends", ())
    for at, name in enumerate(extends if isinstance(extends, list) else [extends] if isinstance(extends, str) else ()):
        if not isinstance(name, str) or name in packs.sections or not name.endswith((".yaml", ".yml")):
            continue
        try:
            read = read_source(Path(source.file).parent / name)
        except ConfigurationError as error:
            for mistake in error.mistakes:
                packs.mistakes.append(source.mistake((*below, "extends", at), mistake) if isinstance(mistake, str) else mistake)
            packs.sections[name] = {}
            continue
        packs.mistakes += read.mistakes
        if not isinstance(read.values, dict):
            packs.mistakes.append(read.mistake((), "a pack is a mapping of rule codes"))
        packs.sections[name] = read.values if isinstance(read.values, dict) else {}
        packs.sources[name] = read
        _follow(packs, packs.sections[name], read, ())
