"""The generated backlog on disk, so that whoever judges it did not also make it: ``python bench/material.py FOLDER ITEMS``."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import polars as pl
from generate import Generated, around, generate

from safesync.facts.backlog import Backlog, backlog, measured_for
from safesync.facts.frame.columns import coded, narrowed
from safesync.facts.frame.links import Addresses
from safesync.facts.item.measured import MEASURED

VARIANTS = ("seen", "unseen")
"""Everything was seen; or some fields and parents were not."""
_PORTION = 50_000
"""How many links are read together, as the store does."""
ROW_FACTS = (
    *("kind", "stage", "gate", "open", "active", "owner", "points", "labels", "themes", "work_class"),
    *("acceptance_verdict", "acceptance_count", "acceptance_vague_share", "benefit_verdict"),
    *("business_value", "time_criticality", "risk_reduction", "job_size"),
    *("days_active", "days_in_stage", "working_days_since_human_change", "days_since_iteration_end", "late_dependency_days"),
    *("regulatory", "has_feature_ancestor", "has_epic_ancestor", "open_capabilities", "open_features", "open_stories", "open_tasks"),
)
"""What the compared rules about items read: an engine that judges row by row is given this and nothing else."""


def make(folder: Path, items: int) -> None:
    """Both variants, and rows with all joins done of the one in which everything was seen."""
    for variant in VARIANTS:
        made = generate(items, unseen=variant == "unseen")
        coded(made.facts).write_parquet(folder / f"facts.{variant}.parquet")
        made.links.with_columns(pl.col("relation").cast(pl.Categorical)).write_parquet(folder / f"links.{variant}.parquet")
    rows = built(load(folder, "seen")).items.select("row", *ROW_FACTS)
    rows.with_columns(pl.col("labels").list.eval(pl.element().cast(pl.String).str.to_lowercase())).collect().write_parquet(
        folder / "rows.parquet"
    )


def load(folder: Path, variant: str, reads: Iterable[str] | None = None, groups: Iterable[str] = ()) -> Generated:
    """What the store would give whoever reads these facts and groups; without them, all."""
    needed = None if reads is None else measured_for(reads, groups)
    columns = None if needed is None else ["uid", *(fact.name for fact in MEASURED if fact.name in needed), "unseen"]
    facts = _read(folder / f"facts.{variant}.parquet", columns)
    addresses = Addresses(facts)
    links = pl.scan_parquet(folder / f"links.{variant}.parquet")
    portions = range(0, links.select(pl.len()).collect().item(), _PORTION)
    resolved = [addresses.resolved(links.slice(first, _PORTION).collect()) for first in portions]
    return around(facts, pl.concat(resolved).rechunk())


def _read(file: Path, columns: Sequence[str] | None) -> pl.DataFrame:
    """Column by column: what a file takes to be decoded is given back before the next one."""
    names = columns or pl.read_parquet_schema(file).keys()
    one_by_one = (pl.read_parquet(file, columns=[name]).rechunk() for name in names)
    return pl.concat([narrowed(coded(column)) for column in one_by_one], how="horizontal")


def built(made: Generated, wanted: Collection[str] | None = None, groups: Collection[str] | None = None) -> Backlog:
    """The frame that rules see; with ``wanted`` and ``groups``, those that read these."""
    boxes = made.iterations, made.intervals, made.columns
    return backlog(made.facts, made.links, *boxes, (), made.organisation, made.now, wanted=wanted, groups=groups)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
