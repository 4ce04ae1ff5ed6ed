"""Named parts of a plan, each of which may be approved alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from safesync.feedback.plan_file import sealed
from safesync.model.change import BatchBy, ItemChange, Plan, Reason
from safesync.model.item import Item

WHOLE = "(the whole plan)"
"""The only batch of a plan that was made without any."""


def batch_of(item: Item, reasons: Collection[Reason], by: BatchBy, train_of: Callable[[Item], str | None]) -> str:
    """The batch of a change; ``reasons`` are the findings that it is about, the gravest first."""
    if by is BatchBy.TRAIN:
        return train_of(item) or "(no train)"
    if by is BatchBy.TEAM:
        return item.team or "(no team)"
    if by is BatchBy.PROJECT:
        return item.project
    return next((reason.code for reason in reasons), "(settled)")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with its changes, and how many of them were carried out before."""

    name: str
    changes: tuple[ItemChange, ...]
    applied: int = 0


def batches(plan: Plan, applied: Callable[[ItemChange], bool]) -> tuple[Batch, ...]:
    """The batches in the order of their gravest change."""
    by_name: dict[str, list[ItemChange]] = {}
    for change in plan.changes:
        by_name.setdefault(change.batch or WHOLE, []).append(change)
    return tuple(Batch(name, tuple(some), sum(map(applied, some))) for name, some in by_name.items())


def only(plan: Plan, names: Collection[str]) -> Plan:
    """The plan with the changes of these batches alone."""
    return sealed(replace(plan, changes=tuple(change for change in plan.changes if (change.batch or WHOLE) in names)))
