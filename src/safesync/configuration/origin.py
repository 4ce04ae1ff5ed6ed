"""Where a setting was said: a line of the administrator's own, a pack, a preset, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ruamel.yaml.nodes import MappingNode

from safesync.configuration import presets
from safesync.configuration.packs import Packs, name_at
from safesync.configuration.source import KeyPath, Source


class Said(StrEnum):
    """Who said it."""

    FILE = "file"
    PACK = "pack"
    PRESET = "preset"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Where a setting comes from.

    ``name`` is the file, the pack or the preset; ``line`` and ``column`` stand in a file, or say where the pack or
    preset was asked for, and are 0 where nobody asked.
    """

    said: Said
    name: str = ""
    line: int = 0
    column: int = 0
    asked_in: str = ""
    """The file that asks for the pack or preset."""

    def __str__(self) -> str:
        match self.said:
            case Said.FILE:
                return f"{self.name}:{self.line}"
            case Said.DEFAULT:
                return "default"
            case _:
                return f"{self.said.value} {self.name}" + (f", {self.asked_in}:{self.line}" if self.line else "")


DEFAULT = Origin(Said.DEFAULT)


def of_setting(path: KeyPath, source: Source) -> Origin:
    """Where the value at a path of the effective configuration was said."""
    at: KeyPath = ()
    for step in path:
        if (*at, step) in source.nodes:
            at = (*at, step)
        elif isinstance(source.nodes.get(at), MappingNode) and not isinstance(step, int):
            return _of_preset(path, source)
        elif not isinstance(step, int):
            break  # a short form, such as a name where a mapping could stand: it stands here
        # else one thing written without the brackets of a list
    return _here(source, at) if at else DEFAULT


def of_rule(path: KeyPath | None, source: Source, packs: Packs) -> Origin:
    """Where the part of a rule's setting at a path was said; the path may lead through packs, and ``None`` leads nowhere."""
    if path is None:
        return DEFAULT
    where, below, asked = source, path, DEFAULT
    while "extends" in below and len(below) > below.index("extends") + 1:
        at = below.index("extends") + 2
        name = name_at(below[:at], where)
        if name in packs.sources:
            where, below = packs.sources[name], below[at:]
            continue
        line, column = where.place(below[:at])
        known = below[:at] in where.nodes or below[: at - 1] in where.nodes
        asked = Origin(Said.PACK, name, line if known else 0, column if known else 0, where.file)
        return _within(asked, name, below[at:], packs)
    return _here(where, below)


def _within(asked: Origin, name: str, below: KeyPath, packs: Packs) -> Origin:
    """A shipped pack may build on another one: named is the one that says it, and placed where the first was asked for."""
    while below[:1] == ("extends",) and len(below) > 1:
        extended = packs.sections.get(name, {}).get("extends", [])
        name, below = str([extended] if isinstance(extended, str) else extended[int(below[1])]), below[2:]
    return Origin(Said.PACK, name, asked.line, asked.column, asked.asked_in)


def _here(source: Source, path: KeyPath) -> Origin:
    line, column = source.place(path)
    return Origin(Said.FILE, source.file, line, column)


def _of_preset(path: KeyPath, source: Source) -> Origin:
    """Below the mapping of a tracker a preset may say what the file does not."""
    if path[:1] != ("trackers",) or path[2:3] != ("mapping",) or len(path) < 4:
        return DEFAULT
    above = path[:3]
    name = _value(source, (*above, "preset"))
    known: Any = presets.values(name) if name in presets.names() else {}
    for step in path[3:5]:
        known = known.get(step) if isinstance(known, dict) else known
    if known is not None and name:
        line, column = source.place((*above, "preset"))
        return Origin(Said.PRESET, name, line, column, source.file)
    pattern = ("organisation", "intervals", "pattern")
    return _here(source, pattern) if path[3:] == ("interval_pattern",) and pattern in source.nodes else DEFAULT


def _value(source: Source, path: KeyPath) -> str:
    return str(getattr(source.nodes.get(path), "value", ""))
