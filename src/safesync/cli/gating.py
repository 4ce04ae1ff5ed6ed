"""``gate``: may this item go on? For workflows, pipelines and agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import opened
from safesync.feedback.labels import READY
from safesync.feedback.readiness import Readiness
from safesync.jobs.readiness import readiness_of
from safesync.jobs.waivers import configured
from safesync.model.errors import RunError
from safesync.model.finding import Finding
from safesync.model.item import Item


def gate(path: Path, reference: str, fail_on: str, *, as_json: bool) -> None:
    """
    What stands against an item, by what was read last; ends with 1 when something does.

    Waived findings do not. What could not be judged does not either, and is named: nobody is stopped by what was not seen. But it is
    called ready only when nothing of weight was left unseen.
    """
    with opened(path, trackers=False) as job:
        now = datetime.now(UTC)
        item = job.item(reference)
        if why := job.unread().of(item):
            raise RunError(f"{reference}: {why}; nobody knows how it is now, run 'safesync pull'")
        checked = job.checked(now)
        if item.uid not in checked.report.subjects:  # what was not judged must not pass
            raise RunError(f"{reference} was not looked at; run 'safesync pull'")
        about = readiness_of(item, checked, configured(job.store, job.configuration.feedback, now)[0])
    against = show.reaching(about.found, fail_on)
    doubtful = sorted(code for code, subject in checked.report.unjudged if subject == item.uid)
    if as_json:
        findings = [show.finding_fields(one, item) for one in about.found]
        said = {"item": item.uid, "key": item.key, "passes": not against, "ready": about.ready, "not_ready_because": list(about.why_not)}
        show.as_json({**said, "findings": findings, "not_evaluable": doubtful})
    else:
        _print(item, about, against, doubtful)
    if against:
        raise typer.Exit(1)


def _print(item: Item, about: Readiness, against: Sequence[Finding], doubtful: Sequence[str]) -> None:
    out = show.console()
    passes = "passes" if not against else f"does not pass: {len(against)} {'point' if len(against) == 1 else 'points'}"
    out.print(Text(f"{item.key} {passes}", style="green" if not against else "red"))
    for one in about.found:
        out.print(Text(f"  {one.severity.value:7} {one.code} {one.remedy} {one.evidence}".rstrip()))
    if doubtful:
        out.print(Text(f"  not evaluable: {', '.join(doubtful)}", style="dim"))
    out.print(Text(f"  {READY}: {'yes' if about.ready else 'no, as ' + '; '.join(about.why_not)}", style="dim"))
