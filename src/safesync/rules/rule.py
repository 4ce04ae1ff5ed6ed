"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from safesync.facts.fact import Fact
from safesync.model.finding import Rollout, Severity
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


ROLE: Mapping[Level, str] = {
    Level.TEAM: "the Product Owner",
    Level.PROGRAM: "Product Management",
    Level.PORTFOLIO: "the Epic Owner",
    Level.FLOW: "the team and its train",
    Level.GUARDRAILS: "Lean Portfolio Management",
    Level.COMPLIANCE: "Product Management",
    Level.LINKS: "who keeps the backlog",
    Level.PLANNING: "the Release Train Engineer",
}
"""Whom the rules of a level speak to first."""
NEXT_ROLE: Mapping[Level, str] = {
    Level.TEAM: "Product Management",
    Level.PROGRAM: "Lean Portfolio Management",
    Level.PORTFOLIO: "Lean Portfolio Management",
    Level.FLOW: "the Release Train Engineer",
    Level.GUARDRAILS: "the Business Owners",
    Level.COMPLIANCE: "the compliance officer",
    Level.LINKS: "Product Management",
    Level.PLANNING: "Lean Portfolio Management",
}
"""Who hears of a finding that those do not settle whom the rules of a level speak to first."""


class Group(StrEnum):
    """What a group rule judges."""

    TRAIN_INTERVAL = "train_interval"
    TEAM_COLUMN = "team_column"
    TEAM_ITERATION = "team_iteration"
    RANKED_BACKLOG = "ranked_backlog"
    INVESTMENT_MIX = "investment_mix"
    BUDGET_PERIOD = "budget_period"
    OBJECTIVES = "objectives"
    INSPECT_ADAPT = "inspect_adapt"
    TRAIN_STAGE = "train_stage"
    PORTFOLIO_STAGE = "portfolio_stage"
    TRAIN_FINISHED = "train_finished"
    TEAM_HISTORY = "team_history"
    TRAIN_FLOW = "train_flow"
    INTERVAL_LOAD = "interval_load"
    ALIGNMENT = "alignment"
    TEAM_BACKLOG = "team_backlog"


class Lifecycle(StrEnum):
    """How far a rule itself is; codes are never reused."""

    PREVIEW = "preview"
    STABLE = "stable"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class NotAbove:
    """In the annotation of an option: above this other option of the rule it would say nothing."""

    option: str


@dataclass(frozen=True, slots=True)
class NamesOf:
    """In the annotation of an option that is a table: its keys are names of teams or trains, or the word default."""

    whose: tuple[Literal["team", "train", "default"], ...]


Percent = Annotated[float, Field(ge=0, le=100)]
"""A share."""
ClassName = Literal["feature", "enabler", "tech_debt", "maintenance", "compliance"]
"""The work classes that capacity is shared among."""
KanbanState = Literal["analysis", "ready", "in_progress", "validating", "active"]
"""Where work in progress is limited; active stands for in_progress and validating together."""


class RuleOptions(BaseModel):
    """Base of every rule's options; each field's description is its documentation. ``:name`` in a condition is its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def order(cls) -> Iterator[tuple[str, str]]:
        """Pairs of options of which the first may not be above the second."""
        for name, option in cls.model_fields.items():
            yield from ((name, each.option) for each in option.metadata if isinstance(each, NotAbove))


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
    evaluable: bool = True
    """Where not, the rule must say that it cannot know."""


Limits = Callable[[Any, Mapping[str, Any]], Mapping[str, float | str | None] | None]
"""
From the options and the facts of one group to the values of ``limit_facts``. ``None`` for the whole: nobody has set a
limit for this group, the rule is not evaluable; ``None`` for one value: this one is not limited.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """
    One point of a composite rule: what another rule says about the same item, or a condition of its own.

    ``asks`` is what must be there, in a few words: "acceptance criteria". Another rule counts as it is set for the item: where it
    is off, the point is not asked.
    """

    asks: str
    rule: Rule | None = None
    flaw: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A condition over facts, with words around it.

    ``flaw`` is the condition that makes an item flawed; ``when`` narrows which items are judged at all, beside
    ``judges``. ``severity`` gives the severity from each gate on (the highest gate reached counts; none reached:
    not reported); where ``warning_when`` surely holds too, it is at least a warning, and where ``error_when`` does, an
    error. ``remedy`` and ``evidence`` may name facts and options in braces, and so may ``numbers``, the arithmetic of a
    group's finding, and ``figures``, which end the evidence in one list; what speaks of a limit that nobody has set, or of an
    empty fact, is left out of both. ``limits`` turns the options into values for each group, which are
    ``limit_facts`` for the conditions.

    A composite rule has ``parts``: beside ``flaw``, at least as many of them must be open as the option named in ``at_least``
    says (without a name: one). It shows them as one checklist and absorbs what its parts say by themselves.
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
    warning_when: str = ""
    error_when: str = ""
    numbers: tuple[tuple[str, str], ...] = ()
    figures: tuple[str, ...] = ()
    limits: Limits | None = None
    limit_facts: tuple[Fact, ...] = ()
    parts: tuple[Part, ...] = ()
    at_least: str = ""
    absorbs: tuple[str, ...] = ()
    """Codes of rules that see the same cause less precisely: what they say about the same item is not told beside it."""
    without: str = ""
    """What an administrator does when no item of its kinds was read at all: few trackers have any. Else nothing would be said."""
    unset: str = ""
    """The option that somebody has to decide first; while it is 0 the rule judges nothing and says so."""
    eased: tuple[str, ...] = ()
    """Options, thresholds of a group rule, that are lower by ``RuleSetting.margin`` for a group about which a finding stands already."""
    lifecycle: Lifecycle = Lifecycle.STABLE
    aliases: tuple[str, ...] = ()
    """Codes and names that it had before, or of rules that it took the place of: still understood, and never given to another one."""
    examples: tuple[Example, ...] = ()
    cases: tuple[Example, ...] = ()
    """More of them, on the thresholds and beside them: tests alone, for the page would drown in them."""

    @property
    def tried(self) -> tuple[Example, ...]:
        """Everything that is run as a test of it."""
        return (*self.examples, *self.cases)

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


AFTER_DAYS = 14
"""In the stage escalate, unless somebody says otherwise."""
MARGIN = 5.0
"""In percent, unless somebody says otherwise."""
Values = tuple[tuple[str, tuple[str, ...]], ...]
"""Facts with some of their values."""


@dataclass(frozen=True, slots=True)
class Slice:
    """
    Part of a backlog: each fact in ``only`` has one of its values, and each in ``never`` none.

    An item without a value has none of them. Where it was not seen, nobody knows by which setting the item is judged.
    """

    only: Values = ()
    never: Values = ()

    def __str__(self) -> str:
        """For people: ``team Falcon, Heron; not train Cards``."""
        only = [f"{fact.replace('_', ' ')} {', '.join(among)}" for fact, among in self.only]
        return "; ".join([*only, *(f"not {fact.replace('_', ' ')} {', '.join(among)}" for fact, among in self.never)])

    def holds(self, values: Mapping[str, str | None]) -> bool:
        """Whether an item or a group with these values belongs to it."""
        return all(values.get(fact) in among for fact, among in self.only) and not any(
            values.get(fact) in among for fact, among in self.never
        )


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """
    A rule as one organisation judges by it.

    ``severity`` and ``kinds`` replace the rule's own when they are given. ``exclude`` is a condition; where it surely holds,
    the rule is not applicable. ``where`` says which part of the backlog is judged by this setting, all of it when it is empty:
    two settings of one rule never judge the same item.
    """

    rule: Rule
    options: RuleOptions
    severity: Mapping[Gate, Severity] | Severity | None = None
    kinds: tuple[Kind, ...] = ()
    exclude: str = ""
    rollout: Rollout = Rollout.COMMENT
    after_days: int = AFTER_DAYS
    margin: float = MARGIN
    """In percent: how far below its threshold a finding about a group ends, so that it does not come and go."""
    remedy: Mapping[str, str] = field(default_factory=dict)
    """An administrator's words in the place of the rule's, by language; under no language those for all others."""
    where: tuple[Slice, ...] = ()
    places: Mapping[tuple[str, ...], tuple[str | int, ...]] = field(default_factory=dict, compare=False, repr=False)
    """Where it was said: from a part of the setting (``("options", "min_words")``, ``()`` for the whole) to the keys that lead there."""

    def covers(self, values: Mapping[str, str | None]) -> bool:
        """Whether it is the one that judges an item, or a group, with these values (tracker, train, team, kind, native_type)."""
        return not self.where or any(part.holds(values) for part in self.where)
