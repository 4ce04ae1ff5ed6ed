"""A value stream in a budget period: what it may spend, what is spent, and what its epics are expected to cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import MOMENT
from safesync.facts.frame.landscape import Landscape
from safesync.facts.governance.investment import held, value_stream
from safesync.model.item import Kind, Stage
from safesync.model.registers import Budget

_MONEY = "currency"
_NO_BUDGETS = "name a file as organisation.data.budgets, with a row for each value stream"
_NO_COSTS = "map cost_forecast, cost_estimate or cost_actual, or name a file as organisation.data.approvals"
_NO_COSTS_OR_STREAM = f"{_NO_COSTS}; map value_stream, where epics with costs belong to no train"
FACTS: tuple[Fact, ...] = (
    Fact("value_stream", FactType.TEXT, Sort.GROUPED, "The value stream."),
    Fact("period", FactType.TEXT, Sort.GROUPED, "The period; empty where nobody told a budget."),
    Fact("period_phase", FactType.TEXT, Sort.GROUPED, "Where it stands.", vocabulary=("past", "current", "later"), ordered=True),
    Fact("budget", FactType.NUMBER, Sort.GROUPED, "What it may spend in the period.", unit=_MONEY, remedy=_NO_BUDGETS),
    Fact("run_cost", FactType.NUMBER, Sort.GROUPED, "What running it costs in the period, beside its epics.", unit=_MONEY),
    Fact("epics", FactType.NUMBER, Sort.GROUPED, "Epics being worked on in the period, or done in it.", unit="items"),
    Fact("uncosted_epics", FactType.NUMBER, Sort.GROUPED, "Those of them without any cost.", unit="items"),
    Fact(
        "epic_cost",
        FactType.NUMBER,
        Sort.GROUPED,
        "What they cost in the period: the greatest of forecast or estimate and actual cost, of an epic with both target days by its days.",
        unit=_MONEY,
        remedy=_NO_COSTS,
    ),
    Fact("expected_spend", FactType.NUMBER, Sort.GROUPED, "epic_cost and run_cost together.", unit=_MONEY, remedy=_NO_COSTS_OR_STREAM),
    Fact(
        "spent_share",
        FactType.NUMBER,
        Sort.GROUPED,
        "What is spent so far, as the file tells it or by the actual costs of the epics.",
        unit="percent",
        remedy="map cost_actual, or tell spent in the file of budgets",
    ),
    Fact("time_left", FactType.NUMBER, Sort.GROUPED, "How much of the period is to come.", unit="percent"),
    Fact("contributors", FactType.TEXT, Sort.GROUPED, "The epics that cost most in the period, with what they cost, at most five."),
)
NEEDS: frozenset[str] = frozenset({"own_value_stream", "cost_forecast", "cost_estimate", "cost_actual", "target_start", "stage_entered_at"})
TITLE = "a value stream in a budget period"
_SHOWN = 5
_SCHEMA = {
    "value_stream": pl.String,
    "period": pl.String,
    "starts_on": pl.Date,
    "ends_on": pl.Date,
    "budget": pl.Float64,
    "run_cost": pl.Float64,
    "spent": pl.Float64,
}


def rows(scene: Landscape) -> pl.DataFrame:
    """Every value stream in every period that has a budget; one row without a period where a value stream has none."""
    streams = value_stream(scene)
    epics = _epics(scene, streams)
    known = {train.value_stream for train in scene.organisation.trains if train.value_stream} | set(epics["value_stream"].drop_nulls())
    today = scene.now.date()
    lost = epics.filter(pl.col("value_stream").is_null() & pl.col("astray") & pl.col("active"))["cost"].sum()
    return _doubted(spending(_budgets(scene.organisation.registers.budgets or (), known), epics, today), float(lost))


def _doubted(found: pl.DataFrame, lost: float) -> pl.DataFrame:
    """Costs of epics whose value stream was not seen belong to one of them: it is doubtful where these would pass its budget."""
    within, with_all = pl.col("expected_spend") <= pl.col("budget"), pl.col("expected_spend") + lost > pl.col("budget")
    return found.with_columns(pl.col("unseen.expected_spend") | (within & with_all).fill_null(value=False))


def _epics(scene: Landscape, streams: pl.Series) -> pl.DataFrame:
    """
    The epics that cost anything at all: ``key, value_stream, cost, actual, begins, ends, ended_on``.

    ``uncertain``: neither a forecast nor an estimate nor an actual cost could be seen. ``astray``: whose it is could not be seen.
    """
    flags = {name: scene.unseen.flags(name) for name in ("cost_forecast", "cost_estimate", "cost_actual")}
    blind = [pl.lit(value=False) if each is None else pl.lit(each) for each in flags.values()]
    money = pl.Float64()
    every = scene.items.select(
        "key",
        "kind",
        "stage",
        "active",
        value_stream=streams,
        cost=pl.max_horizontal(
            pl.coalesce(held(scene, "cost_forecast", money), held(scene, "cost_estimate", money)), held(scene, "cost_actual", money)
        ),
        actual=held(scene, "cost_actual", money),
        begins=held(scene, "target_start", pl.Date()),
        ends=pl.col("target_end"),
        ended_on=held(scene, "stage_entered_at", MOMENT).dt.date(),
        uncertain=pl.all_horizontal(blind),
        no_actual=blind[2],
        astray=pl.lit(value=False) if (flags_of := scene.unseen.flags("value_stream")) is None else pl.lit(flags_of),
    )
    done = pl.col("stage") == Stage.DONE.value
    return (
        every.filter((pl.col("kind") == Kind.EPIC.value) & (pl.col("active") | done))
        .with_columns(pl.col("value_stream").cast(pl.String), ended_on=pl.when(done).then("ended_on"))
        .drop("kind", "stage")
    )


def _budgets(budgets: Sequence[Budget], known: Iterable[str]) -> pl.DataFrame:
    told = [(one.value_stream, one.period, one.starts_on, one.ends_on, one.amount, one.run_cost, one.spent) for one in budgets]
    without = sorted(set(known) - {one.value_stream for one in budgets}) or ([] if told else ["portfolio"])
    return pl.DataFrame([*told, *((name, None, None, None, None, 0.0, None) for name in without)], schema=_SCHEMA, orient="row")


def spending(budgets: pl.DataFrame, epics: pl.DataFrame, today: date) -> pl.DataFrame:
    """One row a budget, with what its value stream's epics cost in its period."""
    pairs = budgets.select("value_stream", "period", "starts_on", "ends_on").join(epics, on="value_stream", how="inner")
    within = pl.col("active") | pl.col("ended_on").is_between("starts_on", "ends_on")
    overlap = (pl.min_horizontal("ends", "ends_on") - pl.max_horizontal("begins", "starts_on")).dt.total_days() + 1
    days = (pl.col("ends") - pl.col("begins")).dt.total_days() + 1
    part = pl.when(days > 0).then((overlap / days).clip(0, 1)).otherwise(1.0).fill_null(1.0)
    costs = pairs.filter(within & (part > 0)).with_columns(in_period=pl.col("cost").fill_null(0) * part)
    costs = costs.sort("in_period", "key", descending=[True, False])
    keys = ["value_stream", "period"]
    named = pl.format("{} ({})", "key", pl.col("in_period").round(0).cast(pl.Int64))
    summed = costs.group_by(keys, maintain_order=True).agg(
        epics=pl.len().cast(pl.Int32),
        uncosted_epics=(pl.col("cost").is_null() & ~pl.col("uncertain")).sum().cast(pl.Int32),
        epic_cost=pl.col("in_period").sum(),
        actual=(pl.col("actual").fill_null(0) * part).sum(),
        uncertain=pl.col("uncertain").any(),
        no_actual=pl.col("no_actual").any(),
        contributors=named.filter(pl.col("in_period") > 0).head(_SHOWN).str.join(", "),
    )
    return _finished(budgets.join(summed, on=keys, how="left", nulls_equal=True, maintain_order="left"), today)


def _finished(frame: pl.DataFrame, today: date) -> pl.DataFrame:
    length = (pl.col("ends_on") - pl.col("starts_on")).dt.total_days() + 1
    left = (pl.col("ends_on") - pl.lit(today)).dt.total_days()
    phase = pl.when(pl.lit(today) > pl.col("ends_on")).then(pl.lit("past")).when(pl.lit(today) < pl.col("starts_on")).then(pl.lit("later"))
    filled = frame.with_columns(
        pl.col("epics", "uncosted_epics", "epic_cost", "actual").fill_null(0), pl.col("uncertain", "no_actual").fill_null(value=False)
    )
    spent = pl.coalesce("spent", "actual")
    return filled.select(
        pl.concat_str("value_stream", pl.col("period").fill_null("no budget"), separator="|").alias("group"),
        "value_stream",
        "period",
        phase.otherwise(pl.lit("current")).cast(pl.Enum(["past", "current", "later"])).alias("period_phase"),
        "budget",
        "run_cost",
        "epics",
        "uncosted_epics",
        pl.col("epic_cost").round(2),
        (pl.col("epic_cost") + pl.col("run_cost")).round(2).alias("expected_spend"),
        pl.when(pl.col("budget") > 0).then((spent / pl.col("budget") * 100).round(1)).alias("spent_share"),
        (left / length * 100).clip(0, 100).round(1).alias("time_left"),
        "contributors",
        pl.col("budget").is_null().alias("unseen.budget"),
        pl.col("uncertain").alias("unseen.epic_cost"),
        pl.col("uncertain").alias("unseen.expected_spend"),
        (pl.col("budget").is_null() | (pl.col("spent").is_null() & pl.col("no_actual"))).alias("unseen.spent_share"),
    )
