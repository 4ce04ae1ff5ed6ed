"""
Capacity allocation says how much of a train's capacity goes into features, enablers, technical debt, maintenance and
obligations. Without it urgent features always win, and the architecture pays.

We add up the points of planned stories and bugs of a train in the current and the next interval; an item without a class takes that
of its feature. Targets are the organisation's: without any for a train the rule is not evaluable; a class without a target is not
judged. It is an error at twice the tolerance.

How to fix: swap features before the plan is closed, or change the targets where that is the will of Lean Portfolio Management and
Business Owners.

Known false positives: intervals that are hardly planned yet (`min_points`); many items without a class
(`max_unknown`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, get_args

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import WorkClass
from safesync.rules.examples import CURRENT, NEXT_INTERVAL, PAST_INTERVAL, bad, good, story, unknown
from safesync.rules.rule import ClassName, Group, Level, NamesOf, Percent, Rule, RuleOptions

_CLASSES: tuple[ClassName, ...] = get_args(ClassName)
_SUBJECT = "group:train_interval:Payments|PI 26.4"
_PAST, _NEXT = "group:train_interval:Payments|PI 26.3", "group:train_interval:Payments|PI 27.1"
_TARGETS = {"targets": {"default": {"feature": 60, "enabler": 25, "tech_debt": 15}}}


_A_FIFTH_EACH = tuple(story(10 + n, points=20.0, iteration=CURRENT, work_class=WorkClass(name)) for n, name in enumerate(_CLASSES))


def _all_at(target: int) -> dict[str, Any]:
    return {"targets": {"default": dict.fromkeys(_CLASSES, target)}}


class Options(RuleOptions):
    """The targets, and how far from them is too far."""

    targets: Annotated[dict[str, dict[ClassName, Percent]], NamesOf(("train", "default"))] = Field(
        default_factory=dict, description="Train (or `default`) -> work class -> target share in percent."
    )
    tolerance: float = Field(default=10, gt=0, le=100, description="Percentage points that a share may differ from its target.")
    floors: Annotated[dict[str, Percent], NamesOf(("train", "default"))] = Field(
        default_factory=dict, description="Train (or `default`) -> lowest share of compliance work in percent, whatever the target."
    )
    min_points: float = Field(default=50, ge=0, description="Fewer planned points than this are no plan yet.")
    max_unknown: float = Field(default=20, ge=0, le=100, description="Highest share of points without a class, in percent.")


def _targets(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None] | None:
    train = str(group["train"])
    shares = options.targets.get(train, options.targets.get("default"))
    floor = options.floors.get(train, options.floors.get("default"))
    if shares is None and floor is None:
        return None
    return {**{f"{name}_target": (shares or {}).get(name) for name in _CLASSES}, "compliance_floor": floor}


def _off(times: str) -> str:
    """The condition that some share is off its target by more than so many tolerances."""
    return " OR ".join(f"abs({name}_share - {name}_target) > {times}" for name in _CLASSES)


RULE = Rule(
    code="GR503",
    name="capacity-allocation-drift",
    level=Level.GUARDRAILS,
    judges=Group.TRAIN_INTERVAL,
    source="SAFe, Lean Budget Guardrails: capacity allocation",
    options=Options,
    eased=("tolerance",),
    limits=_targets,
    limit_facts=(
        *(Fact(f"{name}_target", FactType.NUMBER, Sort.GROUPED, f"Target share of {name}.", unit="percent") for name in _CLASSES),
        Fact("compliance_floor", FactType.NUMBER, Sort.GROUPED, "Lowest share of compliance work.", unit="percent"),
    ),
    when="interval_phase IN ('current', 'next') AND sized_points >= :min_points AND unknown_share <= :max_unknown",
    flaw=f"{_off(':tolerance')} OR compliance_share < compliance_floor",
    severity=Severity.WARNING,
    error_when=_off("2 * :tolerance"),
    remedy="Swap work before the plan is closed, or let Lean Portfolio Management change the targets.",
    evidence="{train} in {interval}, percent of {sized_points} points",
    figures=(
        *(f"{name.replace('_', ' ')} {{{name}_share}} (target {{{name}_target}})" for name in _CLASSES),
        "compliance {compliance_share} (at least {compliance_floor})",
    ),
    numbers=(
        ("Without a class", "{unknown_share} % of the points"),
        ("Heaviest items", "{contributors}"),
    ),
    examples=(
        bad("features only", story(points=60.0, iteration=CURRENT), subject=_SUBJECT, options=_TARGETS),
        bad(
            "too little for compliance",
            story(points=100.0, iteration=CURRENT),
            subject=_SUBJECT,
            options={"floors": {"Payments": 5}},
        ),
        bad(
            "maintenance eats the rest",
            story(1, points=50.0, iteration=CURRENT),
            story(7, points=50.0, iteration=CURRENT, work_class=WorkClass.MAINTENANCE),
            subject=_SUBJECT,
            options={"targets": {"Payments": {"feature": 55, "maintenance": 20}}},
        ),
        good(
            "as agreed",
            story(1, points=60.0, iteration=CURRENT),
            story(7, points=25.0, iteration=CURRENT, work_class=WorkClass.ENABLER),
            story(8, points=15.0, iteration=CURRENT, work_class=WorkClass.TECH_DEBT),
            subject=_SUBJECT,
            options=_TARGETS,
        ),
        good(
            "obligations as agreed",
            story(1, points=80.0, iteration=CURRENT),
            story(7, points=20.0, iteration=CURRENT, work_class=WorkClass.COMPLIANCE),
            subject=_SUBJECT,
            options={"targets": {"Payments": {"compliance": 20}}},
        ),
        bad("of the next interval", story(points=60.0, interval=NEXT_INTERVAL), subject=_NEXT, options=_TARGETS),
        good("over", story(points=60.0, interval=PAST_INTERVAL, iteration=None), subject=_PAST, options=_TARGETS),
        good("hardly planned yet", story(points=49.0, iteration=CURRENT), subject=_SUBJECT, options=_TARGETS),
        good(
            "more than a fifth without a class",
            story(1, points=79.0, iteration=CURRENT),
            story(7, points=21.0, iteration=CURRENT, work_class=WorkClass.UNKNOWN),
            subject=_SUBJECT,
            options=_TARGETS,
        ),
        unknown("nobody has set a target", story(points=60.0, iteration=CURRENT), subject=_SUBJECT),
    ),
    cases=(
        good("every class at the tolerance", *_A_FIFTH_EACH, subject=_SUBJECT, options=_all_at(30)),
        bad("every class at twice the tolerance", *_A_FIFTH_EACH, subject=_SUBJECT, options=_all_at(40), severity=Severity.WARNING),
        *(
            bad(
                f"{name.replace('_', ' ')} beyond twice the tolerance",
                *_A_FIFTH_EACH,
                subject=_SUBJECT,
                options={"targets": {"Payments": {name: 41}}},
                severity=Severity.ERROR,
            )
            for name in _CLASSES
        ),
        good("just enough for compliance", *_A_FIFTH_EACH, subject=_SUBJECT, options={"floors": {"Payments": 20}}),
        bad("just as many points as make a plan", story(points=50.0, iteration=CURRENT), subject=_SUBJECT, options=_TARGETS),
        bad(
            "just as many without a class as may be",
            story(1, points=80.0, iteration=CURRENT),
            story(7, points=20.0, iteration=CURRENT, work_class=WorkClass.UNKNOWN),
            subject=_SUBJECT,
            options=_TARGETS,
        ),
    ),
)
