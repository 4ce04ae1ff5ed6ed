"""A comment that Jira would refuse for its length is shortened from its end, and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from safesync.model.message import Bullets, Message, Paragraph, Span

LIMIT = 20_000
"""Characters. Jira takes 32,767 by default, but counts after a conversion of its own that makes a text longer."""

_SHORTENED = Paragraph((Span("There is more than a comment can hold."),))


def fitting(message: Message, size: Callable[[Message], int], limit: int = LIMIT) -> Message:
    """The message, without as many of its last lines as its ``size`` is over the limit."""
    kept = message
    while size(kept) > limit and message.blocks:
        message = _without_last_line(message)
        kept = replace(message, blocks=(*message.blocks, _SHORTENED))
    return kept


def _without_last_line(message: Message) -> Message:
    *others, last = message.blocks
    if isinstance(last, Bullets) and len(last.entries) > 1:
        others.append(replace(last, entries=last.entries[:-1]))
    return replace(message, blocks=tuple(others))
