"""What an item costs, who agreed to that, and what kind of bet it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import mapped, narrowed
from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.unseen import where
from safesync.facts.hierarchy.family import inherited

HORIZONS = ("H0", "H1", "H2", "H3")
_MONEY = "currency"
_FILE = "or name a file as organisation.data.approvals"
FACTS: tuple[Fact, ...] = (
    Fact(
        "expected_cost",
        FactType.NUMBER,
        Sort.LINKED,
        "What it is expected to cost: its forecast, else its estimate.",
        unit=_MONEY,
        needs=("cost_forecast", "cost_estimate"),
        remedy=f"map cost_estimate or cost_forecast, {_FILE}",
    ),
    Fact(
        "projected_cost",
        FactType.NUMBER,
        Sort.LINKED,
        "The greater of its forecast and of what it has cost so far.",
        unit=_MONEY,
        needs=("cost_forecast", "cost_actual"),
        remedy=f"map cost_forecast or cost_actual, {_FILE}",
    ),
    Fact(
        "mvp_budget_spent",
        FactType.TRUTH,
        Sort.LINKED,
        "It has cost as much as its MVP may; empty where its MVP has no budget.",
        needs=("mvp_budget", "cost_actual"),
        remedy=f"map mvp_budget and cost_actual, {_FILE}",
    ),
    Fact(
        "approval_status",
        FactType.TEXT,
        Sort.LINKED,
        "Status of its approval in small letters.",
        needs=("approval",),
        remedy=f"map approval, {_FILE}",
    ),
    Fact(
        "investment_horizon",
        FactType.TEXT,
        Sort.LINKED,
        "Its investment horizon, else its nearest ancestor's; empty for a word that names none.",
        vocabulary=HORIZONS,
        ordered=True,
        needs=("horizon",),
        remedy=f"map horizon, {_FILE}",
    ),
    Fact(
        "value_stream",
        FactType.TEXT,
        Sort.LINKED,
        "Its value stream: its own, else its nearest ancestor's, else its train's.",
        needs=("value_stream", "train"),
        remedy="map value_stream, or write the value stream of each train as organisation.trains",
    ),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "expected_cost": frozenset({"cost_forecast", "cost_estimate"}),
        "projected_cost": frozenset({"cost_forecast", "cost_actual"}),
        "mvp_budget_spent": frozenset({"mvp_budget", "cost_actual"}),
        "approval_status": frozenset({"approval"}),
        "investment_horizon": frozenset({"horizon"}),
        "value_stream": frozenset({"own_value_stream"}),
    }
)
_SAYS_HORIZON = r"(?i)^\s*(?:investment\s+)?(?:horizon|horizont|h)?[\s_\-]*([0-3])(?:[^0-9]|$)"


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """Those of these facts that somebody reads."""
    made: Mapping[str, Callable[[], pl.Expr]] = {
        "expected_cost": lambda: expected_cost(scene),
        "projected_cost": lambda: _projected_cost(scene),
        "mvp_budget_spent": lambda: _mvp_budget_spent(scene),
        "approval_status": lambda: _approval_status(scene),
        "investment_horizon": lambda: scene.of_all(investment_horizon(scene)),
        "value_stream": lambda: scene.of_all(narrowed(value_stream(scene).to_frame()).to_series()),
    }
    return tuple(make().alias(name) for name, make in made.items() if name in wanted)


def held(scene: Landscape, name: str, dtype: pl.DataType) -> pl.Expr:
    """A measured fact, empty where nothing of it was loaded."""
    return pl.col(name).cast(dtype) if name in scene.items.columns else pl.lit(None, dtype=dtype)


def expected_cost(scene: Landscape) -> pl.Expr:
    """
    The forecast, else the estimate.

    It is unseen only where neither has a place: an organisation that keeps one of the two has looked.
    """
    _note_unless_one_is_seen(scene, "expected_cost", "cost_forecast", "cost_estimate")
    return pl.coalesce(held(scene, "cost_forecast", pl.Float64()), held(scene, "cost_estimate", pl.Float64()))


def _projected_cost(scene: Landscape) -> pl.Expr:
    _note_unless_one_is_seen(scene, "projected_cost", "cost_forecast", "cost_actual")
    return pl.max_horizontal(held(scene, "cost_forecast", pl.Float64()), held(scene, "cost_actual", pl.Float64()))


def _mvp_budget_spent(scene: Landscape) -> pl.Expr:
    """An organisation without a place for budgets of MVPs keeps none: unseen only where there is one, and nobody tells what was spent."""
    budget, spent = held(scene, "mvp_budget", pl.Float64()), held(scene, "cost_actual", pl.Float64())
    budgeted = scene.items.select(budget.is_not_null().alias("budgeted"))["budgeted"]
    scene.unseen.note("mvp_budget_spent", where(budgeted, scene.unseen.flags("cost_actual")))
    return pl.when(budget.is_not_null()).then((spent >= budget).fill_null(value=False))


def _note_unless_one_is_seen(scene: Landscape, name: str, *sources: str) -> None:
    flags = [scene.unseen.flags(source) for source in sources]
    first, second = flags
    scene.unseen.note(name, None if first is None or second is None else first & second)


def _approval_status(scene: Landscape) -> pl.Expr:
    scene.unseen.note("approval_status", scene.unseen.flags("approval"))
    return held(scene, "approval", pl.String()).str.strip_chars().str.to_lowercase()


def investment_horizon(scene: Landscape) -> pl.Series:
    """For each item its horizon or that of its nearest ancestor; notes where neither can be known."""
    said = scene.items.select("row", said=held(scene, "horizon", pl.Categorical()))["said"]
    texts = said.drop_nulls().unique().cast(pl.String)
    meant = {text: f"H{number}" for text, number in zip(texts, texts.str.extract(_SAYS_HORIZON), strict=True) if number}
    own = mapped(said, meant, pl.Enum(HORIZONS))
    found = pl.select(pl.coalesce(own, inherited(own, scene.family))).to_series()
    _note_inherited(scene, "investment_horizon", found, "horizon")
    return found


def value_stream(scene: Landscape) -> pl.Series:
    """For each item its value stream, by name; notes where it cannot be known."""
    own = scene.items.select("row", own=held(scene, "own_value_stream", pl.Categorical()))["own"]
    of_trains = {train.name: train.value_stream for train in scene.organisation.trains if train.value_stream}
    of_train = mapped(scene.items["train"], of_trains, pl.Categorical())
    found = pl.select(pl.coalesce(own, inherited(own, scene.family), of_train)).to_series()
    _note_inherited(scene, "value_stream", found, "own_value_stream", "train")
    return found


def _note_inherited(scene: Landscape, name: str, found: pl.Series, *sources: str) -> None:
    """Unseen where nothing was found, and something that might have told it was not seen."""
    flags = [scene.unseen.flags(source) for source in sources]
    hidden = scene.items["hidden"] if scene.items["hidden"].any() else None
    scene.unseen.note(name, where(found.is_null(), *flags, hidden))
