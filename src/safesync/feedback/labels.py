"""
Our labels on an item: one for attention, one for each family of rules that has something to say, and one that says that it is ready.

A person's ``safesync-waive-tm101`` begins like ours and is not ours.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

ATTENTION = "safesync-attention"
READY = "safesync-ready"
_WAIVE = "safesync-waive-"
_FAMILY = re.compile(r"safesync-[a-z]{1,3}")


def wanted_labels(codes: Iterable[str]) -> frozenset[str]:
    """The labels of an item on which these rules have findings; empty without any."""
    families = frozenset(family_label(code) for code in codes)
    return families | {ATTENTION} if families else families


def family_label(code: str) -> str:
    """``"safesync-tm"`` for ``"TM101"``."""
    return "safesync-" + re.sub(r"[^a-z].*", "", code.lower())


def waive_label(code: str) -> str:
    """The label by which a person says that a rule does not apply to an item."""
    return _WAIVE + code.lower()


def speaks(label: str) -> bool:
    """Whether this label of ours says that something was found."""
    return label.casefold() == ATTENTION or _FAMILY.fullmatch(label.casefold()) is not None


def says_ready(label: str) -> bool:
    """Whether this label of ours says that an item is ready."""
    return label.casefold() == READY


def is_ours(label: str) -> bool:
    """Whether only SafeSync sets this label."""
    return speaks(label) or says_ready(label)


def label_changes(
    carried: Collection[str], wanted: Collection[str], set_before: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    What to add and what to remove, sorted.

    A label that we set before and that is not there any more was taken off by a person: it is not set again while
    its reason lasts. Azure DevOps keeps one spelling of a tag, so upper and lower case do not count.
    """
    there = {label.casefold() for label in carried}
    add = sorted(label for label in wanted if label not in there and label not in set_before)
    remove = sorted(label for label in carried if is_ours(label) and label.casefold() not in wanted)
    return tuple(add), tuple(remove)
