"""How far an organisation has been read: the text that the store keeps between two pulls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec import Struct

from safesync.connectors.azure.context import Metadata
from safesync.connectors.azure.documents import Node

_FORM = 2


class Queried(Struct, frozen=True):
    """How far queries have told what changed, where the reports are not for us."""

    as_of: datetime
    """The server's time of the last query."""
    links: dict[int, int]
    """``queries.digests``: which links each item had when all links were last asked for."""
    links_as_of: datetime
    """When that was, at the server."""


class Cursor(Struct, frozen=True):
    """
    Places in both reports, when all was last read, and what is needed to translate what comes next.

    With ``queried`` there are no such places: what changed is told by queries.
    """

    revisions: str
    links: str
    read_in_full_at: datetime
    metadata: Metadata
    histories: str
    """``Histories.pack()``."""
    queried: Queried | None = None
    reports_asked_at: datetime | None = None
    """
    With ``queried``: when the reports were refused last, by our own clock like ``read_in_full_at``; ``None`` where something on the way
    keeps them from us.
    """
    projects: tuple[str, ...] = ()
    """Which were read, as the scope calls them: what happened elsewhere, where we could not see it, this place does not cover."""
    form: int = _FORM
    roots: dict[str, Node] = {}
    """Root areas by project, as the scope calls it: where what we may do there is asked. They never change."""
    comments: str | None = None
    """``replies.Known.pack()``; ``None`` in a cursor from before we listened."""

    @property
    def barred(self) -> bool:
        """Whether something on the way kept the reports from us."""
        return self.queried is not None and self.reports_asked_at is None

    def covers(self, projects: Iterable[str]) -> bool:
        """Whether all that happened in these projects before is known; a cursor from before they were noted is of the whole scope."""
        return not self.projects or frozenset(projects) <= frozenset(self.projects)

    def text(self) -> str:
        """As the store keeps it."""
        return msgspec.json.encode(self).decode()


def cursor_of(text: str | None) -> Cursor | None:
    """The cursor in the text; ``None`` for none, and for one of another version, which means: read everything."""
    try:
        cursor = msgspec.json.decode(text or "null", type=Cursor | None)
    except msgspec.MsgspecError:
        return None
    return cursor if cursor is not None and cursor.form == _FORM else None
