"""
SafeSync processes for tests that need very many of them: each is forked from one that has imported everything already.

Run as a program, this is that one: for each line of its input it forks a process, tells its number and then its exit status.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_SAID = "said.txt"


class Forks:
    """Starts ``safesync`` as from the command line, one process at a time."""

    def __enter__(self) -> Self:
        # A folder that a client in this process made for itself: all that are started would find there what others discovered.
        inherited = {name: value for name, value in os.environ.items() if name != "AZURE_DEVOPS_CACHE_DIR"}
        environment = {**inherited, "NO_COLOR": "1"}
        self._origin = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, __file__], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._origin.communicate(timeout=60)

    def start(self, *arguments: str, folder: Path) -> int:
        """The process's number; what it says is appended to a file in ``folder``."""
        assert self._origin.stdin is not None
        self._origin.stdin.write(json.dumps([str(folder), arguments]) + "\n")
        self._origin.stdin.flush()
        return self._told()

    def status(self) -> int:
        """The exit status of the process that was started last, negative when a signal ended it."""
        return self._told()

    def _told(self) -> int:
        assert self._origin.stdout is not None
        return int(self._origin.stdout.readline())


def said(folder: Path) -> str:
    """What the processes in ``folder`` have said."""
    return (folder / _SAID).read_text(encoding="utf-8")


def _serve() -> None:
    from safesync.cli import app, working  # noqa: F401, PLC0415 - the one import that all share
    from safesync.connectors.azure import tracker as _azure  # noqa: F401, PLC0415
    from safesync.connectors.jira import tracker as _jira  # noqa: F401, PLC0415
    from safesync.store import sql  # noqa: F401, PLC0415

    for line in sys.stdin:
        folder, arguments = json.loads(line)
        if (pid := os.fork()) == 0:
            os.chdir(folder)
            output = os.open(_SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            sys.argv = ["safesync", *arguments]
            app.main()
            return
        _tell(pid)
        _tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()
