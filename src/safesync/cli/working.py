"""Commands that do the job, whole or stage by stage."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
import typer
from rich.text import Text

from safesync import wiring
from safesync.cli import plan_shown as planned
from safesync.cli import show
from safesync.cli.door import defect, why
from safesync.cli.opening import Opened, opened
from safesync.cli.plan_page import plan_page
from safesync.cli.progress import progress
from safesync.cli.report_page import report_page
from safesync.configuration.read import read_configuration
from safesync.configuration.words import near
from safesync.feedback.batches import batches as named
from safesync.feedback.batches import only
from safesync.feedback.plan_file import plan_from_json, plan_to_json, sealed
from safesync.jobs import plan as planning
from safesync.jobs import pull as pulling
from safesync.jobs.anchors import items_of
from safesync.jobs.carried_out import CarriedOut
from safesync.jobs.plan import Foreseen
from safesync.jobs.pull import Pulled
from safesync.jobs.result import RunResult
from safesync.jobs.run import apply_once, run_once
from safesync.jobs.silence import silences
from safesync.jobs.telling import after_run, tell
from safesync.jobs.upkeep import facts_for, upkeep
from safesync.jobs.waivers import configured, standing
from safesync.languages.tongue import tongue
from safesync.model.change import BatchBy, Plan
from safesync.model.errors import ConfigurationError, SafeSyncError
from safesync.rules.page import said_name

log = structlog.get_logger()


def pull(path: Path, only: tuple[str, ...], *, as_json: bool) -> None:
    """Read what changed; a tracker that cannot be read does not stop the others."""
    results: list[tuple[Pulled, int]] = []
    errors: list[str] = []
    with opened(path, only=only) as job, progress() as listener:
        for source in job.sources:
            try:
                with job.store.only_run_of(source.name):
                    results.append((pulling.pull(source, job.store, datetime.now(UTC), listener), source.tracker.calls.total))
            except SafeSyncError as error:
                errors.append(f"{source.name}: {error}")
            except Exception as error:  # noqa: BLE001 - the boundary of one tracker
                # A defect in one connector must not silence the other.
                errors.append(f"{source.name}: {'; '.join(line.strip() for line in defect(error))}")
    if as_json:
        show.as_json({"trackers": {each.tracker: _pulled_fields(each, calls) for each, calls in results}, "errors": errors})
    else:
        _print_pulled(results, errors)
    if errors or any(each.hidden for each, _ in results):
        raise typer.Exit(4)


def _pulled_fields(each: Pulled, calls: int) -> dict[str, Any]:
    return {
        "items": each.items,
        "gone": each.gone,
        "full": each.full,
        "calls": calls,
        "warnings": list(each.warnings),
        "refused": [{"item": one.native_id, "reason": one.reason} for one in each.refused],
    }


def _print_pulled(results: list[tuple[Pulled, int]], errors: list[str]) -> None:
    shown = show.table("tracker", "read#", "gone#", "refused#", "calls#")
    for each, calls in results:
        shown.add_row(each.tracker, str(each.items), str(each.gone), str(len(each.refused)), str(calls))
    if results:
        show.print_table(shown)
    for sentence in (*(f"{each.tracker}: {warning}" for each, _ in results for warning in each.warnings), *errors):
        show.console().print(Text(sentence))
    for each, _ in results:
        for one in each.refused:
            show.console().print(Text(f"{each.tracker}: {one.native_id} was left out: {one.reason}"))


def check(path: Path, form: str, fail_on: str) -> None:
    """Judge what was read, print it; status 1 when there is something at or above ``fail_on``, else 4 when not all was read."""
    with opened(path, trackers=False) as job:
        mappings = {part.name: part.mapping for part in job.configuration.trackers}
        checked = job.checked(datetime.now(UTC), facts_for(mappings))
        feedback = job.configuration.feedback
        waivers, strange = configured(job.store, feedback, checked.report.judged_at)
        waived = standing(checked, waivers, feedback.unwaivable, checked.report.judged_at.date(), job.codes)
        report, kept = checked.report, upkeep(checked, mappings, job.configuration.as_organisation(), waived, strange)
        items = items_of(job.store, job.configuration.as_organisation(), [finding.subject for finding in report.flawed])
        quiet = silences(report, items, waivers, {each.pair for each in job.store.baseline().quiet}, report.judged_at.date())
        speak = tongue(feedback.language)
        names = {setting.rule.code: speak.say(said_name(setting.rule)) for setting in job.rules}
        iterations = {one.uid: one.name for one in checked.scene.iterations}
        missing, first = job.unread(), job.never_read
        unfound = missing.unfound(job.store.items(list(missing.items)))
    for sentence in filter(None, (first, *missing.sentences(), *unfound)):
        show.aside(sentence)
    if form == "html":
        page = report_page(report, items, names, quiet, iterations=iterations, unread=missing.sentences(), tongue=speak)
        sys.stdout.write(page)
    else:
        show.print_report(report, items, form, kept, quiet, iterations=iterations, unread=missing.sentences())
    if show.reaching((one for one in report.flawed if (one.code, one.subject) not in quiet), fail_on):
        raise typer.Exit(1)
    if missing or first:
        raise typer.Exit(4)


def plan(path: Path, output: Path, form: str, batch_by: BatchBy) -> None:
    """Judge what was read, decide what to write, show and save it; status 3 when a run would not write it, 4 when not all was read."""
    with opened(path, trackers=False) as job:
        now, feedback, organisation = datetime.now(UTC), job.configuration.feedback, job.configuration.as_organisation()
        if first := job.never_read:
            raise ConfigurationError(first)
        missing, checked = job.unread(), job.checked(datetime.now(UTC))
        read = frozenset(job.names) - missing.trackers.keys()
        heard = wiring.audiences(job.configuration)
        decided = planning.plan(
            job.store, checked, organisation, feedback, now, trackers=read, batch_by=batch_by, audiences=heard, wording=job.wording
        )
        made = decided.plan
        ahead = planning.foreseen(job.store, made, organisation, feedback, now, trackers=read, items=checked.scene.facts.height)
        within = planning.capped(job.store, made, feedback.caps, now)
    saved = _save(within.plan, output, ahead)
    waits = [show.waiting(len(within.waiting))] if within.waiting else []
    refused = [show.refused(decided.refused)] if decided.refused else []
    for sentence in (*missing.sentences(), *waits, *refused, *planned.sentences(ahead)):
        show.aside(sentence)
    _show(within.plan, ahead, form, saved)
    if ahead.stopped or ahead.first:
        raise typer.Exit(3)
    if missing:
        raise typer.Exit(4)


def _save(made: Plan, output: Path, ahead: Foreseen) -> Path:
    """The file of the plan; beside a page that is asked for as output."""
    saved = output
    if output.suffix == ".html":
        saved = output.with_suffix(".json")
        show.written(output, plan_page(made, planned.sentences(ahead)))
    show.written(saved, plan_to_json(made))
    return saved


def _show(made: Plan, ahead: Foreseen, form: str, saved: Path) -> None:
    if form == "json":
        show.as_json({**planned.plan_fields(made), **planned.foreseen_fields(ahead), "saved": str(saved)})
    elif form == "html":
        sys.stdout.write(plan_page(made, planned.sentences(ahead)))
    else:
        planned.print_plan(made)
        show.console().print(f"saved as {saved}; write it with: safesync apply {saved}")


def _plan_of(file: Path) -> Plan:
    if file.suffix == ".html":
        raise ConfigurationError(f"{file}: a page is to be read; the plan lies beside it: safesync apply {file.with_suffix('.json')}")
    try:
        return plan_from_json(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error) if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigurationError(f"{file}: cannot be read ({reason}); write a plan with: safesync plan -o {file}") from None


def batches(path: Path, plan_file: Path, *, as_json: bool) -> None:
    """The batches of a saved plan, and which of them were written."""
    made = _plan_of(plan_file)
    with opened(path, trackers=False) as job:
        before = CarriedOut.of(job.store.carried_out(made.after_run))
    parts = named(made, before.whole)
    if as_json:
        show.as_json({"digest": made.digest, "batches": planned.batch_fields(parts)})
    else:
        planned.print_batches(parts, made.batched_by.value if made.batched_by else "batch")


def apply(path: Path, plan_file: Path, names: tuple[str, ...], *, as_json: bool) -> None:
    """Write what a saved plan says, or these batches of it; only its own trackers are spoken to."""
    whole = _plan_of(plan_file)
    known = [batch.name for batch in named(whole, lambda _: False)]
    if unknown := sorted(set(names) - set(known)):
        raise ConfigurationError(near(f"{plan_file}: there is no batch", unknown[0], known))
    made = only(whole, names) if names else whole
    trackers = tuple(sorted({change.ref.tracker for change in made.changes}))
    configured_names = {part.name for part in read_configuration(path).configuration.trackers}
    if foreign := sorted(set(trackers) - configured_names):
        raise ConfigurationError(f"{plan_file}: the plan writes to {', '.join(foreign)}, which this configuration does not know")
    with opened(path, only=trackers) as job, progress() as listener:
        sources = job.sources if trackers else ()
        result = apply_once(
            made, sources, job.store, datetime.now(UTC), listener, written_by=job.written_by, whole=len(made.changes) == len(whole.changes)
        )
    _tell(result, as_json=as_json)


def run(path: Path, *, as_json: bool) -> None:
    """One whole run."""
    with opened(path) as job:
        result, asides = _run(job)
    for sentence in asides:
        show.aside(sentence)
    _tell(result, as_json=as_json)


def _run(job: Opened) -> tuple[RunResult, Sequence[str]]:
    """What came of a run; where its plan is when it was stopped, and who could not be told of it, as sentences."""
    configuration, now = job.configuration, datetime.now(UTC)
    with progress() as listener:
        result = run_once(
            job.sources,
            job.store,
            job.judge,
            configuration.as_organisation(),
            configuration.feedback,
            now,
            listener,
            rules=job.rules,
            keep_days=configuration.snapshots.keep_days,
            written_by=job.written_by,
            audiences=wiring.audiences(configuration),
            wording=job.wording,
        )
    saved = str(_saved(result.plan, job.plan_folder)) if result.stopped else ""
    kept = [f"The plan is saved as {saved}; when it is right: safesync apply {saved}"] if saved else []
    return result, (*kept, *tell(job.store, job.channels, after_run(result, saved), datetime.now(UTC)))


def _saved(plan: Plan, folder: Path) -> Path:
    """
    The file of a plan that was too large.

    It is named after what the plan would write: a schedule that stops every hour for the same reason saves it once,
    and never changes a file that somebody may be reading.
    """
    changes = sealed(replace(plan, made_at=datetime.min.replace(tzinfo=UTC), after_run=0, digest="")).digest
    path = folder / f"stopped-plan-{changes[:12]}.json"
    if not path.exists():
        show.written(path, plan_to_json(plan))
    return path


def _tell(result: RunResult, *, as_json: bool) -> None:
    if as_json:
        show.as_json(show.run_fields(result))
    else:
        show.print_run(result)
    if result.stopped:
        raise typer.Exit(3)
    if show.failed(result.trackers):
        raise typer.Exit(4)


def _logged(result: RunResult, asides: Sequence[str] = ()) -> None:
    """What a person would be shown, where nobody looks on."""
    if result.stopped:
        log.error("run.stopped", reason=result.stopped)
    for sentence in asides:
        log.warning("run.noted", reason=sentence)
    for each in result.trackers:
        for warning in each.warnings:
            log.warning("tracker.warned", tracker=each.tracker, reason=warning)
        for sentence in show.left(each):
            log.warning("changes.left", tracker=each.tracker, reason=sentence)
        if each.error is not None:
            log.error("tracker.ended", tracker=each.tracker, reason=each.error)


def serve(path: Path) -> None:
    """Run on the schedule; the configuration is read again before each run, so that a change of it needs no restart."""
    from safesync.serve import Times  # noqa: PLC0415 - the scheduler is for this command alone
    from safesync.serve import serve as follow  # noqa: PLC0415

    schedule = read_configuration(path).configuration.schedule
    if not schedule:
        raise ConfigurationError(f"{path}: there is no schedule to follow; add one, or call 'safesync run' from your own scheduler")

    def job() -> None:
        with opened(path) as everything:
            if everything.configuration.schedule != schedule:
                log.warning("schedule.changed", reason="this process follows the one it was started with; start it again")
            _logged(*_run(everything))

    first = Times(schedule).get_next_fire_time(None, datetime.now(UTC))
    if sys.stderr.isatty():  # otherwise it is a log, and one of JSON may be asked for
        show.aside(f"The first run is on {first:%Y-%m-%d at %H:%M %Z}; Ctrl-C or SIGTERM ends this, after a run that is under way.")
    follow(schedule, job)
