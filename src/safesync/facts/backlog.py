"""
The frame that rules see: measured facts of all items, and what follows from links, timeboxes and the clock.

A fact that has several sources (its own field, else its parent's ...) takes the first source that has a value; it is
unseen when none has one and one of them was not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache

import polars as pl

from safesync.facts import registers
from safesync.facts.catalog import CHAPTERS, ITEM_FACTS, MEASURED_FACTS
from safesync.facts.fact import Fact
from safesync.facts.frame import links, timeboxes
from safesync.facts.frame.columns import column_type, conformed, shortened
from safesync.facts.frame.landscape import Landscape
from safesync.facts.frame.unseen import Unseen
from safesync.facts.groups import GROUPS
from safesync.facts.hierarchy import family
from safesync.facts.item import copies
from safesync.facts.item.measured import MEASURED
from safesync.facts.plan import standing
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
    spellings: Mapping[str, pl.Series] = field(default_factory=dict)
    """For each fact that is a set of labels, where that is known, every label that some item carries."""

    @property
    def uids(self) -> pl.Series:
        """The uids of all items, in the order of the frame."""
        return self.frame["uid"]

    @property
    def items(self) -> pl.LazyFrame:
        """All items with all facts."""
        return self._whole(self.frame.lazy())

    def at(self, rows: pl.Series) -> pl.LazyFrame:
        """Some items with all facts; what the others would need is not computed."""
        return self._whole(self.frame.lazy().select(pl.all().gather(pl.lit(rows))))

    def _whole(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        return frame.with_columns(self.absent).with_columns(self.derived)


def measured_for(facts: Iterable[str], groups: Iterable[str] = ()) -> frozenset[str]:
    """The measured facts without which a backlog would not know these facts and groups: what has to be loaded, and no more."""
    wanted = frozenset(facts)
    needed = [needs for chapter in CHAPTERS for name, needs in chapter.NEEDS.items() if name in wanted]
    return _ALWAYS.union(wanted, *needed, *(GROUPS[name].NEEDS for name in groups)) & MEASURED_FACTS.keys()


def without_digests(facts: pl.DataFrame, but: Collection[str]) -> pl.DataFrame:
    """The same facts without what stands for texts and their lines: once a backlog is made, nobody needs it but who asks for it."""
    return facts.drop(copies.DIGESTS.difference(but), strict=False)


def backlog(  # noqa: PLR0917 - in the order in which a store gives its scene
    facts: pl.DataFrame,
    resolvable: pl.DataFrame,
    iterations: Sequence[Iteration],
    intervals: Sequence[PlanningInterval],
    columns: Sequence[BoardColumn],
    teams: Sequence[Team],
    organisation: Organisation,
    now: datetime,
    *,
    wanted: Collection[str] | None = None,
    groups: Collection[str] | None = None,
    committed: pl.DataFrame | None = None,
) -> Backlog:
    """
    The backlog as of ``now`` (aware); days are those of UTC.

    ``facts`` has ``uid``, the measured facts and ``unseen`` (names of unseen facts, joined by a space); a fact without a
    column is empty for every item. ``resolvable`` are links: ``uid, relation, target``, where a target is ``tracker:id`` or
    ``tracker:KEY``, of any tracker. Of the facts and groups that nobody wants none is computed. ``committed`` is what was planned
    for the current intervals when they had settled (``groups.commitment``), where somebody remembers.
    """
    now = now.astimezone(UTC)
    facts, resolvable = registers.joined(facts, resolvable, organisation.registers)
    given = _ALWAYS.union(facts.columns)
    items = conformed(facts, (fact for fact in MEASURED if fact.name in given)).with_row_index("row")
    unseen = Unseen(items["unseen"] if "unseen" in items.columns else pl.Series([""], dtype=pl.String).new_from_index(0, items.height))
    boxes = timeboxes.timeboxes(iterations, intervals, items["own_interval"].drop_nulls().unique().to_list(), now.date())
    items = standing.planned(items, boxes, teams, organisation, unseen)
    resolved = links.resolved(items, resolvable)
    parents = links.parents(items.height, resolved)
    items, above = family.related(items, parents, organisation, unseen)
    scene = Landscape(items, resolved, parents, above, boxes, columns, teams, organisation, now, unseen, committed)
    asked = frozenset(ITEM_FACTS if wanted is None else wanted)
    # Counted before anything else is kept, and let go of: they take more memory than all else that a chapter needs.
    alike = copies.columns(scene, asked)
    items = without_digests(items, asked)
    scene = replace(scene, items=items)
    # Groups first: what making one takes for a moment then does not stand beside all that the chapters keep.
    frames = {name: group.rows(scene) for name, group in GROUPS.items() if groups is None or name in groups}
    # Groups are joined by these rows as other frames count them; from here on they only say where to look.
    items = items.with_columns(shortened(items[name]) for name in ("box", "interval_box"))
    scene = replace(scene, items=items)
    others = (column for chapter in CHAPTERS if chapter is not copies for column in chapter.columns(scene, asked))
    derived = (*alike, *others)
    absent = tuple(_nothing(fact) for fact in MEASURED if fact.name not in given)
    spellings = {column.name: column.explode().unique().drop_nulls().cast(pl.String) for column in items if column.dtype == pl.List}
    return Backlog(items.with_columns(unseen.columns(_UNSEEN)), derived, frames, unseen.facts, absent, spellings)


@cache
def _nothing(fact: Fact) -> pl.Expr:
    return pl.lit(None, dtype=column_type(fact)).alias(fact.name)
