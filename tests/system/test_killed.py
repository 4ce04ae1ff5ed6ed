"""A process that dies in the middle of a write, at every write there is."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Literal

import pytest
from conftest import only_few, our_comments, safesync
from starlette.requests import Request

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.faults import Fault
from safesync.connectors.sandbox.sandbox import Sandbox

_MOST_KILLS = 80


class _Killer:
    """Kills the process at its next write, before or after the tracker carried it out."""

    def __init__(self, sandbox: Sandbox, when: Literal["before", "after"]) -> None:
        self.pid = 0
        self.kills = 0
        fault = Fault(self._is_write, when, self._kill, times=1_000_000)
        sandbox.site.faults.append(fault)
        sandbox.organisation.faults.append(fault)
        self._fault = fault

    def stop(self) -> None:
        self._fault.times = 0

    @staticmethod
    def _is_write(request: Request) -> bool:
        if request.method in {"PUT", "PATCH", "DELETE"}:
            return True
        return request.method == "POST" and request.url.path.lower().rstrip("/").rsplit("/", maxsplit=1)[-1] in {"comment", "comments"}

    def _kill(self, request: Request) -> None:
        answer = getattr(request.state, "answer", None)
        if answer is not None and answer.status_code >= 300:
            return  # nothing was written: the client will try it another way
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            self.pid = 0
            self.kills += 1


def _ours(labels: list[str]) -> list[str]:
    return sorted(label for label in labels if label.startswith("safesync"))


def _tags(value: str | list[str] | None) -> list[str]:
    return value.split("; ") if isinstance(value, str) else list(value or ())


def _labels(sandbox: Sandbox) -> dict[str, list[str]]:
    found = {issue.key: _ours(issue.values.get("labels", [])) for issue in sandbox.site.issues.values()}
    found |= {str(item.id): _ours(_tags(item.fields.get("System.Tags"))) for item in sandbox.organisation.items.values()}
    return {key: labels for key, labels in found.items() if labels}


def _undisturbed(folder: Path) -> tuple[object, object]:
    with Sandbox() as sandbox:
        (folder / "calm.yaml").write_text(only_few(sandbox.configuration("sqlite:///calm.db")), encoding="utf-8")
        process = safesync("run", "-c", "calm.yaml", folder=folder)
        assert process.wait(120) == 0, process.communicate()
        return our_comments(sandbox), _labels(sandbox)


@pytest.mark.slow
@pytest.mark.timeout(540)
@pytest.mark.parametrize("store", ["kept", "lost"])
def test_killed_at_every_write_there_is_one_comment_an_item_and_nothing_is_lost(tmp_path: Path, store: str) -> None:
    expected = _undisturbed(tmp_path)
    with Sandbox() as sandbox:
        text = only_few(sandbox.configuration("sqlite:///safesync.db"))
        (tmp_path / "safesync.yaml").write_text(text, encoding="utf-8")
        killer = _Killer(sandbox, "after")
        for _ in range(_MOST_KILLS):
            process = safesync("run", folder=tmp_path)
            killer.pid = process.pid
            status = process.wait(120)
            if status != -signal.SIGKILL:
                break
            if store == "lost":
                for file in tmp_path.glob("safesync.db*"):
                    file.unlink()
        assert status == 0, process.communicate()
        assert killer.kills >= 15  # a comment and labels on each of these items

        assert (our_comments(sandbox), _labels(sandbox)) == expected
        killer.stop()
        with opened_from(parse_configuration(text.replace("safesync.db", str(tmp_path / "safesync.db")))) as job:
            assert [job.store.open_intents(source.name) for source in job.sources] == [(), ()]


@pytest.mark.slow
@pytest.mark.timeout(540)
def test_killed_before_a_write_is_carried_out_the_next_run_carries_it_out(tmp_path: Path) -> None:
    expected = _undisturbed(tmp_path)
    with Sandbox() as sandbox:
        (tmp_path / "safesync.yaml").write_text(only_few(sandbox.configuration("sqlite:///safesync.db")), encoding="utf-8")
        killer = _Killer(sandbox, "before")
        for skipped in range(0, 30, 2):  # let some writes through, then die before the next
            left = [skipped]
            killer._fault.matches = lambda request, left=left: (
                killer._is_write(request) and (left.__setitem__(0, left[0] - 1) or left[0] < 0)
            )
            process = safesync("run", folder=tmp_path)
            killer.pid = process.pid
            if process.wait(120) == 0:
                break
        killer.stop()
        process = safesync("run", folder=tmp_path)
        assert process.wait(120) == 0, process.communicate()

        assert killer.kills >= 3
        assert (our_comments(sandbox), _labels(sandbox)) == expected
