"""What single changes in the changelog of an issue tell: since when it is blocked, and who wrote its criteria last. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

from safesync.connectors.jira.history import History
from safesync.connectors.mapping import says_blocked

LABELS, DESCRIPTION = "labels", "description"


def flagged_since(told: History, created_at: datetime, fields: Collection[str]) -> datetime | None:
    """When the flag was set that is set now; ``None`` when the answer does not tell."""
    return _since(told, created_at, [(one.at, bool(one.before), bool(one.after)) for one in told.edits if one.field in fields])


def labelled_since(told: History, created_at: datetime) -> datetime | None:
    """When it got a label that says so; Jira writes labels with blanks between them."""
    return _since(told, created_at, [(one.at, _says(one.before), _says(one.after)) for one in told.edits if one.field == LABELS])


def in_state_since(told: History, created_at: datetime) -> datetime | None:
    """When it came into its present state."""
    return max((move.at for move in told.moves), default=created_at if told.whole else None)


def last_editor(told: History, fields: Collection[str], creator: object, named: Callable[[object], str | None]) -> tuple[bool, str | None]:
    """Whether it is known who changed one of these fields last, and who: whoever made the issue, where nobody did."""
    edits = [one for one in told.edits if one.field in fields]
    if edits:
        return True, named(max(edits, key=lambda one: one.at).who)
    return told.whole, named(creator) if told.whole else None


def _since(told: History, created_at: datetime, changes: Iterable[tuple[datetime, bool, bool]]) -> datetime | None:
    """The newest change from no to yes; since the beginning where nothing ever changed, and nobody knows where it ended with a no."""
    ordered = sorted(changes)
    if not ordered:
        return created_at if told.whole else None
    if not ordered[-1][2]:
        return None
    turned = next((at for at, before, after in reversed(ordered) if after and not before), None)
    return turned or (created_at if told.whole else None)


def _says(labels: str | None) -> bool:
    return any(map(says_blocked, (labels or "").split()))
