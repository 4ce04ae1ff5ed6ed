"""
A benefit hypothesis is a bet. When nobody looks whether it came true, the next bets are no better than the last.

We look at features that had a benefit hypothesis and have been done for more than `days` days: the outcome is in its field, or in a
label `outcome:confirmed`, `outcome:refuted` or `outcome:too-early`.

How to fix: write down what was measured: confirmed, refuted, or too early to say.

Known false positives: results that stand in another tool (map their field, or set the label).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage, WorkClass
from safesync.rules.examples import bad, feature, good
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """When a result may be expected, and of what."""

    days: Annotated[int, NotAbove("history_days")] = Field(
        default=60, ge=1, le=3650, description="Days after which a result may be expected."
    )
    history_days: int = Field(default=365, ge=1, le=3650, description="What was done before that is history.")
    classes: frozenset[str] = Field(
        default=frozenset({"feature", "unknown"}), min_length=1, description="Work classes whose outcome is measured."
    )


_HYPOTHESIS = "If payers can save their account, then 20 % more of them finish the payment within one minute"
_LABELS = ("outcome:confirmed", "outcome:refuted", "outcome:too-early")


def _done(days: int = 61, **fields: Any) -> Item:
    return feature(**{"stage": Stage.DONE, "days_in_stage": days, "benefit": _HYPOTHESIS, **fields})


RULE = Rule(
    code="PG212",
    name="feature-without-outcome",
    level=Level.PROGRAM,
    judges=Kind.FEATURE,
    source="SAFe, Benefit Hypothesis: validated or refuted after the release; the days are SafeSync's",
    options=Options,
    when="stage = 'done' AND days_in_stage > :days AND days_in_stage <= :history_days"
    " AND benefit_verdict IN ('weak', 'ok') AND work_class IN :classes",
    flaw="outcome IS NULL" + "".join(f" AND NOT has_label('{label}')" for label in _LABELS),
    severity=Severity.INFO,
    remedy="Write down what became of the benefit hypothesis: confirmed, refuted, or too early to say.",
    evidence="Done for {days_in_stage} days, with a benefit hypothesis and no outcome.",
    examples=(
        bad("two months later", _done()),
        bad("the hypothesis was weak", _done(benefit="It helps")),
        bad("without a class", _done(work_class=WorkClass.UNKNOWN)),
        bad("a year later", _done(365)),
        good("history", _done(366)),
        good("too soon to know", _done(60)),
        good("in its field", _done(outcome="Confirmed: 23 % more")),
        *(good(f"as a label: {label}", _done(labels=(label,))) for label in _LABELS),
        good("it had no hypothesis", _done(benefit=None)),
        good("an enabler", _done(work_class=WorkClass.ENABLER)),
        good("not done", _done(stage=Stage.VALIDATING)),
    ),
)
