"""The shipped mappings: how the usual kinds of Jira and Azure DevOps set-ups are read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from safesync.configuration.source import parse_source


def names() -> tuple[str, ...]:
    """Names of the shipped mappings."""
    return tuple(
        sorted(
            entry.name.removesuffix(".yaml") for entry in files(__package__).joinpath("mappings").iterdir() if entry.name.endswith(".yaml")
        )
    )


def kind(name: str) -> str:
    """The kind of tracker that a shipped mapping is for, as a configuration writes it."""
    return "jira" if name.startswith("jira") else "azure-devops"


@cache
def values(name: str) -> Mapping[str, Any]:
    """What the shipped mapping of this name says."""
    text = files(__package__).joinpath("mappings", f"{name}.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = parse_source(name, text).values
    return found


def over_preset(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A mapping laid over the shipped one of this name: what it says counts, key by key within types, stages, fields and links."""
    result: dict[str, Any] = dict(values(name))
    for key, value in mapping.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = {**result[key], **value} if both else value
    return result
