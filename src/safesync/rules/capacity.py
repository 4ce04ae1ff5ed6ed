"""How much a team can do in an iteration, for the rules that hold a plan against it."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Annotated, Any

from pydantic import Field

from safesync.facts.fact import Fact, FactType, Sort
from safesync.rules.rule import NamesOf, RuleOptions

_SET, _GIVEN, _OF_TEAMS = "set in the configuration", "the velocity given to the team", "the velocities given to its teams"
_AVERAGE = "the average of its last {count} iterations"
SOURCES: tuple[str, ...] = (_SET, _GIVEN, _OF_TEAMS, _AVERAGE)
CAPACITY: tuple[Fact, ...] = (
    Fact("capacity", FactType.NUMBER, Sort.GROUPED, "Points that the team can do in an iteration.", unit="story points"),
    Fact("capacity_source", FactType.TEXT, Sort.GROUPED, "Where that number comes from.", phrases=SOURCES),
)


class CapacityOptions(RuleOptions):
    """What a team can do."""

    capacities: Annotated[dict[str, float], NamesOf(("team", "train"))] = Field(
        default_factory=dict, description="Team -> points that it can do in an iteration."
    )
    min_iterations: int = Field(default=3, ge=1, description="So many ended iterations tell what a team gets done.")


def capacity_of(options: CapacityOptions, group: Mapping[str, Any]) -> tuple[float, str] | None:
    """
    The capacity of the team, or of a train whose ``team`` is empty, and where it comes from; ``None`` when nobody knows it.

    An average is rounded up: nobody is told that 33 points are more than 32.4.
    """
    if own := options.capacities.get(str(group["team"] or group["train"])):
        return own, _SET
    if declared := group["declared_velocity"]:
        return float(declared), _GIVEN if group["team"] else _OF_TEAMS
    if group["velocity"] and group["ended_iterations"] >= options.min_iterations:
        return ceil(group["velocity"]), _AVERAGE.format(count=group["ended_iterations"])
    return None
