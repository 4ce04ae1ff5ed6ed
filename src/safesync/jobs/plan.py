"""Plan: decide from what was found, what was said and what stands in the trackers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import polars as pl
import structlog

from safesync.feedback.caps import Capped, within_caps
from safesync.feedback.escalation import escalated
from safesync.feedback.plan import Anchor, Situation, make_plan, marks_to_correct
from safesync.feedback.settings import Caps, FeedbackSettings
from safesync.jobs.accounts import account
from safesync.jobs.baseline import shrink
from safesync.jobs.check import Checked, tracker_of
from safesync.jobs.replies import answered, heard
from safesync.jobs.waivers import with_replies
from safesync.model.change import Plan
from safesync.model.finding import Finding, Rollout, Verdict
from safesync.model.organisation import Organisation
from safesync.store.port import Scene, Store

_log = structlog.get_logger()
_GROUP = "group:"
_NAMED_AT = {
    "train_interval": 0,
    "team_column": 1,
    "team_iteration": 0,
    "ranked_backlog": 0,
    "objectives": 1,
    "inspect_adapt": 0,
    "team_backlog": 0,
}
"""Where the train or team stands in a group's key: ``train|interval``, ``tracker|team|column``, ``team|iteration``,
``train|tracker|class`` and ``team|Falcon|interval``."""


def plan(
    store: Store,
    checked: Checked,
    organisation: Organisation,
    settings: FeedbackSettings,
    now: datetime,
    *,
    trackers: Collection[str],
) -> Plan:
    """What has to be written to ``trackers``, as loudly as each finding says; nothing is written to them here."""
    said = heard(store, settings, now, checked.report.codes)
    quiet = shrink(store, checked, now, asked={uid for uid, each in said.items() if each.asked})
    situation = _situation(store, checked, organisation, frozenset(trackers), said)
    situation = _as_loud_as_set(_without(situation, quiet))
    said = answered(said, partial(_facts_behind, checked, situation.findings))
    situation = replace(situation, waivers=with_replies(store, settings, said)[0], heard=said)
    for mark in marks_to_correct(situation):
        store.save_mark(mark)
    made = make_plan(situation, settings, now)
    _log.info("plan.finished", changes=len(made.changes))
    return made


def _facts_behind(checked: Checked, findings: Sequence[Finding], uid: str, code: str) -> tuple[str, ...]:
    """What the findings on an item hang on, one sentence a rule."""
    open_here = {one.code for one in findings if one.subject == uid and code in {"", one.code}}
    return tuple(account(each) for each in checked.explain(uid) if each.code in open_here and each.verdict is Verdict.FLAWED)


def _situation(
    store: Store, checked: Checked, organisation: Organisation, trackers: frozenset[str], replied: Collection[str] = ()
) -> Situation:
    findings = tuple(escalated(known, checked.report.judged_at) for known in store.findings())
    marks = store.marks()
    carriers = anchors(store, organisation, (finding.subject for finding in findings))
    concerned = {finding.subject for finding in findings} | marks.keys() | {anchor.uid for anchor in carriers.values()}
    concerned |= _labelled(checked.scene.facts) | set(replied)
    wanted = sorted(uid for uid in concerned & checked.report.subjects if tracker_of(uid) in trackers)
    return Situation(
        findings=findings,
        report=checked.report,
        items=store.items(wanted),
        marks=marks,
        anchors=carriers,
        ahead=_ahead(checked.scene, checked.report.judged_at.date()),
    )


def _ahead(scene: Scene, today: date) -> dict[str, str]:
    """Names of what is not over: nobody gets ready for an iteration that has ended."""
    iterations = {one.uid: one.name for one in scene.iterations if one.ends_on is None or one.ends_on >= today}
    return iterations | {one.label: one.label for one in scene.intervals if one.ends_on is None or one.ends_on >= today}


def capped(store: Store, made: Plan, caps: Caps, now: datetime) -> Capped:
    """The plan within what may be begun in a day (of UTC)."""
    if caps == Caps():
        return Capped(made)
    begun = store.begun_since(now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    items = store.items(sorted({*begun, *(change.ref.uid for change in made.changes)}))
    return within_caps(made, items, begun, caps)


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


def anchors(store: Store, organisation: Organisation, subjects: Iterable[str]) -> dict[str, Anchor]:
    """Which item carries what is found about each group; groups without one are left out."""
    references = _references(organisation)
    found: dict[str, Anchor] = {}
    for subject in subjects:
        name = _group_name(subject, references)
        if name is not None and (item := store.item(references[name])) is not None:
            found[subject] = Anchor(item.uid, name)
    return found


def _references(organisation: Organisation) -> Mapping[str, str]:
    """Anchor references by the name of the team or train; a team without its own has its train's."""
    trains = {train.name: train.anchor for train in organisation.trains if train.anchor}
    teams = {team: train.anchor for train in organisation.trains if train.anchor for team in train.teams}
    return {**teams, **trains, **dict(organisation.team_anchors)}


def _group_name(subject: str, names: Collection[str]) -> str | None:
    """The team or train that a group is about: a part of its key, which part depends on the kind of group."""
    _, _, rest = subject.partition(_GROUP)
    kind, _, key = rest.partition(":")
    parts = key.split("|")
    position = _NAMED_AT.get(kind)
    return parts[position] if position is not None and position < len(parts) and parts[position] in names else None
