"""
An item in progress that no person has touched for a week is usually blocked or forgotten, and nobody says so.

Days are Monday to Friday; changes by bots do not count. While something is being validated, twice the time is given.

How to fix: say where it stands, finish it, or mark it as blocked with a reason.

Known false positives: features that move only in their stories, and stories in their sub-tasks (turn `count_children` on); work that
shows only in a linked branch; public holidays.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage
from safesync.rules.examples import bad, bug, feature, good, story, task, unknown
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How long silence is normal."""

    stale_days: int = Field(default=5, ge=1, le=3650, description="Monday-to-Friday days without a change by a person.")
    feature_stale_days: int = Field(default=10, ge=1, le=3650, description="The same for features, which move in larger steps.")
    count_children: bool = Field(default=False, description="Whether a change of what stands directly below it counts, too.")


def _silent(days: str) -> str:
    return (
        f"{days} > :stale_days AND (kind <> 'feature' OR {days} > :feature_stale_days)"
        f" AND (stage <> 'validating' OR {days} > 2 * :stale_days)"
        f" AND (stage <> 'validating' OR kind <> 'feature' OR {days} > 2 * :feature_stale_days)"
    )


def _below(days: int, **fields: Any) -> tuple[Item, ...]:
    """A feature that nobody touched for very long, with a story that somebody did."""
    return feature(**{"stage": Stage.IN_PROGRESS, **fields}, changed_days_ago=90), story(parent="jira:2", changed_days_ago=days)


def _task(days: int, **fields: Any) -> tuple[Item, ...]:
    return story(**{"stage": Stage.IN_PROGRESS, **fields}, changed_days_ago=90), task(parent="jira:1", changed_days_ago=days)


_COUNTED = {"count_children": True}


RULE = Rule(
    code="TM108",
    name="stale-active-item",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG, Kind.FEATURE),
    source="SAFe, Story: small enough for a few days; half an iteration of silence is SafeSync's measure",
    options=Options,
    when="active",
    flaw=f"{_silent('working_days_since_human_change')} AND (NOT :count_children OR {_silent('working_days_of_silence')})",
    severity=Severity.WARNING,
    remedy="Say where it stands, finish it, or mark it as blocked with a reason.",
    evidence="No person has changed it for {working_days_since_human_change} working days.",
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
        bad("its story moved, which does not count", *_below(1)),
        good("its story moved", *_below(14), options=_COUNTED),
        bad("nor has its story", *_below(15), options=_COUNTED),
        unknown(
            "nobody knows when its story moved",
            feature(stage=Stage.IN_PROGRESS, changed_days_ago=90),
            story(parent="jira:2", unseen=frozenset({"last_human_change_at"})),
            options=_COUNTED,
        ),
        good("validating takes longer", story(stage=Stage.VALIDATING, changed_days_ago=11)),
    ),
    cases=(
        good("its task moved", *_task(7), options=_COUNTED),
        bad("nor has its task", *_task(8), options=_COUNTED),
        good("its task moved while it is validated", *_task(14, stage=Stage.VALIDATING), options=_COUNTED),
        bad("nor has its task while it is validated", *_task(15, stage=Stage.VALIDATING), options=_COUNTED),
        good("its story moved while it is validated", *_below(28, stage=Stage.VALIDATING), options=_COUNTED),
        bad("nor has its story while it is validated", *_below(29, stage=Stage.VALIDATING), options=_COUNTED),
        bad("nothing stands below it", feature(stage=Stage.IN_PROGRESS, changed_days_ago=90), options=_COUNTED),
    ),
)
