"""
A train that has too many features in flight shows none of them in its system demo: each waits for the others.

We count the train's open features by their stage; `active` are those in progress or validating. Without a limit in the options a
train may have `per_team` active features for each of its teams. A train without known teams and without limits is not judged.
Features that have nine in ten of their children done may be let pass.

How to fix: put the teams on the highest ranked features until some of them are done, and begin nothing else.

Known false positives: features that wait for an outside release; large features of several teams beside small ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.model.finding import Severity
from safesync.model.item import Stage
from safesync.rules.examples import bad, feature, good, story
from safesync.rules.rule import Group, KanbanState, Level, NamesOf, Rule, RuleOptions


class Options(RuleOptions):
    """How many features at a time."""

    limits: Annotated[dict[str, dict[KanbanState, int]], NamesOf(("train", "default"))] = Field(
        default_factory=dict, description="Train (or `default`) -> analysis, ready, in_progress, validating or active -> limit in features."
    )
    per_team: float = Field(default=2, gt=0, description="Active features for each team, where there is no such limit.")
    count_nearly_done: bool = Field(default=True, description="Whether features count that are nine tenths done.")


def _limit(options: Options, group: Mapping[str, Any]) -> Mapping[str, float | None]:
    own = options.limits.get(str(group["train"]), options.limits.get("default", {})).get(group["state"])
    usual = options.per_team * group["teams"] if group["state"] == "active" and group["teams"] else None
    return {"limit": usual if own is None else own}


_ACTIVE = "group:train_stage:Payments|active"
_NO_LIMIT = {"limits": {"default": {"active": 0}}}
_AT_WORK: dict[str, Any] = {"train": "Payments", "stage": Stage.IN_PROGRESS}

RULE = Rule(
    code="FL402",
    name="train-wip-exceeded",
    level=Level.FLOW,
    judges=Group.TRAIN_STAGE,
    source="SAFe, ART Kanban: WIP limits on its states; the number is SafeSync's",
    options=Options,
    limits=_limit,
    limit_facts=(
        Fact("limit", FactType.NUMBER, Sort.GROUPED, "The limit of the options, else that of the number of teams.", unit="features"),
    ),
    when="limit > 0",
    flaw="wip > limit AND (:count_nearly_done OR wip - nearly_done > limit)",
    severity=Severity.WARNING,
    remedy="Finish the highest ranked of these features before the next one is pulled.",
    evidence="{train} has {wip} features in the stage {state}; the limit is {limit}, with {teams} teams.",
    numbers=(
        ("Features", "{wip}"),
        ("Limit", "{limit}"),
        ("Nearly done", "{nearly_done}"),
        ("There longest", "{contributors}"),
    ),
    examples=(
        bad("five features under way where two teams may have four", *(feature(n, **_AT_WORK) for n in range(10, 15)), subject=_ACTIVE),
        bad(
            "two in analysis where one may be",
            *(feature(n, train="Payments", stage=Stage.ANALYSIS) for n in (10, 11)),
            subject="group:train_stage:Payments|analysis",
            options={"limits": {"default": {"analysis": 1}}},
        ),
        bad(
            "one is nearly done, and five others are not",
            *(feature(n, **_AT_WORK) for n in range(10, 16)),
            story(parent="jira:10", stage=Stage.DONE),
            subject=_ACTIVE,
            options={"count_nearly_done": False},
        ),
        bad(
            "one is nearly done, which counts all the same",
            *(feature(n, **_AT_WORK) for n in range(10, 15)),
            story(parent="jira:10", stage=Stage.DONE),
            subject=_ACTIVE,
        ),
        good(
            "analysis has no limit of its own",
            *(feature(n, train="Payments", stage=Stage.ANALYSIS) for n in range(10, 15)),
            subject="group:train_stage:Payments|analysis",
        ),
        good("four under way", *(feature(n, **_AT_WORK) for n in range(10, 14)), subject=_ACTIVE),
        good("what is done does not count", *(feature(n, train="Payments", stage=Stage.DONE) for n in range(10, 16)), subject=_ACTIVE),
        good(
            "one is nearly done and let pass",
            *(feature(n, **_AT_WORK) for n in range(10, 15)),
            story(parent="jira:10", stage=Stage.DONE),
            subject=_ACTIVE,
            options={"count_nearly_done": False},
        ),
        good("a limit of zero is none", *(feature(n, **_AT_WORK) for n in range(10, 15)), subject=_ACTIVE, options=_NO_LIMIT),
        good(
            "a limit of the train's own",
            *(feature(n, **_AT_WORK) for n in range(10, 15)),
            subject=_ACTIVE,
            options={"limits": {"Payments": {"active": 5}}},
        ),
    ),
)
