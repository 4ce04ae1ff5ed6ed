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
    holding = {uid: waivers.on(uid, item.labels, today) for uid, item in items.items()}
    for one in report.flawed:
        if one.subject in waivers.resting:
            found[one.code, one.subject] = waivers.resting[one.subject]
        if waiver := holding.get(one.subject, {}).get(one.code):
            found[one.code, one.subject] = f"waived: {told(waiver)}"
    return found
