"""Commands that only look: at the configuration, at the trackers' answers, at rules and why they fired."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from rich.text import Text

from safesync.cli import show
from safesync.configuration.read import read_configuration
from safesync.configuration.schema import json_schema
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError, Mistake


def validate(path: Path, *, as_json: bool, online: bool) -> None:
    """Every mistake of a configuration and every warning; with ``online`` also what the trackers say to it."""
    try:
        loaded = read_configuration(path, secrets=Secrets.ALL if online else Secrets.NONE)
    except ConfigurationError as error:
        _tell_mistakes(path, error, as_json=as_json)
        raise typer.Exit(2) from None
    if not as_json:
        for warning in loaded.warnings:
            show.console().print(Text(_warning(warning), style="yellow"))
    if online:
        from safesync.cli.doctor import doctor  # noqa: PLC0415 - a check of the text alone needs no connector

        doctor(path, as_json=as_json)
        return
    rules, trackers = len({setting.rule.code for setting in loaded.rules}), len(loaded.configuration.trackers)
    if as_json:
        warnings = [_place_fields(each) for each in loaded.warnings]
        show.as_json({"valid": True, "mistakes": [], "warnings": warnings, "trackers": trackers, "rules": rules})
    else:
        show.console().print(f"{path} is fine: {_counted(trackers, 'tracker')}, {_counted(rules, 'rule')}")


def _tell_mistakes(path: Path, error: ConfigurationError, *, as_json: bool) -> None:
    """Mistakes first: what ends with them is not used, whatever is warned of."""
    if as_json:
        places = [
            _place_fields(each) if not isinstance(each, str) else {"file": str(path), "line": None, "column": None, "message": each}
            for each in error.mistakes
        ]
        show.as_json({"valid": False, "mistakes": places, "warnings": [_place_fields(each) for each in error.warnings]})
        return
    for sentence in (*map(str, error.mistakes), *map(_warning, error.warnings)):
        show.aside(sentence)


def _warning(place: Mistake) -> str:
    return f"{place.file}:{place.line}:{place.column}: warning: {place.message}"


def _place_fields(place: Mistake) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column, "message": place.message}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def schema() -> None:
    """The JSON Schema of the configuration."""
    show.as_json(json_schema())
