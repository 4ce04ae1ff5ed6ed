"""Where iterations and planning intervals stand on a given day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from safesync.model.timebox import Iteration, PlanningInterval

PHASES = pl.Enum(["past", "current", "next", "later"])


@dataclass(frozen=True, slots=True)
class Timeboxes:
    """
    Iterations and intervals as columns; items refer to their rows.

    An interval without days of its own spans its iterations. Labels that only items carry are known too, without days.
    """

    iterations: pl.DataFrame
    """``uid, name, starts_on, ends_on, interval`` (row of the interval), ``innovation``, ``phase``."""
    intervals: pl.DataFrame
    """``label, starts_on, ends_on, phase``."""


def timeboxes(iterations: Sequence[Iteration], intervals: Sequence[PlanningInterval], labels: Iterable[str], today: date) -> Timeboxes:
    """The timeboxes of all trackers; intervals of one label are one interval."""
    spans = _spans(iterations, intervals, labels)
    order = {label: row for row, label in enumerate(spans)}
    first_future = min((span.starts_on for span in spans.values() if span.starts_on and span.starts_on > today), default=None)
    return Timeboxes(
        pl.DataFrame(
            {
                "uid": [each.uid for each in iterations],
                "name": [each.name for each in iterations],
                "starts_on": [each.starts_on for each in iterations],
                "ends_on": [each.ends_on for each in iterations],
                "interval": [order.get(each.interval or "") for each in iterations],
                "innovation": [each.innovation for each in iterations],
                "phase": [_iteration_phase(each, today) for each in iterations],
            },
            schema={
                "uid": pl.String,
                "name": pl.String,
                "starts_on": pl.Date,
                "ends_on": pl.Date,
                "interval": pl.UInt32,
                "innovation": pl.Boolean,
                "phase": PHASES,
            },
        ).unique("uid", keep="first", maintain_order=True),
        pl.DataFrame(
            {
                "label": list(spans),
                "starts_on": [each.starts_on for each in spans.values()],
                "ends_on": [each.ends_on for each in spans.values()],
                "phase": [_interval_phase(each, today, first_future) for each in spans.values()],
            },
            schema={"label": pl.String, "starts_on": pl.Date, "ends_on": pl.Date, "phase": PHASES},
        ),
    )


def _spans(iterations: Sequence[Iteration], intervals: Sequence[PlanningInterval], labels: Iterable[str]) -> dict[str, PlanningInterval]:
    spans: dict[str, PlanningInterval] = {}
    for each in intervals:
        spans[each.label] = _widened(spans.get(each.label, PlanningInterval(each.label)), each.starts_on, each.ends_on)
    dated = {label for label, span in spans.items() if span.starts_on and span.ends_on}
    for iteration in iterations:
        if iteration.interval and iteration.interval not in dated:
            known = spans.get(iteration.interval, PlanningInterval(iteration.interval))
            spans[iteration.interval] = _widened(known, iteration.starts_on, iteration.ends_on)
    for label in sorted(set(labels) - spans.keys()):
        spans[label] = PlanningInterval(label)
    return spans


def _widened(span: PlanningInterval, starts_on: date | None, ends_on: date | None) -> PlanningInterval:
    starts = [day for day in (span.starts_on, starts_on) if day]
    ends = [day for day in (span.ends_on, ends_on) if day]
    return replace(span, starts_on=min(starts, default=None), ends_on=max(ends, default=None))


def _iteration_phase(iteration: Iteration, today: date) -> str | None:
    """
    An iteration that begins within its own length from today is the next one.

    So no series is needed: the iterations of every team and tracker are told apart by their days alone.
    """
    if iteration.starts_on is None or iteration.ends_on is None:
        return None
    if iteration.ends_on < today:
        return "past"
    if iteration.starts_on <= today:
        return "current"
    length = (iteration.ends_on - iteration.starts_on).days + 1
    return "next" if (iteration.starts_on - today).days <= length else "later"


def _interval_phase(interval: PlanningInterval, today: date, first_future: date | None) -> str | None:
    if interval.starts_on is None or interval.ends_on is None:
        return None
    if interval.ends_on < today:
        return "past"
    if interval.starts_on <= today:
        return "current"
    return "next" if interval.starts_on == first_future else "later"
