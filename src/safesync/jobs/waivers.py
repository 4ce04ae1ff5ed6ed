"""Waivers: which there are, whether each still holds, and whether anybody still needs it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import polars as pl

from safesync.configuration.own_rules import is_own
from safesync.feedback.hearing import Heard
from safesync.feedback.labels import waive_label
from safesync.feedback.settings import FeedbackSettings, WaiverPart
from safesync.feedback.waivers import Waivers, granted, not_understood, of_labels
from safesync.jobs.check import Checked
from safesync.jobs.replies import heard
from safesync.model.waiver import Waiver
from safesync.rules.condition.slips import nearest
from safesync.store.port import Store

_SOON = timedelta(days=14)


class Standing(StrEnum):
    """How a waiver stands today."""

    HOLDS = "holds"
    ENDS_SOON = "ends soon"
    OVER = "over"
    UNUSED = "unused"
    """The rule finds nothing there any more."""
    REFUSED = "refused"
    """A label or a reply for a rule that only the configuration waives."""
    NOT_UNDERSTOOD = "not understood"
    """A label that begins like one of ours; it stands in the place of the code."""
    NO_RULE = "no such rule"
    """Its code is no rule's."""


@dataclass(frozen=True, slots=True)
class Waived:
    """A waiver, the key of its item, and how it stands."""

    waiver: Waiver
    key: str
    standing: Standing
    hint: str = ""
    """Which rule may be meant, where there is none of that code."""


def configured(store: Store, settings: FeedbackSettings, now: datetime) -> tuple[Waivers, tuple[tuple[WaiverPart, str], ...]]:
    """What the configuration and people's replies waive, and entries of the configuration whose item is not known."""
    return with_replies(store, settings, heard(store, settings, now))


def with_replies(store: Store, settings: FeedbackSettings, said: Mapping[str, Heard]) -> tuple[Waivers, tuple[tuple[WaiverPart, str], ...]]:
    """The same for what was heard already."""
    made, strange = granted(settings.waivers, lambda reference: item.uid if (item := store.item(reference)) else None)
    by_item: defaultdict[str, tuple[Waiver, ...]] = defaultdict(tuple)
    for waiver in (*made, *(one for each in said.values() for one in each.waivers)):
        by_item[waiver.uid] += (waiver,)
    resting = {uid: str(each.snooze) for uid, each in said.items() if each.snooze}
    return Waivers(dict(by_item), settings.unwaivable, resting), strange


def standing(
    checked: Checked, waivers: Waivers, unwaivable: frozenset[str], today: date, known: Collection[str] = ()
) -> tuple[Waived, ...]:
    """Every waiver, of labels and of the configuration, by item and rule; ``known`` are the codes of all rules, none: nobody asks."""
    open_still = {(one.code, one.subject) for one in checked.report.flawed}
    open_still |= {(point.code, one.subject) for one in checked.report.flawed for point in one.open_points}
    uncertain = checked.report.unjudged
    keys = dict(checked.scene.facts.select("uid", pl.col("key").cast(pl.String)).rows())

    def how(one: Waiver) -> Standing:
        if one.code.startswith(waive_label("")):
            return Standing.NOT_UNDERSTOOD
        if known and one.code not in known and not is_own(one.code):
            return Standing.NO_RULE
        if (one.by_label or one.by_reply) and one.code in unwaivable:
            return Standing.REFUSED
        looked_at = one.uid in checked.report.subjects and (one.code, one.uid) not in uncertain
        if looked_at and (one.code, one.uid) not in open_still:
            return Standing.UNUSED
        if not one.holds(today):
            return Standing.OVER
        return Standing.ENDS_SOON if one.until and one.until - today <= _SOON else Standing.HOLDS

    every = [*_of_labels(checked), *(one for some in waivers.by_item.values() for one in some)]
    made = [Waived(one, keys.get(one.uid, one.uid), how(one)) for one in every]
    made = [replace(each, hint=nearest(each.waiver.code, known)) if each.standing is Standing.NO_RULE else each for each in made]
    return tuple(sorted(made, key=lambda each: (each.waiver.uid, each.waiver.code)))


def _of_labels(checked: Checked) -> Iterator[Waiver]:
    carried = checked.scene.facts.select("uid", pl.col("labels").cast(pl.List(pl.String))).explode("labels").drop_nulls()
    waiving = carried.filter(pl.col("labels").str.to_lowercase().str.starts_with(waive_label("")))
    for uid, label in waiving.rows():
        yield from of_labels(uid, (label,))
        yield from (Waiver(strange.casefold(), uid, by_label=True) for strange in not_understood((label,)))
