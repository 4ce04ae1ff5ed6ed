"""Facts about groups of items; one module a kind of group, and its word in ``rules.rule.Group``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import polars as pl

from safesync.facts.fact import Fact
from safesync.facts.frame.landscape import Landscape
from safesync.facts.groups import (
    alignment,
    budget_period,
    inspect_adapt,
    interval_load,
    investment_mix,
    objectives,
    portfolio_stage,
    ranked_backlog,
    team_backlog,
    team_column,
    team_history,
    team_iteration,
    train_finished,
    train_flow,
    train_interval,
    train_stage,
)


class Grouping(Protocol):
    """A module with the facts of one kind of group."""

    FACTS: tuple[Fact, ...]
    NEEDS: frozenset[str]
    """Measured facts that must be loaded for it, beside those that always are."""
    TITLE: str
    """What such a group is, for people."""

    def rows(self, scene: Landscape) -> pl.DataFrame:
        """One row a group: ``group`` (its key), its facts, and a Boolean ``unseen.<fact>`` where one cannot be known."""


GROUPS: Mapping[str, Grouping] = MappingProxyType(
    {
        "train_interval": train_interval,
        "team_column": team_column,
        "team_iteration": team_iteration,
        "ranked_backlog": ranked_backlog,
        "investment_mix": investment_mix,
        "budget_period": budget_period,
        "objectives": objectives,
        "inspect_adapt": inspect_adapt,
        "train_stage": train_stage,
        "portfolio_stage": portfolio_stage,
        "train_finished": train_finished,
        "team_history": team_history,
        "train_flow": train_flow,
        "interval_load": interval_load,
        "alignment": alignment,
        "team_backlog": team_backlog,
    }
)
