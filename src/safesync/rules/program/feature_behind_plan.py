"""
A warning in the middle of a planning interval leaves room to act: to help, to cut scope, or to talk about the objective again. At
the end of it there is only a surprise.

We hold what is done of a feature of the running interval against what should be: points of its stories, spikes and bugs, or their
number when some have no points. What should be is what was planned in iterations that are over; where an open story is in no
iteration, it is the share of the days for development that have passed, the IP iteration left out. Nothing is said before
`min_elapsed` percent of these days. A feature whose own planned last day has passed is behind too.

How to fix: help, cut scope, or renegotiate the objective.

Known false positives: features whose stories are written as they come.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage
from safesync.rules.examples import CURRENT, CURRENT_INTERVAL, NEXT_INTERVAL, NOW, PAST, bad, feature, good, story, with_interval
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How far behind is told, and from when on."""

    gap: float = Field(default=25, gt=0, le=100, description="Percentage points that the work may be behind.")
    min_elapsed: float = Field(default=40, ge=0, le=100, description="Percent of the days for development before which nothing is said.")
    late_days: int = Field(default=0, ge=0, le=365, description="Days that its own planned last day may be past.")


def _stories(done: int, left: int, iteration: str | None = None) -> tuple[Item, ...]:
    ended = (story(100 + number, parent="jira:2", stage=Stage.DONE, iteration=PAST) for number in range(done))
    return *ended, *(story(200 + number, parent="jira:2", iteration=iteration) for number in range(left))


_NOW = feature(interval=CURRENT_INTERVAL)
_EARLY = "PI 26.9"
"""An interval without iterations, of seventy days."""
_TODAY = NOW.date()

RULE = Rule(
    code="PG210",
    name="feature-behind-plan",
    level=Level.PROGRAM,
    judges=Kind.FEATURE,
    source="SAFe, ART Sync: progress of features towards the objectives of the interval; the gap is SafeSync's",
    options=Options,
    when="open AND interval_phase = 'current'",
    flaw="interval_elapsed >= :min_elapsed AND coalesce(due_share, interval_elapsed) - done_share > :gap OR days_late > :late_days",
    severity=Severity.WARNING,
    remedy="Help, cut scope, or renegotiate the objective with the Business Owners.",
    evidence="{done_stories} of {stories} stories, spikes and bugs are done",
    figures=(
        "{done_share} % of the work",
        "{due_share} % were planned to be done by now",
        "{interval_elapsed} % of the days for development in {interval} are over",
        "its planned last day was {days_late} days ago",
    ),
    examples=(
        bad("half is done after four fifths of the time", _NOW, *_stories(5, 5)),
        good("as much as may be missing", _NOW, *_stories(27, 23)),
        bad("a little more", _NOW, *_stories(53, 47)),
        good("the rest is planned for later", _NOW, *_stories(5, 5, CURRENT)),
        bad("what is left was planned for earlier", _NOW, *_stories(5, 5, PAST)),
        good("early in the interval", feature(interval=_EARLY), *_stories(0, 5), around=with_interval(_EARLY, -27)),
        bad("not early any more", feature(interval=_EARLY), *_stories(0, 5), around=with_interval(_EARLY, -28)),
        bad("after its own last day", feature(interval=CURRENT_INTERVAL, target_end=_TODAY - timedelta(days=1))),
        good("on its own last day", feature(interval=CURRENT_INTERVAL, target_end=_TODAY)),
        good(
            "within the days that are let pass",
            feature(interval=CURRENT_INTERVAL, target_end=_TODAY - timedelta(days=1)),
            options={"late_days": 1},
        ),
        good("nothing below it is another rule's matter", _NOW),
        good("of the next interval", feature(interval=NEXT_INTERVAL, target_end=_TODAY - timedelta(days=1))),
        good("done", feature(interval=CURRENT_INTERVAL, stage=Stage.DONE), *_stories(5, 5)),
    ),
)
