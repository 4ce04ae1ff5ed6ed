"""
A feature fits into one planning interval, so that its benefit can be shown, measured and decided about at the end of it. When its
stories spread over two, the benefit slips without anybody having decided it.

We look at the stories below it that are not cancelled: those planned in more than one interval, and open ones planned in a later
interval than the feature itself. A story without an interval of its own has that of its iteration. Spikes may go before, bugs may
come after. A remainder may be carried over once when most is done (`allow_carry_over`, `carry_over_share`). It is an error when the
feature's interval is running.

How to fix: split what is left into a feature of its own for the next interval, or plan the story earlier.

Known false positives: stories that were moved below another feature in the plan but not in the tracker.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage
from safesync.rules.examples import CURRENT_INTERVAL, NEXT_INTERVAL, PAST, PAST_INTERVAL, bad, bug, feature, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """What may be carried over."""

    allow_carry_over: int = Field(default=1, ge=0, description="Further intervals into which a remainder may be carried.")
    carry_over_share: float = Field(default=80, ge=0, le=100, description="How much must be done for that, in percent.")


def _below(number: int, interval: str, **fields: object) -> Item:
    return story(number, parent="jira:2", interval=interval, **fields)


def _done(count: int) -> tuple[Item, ...]:
    return tuple(_below(100 + number, CURRENT_INTERVAL, stage=Stage.DONE) for number in range(count))


_LATE = _below(7, NEXT_INTERVAL)

RULE = Rule(
    code="PG206",
    name="feature-in-several-intervals",
    level=Level.PROGRAM,
    judges=Kind.FEATURE,
    source="SAFe, Features: sized to be delivered by one train in one planning interval",
    options=Options,
    flaw="(story_intervals > 1 OR later_stories > 0)"
    " AND NOT (story_intervals <= 1 + :allow_carry_over AND done_share >= :carry_over_share)",
    severity=Severity.WARNING,
    error_when="interval_phase = 'current'",
    remedy="Plan its stories within one interval, or split what is left into a feature of its own.",
    evidence="Planned for {interval}, {done_share} % done; its stories are in {story_interval_names}",
    figures=("later than the feature: {later_story_keys}",),
    examples=(
        bad("stories in two intervals", feature(interval=CURRENT_INTERVAL), _below(1, CURRENT_INTERVAL), _LATE),
        bad("all that is left comes later", feature(interval=CURRENT_INTERVAL), _LATE, severity=Severity.ERROR),
        bad("not begun yet", feature(interval=NEXT_INTERVAL), _below(1, CURRENT_INTERVAL), _LATE, severity=Severity.WARNING),
        bad(
            "by the iteration of a story",
            feature(interval=PAST_INTERVAL),
            story(iteration=PAST, parent="jira:2"),
            severity=Severity.WARNING,
        ),
        bad("begun in the interval before", feature(interval=NEXT_INTERVAL), _below(1, CURRENT_INTERVAL), _LATE),
        bad(
            "not quite four fifths done", feature(interval=CURRENT_INTERVAL), *_done(15), *(_below(n, NEXT_INTERVAL) for n in range(7, 11))
        ),
        bad("three quarters done", feature(interval=CURRENT_INTERVAL), *_done(3), _LATE),
        good("a remainder of a fifth", feature(interval=CURRENT_INTERVAL), *_done(4), _LATE),
        bad("a remainder that may not be", feature(interval=CURRENT_INTERVAL), *_done(4), _LATE, options={"allow_carry_over": 0}),
        bad(
            "in a third interval",
            feature(interval=CURRENT_INTERVAL),
            *_done(8),
            _below(8, PAST_INTERVAL, stage=Stage.DONE),
            _LATE,
        ),
        good("in one interval", feature(interval=CURRENT_INTERVAL), _below(1, CURRENT_INTERVAL), _below(7, CURRENT_INTERVAL)),
        good(
            "what was cancelled is no plan",
            feature(interval=CURRENT_INTERVAL),
            _below(1, CURRENT_INTERVAL),
            _below(7, NEXT_INTERVAL, stage=Stage.CANCELLED),
        ),
        good("a bug comes after", feature(interval=CURRENT_INTERVAL), bug(parent="jira:2", interval=NEXT_INTERVAL)),
        good("nothing below it", feature(interval=CURRENT_INTERVAL)),
    ),
)
