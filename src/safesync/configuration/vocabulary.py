"""
What types, states, fields and classes of work are called, in the languages in which trackers are set up.

Only for proposing a mapping: a proposal is looked at by a person, and judged by what the sample holds. The words are data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, cast

from safesync.configuration.source import parse_source
from safesync.connectors.mapping import FieldName
from safesync.model.item import Kind, Relation, Stage, WorkClass

_SHORTEST_INSIDE = 8


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = parse_source("vocabulary", files(__package__).joinpath("vocabulary.yaml").read_text(encoding="utf-8")).values
    return found


def fields() -> Mapping[FieldName, tuple[str, ...]]:
    """Names of fields, by what we call them."""
    return {cast("FieldName", name): tuple(words) for name, words in _words()["fields"].items()}


def links() -> Mapping[Relation, tuple[str, ...]]:
    """The words that an item shows beside a link, by what the link means to it."""
    return {Relation(relation): tuple(words) for relation, words in _words()["links"].items()}


def types() -> Mapping[Kind, tuple[str, ...]]:
    """Names of types; Epic is not among them: what it is depends on what else there is."""
    return {Kind(kind): tuple(words) for kind, words in _words()["types"].items()}


def stages() -> Mapping[Stage, tuple[str, ...]]:
    """Names of states whose category does not say how far an item is; a state that stands nowhere follows its category."""
    return {Stage(stage): tuple(words) for stage, words in _words()["stages"].items()}


def classes() -> Mapping[WorkClass, tuple[str, ...]]:
    """Names of classes of work."""
    return {WorkClass(each): tuple(words) for each, words in _words()["classes"].items()}


def folded(name: str) -> str:
    """A name as it is compared: one space between words, no signs, no case."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", " ", re.sub("['\u2019]", "", plain)).strip()


def meant(names: Iterable[str], words: Iterable[str]) -> bool:
    """Whether one of the names is one of the words."""
    known = {folded(word) for word in words}
    return any(folded(name) in known for name in names)


def speaks(names: Iterable[str], words: Iterable[str]) -> bool:
    """Whether one of the words, if it is long enough to mean something, stands inside one of the names."""
    padded = [f" {folded(name)} " for name in names]
    long = [folded(word) for word in words if len(folded(word)) >= _SHORTEST_INSIDE or not folded(word).isascii()]
    return any(f" {word} " in name for word in long for name in padded)
