"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict

from safesync.facts.fact import Fact
from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind
from safesync.model.organisation import BoardColumn, Organisation
from safesync.model.timebox import Iteration, PlanningInterval


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


class Rollout(StrEnum):
    """How loudly a rule speaks; a new rule starts quiet."""

    REPORT = "report"
    """In reports only."""
    LABEL = "label"
    """And as a label on the item."""
    COMMENT = "comment"
    """And in the comment on the item."""


class RuleOptions(BaseModel):
    """Base of every rule's options; each field's description is its documentation. ``:name`` in a condition is its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the items of an example."""

    iterations: tuple[Iteration, ...] = ()
    intervals: tuple[PlanningInterval, ...] = ()
    columns: tuple[BoardColumn, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)


@dataclass(frozen=True, slots=True)
class Example:
    """
    A small backlog with what the rule says about ``subject`` in it; documentation and test at once.

    ``facts`` are values of facts for an example written in YAML, where nothing stands around the item.
    """

    flawed: bool
    about: str
    items: tuple[Item, ...] = ()
    subject: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    surroundings: Surroundings | None = None
    severity: Severity | None = None
    """How much the flaw matters there; ``None`` where the example says nothing about it."""


Limits = Callable[[Any, Mapping[str, Any]], Mapping[str, float | None] | None]
"""
From the options and the facts of one group to the values of ``limit_facts``. ``None`` for the whole: nobody has set a
limit for this group, the rule is not evaluable; ``None`` for one value: this one is not limited.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A condition over facts, with words around it.

    ``flaw`` is the condition that makes an item flawed; ``when`` narrows which items are judged at all, beside
    ``judges``. ``severity`` gives the severity from each gate on (the highest gate reached counts; none reached:
    not reported); where ``error_when`` surely holds too, it is an error. ``remedy`` and ``evidence`` may name facts and
    options in braces, and so may ``numbers``, the arithmetic of a group's finding, and ``figures``, which end the evidence
    in one list; what speaks of a limit that nobody has set is left out of both. ``limits`` turns the options into
    values for each group, which are ``limit_facts`` for the conditions.
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
    error_when: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    figures: tuple[str, ...] = ()
    limits: Limits | None = None
    limit_facts: tuple[Fact, ...] = ()
    lifecycle: Lifecycle = Lifecycle.STABLE
    examples: tuple[Example, ...] = ()

    @property
    def group(self) -> Group | None:
        """The group it judges, ``None`` for a rule about items."""
        return self.judges if isinstance(self.judges, Group) else None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds it judges, none for a rule about groups."""
        if isinstance(self.judges, Group):
            return ()
        return (self.judges,) if isinstance(self.judges, Kind) else self.judges


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """
    A rule as one organisation judges by it.

    ``severity`` and ``kinds`` replace the rule's own when they are given. ``exclude`` is a condition; where it surely holds,
    the rule is not applicable. ``only_teams`` and ``except_teams`` say whose items are judged by this setting: two
    settings of one rule never judge the same item.
    """

    rule: Rule
    options: RuleOptions
    severity: Mapping[Gate, Severity] | Severity | None = None
    kinds: tuple[Kind, ...] = ()
    exclude: str = ""
    rollout: Rollout = Rollout.COMMENT
    only_teams: tuple[str, ...] = ()
    except_teams: tuple[str, ...] = ()
    places: Mapping[tuple[str, ...], tuple[str | int, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Where it was said: from a part of the setting (``("options", "min_words")``, ``()`` for the whole) to the keys that lead there."""
