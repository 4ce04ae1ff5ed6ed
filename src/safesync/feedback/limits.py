"""A flood is impossible: what stops a plan before its first write."""

from __future__ import annotations

from safesync.feedback.labels import ATTENTION, READY, says_ready
from safesync.feedback.settings import Limits
from safesync.model.change import CommentAction, ItemChange, Plan
from safesync.model.errors import LimitError

_ALWAYS_OF_SHARE = 5
_ALWAYS_OF_JUMP = 10


def newly_addressed(plan: Plan) -> int:
    """How many items are spoken to for the first time, unasked: by a new comment or, without comments, by a new label."""
    return sum(is_new(change) and change.asked is None for change in plan.changes)


def check_limits(plan: Plan, limits: Limits, *, items: int, last: int | None, let_go: int = 0) -> None:
    """
    Nothing, or ``LimitError`` with the first limit that the plan passes.

    ``items`` are those in scope; ``last`` is what the last run that wrote began, ``None`` for a first run. A small
    backlog and a quiet last run do not stop a handful: five and ten are always allowed. ``let_go`` of the items are new because
    people touched them; they count in all but the jump.
    """
    new = newly_addressed(plan)
    if new > limits.items:
        raise _error(new, f"{limits.items} in one run", "items")
    if new > max(_ALWAYS_OF_SHARE, limits.share * items):
        raise _error(new, _above(_ALWAYS_OF_SHARE, f"{limits.share:.0%} of the {items} items in scope", limits.share * items), "share")
    if last is not None and new - let_go > max(_ALWAYS_OF_JUMP, limits.jump * last):
        raise _error(new, _above(_ALWAYS_OF_JUMP, f"{limits.jump:g} times the {last} of the last run", limits.jump * last), "jump")


def _above(always: int, limit: str, figure: float) -> str:
    """With what is always allowed, where that is more than the limit."""
    return limit if figure >= always else f"the {always} that are always allowed and more than {limit}"


def _error(new: int, limit: str, setting: str) -> LimitError:
    items = "1 item" if new == 1 else f"{new} items"
    return LimitError(
        f"{items} would get a first comment, more than {limit} (feedback.limits.{setting}); nothing was written. "
        "Look at the plan; apply it when it is right, or keep what is found now quiet with 'safesync baseline --take'."
    )


def is_new(change: ItemChange) -> bool:
    """Whether an item is spoken to for the first time."""
    if change.comment is None:
        return ATTENTION in change.add_labels
    return change.comment.action is CommentAction.CREATE


def only_readies(change: ItemChange) -> bool:
    """Whether nothing is written to an item but that it is ready."""
    return change.comment is None and change.add_labels == (READY,) and not change.remove_labels


def loses_ready(change: ItemChange) -> bool:
    """Whether an item is not called ready any more."""
    return any(map(says_ready, change.remove_labels))


def check_ready(lost: int, limits: Limits, *, called: int) -> None:
    """
    Nothing, or ``LimitError`` when many of the items that are ``called`` ready are so no more, though they are open still.

    That is no work of people on their items, but a rule, a mapping or a right that changed.
    """
    if lost > max(limits.items, limits.share * called):
        raise LimitError(
            f"{lost} items would lose {READY} at once, of {called} that carry it (feedback.limits); nothing was written. "
            "Look at the plan; apply it when it is right."
        )
