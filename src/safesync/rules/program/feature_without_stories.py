"""
A feature that a train has committed to and that no team has split into stories has a name in the plan and no plan.

We look at features of the running planning interval, `grace_days` after its beginning, and of the next one from `lead_days` before
it begins. Stories, spikes and bugs count, done or open; cancelled ones do not. Where no feature of a whole project has a story
below it the stories live where SafeSync does not look, and nothing is said.

How to fix: split it with the teams, or move it out of the interval.

Known false positives: features that another company delivers (give them the label `external`); stories that hang on the
feature by another link than its parent link (map that link).
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.rules.examples import CURRENT_INTERVAL, PAST_INTERVAL, bad, bug, feature, good, story, task, with_interval
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """From when on stories must be there, and for whom not."""

    lead_days: int = Field(default=10, ge=0, le=365, description="Days before the next interval from which its features must have stories.")
    grace_days: int = Field(
        default=5, ge=0, le=365, description="Days after the beginning of an interval in which its features may be split."
    )
    external_label: str = Field(default="external", description="Label of features that nobody here splits.")


_SOON, _BEGUN = "PI 27.0", "PI 26.9"


def _elsewhere() -> tuple[Item, ...]:
    """Another feature with a story, so that stories are seen at all."""
    return feature(50), story(51, parent="jira:50")


RULE = Rule(
    code="PG207",
    name="feature-without-stories",
    level=Level.PROGRAM,
    judges=Kind.FEATURE,
    source="SAFe, PI Planning: teams break features into stories and plan these into iterations",
    options=Options,
    when="open AND stage <> 'validating'",
    flaw="NOT has_stories AND NOT has_label(:external_label) AND ("
    "interval_phase = 'current' AND days_to_interval + :grace_days < 0"
    " OR interval_phase = 'next' AND days_to_interval <= :lead_days)",
    severity={Gate.NEXT: Severity.INFO, Gate.CURRENT: Severity.WARNING, Gate.ACTIVE: Severity.ERROR},
    remedy="Split it into stories with the teams, or move it out of {interval}.",
    evidence="No story, spike or bug stands below it.",
    examples=(
        bad("in the running interval", feature(interval=CURRENT_INTERVAL), *_elsewhere(), severity=Severity.WARNING),
        bad("in progress", feature(interval=CURRENT_INTERVAL, stage=Stage.IN_PROGRESS), *_elsewhere(), severity=Severity.ERROR),
        bad("ten days before it begins", feature(interval=_SOON), *_elsewhere(), around=with_interval(_SOON, 10), severity=Severity.INFO),
        good("eleven days before it begins", feature(interval=_SOON), *_elsewhere(), around=with_interval(_SOON, 11)),
        bad("six days after it began", feature(interval=_BEGUN), *_elsewhere(), around=with_interval(_BEGUN, -6)),
        good("five days after it began", feature(interval=_BEGUN), *_elsewhere(), around=with_interval(_BEGUN, -5)),
        bad(
            "only a task and a cancelled story",
            feature(interval=CURRENT_INTERVAL),
            task(parent="jira:2"),
            story(parent="jira:2", stage=Stage.CANCELLED),
            *_elsewhere(),
        ),
        good("split", feature(interval=CURRENT_INTERVAL), story(parent="jira:2")),
        good("its story is done", feature(interval=CURRENT_INTERVAL), story(parent="jira:2", stage=Stage.DONE)),
        good("a bug is work too", feature(interval=CURRENT_INTERVAL), bug(parent="jira:2"), *_elsewhere()),
        good("delivered by others", feature(interval=CURRENT_INTERVAL, labels=("External",)), *_elsewhere()),
        good("in no interval", feature(), *_elsewhere()),
        good("done", feature(interval=CURRENT_INTERVAL, stage=Stage.DONE), *_elsewhere()),
        good("being validated", feature(interval=CURRENT_INTERVAL, stage=Stage.VALIDATING), *_elsewhere()),
    ),
    cases=(good("of an interval that is over", feature(interval=PAST_INTERVAL, stage=Stage.IN_PROGRESS), *_elsewhere()),),
)
