"""Programs of others, each in a process of its own environment."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parents[1] / ".venv-foreign"
PYTHON = str(ENVIRONMENT / "bin" / "python")


def by_python(script: str, *arguments: str) -> Any:
    """What a Python script of this folder prints, run where the foreign packages are."""
    return _answer([PYTHON, str(HERE / script), *arguments])


def by_node(script: str, *arguments: str) -> Any:
    """What a script for Node prints; it lies beside the packages that it imports."""
    placed = ENVIRONMENT / "node" / script
    shutil.copyfile(HERE / script, placed)
    return _answer(["node", str(placed), *arguments])


@contextmanager
def serving(script: str, *lines: str) -> Iterator[Any]:
    """A server of others: it is given lines, prints where it is as JSON, and ends with its input."""
    with subprocess.Popen([PYTHON, str(HERE / script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.writelines(f"{line}\n" for line in lines)
        process.stdin.flush()
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def _answer(command: list[str]) -> Any:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
