"""What an organisation keeps in files of its own beside the trackers: objectives, budgets, approvals, who its Business Owners are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from safesync.model.item import Item

REGISTERS = "organisation.data"
"""The tracker of items that stand in files: where the configuration names these. No real tracker can be called so."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What a value stream may spend from one day to another, both included; money has the organisation's one unit."""

    value_stream: str
    period: str
    starts_on: date
    ends_on: date
    amount: float
    run_cost: float = 0.0
    """What running the value stream costs in that time, beside its epics."""
    spent: float | None = None
    """What is spent so far, all told; ``None`` where nobody says: then it is what the epics have cost."""


@dataclass(frozen=True, slots=True)
class BusinessOwner:
    """Somebody who answers for what a train delivers, by the name that trackers show."""

    train: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a register says about one item: names of facts and their values; what it leaves empty is ``None``."""

    item: str
    """The item's key, or ``tracker:KEY`` where several trackers have the same."""
    values: tuple[tuple[str, str | float | None], ...]
    """A day is written as in 2026-11-30."""


@dataclass(frozen=True, slots=True)
class Register:
    """
    What is written down about items beside their tracker.

    It is taken to be complete for the facts that it has: of an item that it does not name, they are empty and not unseen.
    """

    facts: frozenset[str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Registers:
    """Everything that the files say; ``None`` for what no file was named."""

    items: tuple[Item, ...] = ()
    """Objectives of planning intervals, objectives and key results."""
    serving: tuple[tuple[str, str], ...] = ()
    """(key of an item, uid of one of ``items`` that it contributes to)."""
    approvals: Register | None = None
    tests: Register | None = None
    """The newest results of tests, by the test or by what they test."""
    budgets: tuple[Budget, ...] | None = None
    business_owners: tuple[BusinessOwner, ...] | None = None
    """The roster: all Business Owners of all trains."""
