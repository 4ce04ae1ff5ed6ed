"""Which findings are not told to anybody in a tracker, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from safesync.feedback.waivers import Waivers, told
from safesync.model.finding import Report
from safesync.model.item import Item


def silences(
    report: Report, items: Mapping[str, Item], waivers: Waivers, old: Collection[tuple[str, str]], today: date
) -> dict[tuple[str, str], str]:
    """
    (code, subject) -> ``"old"``, ``"snoozed until 2027-01-15 (name)"`` or ``"waived: TM101 until 2027-01-15 (reason)"``.

    ``items`` are those that findings are about.
    """
    found: dict[tuple[str, str], str] = dict.fromkeys(old, "old")
    said = {uid: silences_on(item, waivers, today) for uid, item in items.items()}
    for one in report.flawed:
        waived, resting = said.get(one.subject, ({}, waivers.resting.get(one.subject)))
        if why := waived.get(one.code, resting):
            found[one.code, one.subject] = why
    return found


def silences_on(item: Item, waivers: Waivers, today: date) -> tuple[Mapping[str, str], str | None]:
    """Why nobody is told of single rules on an item, by code, and why of all others; ``None``: they are told."""
    waived = {code: f"waived: {told(waiver)}" for code, waiver in waivers.on(item.uid, item.labels, today).items()}
    return waived, waivers.resting.get(item.uid)
