from __future__ import annotations

import os
import subprocess
import sys

import pytest

from safesync.cli.garbage import give_back_soon

VARIABLE = "_RJEM_MALLOC_CONF"


def test_whoever_says_how_soon_memory_is_given_back_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "dirty_decay_ms:1000")
    give_back_soon()
    assert os.environ[VARIABLE] == "dirty_decay_ms:1000"


def test_the_command_line_says_how_soon_memory_is_given_back_before_polars_is_there_to_listen() -> None:
    program = (
        f"import os, sys, safesync.cli.app as app; app.run_guarded = lambda _: print('polars' in sys.modules, '{VARIABLE}' in os.environ)"
    )
    without = {name: value for name, value in os.environ.items() if name != VARIABLE}
    command = [sys.executable, "-c", f"{program}; app.main()"]
    said = subprocess.run(command, env=without, capture_output=True, text=True, check=True)  # noqa: S603 - our own program
    assert said.stdout.split() == ["False", "True"]
