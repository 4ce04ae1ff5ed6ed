"""Run: pull, check, plan, look at the limits, apply. Apply alone: the same ending for a plan that was approved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import structlog

from safesync.connectors.port import Identity
from safesync.feedback.audience import Audience
from safesync.feedback.digest import Digest, Wording
from safesync.feedback.settings import FeedbackSettings
from safesync.jobs.apply import AppliedPart, apply
from safesync.jobs.baseline import begin, told
from safesync.jobs.carried_out import CarriedOut
from safesync.jobs.check import Checked, Judges, check
from safesync.jobs.listener import Listener, Silent
from safesync.jobs.plan import capped, plan, stopped_by
from safesync.jobs.pull import prove, pull
from safesync.jobs.recover import recover
from safesync.jobs.result import RunResult, TrackerResult
from safesync.jobs.source import Source
from safesync.model.change import Applied, ItemChange, Outcome, Plan
from safesync.model.errors import ConfigurationError, SafeSyncError
from safesync.model.finding import Report
from safesync.model.organisation import Organisation
from safesync.rules.rule import RuleSetting
from safesync.store.port import Store

_log = structlog.get_logger()
_Given = TypeVar("_Given")


@dataclass(slots=True)
class _Under:
    """One tracker under way; ``error`` says why it is out for this run."""

    source: Source
    calls_before: int
    identity: Identity | None = None
    items: int = 0
    warnings: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = ()
    results: tuple[Applied, ...] = ()
    error: str | None = None


def run_once(  # noqa: PLR0917 - the parts of a run, in the order in which they come into it
    sources: Sequence[Source],
    store: Store,
    judge: Judges,
    organisation: Organisation,
    feedback: FeedbackSettings,
    now: datetime,
    listener: Listener | None = None,
    *,
    rules: Sequence[RuleSetting] = (),
    keep_days: int = 0,
    written_by: str = "",
    audiences: Mapping[str, Audience] | None = None,
    wording: Wording | None = None,
) -> RunResult:
    """
    One whole run. A tracker that cannot be read or written ends alone; its items keep what was said about them.

    A plan above the limits is not applied: it is in the result, with the sentence that says why. ``rules`` are the ones
    that ``judge`` judges by: findings of all others are over. ``keep_days`` as for ``check``.
    ``written_by`` is remembered with the run; ``audiences`` say whom each tracker tells of what is written,
    ``wording`` what digests take from elsewhere.
    """
    run = _Run(sources, store, now, listener or Silent(), "run", written_by)
    with run.recorded():
        for under in run.reached():
            run.guarded(under, run.pull)
        checked = check(
            store,
            judge,
            organisation,
            now,
            trackers=run.names(),
            failed=run.failed(),
            lost=run.lost(),
            rules=rules,
            keep_days=keep_days,
        )
        run.report = checked.report
        reached = run.names() - run.failed()
        planned = plan(store, checked, organisation, feedback, now, trackers=reached, audiences=audiences, wording=wording)
        run.digests, run.refused = planned.digests, planned.refused
        run.plan, run.baselined = begin(store, planned.plan, organisation, feedback.limits, now, trackers=reached, items=_items(checked))
        within = capped(store, run.plan, feedback.caps, now)
        run.plan, run.waiting = within.plan, len(within.waiting)
        run.stopped = stopped_by(store, run.plan, feedback, now, items=_items(checked))
        run.write()
        if (before := feedback.forgotten(now)) is not None:
            store.forget_writes(before)
    return run.result()


def apply_once(
    made: Plan,
    sources: Sequence[Source],
    store: Store,
    now: datetime,
    listener: Listener | None = None,
    *,
    written_by: str = "",
    whole: bool = True,
) -> RunResult:
    """
    Apply a plan that a person approved, ``whole`` or a batch of it; no limit is asked.

    What was carried out before is recognised. ``ConfigurationError`` when it is for a tracker that is not among the sources.
    """
    strangers = {change.ref.tracker for change in made.changes} - {source.name for source in sources}
    if strangers:
        raise ConfigurationError(f"plan: it writes to {', '.join(sorted(strangers))}, which is not configured")
    run = _Run(sources, store, now, listener or Silent(), "apply", written_by)
    with run.recorded():
        run.plan = made
        for under in run.reached():
            run.guarded(under, run.approach)
        run.before = CarriedOut.of(store.carried_out(made.after_run))
        run.write()
        told(store, run.spoken(), now)
        if whole:  # who approves a batch has not answered the rest
            store.save_baseline((), now, met={change.ref.tracker for change in made.changes} - run.failed())
    return run.result()


def _items(checked: Checked) -> int:
    return checked.scene.facts.height


@dataclass(slots=True)
class _Run:
    """A run under way."""

    sources: Sequence[Source]
    store: Store
    now: datetime
    listener: Listener
    verb: str
    written_by: str = ""
    run_id: int = 0
    plan: Plan = field(default_factory=lambda: Plan(datetime.min.replace(tzinfo=UTC), ()))
    report: Report | None = None
    stopped: str | None = None
    baselined: int = 0
    waiting: int = 0
    refused: int = 0
    digests: tuple[Digest, ...] = ()
    before: CarriedOut = field(default_factory=CarriedOut)
    under: list[_Under] = field(default_factory=list)

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Begin the run with a lock on every tracker, and remember how it ended, also when it crashed."""
        self.run_id = self.store.start_run(self.verb, self.now, self.written_by)
        self.under = [_Under(source, source.tracker.calls.total) for source in self.sources]
        outcome, began_s = "crashed", time.monotonic()
        with ExitStack() as locks, structlog.contextvars.bound_contextvars(run_id=self.run_id):
            for under in self.under:
                self.guarded(under, lambda one: locks.enter_context(self.store.only_run_of(one.source.name)))
            try:
                yield
                outcome = "stopped" if self.stopped else "partial" if self.failed() else "done"
            finally:
                # Also of a run that broke off in the midst of an item: what the results have not, the ledger has.
                figures = {**self._figures(), **self.store.written(self.run_id)}
                self.store.finish_run(self.run_id, self.now + timedelta(seconds=time.monotonic() - began_s), outcome, figures)
                _log.info("run.finished", verb=self.verb, outcome=outcome, **figures)

    def guarded(self, under: _Under, step: Callable[[_Under], _Given]) -> None:
        """Do a step for one tracker; when it fails, this tracker is out and the others go on."""
        try:
            step(under)
        except SafeSyncError as error:
            under.error = str(error)
            _log.info("tracker.ended", tracker=under.source.name, reason=str(error))
        except Exception as error:  # noqa: BLE001 - the boundary of one tracker: a defect in one connector must not silence the other
            under.error = f"an unexpected {type(error).__name__} ended this tracker's part"
            _log.exception("tracker.crashed", tracker=under.source.name)

    def reached(self) -> list[_Under]:
        return [under for under in self.under if under.error is None]

    def names(self) -> frozenset[str]:
        return frozenset(under.source.name for under in self.under)

    def failed(self) -> frozenset[str]:
        return frozenset(under.source.name for under in self.under if under.error is not None)

    def lost(self) -> frozenset[tuple[str, str]]:
        """(tracker, project) of what we may not read any more."""
        return frozenset((under.source.name, project) for under in self.under for project in under.lost)

    def pull(self, under: _Under) -> None:
        pulled = pull(under.source, self.store, self.now, self.listener)
        under.identity, under.items, under.warnings = pulled.identity, pulled.items, pulled.warnings
        under.lost, under.hidden = pulled.lost, pulled.hidden
        recover(under.source.tracker, self.store)

    def approach(self, under: _Under) -> None:
        """
        Prove who we are, and settle what is open.

        Where this plan was begun and broke off in the midst of an item, the items are read first: else nobody knows whether a person
        or we have changed it since.
        """
        before = CarriedOut.of(self.store.carried_out(self.plan.after_run))
        begun = any(before.begun(change) for change in self.plan.changes if change.ref.tracker == under.source.name)
        if begun or self.store.open_intents(under.source.name):
            under.identity = pull(under.source, self.store, self.now, self.listener).identity
        else:
            under.identity = prove(under.source.tracker, self.store)
        recover(under.source.tracker, self.store)

    def write(self) -> None:
        """Every tracker's part of the plan, unless the whole is above a limit."""
        if self.stopped:
            return
        for under in self.reached():
            self.guarded(under, self.apply)

    def spoken(self) -> list[ItemChange]:
        """The changes of the plan that stand in the trackers now."""
        stand = {result.ref.uid for under in self.under for result in under.results if result.outcome in {Outcome.DONE, Outcome.ALREADY}}
        return [change for change in self.plan.changes if change.ref.uid in stand]

    def apply(self, under: _Under) -> None:
        changes = [change for change in self.plan.changes if change.ref.tracker == under.source.name]
        if under.identity is not None and changes:
            part: AppliedPart = apply(
                under.source.tracker,
                under.identity,
                changes,
                self.store,
                run_id=self.run_id,
                now=self.now,
                listener=self.listener,
                before=self.before,
                approved=self.verb == "apply",
            )
            under.results, under.error = part.results, part.error

    def result(self) -> RunResult:
        found = {(one.code, one.subject) for one in self.report.flawed} if self.report else frozenset()
        quiet = sum(each.pair in found for each in self.store.baseline().quiet)
        return RunResult(
            self.run_id,
            self.plan,
            self._results(),
            self.report,
            self.stopped,
            self.baselined,
            quiet,
            self.waiting,
            self.refused,
            self.digests,
        )

    def _results(self) -> tuple[TrackerResult, ...]:
        return tuple(
            TrackerResult(
                under.source.name,
                under.items,
                under.source.tracker.calls.total - under.calls_before,
                under.results,
                under.warnings,
                under.error,
                under.hidden,
            )
            for under in self.under
        )

    def _figures(self) -> dict[str, int]:
        results = self._results()
        figures = {name: sum(getattr(result, name) for result in results) for name in ("items", "calls")}
        figures["undone"] = sum(len(result.undone) for result in results)
        figures["findings"] = len(self.report.flawed) if self.report else 0
        return figures
