"""
An epic hypothesis makes a bet of a project name: for whom, what it is, what comes of it, how it differs, and by what one would
notice early that it works. What cannot be said yet is what analysis is for.

We look for the ten parts of the template (for, who, the, is a, that, unlike, our solution, business outcomes, leading indicators,
non-functional requirements) in the field and in the description, in several languages. An enabler may do with fewer: its customer
is a team.

An epic that stands for upkeep (`exempt_classes`) is no bet, and has none.

How to fix: fill in the template as far as it is known.

Known false positives: hypotheses in an attachment or a wiki, and in words that are not those of the template (`min_parts`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import bad, epic, good
from safesync.rules.rule import Level, Rule, RuleOptions

_TWO = "h3. Business outcomes\nMerchants stay two years longer\nh3. Leading indicators\nFewer calls about payments"
_THREE = f"{_TWO}\nh3. NFRs\nAn answer within 200 ms"


class Options(RuleOptions):
    """How much of the template is enough."""

    min_parts: int = Field(default=3, ge=1, le=10, description="Fewer parts than this are no hypothesis.")
    min_parts_of_enabler: int = Field(default=2, ge=1, le=10, description="The same for an enabler epic.")
    exempt_classes: frozenset[str] = Field(default=frozenset({"maintenance"}), description="Work classes that need no hypothesis.")


RULE = Rule(
    code="PF302",
    name="epic-without-hypothesis",
    level=Level.PORTFOLIO,
    judges=Kind.EPIC,
    source="SAFe, Epic: the epic hypothesis statement; the number of parts by SafeSync",
    options=Options,
    when="open AND stage >= 'analysis' AND NOT work_class IN :exempt_classes",
    flaw="epic_hypothesis_parts < :min_parts_of_enabler OR work_class <> 'enabler' AND epic_hypothesis_parts < :min_parts",
    severity={Gate.BACKLOG: Severity.INFO, Gate.READY: Severity.WARNING},
    remedy="Fill in the epic hypothesis: for whom, what, which outcome, and how one would notice early.",
    evidence="Parts found: {epic_hypothesis_parts} (at least {min_parts}, of an enabler {min_parts_of_enabler});"
    " not found: {epic_hypothesis_missing}.",
    examples=(
        bad("a project name", epic(stage=Stage.ANALYSIS), severity=Severity.INFO),
        bad("two parts of it", epic(description=_TWO), severity=Severity.WARNING),
        bad("an enabler without any", epic(description="Move the ledger to the new platform", work_class=WorkClass.ENABLER)),
        bad("one part of an enabler", epic(description="h3. Business outcomes\nThe ledger runs", work_class=WorkClass.ENABLER)),
        bad("more is asked of enablers here", epic(description=_TWO, work_class=WorkClass.ENABLER), options={"min_parts_of_enabler": 3}),
        good("three parts", epic(description=_THREE, stage=Stage.ANALYSIS)),
        good("two parts of an enabler", epic(description=_TWO, work_class=WorkClass.ENABLER)),
        good("in its own field", epic(hypothesis="For merchants who wait for their money the Pay Hub is a service that pays at once")),
        good("an idea in the funnel", epic(stage=Stage.FUNNEL)),
        good("done", epic(stage=Stage.DONE)),
        good("keeping the lights on", epic(work_class=WorkClass.MAINTENANCE)),
        bad("keeping the lights on, where that is a bet too", epic(work_class=WorkClass.MAINTENANCE), options={"exempt_classes": []}),
        bad("four parts are asked here", epic(description=_THREE), options={"min_parts": 4}),
    ),
)
