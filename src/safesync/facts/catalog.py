"""Every fact, declared once: the rules, the validation of YAML, the JSON Schema and the documentation read this."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import polars as pl

from safesync.facts import groups
from safesync.facts.dependencies import cycles, dependencies, hindrance, suppliers
from safesync.facts.fact import Fact
from safesync.facts.flow import clock, completion, flow_times, pace
from safesync.facts.frame.landscape import Landscape
from safesync.facts.governance import deadlines, investment, obligations, proof, roster, sign_off
from safesync.facts.hierarchy import children, delivery, epics, family, goals, kin, levels
from safesync.facts.item import copies
from safesync.facts.item.measured import MEASURED
from safesync.facts.plan import local_work, planning, ranking, roadmap, schedule, standing


class Chapter(Protocol):
    """A module with facts of items that follow from other items, from timeboxes or from the clock."""

    FACTS: tuple[Fact, ...]
    NEEDS: Mapping[str, frozenset[str]]
    """Measured facts that must be loaded for one of its facts, beside those that always are."""

    def columns(self, scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
        """The wanted ones of its facts that are no columns yet; notes in ``scene.unseen`` where they cannot be known."""


CHAPTERS: tuple[Chapter, ...] = (
    standing,
    schedule,
    family,
    delivery,
    completion,
    dependencies,
    hindrance,
    ranking,
    pace,
    clock,
    flow_times,
    copies,
    kin,
    obligations,
    proof,
    deadlines,
    sign_off,
    roster,
    levels,
    children,
    suppliers,
    cycles,
    investment,
    epics,
    goals,
    planning,
    roadmap,
    local_work,
)
ITEM: tuple[Fact, ...] = tuple(fact for chapter in CHAPTERS for fact in chapter.FACTS)
MEASURED_FACTS = MappingProxyType({fact.name: fact for fact in MEASURED})
ITEM_FACTS = MappingProxyType({fact.name: fact for fact in (*MEASURED, *ITEM)})
GROUP_FACTS = MappingProxyType({name: MappingProxyType({fact.name: fact for fact in group.FACTS}) for name, group in groups.GROUPS.items()})
