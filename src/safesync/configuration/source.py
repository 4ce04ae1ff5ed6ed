"""
YAML text as plain values that still know where they stand.

Read from the composed node tree rather than through a constructor: a constructor stops at the first
duplicate key and forgets the places of scalars, and all mistakes are wanted in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from safesync.model.errors import ConfigurationError, Mistake

_TAG = "tag:yaml.org,2002:"
KeyPath = tuple[str | int, ...]
_MOST_NODES = 200_000
"""An alias of an alias of an alias can stand for billions of values in one line of text."""


@dataclass(slots=True)
class Source:
    """One YAML file: its values, and the node that each of them was read from."""

    file: str
    text: str
    values: Any = None
    nodes: dict[KeyPath, Node] = field(default_factory=dict)
    keys: dict[KeyPath, Node] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def place(self, path: KeyPath, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at a path (of its key when asked), else of the nearest thing above it that has a place."""
        for end in range(len(path), -1, -1):
            node = (self.keys.get(path[:end]) if key or end < len(path) else None) or self.nodes.get(path[:end])
            if node is not None:
                return node.start_mark.line + 1, node.start_mark.column + 1
        return 1, 1

    def mistake(self, path: KeyPath, message: str, *, key: bool = False, offset: int | None = None) -> Mistake:
        """A mistake at a value, or at the ``offset``-th character of the text that the value is."""
        node = self.nodes.get(path)
        if offset is not None and isinstance(node, ScalarNode):
            line, column = _place_inside(self.text, node, offset)
        else:
            line, column = self.place(path, key=key)
        return Mistake(self.file, line, column, message)


def read_source(path: Path) -> Source:
    """A YAML file as values with places; raises ``ConfigurationError`` when there is no such file or it is no YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file; write one, or name another with --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read as UTF-8 text: {type(error).__name__}") from None
    return parse_source(str(path), text)


def parse_source(file: str, text: str) -> Source:
    """YAML text as values with places; raises ``ConfigurationError`` with the place where it stops being YAML."""
    source = Source(file, text)
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise ConfigurationError(Mistake(file, place[0], place[1], f"this is not YAML: {error.problem or error.context}")) from None
    except (YAMLError, ValueError) as error:  # characters that YAML forbids, a broken escape
        raise ConfigurationError(Mistake(file, *_place_of_reader_error(text, error), f"this is not YAML: {_first_line(error)}")) from None
    except RecursionError:
        raise ConfigurationError(Mistake(file, 1, 1, "this is nested too deeply")) from None
    if root is None:
        raise ConfigurationError(Mistake(file, 1, 1, "the file is empty"))
    try:
        source.values = _Reader(source).value(root, (), ())
    except RecursionError:
        raise ConfigurationError(Mistake(file, 1, 1, "this is nested too deeply")) from None
    return source


def _place_of_reader_error(text: str, error: Exception) -> tuple[int, int]:
    position = getattr(error, "position", None)
    return _line_and_column(text, position) if isinstance(position, int) else (1, 1)


def _first_line(error: Exception) -> str:
    reason = getattr(error, "reason", None)
    return str(reason or error).splitlines()[0] if str(reason or error) else type(error).__name__


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


class _Reader:
    """Turns nodes into values and notes where each stands; goes on after a mistake."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._count = 0

    def value(self, node: Node, path: KeyPath, above: tuple[int, ...]) -> Any:
        self._count += 1
        if self._count > _MOST_NODES:
            raise ConfigurationError(Mistake(self._source.file, *_start(node), "the aliases in this file stand for too many values"))
        if id(node) in above:
            self._say(node, "this alias contains itself")
            return None
        self._source.nodes[path] = node
        if isinstance(node, MappingNode):
            return self._mapping(node, path, (*above, id(node)))
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, at), (*above, id(node))) for at, child in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, ScalarNode) else None

    def _mapping(self, node: MappingNode, path: KeyPath, above: tuple[int, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: list[Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == f"{_TAG}merge":
                merged += value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                continue
            if not isinstance(key_node, ScalarNode):
                self._say(key_node, "a key must be a plain word")
                continue
            key = str(key_node.value)
            if key in result:
                first = self._source.keys[*path, key].start_mark.line + 1
                self._say(key_node, f"the key {key!r} stands here twice (first in line {first}); only one of them could count")
                continue
            self._source.keys[*path, key] = key_node
            result[key] = self.value(value_node, (*path, key), above)
        for base in merged:
            for key, value in self._merged(base, path, above):
                result.setdefault(key, value)
        return result

    def _merged(self, base: Node, path: KeyPath, above: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
        if not isinstance(base, MappingNode):
            self._say(base, "only a mapping can be merged with <<")
            return
        yield from self.value(base, (*path, "<<"), above).items()

    def _scalar(self, node: ScalarNode) -> Any:
        kind, text = str(node.tag).removeprefix(_TAG), str(node.value)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind in {"int", "float"}:
            try:
                return _number(kind, text)
            except ValueError:
                return text
        if kind not in {"str", "timestamp"}:
            self._say(node, f"the tag !{kind} means nothing here")
        return text

    def _say(self, node: Node, message: str) -> None:
        self._source.mistakes.append(Mistake(self._source.file, *_start(node), message))


def _start(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _number(kind: str, text: str) -> int | float:
    plain = text.replace("_", "")
    if kind == "float":
        return float(re.sub(r"^([+-]?)\.(inf|nan)$", r"\1\2", plain, flags=re.IGNORECASE))
    return int(plain, 0) if re.match(r"[+-]?0[xob]", plain) else int(plain)


def _place_inside(text: str, node: ScalarNode, offset: int) -> tuple[int, int]:
    """Where the ``offset``-th character of a scalar's value stands in the file; the scalar's start when the notation folds it."""
    start = node.start_mark.index
    raw = text[start : node.end_mark.index]
    if node.style == "|":
        return _place_in_block(text, node, offset)
    if "\n" in raw.rstrip() or node.style == ">":
        return _start(node)
    if node.style == "'":
        for at, character in enumerate(str(node.value)):
            if at == offset:
                break
            start += 2 if character == "'" else 1
        return _line_and_column(text, start + 1)
    if node.style == '"' and "\\" in raw:
        return _start(node)
    return _line_and_column(text, start + offset + (1 if node.style else 0))


def _place_in_block(text: str, node: ScalarNode, offset: int) -> tuple[int, int]:
    before = str(node.value)[:offset]
    line = node.start_mark.line + 1 + before.count("\n")
    lines = text.split("\n")
    first = next((row for row in lines[node.start_mark.line + 1 :] if row.strip()), "")
    indent = len(first) - len(first.lstrip(" "))
    return line + 1, indent + offset - (before.rfind("\n") + 1) + 1
