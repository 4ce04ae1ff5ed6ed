"""The sandbox alone, in the deployments and with the troubles that somebody wants to rehearse."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from safesync.cli import show
from safesync.cli.door import why
from safesync.connectors.sandbox.azure.editions import EditionName
from safesync.connectors.sandbox.jira.edition import DEFAULT_VERSION
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.trouble import WORDS, Trouble, read_trouble
from safesync.model.errors import ConfigurationError

HEADER = "# How SafeSync reads the sandbox"
"""How a configuration begins that may be written over."""


@dataclass(frozen=True, slots=True)
class Played:
    """What is asked for, in the words of the command line."""

    jira: str = "cloud"
    jira_version: str | None = None
    azure: str = "services"
    trouble: str = ""

    def sandbox(self, port: int) -> Sandbox:
        """The sandbox, not started; ``ConfigurationError`` says what is wrong with the words."""
        if self.jira_version is not None and self.jira == "cloud":
            raise ConfigurationError("--jira-version is for --jira data-center; Jira Cloud has no versions")
        return Sandbox(
            port=port,
            jira=self.jira,
            jira_version=self.jira_version or DEFAULT_VERSION,
            azure=cast("EditionName", self.azure),
            trouble=read_trouble(self.trouble) if self.trouble.strip() else None,
        )


def sandbox(port: int, config: Path, played: Played) -> None:
    """Keep the sandbox running until Ctrl-C, with a configuration that reads it."""
    if config.exists() and not config.read_text(encoding="utf-8", errors="replace").startswith(HEADER):
        raise ConfigurationError(f"{config}: there is another file of this name; name one with --write-config")
    with _started(played.sandbox(port), port) as running:
        show.written(config, running.configuration("sqlite:///sandbox.db"))
        out = show.console()
        out.print(f"Items of both trackers, to look at and to edit: {running.page_url}")
        out.print(f"{running.site.edition.name}: {running.jira_url}\n{running.organisation.edition.name}: {running.azure_url}")
        if running.trouble:
            out.print(f"What goes wrong by itself: {running.trouble}")
        out.print(f"A configuration that reads them: {config}; try: safesync run -c {config}")
        out.print("Ctrl-C ends it; everything in it is forgotten then.")
        with suppress(KeyboardInterrupt):
            wait()


@contextmanager
def _started(made: Sandbox, port: int) -> Iterator[Sandbox]:
    try:
        made.start()
    except OSError as error:
        raise ConfigurationError(
            f"port {port} of 127.0.0.1 cannot be taken ({why(error)}); name another with --port, or --port 0 for any that is free"
        ) from None
    try:
        yield made
    finally:
        made.stop()


def wait() -> None:
    """Until Ctrl-C, which is raised as ``KeyboardInterrupt``."""
    threading.Event().wait()


def tell_words() -> None:
    """What can go wrong, and in which bounds."""
    usual = Trouble()
    out = show.console()
    for name, word in WORDS.items():
        bounds = f"{word.least:.10g} to {word.most:.10g}; {getattr(usual, name):g} when not given"
        out.print(f"{name:<9} {word.meaning} ({bounds})")
