"""The investment mix of the portfolio: how its open epics spread over the horizons."""

from __future__ import annotations

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape
from safesync.facts.governance.investment import HORIZONS, expected_cost, investment_horizon
from safesync.model.item import Kind, Stage

_COST, _NUMBER = "cost", "number of epics"
_NO_HORIZON = "no horizon"
FACTS: tuple[Fact, ...] = (
    Fact("epics", FactType.NUMBER, Sort.GROUPED, "Open epics from ready on.", unit="items"),
    Fact(
        "weighed_by",
        FactType.TEXT,
        Sort.GROUPED,
        "What an epic weighs: what it costs, or where no epic has a cost each the same.",
        phrases=(_COST, _NUMBER),
    ),
    Fact("weight", FactType.NUMBER, Sort.GROUPED, "Sum of that over all of them."),
    Fact("unknown_share", FactType.NUMBER, Sort.GROUPED, "Share of epics without a horizon.", unit="percent"),
    *(
        Fact(
            f"{name.lower()}_share",
            FactType.NUMBER,
            Sort.GROUPED,
            f"Share of horizon {name} in what is known.",
            unit="percent",
            remedy="map horizon, or name a file as organisation.data.approvals",
        )
        for name in HORIZONS
    ),
    Fact(
        "contributors",
        FactType.TEXT,
        Sort.GROUPED,
        "The epics that weigh most, with their horizon and their share, at most five.",
        phrases=("{one}), {more}", "{key} ({horizon}, {share}", _NO_HORIZON),
    ),
)
NEEDS: frozenset[str] = frozenset({"horizon", "cost_forecast", "cost_estimate"})
TITLE = "the investment mix of the portfolio"
_SHOWN = 5
_SHARES = tuple(f"{name.lower()}_share" for name in HORIZONS)


def rows(scene: Landscape) -> pl.DataFrame:
    """One row, also when there is no epic at all, so that a finding about it can end."""
    horizon, cost = investment_horizon(scene), expected_cost(scene)
    doubtful = scene.unseen.flags("investment_horizon")
    every = scene.items.select(
        "key", "kind", "stage", cost=cost, horizon=horizon, doubtful=pl.lit(value=False) if doubtful is None else doubtful
    )
    counts = (pl.col("kind") == Kind.EPIC.value) & (pl.col("stage") >= Stage.READY.value) & (pl.col("stage") < Stage.DONE.value)
    return mix(every.filter(counts))


def mix(epics: pl.DataFrame) -> pl.DataFrame:
    """
    The shares of ``epics``: ``key, cost, horizon, doubtful``.

    Costs count where any is known; an epic without one then weighs nothing, which is told by the contributors alone.
    """
    costed = (epics["cost"].fill_null(0) > 0).any()
    weighed = epics.with_columns(weight=pl.col("cost").fill_null(0) if costed else pl.lit(1.0))
    known = weighed.filter(pl.col("horizon").is_not_null())
    total = float(known["weight"].sum())
    shares = {
        share: round(float(known.filter(pl.col("horizon") == name)["weight"].sum()) / total * 100, 1) if total else None
        for name, share in zip(HORIZONS, _SHARES, strict=True)
    }
    row = {
        "group": "portfolio",
        "epics": epics.height,
        "weighed_by": _COST if costed else _NUMBER,
        "weight": float(weighed["weight"].sum()),
        "unknown_share": round(epics["horizon"].null_count() / epics.height * 100, 1) if epics.height else None,
        **shares,
        "contributors": _contributors(weighed),
    }
    doubtful = bool(epics["doubtful"].any())
    schema = {"group": pl.String, "epics": pl.Int32, "weighed_by": pl.String, "weight": pl.Float64, "unknown_share": pl.Float64}
    typed = pl.DataFrame([row], schema={**schema, **dict.fromkeys(_SHARES, pl.Float64), "contributors": pl.String})
    return typed.with_columns(pl.lit(value=doubtful).alias(f"unseen.{name}") for name in ("unknown_share", *_SHARES))


def _contributors(weighed: pl.DataFrame) -> str | None:
    heavy = weighed.sort("weight", "key", descending=[True, False]).head(_SHOWN)
    total = float(weighed["weight"].sum())
    told = [
        f"{key} ({horizon or _NO_HORIZON}, {weight / total * 100:.0f} %)"
        for key, horizon, weight in heavy.select("key", pl.col("horizon").cast(pl.String), "weight").rows()
        if total
    ]
    return ", ".join(told) or None
