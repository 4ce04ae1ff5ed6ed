"""
An Epic Owner takes an epic through the portfolio Kanban: hypothesis, business case, decision, follow-up. Without one
nobody drives the investment and nobody answers for it.

From analysis on an epic needs an owner; ideas in the funnel do not. An owner whose account is out of use has left: Jira tells it of
every user, Azure DevOps of those who were taken out of the organisation.

How to fix: name one person.

Known false positives: an owner kept in another field (map it as `epic_owner`).
"""

from __future__ import annotations

from safesync.model.finding import Severity
from safesync.model.item import Gate, Kind, Stage
from safesync.rules.examples import CURRENT_INTERVAL, bad, epic, good
from safesync.rules.rule import Level, Rule

RULE = Rule(
    code="PF301",
    name="epic-without-owner",
    level=Level.PORTFOLIO,
    judges=Kind.EPIC,
    source="SAFe, Epic Owner: coordinates an epic through the portfolio Kanban",
    when="open AND stage >= 'analysis'",
    flaw="owner IS NULL OR departed_owner IS NOT NULL",
    severity={Gate.BACKLOG: Severity.WARNING, Gate.ACTIVE: Severity.ERROR},
    remedy="Name an Epic Owner.",
    evidence="Its stage is {stage}, and nobody answers for it",
    figures=("the account of its owner {departed_owner} is out of use",),
    examples=(
        bad("analysed by nobody", epic(owner=None, stage=Stage.ANALYSIS)),
        bad("under way without an owner", epic(owner=None, stage=Stage.IN_PROGRESS), severity=Severity.ERROR),
        bad("planned for now", epic(owner=None, interval=CURRENT_INTERVAL), severity=Severity.WARNING),
        bad("owned by somebody who left", epic(owner="Kim", owner_left=True, stage=Stage.ANALYSIS)),
        good("owned", epic(owner="Kim", stage=Stage.IN_PROGRESS)),
        good("done", epic(owner=None, stage=Stage.DONE)),
        good("an idea in the funnel", epic(owner=None, stage=Stage.FUNNEL)),
    ),
)
