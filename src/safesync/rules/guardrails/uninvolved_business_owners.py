"""
The fourth lean budget guardrail is that Business Owners stay engaged. Values that are all ten say nothing, and an interval in which
nobody answers for any objective of a train had no Business Owner in the room.

We look at the PI objectives of a team or a train in the current and the last interval: how many of those that are scored have the
same highest planned value, and, for a train, whether anybody stands on one of them as its Business Owner. Where `roster` is on, the
roster of the organisation (the file `organisation.data.business_owners`) has to name somebody for the train, too.

How to fix: let the Business Owners weigh the objectives of a team against each other, and write their names on them.

Known false positives: teams with few objectives (`min_objectives`); organisations that use another scale (`scale`).
"""

from __future__ import annotations

from typing import Any

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import BusinessOwner, Registers
from safesync.rules.examples import CURRENT_INTERVAL, LONG_PAST_INTERVAL, bad, good, pi_objective, surroundings_of, unknown, with_interval
from safesync.rules.rule import Group, Level, Rule, RuleOptions, Surroundings

_TEAM = f"group:objectives:team|Falcon|{CURRENT_INTERVAL}"
_NEW = "group:objectives:team|Falcon|PI 30.1"
_TRAIN = f"group:objectives:train|Payments|{CURRENT_INTERVAL}"


class Options(RuleOptions):
    """When values say nothing."""

    max_alike: float = Field(default=50, ge=0, le=100, description="Highest share of objectives with the highest value, in percent.")
    scale: float = Field(default=10, gt=0, description="Highest business value.")
    min_objectives: int = Field(default=3, ge=1, description="Fewer scored objectives than this say nothing.")
    roster: bool = Field(default=False, description="Whether the roster has to name a Business Owner of the train.")
    grace_days: int = Field(default=3, ge=0, le=365, description="Days after the begin of the interval.")


def _scored(*values: float | None, **fields: Any) -> tuple[Item, ...]:
    return tuple(pi_objective(20 + at, planned_value=value, **fields) for at, value in enumerate(values))


def _roster(*trains: str) -> Surroundings:
    """Of an organisation that names a Business Owner for each of these trains, and keeps no roster without any."""
    registers = Registers(business_owners=tuple(BusinessOwner(train, "Rana Okafor") for train in trains) or None)
    return surroundings_of(Organisation(trains=(Train("Payments", ("Falcon",)), Train("Cards", ("Ibis",))), registers=registers))


RULE = Rule(
    code="GR509",
    name="uninvolved-business-owners",
    level=Level.GUARDRAILS,
    judges=Group.OBJECTIVES,
    source="SAFe, Lean Budget Guardrails: continuous Business Owner engagement; the share by SafeSync",
    options=Options,
    eased=("max_alike",),
    when="objectives > 0 AND days_since_start > :grace_days AND (interval_phase = 'current' OR intervals_ago = 1)",
    flaw="scored >= :min_objectives AND highest_value >= :scale AND highest_share > :max_alike OR level = 'train' AND owned = 0"
    " OR :roster AND business_owners = 0",
    severity=Severity.INFO,
    remedy="Let Business Owners weigh the objectives against each other, and write their names on them.",
    evidence="{whose} in {interval}, objectives with a Business Owner {owned} of {objectives}",
    figures=(
        "named on them ({owners})",
        "Business Owners of {train} on the roster ({business_owner_names})",
        "the value {highest_value} on {highest_share} % of {scored} scored (at most {max_alike} %)",
    ),
    numbers=(("Actual over planned value", "{contributors}"),),
    examples=(
        bad("two of three are tens", *_scored(10.0, 10.0, 4.0), subject=_TEAM),
        bad("on a scale of five", *_scored(5.0, 5.0, 5.0), subject=_TEAM, options={"scale": 5}),
        bad("nobody answers for any", *_scored(8.0, 5.0, owner=None), subject=_TRAIN),
        good("half are tens", *_scored(10.0, 10.0, 4.0, 7.0), subject=_TEAM),
        good("all alike, and none the highest", *_scored(8.0, 8.0, 8.0), subject=_TEAM),
        good("two objectives say nothing", *_scored(10.0, 10.0), subject=_TEAM),
        good("a team needs no Business Owner of its own", *_scored(8.0, 5.0, owner=None), subject=_TEAM),
        good("one of them has an owner", *_scored(8.0, owner=None), pi_objective(30), subject=_TRAIN),
        bad("the roster names nobody for the train", pi_objective(30), subject=_TRAIN, options={"roster": True}, around=_roster("Cards")),
        good("the roster names somebody", pi_objective(30), subject=_TRAIN, options={"roster": True}, around=_roster("Payments")),
        unknown("nobody keeps a roster", pi_objective(30), subject=_TRAIN, options={"roster": True}, around=_roster()),
        unknown("values are kept elsewhere", *_scored(8.0, 5.0, 3.0, unseen=frozenset({"planned_value"})), subject=_TEAM),
    ),
    cases=(
        good("the roster names nobody, and does not count", pi_objective(30), subject=_TRAIN, around=_roster("Cards")),
        good("a team is in no roster", pi_objective(30), subject=_TEAM, options={"roster": True}, around=_roster("Cards")),
        bad("a little more than half", *_scored(*[10.0] * 51, *[1.0] * 50), subject=_TEAM),
        good("nines leave room", *_scored(9.0, 9.0, 9.0), subject=_TEAM),
        bad("one objective, and nobody answers for it", *_scored(8.0, owner=None), subject=_TRAIN),
        good("no objectives are another rule's matter", *_scored(8.0, owner=None, interval="PI 26.3"), subject=_TRAIN),
        good(
            "three days after the begin", *_scored(10.0, 10.0, 10.0, interval="PI 30.1"), subject=_NEW, around=with_interval("PI 30.1", -3)
        ),
        bad("four days after the begin", *_scored(10.0, 10.0, 10.0, interval="PI 30.1"), subject=_NEW, around=with_interval("PI 30.1", -4)),
        good("two tens of two scored, a third has no value", *_scored(10.0, 10.0, None), subject=_TEAM),
        bad("two tens, where two are enough", *_scored(10.0, 10.0), subject=_TEAM, options={"min_objectives": 2}),
        good("two of three, where that may be", *_scored(10.0, 10.0, 4.0), subject=_TEAM, options={"max_alike": 67}),
        bad("two of three, where that may not be", *_scored(10.0, 10.0, 4.0), subject=_TEAM, options={"max_alike": 66}),
        bad(
            "cancelled ones do not count",
            *_scored(10.0, 10.0, 10.0),
            *(pi_objective(n, planned_value=2.0, stage=Stage.CANCELLED) for n in (40, 41, 42)),
            subject=_TEAM,
        ),
        good("within the first days", *_scored(10.0, 10.0, 10.0), subject=_TEAM, options={"grace_days": 44}),
        bad("after the first days", *_scored(10.0, 10.0, 10.0), subject=_TEAM, options={"grace_days": 43}),
        bad("of the last interval", *_scored(10.0, 10.0, 10.0, interval="PI 26.3"), subject="group:objectives:team|Falcon|PI 26.3"),
        good(
            "long over",
            *_scored(10.0, 10.0, 10.0, interval=LONG_PAST_INTERVAL),
            subject=f"group:objectives:team|Falcon|{LONG_PAST_INTERVAL}",
        ),
    ),
)
