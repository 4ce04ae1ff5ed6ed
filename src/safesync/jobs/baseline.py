"""Baseline: keep quiet what was there before, and say who may speak of it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

import polars as pl
import structlog

from safesync.feedback.baseline import departures, old_findings
from safesync.feedback.limits import check_limits, only_readies
from safesync.feedback.plan_file import sealed
from safesync.feedback.settings import Limits
from safesync.jobs.check import Checked, tracker_of
from safesync.model.baseline import Departure, OldFinding
from safesync.model.change import ItemChange, Plan
from safesync.model.errors import LimitError
from safesync.model.item import Item
from safesync.model.organisation import Organisation
from safesync.store.port import Store

_log = structlog.get_logger()


def take(
    store: Store, organisation: Organisation, now: datetime, *, trackers: Collection[str], codes: Collection[str] | None = None
) -> tuple[OldFinding, ...]:
    """Keep quiet what is found in ``trackers`` and was not told yet, of all rules or of ``codes``; what was added."""
    added = takeable(store, organisation, now, trackers=trackers, codes=codes)
    # Somebody who keeps one rule quiet, or where there is nothing to keep, has not answered there yet.
    store.save_baseline(added, now, met={tracker_of(each.subject) for each in added} if codes is None else ())
    _log.info("baseline.taken", findings=len(added), trackers=sorted(trackers))
    return added


def takeable(
    store: Store, organisation: Organisation, now: datetime, *, trackers: Collection[str], codes: Collection[str] | None = None
) -> tuple[OldFinding, ...]:
    """What ``take`` would keep quiet."""
    quiet = {each.pair for each in store.baseline().quiet}
    findings = [
        known.finding
        for known in store.findings()
        if (known.finding.code, known.finding.subject) not in quiet
        and tracker_of(known.finding.subject) in trackers
        and (codes is None or known.finding.code in codes)
    ]
    items = store.items(sorted({finding.subject for finding in findings}))
    return old_findings(findings, items, store.marks(), train_of(organisation), now)


def told(store: Store, changes: Iterable[ItemChange], now: datetime) -> None:
    """What an approved plan spoke of is quiet no more: else the next run would say that it is settled."""
    spoken = {(code, change.ref.uid) for change in changes for code in change.codes}
    gone = [replace(each, left_at=now, left=Departure.TOLD) for each in store.baseline().quiet if each.pair in spoken]
    store.save_baseline(gone, now)


def shrink(store: Store, checked: Checked, now: datetime, *, asked: Collection[str] = ()) -> frozenset[tuple[str, str]]:
    """Let go of what was settled or touched since, or stands on items that were ``asked`` about; (code, subject) of what stays quiet."""
    baseline = store.baseline()
    if not baseline.quiet:
        return frozenset()
    present = {(known.finding.code, known.finding.subject) for known in store.findings()}
    touched = _touched(store, checked, {each.subject for each in baseline.quiet})
    gone = departures(baseline, present, lambda old: old.subject in asked or touched(old), now)
    store.save_baseline(gone, now)
    return frozenset(each.pair for each in baseline.quiet) - {each.pair for each in gone}


def begin(
    store: Store, made: Plan, organisation: Organisation, limits: Limits, now: datetime, *, trackers: Collection[str], items: int
) -> tuple[Plan, int]:
    """
    The plan of a run that may write, and how many findings became the baseline of trackers that were never answered in.

    Where the first answer would pass a limit, the backlog is older than SafeSync: what is there stays quiet, and nothing is written
    there in this run. Everywhere else limits stop a run.
    """
    strangers, flooded = flooded_at_first(store, made, limits, trackers=trackers, items=items)
    added = take(store, organisation, now, trackers=flooded) if flooded else ()
    store.save_baseline((), now, met=strangers)
    return (part_of(made, set(trackers) - flooded), len(added)) if flooded else (made, 0)


def flooded_at_first(
    store: Store, made: Plan, limits: Limits, *, trackers: Collection[str], items: int
) -> tuple[frozenset[str], frozenset[str]]:
    """The trackers that a plan answers in for the first time, and those of them where it would pass a limit."""
    spoken = (change for change in made.changes if not only_readies(change))
    strangers = {change.ref.tracker for change in spoken if change.ref.tracker in trackers} - store.baseline().met.keys()
    return frozenset(strangers), frozenset(_flooded(made, strangers, limits, items))


def _flooded(made: Plan, strangers: Collection[str], limits: Limits, items: int) -> set[str]:
    """Of the trackers that are new those without which the plan is within the limits, the largest first."""
    sizes = Counter(change.ref.tracker for change in made.changes if change.ref.tracker in strangers)
    flooded: set[str] = set()
    for name, _ in sizes.most_common():
        if _would_flood(part_of(made, {name}), limits, items) or _would_flood(part_of(made, {*_trackers(made)} - flooded), limits, items):
            flooded.add(name)
    return flooded


def _trackers(made: Plan) -> set[str]:
    return {change.ref.tracker for change in made.changes}


def part_of(made: Plan, trackers: Collection[str]) -> Plan:
    """The changes of these trackers alone."""
    return sealed(replace(made, changes=tuple(change for change in made.changes if change.ref.tracker in trackers)))


def _would_flood(part: Plan, limits: Limits, items: int) -> bool:
    try:
        check_limits(part, limits, items=items, last=None)
    except LimitError:
        return True
    return False


def _touched(store: Store, checked: Checked, subjects: Collection[str]) -> Callable[[OldFinding], bool]:
    """
    Whether a person changed the item since.

    Where the tracker does not tell who changed it, any change counts: on an item that we keep quiet about, ours is none of them. But
    where we have said that it is ready, a change may be ours: there nobody knows.
    """
    of_old = checked.scene.facts.filter(pl.col("uid").is_in(sorted(subjects)))
    changed = dict(of_old.select("uid", "human_change_at").rows())
    untold = sorted({uid for uid, when in changed.items() if when is None} - store.marks().keys())
    revisions = {uid: item.revision for uid, item in store.items(untold).items()}

    def touched(old: OldFinding) -> bool:
        when = changed.get(old.subject)
        return when > old.since if when is not None else revisions.get(old.subject, old.revision) != old.revision

    return touched


def train_of(organisation: Organisation) -> Callable[[Item], str | None]:
    """The train of an item: its own, else its team's."""

    def of_item(item: Item) -> str | None:
        of_team = organisation.train_of(item.team)
        return item.train or (of_team.name if of_team else None)

    return of_item
