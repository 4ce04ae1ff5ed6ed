"""
What to write where: the decision between what was found, what was said before and what an item carries.

- A comment is *created* when a finding of at least ``warning`` has none; ``info`` is told in a comment that stands
  or is written anyway, never alone. Labels follow the same line: they name the families of findings that are loud.
- It is *edited* when it would say something else, and shrinks to one line when nothing is found any more.
- Nothing is said on a silenced item; our labels there still go when they are no longer true. Who asks for another look hears us again.
- Nothing is begun on an item that is new, or that a person changed a moment ago: they are at work on it. What stands there is kept true.
- Nothing new is said on an item that people put to sleep, but what they ask there all the same. What they ask in replies is answered in
  the one comment, which begins with it where there is none.
- Where a run that spoke of all that is found was taken back, the item stays as that left it, until somebody asks.
- An item that was not looked at is left alone, whatever is known of it.
- Whether an item is ready is a matter of its own: that label goes with the others in one write, is set also where nothing else is said,
  and goes as soon as it is not true, whatever else is left as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType

from safesync.feedback.audience import Audience, notified
from safesync.feedback.batches import batch_of
from safesync.feedback.comment import (
    Topic,
    answering_at_rest,
    comment_of,
    gravest,
    is_loud,
    nearest_gate,
    reference_of,
    resolved,
    resting,
    rests,
)
from safesync.feedback.digest import Digest, alone, had_digest, week_of, with_digest
from safesync.feedback.hearing import Heard, Snooze
from safesync.feedback.labels import READY, label_changes, says_ready, speaks, wanted_labels
from safesync.feedback.plan_file import sealed
from safesync.feedback.settings import FeedbackSettings, Grace
from safesync.feedback.voice import ENGLISH, Voice
from safesync.feedback.waivers import Waivers, told, without_waived
from safesync.languages.tongue import Tongue
from safesync.model.change import About, BatchBy, CommentAction, CommentChange, CommentMark, ItemChange, Plan, Reason
from safesync.model.finding import Finding, Report, Severity
from safesync.model.item import Gate, Item
from safesync.model.message import Message
from safesync.model.waiver import Waiver

ASKED_AT_ONCE = 20
"""How many comments one run begins because somebody asked."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The item that carries findings about a group, and the group's name."""

    uid: str
    name: str


@dataclass(frozen=True, slots=True)
class Situation:
    """
    All that a plan is decided from.

    ``findings`` are all that are not over, after ``report`` was recorded. ``items`` are those that may be written
    to: present, and of trackers that were reached. ``anchors`` says for the subject of a group finding which item
    carries it; one without is in the report only. ``ahead`` has the names of the iterations
    (by uid) and planning intervals (by label) that are not over. ``label_only`` are (code, subject)
    pairs of rules that speak by labels and not in comments yet.
    """

    findings: Sequence[Finding]
    report: Report
    items: Mapping[str, Item]
    marks: Mapping[str, CommentMark]
    anchors: Mapping[str, Anchor]
    ahead: Mapping[str, str]
    label_only: frozenset[tuple[str, str]] = frozenset()
    waivers: Waivers = field(default_factory=Waivers)
    batch_by: BatchBy = BatchBy.TRAIN
    train_of: Callable[[Item], str | None] = attrgetter("train")
    voice_of: Callable[[Item], Voice] = lambda _: ENGLISH
    audiences: Mapping[str, Audience] = field(default_factory=dict)
    heard: Mapping[str, Heard] = field(default_factory=lambda: MappingProxyType({}))
    """By uid what people said in replies."""
    first_in: frozenset[str] = frozenset()
    """Trackers in which we never spoke: whether all of it is too much is decided on all of it, so nobody is waited for."""
    digests: Mapping[str, Digest] = field(default_factory=lambda: MappingProxyType({}))
    """By uid of the item that stands for a team, the team's week."""
    ready: Mapping[str, Gate] = field(default_factory=lambda: MappingProxyType({}))
    """The items that are called ready, by uid with the gate that each has reached; none where nobody wants that."""


def make_plan(situation: Situation, settings: FeedbackSettings, now: datetime) -> Plan:
    """Every change that makes the trackers say what is known, gravest first; empty when they do already."""
    uncertain = {subject for _, subject in situation.report.unjudged}
    planned = []
    for known in _looked_at(situation):
        # After a lost store nobody knows whether what we once said is over.
        unclear = not known.found and known.mark is None and known.item.uid in uncertain
        if change := _change(known, settings, now, left=unclear or known.taken_back):
            planned.append((_urgency(known), _presented(change, known, situation)))
    planned.sort(key=lambda pair: pair[0])
    return sealed(Plan(now, tuple(_few_that_ask(change for _, change in planned)), batched_by=situation.batch_by))


def beside(made: Plan, said: Mapping[str, Message]) -> Plan:
    """The plan with what our comments say now, as far as ``said`` has it and it is what the plan found there."""
    return sealed(replace(made, changes=tuple(_beside(change, said.get(change.ref.uid)) for change in made.changes)))


def _beside(change: ItemChange, before: Message | None) -> ItemChange:
    if before is None or change.comment is None or before.digest != change.comment.was:
        return change
    return replace(change, about=replace(change.about, before=before))


def marks_to_correct(situation: Situation) -> tuple[CommentMark, ...]:
    """
    Marks without the labels that a person took off and that have no reason any more.

    Kept, such a label would never be set again, also for a new reason.
    """
    corrected = []
    for known in _looked_at(situation):
        if known.mark is not None and "labels" not in known.item.unseen:
            kept = tuple(label for label in known.mark.labels if label in known.wanted or label in known.item.labels)
            if kept != known.mark.labels:
                corrected.append(replace(known.mark, labels=kept))
    return tuple(corrected)


@dataclass(frozen=True, slots=True)
class _Known:
    """One item with what was found, what of it is told by labels and in the comment, and what we said before."""

    item: Item
    mark: CommentMark | None
    found: tuple[Finding, ...]
    labelled: tuple[Finding, ...]
    said: tuple[Finding, ...]
    topic: Topic
    heard: Heard = field(default_factory=Heard)
    digest: Digest | None = None
    undone_week: bool = False
    """Whether the week that is to be told was told in a run that was undone."""
    first: bool = False
    ready: Gate | None = None
    """The gate for which it is ready."""

    @property
    def loud(self) -> bool:
        """Whether it is worth a comment of its own."""
        return any(map(is_loud, self.said)) or bool(self.topic.answers) or self.digest is not None

    @property
    def asked(self) -> str | None:
        """The reply that asks for another look and was not answered yet."""
        asked, answered = self.heard.asked, self.mark.asked if self.mark else None
        return asked if asked is not None and (answered is None or asked > answered) else None

    @property
    def silenced(self) -> bool:
        return self.mark is not None and self.mark.silenced and self.asked is None

    @property
    def taken_back(self) -> bool:
        """Whether all that is found, and the week, was said in a run that was undone, and nobody asks."""
        undone = self.mark.undone if self.mark else None
        if undone is None or self.asked is not None or self.topic.answers:
            return False
        return (bool(self.labelled) or self.undone_week) and {finding.code for finding in self.labelled} <= set(undone)

    def early(self, grace: Grace, now: datetime) -> bool:
        """Whether to begin another time: its people are at work on the item, and did not ask us."""
        expected = self.asked is not None or self.topic.answers or self.digest is not None or self.first
        return not expected and grace.holds(self.item, now)

    @property
    def wanted(self) -> frozenset[str]:
        ready = frozenset({READY}) if self.ready else frozenset()
        return ready | wanted_labels(finding.code for finding in self.labelled if is_loud(finding))


def _looked_at(situation: Situation) -> Iterator[_Known]:
    about = _by_item(situation.findings, situation.anchors)
    for uid in sorted(situation.items.keys() & situation.report.subjects):
        item, found = situation.items[uid], tuple(about.get(uid, ()))
        waivers = situation.waivers.on(uid, item.labels, situation.report.judged_at.date())
        labelled = without_waived(found, waivers.keys())
        said = tuple(finding for finding in labelled if (finding.code, finding.subject) not in situation.label_only)
        heard, mark, week = situation.heard.get(uid, Heard()), situation.marks.get(uid), situation.digests.get(uid)
        undone_week = week is not None and mark is not None and week_of(week) in (mark.undone or ())
        voice = situation.voice_of(item)
        topic = replace(_topic(item, said, situation), waived=_shown(waivers, found, voice.tongue), answers=heard.answers, voice=voice)
        yield _Known(
            item,
            mark,
            found,
            labelled,
            said,
            topic,
            heard,
            None if undone_week else week,
            undone_week,
            item.tracker in situation.first_in,
            situation.ready.get(uid),
        )


def told_on_items(situation: Situation) -> Iterator[tuple[Item, Finding]]:
    """What is told of the items themselves, by comment or by label; nothing that is waived, put to sleep or taken back."""
    for known in _looked_at(situation):
        if not known.silenced and not known.heard.snooze and not known.taken_back:
            yield from ((known.item, finding) for finding in known.labelled if finding.subject == known.item.uid)


def _shown(waivers: Mapping[str, Waiver], found: Sequence[Finding], tongue: Tongue) -> tuple[str, ...]:
    asked = {code for finding in found for code in (finding.code, *(point.code for point in finding.open_points))}
    return tuple(told(waiver, tongue) for code, waiver in sorted(waivers.items()) if code in asked)


def _by_item(findings: Iterable[Finding], anchors: Mapping[str, Anchor]) -> dict[str, list[Finding]]:
    about: dict[str, list[Finding]] = {}
    for finding in findings:
        anchor = anchors.get(finding.subject)
        about.setdefault(anchor.uid if anchor else finding.subject, []).append(finding)
    return about


def _topic(item: Item, said: Sequence[Finding], situation: Situation) -> Topic:
    planned = (situation.ahead.get(place) for place in (item.iteration, item.interval) if place)
    anchors = [situation.anchors.get(finding.subject) for finding in said]
    groups = tuple(dict.fromkeys(anchor.name for anchor in anchors if anchor)) if all(anchors) else ()
    return Topic(item.uid, item.kind, next(filter(None, planned), None), groups)


def _urgency(known: _Known) -> tuple[int, int, str]:
    gravity = list(Severity).index(gravest(known.labelled))
    nearest = max(nearest_gate(known.labelled), known.ready or Gate.BACKLOG, key=list(Gate).index)
    return -gravity, -list(Gate).index(nearest), known.item.uid


def _change(known: _Known, settings: FeedbackSettings, now: datetime, *, left: bool) -> ItemChange | None:
    """What is written to one item; where it is ``left`` as it is, only whether it is ready."""
    comment = _comment(known, settings, now) if settings.comments and not known.silenced and not left else None
    add, remove = _labels(known) if settings.labels else ((), ())
    early = known.early(settings.grace, now)
    add = () if known.silenced or known.heard.snooze or early else add
    if early and comment is not None and comment.action is CommentAction.CREATE:
        comment = None
    if left:
        add, remove = tuple(filter(says_ready, add)), tuple(filter(says_ready, remove))
    if comment is None and not add and not remove:
        return None
    told = comment is not None or not all(map(says_ready, (*add, *remove)))
    codes = tuple(sorted({finding.code for finding in known.labelled})) if told else ()
    answers = known.heard.snooze is not None or not any(map(is_loud, known.said))
    alone = comment is not None and comment.action is CommentAction.CREATE and answers
    asked = known.asked or (known.heard.replied if alone else None)
    return ItemChange(known.item.ref, known.item.revision, codes, comment, add, remove, asked)


def _few_that_ask(changes: Iterable[ItemChange]) -> Iterator[ItemChange]:
    """
    All but the comments that would begin beyond a few because somebody asked: they wait for the next runs.

    No limit counts them, so that nobody stops a run by what they write; for the same reason they are few.
    """
    begun = 0
    for change in changes:
        if change.asked and change.comment is not None and change.comment.action is CommentAction.CREATE:
            begun += 1
            if begun > ASKED_AT_ONCE:
                continue
        yield change


def _presented(change: ItemChange, known: _Known, situation: Situation) -> ItemChange:
    item = known.item
    found = sorted(known.labelled, key=lambda one: (-list(Severity).index(one.severity), one.code, one.subject))
    reasons = tuple(Reason(one.code, one.severity.value, one.remedy, one.evidence) for one in found)
    about = About(
        item.title,
        item.owner,
        reasons,
        notifies=notified(change, item, situation.audiences.get(item.tracker)),
        touched_at=item.touched_at,
    )
    return replace(change, batch=batch_of(item, reasons, situation.batch_by, situation.train_of), about=about)


def _comment(known: _Known, settings: FeedbackSettings, now: datetime) -> CommentChange | None:
    if known.heard.snooze:
        return _resting(known, known.heard.snooze, settings, now)
    if known.mark is not None and known.mark.comment_id is not None:
        message = _message(known, settings, now)
        was = known.mark.digest
        return None if message.digest == was else CommentChange(CommentAction.EDIT, message, known.mark.comment_id, was)
    if known.mark is None and any(map(speaks, known.item.labels)):
        # Labels of ours and no mark: the store was lost. If a comment stands there, applying finds and mends it; if
        # none does, it is known from then on, and a new one counts against the limits of the next run.
        return CommentChange(CommentAction.EDIT, _message(known, settings, now))
    return CommentChange(CommentAction.CREATE, _message(known, settings, now)) if known.loud else None


def _resting(known: _Known, snooze: Snooze, settings: FeedbackSettings, now: datetime) -> CommentChange | None:
    """
    A comment that stands says once that it is quiet from now on; none begins, but to answer who asks all the same.

    After a lost store it is looked for where it may stand.
    """
    mark, begun = known.mark, any(map(speaks, known.item.labels))
    comment_id, was = (mark.comment_id, mark.digest) if mark else (None, None)
    begins = comment_id is None and (mark is not None or not begun)
    if known.heard.disturbed or (begins and known.topic.answers):
        message = answering_at_rest(known.topic, snooze)
        if begins:
            return CommentChange(CommentAction.CREATE, message)
        return None if message.digest == was else CommentChange(CommentAction.EDIT, message, comment_id, was)
    if begins or rests(was, snooze):
        return None
    return CommentChange(CommentAction.EDIT, resting(_message(known, settings, now), snooze, known.topic.voice), comment_id, was)


def _message(known: _Known, settings: FeedbackSettings, now: datetime) -> Message:
    if known.digest is None:
        return _said(known, settings, now)
    if not known.found and not known.topic.answers:
        return alone(reference_of(known.item.uid), known.digest)
    return with_digest(_said(known, settings, now), known.digest)


def _said(known: _Known, settings: FeedbackSettings, now: datetime) -> Message:
    if known.said:
        return comment_of(known.topic, known.said, settings.docs_url, settings.unwaivable, now.date())
    week_ended = known.digest is None and had_digest(known.mark)
    return resolved(known.topic, now.date(), waived=bool(known.found), labelled=bool(known.labelled), week_ended=week_ended)


def _labels(known: _Known) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if "labels" in known.item.unseen:
        return (), ()
    return label_changes(known.item.labels, known.wanted, known.mark.labels if known.mark else ())
