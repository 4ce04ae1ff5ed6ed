"""Where a document lies: in an attached file, by its name, or behind a link, by its host; what is in it nobody looks at."""

from __future__ import annotations

import re

from safesync.model.item import Item, Kind

_BUSINESS_CASE = re.compile(
    r"business.?case|(?<![a-z])lbc(?![a-z])|gesch(?:ä|ae)ftsfall|wirtschaftlichkeits|cas.d.affaires?|caso.de.neg[oó]cio|business.?caso",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://(?:[^\s/@\"'<>\\]*@)?([^\s/:@?#\"'<>()\[\]|\\,;]+)[^\s\"'<>()\[\]|\\]*", re.IGNORECASE)
_NEAR = 80
"""Characters before and behind a link in which its name stands, whatever the markup."""


def business_case(item: Item) -> bool | None:
    """Whether one of its files is called like a business case; ``None`` where nobody told which there are."""
    if "attachments" in item.unseen:
        return None
    return any(_BUSINESS_CASE.search(name) for name in item.attachments)


def business_case_host(item: Item) -> str | None:
    """The host of the link to an epic's business case; a link that is called otherwise leads to something else."""
    if item.kind is not Kind.EPIC:
        return None
    in_field = _LINK.search(item.business_case.text) if item.business_case else None
    text = item.description.text if item.description else ""
    found = in_field or next((link for link in _LINK.finditer(text) if _is_called_so(link, text)), None)
    return found[1].lower() if found else None


def _is_called_so(link: re.Match[str], text: str) -> bool:
    return _BUSINESS_CASE.search(text, max(link.start() - _NEAR, 0), link.end() + _NEAR) is not None
