"""
Investment horizons are the first guardrail: how much of the money serves today's business (H1), grows the next one (H2), looks
for one after that (H3), or takes leave of the old (H0). A mix that nobody can see, nobody can steer.

We look at open epics and take the horizon of the epic itself, else of the nearest item above it. "Horizon 2", "H2 - emerging" and
"2" are the same; a word that names none of the four counts as none.

How to fix: set the horizon.

Known false positives: organisations that give horizons to solutions and not to epics: map the field of the item above.
"""

from __future__ import annotations

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import bad, epic, good
from safesync.rules.rule import Level, Rule

RULE = Rule(
    code="GR501",
    name="epic-without-horizon",
    level=Level.GUARDRAILS,
    judges=Kind.EPIC,
    source="SAFe, Lean Budget Guardrails: guiding investments by horizon",
    when="open AND stage >= 'analysis'",
    flaw="investment_horizon IS NULL",
    severity={Gate.BACKLOG: Severity.INFO, Gate.READY: Severity.WARNING},
    remedy="Set the investment horizon: H0, H1, H2 or H3.",
    evidence="Its stage is {stage}; its horizon reads: {horizon}. Nothing above it has one.",
    examples=(
        bad("analysed, and nobody has said which bet it is", epic(stage=Stage.ANALYSIS), severity=Severity.INFO),
        bad("a word that names no horizon", epic(horizon="Strategic"), severity=Severity.WARNING),
        bad("a number that is none", epic(horizon="H12")),
        bad("a horizon that there is not", epic(horizon="H4")),
        good("in words", epic(horizon="Horizon 2 - emerging", stage=Stage.ANALYSIS)),
        good("in short", epic(horizon="h1-extract")),
        good("a bare number", epic(horizon="3")),
        good("the epic above it has one", epic(parent="jira:7"), epic(7, horizon="H0")),
        good("an idea in the funnel", epic(stage=Stage.FUNNEL)),
        good("done", epic(stage=Stage.DONE)),
    ),
)
