"""What the names of attached files say; what is in them nobody looks at."""

from __future__ import annotations

import re

from safesync.model.item import Item

_BUSINESS_CASE = re.compile(
    r"business.?case|(?<![a-z])lbc(?![a-z])|gesch(?:ä|ae)ftsfall|wirtschaftlichkeits|cas.d.affaires?|caso.de.neg[oó]cio|business.?caso",
    re.IGNORECASE,
)


def business_case(item: Item) -> bool | None:
    """Whether one of its files is called like a business case; ``None`` where nobody told which there are."""
    if "attachments" in item.unseen:
        return None
    return any(_BUSINESS_CASE.search(name) for name in item.attachments)
