"""How often Python looks for what nobody holds any more."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """
    Let Python look for garbage in cycles less often.

    A page of issues is some hundred thousand objects that all live until the page is stored, and hold no cycle. At the usual
    threshold of 700 the collector goes over them again and again: a third of what decoding a page takes. What a pull leaves
    behind is freed by its counts as before; only cycles wait a little longer.
    """
    gc.freeze()  # what was imported stays for good
    gc.set_threshold(50_000, 20, 50)
