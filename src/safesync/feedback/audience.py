"""Whom a tracker tells of what we write, for a person who approves a plan. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from safesync.model.change import CommentAction, ItemChange
from safesync.model.item import Item


@dataclass(frozen=True, slots=True)
class Audience:
    """
    Who hears of a new comment, of an edited one and of labels, in words; ``{owner}`` stands for who answers for the item.

    A tracker decides that by settings of projects and people that it does not show: the words say what is known, and no more.
    """

    created: str
    edited: str
    labelled: str


def notified(change: ItemChange, item: Item, audience: Audience | None) -> str:
    """Who hears of a change: of its comment where there is one, for labels beside it reach nobody else; empty where nobody knows."""
    if audience is None:
        return ""
    words = _of_comment(change.comment.action, audience) if change.comment else audience.labelled
    return words.replace("{owner}", _owner(item))


def _of_comment(action: CommentAction, audience: Audience) -> str:
    return audience.created if action is CommentAction.CREATE else audience.edited


def _owner(item: Item) -> str:
    if "owner" in item.unseen:
        return "the assignee"
    return f"the assignee ({item.owner or 'nobody at present'})"
