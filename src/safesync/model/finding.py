"""What a rule said about an item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Finding:
    """
    A flaw. Its identity is (``code``, ``subject``).

    ``subject`` is an item uid, or ``"group:{group}:{key}"`` for a finding about a group. ``remedy`` says what to
    do and ``evidence`` where we looked, both filled in; ``numbers`` shows the arithmetic of a group finding.
    """

    code: str
    subject: str
    severity: Severity
    gate: Gate | None
    remedy: str
    evidence: str
    numbers: tuple[tuple[str, str], ...] = ()


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

    ``flawed`` holds the findings. ``unjudged`` holds (code, subject) pairs that were *not evaluable*: an earlier
    finding on them stays. Every other pair of a rule in ``codes`` and an item in ``subjects`` was looked at and
    is fine or not applicable; an earlier finding on it is over.
    """

    judged_at: datetime
    items: int
    codes: frozenset[str]
    subjects: frozenset[str]
    flawed: tuple[Finding, ...]
    unjudged: frozenset[tuple[str, str]] = frozenset()
    unevaluated: tuple[Unevaluated, ...] = ()
