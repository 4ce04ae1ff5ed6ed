"""What a validation found wrong, in an administrator's words: no class names, no regular expressions, no jargon of the library."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic_core import ErrorDetails

from safesync.rules.condition.slips import nearest

_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "decimal": "a number",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "dict": "a mapping",
    "mapping": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "date": "a day, such as 2026-11-02",
    "date_from_datetime": "a day, such as 2026-11-02",
    "datetime": "a time, such as 2026-11-02T08:00:00Z",
}
_LONGEST = 60
_ENDINGS = ("_type", "_parsing", "_from_float", "_parsing_size")
_FORMS = {
    r"^https?://[^\s/]+(/\S*)?$": "an address begins with https:// and a host, and holds no blanks",
    r"\S": "must not be empty",
    r"^X[0-9]{3}$": "a code of your own is X and three digits, such as X101",
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)+$": "a name is two or more small words joined by hyphens, such as story-without-review",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def told(detail: ErrorDetails, known: Collection[str] = ()) -> str:
    """The sentence for one error of a validation; ``known`` are the keys that could have stood there."""
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    key = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "extra_forbidden":
        return f"there is no setting {key}{nearest(key, [word for word in known if word != key])}"
    if kind == "missing":
        return f"{key} is missing"
    if kind in {"enum", "literal_error"}:
        return _one_of(given, context)
    return str(context["error"]) if kind == "value_error" else _of_value(kind, context, given)


def one_of(given: object, words: Collection[str]) -> str:
    """The sentence about a word that is none of those that could stand there."""
    shown = repr(given) if len(str(given)) <= _LONGEST else repr(str(given)[:_LONGEST]) + "..."
    return f"{shown} is not one of {', '.join(words)}{nearest(str(given), words)}"


def _one_of(given: object, context: dict[str, Any]) -> str:
    words = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
    if isinstance(given, str) and given in words:
        return f"must be the number {given}, without quotes"
    if given is None or isinstance(given, (dict, list)):
        return f"must be one of {', '.join(words)}"
    return f"must be {words[0]}, not {given!r}" if len(words) == 1 else one_of(given, words)


def _of_value(kind: str, context: dict[str, Any], given: object) -> str:
    if given is None:
        return "this is empty: give it a value, or leave the key out"
    if kind == "string_type":
        return "must be text" + ("; put it in quotes" if isinstance(given, (int, float)) else "")
    for start, words in _KINDS.items():
        if kind in {f"{start}{ending}" for ending in _ENDINGS}:
            return f"must be {words}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        return f"must be {words} {context[name]:g}"
    return _of_length(kind, context)


def _of_length(kind: str, context: dict[str, Any]) -> str:
    match kind:
        case "string_pattern_mismatch":
            return _FORMS.get(str(context["pattern"]), "this does not have the form it needs")
        case "too_short" | "string_too_short":
            least = context.get("min_length", 1)
            what = "characters" if kind.startswith("string") else "entries"
            return "must not be empty" if least == 1 else f"must have at least {least} {what}"
        case "too_long" if context.get("max_length") == 0:
            return "must be empty: this is not available in this version"
        case "too_long" | "string_too_long":
            return f"must not be longer than {context.get('max_length')}"
        case "finite_number":
            return "must be a number that is not infinite"
        case _:
            return "this is not a value that can stand here"
