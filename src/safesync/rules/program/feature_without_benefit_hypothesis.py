"""
A benefit hypothesis says why a feature deserves capacity, and lets somebody check afterwards whether it was worth it.
Without one a feature is a wish with a size.

We look in the field, and in the description for a section or a sentence of the form "If ..., then ...". Enablers and
technical debt need none. A feature that nobody has classed counts as a business feature.

A line that stands unchanged in five or more items of its project and type, and in every fifth of those with a benefit, is a template's:
it says nothing of this one.

How to fix: write "If <what we build>, then <who> will <benefit that can be measured>".

Known false positives: a benefit that stands only in a linked business case; enablers that are not classed as such.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage, WorkClass
from safesync.rules.examples import CURRENT_INTERVAL, NEXT_INTERVAL, bad, capability, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions

_MEASURED = "If payers can save their account, then 20 % more of them finish the payment within one minute"
_UNMEASURED = "If payers can save their account, then they will be glad and come back to us again"


class Options(RuleOptions):
    """What counts as none, and for whom."""

    verdicts: frozenset[str] = Field(
        default=frozenset({"missing", "empty", "placeholder"}), min_length=1, description="Which verdicts count as no benefit hypothesis."
    )
    min_own_lines: int = Field(
        default=1, ge=0, description="A benefit with lines of a template and fewer lines of its own than these counts as none."
    )
    classes: frozenset[str] = Field(default=frozenset({"feature", "unknown"}), min_length=1, description="Work classes that need one.")
    require_measure: bool = Field(default=False, description="Whether a measure must be named too: a number with a unit, a metric.")


_TEMPLATE = "Describe the outcome that our customers gain and the figure by which we will know it"
_FOUR_ALIKE = tuple(feature(number, benefit=_TEMPLATE, interval=CURRENT_INTERVAL) for number in range(11, 15))
"""With the one that is judged, five that say the same."""

RULE = Rule(
    code="PG202",
    name="feature-without-benefit-hypothesis",
    level=Level.PROGRAM,
    judges=(Kind.FEATURE, Kind.CAPABILITY),
    source="SAFe, Features and Capabilities: each has a benefit hypothesis and acceptance criteria",
    options=Options,
    when="open AND stage <> 'funnel' AND work_class IN :classes",
    flaw="benefit_verdict IN :verdicts OR benefit_own_lines < :min_own_lines OR :require_measure AND NOT measure_named",
    severity={Gate.BACKLOG: Severity.INFO, Gate.READY: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Add a benefit hypothesis: if we build this, who gains what, and how it will show.",
    evidence="What we found: {benefit_places}",
    figures=("{benefit_own_lines} lines of its own",),
    examples=(
        bad("nothing written", feature(interval=CURRENT_INTERVAL), severity=Severity.ERROR),
        bad("planned for the next interval", feature(interval=NEXT_INTERVAL), severity=Severity.WARNING),
        bad("ready to be planned", feature(), severity=Severity.WARNING),
        bad("still analysed", feature(stage=Stage.ANALYSIS), severity=Severity.INFO),
        bad("a placeholder", feature(benefit="TBD", interval=CURRENT_INTERVAL)),
        bad("a template that nobody filled in", feature(benefit=_TEMPLATE), *_FOUR_ALIKE),
        good("a template, where that is enough", feature(benefit=_TEMPLATE), *_FOUR_ALIKE, options={"min_own_lines": 0}),
        good("a template, and a line of its own", feature(benefit=f"{_TEMPLATE}\n{_MEASURED}"), *_FOUR_ALIKE),
        bad(
            "fewer lines of its own than asked for",
            feature(benefit=f"{_TEMPLATE}\n{_MEASURED}"),
            *_FOUR_ALIKE,
            options={"min_own_lines": 2},
        ),
        good("what a few others say too", feature(benefit=_TEMPLATE), *_FOUR_ALIKE[1:]),
        bad("a heading with nothing below it", feature(description="h3. Benefit hypothesis\n\nh3. Notes\nSee the board.")),
        bad("of a capability", capability(interval=CURRENT_INTERVAL)),
        bad("nobody has classed it", feature(work_class=WorkClass.UNKNOWN, interval=CURRENT_INTERVAL)),
        good(
            "measurable",
            feature(benefit=_MEASURED, interval=CURRENT_INTERVAL),
        ),
        good("done", feature(stage=Stage.DONE)),
        bad("nothing that could be measured", feature(benefit=_UNMEASURED), options={"require_measure": True}),
        good("no measure is asked for", feature(benefit=_UNMEASURED)),
        good("a measure is named", feature(benefit=_MEASURED), options={"require_measure": True}),
        good("an idea in the funnel may be vague", feature(stage=Stage.FUNNEL)),
        good("an enabler needs none", feature(work_class=WorkClass.ENABLER, interval=CURRENT_INTERVAL)),
    ),
)
