"""What an item has from above and from below: work class, themes, parents and children."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import Fact, FactType, Sort
from safesync.facts.frame.columns import mapped, narrowed
from safesync.facts.frame.landscape import Landscape, looked_up, of_every_node
from safesync.facts.frame.links import Parents
from safesync.facts.frame.telling import told
from safesync.facts.frame.unseen import Unseen, where
from safesync.model.item import Kind, Stage, WorkClass
from safesync.model.organisation import Organisation

FACTS: tuple[Fact, ...] = (
    Fact(
        "work_class",
        FactType.TEXT,
        Sort.LINKED,
        "Its work class: its own, else its nearest ancestor's.",
        vocabulary=tuple(WorkClass),
        needs=("work_class",),
    ),
    Fact(
        "themes",
        FactType.TEXT,
        Sort.LINKED,
        "Strategic themes of itself and its ancestors, joined by '; '; unseen while the organisation names none and no item carries one.",
        needs=("themes", "links"),
        remedy="name the themes in force (organisation.themes)",
    ),
    Fact(
        "parent_kind",
        FactType.TEXT,
        Sort.LINKED,
        "Kind of its parent; unseen when it has one that SafeSync cannot see.",
        vocabulary=tuple(Kind),
        needs=("links",),
    ),
    Fact("parent_key", FactType.TEXT, Sort.LINKED, "Key of its parent.", needs=("links",)),
    Fact("has_feature_ancestor", FactType.TRUTH, Sort.LINKED, "A feature or capability stands above it.", needs=("links",)),
    Fact("has_epic_ancestor", FactType.TRUTH, Sort.LINKED, "An epic or capability stands above it.", needs=("links",)),
    Fact("open_children", FactType.NUMBER, Sort.LINKED, "Children neither done nor cancelled.", unit="items"),
    Fact("open_capabilities", FactType.NUMBER, Sort.LINKED, "Open children that are capabilities.", unit="items"),
    Fact("open_features", FactType.NUMBER, Sort.LINKED, "Open children that are features.", unit="items"),
    Fact("open_stories", FactType.NUMBER, Sort.LINKED, "Open children that are stories or spikes.", unit="items"),
    Fact("open_bugs", FactType.NUMBER, Sort.LINKED, "Open children that are bugs.", unit="items"),
    Fact("open_tasks", FactType.NUMBER, Sort.LINKED, "Open children that are tasks.", unit="items"),
    Fact("open_children_keys", FactType.TEXT, Sort.LINKED, "Keys of the open children, at most five, bugs last."),
    Fact("children", FactType.NUMBER, Sort.LINKED, "Children in all.", unit="items"),
)
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType({})
CHILD_KINDS = MappingProxyType(
    {
        "open_capabilities": (Kind.CAPABILITY,),
        "open_features": (Kind.FEATURE,),
        "open_stories": (Kind.STORY, Kind.SPIKE),
        "open_bugs": (Kind.BUG,),
        "open_tasks": (Kind.TASK,),
    }
)
"""Which open children are counted apart."""
_KEYS_SHOWN = 5
_BELOW = ("children", "open_children", *CHILD_KINDS)


def related(items: pl.DataFrame, family: Parents, organisation: Organisation, unseen: Unseen) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Adds the nodes, the inherited work class and the themes; gives also what nodes have from above."""
    lost = pl.repeat(value=False, n=items.height, eager=True)
    for flags in (family.lost, unseen.flags("parent_kind")):
        lost = lost if flags is None else lost | flags
    items = items.with_columns(
        family.of_item.alias("node"),
        family.self_node.alias("self_node"),
        lost.alias("hidden"),
        known_themes=_known_themes(items["own_themes"], organisation),
    )
    above = ancestors(items, family)
    own = pl.when(pl.col("own_work_class") != WorkClass.UNKNOWN.value).then("own_work_class")
    inherited = looked_up("node", above["work_class"])
    items = items.with_columns(
        work_class=pl.coalesce(own, inherited, pl.lit(WorkClass.UNKNOWN.value, dtype=items.schema["own_work_class"])),
    )
    above_hidden = items.select((pl.col("hidden") | looked_up("node", above["hidden"]).fill_null(value=False)).alias("hidden"))["hidden"]
    _note_family(items, family, above, above_hidden, unseen)
    if not organisation.themes and items["own_themes"].null_count() == items.height:
        # Nobody here works with themes; to miss one on every item would be no finding about any of them.
        unseen.note("themes", pl.repeat(value=True, n=items.height, eager=True))
    return _with_all_themes(items, above), above


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What is looked up above and below."""
    items, above = scene.items, scene.above
    found = {
        "themes": themes_of(above),
        "parent_kind": scene.of_parent(items["kind"]),
        "parent_key": scene.of_parent(items["key"]),
        "has_feature_ancestor": looked_up("node", above["feature"]).fill_null(value=False),
        "has_epic_ancestor": looked_up("node", above["epic"]).fill_null(value=False),
    }
    found["open_children_keys"] = told("self_node", lambda nodes: _open_keys(items, nodes))
    if not wanted.isdisjoint(_BELOW):
        below = children(items, scene.family)
        found |= {name: of_every_node(below[name]).fill_null(0) for name in _BELOW}
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def themes_of(above: pl.DataFrame) -> pl.Expr:
    """The themes of an item, else those above it."""
    return pl.coalesce(pl.col("known_themes").cast(pl.String), looked_up("node", above["themes"]).cast(pl.String))


def ancestors(items: pl.DataFrame, family: Parents) -> pl.DataFrame:
    """
    One row a node: what the node and all that stands above it have together.

    ``feature`` and ``epic``: whether there is one; ``work_class``: the nearest; ``themes``: all; ``hidden``: whether
    something above cannot be seen. Each round doubles how far a node looks, so a cycle ends with the count of nodes.
    ``items`` has ``kind, own_work_class, known_themes, hidden``.
    """
    nodes = items.select("kind", "own_work_class", "known_themes", "hidden")[family.node_rows]
    up = family.of_item.gather(family.node_rows)
    above = nodes.select(
        feature=pl.col("kind").is_in([Kind.FEATURE.value, Kind.CAPABILITY.value]).fill_null(value=False),
        epic=pl.col("kind").is_in([Kind.EPIC.value, Kind.CAPABILITY.value]).fill_null(value=False),
        work_class=pl.when(pl.col("own_work_class") != WorkClass.UNKNOWN.value).then("own_work_class"),
        themes=pl.col("known_themes").cast(pl.String).str.split("; "),
        hidden=pl.col("hidden"),
    )
    for _ in range(len(up).bit_length() + 1):
        if up.null_count() == len(up):
            break
        above = _one_round(above, above[up.fill_null(0)], up.is_not_null())
        up = up.gather(up)
    return above.with_columns(themes=pl.col("themes").list.join("; ").cast(pl.Categorical))


def inherited(own: pl.Series, family: Parents) -> pl.Series:
    """For each item the value of its nearest ancestor that has one; empty where none has."""
    above, up = own.gather(family.node_rows), family.of_item.gather(family.node_rows)
    for _ in range(len(up).bit_length() + 1):
        if up.null_count() == len(up):
            break
        above = pl.select(pl.coalesce(above, above.gather(up))).to_series()
        up = up.gather(up)
    return above.gather(family.of_item)


def _one_round(near: pl.DataFrame, far: pl.DataFrame, reached: pl.Series) -> pl.DataFrame:
    both = pl.concat([near, far.select(pl.all().name.suffix("_far")), reached.alias("reached").to_frame()], how="horizontal")
    either = {name: pl.col(name) | (pl.col(f"{name}_far") & pl.col("reached")) for name in ("feature", "epic", "hidden")}
    far_themes = pl.when("reached").then("themes_far")
    return both.select(
        **either,
        work_class=pl.coalesce("work_class", pl.when("reached").then("work_class_far")),
        themes=pl.when(pl.col("themes").is_null() | far_themes.is_null())
        .then(pl.coalesce("themes", far_themes))
        .otherwise(pl.col("themes").list.set_union(far_themes).list.sort())
        if near["themes"].null_count() < near.height
        else pl.col("themes"),
    ).select(near.columns)


def children(items: pl.DataFrame, family: Parents) -> pl.DataFrame:
    """One row a node: ``children, open_children, open_<kind>...``. ``items`` has ``kind, stage``."""
    below = items.lazy().select("kind", "stage", node=family.of_item).filter(pl.col("node").is_not_null())
    opened = pl.col("stage") < Stage.DONE.value
    counted = below.group_by("node").agg(
        children=pl.len().cast(pl.Int32),
        open_children=opened.sum().cast(pl.Int32),
        **{
            name: (opened & pl.col("kind").is_in([kind.value for kind in kinds])).sum().cast(pl.Int32)
            for name, kinds in CHILD_KINDS.items()
        },
    )
    nodes = pl.LazyFrame({"node": pl.arange(len(family.node_rows), dtype=pl.UInt32, eager=True)})
    return nodes.join(counted, on="node", how="left", maintain_order="left").with_columns(pl.exclude("node").fill_null(0)).collect()


def _open_keys(items: pl.DataFrame, nodes: pl.Series) -> pl.DataFrame:
    """``self_node, said`` of the nodes below which something is open; bugs come last."""
    below = items.lazy().filter(pl.col("node").is_in(nodes.implode()) & (pl.col("stage") < Stage.DONE.value))
    bug, key = pl.col("kind") == Kind.BUG.value, pl.col("key").cast(pl.String)
    shown = pl.when(bug).then(key + " (bug)").otherwise(key)
    return (
        below.sort(bug, maintain_order=True)
        .group_by(self_node="node", maintain_order=True)
        .agg(said=shown.head(_KEYS_SHOWN).str.join(", "))
        .collect()
    )


def _known_themes(own: pl.Series, organisation: Organisation) -> pl.Series:
    """The themes of an item that the organisation knows, in its spelling; all of them when it names none."""
    known = {theme.casefold(): theme for theme in organisation.themes}

    def kept(text: str) -> str | None:
        themes = {known.get(theme.casefold(), theme) for theme in text.split("; ") if theme and (not known or theme.casefold() in known)}
        return "; ".join(sorted(themes)) or None

    spellings = {text: kept(text) for text in own.drop_nulls().unique().to_list()}
    return mapped(own, spellings, pl.Categorical())


def _with_all_themes(items: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Adds to an item's own themes those above it; only for the few that have both, the others need no sorting out."""
    both = items.select("row", own="known_themes", inherited=looked_up("node", above["themes"])).drop_nulls()
    both = both.with_columns(pl.col("own", "inherited").cast(pl.String))
    joined = pl.concat_str("own", "inherited", separator="; ").str.split("; ").list.unique().list.sort().list.join("; ")
    united = both.select("row", themes=joined)
    known = items["known_themes"].scatter(united["row"], united["themes"]) if united.height else items["known_themes"]
    return items.with_columns(narrowed(known.to_frame()))


def _note_family(items: pl.DataFrame, family: Parents, above: pl.DataFrame, hidden: pl.Series, unseen: Unseen) -> None:
    direct = items["hidden"] if items["hidden"].any() else None
    for name in ("parent_kind", "parent_key"):
        unseen.note(name, direct)
    anything = hidden if hidden.any() else None
    found = items.select(
        feature=looked_up("node", above["feature"]).fill_null(value=False),
        epic=looked_up("node", above["epic"]).fill_null(value=False),
        themes=pl.col("known_themes").is_not_null() | looked_up("node", above["themes"]).is_not_null(),
        work_class=pl.col("work_class") != WorkClass.UNKNOWN.value,
    )
    unseen.note("has_feature_ancestor", where(~found["feature"], anything))
    unseen.note("has_epic_ancestor", where(~found["epic"], anything))
    for name, own in (("themes", "own_themes"), ("work_class", "own_work_class")):
        unseen.note(name, where(~found[name], anything, _of_self_and_above(unseen.flags(own), items, family)))
    stages = unseen.flags("stage")
    if stages is not None:
        nodes = family.of_item.filter(stages).drop_nulls().unique()
        of_parent = family.self_node.is_in(nodes.implode())
        for name in ("open_children", "open_children_keys", *CHILD_KINDS):
            unseen.note(name, of_parent)


def _of_self_and_above(flags: pl.Series | None, items: pl.DataFrame, family: Parents) -> pl.Series | None:
    """Whether an item or anything above it has a flag."""
    if flags is None:
        return None
    marked = items.select("kind", "own_work_class", "known_themes", hidden=flags)
    above = ancestors(marked, family)["hidden"]
    return marked.select(pl.col("hidden") | pl.lit(above).gather(pl.lit(family.of_item)).fill_null(value=False))["hidden"]
