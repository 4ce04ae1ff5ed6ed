"""
WSJF orders features by cost of delay over job size. With one part missing the order is opinion: the feature sinks to
the end or is lifted by hand.

Zero is a score: somebody weighed it and found nothing. Only a job size of zero is none, for nothing can be divided by it.

Work that an authority demands need not have business value, but then time or risk must speak for it: for the class
compliance an empty business value is no flaw, and zero for both time criticality and risk reduction is one.

Of a long backlog the first features count: who is asked to score what nobody will plan soon scores for the drawer. So the first
`top_n` in the order of each train are asked for, those that have no place in it, and every capability and epic. Where a feature's rank
or train is not seen, nobody knows its place: there the rule says that it cannot judge, or asks for all with `top_n` 0.

How to fix: score the three parts of the cost of delay and the job size relative to neighbouring features (1, 2, 3, 5, 8,
13, 20).

Known false positives: organisations that order by other means (turn the rule off); a part that is kept elsewhere (name
the others in `required`).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind, Stage, WorkClass
from safesync.rules.examples import NEXT_INTERVAL, bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """Which parts must be there."""

    required: frozenset[Literal["business_value", "time_criticality", "risk_reduction", "job_size"]] = Field(
        default=frozenset({"business_value", "time_criticality", "risk_reduction", "job_size"}),
        min_length=1,
        description="The parts of WSJF that must be scored.",
    )
    top_n: int = Field(
        default=30,
        ge=0,
        description="How many features in the order of each train must be scored, of those that are not begun or planned for the running "
        "interval; 0: all of them.",
    )


def _ranked(place: int, **fields: Any) -> tuple[Item, ...]:
    """A feature without a job size at that place of its train's backlog, and two others that are ranked."""
    others = [feature(number, train="Payments", rank=f"0|i{at}:") for number, at in ((7, 1), (8, 2 if place == 3 else 3))]
    return (feature(train="Payments", job_size=None, **{"rank": f"0|i{place}:", **fields}), *others)


def _in_line(place: int) -> tuple[Item, ...]:
    """A feature without a job size behind as many others of its train as it takes."""
    others = [feature(100 + number, train="Payments", rank=f"0|i{number:03}:") for number in range(1, place)]
    return (feature(train="Payments", job_size=None, rank=f"0|i{place:03}:"), *others)


RULE = Rule(
    code="PG203",
    name="incomplete-wsjf",
    level=Level.PROGRAM,
    judges=(Kind.FEATURE, Kind.CAPABILITY, Kind.EPIC),
    source="SAFe, WSJF: (business value + time criticality + risk reduction and opportunity enablement) / job size",
    options=Options,
    when="open AND NOT active AND (:top_n = 0 OR rank_in_train IS NULL OR rank_in_train <= :top_n)",
    flaw="'business_value' IN :required AND business_value IS NULL AND work_class <> 'compliance'"
    " OR 'time_criticality' IN :required AND time_criticality IS NULL"
    " OR 'risk_reduction' IN :required AND risk_reduction IS NULL"
    " OR 'job_size' IN :required AND (job_size IS NULL OR job_size <= 0)"
    " OR work_class = 'compliance' AND time_criticality <= 0 AND risk_reduction <= 0",
    severity={Gate.READY: Severity.WARNING},
    remedy="Score the missing parts of WSJF relative to neighbouring items; of an obligation, time or risk above zero.",
    evidence="Business value: {business_value}, time criticality: {time_criticality}, risk reduction: {risk_reduction}, "
    "job size: {job_size}, class: {work_class}.",
    examples=(
        bad("no job size", feature(job_size=None), severity=Severity.WARNING),
        bad("a job size of zero", feature(job_size=0.0, interval=NEXT_INTERVAL)),
        bad(
            "an obligation for which neither time nor risk speaks",
            feature(work_class=WorkClass.COMPLIANCE, business_value=None, time_criticality=0.0, risk_reduction=0.0),
        ),
        good("all four", feature()),
        good("still analysed", feature(job_size=None, stage=Stage.ANALYSIS)),
        good("an obligation needs no business value", feature(work_class=WorkClass.COMPLIANCE, business_value=None)),
        good("work that is under way is ordered already", feature(stage=Stage.IN_PROGRESS, job_size=None)),
        bad("no business value", feature(business_value=None)),
        bad("no time criticality", feature(time_criticality=None)),
        bad("no risk reduction", feature(risk_reduction=None)),
        good("parts that are not required", feature(risk_reduction=None, time_criticality=None), options={"required": {"job_size"}}),
        good("zero is a score", feature(time_criticality=0.0, risk_reduction=0.0)),
        good("done", feature(stage=Stage.DONE, job_size=None)),
    ),
    cases=(
        bad("of a capability", capability(job_size=None)),
        bad("of an epic", epic(job_size=None)),
        good("a job size of one", feature(job_size=1.0)),
        good("a business value of zero is a score as well", feature(business_value=0.0)),
        good("an obligation with a little urgency", feature(work_class=WorkClass.COMPLIANCE, time_criticality=1.0, risk_reduction=0.0)),
        good("an obligation with a little risk", feature(work_class=WorkClass.COMPLIANCE, time_criticality=0.0, risk_reduction=1.0)),
        good("behind those that are asked", *_ranked(3), options={"top_n": 2}),
        bad("the last of those that are asked", *_ranked(2), options={"top_n": 2}),
        bad("behind them, where all are asked", *_ranked(3), options={"top_n": 0}),
        bad("the thirtieth in its train", *_in_line(30)),
        good("the one behind it", *_in_line(31)),
        bad("without a rank it has no place behind them", *_ranked(3, rank=None), options={"top_n": 2}),
        good("nor these", feature(business_value=None, job_size=None), options={"required": {"risk_reduction"}}),
    ),
)
