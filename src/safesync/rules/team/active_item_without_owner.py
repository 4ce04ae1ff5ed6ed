"""
Work that has begun and belongs to nobody stalls: everybody thinks that somebody else has it.

How to fix: assign the person who works on it, or move it back.

Known false positives: teams that work as one on one item (turn the rule off for them); a field of its own for who develops or pairs
(map it as `owner`: it counts where nobody is assigned); a column that counts as in
progress but is a queue (map its state to ready).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, bug, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long nobody may own it."""

    grace_days: int = Field(default=1, ge=0, le=365, description="Days that an item may be in progress before somebody owns it.")


RULE = Rule(
    code="TM107",
    name="active-item-without-owner",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG, Kind.FEATURE),
    source="SAFe, Team Backlog: the person who pulls a story owns it",
    options=Options,
    when="active",
    flaw="owner IS NULL AND days_active > :grace_days",
    severity=Severity.WARNING,
    remedy="Assign the person who works on it, or move it back to ready.",
    evidence="In progress for {days_active} days without an owner.",
    examples=(
        bad("three days without an owner", story(stage=Stage.IN_PROGRESS, owner=None, days_in_stage=3)),
        bad("a feature too", feature(stage=Stage.VALIDATING, owner=None, days_in_stage=2)),
        bad("a bug too", bug(stage=Stage.IN_PROGRESS, owner=None, days_in_stage=2)),
        good("begun yesterday", story(stage=Stage.IN_PROGRESS, owner=None, days_in_stage=1)),
        good("owned", story(stage=Stage.IN_PROGRESS, owner="Kim", days_in_stage=3)),
        good("begun an hour ago", story(stage=Stage.IN_PROGRESS, owner=None, days_in_stage=0)),
    ),
)
