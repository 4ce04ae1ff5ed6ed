"""What happens to an error that nobody caught: a sentence, an exit status, never a secret."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safesync.model.errors import ConfigurationError, LimitError, SafeSyncError

DEFECT = 70
"""Exit status of a defect of SafeSync itself, as in sysexits.h."""
_INTERRUPTED = 130
_NOBODY_READS = 141
"""As the shell says of a program that a closed pipe has ended."""


def run_guarded(command: Callable[[], object]) -> None:
    """Run a command; end the process with a status when it fails."""
    _make_writable()
    try:
        try:
            command()
        finally:
            sys.stdout.flush()  # what was held back until now may find nobody who reads it, or a full disk
    except SafeSyncError as error:
        _end(str(error), _status(error))
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:  # the command line library has caught Ctrl-C, and says nothing
            sys.stderr.write("stopped; what was announced and not finished is looked up in the next run\n")
        raise
    except Exception as error:  # noqa: BLE001 - the last boundary there is
        _end("\n".join(defect(error)), DEFECT)


def _make_writable() -> None:
    """A sign that an old console does not know becomes a question mark; output that is closed goes nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - it lives as long as the process
        elif isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout is sys.__stdout__:
        encoding, line_buffering = sys.stdout.encoding, sys.stdout.line_buffering
        sys.stdout = _Outlet(sys.stdout.detach(), encoding, "replace", line_buffering=line_buffering)


class _Outlet(io.TextIOWrapper):
    """Standard output that ends the process quietly when its reader has gone, and with a sentence when it cannot be written."""

    def write(self, text: str) -> int:
        with _lasting():
            return super().write(text)

    def flush(self) -> None:
        with _lasting():
            super().flush()


@contextmanager
def _lasting() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # What is still held back is written again when the process ends, and must not complain a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            sys.exit(_NOBODY_READS)
        raise ConfigurationError(f"standard output cannot be written ({why(error)}); send it elsewhere") from None


def why(error: OSError) -> str:
    """The reason as the system says it, without the path, which the caller names."""
    return (error.strerror or type(error).__name__).lower()


def defect(error: BaseException) -> Iterator[str]:
    """
    Where it happened, for a report to us.

    Without the text of the error and without values: either may hold a token, or a sentence of somebody's backlog.
    """
    yield f"an unexpected {type(error).__name__} ended this; it is a defect of SafeSync, please report these lines:"
    for frame in traceback.extract_tb(error.__traceback__)[-12:]:
        yield f"  {'/'.join(Path(frame.filename).parts[-3:])}:{frame.lineno} in {frame.name}"


def _status(error: SafeSyncError) -> int:
    return 2 if isinstance(error, ConfigurationError) else 3 if isinstance(error, LimitError) else 4


def _end(words: str, status: int) -> None:
    sys.stderr.write(f"{words}\n")
    sys.exit(status)
