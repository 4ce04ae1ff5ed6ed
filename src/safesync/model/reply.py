"""What people say to SafeSync in comments on an item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """
    A comment of a person with lines that are addressed to us.

    ``lines`` are what stands behind our name, as plain words, cut. ``at`` is when the comment was first written. ``author`` is the
    account, ``name`` what people see, and ``names`` is all that the tracker calls this person by, these two among them.
    ``by_owner``: whether the author answers for the item now. ``edited_at`` is when the author saved it last, ``None`` where never again.
    """

    comment_id: str
    at: datetime
    author: str
    name: str
    lines: tuple[str, ...]
    names: tuple[str, ...] = ()
    by_owner: bool = False
    edited_at: datetime | None = None

    @property
    def said_at(self) -> datetime:
        """When its lines were said: what an old comment is edited into is said today."""
        return self.edited_at or self.at
