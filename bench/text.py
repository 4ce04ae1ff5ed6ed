"""
How quickly texts are measured: ``python bench/text.py``.

Real texts of the reference material by notation (when it is there), the texts of ``jira_backlog.py``, and descriptions of
one and two megabytes. Each round begins with nothing remembered of the one before: a pull sees each text once. Beside each
figure stands what splitting the same text into words takes, on the same machine at the same moment: a ratio stays what it is
on a busy machine, megabytes a second do not.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from backlog_issues import _WORDS
from datasets import azure, devlake, reference, titanium

from safesync.facts.item.told import _kept, _kept_criteria
from safesync.facts.measure import measure
from safesync.facts.text.placeholder import says_nothing
from safesync.model.item import Item, Kind, Markup, RichText, Stage

_NOW = datetime(2026, 3, 2, tzinfo=UTC)
_ROUNDS = 7
_MEGABYTE = 1_000_000
_EMPTY = Item("b:1", "b", "1", "B-1", "", "B", Kind.STORY, "Story", "Open", Stage.READY, "Payment is booked", "1", _NOW, _NOW)


def main() -> int:
    """Print the figures; exit status 1 when a text of twice the length takes more than two and a half times as long."""
    print(f"{'texts':34} {'items':>6} {'bytes':>7} {'us/item':>8} {'MB/s':>6} {'x split':>7}")
    for name, items in _sets():
        _told(name, items)
    return _long_texts()


def _sets() -> Iterator[tuple[str, Sequence[Item]]]:
    data = reference()
    if data is not None:
        real = [item for load in (titanium, devlake, azure) for item in load(data).items if item.description]
        for markup in Markup:
            if some := [item for item in real if item.description and item.description.markup is markup]:
                yield f"real, {markup}", some
        yield (
            "real, wiki as a document",
            [_as_document(item) for item in real if item.description and item.description.markup is Markup.WIKI],
        )
    yield "generated, documents", [_generated(number) for number in range(300)]


def _told(name: str, items: Sequence[Item]) -> None:
    texts = [text for item in items for text in (item.description, item.acceptance, item.benefit) if text]
    size = sum(len(text.text.encode("utf-8", "replace")) for text in texts)
    silent = [replace(item, description=None, acceptance=None, benefit=None) for item in items]
    took = _best(lambda: [measure(item) for item in items])
    split = _best(lambda: [text.text.lower().split() for text in texts])
    # What the same items take without their texts is not the texts' time.
    of_text = max(took - _best(lambda: [measure(item) for item in silent]), 1e-9)
    figures = f"{took / len(items) * 1e6:8.1f} {size / of_text / 1e6:6.1f} {of_text / split:7.1f}"
    print(f"{name:34} {len(items):6} {size / len(items):7.0f} {figures}")


def _long_texts() -> int:
    status = 0
    for markup, line in _LONG.items():
        once, twice = (_best(partial(measure, _long(markup, line, size))) for size in (_MEGABYTE, 2 * _MEGABYTE))
        print(f"{f'1 MB of {markup}':34} {'':6} {'':7} {once * 1e3:7.1f} ms; of 2 MB {twice / once:.2f} times that")
        status |= twice > 2.5 * once
    return status


_LONG = {
    Markup.WIKI: "* The clerk sees [the list|https://meridian.example] of *all* orders, then pays\n",
    Markup.MARKDOWN: "- The clerk sees [the list](https://meridian.example) of **all** orders, then pays\n",
    Markup.HTML: "<div>The clerk sees <b>all</b>&nbsp;orders, then pays</div>",
    Markup.PLAIN: "The clerk sees the list of all orders, then pays.\n",
    Markup.ADF: "The clerk sees the list of all orders, then pays.",
}


def _long(markup: Markup, line: str, size: int) -> Item:
    text = _document([line] * (size // 120)) if markup is Markup.ADF else line * (size // len(line))
    return replace(_EMPTY, description=RichText(text, markup))


def _generated(number: int) -> Item:
    text = f"{_WORDS * 4}{number}"
    acceptance = _document([f"Given a paid order {number}, when it ships, a receipt is sent."])
    return replace(_EMPTY, description=RichText(_document([text, text]), Markup.ADF), acceptance=RichText(acceptance, Markup.ADF))


def _as_document(item: Item) -> Item:
    text = item.description.text if item.description else ""
    return replace(item, description=RichText(_document([line for line in text.splitlines() if line.strip()]), Markup.ADF))


def _document(lines: Sequence[str]) -> str:
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines]
    return json.dumps({"type": "doc", "version": 1, "content": paragraphs})


def _best(run: Callable[[], object]) -> float:
    """Seconds of processor time, the best of some rounds."""
    took = []
    for _ in range(_ROUNDS):
        for kept in (_kept, _kept_criteria, says_nothing):
            kept.cache_clear()
        started = time.process_time()
        run()
        took.append(time.process_time() - started)
    return min(took)


if __name__ == "__main__":
    raise SystemExit(main())
