"""A team's week on the item that stands for it: what is open, what to do first, and where all of it is listed. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from safesync.feedback.comment import WEEK, gravest, is_loud, nearest_gate
from safesync.feedback.labels import family_label
from safesync.languages.tongue import Tongue, tongue
from safesync.model.change import CommentMark
from safesync.model.finding import Finding, Severity
from safesync.model.item import Gate, Item
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span, straight

_FIRST = 3
_RULES = 8
_TITLE = 80
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HAD = re.compile(rf"{WEEK}|[0-9a-f]+-\d{{8}}(?![0-9])")
_TOLD = re.compile(rf"(?:{WEEK}|[0-9a-f]+-)(\d{{8}})(?:-|$)")
_LISTED = 60
"""So many keys fit into an address; more are found by their label, where there are labels."""
Search = Callable[[str, Sequence[str]], str]
"""The address where a tracker lists the items with these keys, or without any those that carry a label."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What a digest takes from elsewhere: names of rules by code, by tracker where items are listed, and whether they carry our labels."""

    names: Mapping[str, str] = field(default_factory=dict)
    searches: Mapping[str, Search] = field(default_factory=dict)
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class Point:
    """One item to look at first, by its gravest finding."""

    item: Item
    finding: Finding


@dataclass(frozen=True, slots=True)
class Family:
    """One rule's findings: how many, and where their items are listed in each tracker."""

    code: str
    name: str
    count: int
    lists: tuple[tuple[str, str], ...]
    """(tracker, address)."""


@dataclass(frozen=True, slots=True)
class Digest:
    """A team's week; ``new`` and ``settled`` count findings of the seven days before ``begins``."""

    team: str
    begins: date
    items: int
    points: int
    new: int
    settled: int
    first: tuple[Point, ...]
    families: tuple[Family, ...]
    language: str = "en"

    @property
    def headline(self) -> str:
        """The week in one sentence."""
        speak, day = tongue(self.language), self.begins.isoformat()
        if not self.points:
            return speak.say("{team}, week from {day}: nothing is open.", team=self.team, day=day)
        return speak.say(
            "{team}, week from {day}: {points} open on {items}; {new} new and {settled} settled in the week before.",
            team=self.team,
            day=day,
            points=speak.counted("{count} point", "{count} points", self.points),
            items=speak.counted("{count} item", "{count} items", self.items),
            new=self.new,
            settled=self.settled,
        )


def begins(weekday: str, today: date) -> date:
    """The last day of that name, today included."""
    return today - timedelta(days=(today.weekday() - _DAYS.index(weekday)) % 7)


def digest_of(
    team: str,
    start: date,
    told: Sequence[tuple[Item, Finding]],
    wording: Wording,
    *,
    new: int = 0,
    settled: int = 0,
    language: str = "en",
) -> Digest:
    """``told`` are the findings that are told on the team's items; those that are only mentioned beside others are left out."""
    loud = [(item, finding) for item, finding in told if is_loud(finding)]
    by_item: dict[str, list[Finding]] = {}
    items = {item.uid: item for item, _ in loud}
    for item, finding in loud:
        by_item.setdefault(item.uid, []).append(finding)
    ranked = sorted(by_item, key=lambda uid: _urgency(items[uid], by_item[uid]))
    first = tuple(Point(items[uid], max(by_item[uid], key=lambda one: (_gravity(one), one.code))) for uid in ranked[:_FIRST])
    return Digest(team, start, len(by_item), len(loud), new, settled, first, _families(loud, wording), language)


def _urgency(item: Item, findings: Sequence[Finding]) -> tuple[int, int, str, str]:
    gravity = list(Severity).index(gravest(findings))
    return -list(Gate).index(nearest_gate(findings)), -gravity, item.rank or "~", item.uid


def _gravity(finding: Finding) -> int:
    return list(Severity).index(finding.severity)


def _families(loud: Sequence[tuple[Item, Finding]], wording: Wording) -> tuple[Family, ...]:
    carriers: dict[str, list[Item]] = {}
    for item, finding in loud:
        carriers.setdefault(finding.code, []).append(item)
    ranked = sorted(carriers.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return tuple(Family(code, wording.names.get(code, ""), len(items), _lists(code, items, wording)) for code, items in ranked)


def _lists(code: str, items: Sequence[Item], wording: Wording) -> tuple[tuple[str, str], ...]:
    keys: dict[str, list[str]] = {}
    for item in sorted(items, key=lambda one: one.uid):
        if item.tracker in wording.searches:
            keys.setdefault(item.tracker, []).append(item.key)
    label = family_label(code)
    few = {tracker: of if len(of) <= _LISTED else () for tracker, of in sorted(keys.items())}
    return tuple((tracker, wording.searches[tracker](label, of)) for tracker, of in few.items() if of or wording.labelled)


def blocks(digest: Digest) -> list[Paragraph | Bullets]:
    """The digest as a part of a comment."""
    speak = tongue(digest.language)
    said: list[Paragraph | Bullets] = [Paragraph((Span(digest.headline, Mark.STRONG),))]
    if digest.first:
        said.append(Paragraph((Span(speak.say("First:")),)))
        said.append(Bullets(tuple(_entry(point) for point in digest.first), numbered=True))
    if digest.families:
        said.append(Paragraph((Span(speak.say("By rule:")),)))
        said.append(Bullets(tuple(_family(each, speak) for each in digest.families[:_RULES])))
    if (rest := len(digest.families) - _RULES) > 0:
        said.append(Paragraph((Span(speak.counted("And {count} rule more.", "And {count} rules more.", rest)),)))
    return said


def as_text(digest: Digest) -> str:
    """What stands below its headline, for people outside the tracker, as plain text; empty where nothing is open."""
    first = [
        f"- {point.item.key} {straight(_title(point.item))}: {point.finding.remedy} ({point.finding.code}) {point.item.url}"
        for point in digest.first
    ]
    speak = tongue(digest.language)
    rules = (f"- {each.code}{_counted(each, speak)}" for each in digest.families[:_RULES])
    return "\n".join((*first, *rules))


def with_digest(message: Message, digest: Digest) -> Message:
    """A comment with a team's week before what else it says; it is another one when the week is, and not with each figure."""
    return Message((*blocks(digest), *message.blocks), message.reference, f"{message.digest}-{_when(digest)}")


def alone(reference: str, digest: Digest) -> Message:
    """A comment that says nothing else."""
    footer = Paragraph((Span(tongue(digest.language).say("This comment updates itself once a week.")),))
    return Message((*blocks(digest), footer), reference, WEEK + _when(digest))


def had_digest(mark: CommentMark | None) -> bool:
    """Whether a comment began with a team's week when it was written last, or says since that it does no more."""
    return mark is not None and mark.digest is not None and _HAD.match(mark.digest) is not None


def week_of(digest: Digest) -> str:
    """What a week is called where it is remembered that its telling was taken back."""
    return f"{WEEK}{digest.begins:%Y%m%d}"


def week_told(message: Message | None) -> tuple[str, ...]:
    """The week with which a comment begins, as ``week_of`` calls it; none where it begins otherwise."""
    found = _TOLD.match(message.digest) if message else None
    return (f"{WEEK}{found[1]}",) if found else ()


def _when(digest: Digest) -> str:
    """The week and its language, as a part of what decides whether a comment says something else."""
    return f"{digest.begins:%Y%m%d}" + ("" if digest.language == "en" else f"-{digest.language}")


def _entry(point: Point) -> tuple[Span, ...]:
    spans = (Span(point.item.key, href=point.item.url), Span(f" {_title(point.item)}: {point.finding.remedy} "))
    return (*spans, Span(point.finding.code, Mark.CODE))


def _family(family: Family, speak: Tongue) -> tuple[Span, ...]:
    spans = [Span(family.code, Mark.CODE), Span(_counted(family, speak))]
    for tracker, address in family.lists:
        spans += [Span(" "), Span(speak.say("show in {tracker}", tracker=tracker), href=address)]
    return tuple(spans)


def _counted(family: Family, speak: Tongue) -> str:
    """The rule's name in the language of the week, and how many; a rule of one's own keeps the name that it was given."""
    return speak.say(" {rule}: {count}", rule=speak.say(family.name), count=family.count)


def _title(item: Item) -> str:
    return item.title if len(item.title) <= _TITLE else item.title[: _TITLE - 1].rstrip() + "…"
