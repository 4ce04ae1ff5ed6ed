"""What the rows of each file hold."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from safesync.configuration.registers.cells import Amount, Day, Keys, Name, Number, Outcome, Standing, Text, Truth
from safesync.model.item import Stage


class SheetRow(BaseModel):
    """Base of all rows; a cell that is empty is left out before."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ObjectiveRow(SheetRow):
    """A PI objective of a team, or of a train."""

    interval: Text = Field(description="Its planning interval, such as PI 26.4.")
    title: Text = Field(description="What is to be achieved, in business words.")
    key: Name | None = Field(default=None, description="What people call it; left out, one is made of its other cells.")
    team: Text | None = Field(default=None, description="The team whose objective it is.")
    train: Text | None = Field(default=None, description="The train, for an objective of the whole train or a team of no known train.")
    committed: Truth | None = Field(default=None, description="Yes for a committed objective, no for an uncommitted one.")
    planned_value: Amount | None = Field(default=None, description="Business value that Business Owners gave it at planning, 1 to 10.")
    actual_value: Amount | None = Field(default=None, description="Business value that it had at the end.")
    owner: Text | None = Field(default=None, description="The Business Owner, or who answers for it.")
    status: Standing = Field(default=Stage.IN_PROGRESS, description="planned, open, done or cancelled; left out: open.")
    due: Day | None = Field(default=None, description="The day of an objective that is an event, such as an audit.")
    items: Keys = Field(default=(), description="Keys of the features or stories that it stands for.")
    updated: Day | None = Field(default=None, description="When somebody last looked at it.")

    @model_validator(mode="after")
    def _is_somebodys(self) -> ObjectiveRow:
        if self.team is None and self.train is None:
            raise ValueError("an objective is a team's or a train's: fill in team or train")
        return self


class BudgetRow(SheetRow):
    """What a value stream may spend in a period."""

    value_stream: Text = Field(description="The value stream.")
    period: Name = Field(description="What the period is called, such as 2026-H2.")
    starts_on: Day = Field(description="Its first day.")
    ends_on: Day = Field(description="Its last day.")
    budget: Amount = Field(description="What may be spent, in the one unit of all costs.")
    run_cost: Amount = Field(default=0.0, description="What running the value stream costs in the period, beside its epics.")
    spent: Amount | None = Field(default=None, description="What is spent so far in all; left out: the actual costs of its epics.")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> BudgetRow:
        if self.ends_on < self.starts_on:
            raise ValueError(f"the period ends on {self.ends_on}, before it starts on {self.starts_on}")
        return self


class ApprovalRow(SheetRow):
    """What was approved and what it costs, about one item of a tracker."""

    key: Text = Field(description="Key of the item, or tracker:KEY where several trackers have the same.")
    approval: Text | None = Field(default=None, description="Status of the approval, such as Approved.")
    approver: Text | None = Field(default=None, description="Who approved it.")
    approved_on: Day | None = Field(default=None, description="When.")
    cost_estimate: Amount | None = Field(default=None, description="What it was estimated to cost.")
    cost_approved: Amount | None = Field(default=None, description="What was approved.")
    cost_forecast: Amount | None = Field(default=None, description="What it is expected to cost now.")
    cost_actual: Amount | None = Field(default=None, description="What it has cost so far.")
    mvp_budget: Amount | None = Field(default=None, description="What its MVP may cost.")
    horizon: Text | None = Field(default=None, description="Its investment horizon: H0, H1, H2 or H3.")
    decision: Text | None = Field(default=None, description="What was decided about it: persevere, pivot or stop.")


class ResultRow(SheetRow):
    """The newest result of a test, or of all tests of an item."""

    key: Text = Field(description="Key of the test, or of the story or feature that was tested; tracker:KEY where several have the same.")
    test_result: Outcome = Field(description="passed, failed or not run, in the word of your tool.")
    tested_on: Day | None = Field(default=None, description="When.")


class BusinessOwnerRow(SheetRow):
    """A Business Owner of a train."""

    train: Text = Field(description="The train; a Business Owner of several trains has a row for each.")
    name: Text = Field(description="The name that the trackers show.")


class GoalRow(SheetRow):
    """An objective, or a key result of one."""

    key: Name = Field(description="What people call it, such as O1 or KR1.2.")
    title: Text = Field(description="What is to be achieved.")
    objective: Text | None = Field(default=None, description="For a key result the key of its objective; empty for an objective.")
    owner: Text | None = Field(default=None, description="Who answers for it.")
    theme: Text | None = Field(default=None, description="The strategic theme that it belongs to.")
    baseline: Number | None = Field(default=None, description="The value from which a key result starts.")
    target: Number | None = Field(default=None, description="The value that it is to reach.")
    progress: Number | None = Field(default=None, description="The value that it has now.")
    status: Standing = Field(default=Stage.IN_PROGRESS, description="planned, open, done or cancelled; left out: open.")
    due: Day | None = Field(default=None, description="By when.")
    items: Keys = Field(default=(), description="Keys of the epics or features that contribute to it.")
    updated: Day | None = Field(default=None, description="When its progress was last brought up to date.")


ROWS: Mapping[str, type[SheetRow]] = MappingProxyType(
    {
        "objectives": ObjectiveRow,
        "budgets": BudgetRow,
        "approvals": ApprovalRow,
        "tests": ResultRow,
        "business_owners": BusinessOwnerRow,
        "okrs": GoalRow,
    }
)
"""By the name that ``organisation.data`` has for a file, what its rows hold."""


def needed(kind: type[SheetRow]) -> tuple[str, ...]:
    """The columns that a file of these rows must have."""
    return tuple(name for name, field in kind.model_fields.items() if field.is_required())


def filled(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The cells that hold something."""
    return {name: value for name, value in cells.items() if value not in (None, "", [])}
