"""The whole job on two sandbox trackers, told as it happens."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import Opened, opened_from
from safesync.cli.plan_shown import plain_text
from safesync.cli.progress import progress
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.jobs.result import RunResult
from safesync.jobs.run import run_once
from safesync.model.change import CommentAction, ItemChange
from safesync.rules.catalog import shipped

_CRITERIA = "Given a customer with a blocked card, when the card is used, then the payment is refused within 2 seconds."
_WIDEST = 100


@dataclass(slots=True)
class _Told:
    """What the demo has to tell in the end."""

    results: list[RunResult] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        first = self.results[0]
        return {
            "items": first.report.items if first.report else 0,
            "trackers": {each.tracker: {"items": each.items, "calls": each.calls} for each in first.trackers},
            "findings": show.findings_by_code(first.report) if first.report else {},
            "runs": [
                {
                    "calls": sum(each.calls for each in result.trackers),
                    "comments_created": sum(each.created for each in result.trackers),
                    "comments_edited": sum(each.edited for each in result.trackers),
                    "labels_added": sum(each.labels_added for each in result.trackers),
                    "labels_removed": sum(each.labels_removed for each in result.trackers),
                    "seconds": round(seconds, 2),
                }
                for result, seconds in zip(self.results, self.seconds, strict=True)
            ],
        }


def demo(*, as_json: bool, keep: bool) -> None:
    """Run the job, let a person fix one story, run it again, and once more; print the story of it or one JSON object."""
    out = show.console()
    out.quiet = as_json
    told = _Told()
    with TemporaryDirectory(prefix="safesync-demo-") as folder, Sandbox() as sandbox, _job(sandbox, Path(folder)) as job:
        out.print(f"Two sandbox trackers are running; look at their items while they are:\n  {sandbox.page_url}\n")
        out.print(Text("First run: read, judge, answer", style="bold"))
        first = _run(job, told)
        _tell_first(first, out)
        fixed = _simple_story(first)
        sandbox.person_fixes(fixed.ref.key, acceptance=_CRITERIA)
        out.print(f"\nA person adds acceptance criteria to {fixed.ref.key}.")
        out.print(Text("Second run: only that comment shrinks, its labels go", style="bold"))
        _tell_later(_run(job, told), out)
        out.print("\nNothing has changed.")
        out.print(Text("Third run: nothing is written", style="bold"))
        _tell_later(_run(job, told), out)
        if as_json:
            show.as_json(told.as_json())
        out.print("\nNext: 'safesync sandbox' keeps these trackers running, to try your own rules on.")
        out.print("The README shows a configuration for yours.")
        if keep:
            out.print(f"The sandbox stays at {sandbox.page_url} until Ctrl-C.")
            _wait()


@contextmanager
def _job(sandbox: Sandbox, folder: Path) -> Iterator[Opened]:
    text = sandbox.configuration(f"sqlite:///{folder / 'safesync.db'}")
    with opened_from(parse_configuration(text, file="demo.yaml")) as job:
        yield job


def _run(job: Opened, told: _Told) -> RunResult:
    begin = time.monotonic()
    organisation, feedback = job.configuration.as_organisation(), job.configuration.feedback
    with progress() as listener:
        result = run_once(
            job.sources,
            job.store,
            job.judge,
            organisation,
            feedback,
            datetime.now(UTC),
            listener,
            rules=job.rules,
        )
    told.results.append(result)
    told.seconds.append(time.monotonic() - begin)
    return result


def _tell_first(result: RunResult, out: Console) -> None:
    for each in result.trackers:
        out.print(f"  read {each.items} items from {each.tracker}" + (f"  ({each.error})" if each.error else ""))
    if result.report is None:
        return
    counts = Counter(finding.code for finding in result.report.flawed)
    findings = show.table("findings#", "rule", "")
    for code, count in sorted(counts.items()):
        findings.add_row(str(count), code, shipped()[code].name)
    out.print(findings)
    _tell_plan(result, out)
    _tell_later(result, out)


def _tell_plan(result: RunResult, out: Console) -> None:
    changes = result.plan.changes
    comments = sum(change.comment is not None for change in changes)
    labels = sum(len(change.add_labels) for change in changes)
    out.print(f"  plan: {comments} comments and {labels} labels on {len(changes)} items; for example:")
    example = next((change for change in changes if change.comment and len(change.codes) > 1), changes[0])
    if example.comment:
        title = f"{example.ref.tracker} {example.ref.key}"
        shown = Panel(plain_text(example.comment.message), title=title, title_align="left", width=min(_WIDEST, out.width))
        out.print(shown, soft_wrap=False)


def _tell_later(result: RunResult, out: Console) -> None:
    for each in result.trackers:
        out.print(
            f"  {each.tracker}: {each.calls} calls, {each.created} comments written, {each.edited} edited, "
            f"{each.labels_added} labels added, {each.labels_removed} removed" + (f"  ({each.error})" if each.error else "")
        )
    for each in result.trackers:
        for left in each.undone:
            out.print(f"  {left.ref.key} was {left.outcome.value}: {left.reason}")


def _simple_story(result: RunResult) -> ItemChange:
    """A story whose only flaw is that it has no acceptance criteria."""
    return next(
        change
        for change in result.plan.changes
        if change.codes == ("TM101",) and change.comment and change.comment.action is CommentAction.CREATE and "-" in change.ref.key
    )


def _wait() -> None:
    """Until Ctrl-C."""
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
