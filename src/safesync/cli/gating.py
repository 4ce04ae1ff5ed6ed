"""``gate``: may this item go on? For workflows, pipelines and agents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import Opened, opened
from safesync.feedback.waivers import without_waived
from safesync.jobs.waivers import configured
from safesync.model.errors import ConfigurationError, RunError
from safesync.model.finding import Finding, Report, Severity, absorbed
from safesync.model.item import Item

_SEVERITIES = tuple(Severity)


def gate(path: Path, reference: str, fail_on: str, *, as_json: bool) -> None:
    """
    What stands against an item, by what was read last; ends with 1 when something does.

    Waived findings do not. What could not be judged does not either, and is named: nobody is stopped by what was not seen.
    """
    with opened(path, trackers=False) as job:
        now = datetime.now(UTC)
        item = job.store.item(reference)
        if item is None:
            raise ConfigurationError(f"{reference} is no item that was read; write PAY-12, ado:412 or a whole uid, after 'safesync pull'")
        if why := job.unread().of(item):
            raise RunError(f"{reference}: {why}; nobody knows how it is now, run 'safesync pull'")
        report = job.checked(now).report
        if item.uid not in report.subjects:
            raise ConfigurationError(f"{reference} was not looked at: its tracker, {item.tracker}, is not in this configuration")
        found = _standing(job, item, report, now)
    against = show.reaching(found, fail_on)
    doubtful = sorted(code for code, subject in report.unjudged if subject == item.uid)
    if as_json:
        findings = [show.finding_fields(one, item) for one in found]
        show.as_json({"item": item.uid, "key": item.key, "passes": not against, "findings": findings, "not_evaluable": doubtful})
    else:
        _print(item, found, against, doubtful)
    if against:
        raise typer.Exit(1)


def _standing(job: Opened, item: Item, report: Report, now: datetime) -> tuple[Finding, ...]:
    waived = configured(job.store, job.configuration.feedback, now)[0].on(item.uid, item.labels, now.date())
    found = without_waived((one for one in report.flawed if one.subject == item.uid), waived)
    spoken_for = absorbed(found)
    found = tuple(one for one in found if (one.code, one.subject) not in spoken_for)
    return tuple(sorted(found, key=lambda one: (-_SEVERITIES.index(one.severity), one.code)))


def _print(item: Item, found: Sequence[Finding], against: Sequence[Finding], doubtful: Sequence[str]) -> None:
    out = show.console()
    passes = "passes" if not against else f"does not pass: {len(against)} {'point' if len(against) == 1 else 'points'}"
    out.print(Text(f"{item.key} {passes}", style="green" if not against else "red"))
    for one in found:
        out.print(Text(f"  {one.severity.value:7} {one.code} {one.remedy} {one.evidence}".rstrip()))
    if doubtful:
        out.print(Text(f"  not evaluable: {', '.join(doubtful)}", style="dim"))
