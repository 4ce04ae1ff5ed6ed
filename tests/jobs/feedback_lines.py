"""A message as the lines that people read."""

from __future__ import annotations

from safesync.model.message import Bullets, Message


def lines_of(message: Message) -> list[str]:
    """One line a paragraph or list entry."""
    entries = [spans for block in message.blocks for spans in (block.entries if isinstance(block, Bullets) else (block.spans,))]
    return ["".join(span.text for span in spans) for spans in entries]
