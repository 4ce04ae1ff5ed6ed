"""JSON in which a text holds what is no character: half an emoji, a bare control character, bytes of another encoding."""

from __future__ import annotations

import json


def mended(body: bytes) -> bytes:
    """
    The same with replacements in such places; ``body`` itself where it is no JSON for other reasons.

    Trackers pass on what their clients saved: one title that was cut in the middle of an emoji must not hide all other items.
    """
    try:
        told = json.loads(body.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return body
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
