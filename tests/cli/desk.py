"""A person at a command line, in front of the sandbox trackers."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from safesync.cli.app import main
from safesync.connectors.sandbox.sandbox import Sandbox

FEW = "PAY-32, PAY-174, PAY-126, CARDS-34, CARDS-53, CARDS-1"
FEW_NUMBERS = "1, 2, 14, 20, 26, 59"
"""Some items with flaws."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


@dataclass(slots=True)
class Desk:
    """Runs commands in a folder with a configuration that reads a few items of the sandbox."""

    sandbox: Sandbox
    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch
    text: str = field(init=False)

    def __post_init__(self) -> None:
        text = self.sandbox.configuration(f"sqlite:///{self.folder / 'safesync.db'}")
        self.text = text.replace("projects: [PAY, CARDS]", f"projects: [PAY, CARDS], jql: 'key in ({FEW})'").replace(
            "projects: [Payments]", f"projects: [Payments], wiql: '[System.Id] IN ({FEW_NUMBERS})'"
        )
        self.text = self.text.replace("share: 0.5", "share: 1")  # of a few items, most have a flaw
        self.write()

    def write(self, *changes: tuple[str, str]) -> None:
        """The configuration, with parts of it replaced; what is replaced stays so."""
        for old, new in changes:
            assert old in self.text, old
            self.text = self.text.replace(old, new)
        (self.folder / "safesync.yaml").write_text(self.text, encoding="utf-8")

    def run(self, *arguments: str) -> Answer:
        """One command, in this process, through the real door."""
        self.patch.setattr(sys, "argv", ["safesync", *arguments])
        self.capture.readouterr()
        try:
            main()
            status: Any = 0
        except SystemExit as ended:
            status = ended.code or 0
        said = self.capture.readouterr()
        assert "Traceback" not in said.err + said.out
        assert self.sandbox.jira_token not in said.err + said.out
        assert self.sandbox.azure_token not in said.err + said.out
        return Answer(status, said.out, said.err)

    def writes(self) -> int:
        """How many writes both trackers have seen so far, reads by POST not among them."""
        return sum(call.is_write for tracker in ("jira", "azure") for call in self.sandbox.calls(tracker))


MakeDesk = Callable[[], Desk]
