"""What a rule said about an item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType

from safesync.model.item import Gate


class Severity(StrEnum):
    """How much a finding matters, in order; ``OFF`` is never reported."""

    OFF = "off"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Verdict(StrEnum):
    """What judging one item by one rule yields."""

    FLAWED = "flawed"
    FINE = "fine"
    NOT_EVALUABLE = "not_evaluable"
    NOT_APPLICABLE = "not_applicable"


class Rollout(StrEnum):
    """How loudly a rule speaks, each stage more than the one before; a new rule starts quiet."""

    SHADOW = "shadow"
    """Judged and counted; only the administrator is told how often."""
    REPORT = "report"
    """In reports only."""
    LABEL = "label"
    """And as a label on the item."""
    COMMENT = "comment"
    """And in the comment on the item."""
    ESCALATE = "escalate"
    """And, when it stays long, graver by one and on the list of the next role."""


@dataclass(frozen=True, slots=True)
class Escalation:
    """After how many days a finding goes to which role; ``since`` is the day on which it did, ``None`` when it is not there yet."""

    after_days: int
    role: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """
    One point of a checklist: what is asked for, in a few words.

    ``code`` is the rule that asks, empty when it is the composite rule itself. ``remedy`` says what to do while the point is
    open; it is empty when all is well.
    """

    asks: str
    code: str
    remedy: str = ""
    evidence: str = ""
    limits: tuple[str, ...] = ()
    """As a finding's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A flaw. Its identity is (``code``, ``subject``).

    ``subject`` is an item uid, or ``"group:{group}:{key}"`` for a finding about a group. ``remedy`` says what to
    do and ``evidence`` where we looked, both filled in; ``numbers`` shows the arithmetic of a group finding.

    ``points`` are the checklist of a composite rule. While at least ``least`` of them are open, it speaks for the rules behind
    them: what these say about the same subject is absorbed; and so is what the rules in ``absorbs`` say of the same cause.
    """

    code: str
    subject: str
    severity: Severity
    gate: Gate | None
    remedy: str
    evidence: str
    numbers: tuple[tuple[str, str], ...] = ()
    rollout: Rollout = Rollout.COMMENT
    escalation: Escalation | None = None
    points: tuple[Point, ...] = ()
    least: int = 1
    absorbs: tuple[str, ...] = ()
    language: str = "en"
    """In which the words are."""
    limits: tuple[str, ...] = ()
    """The numbers of days in its words that somebody configured: others pass, and are no news; these are when they change."""

    @property
    def open_points(self) -> tuple[Point, ...]:
        """The points that are not settled."""
        return tuple(point for point in self.points if point.remedy)


_NAMED_AT = MappingProxyType(
    {
        **dict.fromkeys(("inspect_adapt", "ranked_backlog", "team_backlog", "team_history", "team_iteration"), 0),
        **dict.fromkeys(("train_finished", "train_flow", "train_interval", "train_stage"), 0),
        **dict.fromkeys(("interval_load", "objectives", "team_column"), 1),
    }
)
"""Where the train or team stands in a group's key: ``train|interval``, ``team|iteration``, ``train|tracker|class``,
``tracker|team|column`` and ``team|Falcon|interval``."""
_OF_LEVELS = frozenset({"interval_load", "objectives"})
"""Groups whose key begins with what the name behind it is: a team or a train."""
_OF_THE_PORTFOLIO = frozenset({"alignment", "investment_mix", "portfolio_stage"})
"""Groups that there is one of, or one for each stage."""


def group_name(subject: str, iterations: Mapping[str, str] | None = None) -> str:
    """What people call the group that a finding is about: the parts of its key; ``iterations`` are their names by uid."""
    names = iterations or {}
    kind, _, key = subject.removeprefix("group:").partition(":")
    parts = [names.get(part, part) for part in key.split("|")]
    if kind in _OF_LEVELS:
        parts = parts[1:]
    elif kind in _OF_THE_PORTFOLIO:
        parts = ["portfolio", kind.replace("_", " ") if key == "portfolio" else key]
    # Most teams of Jira write their name into that of the iteration: "Falcon, Falcon 26.4.3" says it twice.
    told = [part for part, after in zip(parts, [*parts[1:], ""], strict=True) if not after.startswith(f"{part} ")]
    return ", ".join(told) or subject


def group_owner(subject: str) -> str | None:
    """The team or train that a group is about; ``None`` of an item, and of what is the whole portfolio's."""
    kind, _, key = subject.removeprefix("group:").partition(":")
    parts = key.split("|")
    position = _NAMED_AT.get(kind, len(parts)) if subject.startswith("group:") else len(parts)
    return parts[position] if position < len(parts) else None


def absorbed(findings: Iterable[Finding]) -> dict[tuple[str, str], str]:
    """(code, subject) of what need not be told beside another finding, and that one's code; a checklist comes before a single rule."""
    told = [one for one in findings if one.points or one.absorbs]
    singly = {(code, one.subject): one.code for one in told for code in one.absorbs}
    return singly | {(point.code, one.subject): one.code for one in told for point in one.open_points if point.code}


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A finding as the store remembers it."""

    finding: Finding
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Unevaluated:
    """
    How many items a rule could not judge, because these facts were unseen.

    ``crash`` says instead why the rule could not be run at all; it is then in none of the report's ``codes``. ``remedy`` says
    what an administrator does, where there was nothing to look at or nobody has decided the limit.
    """

    code: str
    count: int
    facts: tuple[str, ...]
    crash: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """
    Everything one check found.

    ``items`` were within reach.
    ``flawed`` holds the findings; what is said by rules in the shadow stands in ``shadowed`` once a report is to be shown.
    ``unjudged`` holds (code, subject) pairs that were *not evaluable*: an earlier
    finding on them stays. Every other pair of a rule in ``codes`` and an item in ``subjects`` was looked at and
    is fine or not applicable; an earlier finding on it is over. ``grave`` are those of ``unjudged`` about items that would be at
    least a warning there.
    """

    judged_at: datetime
    items: int
    codes: frozenset[str]
    subjects: frozenset[str]
    flawed: tuple[Finding, ...]
    unjudged: frozenset[tuple[str, str]] = frozenset()
    unevaluated: tuple[Unevaluated, ...] = ()
    shadowed: tuple[Finding, ...] = ()
    grave: frozenset[tuple[str, str]] = frozenset()

    def looked_at(self, code: str, subject: str) -> bool:
        """Whether this rule was held against this item or group: only then an earlier finding that is not here is over."""
        return code in self.codes and subject in self.subjects and (code, subject) not in self.unjudged
