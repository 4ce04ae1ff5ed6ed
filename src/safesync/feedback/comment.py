"""What a comment says: the findings of one item in words for the people who work on it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from safesync.feedback.answers import Answer, section
from safesync.feedback.hearing import Snooze
from safesync.feedback.labels import waive_label
from safesync.feedback.voice import ENGLISH, Voice, joined
from safesync.languages.tongue import counts_days, without_days
from safesync.model.finding import Finding, Point, Severity, absorbed
from safesync.model.item import Gate, Kind
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

_SHOWN = 5
_LONGEST = 600
"""Characters of a remedy or of evidence: trackers refuse comments of more than about 30,000, with what markup adds."""
_WORDING = "1"
"""Part of every digest: a new wording is a new thing said, and edits every comment once."""
_SEVERITIES = tuple(Severity)
_GATES = tuple(Gate)
KINDS: Mapping[Kind, tuple[str, str]] = MappingProxyType(
    {
        Kind.THEME: ("theme", "this theme"),
        Kind.OBJECTIVE: ("objective", "this objective"),
        Kind.KEY_RESULT: ("key result", "this key result"),
        Kind.EPIC: ("epic", "this epic"),
        Kind.CAPABILITY: ("capability", "this capability"),
        Kind.FEATURE: ("feature", "this feature"),
        Kind.STORY: ("story", "this story"),
        Kind.BUG: ("bug", "this bug"),
        Kind.TASK: ("task", "this task"),
        Kind.SPIKE: ("spike", "this spike"),
        Kind.RISK: ("risk", "this risk"),
        Kind.PI_OBJECTIVE: ("PI objective", "this PI objective"),
        Kind.TEST: ("test", "this test"),
        Kind.REQUIREMENT: ("requirement", "this requirement"),
        Kind.IMPROVEMENT: ("improvement", "this improvement"),
        Kind.OTHER: ("item", "this item"),
    }
)
"""What an item is called, alone and with what points at it: that goes by its gender in many languages."""


@dataclass(frozen=True, slots=True)
class Topic:
    """
    What the findings are about.

    ``ready_for`` is the name of the iteration or planning interval that the item is planned for, ``None`` when it
    is not planned. ``groups`` are the teams or trains that the item stands for, when the findings are about these.
    ``waived`` are the waivers that hold, as sentences; ``answers`` are those to what people asked in their replies. ``voice`` is how
    the comment speaks.
    """

    uid: str
    kind: Kind
    ready_for: str | None = None
    groups: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    voice: Voice = ENGLISH


def reference_of(uid: str) -> str:
    """The short token of the comment on an item, the same for ever; each tracker's encoder writes it at the end."""
    return hashlib.sha256(uid.encode()).hexdigest()[:6]


def comment_of(
    topic: Topic,
    findings: Sequence[Finding],
    docs_url: str | None = None,
    unwaivable: Collection[str] = frozenset(),
    on: date | None = None,
) -> Message:
    """
    The comment for at least one finding: outcome, at most five points with the gravest first, and how to waive.

    A composite rule gives the headline and its open points come first; what they say is not said again. Days that pass are
    nothing new to say; where some are counted, ``on`` tells of which day that is true.
    """
    voice = topic.voice
    points = merged(_not_absorbed(findings))
    listed = [point for point in points if point.points]
    entries = [*(each for point in listed for each in _unrolled(point)), *(point for point in points if not point.points)]
    shown, rest = entries[:_SHOWN], entries[_SHOWN:]
    headline = _readiness(topic, listed[0], len(entries)) if listed else _headline(topic, points)
    settled = ", ".join(dict.fromkeys(each.asks for point in listed for each in point.points if not each.remedy))
    blocks: list[Paragraph | Bullets] = [
        Paragraph((Span(headline, Mark.STRONG),)),
        Bullets(tuple(_entry(voice, point, docs_url) for point in shown), numbered=len(shown) > 1),
    ]
    if rest:
        codes = ", ".join(point.code for point in rest)
        blocks.append(Paragraph(voice.spans("more", "And {count} more: {codes}.", count=len(rest), codes=codes)))
    if settled:
        blocks.append(Paragraph(voice.spans("settled", "Already fine: {asks}.", asks=settled)))
    if topic.waived:
        blocks.append(Paragraph(_waived(topic)))
    blocks += section(topic.answers, voice.tongue)
    footer = _footer(voice, [point.code for point in entries if point.code not in unwaivable], len(entries))
    counted = voice.spans("counted", "Days as of {day}.", day=on.isoformat()) if on and any(map(_counts_days, shown)) else ()
    blocks.append(Paragraph(joined((*footer, *((Span(" "),) if footer and counted else ()), *counted))))
    said = [part for point in entries for part in (point.code, without_days(point.remedy), without_days(point.evidence), *point.limits)]
    shown_blocks = tuple(block for block in blocks if not isinstance(block, Paragraph) or block.spans)
    return Message(shown_blocks, reference_of(topic.uid), _digest(voice, headline, settled, *said, *_told_besides(topic)))


def _counts_days(point: Finding) -> bool:
    return counts_days(point.remedy) or counts_days(point.evidence)


def _not_absorbed(findings: Sequence[Finding]) -> list[Finding]:
    spoken_for = absorbed(findings)
    return [one for one in findings if (one.code, one.subject) not in spoken_for]


def _unrolled(checklist: Finding) -> list[Finding]:
    """The open points of a checklist as if each were a finding; one without a rule of its own has the code of the composite."""
    return [_said_by(point, checklist) for point in checklist.open_points]


def _said_by(point: Point, checklist: Finding) -> Finding:
    words = point.remedy, point.evidence
    return Finding(point.code or checklist.code, checklist.subject, checklist.severity, checklist.gate, *words, limits=point.limits)


def _readiness(topic: Topic, checklist: Finding, shown: int) -> str:
    voice, is_open = topic.voice, len(checklist.open_points)
    more = voice.tongue.say(", and {count} more", count=shown - is_open) if shown > is_open else ""
    text = (
        "Not ready for {place} yet: {open} of {asked} points open{more}"
        if topic.ready_for
        else "Not ready yet: {open} of {asked} points open{more}"
    )
    place = topic.ready_for or ""
    return voice.line("headline_checklist", text, open=is_open, asked=len(checklist.points), more=more, place=place)


WEEK = "week-"
"""How the digest of a comment begins that a team's week alone decides."""


def resolved(topic: Topic, on: date, *, waived: bool = False, labelled: bool = False, week_ended: bool = False) -> Message:
    """
    The one line that is left when nothing is left to say; its day does not count as something said.

    ``labelled`` when rules still find something that is told by labels alone. ``week_ended`` where a team's week stood and is not told
    any more: what it counted is open as before.
    """
    voice = topic.voice
    outcome = _outcome(topic, waived=waived, labelled=labelled)
    if week_ended and not labelled:
        outcome = voice.tongue.say("The week of the team is not told here any more.")
    waivers = _waived(topic) if topic.waived else ()
    last = voice.spans("last_change", "Last change on {day}.", day=on.isoformat())
    behind = (span for part in (waivers, last) if part for span in (Span(" "), *part))
    spans = joined((Span(outcome, Mark.STRONG), *behind))
    digest = _digest(voice, outcome, *_told_besides(topic))
    told = Paragraph(spans), *section(topic.answers, voice.tongue)
    return Message(told, reference_of(topic.uid), WEEK + digest if week_ended else digest)


def _outcome(topic: Topic, *, waived: bool, labelled: bool) -> str:
    voice = topic.voice
    if labelled:
        return voice.line("resolved_labelled", "What is open here is told by labels only.")
    if waived:
        return voice.line("resolved_waived", "All points are settled or waived - thank you.")
    if topic.answers:  # where somebody asks, there may be old findings that are kept quiet, or never were any
        return voice.line("resolved_quiet", "There is nothing to tell here now.")
    return voice.line("resolved", "All points are settled - thank you.")


def resting(message: Message, snooze: Snooze, voice: Voice = ENGLISH) -> Message:
    """What a comment says while people want to hear nothing new: what it said when they asked for that, and until when."""
    text = "Quiet until {day}, as {name} asked: what is found until then is not told here."
    words = voice.spans("quiet", text, day=snooze.until.isoformat(), name=_short(snooze.by))
    return replace(message, blocks=(*message.blocks, Paragraph(words)), digest=message.digest + _rest(snooze))


def answering_at_rest(topic: Topic, snooze: Snooze) -> Message:
    """The answers alone, to who asks while the others want to hear nothing new."""
    digest = _digest(topic.voice, *(answer.said for answer in topic.answers))
    return resting(Message(section(topic.answers, topic.voice.tongue), reference_of(topic.uid), digest), snooze, topic.voice)


def rests(digest: str | None, snooze: Snooze) -> bool:
    """Whether a comment says already that it is quiet until then."""
    return digest is not None and digest.endswith(_rest(snooze))


def _rest(snooze: Snooze) -> str:
    return f"-z{snooze.until:%Y%m%d}"


def _told_besides(topic: Topic) -> tuple[str, ...]:
    return *topic.waived, *(answer.said for answer in topic.answers)


def withdrawn(uid: str, on: date, voice: Voice = ENGLISH) -> Message:
    """The one line of a comment that should not have been written."""
    outcome = voice.line("taken_back", "Taken back on {day}: this comment was written by a run that was undone.", day=on.isoformat())
    return Message((Paragraph((Span(outcome, Mark.EM),)),), reference_of(uid), _digest(voice, outcome))


def _waived(topic: Topic) -> tuple[Span, ...]:
    return topic.voice.spans("waived", "Waived: {waivers}.", waivers=", ".join(map(_short, topic.waived)))


def merged(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """One finding a rule, gravest first: what a rule says about several groups becomes one line."""
    by_code: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: (one.code, one.subject)):
        by_code.setdefault(finding.code, []).append(finding)
    return tuple(sorted((_one_line(group) for group in by_code.values()), key=lambda one: (-_SEVERITIES.index(one.severity), one.code)))


def gravest(findings: Sequence[Finding]) -> Severity:
    """The highest severity, ``OFF`` of none."""
    return max((finding.severity for finding in findings), key=_SEVERITIES.index, default=Severity.OFF)


def is_loud(finding: Finding) -> bool:
    """Whether a finding alone is worth a comment; an info finding is only told beside others."""
    return finding.severity in {Severity.WARNING, Severity.ERROR}


def nearest_gate(findings: Sequence[Finding]) -> Gate:
    """How near the item is to being worked on, as its findings saw it; ``BACKLOG`` when none says."""
    return max((finding.gate for finding in findings if finding.gate), key=_GATES.index, default=Gate.BACKLOG)


def _one_line(group: Sequence[Finding]) -> Finding:
    first = max(group, key=lambda one: _SEVERITIES.index(one.severity))
    remedies = dict.fromkeys(one.remedy for one in group)
    evidence = dict.fromkeys(one.evidence for one in group if one.evidence)
    words = _short(" ".join(remedies)), _short(" ".join(evidence))
    limits = tuple(dict.fromkeys(each for one in group for each in one.limits))
    return replace(first, remedy=words[0], evidence=words[1], limits=limits)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _headline(topic: Topic, points: Sequence[Finding]) -> str:
    voice, count = topic.voice, len(points)
    said = voice.tongue.counted("One point", "{count} points", count)
    if topic.groups:
        groups = voice.tongue.say(" and ").join(filter(None, (", ".join(topic.groups[:-1]), topic.groups[-1])))
        return voice.line("headline_about", "{points} about {groups}", points=said, count=count, groups=groups)
    kind, item = (voice.tongue.say(word) for word in KINDS[topic.kind])
    gate = nearest_gate(points)
    if gate is Gate.ACTIVE:
        text = "{points} to settle while work on {item} goes on"
        return voice.line("headline_at_work", text, points=said, count=count, kind=kind, item=item)
    if gate is Gate.DONE:
        text = "{points} to settle on this finished {kind}"
        return voice.line("headline_finished", text, points=said, count=count, kind=kind, item=item)
    text = "{points} before {item} is ready for {place}" if topic.ready_for else "{points} before {item} is ready"
    return voice.line("headline", text, points=said, count=count, kind=kind, item=item, place=topic.ready_for or "")


def _entry(voice: Voice, point: Finding, docs_url: str | None) -> tuple[Span, ...]:
    evidence = Span(point.evidence, Mark.EM)
    code = Span(point.code, href=f"{docs_url.rstrip('/')}/{point.code}") if docs_url else Span(point.code, Mark.CODE)
    text = "{remedy} {evidence} {code}" if point.evidence else "{remedy} {code}"
    return voice.spans("entry", text, remedy=point.remedy, evidence=evidence, code=code)


def _footer(voice: Voice, waivable: Sequence[str], points: int) -> tuple[Span, ...]:
    label = Span(waive_label(waivable[0]), Mark.CODE) if waivable else ""
    text = "This comment updates itself."
    if waivable and points == 1:
        text = "Does not apply? Add the label {label}. This comment updates itself."
    elif waivable:
        text = "A point does not apply? Add a label with its code, such as {label}. This comment updates itself."
    return voice.spans("footer", text, label=label, count=points)


def _digest(voice: Voice, *said: str) -> str:
    return hashlib.sha256("\x1f".join((_WORDING + voice.wording, *said)).encode("utf-8", "replace")).hexdigest()[:16]
