"""What was planned for the intervals that are under way when they began, from the snapshots of those days."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from datetime import UTC, date

import polars as pl

from safesync.facts.backlog import backlog, measured_for
from safesync.facts.groups import commitment
from safesync.store.port import Occasion, Store


def committed(store: Store, occasion: Occasion, trackers: Collection[str]) -> pl.DataFrame | None:
    """The plans in the columns of ``commitment.COMMITTED``, of the intervals of which a snapshot shows it; ``None`` where none does."""
    wanted = commitment.settled(occasion.iterations, occasion.intervals, occasion.at.astimezone(UTC).date())
    days = store.snapshot_days() if wanted else ()
    plans = []
    for label, (first, last) in wanted.items():
        if shown := [day for day in days if first <= day <= last]:
            plans.append(_plan(store, label, shown[-1], trackers))
    return pl.concat(plans) if plans else None


def _plan(store: Store, label: str, day: date, trackers: Collection[str]) -> pl.DataFrame:
    with closing(store.snapshots(day, measured_for(commitment.READS))) as snapshots:
        snapshot = next(snapshots)
    then, scene = snapshot.occasion, snapshot.scene
    surroundings = (then.iterations, then.intervals, then.columns, then.teams)
    seen = backlog(scene.facts, scene.links, *surroundings, then.organisation, then.at, wanted=commitment.READS, groups=())
    return commitment.plan_of(seen.items.filter(pl.col("tracker").is_in(sorted(trackers))), label, then.iterations)
