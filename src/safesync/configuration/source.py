"""
YAML text as plain values that still know where they stand.

Read from the composed node tree rather than through a constructor: a constructor stops at the first
duplicate key and forgets the places of scalars, and all mistakes are wanted in one pass.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from safesync.configuration.scalar import line_and_column, place_inside
from safesync.model.errors import ConfigurationError, Mistake

_TAG = "tag:yaml.org,2002:"
_PLAIN = (f"{_TAG}map", f"{_TAG}seq")
_NO_TAG = "a word that begins with ! is a tag and means nothing here; put it in quotes if it is plain text"
KeyPath = tuple[str | int, ...]
_LONGEST_MESSAGE = 800
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

    @property
    def digest(self) -> str:
        """Twelve signs that stand for the text of the file."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()[:12]

    def place(self, path: KeyPath, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at a path (of its key when asked), else of the nearest thing above it that has a place."""
        for end in range(len(path), -1, -1):
            value = self.nodes.get(path[:end])
            # A value that was left out "begins" where the next thing does, lines below.
            at_key = key or end < len(path) or (isinstance(value, ScalarNode) and not value.value and value.style is None)
            node = (self.keys.get(path[:end]) if at_key else None) or value
            if node is not None:
                return node.start_mark.line + 1, node.start_mark.column + 1
        return 1, 1

    def mistake(self, path: KeyPath, message: str, *, key: bool = False, offset: int | None = None) -> Mistake:
        """A mistake at a value, or at the ``offset``-th character of the text that the value is."""
        node = self.nodes.get(path)
        if offset is not None and isinstance(node, ScalarNode):
            line, column = place_inside(self.text, node, offset)
        else:
            line, column = self.place(path, key=key)
        # A word of a thousand letters is pasted by mistake too, and would bury what is said about it.
        return Mistake(self.file, line, column, message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + " ...")


def read_source(path: Path) -> Source:
    """A YAML file as values with places; raises ``ConfigurationError`` when there is no such file or it is no YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ConfigurationError(f"{path}: this is a folder; name the file in it") from None
    except UnicodeDecodeError as error:
        place = line_and_column(error.object[: error.start].decode("utf-8", "replace"), error.start)
        raise ConfigurationError(Mistake(str(path), *place, "from here on this is not UTF-8 text; save the file as UTF-8")) from None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: cannot be read ({type(error).__name__})") from None
    return parse_source(str(path), text)


def parse_source(file: str, text: str) -> Source:
    """YAML text as values with places; raises ``ConfigurationError`` with the place where it stops being YAML."""
    source = Source(file, text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # YAML allows it: the later one counts from there on
            root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        # What is opened and never closed is shown where it was opened.
        opened = any(word in str(error.context) for word in ("quoted scalar", "flow"))
        mark = (error.context_mark if opened else None) or error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise ConfigurationError(Mistake(file, place[0], place[1], f"this is not YAML: {_in_words(error)}")) from None
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


def _in_words(error: MarkedYAMLError) -> str:
    """What the parser says, without quoting text: an unquoted secret may begin with a sign that means something in YAML."""
    said = f"{error.context or ''} {error.problem or ''}"
    for sign, words in _SAID.items():
        if sign in said:
            return words
    return "it cannot be read from here on; look at indentation, colons, brackets and quotes"


_SAID = {
    "\\t": "a tab stands here; indent with spaces",
    "undefined alias": "a word that begins with * means something defined with & elsewhere; put it in quotes if it is plain text",
    "cannot start any token": "this sign cannot begin a value; put the value in quotes",
    "mapping values are not allowed": "a colon stands where none can; put the value in quotes, or look at the line above",
    "could not find expected ':'": "a colon is missing after a key",
    "expected <block end>": "this line is indented unlike the ones it belongs to",
    "while scanning a quoted scalar": "a quote is opened and not closed",
    "flow sequence": "a bracket [ is opened and not closed, or a comma is missing",
    "flow mapping": "a brace { is opened and not closed, or a comma is missing; a ${...} stands in quotes here",
    "single document": "there is a second document after ---; one file is one document",
    "escape": "after a backslash inside double quotes stands a letter that means nothing; use single quotes",
    "while scanning a tag": "a word that begins with ! is a tag; put it in quotes if it is plain text",
    "tag handle": "a word that begins with ! is a tag; put it in quotes if it is plain text",
    "while scanning an alias": "a word that begins with * is an alias; put it in quotes if it is plain text",
    "while scanning an anchor": "a word that begins with & is an anchor; put it in quotes if it is plain text",
    "block scalar": "after | or > stands nothing but a number or a sign; the text begins in the next line",
}
"""By what the parser says; the first that fits."""


def _place_of_reader_error(text: str, error: Exception) -> tuple[int, int]:
    position = getattr(error, "position", None)
    return line_and_column(text, position) if isinstance(position, int) else (1, 1)


def _first_line(error: Exception) -> str:
    if getattr(error, "reason", None) == "special characters are not allowed":
        return "a control character stands here"
    return "it cannot be read from here on"


class _Reader:
    """Turns nodes into values and notes where each stands; goes on after a mistake."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._count = 0

    def value(self, node: Node, path: KeyPath, above: tuple[int, ...]) -> Any:
        self._counted(node)
        if id(node) in above:
            self._say(node, "this alias contains itself")
            return None
        self._source.nodes[path] = node
        if not isinstance(node, ScalarNode) and node.tag not in _PLAIN:
            self._say(node, _NO_TAG)
        if isinstance(node, MappingNode):
            return self._mapping(node, path, (*above, id(node)))
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, at), (*above, id(node))) for at, child in enumerate(node.value)]
        return self._scalar(node) if isinstance(node, ScalarNode) else None

    def _counted(self, node: Node) -> None:
        self._count += 1
        if self._count > _MOST_NODES:
            raise ConfigurationError(Mistake(self._source.file, *_start(node), "the aliases in this file stand for too many values"))

    def _mapping(self, node: MappingNode, path: KeyPath, above: tuple[int, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        self._into(result, node, path, above)
        return result

    def _into(self, result: dict[str, Any], node: MappingNode, path: KeyPath, above: tuple[int, ...]) -> None:
        """What a mapping says beyond ``result``: its own words first, then those of the mappings that it is merged with."""
        merged: list[Node] = []
        said: dict[str, Node] = {}
        for key_node, value_node in node.value:
            if key_node.tag == f"{_TAG}merge":
                merged += value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                continue
            if not isinstance(key_node, ScalarNode):
                self._say(key_node, "a key must be a plain word")
                continue
            key = str(key_node.value)
            if (first := said.setdefault(key, key_node)) is not key_node:
                line = first.start_mark.line + 1
                self._say(key_node, f"the key {key!r} stands here twice (first in line {line}); only one of them could count")
            elif key not in result:
                self._source.keys[*path, key] = key_node
                result[key] = self.value(value_node, (*path, key), above)
        for base in merged:
            if not isinstance(base, MappingNode):
                self._say(base, "only a mapping can be merged with <<")
            elif id(base) in above:
                self._say(base, "this alias contains itself")
            else:
                self._counted(base)
                self._into(result, base, path, (*above, id(base)))

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
            self._say(node, _NO_TAG)
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


def as_mapping(value: object) -> dict[str, Any]:
    """A plain value where a mapping belongs; empty for any other, which is told as a mistake elsewhere."""
    return value if isinstance(value, dict) else {}
