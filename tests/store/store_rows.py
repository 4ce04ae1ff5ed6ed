from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from safesync.model.item import Item, Kind, Stage

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def an_item(number: int = 1, tracker: str = "jira", **fields: Any) -> Item:
    native_id = str(10_000 + number)
    known: dict[str, Any] = {
        "uid": f"{tracker}:{native_id}",
        "tracker": tracker,
        "native_id": native_id,
        "key": f"PAY-{number}",
        "url": f"https://meridian.example/browse/PAY-{number}",
        "project": "PAY",
        "kind": Kind.STORY,
        "native_type": "Story",
        "native_state": "Ready",
        "stage": Stage.READY,
        "title": f"Story {number}",
        "revision": "1",
        "created_at": NOON,
        "updated_at": NOON,
    }
    return Item(**{**known, **fields})


def a_row(item: Item, **facts: object) -> dict[str, object]:
    known = {"tracker": item.tracker, "key": item.key, "kind": item.kind.value, "title": item.title, "labels": list(item.labels)}
    return {**known, "points": item.points, "created_at": item.created_at, "due_on": item.due_on, "unseen": "", **facts}
