"""A process that dies in the middle of a write, at every write there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from forked import Forks, said
from house import only_few, our_comments
from killer import ASKED, Killer, answered, killed_at_every_write, our_labels, people_speak, undisturbed

from safesync.connectors.sandbox.sandbox import Sandbox


@pytest.mark.timeout(540)
def test_killed_at_every_write_there_is_one_comment_an_item_and_nothing_is_lost(tmp_path: Path) -> None:
    killed_at_every_write(tmp_path, store_is_lost=False)


@pytest.mark.timeout(540)
def test_killed_before_a_write_is_carried_out_the_next_run_carries_it_out(tmp_path: Path) -> None:
    with Forks() as forks, Sandbox() as sandbox:
        expected = undisturbed(tmp_path, forks)
        (tmp_path / "safesync.yaml").write_text(only_few(sandbox.configuration("sqlite:///safesync.db")), encoding="utf-8")
        people_speak(sandbox, ASKED)
        killer = Killer(sandbox, "before")
        for skipped in range(30):  # let some writes through, then die before the next
            left = [skipped]
            killer.fault.matches = lambda request, left=left: killer.is_write(request) and (left.__setitem__(0, left[0] - 1) or left[0] < 0)
            killer.pid = forks.start("run", folder=tmp_path)
            if forks.status() == 0:
                break
        killer.stop()
        forks.start("run", folder=tmp_path)
        assert forks.status() == 0, said(tmp_path)

        assert killer.kills >= 3
        assert (our_comments(sandbox), our_labels(sandbox)) == expected
        assert answered(sandbox, "looked again") == len(expected[0])
