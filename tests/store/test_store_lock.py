"""Who holds a tracker: one run of all that share a store."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from safesync.model.errors import RunError
from safesync.store.port import Store

HOLD = """
import sys, time
from safesync.store.sql import open_store
with open_store(sys.argv[1]).only_run_of("jira"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_of_a_tracker_is_refused_until_the_first_lets_go(reopen: Callable[[], Store]):
    first, second = reopen(), reopen()
    with first.only_run_of("jira"):
        with pytest.raises(RunError, match="another run is at work"), second.only_run_of("jira"):
            pass
        with second.only_run_of("ado"):
            pass
    with second.only_run_of("jira"), pytest.raises(RunError), first.only_run_of("jira"):
        pass


def test_a_run_that_failed_lets_go(reopen: Callable[[], Store]):
    first, second = reopen(), reopen()
    with pytest.raises(ZeroDivisionError), first.only_run_of("jira"):
        raise ZeroDivisionError
    with second.only_run_of("jira"):
        pass


def test_a_killed_run_blocks_nobody(url: str, store: Store):
    with subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True) as other:  # noqa: S603 - our own interpreter
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunError), store.only_run_of("jira"):
            pass
        other.kill()
        other.wait()
    held = False
    for _ in range(100):  # PostgreSQL notices the end of a connection in its own time
        try:
            with store.only_run_of("jira"):
                held = True
                break
        except RunError:
            time.sleep(0.1)
    assert held


def test_a_tracker_may_be_called_anything(reopen: Callable[[], Store]):
    first, second = reopen(), reopen()
    with first.only_run_of("a/b"), second.only_run_of("a/c"), pytest.raises(RunError), second.only_run_of("a/b"):
        pass
