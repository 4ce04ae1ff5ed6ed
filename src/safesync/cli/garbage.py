"""How soon what nobody holds any more is given back."""

from __future__ import annotations

import gc
import os


def collect_rarely() -> None:
    """
    Let Python look for garbage in cycles less often.

    A page of issues is some hundred thousand objects that all live until the page is stored, and hold no cycle. At the usual
    threshold of 700 the collector goes over them again and again: a third of what decoding a page takes. What a pull leaves
    behind is freed by its counts as before; only cycles wait a little longer.
    """
    gc.freeze()  # what was imported stays for good
    gc.set_threshold(50_000, 20, 50)


def give_back_soon() -> None:
    """
    Let columns that nobody holds any more go back to the system sooner; to be called before polars is imported.

    The allocator that comes with polars keeps freed pages for half a second, and later leaves it to the system to want them: of a
    check of a million items that is up to a tenth of its memory. Whoever sets the variable knows better.
    """
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:300,muzzy_decay_ms:0")
