"""What a site's boards, sprints and versions are in SAFe: iterations, intervals, teams and their columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from safesync.connectors.jira.metadata import Board, Metadata
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.connectors.port import Surroundings
from safesync.model.organisation import BoardColumn, Team
from safesync.model.timebox import Iteration, PlanningInterval, interval_label, interval_order


def surroundings(tracker: str, metadata: Metadata, mapping: TrackerMapping) -> Surroundings:
    """
    Iterations from sprints, teams and columns from boards, intervals from versions.

    An interval that no version dates spans its iterations.
    """
    pattern = re.compile(mapping.interval_pattern) if mapping.interval_pattern else None
    innovation = re.compile(mapping.innovation_pattern, re.IGNORECASE)
    iterations = tuple(
        Iteration(
            uid=f"{tracker}:iteration:{one.sprint_id}",
            tracker=tracker,
            name=one.name,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            interval=interval_label(one.name, pattern),
            innovation=innovation.search(one.name) is not None,
        )
        for one in metadata.sprints.values()
    )
    dated = [(interval_label(one.name, pattern), one.starts_on, one.ends_on) for one in metadata.releases]
    planned = [(one.interval, one.starts_on, one.ends_on) for one in iterations]
    known = {one.label: one for one in _intervals(planned)} | {one.label: one for one in _intervals(dated) if one.starts_on or one.ends_on}
    return Surroundings(
        iterations=iterations,
        intervals=tuple(known[label] for label in sorted(known, key=interval_order)),
        columns=tuple(column for board in metadata.boards for column in _columns(tracker, board, metadata)),
        teams=tuple(Team(name) for name in dict.fromkeys(board.name for board in metadata.boards)),
    )


def _intervals(spans: Iterable[tuple[str | None, date | None, date | None]]) -> Iterable[PlanningInterval]:
    # The same interval stands in every project, as a version or as several sprints: its span covers them all.
    starts: dict[str, list[date]] = {}
    ends: dict[str, list[date]] = {}
    for label, starts_on, ends_on in spans:
        if label is not None:
            starts.setdefault(label, []).extend([starts_on] if starts_on else [])
            ends.setdefault(label, []).extend([ends_on] if ends_on else [])
    return [PlanningInterval(label, min(starts[label], default=None), max(ends[label], default=None)) for label in starts]


def _columns(tracker: str, board: Board, metadata: Metadata) -> Iterable[BoardColumn]:
    for column in board.columns:
        states = (metadata.statuses.get(one) for one in column.statuses)
        active = any(state is not None and state.category == "indeterminate" for state in states)
        yield BoardColumn(tracker, board.name, column.name, column.limit, active)
