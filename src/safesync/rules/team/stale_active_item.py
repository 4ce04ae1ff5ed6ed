"""
An item in progress that no person has touched for a week is usually blocked or forgotten, and nobody says so.

Days are Monday to Friday; changes by bots do not count, those of what stands directly below it do: a feature moves in its stories. While
something is being validated, twice the time is given.

How to fix: say where it stands, finish it, or mark it as blocked with a reason.

Known false positives: work that shows only in a linked branch; public holidays.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import bad, bug, feature, good, story, task, unknown
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long silence is normal."""

    stale_days: int = Field(default=5, ge=1, description="Monday-to-Friday days without a change by a person.")
    feature_stale_days: int = Field(default=10, ge=1, description="The same for features, which move in larger steps.")


RULE = Rule(
    code="TM108",
    name="stale-active-item",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG, Kind.FEATURE),
    source="SAFe, Story: small enough for a few days; half an iteration of silence is SafeSync's measure",
    options=Options,
    when="active",
    flaw="working_days_of_silence > :stale_days"
    " AND (kind <> 'feature' OR working_days_of_silence > :feature_stale_days)"
    " AND (stage <> 'validating' OR working_days_of_silence > 2 * :stale_days)"
    " AND (stage <> 'validating' OR kind <> 'feature' OR working_days_of_silence > 2 * :feature_stale_days)",
    severity=Severity.WARNING,
    remedy="Say where it stands, finish it, or mark it as blocked with a reason.",
    evidence="No person has changed it, or what is directly below it, for {working_days_of_silence} working days.",
    examples=(
        bad("nobody touched it for two weeks", story(stage=Stage.IN_PROGRESS, changed_days_ago=14)),
        bad("validating for three weeks", story(stage=Stage.VALIDATING, changed_days_ago=21)),
        good("a week with a weekend in it", story(stage=Stage.IN_PROGRESS, changed_days_ago=7)),
        bad("a week and a day", story(stage=Stage.IN_PROGRESS, changed_days_ago=8)),
        bad("a bug too", bug(stage=Stage.IN_PROGRESS, changed_days_ago=8)),
        bad("a feature for two weeks and a day", feature(stage=Stage.IN_PROGRESS, changed_days_ago=15)),
        bad("validating for two weeks and a day", story(stage=Stage.VALIDATING, changed_days_ago=15)),
        bad("a feature that is validated for four weeks and a day", feature(stage=Stage.VALIDATING, changed_days_ago=29)),
        good("a feature for two weeks", feature(stage=Stage.IN_PROGRESS, changed_days_ago=14)),
        good("validating for two weeks", story(stage=Stage.VALIDATING, changed_days_ago=14)),
        good("a feature that is validated for four weeks", feature(stage=Stage.VALIDATING, changed_days_ago=28)),
        bad("a feature that stands still for three weeks", feature(stage=Stage.IN_PROGRESS, changed_days_ago=21)),
        bad("a feature that is validated for seven weeks", feature(stage=Stage.VALIDATING, changed_days_ago=49)),
        good("a feature that is validated may stand for three weeks", feature(stage=Stage.VALIDATING, changed_days_ago=21)),
        good("a feature moves in larger steps", feature(stage=Stage.IN_PROGRESS, changed_days_ago=11)),
        good("its story moved", feature(stage=Stage.IN_PROGRESS, changed_days_ago=30), story(parent="jira:2", changed_days_ago=14)),
        bad("nor has its story", feature(stage=Stage.IN_PROGRESS, changed_days_ago=30), story(parent="jira:2", changed_days_ago=15)),
        good("its task moved", story(stage=Stage.IN_PROGRESS, changed_days_ago=14), task(parent="jira:1", changed_days_ago=7)),
        unknown(
            "nobody knows when its story moved",
            feature(stage=Stage.IN_PROGRESS, changed_days_ago=30),
            story(parent="jira:2", unseen=frozenset({"last_human_change_at"})),
        ),
        good("validating takes longer", story(stage=Stage.VALIDATING, changed_days_ago=11)),
    ),
)
