"""
What stands behind regulatory work and below it: from the obligation to work, tests and evidence, and back.

Work counts once: stories, bugs and tasks that are not themselves below such work, cancelled ones left out. The counts of an
item are those of everything below it, at any depth.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from types import MappingProxyType

import polars as pl

from safesync.facts.fact import SEMICOLONS, Fact, FactType, Sort
from safesync.facts.frame.landscape import Landscape, in_portions, looked_up
from safesync.facts.frame.links import Parents
from safesync.facts.frame.telling import keys
from safesync.facts.frame.unseen import where
from safesync.model.item import Kind, Relation, Stage, WorkClass

UNNAMED = "a linked requirement"
FACTS: tuple[Fact, ...] = (
    Fact(
        "regulatory",
        FactType.TRUTH,
        Sort.LINKED,
        "An obligation stands behind it: it or something above it is of the class compliance, carries one of the organisation's "
        "compliance_labels, is a requirement or is linked to one.",
        needs=("work_class", "labels", "links"),
    ),
    Fact("obliging_labels", FactType.TEXT, Sort.LINKED, "Which of the organisation's compliance_labels it carries.", needs=("labels",)),
    Fact("regulatory_label", FactType.TRUTH, Sort.LINKED, "It carries one of the organisation's compliance_labels.", needs=("labels",)),
    Fact(
        "regulatory_above",
        FactType.TRUTH,
        Sort.LINKED,
        "An obligation stands behind something above it, or it is linked to a requirement.",
        needs=("work_class", "labels", "links"),
    ),
    Fact(
        "controls",
        FactType.TEXT,
        Sort.LINKED,
        "Requirements and controls that it and what stands above it name or are linked to, joined by '; '.",
        needs=("controls", "links"),
        phrases=(SEMICOLONS, UNNAMED),
    ),
    Fact("tests", FactType.NUMBER, Sort.LINKED, "Tests that are linked to it, from either end.", unit="tests", needs=("links", "tests")),
    Fact(
        "nfr_practice",
        FactType.TRUTH,
        Sort.LINKED,
        "In its project at least three items are linked to constraints: there are some to link.",
        needs=("project",),
    ),
    Fact("work_below", FactType.NUMBER, Sort.LINKED, "Regulatory work below it.", unit="items"),
    Fact("work_done_below", FactType.NUMBER, Sort.LINKED, "What of it is done.", unit="items"),
    Fact("work_tested_below", FactType.NUMBER, Sort.LINKED, "What of it has a test.", unit="items"),
    Fact("untested_keys", FactType.TEXT, Sort.LINKED, "Keys of what of it has no test, at most five."),
    Fact("work_evidenced_below", FactType.NUMBER, Sort.LINKED, "What of it has evidence.", unit="items"),
    Fact("unevidenced_keys", FactType.TEXT, Sort.LINKED, "Keys of what of it has no evidence, at most five."),
)
_COUNTS = ("work_below", "work_done_below", "work_tested_below", "work_evidenced_below")
_KEYS = ("untested_keys", "unevidenced_keys")
_BELOW = (*_COUNTS, *_KEYS)
_OF_EVIDENCE = frozenset({"labels", "evidence_links"})
NEEDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("regulatory", "regulatory_label", "regulatory_above", "obliging_labels", *_BELOW), frozenset({"labels"})),
        "work_evidenced_below": _OF_EVIDENCE,
        "unevidenced_keys": _OF_EVIDENCE,
        "controls": frozenset({"own_controls"}),
        "nfr_practice": frozenset({"project"}),
    }
)
_KEYS_SHOWN = 5
_A_PRACTICE = 3
"""So many items of a project with links to constraints show that constraints are kept there; one may be a trial."""
_LISTS_AT_ONCE = 16_384
_MOST_LEVELS = 16
"""No hierarchy is deeper, and a circle ends here."""
WORK = tuple(kind.value for kind in (Kind.STORY, Kind.BUG, Kind.TASK))


def columns(scene: Landscape, wanted: frozenset[str]) -> tuple[pl.Expr, ...]:
    """What is asked for, and nothing that is not."""
    if wanted.isdisjoint(fact.name for fact in FACTS):
        return ()
    found: dict[str, pl.Expr] = {}
    if not wanted.isdisjoint(("regulatory", "regulatory_label", "regulatory_above", *_BELOW)):
        behind = _behind(scene)
        found |= {name: scene.of_all(behind[name]) for name in behind.columns}
        _note_behind(scene, behind)
        if not wanted.isdisjoint(_BELOW):
            found |= _below(scene, behind["regulatory"])
    if "obliging_labels" in wanted:
        obliging = _obliging(scene)
        found["obliging_labels"] = scene.at(obliging["row"], obliging["said"])
    if "controls" in wanted:
        controls = _controls(scene)
        found["controls"] = scene.at(controls["row"], controls["said"])
    if "tests" in wanted:
        found["tests"] = scene.of_all(tests_of(scene))
    if "nfr_practice" in wanted:
        found["nfr_practice"] = _constrained_places(scene)
    return tuple(column.alias(name) for name, column in found.items() if name in wanted)


def from_above(family: Parents, own: pl.DataFrame) -> pl.DataFrame:
    """
    One row a node: what it and all that stands above it have together.

    ``own`` has one row an item: truths (is it so anywhere?), lists (all of them) and any other value (the nearest). Each round
    doubles how far a node looks, so a circle ends with the count of nodes.
    """
    return joined_above(family, own[family.node_rows])


def joined_above(family: Parents, own: pl.DataFrame) -> pl.DataFrame:
    """The same for ``own`` of the nodes alone."""
    above, up = own, family.of_item.gather(family.node_rows)
    for _ in range(len(up).bit_length() + 1):
        if up.null_count() == len(up):
            break
        far = above[up.fill_null(0)].select(pl.when(up.is_not_null()).then(pl.all()).name.keep().name.suffix("_far"))
        above = pl.concat([above, far], how="horizontal").select(_joined(name, above.schema[name]) for name in above.columns)
        up = up.gather(up)
    return above


def _joined(name: str, dtype: pl.DataType) -> pl.Expr:
    near, far = pl.col(name), pl.col(f"{name}_far")
    if dtype == pl.Boolean:
        return (near | far.fill_null(value=False)).alias(name)
    if isinstance(dtype, pl.List):
        return pl.when(near.is_null() | far.is_null()).then(pl.coalesce(near, far)).otherwise(near.list.set_union(far)).alias(name)
    return pl.coalesce(near, far).alias(name)


def tests_of(scene: Landscape) -> pl.Series:
    """For every row how many tests are linked to it."""
    return _counted(scene, pairs_of_tests(scene)["row"])


def pairs_of_tests(scene: Landscape) -> pl.DataFrame:
    """``row, test``: who is tested, and the row of the test, empty for one that nobody saw; a link that both ends show is one."""
    links = scene.links
    shown = links.filter(pl.col("relation") == Relation.TESTED_BY.value).select("row", test="target_row")
    told = links.filter((pl.col("relation") == Relation.TESTS.value) & pl.col("target_row").is_not_null())
    pairs = pl.concat([shown, told.select(row="target_row", test="row")])
    seen = pairs.filter(pl.col("test").is_not_null()).unique()
    return pl.concat([seen, pairs.filter(pl.col("test").is_null())])


def _counted(scene: Landscape, rows: pl.Series) -> pl.Series:
    counts = rows.alias("row").value_counts()
    none = pl.repeat(0, scene.items.height, dtype=pl.Int32, eager=True)
    return none.scatter(counts["row"], counts["count"].cast(pl.Int32))


def _behind(scene: Landscape) -> pl.DataFrame:
    """``regulatory, regulatory_label, regulatory_above`` of every row."""
    linked = _counted(scene, scene.links.filter(pl.col("relation") == Relation.SATISFIES.value)["row"]) > 0
    own = scene.items.select(
        label=_labelled(scene),
        own=(pl.col("own_work_class") == WorkClass.COMPLIANCE.value).fill_null(value=False)
        | (pl.col("kind") == Kind.REQUIREMENT.value).fill_null(value=False),
        linked=linked,
    ).with_columns(own=pl.col("own") | pl.col("label") | pl.col("linked"))
    above = from_above(scene.family, own.select("own"))["own"]
    behind = scene.items.select("node").with_columns(own).with_columns(above=looked_up("node", above).fill_null(value=False))
    return behind.select(
        regulatory=pl.col("own") | pl.col("above"), regulatory_label="label", regulatory_above=pl.col("above") | pl.col("linked")
    )


def _labelled(scene: Landscape) -> pl.Expr:
    """Each spelling is held against the organisation's labels once, and not at each item that carries it."""
    meant = _spellings(scene)
    return pl.col("labels").list.eval(pl.element().is_in(meant)).list.any().fill_null(value=False) if meant else pl.lit(value=False)


def _spellings(scene: Landscape) -> list[str]:
    if "labels" not in scene.items.columns:
        return []
    wanted = [label.casefold() for label in scene.organisation.compliance_labels]
    spellings = scene.items["labels"].explode().unique().drop_nulls().cast(pl.String)
    return spellings.filter(spellings.str.to_lowercase().is_in(wanted)).to_list()


def _obliging(scene: Landscape) -> pl.DataFrame:
    """``row, said`` of the items that carry any: few of many, and lists are made for these alone."""
    if not (meant := _spellings(scene)):
        return pl.DataFrame(schema={"row": pl.UInt32, "said": pl.String})
    element = pl.element().cast(pl.String)
    said = pl.col("labels").list.eval(element.filter(element.is_in(meant))).list.sort().list.join(", ")
    return scene.items.lazy().filter(_labelled(scene)).select("row", said=said).collect()


def _note_behind(scene: Landscape, behind: pl.DataFrame) -> None:
    """Nobody knows whether an obligation stands behind an item whose class, labels or links, or those above it, were not seen."""
    unseen = scene.unseen
    labels, hidden = unseen.flags("labels"), scene.items["hidden"]
    unseen.note("regulatory_label", labels)
    own = reduce(or_, (each for each in (unseen.flags("own_work_class"), labels, hidden) if each is not None))
    above = from_above(scene.family, own.alias("doubt").to_frame())["doubt"]
    doubt = scene.items.select(looked_up("node", above).fill_null(value=False).alias("doubt"))["doubt"] | hidden
    unseen.note("regulatory_above", where(~behind["regulatory_above"], doubt))
    unseen.note("regulatory", where(~behind["regulatory"], doubt | own))


def _controls(scene: Landscape) -> pl.DataFrame:
    """``row, said`` of the items for which anything is named: few of many, and lists are made for these alone."""
    own = _own_controls(scene)
    place = pl.repeat(None, scene.items.height, dtype=pl.UInt32, eager=True).scatter(
        own["row"], pl.arange(own.height, dtype=pl.UInt32, eager=True)
    )
    above = joined_above(scene.family, own.select("names")[place.gather(scene.family.node_rows)])["names"]
    beneath = scene.items.select(looked_up("node", above.is_not_null()).fill_null(value=False)).to_series()
    rows = (place.is_not_null() | beneath).arg_true()
    whole = pl.DataFrame([rows.alias("row"), own["names"].gather(place.gather(rows))]).with_columns(
        above=above.gather(scene.items["node"].gather(rows))
    )
    together = in_portions(whole, _all_of("names", "above").list.sort().list.join("; "), _LISTS_AT_ONCE)
    said = whole.select("row", said=together).filter(pl.col("said") != "")
    _note_controls(scene, pl.repeat(value=False, n=scene.items.height, eager=True).scatter(said["row"], values=True))
    return said


def _own_controls(scene: Landscape) -> pl.DataFrame:
    """``row, names`` of the items that name controls, are linked to requirements or are one."""
    links = scene.links.filter(pl.col("relation") == Relation.SATISFIES.value)
    keys = scene.items["key"].cast(pl.String)
    named = links.select("row", name=keys.gather(links["target_row"]).fill_null(UNNAMED))
    of_links = named.group_by("row").agg(linked=pl.col("name").sort())
    written = [name for name in ("own_controls", "control_ids") if name in scene.items.columns]
    itself = pl.col("kind") == Kind.REQUIREMENT.value
    names_any = reduce(or_, (pl.col(name).is_not_null() for name in written), pl.col("row").is_in(of_links["row"].implode()))
    return (
        scene.items.select("row", "kind", "key", *written)
        .filter(names_any | itself)
        .join(of_links, on="row", how="left", maintain_order="left")
        .with_columns(
            *(pl.col(name).cast(pl.String).str.split("; ") for name in written),
            itself=pl.when(itself).then(pl.concat_list(pl.col("key").cast(pl.String))),
        )
        .select("row", names=_all_of(*written, "linked", "itself"))
    )


def _all_of(*names: str) -> pl.Expr:
    """All values of several lists; empty only when every list is."""

    def both(one: pl.Expr, other: pl.Expr) -> pl.Expr:
        return pl.when(one.is_null() | other.is_null()).then(pl.coalesce(one, other)).otherwise(one.list.set_union(other))

    return reduce(both, map(pl.col, names))


def _note_controls(scene: Landscape, named: pl.Series) -> None:
    unseen = scene.unseen
    flags = [each for each in (unseen.flags("own_controls", "control_ids"), scene.items["hidden"]) if each is not None]
    own = reduce(or_, flags)
    above = from_above(scene.family, own.alias("doubt").to_frame())["doubt"]
    doubt = scene.items.select(looked_up("node", above).fill_null(value=False).alias("doubt"))["doubt"] | own
    unseen.note("controls", where(~named, doubt))


def _constrained_places(scene: Landscape) -> pl.Expr:
    scene.unseen.note("nfr_practice", scene.unseen.flags("project"))
    if "project" not in scene.items.columns:
        return pl.lit(value=False)
    rows = scene.links.filter(pl.col("relation") == Relation.CONSTRAINED_BY.value)["row"]
    place, where_from = (
        pl.concat_str(pl.col("tracker", "project").cast(pl.String), separator="\n"),
        scene.items.select("tracker", "project"),
    )
    linked = where_from[rows.unique()].group_by("tracker", "project").len().filter(pl.col("len") >= _A_PRACTICE)
    practised = linked.select(place).to_series().drop_nulls()
    return scene.of_all(in_portions(where_from, place.is_in(practised.implode())))


def below(scene: Landscape, rows: pl.Series) -> pl.DataFrame:
    """``row, node``: each of these rows with every node that stands above it, at whatever distance."""
    up = scene.family.of_item.gather(scene.family.node_rows)
    pairs = pl.DataFrame([rows.alias("row"), scene.family.of_item.gather(rows).alias("node")]).drop_nulls()
    levels = [pairs]
    for _ in range(_MOST_LEVELS):
        pairs = pairs.with_columns(node=up.gather(pairs["node"])).drop_nulls()
        if not pairs.height:
            return pl.concat(levels)
        levels.append(pairs)
    return pl.concat(levels).unique()  # somebody stands above himself, and was met again


def work(scene: Landscape, regulatory: pl.Series) -> pl.Series:
    """The rows of regulatory work that is not cancelled and not a part of other work."""
    items = scene.items.select("row", "kind", "stage", above=scene.of_parent(scene.items["kind"]), regulatory=regulatory)
    counts = (
        pl.col("regulatory")
        & pl.col("kind").is_in(WORK)
        & ~pl.col("above").is_in(WORK).fill_null(value=False)
        & (pl.col("stage") != Stage.CANCELLED.value).fill_null(value=True)
    )
    return items.filter(counts)["row"]


def _below(scene: Landscape, regulatory: pl.Series) -> dict[str, pl.Expr]:
    pairs = below(scene, work(scene, regulatory))
    seen = scene.items.select(done=pl.col("stage") == Stage.DONE.value, evidenced=_evidenced(scene), tested=tests_of(scene) > 0)
    each = pairs.select("node", "row", *(seen[name].gather(pairs["row"]) for name in seen.columns))
    totals = each.group_by("node").agg(
        work_below=pl.len().cast(pl.Int32),
        work_done_below=pl.col("done").sum().cast(pl.Int32),
        work_tested_below=pl.col("tested").sum().cast(pl.Int32),
        work_evidenced_below=pl.col("evidenced").sum().cast(pl.Int32),
    )
    _note_below(scene, pairs)
    found = {name: scene.of_nodes(totals["node"], totals[name]).fill_null(0) for name in _COUNTS}
    lacking = each.select("row", "tested", "evidenced", number="node").filter(~pl.col("tested") | ~pl.col("evidenced"))
    for name, has in zip(_KEYS, ("tested", "evidenced"), strict=True):
        found[name] = keys("self_node", lacking, scene.items["key"], _KEYS_SHOWN, which=~pl.col(has))
    return found


def _evidenced(scene: Landscape) -> pl.Expr:
    return pl.col("evidence_links") > 0 if "evidence_links" in scene.items.columns else pl.lit(value=False)


def _note_below(scene: Landscape, pairs: pl.DataFrame) -> None:
    sources = dict(zip((*_COUNTS[1:], *_KEYS), ("stage", "tests", "evidence_links", "tests", "evidence_links"), strict=True))
    for name, source in sources.items():
        scene.unseen.note(name, doubtful_above(scene, pairs, scene.unseen.flags(source)))


def doubtful_above(scene: Landscape, pairs: pl.DataFrame, flags: pl.Series | None) -> pl.Series | None:
    """The items below which something has a flag."""
    if flags is None:
        return None
    nodes = pairs.filter(flags.gather(pairs["row"]))["node"].unique()
    none = pl.repeat(value=False, n=scene.items.height, eager=True)
    return none.scatter(scene.family.node_rows.gather(nodes), values=True) if len(nodes) else none
