"""How far an organisation has been read: the text that the store keeps between two pulls."""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from safesync.connectors.azure.context import Metadata

_FORM = 1


class Cursor(Struct, frozen=True):
    """Places in both reports, when all was last read, and what is needed to translate what comes next."""

    revisions: str
    links: str
    read_in_full_at: datetime
    metadata: Metadata
    histories: str
    """``Histories.pack()``."""
    form: int = _FORM

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
