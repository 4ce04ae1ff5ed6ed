"""What a comment says: the findings of one item in words for the people who work on it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from safesync.feedback.answers import Answer, section
from safesync.feedback.hearing import Snooze
from safesync.feedback.labels import waive_label
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
_KIND_WORDS = {Kind.PI_OBJECTIVE: "PI objective", Kind.KEY_RESULT: "key result", Kind.OTHER: "item"}
_ELAPSED = re.compile(r"\b\d+(?= (?:working )?days?\b)")


@dataclass(frozen=True, slots=True)
class Topic:
    """
    What the findings are about.

    ``ready_for`` is the name of the iteration or planning interval that the item is planned for, ``None`` when it
    is not planned. ``groups`` are the teams or trains that the item stands for, when the findings are about these.
    ``waived`` are the waivers that hold, as sentences; ``answers`` are those to what people asked in their replies.
    """

    uid: str
    kind: Kind
    ready_for: str | None = None
    groups: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


def reference_of(uid: str) -> str:
    """The short token of the comment on an item, the same for ever; each tracker's encoder writes it at the end."""
    return hashlib.sha256(uid.encode()).hexdigest()[:6]


def comment_of(
    topic: Topic, findings: Sequence[Finding], docs_url: str | None = None, unwaivable: Collection[str] = frozenset()
) -> Message:
    """
    The comment for at least one finding: outcome, at most five points with the gravest first, and how to waive.

    A composite rule gives the headline and its open points come first; what they say is not said again.
    """
    points = merged(_not_absorbed(findings))
    listed = [point for point in points if point.points]
    entries = [*(each for point in listed for each in _unrolled(point)), *(point for point in points if not point.points)]
    shown, rest = entries[:_SHOWN], entries[_SHOWN:]
    headline = _readiness(topic, listed[0], len(entries)) if listed else _headline(topic, points)
    settled = ", ".join(dict.fromkeys(each.asks for point in listed for each in point.points if not each.remedy))
    blocks: list[Paragraph | Bullets] = [
        Paragraph((Span(headline, Mark.STRONG),)),
        Bullets(tuple(_entry(point, docs_url) for point in shown), numbered=len(shown) > 1),
    ]
    if rest:
        blocks.append(Paragraph((Span(f"And {len(rest)} more: {', '.join(point.code for point in rest)}."),)))
    if settled:
        blocks.append(Paragraph((Span(f"Already fine: {settled}."),)))
    if topic.waived:
        blocks.append(Paragraph((Span(_waived(topic)),)))
    blocks += section(topic.answers)
    blocks.append(Paragraph(_footer([point.code for point in entries if point.code not in unwaivable], len(entries))))
    said = [part for point in entries for part in (point.code, point.remedy, _by_week(point.evidence))]
    return Message(tuple(blocks), reference_of(topic.uid), _digest(headline, settled, *said, *_told_besides(topic)))


def _not_absorbed(findings: Sequence[Finding]) -> list[Finding]:
    spoken_for = absorbed(findings)
    return [one for one in findings if (one.code, one.subject) not in spoken_for]


def _unrolled(checklist: Finding) -> list[Finding]:
    """The open points of a checklist as if each were a finding; one without a rule of its own has the code of the composite."""
    return [_said_by(point, checklist) for point in checklist.open_points]


def _said_by(point: Point, checklist: Finding) -> Finding:
    return Finding(point.code or checklist.code, checklist.subject, checklist.severity, checklist.gate, point.remedy, point.evidence)


def _readiness(topic: Topic, checklist: Finding, shown: int) -> str:
    is_open = len(checklist.open_points)
    more = f", and {shown - is_open} more" if shown > is_open else ""
    place = f" for {topic.ready_for}" if topic.ready_for else ""
    return f"Not ready{place} yet: {is_open} of {len(checklist.points)} points open{more}"


def resolved(topic: Topic, on: date, *, waived: bool = False, labelled: bool = False) -> Message:
    """
    The one line that is left when nothing is left to say; its day does not count as something said.

    ``labelled`` when rules still find something that is told by labels alone.
    """
    settled = "All points are settled or waived - thank you." if waived else "All points are settled - thank you."
    # Where somebody asks, there may be old findings that are kept quiet, or never were any.
    settled = "There is nothing to tell here now." if topic.answers and not waived else settled
    outcome = "What is open here is told by labels only." if labelled else settled
    waivers = f" {_waived(topic)}" if topic.waived else ""
    spans = (Span(outcome, Mark.STRONG), Span(f"{waivers} Last change on {on.isoformat()}."))
    return Message((Paragraph(spans), *section(topic.answers)), reference_of(topic.uid), _digest(outcome, *_told_besides(topic)))


def resting(message: Message, snooze: Snooze) -> Message:
    """What a comment says while people want to hear nothing new: what it said when they asked for that, and until when."""
    words = f"Quiet until {snooze.until.isoformat()}, as {_short(snooze.by)} asked: what is found until then is not told here."
    return replace(message, blocks=(*message.blocks, Paragraph((Span(words),))), digest=message.digest + _rest(snooze))


def rests(digest: str | None, snooze: Snooze) -> bool:
    """Whether a comment says already that it is quiet until then."""
    return digest is not None and digest.endswith(_rest(snooze))


def _rest(snooze: Snooze) -> str:
    return f"-z{snooze.until:%Y%m%d}"


def _told_besides(topic: Topic) -> tuple[str, ...]:
    return *topic.waived, *(answer.said for answer in topic.answers)


def withdrawn(uid: str, on: date) -> Message:
    """The one line of a comment that should not have been written."""
    outcome = f"Taken back on {on.isoformat()}: this comment was written by a run that was undone."
    return Message((Paragraph((Span(outcome, Mark.EM),)),), reference_of(uid), _digest(outcome))


def _waived(topic: Topic) -> str:
    return f"Waived: {', '.join(map(_short, topic.waived))}."


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
    return Finding(first.code, first.subject, first.severity, first.gate, *words, first.numbers, points=first.points, least=first.least)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _headline(topic: Topic, points: Sequence[Finding]) -> str:
    count = "One point" if len(points) == 1 else f"{len(points)} points"
    if topic.groups:
        return f"{count} about {' and '.join(topic.groups)}"
    kind = _KIND_WORDS.get(topic.kind, topic.kind.value)
    gate = nearest_gate(points)
    if gate is Gate.ACTIVE:
        return f"{count} to settle while work on this {kind} goes on"
    if gate is Gate.DONE:
        return f"{count} to settle on this finished {kind}"
    return f"{count} before this {kind} is ready" + (f" for {topic.ready_for}" if topic.ready_for else "")


def _entry(point: Finding, docs_url: str | None) -> tuple[Span, ...]:
    spans = [Span(point.remedy + " ")]
    if point.evidence:
        spans.append(Span(point.evidence, Mark.EM))
        spans.append(Span(" "))
    if docs_url:
        spans.append(Span(point.code, href=f"{docs_url.rstrip('/')}/{point.code}"))
    else:
        spans.append(Span(point.code, Mark.CODE))
    return tuple(spans)


def _footer(waivable: Sequence[str], points: int) -> tuple[Span, ...]:
    updates = "This comment updates itself."
    if not waivable:
        return (Span(updates),)
    question = "Does not apply? Add the label " if points == 1 else "A point does not apply? Add a label with its code, such as "
    return Span(question), Span(waive_label(waivable[0]), Mark.CODE), Span(f". {updates}")


def _by_week(evidence: str) -> str:
    # "Unchanged for 17 days" is no news on day 18. Without this every old item would be edited every morning; with
    # it a comment is at most a week behind.
    return _ELAPSED.sub(lambda found: f"{int(found.group()) // 7} weeks in", evidence)


def _digest(*said: str) -> str:
    return hashlib.sha256("\x1f".join((_WORDING, *said)).encode("utf-8", "replace")).hexdigest()[:16]
