"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind


class Level(StrEnum):
    """The level of SAFe that a rule belongs to."""

    TEAM = "team"
    PROGRAM = "program"
    PORTFOLIO = "portfolio"
    FLOW = "flow"
    GUARDRAILS = "guardrails"
    COMPLIANCE = "compliance"
    LINKS = "links"
    PLANNING = "planning"


class Group(StrEnum):
    """What a group rule judges."""

    TRAIN_INTERVAL = "train_interval"
    TEAM_COLUMN = "team_column"


class Lifecycle(StrEnum):
    """How far a rule itself is; codes are never reused."""

    PREVIEW = "preview"
    STABLE = "stable"
    RETIRED = "retired"


class RuleOptions(BaseModel):
    """Base of every rule's options; each field's description is its documentation. ``:name`` in a condition is its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Example:
    """An item (or a small backlog) with what the rule says about it; documentation and test at once."""

    flawed: bool
    about: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A condition over facts, with words around it.

    ``flaw`` is the condition that makes an item flawed; ``when`` narrows which items are judged at all, beside
    ``judges``. ``severity`` gives the severity from each gate on (the highest gate reached counts; none reached:
    not reported). ``remedy`` and ``evidence`` may name facts and options in braces. ``limits`` turns the options
    into values for each group, joined to a group's facts before judging.
    """

    code: str
    name: str
    level: Level
    judges: Kind | tuple[Kind, ...] | Group
    source: str
    flaw: str
    severity: Mapping[Gate, Severity] | Severity
    remedy: str
    evidence: str
    page: str = ""
    """The module's docstring, filled in by the catalogue: why the rule exists, its documentation page."""
    options: type[RuleOptions] = RuleOptions
    when: str = "open"
    limits: Callable[[Any, Mapping[str, Any]], Mapping[str, float | None]] | None = None
    lifecycle: Lifecycle = Lifecycle.STABLE
    examples: tuple[Example, ...] = ()
