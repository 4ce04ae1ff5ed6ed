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
    """Every mistake of a configuration; with ``online`` also what the trackers say to it."""
    try:
        loaded = read_configuration(path, secrets=Secrets.ALL if online else Secrets.NONE)
    except ConfigurationError as error:
        if not as_json:
            raise
        places = [
            _place_fields(each) if not isinstance(each, str) else {"file": str(path), "line": None, "column": None, "message": each}
            for each in error.mistakes
        ]
        show.as_json({"valid": False, "mistakes": places})
        raise typer.Exit(2) from None
    if online:
        from safesync.cli.doctor import doctor  # noqa: PLC0415 - a check of the text alone needs no connector

        doctor(path, as_json=as_json)
        return
    rules, trackers = len({setting.rule.code for setting in loaded.rules}), len(loaded.configuration.trackers)
    if as_json:
        warnings = [_place_fields(each) for each in loaded.warnings]
        show.as_json({"valid": True, "mistakes": [], "warnings": warnings, "trackers": trackers, "rules": rules})
    else:
        for warning in loaded.warnings:
            show.console().print(Text(f"{warning}", style="yellow"))
        show.console().print(f"{path} is fine: {_counted(trackers, 'tracker')}, {_counted(rules, 'rule')}")


def _place_fields(place: Mistake) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column, "message": place.message}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def schema() -> None:
    """The JSON Schema of the configuration."""
    show.as_json(json_schema())
