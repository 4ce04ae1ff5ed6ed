"""The features of a train and of one work class in the order of their ranks, held against their WSJF."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.facts.plan.ranking import ranks
from safesync.model.item import Relation, WorkClass

FACTS: tuple[Fact, ...] = (
    Fact("train", FactType.TEXT, Sort.GROUPED, "The train."),
    Fact("tracker", FactType.TEXT, Sort.GROUPED, "The tracker whose ranks are compared."),
    Fact("work_class", FactType.TEXT, Sort.GROUPED, "The work class.", vocabulary=tuple(WorkClass)),
    Fact(
        "ranked_features",
        FactType.NUMBER,
        Sort.GROUPED,
        "Features with a rank and all parts of WSJF that are not committed yet: the first thirty of the train.",
        unit="items",
    ),
    Fact(
        "rank_agreement",
        FactType.NUMBER,
        Sort.GROUPED,
        "Kendall's tau of rank and WSJF: 1 when the order is that of WSJF, -1 when it is turned round; empty without two different scores.",
        unit="-1..1",
    ),
)
NEEDS: frozenset[str] = frozenset(
    {"rank", "wsjf_score", "business_value", "time_criticality", "risk_reduction", "job_size", "due_on", "target_end"}
)
TITLE = "the ranked features of a train, of one work class"
_FIRST = 30
"""How far down an order is worth looking at."""
_PARTS = ("business_value", "time_criticality", "risk_reduction")
_WORST = 50
_KEYS = ("train", "tracker", "work_class")


def rows(scene: Landscape) -> pl.DataFrame:
    """
    Every train, tracker and work class with a ranked feature.

    Beside its facts a row has ``pairs``, those in which the upper one has less WSJF (``upper, lower, upper_score, lower_score,
    times``), and ``scores``, features whose stored WSJF is not that of their parts (``key, stored, computed``).
    """
    scored = _scored(scene)
    pairs = _pairs(scored, _explained(scene))
    counts = scored.group_by(_KEYS).agg(ranked_features=pl.len().cast(pl.Int32), doubtful=pl.col("doubtful").any())
    stored = scored.filter(pl.col("stored").is_not_null() & (pl.col("stored") != pl.col("score")))
    scores = stored.group_by(_KEYS).agg(scores=pl.struct("key", "stored", computed="score"))
    frame = counts.join(_agreements(pairs), on=_KEYS, how="left").join(_inverted(pairs), on=_KEYS, how="left")
    return (
        frame.join(scores, on=_KEYS, how="left")
        .sort(_KEYS)
        .select(
            pl.concat_str(*_KEYS[:2], pl.col("work_class").cast(pl.String), separator="|").alias("group"),
            *_KEYS,
            "ranked_features",
            "rank_agreement",
            "pairs",
            "scores",
            pl.col("doubtful").alias("unseen.rank_agreement"),
            pl.col("doubtful").alias("unseen.ranked_features"),
        )
    )


def _scored(scene: Landscape) -> pl.DataFrame:
    """The first features of each train with their scores; those without all parts of WSJF have no place in it."""
    items, unseen = scene.items, scene.unseen.flags("rank", *_PARTS, "job_size")
    given = [name if name in items.columns else pl.lit(None, dtype=pl.Float64).alias(name) for name in (*_PARTS, "job_size", "wsjf_score")]
    dates = [name if name in items.columns else pl.lit(None, dtype=pl.Date).alias(name) for name in ("due_on", "target_end")]
    first = ranks(scene).filter(pl.col("place") <= _FIRST)
    # An obligation need not have business value.
    value = (
        pl.when(pl.col("work_class") == WorkClass.COMPLIANCE.value).then(pl.col("business_value").fill_null(0)).otherwise("business_value")
    )
    delay = value.cast(pl.Float64) + pl.col("time_criticality").cast(pl.Float64) + pl.col("risk_reduction").cast(pl.Float64)
    return (
        first.join(
            items.select("row", "key", "work_class", *given, *dates, doubtful=pl.lit(value=False) if unseen is None else unseen),
            on="row",
            how="inner",
            maintain_order="left",
        )
        .with_columns(score=pl.when(pl.col("job_size") > 0).then(delay / pl.col("job_size").cast(pl.Float64)).round(2))
        .filter(pl.col("score").is_not_null() | pl.col("doubtful"))
        .select(
            *_KEYS,
            "row",
            "key",
            "place",
            "score",
            "doubtful",
            stored=pl.col("wsjf_score").cast(pl.Float64),
            dated=pl.col("due_on").is_not_null() | pl.col("target_end").is_not_null(),
        )
    )


def _explained(scene: Landscape) -> pl.DataFrame:
    """Pairs of rows of which the lower one needs the upper one first."""
    needs = scene.links.filter((pl.col("relation") == Relation.DEPENDS_ON.value) & pl.col("target_row").is_not_null())
    return needs.select(row_lower=pl.col("row").cast(pl.UInt32), row="target_row").unique()


def _pairs(scored: pl.DataFrame, explained: pl.DataFrame) -> pl.DataFrame:
    """Two features of one class each, ``key`` ranked above ``key_lower``; a date or a dependency explains any order."""
    known = scored.filter(pl.col("score").is_not_null())
    lower = known.select(*_KEYS, row_lower="row", key_lower="key", place_lower="place", score_lower="score")
    return (
        known.join(lower, on=_KEYS)
        .filter((pl.col("place") < pl.col("place_lower")) & (pl.col("score") != pl.col("score_lower")) & ~pl.col("dated"))
        .join(explained, on=["row", "row_lower"], how="anti")
    )


def _agreements(pairs: pl.DataFrame) -> pl.DataFrame:
    agree = (pl.col("score") > pl.col("score_lower")).mean()
    return pairs.group_by(_KEYS).agg(rank_agreement=(2 * agree - 1).round(2))


def _inverted(pairs: pl.DataFrame) -> pl.DataFrame:
    times = pl.when(pl.col("score") > 0).then(pl.col("score_lower") / pl.col("score")).otherwise(float("inf"))
    return (
        pairs.filter(pl.col("score") < pl.col("score_lower"))
        .with_columns(times=times)
        .sort("times", "place", "place_lower", descending=[True, False, False])
        .group_by(_KEYS, maintain_order=True)
        .agg(pairs=pl.struct(upper="key", lower="key_lower", upper_score="score", lower_score="score_lower", times="times").head(_WORST))
    )
