"""
When a team gets much less done for two iterations in a row, something is in its way: too much at once, absence, old debt, a
change that nobody told. It is a question for the team, and never a measure to compare teams by.

The velocity of an iteration is the points of its stories and bugs that are done (their number, where many have no points);
iterations of innovation and planning are left out, and so are those in which the team had fewer than three items. It is reported when
the last two are both below the mean of the five before by `min_drop` percent or more, and by more than `deviations` standard
deviations. Fewer than `min_iterations` before them say nothing.

How to fix: ask the team what gets in its way.

Known false positives: holidays; a team that became smaller.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.model.timebox import Iteration
from safesync.rules.examples import NOW, bad, good, story, surroundings_of
from safesync.rules.rule import Group, Level, Rule, RuleOptions, Surroundings


class Options(RuleOptions):
    """How large a drop is one."""

    min_drop: float = Field(default=30, gt=0, le=100, description="Percent below the mean from which on it is a drop.")
    deviations: float = Field(default=1.5, ge=0, description="Standard deviations below the mean that are still usual.")
    min_iterations: int = Field(default=4, ge=2, description="Iterations before the last two that a mean is made of.")


_COUNT = 8


def _ended() -> Surroundings:
    """Eight iterations that are over, the newest last, and no other."""
    return Surroundings(
        tuple(
            Iteration(f"jira:iteration:{100 + n}", "jira", f"Sprint {n + 1}", end - timedelta(days=13), end)
            for n in range(_COUNT)
            for end in [NOW.date() - timedelta(days=1 + 14 * (_COUNT - 1 - n))]
        ),
        organisation=surroundings_of().organisation,
    )


def _velocities(*points: float) -> tuple[Item, ...]:
    """In the newest iterations, so many points each in three stories, which are done."""
    first = _COUNT - len(points)
    return tuple(
        story(100 + 10 * n + part, stage=Stage.DONE, iteration=f"jira:iteration:{100 + first + n}", points=each / 3)
        for n, each in enumerate(points)
        for part in range(3)
    )


def _below(which: str) -> str:
    return f"{which} <= usual_velocity * (1 - :min_drop / 100) AND {which} < usual_velocity - :deviations * usual_deviation"


RULE = Rule(
    code="FL406",
    name="velocity-drop",
    level=Level.FLOW,
    judges=Group.TEAM_HISTORY,
    source="SAFe, Flow velocity; the numbers are SafeSync's",
    options=Options,
    when="usual_iterations >= :min_iterations",
    flaw=f"{_below('last_velocity')} AND {_below('previous_velocity')}",
    severity=Severity.INFO,
    remedy="Ask the team what gets in its way.",
    evidence="{team} got {last_velocity} and before that {previous_velocity} {unit} done; the mean of {usual_iterations} iterations before"
    " is {usual_velocity}, with a deviation of {usual_deviation}.",
    numbers=(("Done", "{last_velocity}, {previous_velocity}"), ("Usual", "{usual_velocity}"), ("Iterations", "{history}")),
    examples=(
        bad(
            "thirty percent less, twice",
            *_velocities(30, 30, 30, 30, 30, 21, 21),
            subject="group:team_history:Falcon",
            around=_ended(),
        ),
        bad("four before are enough", *_velocities(30, 30, 30, 30, 12, 12), subject="group:team_history:Falcon", around=_ended()),
        bad(
            "only five before count",
            *_velocities(300, 30, 30, 30, 30, 30, 18, 18),
            subject="group:team_history:Falcon",
            around=_ended(),
        ),
        good("the last one is as usual", *_velocities(30, 30, 30, 30, 30, 12, 30), subject="group:team_history:Falcon", around=_ended()),
        good(
            "the one before is as usual",
            *_velocities(30, 30, 30, 30, 30, 30, 12),
            subject="group:team_history:Falcon",
            around=_ended(),
        ),
        good("up and down, as always", *_velocities(20, 40, 20, 40, 30, 15, 15), subject="group:team_history:Falcon", around=_ended()),
        bad("beyond up and down", *_velocities(20, 40, 20, 40, 30, 14.5, 14.5), subject="group:team_history:Falcon", around=_ended()),
        good("three before say nothing", *_velocities(30, 30, 30, 12, 12), subject="group:team_history:Falcon", around=_ended()),
    ),
    cases=tuple(
        good(f"{about}: {', '.join(map(str, last))}", *_velocities(*before, *last), subject="group:team_history:Falcon", around=_ended())
        for about, before, *lasts in (
            ("one of the two is not thirty percent less", (300, 300, 300, 300, 300), (120, 210.5), (210.5, 120)),
            ("one of the two is within the usual up and down", (20, 40, 20, 40, 30), (12, 15), (15, 12)),
        )
        for last in lasts
    ),
)
