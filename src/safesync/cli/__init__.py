"""The command line."""

from __future__ import annotations

import sys
from types import TracebackType


def _stopped(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Ctrl-C while the libraries are still being loaded: there is no door yet that could say so."""
    if issubclass(kind, KeyboardInterrupt):
        sys.stderr.write("stopped\n")
    else:
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _stopped
