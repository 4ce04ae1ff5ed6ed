"""
Under whom an item stands, and whether that is usual where it lives.

What nearly all items of a type in a project do is how people work there, whatever the book says; what a few of them do is a slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.landscape import AT_ONCE, Landscape, in_portions, looked_up
from safesync.facts.frame.telling import phrase
from safesync.facts.frame.unseen import where

_USAGE_OF_KIND = "{cases} of {here} items of type {type} in {project}"
_USAGE_OF_PROJECT = "{cases} of {here} items of {project} with a parent have theirs there"
FACTS: tuple[Fact, ...] = (
    Fact(
        "parent_kind_share",
        FactType.NUMBER,
        Sort.LINKED,
        "How many items of its type in its project have a parent of that kind, of those that have a parent; empty for fewer than five.",
        unit="percent",
        needs=("links",),
    ),
    Fact("parent_kind_usage", FactType.TEXT, Sort.LINKED, "The same in words.", needs=("links",), phrases=(_USAGE_OF_KIND,)),
    Fact("level_pair", FactType.TEXT, Sort.LINKED, "Its kind and its parent's: story > feature.", needs=("links",)),
    Fact("parent_project", FactType.TEXT, Sort.LINKED, "Project of its parent, with the tracker's name where it is another one."),
    Fact("project_pair", FactType.TEXT, Sort.LINKED, "Its project and its parent's: PAY > ART."),
    Fact(
        "parent_project_share",
        FactType.NUMBER,
        Sort.LINKED,
        "How many items of its project have their parent in that project, of those that have a parent; empty for fewer than five.",
        unit="percent",
    ),
    Fact("parent_project_usage", FactType.TEXT, Sort.LINKED, "The same in words.", phrases=(_USAGE_OF_PROJECT,)),
    Fact("parent_train", FactType.TEXT, Sort.LINKED, "Train of its parent."),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("parent_kind_share", "parent_kind_usage", "level_pair"), frozenset({"project", "native_type"})),
        **dict.fromkeys(("parent_project", "project_pair", "parent_project_share", "parent_project_usage"), frozenset({"project"})),
    }
)
_OF_KINDS = frozenset({"parent_kind_share", "parent_kind_usage", "level_pair"})
_OF_PROJECTS = frozenset({"parent_project", "project_pair", "parent_project_share", "parent_project_usage"})
_ENOUGH = 5
"""Of fewer items nobody can say what is usual."""


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What stands above, and how usual that is; counted only when somebody asks."""
    found: dict[str, pl.Expr] = {}
    if not wanted.isdisjoint(_OF_KINDS):
        found |= _of_kinds(scene)
    if not wanted.isdisjoint(_OF_PROJECTS):
        found |= _of_projects(scene)
    if "parent_train" in wanted:
        found["parent_train"] = scene.of_parent(scene.items["train"])
        scene.unseen.note("parent_train", _of_both(scene, "train"))
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def _of_kinds(scene: Landscape) -> dict[str, pl.Expr]:
    """A small project without a habit of its own has that of its tracker."""
    for name in _OF_KINDS:
        scene.unseen.note(name, scene.unseen.flags("parent_kind", "project"))
    below = _below(scene, "tracker", "project", "kind", "native_type", above=scene.items["kind"])
    habits = _habits(below, ("tracker", "project", "kind", "native_type"), ("tracker", "kind", "native_type")).with_columns(
        usage=phrase(_USAGE_OF_KIND, cases="cases", here="here", type="native_type", project="project"),
        pair=pl.format("{} > {}", "kind", "above"),
    )
    number = _numbers(scene, below, habits)
    return _told(number, habits, "parent_kind") | {"level_pair": looked_up(number, habits["pair"])}


def _of_projects(scene: Landscape) -> dict[str, pl.Expr]:
    """A project of another tracker has that tracker's name before it."""
    for name in _OF_PROJECTS:
        scene.unseen.note(name, _of_both(scene, "project"))
    place = in_portions(scene.items, pl.concat_str("tracker", pl.lit("/"), "project").cast(pl.Categorical))
    below = _below(scene, "tracker", "project", above=place)
    habits = _habits(below, ("tracker", "project"), ("tracker", "project"))
    own, above = pl.col("tracker").cast(pl.String) + "/", pl.col("above").cast(pl.String)
    parent = pl.when(above.str.starts_with(own)).then(above.str.slice(own.str.len_chars())).otherwise(above)
    habits = habits.with_columns(parent=parent).with_columns(
        usage=phrase(_USAGE_OF_PROJECT, cases="cases", here="here", project="project"),
        pair=pl.format("{} > {}", "project", "parent"),
    )
    number = _numbers(scene, below, habits)
    return _told(number, habits, "parent_project") | {
        "parent_project": looked_up(number, habits["parent"]),
        "project_pair": looked_up(number, habits["pair"]),
    }


def _below(scene: Landscape, *names: str, above: pl.Series) -> pl.DataFrame:
    """Everything that has a parent, with what stands above it."""
    return scene.items.select("row", *names, above=scene.of_parent(above)).drop_nulls()


def _habits(below: pl.DataFrame, near: Sequence[str], far: Sequence[str]) -> pl.DataFrame:
    """
    One row for everything that occurs above: ``cases`` of it among those ``here``, and their share.

    Where the near ones are too few to say it, the share is that among the far ones; where those are too few, there is none.
    """
    found = below.lazy().group_by(*near, "above").agg(pl.len().alias("cases")).collect()
    here, there = pl.col("cases").sum().over(near), pl.col("cases").sum().over(far)
    cases_there = pl.col("cases").sum().over([*far, "above"])
    shares = (
        pl.when(whole >= _ENOUGH).then((cases / whole * 100).round(1)) for cases, whole in ((pl.col("cases"), here), (cases_there, there))
    )
    return found.with_columns(here=here, share=pl.coalesce(*shares))


def _told(number: pl.Expr, habits: pl.DataFrame, name: str) -> dict[str, pl.Expr]:
    return {f"{name}_share": looked_up(number, habits["share"]), f"{name}_usage": looked_up(number, habits["usage"])}


def _numbers(scene: Landscape, below: pl.DataFrame, habits: pl.DataFrame) -> pl.Expr:
    """For each item the row of its habit."""
    keys = [name for name in below.columns if name != "row"]
    numbered = habits.select(*keys, habit=pl.int_range(pl.len(), dtype=pl.UInt32))
    numbers = pl.repeat(None, scene.items.height, dtype=pl.UInt32, eager=True)
    for some in below.iter_slices(AT_ONCE):
        found = some.join(numbered, on=keys)
        numbers = numbers.scatter(found["row"], found["habit"])
    return scene.of_all(numbers)


def _of_both(scene: Landscape, name: str) -> pl.Series | None:
    """Where a fact of an item or of its parent was not seen, or the parent itself."""
    own, hidden = scene.unseen.flags(name), scene.unseen.flags("parent_kind")
    of_parent = None if own is None else scene.items.select(scene.of_parent(own).fill_null(value=False)).to_series()
    return where(scene.items["row"].is_not_null(), own, of_parent, hidden)
