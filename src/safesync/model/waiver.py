"""What somebody decided not to follow, for one item, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Waiver:
    """
    A rule that does not count for an item.

    ``until`` is its last day, ``None`` for one without an end. ``by_label`` when a person set our label on the item, ``by_reply``
    when one wrote it in a comment there; otherwise it stands in the configuration, with its reason. ``wrong`` when somebody says
    that the rule is mistaken about the item, and not that it need not be followed.
    """

    code: str
    uid: str
    until: date | None = None
    reason: str = ""
    granted_by: str = ""
    by_label: bool = False
    by_reply: bool = False
    wrong: bool = False

    def holds(self, today: date) -> bool:
        """Whether it is not over yet."""
        return self.until is None or today <= self.until
