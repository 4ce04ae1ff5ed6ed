"""Plan: decide from what was found, what was said and what stands in the trackers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import polars as pl
import structlog

from safesync.feedback.answers import Account
from safesync.feedback.audience import Audience
from safesync.feedback.caps import Capped, within_caps
from safesync.feedback.digest import Digest, Wording
from safesync.feedback.escalation import escalated
from safesync.feedback.labels import READY
from safesync.feedback.limits import check_limits, check_ready, loses_ready, only_readies
from safesync.feedback.plan import Situation, beside, make_plan, marks_to_correct
from safesync.feedback.settings import Caps, FeedbackSettings
from safesync.jobs.accounts import UNEXPLAINED, account
from safesync.jobs.anchors import anchors, by_name, named
from safesync.jobs.baseline import flooded_at_first, part_of, shrink, takeable, train_of
from safesync.jobs.check import Checked, tracker_of
from safesync.jobs.readiness import ReadyItems, ready_items
from safesync.jobs.refused_writes import without_refused
from safesync.jobs.replies import answered, heard
from safesync.jobs.speaking import voices
from safesync.jobs.waivers import with_replies
from safesync.jobs.weeks import anchored, on_anchors, weeks
from safesync.languages.tongue import Tongue
from safesync.model.baseline import Departure
from safesync.model.change import BatchBy, CommentMark, Plan
from safesync.model.errors import LimitError
from safesync.model.finding import Rollout, Verdict
from safesync.model.item import Stage
from safesync.model.organisation import Organisation
from safesync.rules.engine import Explanation
from safesync.store.port import Scene, Store

_log = structlog.get_logger()
_WAITED = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, and the week of each team, which are told outside the trackers too."""

    plan: Plan
    digests: tuple[Digest, ...] = ()
    refused: int = 0
    """Items of which something is left out: their tracker refused it, and nothing has changed since."""


def plan(
    store: Store,
    checked: Checked,
    organisation: Organisation,
    settings: FeedbackSettings,
    now: datetime,
    *,
    trackers: Collection[str],
    batch_by: BatchBy = BatchBy.TRAIN,
    audiences: Mapping[str, Audience] | None = None,
    wording: Wording | None = None,
) -> Planned:
    """What has to be written to ``trackers``, as loudly as each finding says; nothing is written to them here."""
    voice_of = voices(store, settings, organisation)
    said = heard(store, settings, now, checked.report.codes, voice_of)
    quiet = shrink(store, checked, now, asked={uid for uid, each in said.items() if each.asked})
    waivers = with_replies(store, settings, said)[0]
    marks = store.marks()
    ready = ready_items(checked, waivers, marks) if settings.labels and settings.ready_label else ReadyItems.none()
    situation = _situation(store, checked, organisation, frozenset(trackers), replied=said, marks=marks, ready=ready)
    situation = _as_loud_as_set(_without(situation, quiet))
    said = answered(store, said, partial(_facts_behind, checked, situation), voice_of)
    situation = replace(situation, waivers=waivers, heard=said, audiences=audiences or {}, batch_by=batch_by, voice_of=voice_of)
    situation = replace(situation, first_in=frozenset(trackers) - store.baseline().met.keys())
    digests = weeks(store, situation, organisation, now, settings=settings, wording=wording or Wording())
    situation = replace(situation, digests=on_anchors(store, digests, organisation, situation.items))
    for mark in marks_to_correct(situation):
        store.save_mark(mark)
    possible, refused = without_refused(store, make_plan(situation, settings, now), situation.items, now)
    made = remembering(store, possible)
    _log.info("plan.finished", changes=len(made.changes))
    return Planned(made, digests, refused)


def remembering(store: Store, made: Plan) -> Plan:
    """The plan with what the store knows beside it: what our comments say now, and which run was the last."""
    last = next(iter(store.runs(1)), None)
    said = store.said([change.ref.uid for change in made.changes if change.comment and change.comment.was])
    return beside(replace(made, after_run=last.run_id if last else 0), said)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """
    What a run would do with a plan instead of writing it.

    In the trackers of ``first`` it would keep ``quiet`` findings as their baseline; ``stopped`` is the limit that the rest passes.
    """

    first: tuple[str, ...] = ()
    quiet: int = 0
    stopped: str | None = None


def foreseen(
    store: Store,
    made: Plan,
    organisation: Organisation,
    settings: FeedbackSettings,
    now: datetime,
    *,
    trackers: Collection[str],
    items: int,
) -> Foreseen:
    """What a run would keep quiet of a plan, and what would stop it."""
    _, flooded = flooded_at_first(store, made, settings.limits, trackers=trackers, items=items)
    quiet = len(takeable(store, organisation, now, trackers=flooded)) if flooded else 0
    rest = part_of(made, set(trackers) - flooded)
    within = capped(store, rest, settings.caps, now).plan
    return Foreseen(tuple(sorted(flooded)), quiet, stopped_by(store, within, settings, now, items=items))


def stopped_by(store: Store, made: Plan, settings: FeedbackSettings, now: datetime, *, items: int) -> str | None:
    """The sentence of the limit that a plan passes, ``None`` when it passes none; ``items`` are those in scope."""
    try:
        check_limits(made, settings.limits, items=items, last=_last_begun(store, settings.caps), let_go=_let_go(store, made, now))
        _check_ready(store, made, settings)
    except LimitError as error:
        return str(error)
    return None


def _check_ready(store: Store, made: Plan, settings: FeedbackSettings) -> None:
    losing = [change.ref.uid for change in made.changes if loses_ready(change)]
    if len(losing) > settings.limits.items:
        ended = sum(item.stage in {Stage.DONE, Stage.CANCELLED} for item in store.items(losing).values())
        called = sum(READY in mark.labels for mark in store.marks().values())
        check_ready(len(losing) - ended, settings.limits, called=called)


def _last_begun(store: Store, caps: Caps) -> int | None:
    """What the last run began, to which this one is compared; ``None`` where the day's budget has decided what is usual."""
    if caps.day is not None:
        return None
    last = store.last_figures("done")
    return None if last is None else last.get("created")


def _let_go(store: Store, made: Plan, now: datetime) -> int:
    """
    How many items the baseline let go because people touched them, or asked: what they do is no jump of ours.

    Lately, not just now, since what is begun on an item waits until its people have left it.
    """
    leaving = {each.subject for each in store.baseline().old if each.left is Departure.TOUCHED and _lately(each.left_at, now)}
    return len({change.ref.uid for change in made.changes if change.ref.uid in leaving or change.asked})


def _lately(then: datetime | None, now: datetime) -> bool:
    return then is not None and now - then <= _WAITED


def _facts_behind(checked: Checked, situation: Situation, tongue: Tongue, uid: str, code: str) -> tuple[Account, ...]:
    """What the findings that stand on an item hang on, one sentence a rule and what it is about."""
    carried = {subject for subject, anchor in situation.anchors.items() if anchor.uid == uid}
    open_here = {(one.code, one.subject) for one in situation.findings if one.subject in {uid, *carried} and code in {"", one.code}}
    try:
        told = sorted((each for subject in {subject for _, subject in open_here} for each in checked.explain(subject)), key=_by_rule)
    except Exception:  # noqa: BLE001 - the boundary of one question: a rule that cannot be explained stops nobody
        _log.exception("finding.unexplained", item=uid)
        return (Account(tongue.say(UNEXPLAINED)),)
    flawed = (each for each in told if (each.code, each.subject) in open_here and each.verdict is Verdict.FLAWED)
    iterations = {one.uid: one.name for one in checked.scene.iterations}
    return tuple(account(each, tongue, named(each.subject, iterations) if each.subject in carried else "") for each in flawed)


def _by_rule(each: Explanation) -> tuple[str, str]:
    return each.code, each.subject


def _situation(
    store: Store,
    checked: Checked,
    organisation: Organisation,
    trackers: frozenset[str],
    *,
    replied: Collection[str],
    marks: Mapping[str, CommentMark],
    ready: ReadyItems,
) -> Situation:
    findings = tuple(by_name(escalated(known, checked.report.judged_at), organisation) for known in store.findings())
    carriers = anchors(store, organisation, (finding.subject for finding in findings))
    concerned = ({finding.subject for finding in findings} | marks.keys() | _labelled(checked.scene.facts)) - ready.settled
    concerned |= {anchor.uid for anchor in carriers.values()} | set(replied) | anchored(store, organisation).keys() | set(ready.lacking)
    concerned -= _said_with_more_in_sight(store, checked, marks)
    wanted = sorted(uid for uid in concerned & checked.report.subjects if tracker_of(uid) in trackers)
    return Situation(
        findings=findings,
        report=checked.report,
        items=store.items(wanted),
        marks=marks,
        anchors=carriers,
        train_of=train_of(organisation),
        ahead=_ahead(checked.scene, checked.report.judged_at.date()),
        ready=ready.among(wanted),
    )


def _said_with_more_in_sight(store: Store, checked: Checked, marks: Collection[str]) -> set[str]:
    """
    Items of which we said something that this store does not remember, while nothing is known of what lies beside them.

    What was found there may hang on that, so neither is anything taken back nor said anew.
    """
    if not checked.unknown_beside:
        return set()
    ours = {*marks, *_labelled(checked.scene.facts)}
    return ours - store.said(sorted(ours)).keys()


def _ahead(scene: Scene, today: date) -> dict[str, str]:
    """Names of what is not over: nobody gets ready for an iteration that has ended."""
    iterations = {one.uid: one.name for one in scene.iterations if one.ends_on is None or one.ends_on >= today}
    return iterations | {one.label: one.label for one in scene.intervals if one.ends_on is None or one.ends_on >= today}


def capped(store: Store, made: Plan, caps: Caps, now: datetime) -> Capped:
    """The plan within what may be begun in a day (of UTC)."""
    if caps == Caps(ready=caps.ready) and not any(map(only_readies, made.changes)):
        return Capped(made)
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    begun = store.begun_since(today)
    items = store.items(sorted({*begun, *(change.ref.uid for change in made.changes)}))
    return within_caps(made, items, begun, caps, store.readied_since(today))


def _without(situation: Situation, quiet: Collection[tuple[str, str]]) -> Situation:
    return replace(situation, findings=tuple(one for one in situation.findings if (one.code, one.subject) not in quiet))


def _as_loud_as_set(situation: Situation) -> Situation:
    quiet = {(one.code, one.subject) for one in situation.findings if one.rollout is Rollout.LABEL}
    told = tuple(one for one in situation.findings if one.rollout not in {Rollout.SHADOW, Rollout.REPORT})
    return replace(situation, findings=told, label_only=frozenset(quiet))


def _labelled(facts: pl.DataFrame) -> set[str]:
    """Items with a label of ours: also those that a lost store forgot."""
    ours = pl.col("labels").list.eval(pl.element().cast(pl.String).str.to_lowercase().str.starts_with("safesync-")).list.any()
    return set(facts.filter(ours)["uid"])
