"""
The frame that rules see: measured facts of all items, and what follows from links, timeboxes and the clock.

A fact that has several sources (its own field, else its parent's ...) takes the first source that has a value; it is
unseen when none has one and one of them was not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

import polars as pl

from safesync.facts import copies, flow, groups, timeboxes
from safesync.facts import links as family_of
from safesync.facts.catalog import MEASURED, MEASURED_FACTS
from safesync.facts.columns import column_type, conformed, mapped
from safesync.facts.of_text import COPIES
from safesync.facts.unseen import Unseen, where
from safesync.model.item import Gate, Stage, WorkClass
from safesync.model.organisation import BoardColumn, Organisation, Team
from safesync.model.timebox import Iteration, PlanningInterval

_UNSEEN = "unseen."
_ALWAYS = frozenset(
    {
        *("tracker", "key", "kind", "stage", "own_work_class", "own_themes", "team", "own_train", "iteration", "own_interval"),
        *("board_column", "points", "target_end"),
    }
)
"""Measured facts that gates, families and groups are made of, whatever rules there are."""
_SOURCES = MappingProxyType(
    {
        "days_in_stage": ("stage_entered_at",),
        "days_active": ("active_since",),
        "days_since_created": ("created_at",),
        "working_days_since_human_change": ("human_change_at",),
        **{name: (digest, "project", "native_type") for name, digest in copies.DIGESTS.items()},
    }
)
"""Facts that are computed only when somebody reads them, and the measured facts that they are computed from."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """
    Everything that is judged.

    ``items`` has one row an item: ``uid``, every fact of the catalogue, and a Boolean ``unseen.<fact>`` for each fact in
    ``unseen``, which are those that some item has unseen. It is lazy: facts that no rule reads are not computed from ``derived``.
    ``groups`` has a frame for each kind of group, with its facts, ``group`` (the key) and its own ``unseen.`` columns.
    """

    frame: pl.DataFrame
    derived: tuple[pl.Expr, ...]
    groups: Mapping[str, pl.DataFrame]
    unseen: frozenset[str]
    absent: tuple[pl.Expr, ...] = ()
    """Facts that were not given. A column of nothing for each would be made of real memory."""

    @property
    def uids(self) -> pl.Series:
        """The uids of all items, in the order of the frame."""
        return self.frame["uid"]

    @property
    def items(self) -> pl.LazyFrame:
        """All items with all facts."""
        return self._whole(self.frame)

    def at(self, rows: pl.Series) -> pl.LazyFrame:
        """Some items with all facts; what the others would need is not computed."""
        return self._whole(self.frame[rows])

    def _whole(self, frame: pl.DataFrame) -> pl.LazyFrame:
        return frame.lazy().with_columns(self.absent).with_columns(self.derived)


def measured_for(facts: Iterable[str]) -> frozenset[str]:
    """The measured facts without which a backlog would not know these facts: what has to be loaded, and no more."""
    return _ALWAYS.union(*(_SOURCES.get(name, (name,)) for name in facts)) & MEASURED_FACTS.keys()


def backlog(  # noqa: PLR0917 - in the order in which a store gives its scene
    facts: pl.DataFrame,
    links: pl.DataFrame,
    iterations: Sequence[Iteration],
    intervals: Sequence[PlanningInterval],
    columns: Sequence[BoardColumn],
    teams: Sequence[Team],
    organisation: Organisation,
    now: datetime,
) -> Backlog:
    """
    The backlog as of ``now`` (aware); days are those of UTC.

    ``facts`` has ``uid``, the measured facts and ``unseen`` (names of unseen facts, joined by a space); a fact without a
    column is empty for every item. ``links`` has ``uid, relation, target``, where a target is ``tracker:id`` or
    ``tracker:KEY``, of any tracker.
    """
    now = now.astimezone(UTC)
    absent = [fact for fact in MEASURED if fact.name not in facts.columns and fact.name not in _ALWAYS]
    absent += [fact for fact in COPIES if not {*_SOURCES[fact.name]} <= set(facts.columns)]
    items = conformed(facts, (fact for fact in MEASURED if fact not in absent)).with_row_index("row")
    unseen = Unseen(items["unseen"] if "unseen" in items.columns else pl.Series([""], dtype=pl.String).new_from_index(0, items.height))
    boxes = timeboxes.timeboxes(iterations, intervals, items["own_interval"].drop_nulls().unique().to_list(), now.date())
    items = _planned(items, boxes, teams, organisation, unseen)
    items = copies.counted(items, unseen)
    resolved = family_of.resolved(items, links)
    family = family_of.parents(items.height, resolved)
    items, facts_of_family = _related(items, family, unseen)
    late = family_of.late_dependencies(resolved, _plans(items, boxes))
    frames = _groups(items, boxes, columns, organisation, unseen)
    items = _with_all_themes(_numbered(items, late), facts_of_family[0]).with_columns(unseen.columns(_UNSEEN))
    nothing = tuple(pl.lit(None, dtype=column_type(fact)).alias(fact.name) for fact in absent)
    return Backlog(items, _derived(items, boxes, facts_of_family, late, now), frames, unseen.facts, nothing)


def _planned(
    items: pl.DataFrame, boxes: timeboxes.Timeboxes, teams: Sequence[Team], organisation: Organisation, unseen: Unseen
) -> pl.DataFrame:
    """Adds the rows of iteration and interval, the train, the gate and whether work is open or active."""
    iteration = _looked_up(items["iteration"], boxes.iterations["uid"])
    interval = pl.coalesce(_looked_up(items["own_interval"], boxes.intervals["label"]), _of("box", boxes.iterations["interval"]))
    trains = {team.name: team.train for team in (*teams, *organisation.teams) if team.train}
    trains |= {team: train.name for train in organisation.trains for team in train.teams}
    train = pl.coalesce(pl.col("own_train").cast(pl.Categorical), mapped(items["team"], trains, pl.Categorical()))
    items = items.with_columns(box=iteration, train=train).with_columns(interval_box=interval)
    phases = _of("box", boxes.iterations["phase"]), _of("interval_box", boxes.intervals["phase"])
    items = items.with_columns(
        gate=flow.gate(*phases),
        known_themes=_known_themes(items["own_themes"], organisation),
        open=pl.col("stage") < Stage.DONE.value,
        active=pl.col("stage").is_in([Stage.IN_PROGRESS.value, Stage.VALIDATING.value]),
    )
    for name in ("open", "active"):
        unseen.note(name, unseen.flags("stage"))
    for name in ("iteration_name", "days_since_iteration_end"):
        unseen.note(name, unseen.flags("iteration"))
    for name, source in (("days_in_stage", "stage_entered_at"), ("days_active", "active_since")):
        unseen.note(name, unseen.flags(source))
    unseen.note("working_days_since_human_change", unseen.flags("human_change_at"))
    unseen.note("train", where(items["train"].is_null(), unseen.flags("own_train", "team")))
    unseen.note("interval", where(items["interval_box"].is_null(), unseen.flags("own_interval", "iteration")))
    unseen.note("gate", _gate_unseen(items, phases[0], unseen))
    return items


def _known_themes(own: pl.Series, organisation: Organisation) -> pl.Series:
    """The themes of an item that the organisation knows, in its spelling; all of them when it names none."""
    known = {theme.casefold(): theme for theme in organisation.themes}

    def kept(text: str) -> str | None:
        themes = {known.get(theme.casefold(), theme) for theme in text.split("; ") if theme and (not known or theme.casefold() in known)}
        return "; ".join(sorted(themes)) or None

    spellings = {text: kept(text) for text in own.drop_nulls().unique().to_list()}
    return mapped(own, spellings, pl.Categorical())


def _gate_unseen(items: pl.DataFrame, iteration_phase: pl.Expr, unseen: Unseen) -> pl.Series | None:
    """Where a plan that was not seen could bring the item nearer: never once work has begun, nor what is current already."""
    kind, stage, interval = (unseen.flags(name) for name in ("kind", "stage", "interval"))
    iteration = unseen.flags("iteration")
    if kind is None and stage is None and interval is None and iteration is None:
        return None
    told = items.select(
        early=pl.col("gate") < Gate.CURRENT.value,
        by_iteration=flow.by_iteration(),
        settled=(iteration_phase != "past").fill_null(value=False),
    )
    none = pl.repeat(value=False, n=items.height, eager=True)
    iteration, interval, kind = (none if each is None else each for each in (iteration, interval, kind))
    plan = (told["by_iteration"] & (iteration | (interval & ~told["settled"]))) | (~told["by_iteration"] & interval)
    late = told["early"] & (plan | (kind & (iteration | interval)))
    return late if stage is None else late | stage


def _related(items: pl.DataFrame, family: family_of.Parents, unseen: Unseen) -> tuple[pl.DataFrame, tuple[pl.DataFrame, pl.DataFrame]]:
    """Adds the nodes and the inherited work class; gives what nodes have from above and from below."""
    lost = pl.repeat(value=False, n=items.height, eager=True)
    for flags in (family.lost, unseen.flags("parent_kind")):
        lost = lost if flags is None else lost | flags
    items = items.with_columns(family.of_item.alias("node"), family.self_node.alias("self_node"), lost.alias("hidden"))
    above = family_of.ancestors(items, family)
    below = family_of.children(items, family)
    own = pl.when(pl.col("own_work_class") != WorkClass.UNKNOWN.value).then("own_work_class")
    inherited = _of("node", above["work_class"])
    items = items.with_columns(
        work_class=pl.coalesce(own, inherited, pl.lit(WorkClass.UNKNOWN.value, dtype=items.schema["own_work_class"]))
    )
    above_hidden = items.select((pl.col("hidden") | _of("node", above["hidden"]).fill_null(value=False)).alias("hidden"))["hidden"]
    _note_family(items, family, above, above_hidden, unseen)
    return items, (above, below)


def _note_family(items: pl.DataFrame, family: family_of.Parents, above: pl.DataFrame, hidden: pl.Series, unseen: Unseen) -> None:
    direct = items["hidden"] if items["hidden"].any() else None
    for name in ("parent_kind", "parent_key"):
        unseen.note(name, direct)
    anything = hidden if hidden.any() else None
    found = items.select(
        feature=_of("node", above["feature"]).fill_null(value=False),
        epic=_of("node", above["epic"]).fill_null(value=False),
        themes=pl.col("known_themes").is_not_null() | _of("node", above["themes"]).is_not_null(),
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
        for name in ("open_children", "open_children_keys", *family_of.CHILD_KINDS):
            unseen.note(name, of_parent)


def _of_self_and_above(flags: pl.Series | None, items: pl.DataFrame, family: family_of.Parents) -> pl.Series | None:
    """Whether an item or anything above it has a flag."""
    if flags is None:
        return None
    marked = items.select("kind", "own_work_class", "known_themes", hidden=flags)
    above = family_of.ancestors(marked, family)["hidden"]
    return marked.select(pl.col("hidden") | pl.lit(above).gather(pl.lit(family.of_item)).fill_null(value=False))["hidden"]


def _plans(items: pl.DataFrame, boxes: timeboxes.Timeboxes) -> pl.DataFrame:
    """When each item is planned to end: its own day, else its iteration's last, else its interval's."""
    return items.select(
        "key",
        "open",
        ends_on=pl.coalesce("target_end", _of("box", boxes.iterations["ends_on"]), _of("interval_box", boxes.intervals["ends_on"])),
        interval_starts_on=_of("interval_box", boxes.intervals["starts_on"]),
    )


def _groups(
    items: pl.DataFrame, boxes: timeboxes.Timeboxes, columns: Sequence[BoardColumn], organisation: Organisation, unseen: Unseen
) -> dict[str, pl.DataFrame]:
    none = pl.repeat(value=False, n=items.height, eager=True)
    sizes, places = unseen.flags("points", "work_class"), unseen.flags("board_column")
    sized = items.select(
        "key", "kind", "stage", "points", "work_class", "train", interval="interval_box", doubtful=none if sizes is None else sizes
    )
    placed = items.select("tracker", "key", "kind", "stage", "team", "train", "board_column", doubtful=none if places is None else places)
    return {
        "train_interval": groups.train_intervals(sized, boxes.intervals, [train.name for train in organisation.trains]),
        "team_column": groups.team_columns(placed, columns),
    }


def _numbered(items: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Adds the rows of parent and late dependency, by which their facts are looked up."""
    node_rows = items.select("row", "self_node").filter(pl.col("self_node").is_not_null()).sort("self_node")["row"]
    late_of = pl.repeat(None, items.height, dtype=pl.UInt32, eager=True).scatter(
        late["row"], pl.arange(late.height, dtype=pl.UInt32, eager=True)
    )
    return items.with_columns(_of("node", node_rows).alias("parent"), late_of.alias("late"))


def _with_all_themes(items: pl.DataFrame, above: pl.DataFrame) -> pl.DataFrame:
    """Adds to an item's own themes those above it; only for the few that have both, the others need no sorting out."""
    both = items.select("row", own="known_themes", inherited=_of("node", above["themes"])).drop_nulls()
    joined = pl.concat_str("own", "inherited", separator="; ").str.split("; ").list.unique().list.sort().list.join("; ")
    united = both.select("row", themes=joined)
    return items.with_columns(items["known_themes"].scatter(united["row"], united["themes"])) if united.height else items


def _derived(
    items: pl.DataFrame,
    boxes: timeboxes.Timeboxes,
    family: tuple[pl.DataFrame, pl.DataFrame],
    late: pl.DataFrame,
    now: datetime,
) -> tuple[pl.Expr, ...]:
    """The facts that are looked up by number, only when somebody reads them."""
    above, below = family
    return (
        _of("box", boxes.iterations["name"]).alias("iteration_name"),
        _of("interval_box", boxes.intervals["label"]).alias("interval"),
        pl.coalesce("known_themes", _of("node", above["themes"])).alias("themes"),
        _of("parent", items["kind"]).alias("parent_kind"),
        _of("parent", items["key"]).alias("parent_key"),
        _of("node", above["feature"]).fill_null(value=False).alias("has_feature_ancestor"),
        _of("node", above["epic"]).fill_null(value=False).alias("has_epic_ancestor"),
        *(_of("self_node", below[name]).fill_null(0).alias(name) for name in ("children", "open_children", *family_of.CHILD_KINDS)),
        _of("self_node", below["open_children_keys"]).alias("open_children_keys"),
        *(_of("late", late[name]).alias(f"late_dependency_{name}") for name in ("days", "key", "when", "crosses")),
        *flow.clock_facts(now, _of("box", boxes.iterations["ends_on"])),
    )


def _looked_up(texts: pl.Series, among: pl.Series) -> pl.Series:
    """The row that holds each text."""
    return mapped(texts, {text: row for row, text in enumerate(among.to_list())}, pl.UInt32())


def _of(number: str, values: pl.Series) -> pl.Expr:
    """The values at the rows that a column of numbers names; empty where the number is."""
    return pl.lit(values).gather(pl.col(number)) if len(values) else pl.lit(None, dtype=values.dtype)
