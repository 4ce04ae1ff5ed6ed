"""
What was done is the real investment, whatever the plan said. When a train finishes other work than it was meant to, or more and more
of it is repair, the next plan has to know.

We add up the stories and bugs that each train finished in the last planning interval that is over (without intervals: in the last
90 days) by work class, in points, or in items where many have no points. An item without a class takes that of its feature. It is
reported when a share is more than `tolerance` off its target, and as a warning at twice that; without targets only the share of bugs is
judged, which must not have risen by more than `max_defect_rise` since the period before. Fewer than `min_items` say nothing.

How to fix: change the allocation of the next planning interval.

Known false positives: work without a class (more than `max_unknown` is not judged); many small bugs of one cause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, get_args

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage, Transition, WorkClass
from safesync.model.timebox import PlanningInterval
from safesync.rules.examples import NOW, bad, bug, good, story, surroundings_of
from safesync.rules.rule import ClassName, Group, Level, NamesOf, Percent, Rule, RuleOptions

_CLASSES: tuple[ClassName, ...] = get_args(ClassName)
_SUBJECT = "group:train_finished:Payments|PI 26.3"
_TARGETS = {"targets": {"default": {"feature": 60, "enabler": 40}}}


class Options(RuleOptions):
    """The targets, and how far from them is too far."""

    targets: Annotated[dict[str, dict[ClassName, Percent]], NamesOf(("train", "default"))] = Field(
        default_factory=dict, description="Train (or `default`) -> work class -> target share in percent."
    )
    tolerance: float = Field(default=10, gt=0, le=100, description="Percentage points that a share may differ from its target.")
    max_defect_rise: float = Field(default=10, ge=0, le=100, description="Percentage points by which the share of bugs may rise.")
    min_items: int = Field(default=20, ge=1, description="Fewer finished items than this say nothing.")
    max_unknown: float = Field(default=20, ge=0, le=100, description="Highest share without a class, in percent.")


def _targets(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None]:
    shares = options.targets.get(str(group["train"]), options.targets.get("default", {}))
    return {f"{name}_target": shares.get(name) for name in _CLASSES}


def _off(times: str) -> str:
    return " OR ".join(f"abs({name}_share - {name}_target) > {times}" for name in _CLASSES)


def _ended(days: int) -> tuple[Transition, ...]:
    at: datetime = NOW - timedelta(days=days)
    return (Transition(at - timedelta(days=3), Stage.IN_PROGRESS), Transition(at, Stage.DONE))


_LAST, _BEFORE = 60, 130
"""Days ago: in the interval that is over, and in the one before."""
_TWO_OVER = replace(
    surroundings_of(),
    intervals=(
        PlanningInterval("PI 26.2", date(2026, 5, 18), date(2026, 7, 26)),
        PlanningInterval("PI 26.3", date(2026, 7, 27), date(2026, 10, 4)),
    ),
)


def _done(count: int, first: int = 100, work_class: WorkClass = WorkClass.FEATURE, days: int = _LAST) -> tuple[Item, ...]:
    return tuple(story(first + n, stage=Stage.DONE, transitions=_ended(days), work_class=work_class) for n in range(count))


def _mended(count: int, first: int = 200, days: int = _LAST) -> tuple[Item, ...]:
    return tuple(bug(first + n, stage=Stage.DONE, transitions=_ended(days)) for n in range(count))


_FEW: dict[str, Any] = {"subject": _SUBJECT, "options": {"targets": {"default": {"feature": 50}}}}
_A_FIFTH_EACH = tuple(item for n, name in enumerate(_CLASSES) for item in _done(4, 100 + 10 * n, WorkClass(name)))


def _all_at(target: int) -> dict[str, Any]:
    return {"targets": {"default": dict.fromkeys(_CLASSES, target)}}


RULE = Rule(
    code="FL404",
    name="finished-work-off-target",
    level=Level.FLOW,
    judges=Group.TRAIN_FINISHED,
    source="SAFe, Flow distribution; the numbers are SafeSync's",
    options=Options,
    eased=("tolerance",),
    limits=_targets,
    limit_facts=tuple(
        Fact(f"{name}_target", FactType.NUMBER, Sort.GROUPED, f"Target share of {name}.", unit="percent") for name in _CLASSES
    ),
    when="finished_items >= :min_items",
    flaw=f"unknown_share <= :max_unknown AND ({_off(':tolerance')})"
    " OR finished_before >= :min_items AND defect_share - defect_share_before > :max_defect_rise",
    severity=Severity.INFO,
    warning_when=f"unknown_share <= :max_unknown AND ({_off('2 * :tolerance')})",
    remedy="Change what the next planning interval is allocated to, or the targets.",
    evidence="{train} finished {finished_items} items in {period}, percent of {finished_work} {unit}",
    figures=(
        *(f"{name.replace('_', ' ')} {{{name}_share}} (target {{{name}_target}})" for name in _CLASSES),
        "bugs {defect_share} of 100 items",
        "in the period before {defect_share_before}",
    ),
    numbers=(("Without a class", "{unknown_share} %"), ("Heaviest items", "{contributors}")),
    examples=(
        bad("eleven points too many for features", *_done(71), *_done(29, 300, WorkClass.ENABLER), subject=_SUBJECT, options=_TARGETS),
        bad(
            "nothing for maintenance, where a fifth and more was meant",
            *_done(20),
            subject=_SUBJECT,
            options={"targets": {"Payments": {"maintenance": 21}}},
            severity=Severity.WARNING,
        ),
        bad(
            "thirty-one of a hundred are repair, where it was a fifth",
            *_done(69),
            *_mended(31),
            *_done(16, 400, days=_BEFORE),
            *_mended(4, 500, days=_BEFORE),
            subject=_SUBJECT,
            around=_TWO_OVER,
        ),
        good("ten points off is let pass", *_done(70), *_done(30, 300, WorkClass.ENABLER), subject=_SUBJECT, options=_TARGETS),
        good("too little to say anything", *_done(19), subject=_SUBJECT, options={"targets": {"default": {"feature": 50}}}),
        good("no targets, and no bugs", *_done(20), subject=_SUBJECT),
        bad(
            "a fifth has no class, and features are too many",
            *_done(80),
            *_done(20, 300, WorkClass.UNKNOWN),
            **_FEW,
            severity=Severity.WARNING,
        ),
        good("more than a fifth has no class", *_done(79), *_done(21, 300, WorkClass.UNKNOWN), **_FEW),
        good(
            "repair rose by ten in a hundred",
            *_done(70),
            *_mended(30),
            *_done(80, 400, days=_BEFORE),
            *_mended(20, 500, days=_BEFORE),
            subject=_SUBJECT,
            around=_TWO_OVER,
        ),
        good(
            "before, there was too little",
            *_done(20),
            *_mended(10),
            *_done(19, 400, days=_BEFORE),
            subject=_SUBJECT,
            around=_TWO_OVER,
        ),
    ),
    cases=(
        bad(
            "repair has risen, and for the classes there are too many without one",
            *_done(38),
            *_done(31, 300, WorkClass.UNKNOWN),
            *_mended(31),
            *_done(16, 400, days=_BEFORE),
            *_mended(4, 500, days=_BEFORE),
            subject=_SUBJECT,
            around=_TWO_OVER,
            options={"targets": {"default": {"enabler": 40}}},
            severity=Severity.INFO,
        ),
        good("every class at the tolerance", *_A_FIFTH_EACH, subject=_SUBJECT, options=_all_at(30)),
        bad("every class at twice the tolerance", *_A_FIFTH_EACH, subject=_SUBJECT, options=_all_at(40), severity=Severity.INFO),
        *(
            bad(
                f"{name.replace('_', ' ')} beyond twice the tolerance",
                *_A_FIFTH_EACH,
                subject=_SUBJECT,
                options={"targets": {"Payments": {name: 41}}},
                severity=Severity.WARNING,
            )
            for name in _CLASSES
        ),
    ),
)
