"""Truths where numbers belong, and numbers where truths do: YAML and pydantic would take each for the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from safesync.configuration.schema import json_schema
from safesync.configuration.source import KeyPath, Source
from safesync.model.errors import Mistake
from safesync.rules.catalog import shipped


def truths_and_numbers(values: object, source: Source, path: KeyPath = (), *, only_numbers: bool = False) -> Iterator[Mistake]:
    """
    ``members: true`` would be read as 1, and so would ``targets: {default: {feature: true}}``, below which there are only numbers.

    And ``count_children: 1`` as true, where somebody may have meant a number of children.
    """
    numbers, truths = _keys_of("integer", "number"), _keys_of("boolean")
    entries = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for key, value in entries:
        if value is True or value is False:
            if key in numbers or only_numbers:
                yield source.mistake((*path, key), "must be a number")
        elif isinstance(value, int | float):
            if key in truths and not only_numbers:
                yield source.mistake((*path, key), "must be true or false")
        else:
            below = only_numbers or (path[-1:] == ("options",) and key in _tables_of_numbers())
            yield from truths_and_numbers(value, source, (*path, key), only_numbers=below)


@cache
def _keys_of(*types: str) -> frozenset[str]:
    """Keys that always stand for a value of these types."""
    schema = json_schema()
    parts = [*schema["$defs"].values(), *(rule.options.model_json_schema() for rule in shipped().values())]
    kinds: dict[str, set[str]] = {}
    for part in parts:
        for name, shape in part.get("properties", {}).items():
            kinds.setdefault(name, set()).update(str(each.get("type")) for each in (shape, *shape.get("anyOf", ())))
    others = {"integer", "number", "boolean"}.difference(types)
    return frozenset(name for name, found in kinds.items() if found.intersection(types) and found.isdisjoint(others))


@cache
def _tables_of_numbers() -> frozenset[str]:
    """Options that are mappings, of mappings or not, of nothing but numbers."""

    def of_numbers(shape: Mapping[str, Any]) -> bool:
        below = shape.get("additionalProperties")
        return isinstance(below, dict) and (below.get("type") in {"integer", "number"} or of_numbers(below))

    shapes = [shape for rule in shipped().values() for shape in rule.options.model_json_schema().get("properties", {}).items()]
    return frozenset(name for name, shape in shapes if of_numbers(shape))
