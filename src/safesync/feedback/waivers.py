"""Which findings are waived: by a label on the item, or in the configuration. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from safesync.feedback.labels import waive_label
from safesync.feedback.settings import WaiverPart
from safesync.languages.tongue import ENGLISH, Tongue
from safesync.model.finding import Finding
from safesync.model.waiver import Waiver

_LABEL = re.compile(r"safesync-waive-(?P<code>[a-z]+\d+)(?:-until-(?P<until>\d{4}-\d{2}-\d{2}))?", re.IGNORECASE)


def of_labels(uid: str, labels: Iterable[str]) -> Iterator[Waiver]:
    """The waivers that the labels of an item say; a label whose day is none waives nothing."""
    for label in labels:
        if found := _LABEL.fullmatch(label):
            try:
                until = date.fromisoformat(found["until"]) if found["until"] else None
            except ValueError:
                continue
            yield Waiver(found["code"].upper(), uid, until, by_label=True)


def not_understood(labels: Iterable[str]) -> Iterator[str]:
    """Labels that begin like ours for waiving and waive nothing: a day that is none, a code with a slip."""
    for label in labels:
        if label.casefold().startswith(waive_label("")) and not any(of_labels("", (label,))):
            yield label


def granted(
    parts: Iterable[WaiverPart], uid_of: Callable[[str], str | None]
) -> tuple[tuple[Waiver, ...], tuple[tuple[WaiverPart, str], ...]]:
    """The waivers of the configuration, and those entries whose item nobody knows."""
    made: list[Waiver] = []
    strange: list[tuple[WaiverPart, str]] = []
    for part in parts:
        for reference in part.items:
            uid = uid_of(reference)
            if uid is None:
                strange.append((part, reference))
            else:
                made.append(Waiver(part.rule, uid, part.until, part.reason, part.granted_by))
    return tuple(made), tuple(strange)


@dataclass(frozen=True, slots=True)
class Waivers:
    """
    What the configuration waives, and what replies do, by item, and the rules that only the configuration waives.

    ``resting`` are the items that people put to sleep, with what reports say of it.
    """

    by_item: Mapping[str, tuple[Waiver, ...]] = field(default_factory=lambda: MappingProxyType({}))
    unwaivable: Collection[str] = frozenset()
    resting: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def on(self, uid: str, labels: Iterable[str], today: date) -> dict[str, Waiver]:
        """What holds today on an item, by code; the configuration counts before a reply, which has a reason, and that before a label."""
        said = sorted((*of_labels(uid, labels), *self.by_item.get(uid, ())), key=_weight)
        return {one.code: one for one in said if one.holds(today) and (_weight(one) == _SETTLED or one.code not in self.unwaivable)}


def told(one: Waiver, tongue: Tongue = ENGLISH) -> str:
    """As a comment says it: ``"TM101 until 2027-01-15 (agreed with the risk office; Robin Meyer)"``."""
    end = one.code
    if one.wrong:
        end = tongue.say("{code} as wrong", code=one.code)
    elif one.until:
        end = tongue.say("{code} until {day}", code=one.code, day=one.until.isoformat())
    why = "; ".join(part for part in (one.reason, one.granted_by) if part)
    return f"{end} ({why})" if why else end


_SETTLED = 2


def _weight(one: Waiver) -> int:
    return 0 if one.by_label else 1 if one.by_reply else _SETTLED


def without_waived(found: Iterable[Finding], waived: Collection[str]) -> tuple[Finding, ...]:
    """The findings that are left; a checklist without the waived points, while enough of it are open for it to speak."""
    kept = (_left_of(finding, waived) for finding in found if finding.code not in waived)
    return tuple(finding for finding in kept if finding is not None)


def _left_of(finding: Finding, waived: Collection[str]) -> Finding | None:
    points = tuple(point for point in finding.points if point.code not in waived)
    left = replace(finding, points=points)
    return left if not finding.points or len(left.open_points) >= finding.least else None
