"""What an item said when it was approved, and how far it says something else by now."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date

from safesync.facts.text import flatten
from safesync.facts.text.reading import place
from safesync.model.item import Item

_WORD = re.compile(r"\w+(?:[.,:/-]\w+)*")
"""Numbers, days and times stay whole."""
_FIRST_DAYS = 1
"""So long after an approval a text may be seen first and still be taken for what was approved."""


def remembered(item: Item, before: Item | None, today: date) -> Item:
    """
    The item with the text that was first seen with its present approval.

    As long as the day of the approval stays, so does that text; with a new approval it is the present one.
    """
    if item.approved_on is None:
        return item
    if before is not None and before.approved_on == item.approved_on and before.approved_text is not None:
        return replace(item, approved_text=before.approved_text, approved_text_seen_on=before.approved_text_seen_on)
    return item if "description" in item.unseen else replace(item, approved_text=_text(item), approved_text_seen_on=today)


def change_since(item: Item) -> tuple[bool, float | None]:
    """
    Whether it is known how far the text has changed since the approval, and the share of its words that did.

    A number or a day that changed is everything: one digit may be the whole agreement. Markup is no change. When the text
    was seen first long after its approval, that it is the same since then does not say that it was approved like this.
    """
    if item.approved_on is None:
        return "approved_on" not in item.unseen, None
    if item.approved_text is None or item.approved_text_seen_on is None or "description" in item.unseen:
        return False, None
    changed = share(item.approved_text, _text(item))
    late = (item.approved_text_seen_on - item.approved_on).days > _FIRST_DAYS
    known = changed > 0 or not (late or "acceptance" in item.unseen)
    return known, changed if known else None


def share(before: str, after: str) -> float:
    """The part of all words of two texts that only one of them has, 0 to 1; their order does not count."""
    old, new = Counter(_WORD.findall(before)), Counter(_WORD.findall(after))
    differing = (old - new) + (new - old)
    if any(any(sign.isdigit() for sign in word) for word in differing):
        return 1.0
    return differing.total() / max(old.total() + new.total(), 1)


def _text(item: Item) -> str:
    parts = (text for text in (item.description, item.acceptance) if text is not None)
    return "\n".join(place(flatten.flatten(text)).low for text in parts)
