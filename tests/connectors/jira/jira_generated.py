"""The generated Jira site of the bench, on the loopback interface in a thread, and a tracker that reads it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Scope

sys.path.append(str(Path(__file__).resolve().parents[3] / "bench"))

from jira_backlog import FIRST, Backlog, served  # the bench is no package

__all__ = ["FIRST", "Backlog", "reading"]

MAPPING = Mapping.model_validate(
    {
        "types": {"feature": ["Epic"], "story": ["Story"]},
        "links": {"depends_on": ["Blocks"]},
        "fields": {"points": [{"schema": "com.pyxis.greenhopper.jira:jsw-story-points"}], "acceptance": [{"name": "Acceptance criteria"}]},
        "bots": ["Robot"],
    }
)


@contextmanager
def reading(backlog: Backlog, *, lanes: int = 4, query: str | None = None) -> Iterator[JiraTracker]:
    """A tracker that reads the backlog over HTTP."""
    server = served(backlog)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    patience: Any = Patience(sleep=lambda _: None)
    access = Access("jira", url, "a-token", "safesync@meridian.example")
    tracker = JiraTracker(access, Scope(("PAY",), query), MAPPING, Addresses((("jira", url),)), patience=patience, lanes=lanes)
    try:
        yield tracker
    finally:
        tracker.close()
        server.shutdown()
        server.server_close()
