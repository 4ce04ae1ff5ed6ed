"""
Whoever analyses every epic at once decides on none, and a portfolio that implements too many spreads money and attention so thin
that each is late.

We count open epics by their stage; `active` are those in progress or validating. Analysis has a limit of its own; for what is being
implemented each value stream of the configuration may have `per_value_stream` epics, unless `limits` says otherwise. Funnel and
backlog have no limit.

How to fix: stop beginning; decide about the epics that have stood there longest, or park one.

Known false positives: small epics below the threshold for a business case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Item, Stage
from safesync.model.organisation import Organisation, Train
from safesync.rules.examples import bad, epic, good, surroundings_of
from safesync.rules.rule import Group, KanbanState, Level, Rule, RuleOptions


class Options(RuleOptions):
    """How many epics at a time."""

    limits: dict[KanbanState, int] = Field(
        default={"analysis": 5}, description="analysis, ready, in_progress, validating or active -> limit in epics."
    )
    per_value_stream: float = Field(default=2, gt=0, description="Active epics for each value stream, where there is no such limit.")


def _limit(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None]:
    own = options.limits.get(group["state"])
    usual = options.per_value_stream * group["value_streams"] if group["state"] == "active" and group["value_streams"] else None
    return {"limit": usual if own is None else own}


_ANALYSIS, _ACTIVE = "group:portfolio_stage:analysis", "group:portfolio_stage:active"
_TWO_STREAMS = surroundings_of(
    Organisation((Train("Payments", ("Falcon",), value_stream="Pay"), Train("Cards", ("Ibis",), value_stream="Cards")))
)


def _at(stage: Stage, count: int) -> tuple[Item, ...]:
    return tuple(epic(10 + n, stage=stage) for n in range(count))


RULE = Rule(
    code="FL403",
    name="portfolio-wip-exceeded",
    level=Level.FLOW,
    judges=Group.PORTFOLIO_STAGE,
    source="SAFe, Portfolio Kanban: WIP limits; the numbers are SafeSync's",
    options=Options,
    limits=_limit,
    limit_facts=(
        Fact("limit", FactType.NUMBER, Sort.GROUPED, "The limit of the options, else that of the number of value streams.", unit="epics"),
    ),
    when="limit > 0",
    flaw="wip > limit",
    severity=Severity.WARNING,
    remedy="Decide about the epics that have stood there longest before another one is pulled.",
    evidence="The portfolio has {wip} epics in the stage {state}; the limit is {limit}.",
    numbers=(("Epics", "{wip}"), ("Limit", "{limit}"), ("There longest", "{contributors}")),
    examples=(
        bad("six in analysis", *_at(Stage.ANALYSIS, 6), subject=_ANALYSIS),
        bad("five implemented by two value streams", *_at(Stage.IN_PROGRESS, 5), subject=_ACTIVE, around=_TWO_STREAMS),
        good("five in analysis", *_at(Stage.ANALYSIS, 5), subject=_ANALYSIS),
        good("four by two value streams", *_at(Stage.IN_PROGRESS, 4), subject=_ACTIVE, around=_TWO_STREAMS),
        good("ready has no limit", *_at(Stage.READY, 5), subject="group:portfolio_stage:ready", around=_TWO_STREAMS),
        bad("two in analysis where one may be", *_at(Stage.ANALYSIS, 2), subject=_ANALYSIS, options={"limits": {"analysis": 1}}),
        good("a limit of zero is none", *_at(Stage.ANALYSIS, 2), subject=_ANALYSIS, options={"limits": {"analysis": 0}}),
        good("no value streams are known", *_at(Stage.IN_PROGRESS, 10), subject=_ACTIVE),
    ),
)
