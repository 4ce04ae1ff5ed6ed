"""Every fact, declared once: the rules, the validation of YAML, the JSON Schema and the documentation read this."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import polars as pl

from safesync.facts import (
    children,
    clock,
    completion,
    copies,
    cycles,
    deadlines,
    delivery,
    dependencies,
    epics,
    family,
    goals,
    groups,
    hindrance,
    investment,
    kin,
    levels,
    obligations,
    pace,
    planning,
    ranking,
    roadmap,
    schedule,
    sign_off,
    standing,
    suppliers,
)
from safesync.facts.fact import Fact
from safesync.facts.landscape import Landscape
from safesync.facts.measured import MEASURED


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
    copies,
    kin,
    obligations,
    deadlines,
    sign_off,
    levels,
    children,
    suppliers,
    cycles,
    investment,
    epics,
    goals,
    planning,
    roadmap,
)
ITEM: tuple[Fact, ...] = tuple(fact for chapter in CHAPTERS for fact in chapter.FACTS)
MEASURED_FACTS = MappingProxyType({fact.name: fact for fact in MEASURED})
ITEM_FACTS = MappingProxyType({fact.name: fact for fact in (*MEASURED, *ITEM)})
GROUP_FACTS = MappingProxyType({name: MappingProxyType({fact.name: fact for fact in group.FACTS}) for name, group in groups.GROUPS.items()})
