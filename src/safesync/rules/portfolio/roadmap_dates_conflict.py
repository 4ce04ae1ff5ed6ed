"""
A roadmap in which a feature ends after the epic that it belongs to makes a promise and takes it back. Whoever reads the upper
line only is misled.

We compare the planned end of each item (its own day, else the last of its iteration or planning interval) with the last day that
its parent carries, its own first and last day, and report an item without any plan whose siblings are planned.

How to fix: plan it beside its siblings, or correct the nearer date or the promise of the parent.

Known false positives: quarters as days: they are compared by their end (`tolerance_days`); siblings that are planned one
after the other (`min_dated`).
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import CURRENT, NEXT_INTERVAL, bad, capability, epic, feature, good
from safesync.rules.rule import Level, Rule, RuleOptions

_PROMISED = epic(target_end=date(2026, 12, 13))
_DATED = tuple(feature(number, parent="jira:3", target_end=date(2026, 12, 1)) for number in (11, 12, 13))


class Options(RuleOptions):
    """How much later is too late, and how many planned siblings show that a plan is missing."""

    tolerance_days: int = Field(default=5, ge=0, le=365, description="Days that an item may end after its parent.")
    min_dated: int = Field(default=3, ge=1, description="Planned siblings beside which an item from ready on needs a plan of its own.")


RULE = Rule(
    code="PF310",
    name="roadmap-dates-conflict",
    level=Level.PORTFOLIO,
    judges=(Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE),
    source="SAFe, Roadmap: planning intervals and features on one time line; the days by SafeSync",
    options=Options,
    flaw="days_after_parent > :tolerance_days OR target_start > target_end"
    " OR stage >= 'ready' AND planned_end IS NULL AND dated_siblings >= :min_dated",
    severity=Severity.WARNING,
    remedy="Plan it beside its siblings, or correct its own day or the one that its parent promises.",
    evidence="First day {target_start}, planned end {planned_end}",
    figures=(
        "its parent {parent_key} ends on {parent_end} (tolerated: {tolerance_days} days later)",
        "planned siblings: {dated_siblings}",
    ),
    examples=(
        bad("it ends a week after its epic", feature(parent="jira:3", target_end=date(2026, 12, 19)), _PROMISED),
        bad("its interval ends after its epic", feature(parent="jira:3", interval=NEXT_INTERVAL), _PROMISED),
        bad("it ends before it starts", epic(target_start=date(2026, 12, 14), target_end=date(2026, 12, 13))),
        bad("it alone has no plan", feature(parent="jira:3"), epic(), *_DATED),
        bad("a capability too", capability(parent="jira:3", target_end=date(2027, 1, 31)), _PROMISED),
        good("a few days after its epic", feature(parent="jira:3", target_end=date(2026, 12, 18)), _PROMISED),
        good("its epic promises no day", feature(parent="jira:3", target_end=date(2027, 12, 19)), epic(interval="PI 26.4")),
        good("in a day", epic(target_start=date(2026, 12, 13), target_end=date(2026, 12, 13))),
        good("two planned siblings show nothing", feature(parent="jira:3"), epic(), *_DATED[:2]),
        good("still analysed", feature(parent="jira:3", stage=Stage.ANALYSIS), epic(), *_DATED),
        good(
            "siblings of another kind",
            feature(parent="jira:3"),
            epic(),
            *(capability(each, parent="jira:3", interval="PI 26.4") for each in (11, 12, 13)),
        ),
        good(
            "siblings that are done",
            feature(parent="jira:3"),
            epic(),
            *(feature(each, parent="jira:3", interval="PI 26.4", stage=Stage.DONE) for each in (11, 12, 13)),
        ),
        good("planned by its iteration", feature(parent="jira:3", iteration=CURRENT), epic(), *_DATED),
        good("done late is done", feature(parent="jira:3", target_end=date(2027, 3, 1), stage=Stage.DONE), _PROMISED),
    ),
)
