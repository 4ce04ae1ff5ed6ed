"""Pydantic's errors in an administrator's words, each with the path of the place it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from safesync.configuration.source import KeyPath, Source
from safesync.model.errors import Mistake

_KINDS = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "dict": "a mapping",
    "model": "a mapping",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong at a path; ``about_key`` when the key itself is."""

    path: KeyPath
    message: str
    about_key: bool = False


def near(sentence: str, word: str, known: Iterable[object]) -> str:
    """The sentence about a word, with the nearest known word when there is one."""
    close = get_close_matches(word.lower(), {str(name).lower() for name in known}, n=1, cutoff=0.6)
    actual = next((str(name) for name in known if close and str(name).lower() == close[0]), None)
    return f"{sentence} {word!r}" + (f", did you mean {actual!r}?" if actual else "")


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


def _complaint(  # noqa: PLR0911 - one line a kind of error reads better than any table of functions
    detail: ErrorDetails, source: Source, schema: Mapping[str, Any], below: KeyPath
) -> Complaint:
    path = _path(detail["loc"], source, below)
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    if kind == "extra_forbidden":
        word = str(detail["loc"][-1])
        return Complaint(
            (*path, word) if path[-1:] != (word,) else path,
            near("unknown key", word, _known_keys(schema, detail["loc"][:-1])),
            about_key=True,
        )
    if kind == "missing":
        return Complaint(path, f"the key {detail['loc'][-1]!r} is missing here", about_key=True)
    if kind in {"literal_error", "enum"}:
        return Complaint(path, _one_of(str(given), context), about_key=detail["loc"][-1:] == ("[key]",))
    if kind == "union_tag_invalid":
        tags = str(context["expected_tags"]).replace("'", "").split(", ")
        return Complaint((*path, "kind"), near("there is no kind", str(context["tag"]), tags))
    if kind == "union_tag_not_found":
        return Complaint(path, "the key 'kind' is missing here: jira or azure-devops")
    if kind == "value_error":
        return Complaint(path, str(context["error"]))
    return Complaint(path, _type_words(kind, detail["msg"]))


def _one_of(given: str, context: Mapping[str, Any]) -> str:
    allowed = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
    return near("must be one of " + ", ".join(allowed) + "; not", given, allowed)


def _type_words(kind: str, message: str) -> str:
    for start, words in _KINDS.items():
        if kind in {f"{start}_type", f"{start}_parsing", f"{start}_from_float"}:
            return f"must be {words}"
    if kind == "too_short":
        return "must not be empty"
    if kind == "too_long":
        return "must be empty: this is not available in this version"
    if kind == "string_pattern_mismatch":
        return "does not have the form it needs: " + message.removeprefix("String should match pattern ")
    return message.replace("Input should", "must").replace("must be a valid", "must be a")


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
