"""
Objectives and key results say which number is to move; an epic or a PI objective that contributes to none may be right, and nobody
can tell. SAFe leaves OKRs open to the organisation, so this rule looks only where SafeSync knows any.

We look at epics under way and at open PI objectives: whether they contribute to an open objective or key result, by a link or by
their key in the file that `organisation.data.okrs` names. A strategic theme is enough unless `theme_satisfies` is off.

How to fix: link one key result.

Known false positives: work that keeps the lights on, when it is not classed as maintenance (`exempt_classes`).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage, WorkClass
from safesync.rules.examples import bad, epic, good, key_result, objective, pi_objective
from safesync.rules.rule import Level, Rule, RuleOptions

_RUNNING = Stage.IN_PROGRESS


class Options(RuleOptions):
    """What is enough."""

    theme_satisfies: bool = Field(default=True, description="Whether a strategic theme is enough.")
    exempt_classes: frozenset[str] = Field(default=frozenset({"maintenance"}), description="Work classes of epics that need none.")


RULE = Rule(
    code="PF308",
    name="epic-without-key-result",
    level=Level.PORTFOLIO,
    judges=(Kind.EPIC, Kind.PI_OBJECTIVE),
    source="SAFe, OKRs: strategic themes and business outcomes as objectives and key results",
    options=Options,
    when="open AND (kind <> 'epic' OR active AND NOT work_class IN :exempt_classes)",
    flaw="open_goals = 0 AND NOT (:theme_satisfies AND themes IS NOT NULL)",
    severity=Severity.INFO,
    remedy="Link the key result that it is to move.",
    evidence="It contributes to {open_goals} open objectives and key results; strategic themes: {themes}.",
    examples=(
        bad("it serves no objective", epic(stage=_RUNNING), key_result()),
        bad("the objective is reached", epic(stage=_RUNNING, contributes_to="jira:30"), objective(stage=Stage.DONE)),
        bad("a PI objective on its own", pi_objective(stage=Stage.READY), key_result()),
        bad("a theme is not enough here", epic(stage=_RUNNING, themes=("trust",)), key_result(), options={"theme_satisfies": False}),
        good("it moves a key result", epic(stage=_RUNNING, contributes_to="jira:31"), key_result()),
        good("it stands below an objective", epic(stage=_RUNNING, parent="jira:30"), objective()),
        good("it serves a theme", epic(stage=_RUNNING, themes=("trust",)), key_result()),
        good("not begun", epic(), key_result()),
        good("keeping the lights on", epic(stage=_RUNNING, work_class=WorkClass.MAINTENANCE), key_result()),
        good("a PI objective that is done", pi_objective(stage=Stage.DONE), key_result()),
    ),
)
