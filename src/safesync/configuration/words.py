"""Pydantic's errors in an administrator's words, each with the path of the place it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from safesync.configuration.source import KeyPath, Source
from safesync.model.errors import Mistake
from safesync.rules.complaint import one_of, told
from safesync.rules.condition.slips import nearest


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at a path; ``about_key`` when the key itself is."""

    path: KeyPath
    message: str
    about_key: bool = False


def near(sentence: str, word: str, known: Iterable[object]) -> str:
    """The sentence about a word, with the nearest known word when there is one."""
    return f"{sentence} {word!r}{nearest(word, [str(name) for name in known if str(name) != word])}"


def mistakes_of(error: ValidationError, source: Source, schema: Mapping[str, Any], *, below: KeyPath = ()) -> list[Mistake]:
    """Every error of a validation as a mistake with its place; ``schema`` is the JSON Schema of the model that was validated."""
    found = []
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and any(
            other["loc"][: len(detail["loc"])] == detail["loc"] for other in details if other is not detail
        ):
            continue  # entries that are wrong do not count as entries, but they are there
        complaint = _complaint(detail, source, schema, below)
        found.append(source.mistake(complaint.path, complaint.message, key=complaint.about_key))
    return found


def _complaint(detail: ErrorDetails, source: Source, schema: Mapping[str, Any], below: KeyPath) -> Complaint:
    path = _path(detail["loc"], source, below)
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    match detail["type"]:
        case "extra_forbidden":
            known = _known_keys(schema, detail["loc"][:-1])
            return Complaint(path if path[-1:] == (last,) else (*path, last), near("unknown key", last, known), about_key=True)
        case "missing":
            return Complaint(path, f"the key {last!r} is missing here", about_key=True)
        case "union_tag_invalid":
            tags = str(detail["ctx"]["expected_tags"]).replace("'", "").split(", ")
            return Complaint((*path, "kind"), one_of(detail["ctx"]["tag"], tags))
        case "union_tag_not_found":
            return Complaint(path, "the key 'kind' is missing here: jira or azure-devops")
        case _:
            return Complaint(path, told(detail), about_key=last == "[key]")


def _path(loc: tuple[int | str, ...], source: Source, below: KeyPath) -> KeyPath:
    """The part of an error's place that stands in the file: tags of unions and indices of implied lists do not."""
    path = below
    for step in loc:
        if (*path, step) in source.nodes:
            path = (*path, step)
    return path


def _known_keys(schema: Mapping[str, Any], loc: tuple[int | str, ...]) -> Iterable[str]:
    options = [schema]
    for step in loc:
        options = [deeper for option in options for deeper in _step(schema, _resolved(schema, option), step)]
    return sorted({key for option in options for shape in _shapes(schema, option) for key in shape.get("properties", {})})


def _resolved(root: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in part:
        part = root["$defs"][str(part["$ref"]).rsplit("/", maxsplit=1)[-1]]
    return part


def _shapes(root: Mapping[str, Any], part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    resolved = _resolved(root, part)
    return [
        resolved,
        *(shape for name in ("anyOf", "oneOf", "allOf") for option in resolved.get(name, ()) for shape in _shapes(root, option)),
    ]


def _step(root: Mapping[str, Any], part: Mapping[str, Any], step: int | str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for shape in _shapes(root, part):
        if step in shape.get("properties", {}):
            found.append(shape["properties"][step])
        elif isinstance(step, str) and isinstance(shape.get("additionalProperties"), dict):
            found.append(shape["additionalProperties"])
        elif isinstance(step, int) and "items" in shape:
            found.append(shape["items"])
    return found or [part]  # the tag of a union: the same place
