"""
Whether an item is ready: it was judged for the gate that it stands at, and nothing stands against it. Pure.

``safesync gate`` and the label ``safesync-ready`` say the same, because both ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from safesync.feedback.comment import is_loud
from safesync.feedback.waivers import without_waived
from safesync.model.finding import Finding, Severity, absorbed
from safesync.model.item import Gate, Kind

KINDS = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE, Kind.STORY, Kind.BUG, Kind.SPIKE})
"""What people take up and finish; nobody waits for a theme, a risk or an objective to become ready."""
GATES = (Gate.READY, Gate.NEXT, Gate.CURRENT, Gate.ACTIVE)
"""Of what is further away next to nothing is asked yet, so that nothing is found says nothing; and what is done is past it."""
_SEVERITIES = tuple(Severity)
_BEYOND = {Gate.BACKLOG: "it is in the backlog, where next to nothing is asked of it", Gate.DONE: "it is done, or was given up"}


@dataclass(frozen=True, slots=True)
class Readiness:
    """
    What stands against an item, gravest first: nothing that is waived, or told by another finding.

    ``why_not`` says why it is not ready, one sentence a reason; empty when it is.
    """

    found: tuple[Finding, ...]
    why_not: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether it is."""
        return not self.why_not


def readiness(
    kind: Kind,
    gate: Gate | None,
    found: Iterable[Finding],
    *,
    doubted: Iterable[str] = (),
    crashed: Iterable[str] = (),
    waived: Collection[str] = (),
) -> Readiness:
    """
    What a report comes to on one item, of which these are the findings and the rules that could not be judged.

    ``gate`` is ``None`` where its kind or state was not seen. A finding counts whether or not people were told of it: one that the
    baseline keeps quiet, or on an item that was put to sleep, stands against the item all the same.
    """
    told = without_waived(found, waived)
    spoken_for = absorbed(told)
    standing = [one for one in told if (one.code, one.subject) not in spoken_for]
    standing.sort(key=lambda one: (-_SEVERITIES.index(one.severity), one.code))
    why_not = (
        *_place(kind, gate),
        *dict.fromkeys(f"{one.code} stands against it" for one in standing if is_loud(one)),
        *(f"{code} could not be judged: not all that it reads was seen" for code in sorted(set(doubted) - set(waived))),
        *(f"{code} could not be run" for code in sorted(crashed)),
    )
    return Readiness(tuple(standing), why_not)


def _place(kind: Kind, gate: Gate | None) -> tuple[str, ...]:
    if gate is None:
        return ("its kind or state was not seen",)
    if kind not in KINDS:
        return (f"a {kind.value.replace('_', ' ')} is not worked on by itself",)
    return () if gate in GATES else (_BEYOND[gate],)
