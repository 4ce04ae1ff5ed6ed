"""Commands that do the job, whole or stage by stage."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from safesync.cli import show
from safesync.cli.opening import Opened, opened
from safesync.cli.progress import progress
from safesync.feedback.plan_file import plan_from_json, plan_to_json
from safesync.jobs import check as checking
from safesync.jobs import plan as planning
from safesync.jobs import pull as pulling
from safesync.jobs.lock import only_run_of
from safesync.jobs.run import RunResult, apply_once, run_once
from safesync.model.errors import ConfigurationError, RunError
from safesync.model.finding import Report, Severity

_SEVERITIES = tuple(Severity)


def pull(path: Path, only: tuple[str, ...], *, as_json: bool) -> None:
    """Read what changed; a tracker that cannot be read does not stop the others."""
    results, errors = [], []
    with opened(path, only=only) as job, progress() as listener:
        for source in job.sources:
            try:
                with only_run_of(source.name, job.lock_folder):
                    results.append((pulling.pull(source, job.store, datetime.now(UTC), listener), source.tracker.calls.total))
            except RunError as error:
                errors.append(str(error))
    if as_json:
        show.as_json(
            {
                "trackers": {
                    each.tracker: {
                        "items": each.items,
                        "gone": each.gone,
                        "full": each.full,
                        "calls": calls,
                        "warnings": list(each.warnings),
                        "refused": [{"item": one.native_id, "reason": one.reason} for one in each.refused],
                    }
                    for each, calls in results
                },
                "errors": errors,
            }
        )
    else:
        shown = show.table("tracker", "read#", "gone#", "refused#", "calls#")
        for each, calls in results:
            shown.add_row(each.tracker, str(each.items), str(each.gone), str(len(each.refused)), str(calls))
        show.console().print(shown)
        for sentence in (*(warning for each, _ in results for warning in each.warnings), *errors):
            show.console().print(sentence)
    if errors:
        raise typer.Exit(4)


def _checked(job: Opened, now: datetime) -> checking.Checked:
    names = [part.name for part in job.configuration.trackers]
    return checking.check(job.store, job.judge, job.configuration.as_organisation(), now, trackers=names)


def check(path: Path, form: str, fail_on: str) -> None:
    """Judge what was read, print it, and end with 1 when there is something at or above ``fail_on``."""
    with opened(path, trackers=False) as job:
        report = _checked(job, datetime.now(UTC)).report
        items = job.store.items([finding.subject for finding in report.flawed])
    show.print_report(report, items, form)
    if fail_on != "never" and _worst(report) >= _SEVERITIES.index(Severity(fail_on)):
        raise typer.Exit(1)


def _worst(report: Report) -> int:
    return max((_SEVERITIES.index(finding.severity) for finding in report.flawed), default=0)


def plan(path: Path, output: Path, *, as_json: bool) -> None:
    """Judge what was read, decide what to write, show and save it."""
    with opened(path, trackers=False) as job:
        now = datetime.now(UTC)
        organisation = job.configuration.as_organisation()
        names = [part.name for part in job.configuration.trackers]
        made = planning.plan(job.store, _checked(job, now), organisation, job.configuration.feedback, now, trackers=names)
    output.write_text(plan_to_json(made), encoding="utf-8")
    if as_json:
        show.as_json({**show.plan_fields(made), "saved": str(output)})
    else:
        show.print_plan(made)
        show.console().print(f"saved as {output}; write it with: safesync apply {output}")


def apply(path: Path, plan_file: Path, *, as_json: bool) -> None:
    """Write what a saved plan says."""
    try:
        made = plan_from_json(plan_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{plan_file}: cannot be read ({type(error).__name__}); write a plan with: safesync plan -o {plan_file}"
        ) from None
    with opened(path) as job, progress() as listener:
        known = {source.name for source in job.sources}
        if foreign := sorted({change.ref.tracker for change in made.changes} - known):
            raise ConfigurationError(f"{plan_file}: the plan writes to {', '.join(foreign)}, which this configuration does not know")
        result = apply_once(made, job.sources, job.store, datetime.now(UTC), listener, lock_folder=job.lock_folder, limits=None)
    _tell(result, as_json=as_json)


def run(path: Path, *, as_json: bool) -> None:
    """One whole run."""
    with opened(path) as job:
        result = _run(job)
    _tell(result, as_json=as_json)


def _run(job: Opened) -> RunResult:
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
            lock_folder=job.lock_folder,
        )
    if result.stopped:
        saved = job.lock_folder / f"stopped-plan-{result.run_id}.json"
        saved.write_text(plan_to_json(result.plan), encoding="utf-8")
        show.aside(f"The plan is saved as {saved}; when it is right: safesync apply {saved}")
    return result


def _tell(result: RunResult, *, as_json: bool) -> None:
    if as_json:
        show.as_json(show.run_fields(result))
    else:
        show.print_run(result)
    if result.stopped:
        raise typer.Exit(3)
    if show.failed(result.trackers):
        raise typer.Exit(4)


def serve(path: Path) -> None:
    """Run on the schedule; the configuration is read again before each run, so that a change needs no restart."""
    from safesync.configuration.read import read_configuration  # noqa: PLC0415 - also read by every run
    from safesync.serve import serve as follow  # noqa: PLC0415 - the scheduler is for this command alone

    configuration = read_configuration(path).configuration
    if not configuration.schedule:
        raise ConfigurationError(f"{path}: there is no schedule to follow; add one, or call 'safesync run' from your own scheduler")

    def job() -> None:
        with opened(path) as everything:
            _run(everything)

    follow(configuration.schedule, job)
