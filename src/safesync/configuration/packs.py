"""Packs of rules: the shipped ones, and files of the administrator's own that ``extends`` names."""

from __future__ import annotations

import os.path
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
    """All packs that a section can reach, by their ``pack_name``, and the sources of those that are files."""

    sections: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    mistakes: list[Mistake | str] = field(default_factory=list)


_FILES = (".yaml", ".yml")


def pack_name(name: str, source: Source) -> str:
    """What a pack is called that ``extends`` names in a source: of a file, which stands beside the one that names it, its whole path."""
    # Links are not followed: Kubernetes mounts each file of a folder as one, and people know the name that they gave it.
    return os.path.abspath(_folder(source) / name) if name.endswith(_FILES) else name  # noqa: PTH100


def _folder(source: Source) -> Path:
    return Path(source.file).parent


def name_at(path: KeyPath, source: Source) -> str:
    """The pack that stands at a path, also where one pack is named without brackets; the default one where none is named."""
    value = getattr(source.nodes.get(path) or source.nodes.get(path[:-1]), "value", None)
    return pack_name(value, source) if isinstance(value, str) else "default"


def with_pack_names(section: Mapping[str, Any], source: Source) -> Mapping[str, Any]:
    """A section in which packs are called by their ``pack_name``, wherever it stands."""
    extends = section.get("extends", ())
    named = extends if isinstance(extends, list) else [extends] if isinstance(extends, str) else []
    return {**section, "extends": [pack_name(each, source) if isinstance(each, str) else each for each in named]} if named else section


def reachable_packs(sections: Iterable[tuple[Mapping[str, Any], KeyPath]], source: Source) -> Packs:
    """
    The shipped packs, and every file that a section (with the keys that lead to it) extends, directly or through another file.

    The sections are those that ``with_pack_names`` made.
    """
    packs = Packs({name: _shipped(name) for name in shipped_names()})
    for section, path in sections:
        _follow(packs, section, source, path)
    return packs


def _follow(packs: Packs, section: Mapping[str, Any], source: Source, below: KeyPath) -> None:
    for at, name in enumerate(section.get("extends") or ()):
        if not isinstance(name, str) or name in packs.sections or not name.endswith(_FILES):
            continue
        try:
            read = read_source(_folder(source) / os.path.relpath(name, _folder(source)))
        except ConfigurationError as error:
            for mistake in error.mistakes:
                packs.mistakes.append(source.mistake((*below, "extends", at), mistake) if isinstance(mistake, str) else mistake)
            packs.sections[name] = {}
            continue
        packs.mistakes += read.mistakes
        if not isinstance(read.values, dict):
            packs.mistakes.append(read.mistake((), "a pack is a mapping of rule codes"))
        packs.sections[name] = with_pack_names(read.values, read) if isinstance(read.values, dict) else {}
        packs.sources[name] = read
        _follow(packs, packs.sections[name], read, ())
