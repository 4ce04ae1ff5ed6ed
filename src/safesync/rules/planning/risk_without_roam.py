"""
At the end of PI planning each risk of the train is talked over and becomes resolved, owned, accepted or mitigated. A risk that is
none of these vanishes into minutes, and comes back as a surprise.

We look at open risks of the current interval, and at those of no interval, from a few days after its beginning (or after they were
raised): what was agreed, who owns it, and whether somebody who owns or mitigates it has touched it lately.

How to fix: agree on one of the four, and give the risk an owner.

Known false positives: registers of operational risks, which live by other rules: map their type as other, or exclude them.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind, Stage
from safesync.rules.examples import NEXT_INTERVAL, PAST_INTERVAL, bad, good, risk, with_interval
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """By when a risk is talked over, and how long it may rest."""

    grace_days: int = Field(
        default=3, ge=0, le=365, description="Days after the begin of the interval, or after it was raised, without an agreement."
    )
    quiet_days: int = Field(default=20, ge=1, le=365, description="Working days without a change that an owned or mitigated risk may rest.")


RULE = Rule(
    code="PI806",
    name="risk-without-roam",
    level=Level.PLANNING,
    judges=Kind.RISK,
    source="SAFe, PI Planning: ROAM risks; the days by SafeSync",
    options=Options,
    without="map a type to risk",
    when="open AND days_since_created > :grace_days AND (days_since_interval_start IS NULL OR days_since_interval_start > :grace_days)"
    " AND (days_since_interval_end IS NULL OR days_since_interval_end <= 0)",
    flaw="roam_status IS NULL OR owner IS NULL OR roam_status IN ('owned', 'mitigated') AND working_days_since_human_change > :quiet_days",
    severity=Severity.WARNING,
    remedy="Agree whether the risk is resolved, owned, accepted or mitigated, and who looks after it.",
    evidence="ROAM: {roam}; owner: {owner}; last changed {working_days_since_human_change} working days ago (at most {quiet_days}).",
    examples=(
        bad("not talked over", risk(roam=None)),
        bad("a word that is none of the four", risk(roam="Open")),
        bad("owned, and nobody knows by whom", risk(owner=None)),
        bad("owned, and forgotten", risk(changed_days_ago=29)),
        bad("mitigated, they say", risk(roam="M - mitigated", changed_days_ago=29)),
        bad("of no interval", risk(interval=None, roam=None)),
        good("owned, and looked after", risk(changed_days_ago=28)),
        good("accepted: nothing is left to do", risk(roam="Accepted", changed_days_ago=100)),
        good("resolved", risk(roam="resolved", changed_days_ago=100)),
        good("one letter is enough", risk(roam="A")),
        good("closed", risk(roam=None, stage=Stage.DONE)),
        good("of the next interval", risk(roam=None, interval=NEXT_INTERVAL)),
        good("of an interval that is over", risk(roam=None, interval=PAST_INTERVAL)),
    ),
    cases=(
        good("three days after the begin", risk(interval="PI 30.1", roam=None), around=with_interval("PI 30.1", -3)),
        bad("four days after the begin", risk(interval="PI 30.1", roam=None), around=with_interval("PI 30.1", -4)),
        bad("on the last day of the interval", risk(interval="PI 30.1", roam=None), around=with_interval("PI 30.1", -69)),
        good("a day after the end of the interval", risk(interval="PI 30.1", roam=None), around=with_interval("PI 30.1", -70)),
        good("the interval has just begun", risk(roam=None), options={"grace_days": 44}),
        bad("of no interval, raised long ago", risk(roam=None, interval=None), options={"grace_days": 39}),
        good("of no interval, raised lately", risk(roam=None, interval=None), options={"grace_days": 40}),
    ),
)
