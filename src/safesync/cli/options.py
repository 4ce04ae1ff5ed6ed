"""What several commands ask for in the same words."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from safesync.settings import read_settings


class Format(StrEnum):
    """How a result is printed on standard output."""

    HUMAN = "human"
    JSON = "json"


class ReportFormat(StrEnum):
    """How findings are printed on standard output."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


class PlanFormat(StrEnum):
    """How a plan is printed on standard output."""

    HUMAN = "human"
    JSON = "json"
    HTML = "html"


class TableFormat(StrEnum):
    """How a comparison is printed on standard output."""

    HUMAN = "human"
    JSON = "json"
    CSV = "csv"


class ExportFormat(StrEnum):
    """How writes are printed on standard output."""

    JSONL = "jsonl"
    CSV = "csv"


class FailOn(StrEnum):
    """From which severity on ``check`` ends with exit status 1."""

    NEVER = "never"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


Config = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The configuration file; without it the one that SAFESYNC_CONFIG names, else safesync.yaml."),
]
Form = Annotated[Format, typer.Option("--format", help="How the result is printed.")]
Only = Annotated[list[str] | None, typer.Option("--tracker", help="Only this tracker; may be given several times.")]


def path_of(config: Path | None) -> Path:
    """The configuration file that holds."""
    return config or read_settings().config
