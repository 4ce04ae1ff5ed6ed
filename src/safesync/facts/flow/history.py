"""What teams got done in the iterations that are over."""

from __future__ import annotations

import polars as pl

from safesync.facts.flow.pace import SIZED_KINDS
from safesync.facts.frame.columns import as_texts
from safesync.facts.frame.landscape import Landscape
from safesync.model.item import Stage

_A_FEW = 3
"""With fewer items a team was a guest in the iteration."""
UNITS = ("points", "items")
ESTIMATED = 0.8
"""From this share of estimated items on, points tell the work; below it the number of items does."""


def ended_iterations(scene: Landscape) -> pl.DataFrame:
    """
    ``team, ends_on, name, items, done, points, sized, doubtful`` of each team in each iteration that is over, oldest first.

    Iterations that end on one day are one, for a team may have items in the sprint of another board; those of innovation are
    left out. ``points`` are those of done items, ``sized`` how many of these have any; ``doubtful`` where a stage or points were not
    seen.
    """
    flags = scene.unseen.flags("stage", "points")
    boxes = scene.boxes.iterations.with_row_index("box").filter((pl.col("phase") == "past") & ~pl.col("innovation"))
    done = pl.col("stage") == Stage.DONE.value
    points = pl.col("points").cast(pl.Float64)
    of_boxes = (
        scene.items.lazy()
        .with_columns(doubtful=pl.lit(value=False) if flags is None else flags)
        .filter(
            pl.col("team").is_not_null()
            & pl.col("box").is_not_null()
            & pl.col("kind").is_in([kind.value for kind in SIZED_KINDS])
            & (pl.col("stage") != Stage.CANCELLED.value)
        )
        .select("team", "box", "doubtful", done=done, points=pl.when(done).then(points))
        .with_columns(sized=pl.col("points") > 0)
        .group_by("team", "box")
        .agg(pl.col("done", "points", "sized").sum(), pl.col("doubtful").any(), items=pl.len())
        .collect()
    )
    return (
        as_texts(of_boxes)
        .join(boxes.select("box", "name", "ends_on"), on="box")
        .group_by("team", "ends_on")
        .agg(
            pl.col("items", "done", "sized").sum().cast(pl.Int32),
            pl.col("points").sum(),
            pl.col("doubtful").any(),
            name=pl.col("name").min(),
        )
        .filter(pl.col("items") >= _A_FEW)
        .sort("team", "ends_on")
    )
