"""Check: judge everything that is known, and remember what was found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Protocol, runtime_checkable

import polars as pl
import structlog

from safesync.facts.backlog import Backlog, backlog, measured_for, without_digests
from safesync.facts.frame.links import of_rows
from safesync.feedback.escalation import escalated
from safesync.jobs.committed import committed
from safesync.model.finding import KnownFinding, Report, Rollout
from safesync.model.organisation import Organisation
from safesync.rules.engine import Explanation
from safesync.rules.rule import RuleSetting
from safesync.store.port import Occasion, Scene, Store

_log = structlog.get_logger()
_GROUP = "group:"
_OF_PLANS = "interval_load"
"""The groups that are held against the plan of the day on which their interval began."""
_FOR_PLANS = frozenset({"labels", "human_change_at", "key"})
"""Facts that a plan looks at, whatever the rules read."""


class Judges(Protocol):
    """Whoever judges a backlog by rules."""

    @property
    def reads(self) -> frozenset[str]:
        """The facts of items without which it cannot judge."""

    @property
    def reads_groups(self) -> frozenset[str]:
        """The kinds of groups that it judges."""

    def judge(self, backlog: Backlog, now: datetime, open_ones: Collection[tuple[str, str]] = ()) -> Report:
        """Everything that one look at the backlog finds; ``open_ones`` are the (code, subject) of findings that stand."""


@runtime_checkable
class Explains(Protocol):
    """A judge that can also say why."""

    def explain(self, backlog: Backlog, subject: str, open_ones: Collection[tuple[str, str]] = ()) -> tuple[Explanation, ...]:
        """Why each rule says what it says about an item or a group."""


@dataclass(frozen=True, slots=True)
class Checked:
    """
    A report, the scene that was judged, and who explains what was found about an item: at the cost of another look at everything.

    ``stands`` says where each item of the scene stands: ``uid``, ``kind`` and ``gate``, which is empty where kind or stage was not seen.
    ``unknown_beside`` says that nothing at all is known of a tracker or a project that could not be read: children, dependencies
    and whatever else of the items here may stand there.
    """

    report: Report
    scene: Scene
    stands: pl.DataFrame
    unknown_beside: bool = False
    explain: Callable[[str], tuple[Explanation, ...]] = lambda _: ()


def check(
    store: Store,
    judge: Judges,
    organisation: Organisation,
    now: datetime,
    *,
    trackers: Collection[str],
    failed: Collection[str] = (),
    lost: Collection[tuple[str, str]] = (),
    rules: Sequence[RuleSetting] = (),
    also: Collection[str] = (),
    keep_days: int = 0,
) -> Checked:
    """
    Judge the items of ``trackers`` and record the report.

    With ``rules``, the ones that are judged by, findings of any other rule are over: it was switched off. A rule that
    crashed is one of them, and its findings stay.

    Of the trackers in ``failed``, and of the projects in ``lost`` (tracker, project), nobody knows the present state:
    the report neither clears nor finds anything about their items, and nothing about groups, which may hold such items.
    Nor does it about an item that was not found when its tracker was asked for it last.
    The scene holds what was judged and planned by, and the measured facts in ``also``. With ``keep_days`` the first check of a
    day keeps a snapshot of everything for at least so many days.
    """
    wanted = measured_for(judge.reads, judge.reads_groups) | _FOR_PLANS | frozenset(also) | ({"project"} if lost else frozenset())

    def read() -> Scene:
        return of_trackers(store.scene(wanted), trackers)

    scene = read()
    surroundings = (scene.iterations, scene.intervals, scene.columns, scene.teams)
    occasion = Occasion(now, *surroundings, organisation, frozenset(failed), frozenset(lost))
    seen = seen_on(store, occasion, scene, judge.reads, judge.reads_groups)
    scene = replace(scene, facts=without_digests(scene.facts, _FOR_PLANS.union(also)))
    open_ones = {(each.finding.code, each.finding.subject) for each in store.findings()}
    report = _without(report_on(occasion, scene, seen, judge, open_ones=open_ones, rules=rules), _unfound(store, trackers))
    store.record(report)
    if keep_days:
        store.keep_snapshot(occasion, keep_days)
    report = _told(report, store.findings(), now)
    unevaluated = sum(each.count for each in report.unevaluated)
    _log.info("check.finished", items=report.items, findings=len(report.flawed), rules=len(report.codes), unevaluated=unevaluated)
    unknown_beside = _is_unknown(scene, failed, lost)
    if not isinstance(judge, Explains):
        return Checked(report, scene, _stands(seen), unknown_beside)
    again = cache(lambda: seen_on(store, occasion, read(), judge.reads, judge.reads_groups))
    return Checked(report, scene, _stands(seen), unknown_beside, lambda subject: judge.explain(again(), subject, open_ones))


def seen_on(store: Store, occasion: Occasion, scene: Scene, facts: Collection[str], groups: Collection[str]) -> Backlog:
    """The backlog as these facts and groups show it on an occasion, beside what the store remembers of the days before."""
    surroundings = (scene.iterations, scene.intervals, scene.columns, scene.teams)
    trackers = scene.facts["tracker"].unique().cast(pl.String).to_list()
    plans = committed(store, occasion, trackers) if _OF_PLANS in groups else None
    organisation, at = occasion.organisation, occasion.at
    return backlog(scene.facts, scene.links, *surroundings, organisation, at, wanted=facts, groups=groups, committed=plans)


def _stands(seen: Backlog) -> pl.DataFrame:
    frame = seen.frame
    doubtful = [pl.col(f"unseen.{name}") for name in ("kind", "stage") if f"unseen.{name}" in frame.columns]
    gate = pl.when(pl.any_horizontal(doubtful)).then(None).otherwise(pl.col("gate")) if doubtful else pl.col("gate")
    return frame.select("uid", "kind", gate=gate)


def report_on(
    occasion: Occasion,
    scene: Scene,
    seen: Backlog,
    judge: Judges,
    *,
    open_ones: Collection[tuple[str, str]],
    rules: Sequence[RuleSetting] = (),
) -> Report:
    """What is found on an occasion; ``open_ones`` are the (code, subject) that are not over yet, ``rules`` as for ``check``."""
    report = judge.judge(seen, occasion.at, open_ones)
    out_of_reach = _items_of(scene, occasion.lost)
    if occasion.failed or out_of_reach:
        report = _within_reach(report, occasion.failed, out_of_reach)
    else:
        report = _with_lost_groups(report, open_ones)
    return _without_retired(report, open_ones, rules) if rules else report


def of_trackers(scene: Scene, trackers: Collection[str]) -> Scene:
    """The scene without items of trackers that are not configured any more."""
    kept = scene.facts.select(pl.col("tracker").is_in(sorted(trackers))).to_series()
    return scene if kept.all() else replace(scene, facts=scene.facts.filter(kept), links=of_rows(scene.links, kept))


def tracker_of(uid: str) -> str:
    """The tracker of an item's uid."""
    return uid.rpartition(":")[0]


def _told(report: Report, known: Iterable[KnownFinding], now: datetime) -> Report:
    """The report as it is shown: what is in the shadow stands apart, what has stood long is escalated."""
    if all(finding.rollout is Rollout.COMMENT for finding in report.flawed):
        return report
    now_told = {(each.finding.code, each.finding.subject): escalated(each, now) for each in known if each.finding.escalation}
    told = [now_told.get((finding.code, finding.subject), finding) for finding in report.flawed]
    shadowed = tuple(finding for finding in told if finding.rollout is Rollout.SHADOW)
    return replace(report, flawed=tuple(finding for finding in told if finding.rollout is not Rollout.SHADOW), shadowed=shadowed)


def _items_of(scene: Scene, projects: Collection[tuple[str, str]]) -> frozenset[str]:
    if not projects:
        return frozenset()
    wanted = frozenset(projects)
    return frozenset(uid for uid, *place in scene.facts.select("uid", "tracker", "project").rows() if tuple(place) in wanted)


def _is_unknown(scene: Scene, failed: Iterable[str], lost: Iterable[tuple[str, str]]) -> bool:
    trackers = set(scene.facts["tracker"].unique().cast(pl.String))
    hidden = set(lost)
    known = {(tracker, project) for tracker, project in scene.facts.select("tracker", "project").rows()} if hidden else set()
    return bool(set(failed) - trackers or hidden - known)


def _unfound(store: Store, trackers: Iterable[str]) -> frozenset[str]:
    return frozenset(uid for tracker in trackers for uid in store.unfound(tracker))


def _without(report: Report, items: frozenset[str]) -> Report:
    if not items:
        return report
    flawed = tuple(finding for finding in report.flawed if finding.subject not in items)
    return replace(report, subjects=report.subjects - items, flawed=flawed)


def _within_reach(report: Report, failed: frozenset[str], out_of_reach: frozenset[str]) -> Report:
    def reached(subject: str) -> bool:
        return not subject.startswith(_GROUP) and tracker_of(subject) not in failed and subject not in out_of_reach

    subjects = frozenset(filter(reached, report.subjects))
    return replace(
        report,
        items=len(subjects),
        subjects=subjects,
        flawed=tuple(finding for finding in report.flawed if reached(finding.subject)),
    )


def _with_lost_groups(report: Report, open_ones: Iterable[tuple[str, str]]) -> Report:
    # A group without a row (its team was renamed, its interval is over) is named by no report, and its finding
    # would stand for ever. Everything was read, so not being there is an answer.
    lost = {subject for _, subject in open_ones if subject.startswith(_GROUP)}
    return replace(report, subjects=report.subjects | lost)


def _without_retired(report: Report, open_ones: Iterable[tuple[str, str]], rules: Iterable[RuleSetting]) -> Report:
    retired = {code for code, _ in open_ones} - {setting.rule.code for setting in rules}
    return replace(report, codes=report.codes | retired)
