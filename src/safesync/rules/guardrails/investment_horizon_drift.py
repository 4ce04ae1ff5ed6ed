"""
Near-term work eats tomorrow, quietly: each decision is right and the sum is not. So Lean Portfolio Management says how much goes
into each horizon, and looks at it in every strategic portfolio review.

We add up what open epics from ready on are expected to cost by horizon; where no epic has a cost each weighs the same. The targets
are the organisation's: SAFe names none (70/20/10 is a common example), and without any the rule is not evaluable. A horizon without
a target is not judged.

How to fix: start, park or stop an epic, or let Lean Portfolio Management change the targets.

Known false positives: portfolios of a few epics (`min_epics`); many epics without a horizon (`max_unknown`), which GR501 names one
by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.governance.investment import HORIZONS
from safesync.model.finding import Severity
from safesync.model.item import Stage
from safesync.rules.examples import bad, epic, good, unknown
from safesync.rules.rule import Group, Level, Percent, Rule, RuleOptions

_Horizon = Literal["H0", "H1", "H2", "H3"]
_NAMES = tuple(name.lower() for name in HORIZONS)
_SUBJECT = "group:investment_mix:portfolio"
_TARGETS = {"targets": {"H1": 70, "H2": 20, "H3": 10}}


class Options(RuleOptions):
    """The targets, and how far from them is too far."""

    targets: dict[_Horizon, Percent] = Field(default_factory=dict, description="Horizon (H0, H1, H2, H3) -> target share in percent.")
    tolerance: float = Field(default=10, gt=0, le=100, description="Percentage points that a share may differ from its target.")
    min_epics: int = Field(default=5, ge=1, description="Fewer open epics than this are no mix yet.")
    max_unknown: float = Field(default=20, ge=0, le=100, description="Highest share of epics without a horizon, in percent.")


def _targets(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None] | None:  # noqa: ARG001 - as every rule's limits
    return {f"{name.lower()}_target": options.targets.get(name) for name in get_args(_Horizon)} if options.targets else None


def _mix(*horizons: str, **fields: Any) -> tuple[Any, ...]:
    """One ready epic for each horizon named."""
    return tuple(epic(100 + number, horizon=name, stage=Stage.READY, **fields) for number, name in enumerate(horizons))


def _all_at(target: int) -> dict[str, Any]:
    return {"targets": dict.fromkeys(HORIZONS, target)}


RULE = Rule(
    code="GR502",
    name="investment-horizon-drift",
    level=Level.GUARDRAILS,
    judges=Group.INVESTMENT_MIX,
    source="SAFe, Lean Budget Guardrails: guiding investments by horizon; tolerance by SafeSync",
    options=Options,
    eased=("tolerance",),
    limits=_targets,
    limit_facts=tuple(
        Fact(f"{name}_target", FactType.NUMBER, Sort.GROUPED, f"Target share of {name.upper()}.", unit="percent") for name in _NAMES
    ),
    when="epics >= :min_epics AND unknown_share <= :max_unknown",
    flaw=" OR ".join(f"abs({name}_share - {name}_target) > :tolerance" for name in _NAMES),
    severity=Severity.WARNING,
    remedy="Rebalance the epics at the next portfolio review, or let Lean Portfolio Management change the targets.",
    evidence="{epics} open epics, weighed by {weighed_by}, percent of those with a horizon",
    figures=tuple(f"{name.upper()} {{{name}_share}} (target {{{name}_target}})" for name in _NAMES),
    numbers=(
        ("Weight in all", "{weight}, {unknown_share} % of the epics without a horizon"),
        ("Heaviest epics", "{contributors}"),
    ),
    examples=(
        bad("today alone", *_mix("H1", "H1", "H1", "H1", "H1"), subject=_SUBJECT, options=_TARGETS),
        bad(
            "one expensive epic outweighs four",
            *_mix("H1", "H1", "H1", "H1", cost_estimate=10.0),
            epic(3, horizon="H3", cost_estimate=60.0),
            subject=_SUBJECT,
            options={"targets": {"H1": 70}},
        ),
        bad(
            "the tolerance is the organisation's",
            *_mix("H1", "H1", "H1", "H1", "H2"),
            subject=_SUBJECT,
            options={"targets": {"H1": 74}, "tolerance": 5},
        ),
        good(
            "as agreed",
            *_mix("H1", "H1", "H1", "H2", "H3", cost_forecast=1.0),
            subject=_SUBJECT,
            options={"targets": {"H1": 60, "H2": 20, "H3": 20}},
        ),
        good("as far off as it may be", *_mix("H1", "H1", "H1", "H1", "H2"), subject=_SUBJECT, options=_TARGETS),
        good("a horizon without a target", *_mix("H1", "H1", "H1", "H1", "H1"), subject=_SUBJECT, options={"targets": {"H1": 100}}),
        good("four epics are no mix", *_mix("H1", "H1", "H1", "H1"), subject=_SUBJECT, options=_TARGETS),
        good("more than a fifth without a horizon", *_mix(*["H1"] * 19, *[""] * 5), subject=_SUBJECT, options=_TARGETS),
        unknown("nobody has set a target", *_mix("H1", "H1", "H1", "H1", "H1"), subject=_SUBJECT),
        good(
            "what is still analysed weighs nothing",
            *_mix("H1", "H1", "H1", "H1", "H2"),
            epic(3, horizon="H3", stage=Stage.ANALYSIS),
            epic(4, horizon="H3", stage=Stage.DONE),
            subject=_SUBJECT,
            options=_TARGETS,
        ),
    ),
    cases=(
        bad("a fifth without a horizon", *_mix("H1", "H1", "H1", "H1", ""), subject=_SUBJECT, options=_TARGETS),
        good("every horizon at the tolerance", *_mix(*HORIZONS * 2), subject=_SUBJECT, options=_all_at(35)),
        *(bad(f"{name} beyond it", *_mix(*HORIZONS * 2), subject=_SUBJECT, options={"targets": {name: 36}}) for name in HORIZONS),
    ),
)
