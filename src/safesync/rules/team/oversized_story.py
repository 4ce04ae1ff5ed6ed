"""
A story that fills half an iteration finishes late, hides its risk until the end and cannot be swapped for another one.

What is large differs from team to team, so a team's own history counts first: a story is too large when it has more points than 95
of 100 of the stories and bugs that the team got done. Without enough of these a fixed limit counts. In any case half of what the
team gets done in an iteration is too much for one story. Below `min_points` nothing is said.

How to fix: split it by workflow step, by variation of a rule or of the data, or do the simplest path first.

Known false positives: a field that holds hours and not points (map another one); a team that is new and estimates on a larger scale
than others (raise `max_points` for it).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.rules.examples import CURRENT, LONG_PAST, NEXT, PAST, bad, bug, good, story
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """What is too large."""

    max_points: float = Field(default=13, gt=0, description="Limit for a team without enough history.")
    min_history: int = Field(default=30, ge=1, description="So many done stories and bugs with points are enough history.")
    min_points: Annotated[float, NotAbove("max_points")] = Field(
        default=8, ge=0, description="A story of at most so many points is never too large."
    )
    max_velocity_share: float = Field(
        default=0.5, gt=0, le=1, description="Highest share of what the team gets done in an iteration that one story may be."
    )
    min_iterations: int = Field(default=3, ge=1, description="So many ended iterations tell what a team gets done.")


def _done(count: int, points: float) -> tuple[Item, ...]:
    return tuple(story(number, stage=Stage.DONE, points=points) for number in range(100, 100 + count))


def _iterations(points: float, *iterations: str) -> tuple[Item, ...]:
    return tuple(story(200 + number, stage=Stage.DONE, points=points, iteration=uid) for number, uid in enumerate(iterations))


_SECOND = "jira:iteration:2"

RULE = Rule(
    code="TM106",
    name="oversized-story",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG),
    source="SAFe, Story: small enough for an iteration, better for a few days; the numbers are SafeSync's",
    options=Options,
    flaw="points > :min_points AND ("
    "team_sized_done >= :min_history AND points > team_large_points"
    " OR (team_sized_done IS NULL OR team_sized_done < :min_history) AND points > :max_points"
    " OR team_iterations >= :min_iterations AND points > :max_velocity_share * team_velocity)",
    severity={Gate.READY: Severity.WARNING, Gate.CURRENT: Severity.ERROR},
    remedy="Split it by workflow step, by variation of rule or data, or do the simplest path first.",
    evidence="{points} points are much for one iteration",
    figures=(
        "the usual limit is {max_points}",
        "95 % of its team's done stories have at most {team_large_points}",
        "its team gets {team_velocity} done in an iteration on average",
    ),
    examples=(
        bad("more than the limit", story(points=13.5)),
        bad("a bug, planned for now", bug(points=21.0, iteration=CURRENT), severity=Severity.ERROR),
        bad("planned for the next iteration", story(points=13.5, iteration=NEXT), severity=Severity.WARNING),
        good("as many points as the limit", story(points=13.0)),
        good("an idea may be large", story(points=40.0, stage=Stage.FUNNEL)),
        good("not estimated is another rule's matter", story(points=None)),
        good("usual for a team with a larger scale", story(points=20.0), *_done(30, 20.0)),
        bad("too little history to know the scale", story(points=20.0), *_done(29, 20.0)),
        bad("larger than what the team usually does", story(points=8.5), *_done(30, 3.0)),
        good("larger than usual, by too little history", story(points=8.5), *_done(29, 3.0)),
        good("small whatever the team usually does", story(points=8.0), *_done(30, 3.0)),
        bad("more than half of an iteration", story(points=10.2), *_iterations(20.0, LONG_PAST, _SECOND, PAST)),
        good("half of an iteration", story(points=10.0), *_iterations(20.0, LONG_PAST, _SECOND, PAST)),
        good("two iterations tell little", story(points=10.2), *_iterations(20.0, _SECOND, PAST)),
    ),
)
