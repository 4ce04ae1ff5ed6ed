"""``notify``: whether what would be told outside the trackers arrives."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.text import Text

from safesync import wiring
from safesync.cli import show
from safesync.configuration.read import read_configuration
from safesync.jobs.telling import trial
from safesync.model.errors import ConfigurationError, SafeSyncError


def notify(path: Path, *, as_json: bool) -> None:
    """Send every channel a trial; ends with 4 when one was not reached."""
    channels = wiring.channels(read_configuration(path).configuration)
    if not channels:
        raise ConfigurationError(f"{path}: it names nobody to tell; add a channel to notify, with a name and a url")
    reasons: dict[str, str | None] = {}
    for channel in channels:
        try:
            reasons[channel.name] = channel.send(trial(channel.name)) or None
        except SafeSyncError as error:
            reasons[channel.name] = str(error)
    if as_json:
        show.as_json({"channels": [{"name": name, "told": reason is None, "reason": reason} for name, reason in reasons.items()]})
    else:
        for name, reason in reasons.items():
            show.console().print(Text(reason or f"{name}: a trial was sent; look whether it has arrived"))
    if any(reasons.values()):
        raise typer.Exit(4)
