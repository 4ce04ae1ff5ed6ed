"""Readiness: which items are ready, by what a check found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import polars as pl

from safesync.feedback.comment import is_loud
from safesync.feedback.labels import READY, says_ready
from safesync.feedback.readiness import GATES, KINDS, Readiness, readiness
from safesync.feedback.waivers import Waivers
from safesync.jobs.check import Checked
from safesync.model.change import CommentMark
from safesync.model.finding import Finding
from safesync.model.item import Gate, Item, Kind

AT_ONCE = 1000
"""How many items a plan may call ready at most, so that it does not hold the half of a large backlog."""
_LOWERED = pl.col("labels").list.eval(pl.element().cast(pl.String).str.to_lowercase())


@dataclass(frozen=True, slots=True)
class ReadyItems:
    """
    The items that are ready, with ``uid`` and ``gate``.

    ``lacking`` are those of them that have no label yet, as many as one plan holds, those nearest to being worked on first; on ``settled``
    the label stands, with no other word of ours.
    """

    items: pl.DataFrame
    lacking: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()

    @classmethod
    def none(cls) -> ReadyItems:
        """Nobody wants to know."""
        return cls(pl.DataFrame(schema={"uid": pl.String, "gate": pl.String}))

    def among(self, uids: Collection[str]) -> dict[str, Gate]:
        """Those of these items that are ready, and how near each is to being worked on."""
        some = self.items.filter(pl.col("uid").is_in(sorted(uids))).select("uid", pl.col("gate").cast(pl.String))
        return {uid: Gate(gate) for uid, gate in some.rows()}


def readiness_of(item: Item, checked: Checked, waivers: Waivers) -> Readiness:
    """Whether one item is ready, and why not."""
    today = checked.report.judged_at.date()
    stands = checked.stands.filter(pl.col("uid") == item.uid)
    gate = stands["gate"].cast(pl.String).item() if stands.height else None
    return readiness(
        item.kind,
        Gate(gate) if gate else None,
        (one for one in checked.report.flawed if one.subject == item.uid),
        doubted=(code for code, subject in checked.report.grave if subject == item.uid),
        # What stands while a rule cannot be run, stays: nothing is taken back for it.
        crashed=() if any(map(says_ready, item.labels)) else _crashed(checked),
        waived=waivers.on(item.uid, item.labels, today),
    )


def ready_items(checked: Checked, waivers: Waivers, marks: Mapping[str, CommentMark]) -> ReadyItems:
    """All items that are ready. While a rule cannot be run, only those on which the label stands, or stood until a person took it off."""
    labels = checked.scene.facts.select("uid", labels=_LOWERED)
    stands = checked.stands.join(labels, on="uid", how="left", maintain_order="left")
    stands = stands.filter(pl.col("kind").is_in([kind.value for kind in KINDS]), pl.col("gate").is_in([gate.value for gate in GATES]))
    refused = set(_not_ready(checked, waivers, stands))
    labelled = pl.col("labels").list.contains(READY).fill_null(value=False)
    called = {uid for uid, mark in marks.items() if READY in mark.labels}
    if _crashed(checked):
        refused |= {*stands.filter(~labelled)["uid"]} - called
    ready = stands.filter(~pl.col("uid").is_in(sorted(refused))).with_columns(labelled=labelled)
    without = ready.filter(~pl.col("labelled")).sort("gate", descending=True, maintain_order=True)["uid"]
    alone = ready.filter(pl.col("labelled"), pl.col("labels").list.eval(pl.element().str.starts_with("safesync-")).list.sum() == 1)["uid"]
    return ReadyItems(
        ready.select("uid", "gate"),
        tuple(islice((uid for uid in without if uid in checked.report.subjects and uid not in called), AT_ONCE)),
        frozenset(uid for uid in alone if uid not in marks or _only_called_ready(marks[uid])),
    )


def _crashed(checked: Checked) -> tuple[str, ...]:
    return tuple(each.code for each in checked.report.unevaluated if each.crash)


def _only_called_ready(mark: CommentMark) -> bool:
    return mark.comment_id is None and mark.labels == (READY,)


def _not_ready(checked: Checked, waivers: Waivers, stands: pl.DataFrame) -> Iterator[str]:
    """Only where something was found or could not be judged there is something to decide."""
    today = checked.report.judged_at.date()
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    doubted: defaultdict[str, list[str]] = defaultdict(list)
    for one in checked.report.flawed:
        found[one.subject].append(one)
    for code, uid in checked.report.grave:
        doubted[uid].append(code)
    suspects = {uid for uid, some in found.items() if any(map(is_loud, some))} | doubted.keys()
    for uid, kind, gate, labels in stands.filter(pl.col("uid").is_in(sorted(suspects))).select("uid", "kind", "gate", "labels").rows():
        waived = waivers.on(uid, labels or (), today)
        if not readiness(Kind(kind), Gate(gate), found[uid], doubted=doubted[uid], waived=waived).ready:
            yield uid
