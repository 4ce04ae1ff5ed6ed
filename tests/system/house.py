"""The whole of SafeSync against the whole sandbox, over real HTTP."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from safesync.cli.opening import Opened, opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.feedback.settings import Caps
from safesync.jobs.result import RunResult
from safesync.jobs.run import run_once

NAMES = {"jira": "jira-eu", "azure": "ado"}
FEW = "PAY-32, CARDS-34"
FEW_NUMBERS = "1, 20"
"""
Some items with flaws, for tests that do many runs: a first one and a last one of each tracker, for every run that is killed costs a
process, and a third item in between is written as those two are.
"""


@dataclass(slots=True)
class House:
    """A sandbox and a SafeSync that reads it."""

    sandbox: Sandbox
    job: Opened
    folder: Path

    def run(self, now: datetime | None = None, ready: int = 0) -> RunResult:
        """One whole run, in this process; with ``ready`` so many items may be called ready in a day, of those that nobody is at work on."""
        configuration = self.job.configuration
        at = now or self.sandbox.clock()
        feedback = configuration.feedback
        if ready:
            feedback = feedback.model_copy(update={"ready_label": True, "caps": Caps(ready=ready)})
        parts = (self.job.judge, configuration.as_organisation(), feedback)
        return run_once(self.job.sources, self.job.store, *parts, at)


@contextmanager
def house(folder: Path, today: date | None = None, *, change: tuple[tuple[str, str], ...] = (), **deployment: Any) -> Iterator[House]:
    """A house; ``change`` replaces parts of the configuration's text, ``deployment`` says what the sandbox plays."""
    with Sandbox(today=today, **deployment) as sandbox:
        text = sandbox.configuration(f"sqlite:///{folder / 'safesync.db'}")
        for old, new in change:
            assert old in text, old
            text = text.replace(old, new)
        with opened_from(parse_configuration(text)) as job:
            yield House(sandbox, job, folder)


def only_few(text: str) -> str:
    """The configuration, reading a few items alone."""
    text = text.replace("share: 0.5", "share: 1.0")  # nearly all of these few items are flawed
    text = text.replace("scope: {projects: [PAY, CARDS]}", f"scope: {{projects: [PAY, CARDS], jql: 'key in ({FEW})'}}")
    return text.replace("scope: {projects: [Payments]}", f"scope: {{projects: [Payments], wiql: '[System.Id] IN ({FEW_NUMBERS})'}}")


def our_comments(sandbox: Sandbox) -> Counter[str]:
    """How many comments of ours stand on each item, as the trackers hold them: counted by their visible reference."""
    found: Counter[str] = Counter()
    for key, bodies in (*_jira_comments(sandbox), *_azure_comments(sandbox)):
        found[key] += sum(bool(re.search(r"SafeSync ref [0-9a-f]{6}", body)) for body in bodies)
    return +found


def _jira_comments(sandbox: Sandbox) -> Iterator[tuple[str, list[str]]]:
    for issue in sandbox.site.issues.values():
        yield issue.key, [str(comment.body) for comment in issue.comments]


def _azure_comments(sandbox: Sandbox) -> Iterator[tuple[str, list[str]]]:
    for item in sandbox.organisation.items.values():
        yield str(item.id), [comment.last.text for comment in item.comments if not comment.last.deleted]
