"""Commands about what was written: the runs, every single write, and how to take a run back."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.text import Text

from safesync.cli import show
from safesync.cli.opening import Opened, opened
from safesync.cli.plan_shown import plain_text, plan_fields, print_plan
from safesync.cli.progress import progress
from safesync.feedback.plan_file import plan_to_json
from safesync.jobs.pull import pull
from safesync.jobs.speaking import voices
from safesync.jobs.undo import undo as undone
from safesync.model.errors import ConfigurationError, naming
from safesync.model.message import Message
from safesync.store.port import RunRecord, Write

_ALL = 1_000_000
_MINUTES_FROM_S = 180


def runs(path: Path, last: int, *, as_json: bool) -> None:
    """Show the last runs, the newest first."""
    with opened(path, trackers=False) as job:
        records = job.store.runs(last)
    if as_json:
        show.as_json([_run_fields(record) for record in records])
        return
    shown = show.table("run#", "what", "began", "took", "ended", "new comments#", "edited#", "labels +#", "labels -#", "by")
    for one in records:
        figures = (str(one.figures.get(name, 0)) for name in ("created", "edited", "labels_added", "labels_removed"))
        when = f"{one.started_at:%Y-%m-%d %H:%M}", _took(one)
        shown.add_row(str(one.run_id), one.verb, *when, one.outcome or "not ended", *figures, one.written_by)
    show.print_table(shown)


def _took(one: RunRecord) -> str:
    if one.finished_at is None:
        return ""
    seconds = round((one.finished_at - one.started_at).total_seconds())
    return f"{seconds} s" if seconds < _MINUTES_FROM_S else f"{round(seconds / 60)} min"


def _run_fields(one: RunRecord) -> dict[str, Any]:
    return {
        "run": one.run_id,
        "verb": one.verb,
        "started_at": one.started_at.isoformat(),
        "finished_at": one.finished_at.isoformat() if one.finished_at else None,
        "outcome": one.outcome,
        "written_by": one.written_by or None,
        "figures": dict(one.figures),
    }


def export(path: Path, run: int | None, form: str) -> None:
    """Every write that happened, one line each."""
    with opened(path, trackers=False) as job:
        if run is not None:
            _known(job, run)
        records = {record.run_id: record for record in job.store.runs(_ALL)}
        rows = [_write_fields(write, records) for write in job.store.writes(run)]
    if form == "csv":
        _as_csv(rows)
    else:
        sys.stdout.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _as_csv(rows: Iterable[Mapping[str, Any]]) -> None:
    writer = csv.DictWriter(sys.stdout, fieldnames=_COLUMNS)
    writer.writeheader()
    for row in rows:
        joined = {name: " ".join(value) if isinstance(value, list) else value for name, value in row.items()}
        writer.writerow({name: show.harmless(value) for name, value in joined.items()})


_COLUMNS = ("run", "at", "written_by", "tracker", "item", "key", "what", "codes", "added", "removed", "before", "after")


def _write_fields(write: Write, records: Mapping[int, RunRecord]) -> dict[str, Any]:
    intent, record = write.intent, records.get(write.intent.run_id)
    values = (
        intent.run_id,
        record.started_at.isoformat() if record else None,
        (record.written_by or None) if record else None,
        intent.ref.tracker,
        intent.ref.uid,
        intent.ref.key,
        intent.kind.value,
        list(intent.codes),
        list(intent.add),
        list(intent.remove),
        _said(write.before),
        _said(write.message),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _said(message: Message | None) -> str | None:
    return plain_text(message) if message else None


def undo(path: Path, run: int, output: Path, *, as_json: bool) -> None:
    """
    Save the plan that takes back what a run wrote, and name what it leaves.

    What changed since is read first, for the plan is about the items as they are now.
    """
    with opened(path, trackers=False) as job:
        _remembered(job, _known(job, run))
        wrote_to = {write.intent.ref.tracker for write in job.store.writes(run)}
        trackers = tuple(name for name in job.names if name in wrote_to)
    with opened(path, only=trackers) as job, progress() as listener:
        for source in job.sources if trackers else ():
            with naming(source.name), job.store.only_run_of(source.name):
                pull(source, job.store, datetime.now(UTC), listener)
        voice_of = voices(job.store, job.configuration.feedback, job.configuration.as_organisation())
        made = undone(job.store, run, datetime.now(UTC), voice_of, trackers=trackers)
    show.written(output, plan_to_json(made.plan))
    if as_json:
        show.as_json({**plan_fields(made.plan), "left": [{"key": key, "reason": why} for key, why in made.left], "saved": str(output)})
        return
    print_plan(made.plan)
    for line in lines(made.left):
        show.console().print(Text(line, style="yellow"))
    show.console().print(f"saved as {output}; write it with: safesync apply {output}")
    show.console().print("what is taken back stays quiet until something else is found on its item")


def _known(job: Opened, run: int) -> RunRecord:
    record = next((record for record in job.store.runs(_ALL) if record.run_id == run), None)
    if record is None:
        raise ConfigurationError(f"there is no run {run}; 'safesync runs' shows them")
    return record


def _remembered(job: Opened, record: RunRecord) -> None:
    feedback = job.configuration.feedback
    before = feedback.forgotten(datetime.now(UTC))
    if before is not None and record.started_at < before:
        raise ConfigurationError(
            f"run {record.run_id} began on {record.started_at:%Y-%m-%d}, and writes are remembered for {feedback.keep_writes_days} days "
            "(feedback.keep_writes_days): it cannot be taken back any more"
        )


def lines(left: Iterable[tuple[str, str]]) -> Iterator[str]:
    """What is not taken back and why, one sentence for all items with the same reason."""
    alike: dict[str, list[str]] = {}
    for key, why in left:
        alike.setdefault(why, []).append(key)
    for why, keys in alike.items():
        yield f"{show.some_of(keys)} {'is left as it is' if len(keys) == 1 else 'are left as they are'}: {why}"
