"""Checkboxes of a text, ticked and not, in every notation that has them."""

from __future__ import annotations

import re

from safesync.facts.text.signs import matcher
from safesync.model.item import Markup, RichText

_TASK = re.compile(r'"state"\s*:\s*"(TODO|DONE)"')
_INPUT = re.compile(r"<input\b[^>]*\btype\s*=\s*[\"']?checkbox[^>]*>", re.IGNORECASE)
_CHECKED = re.compile(r"\bchecked\b", re.IGNORECASE)
_BRACKETS = re.compile(r"^[ \t>]*(?:[-*+#]+|\d+[.)])[ \t]+\\?\[([ xX])\\?\](?=\s)", re.MULTILINE)
_may_have_brackets = matcher(r"(?m)^[ \t>]*(?:[-*+#]+|[0-9]+[.)])[ \t]+\\?\[[ xX]")
"""Of ASCII: a text that nobody cleaned may be no valid Unicode."""
_EMPTY, _TICKED = "☐", "☑☒✅✔"


def counted(text: RichText) -> tuple[int, int]:
    """How many boxes it has, and how many of them are not ticked."""
    open_ones = ticked = 0
    if not text.text.isascii():
        open_ones, ticked = text.text.count(_EMPTY), sum(text.text.count(sign) for sign in _TICKED)
    for is_ticked in _marks(text):
        ticked += is_ticked
        open_ones += not is_ticked
    return open_ones + ticked, open_ones


def _marks(text: RichText) -> list[bool]:
    if text.markup is Markup.ADF:
        return [state == "DONE" for state in _TASK.findall(text.text)] if '"state"' in text.text else []
    found: list[bool] = []
    if "[" in text.text and (_may_have_brackets(text.text) or not text.text.isascii()):
        found = [mark != " " for mark in _BRACKETS.findall(text.text)]
    if text.markup is Markup.HTML and "<" in text.text and "<input" in text.text.lower():
        found += [_CHECKED.search(tag) is not None for tag in _INPUT.findall(text.text)]
    return found
