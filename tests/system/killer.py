"""Who kills a SafeSync process at its next write, and what must stand in the trackers in the end."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Literal

from forked import Forks, said
from house import FEW, FEW_NUMBERS, only_few, our_comments
from starlette.requests import Request

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.faults import Fault
from safesync.connectors.sandbox.sandbox import Sandbox

_MOST_KILLS = 60
ASKED = "safesync recheck"


class Killer:
    """Kills the process at its next write, before or after the tracker carried it out."""

    def __init__(self, sandbox: Sandbox, when: Literal["before", "after"]) -> None:
        self.pid = 0
        self.kills = 0
        fault = Fault(self.is_write, when, self._kill, times=1_000_000)
        sandbox.site.faults.append(fault)
        sandbox.organisation.faults.append(fault)
        self.fault = fault

    def stop(self) -> None:
        self.fault.times = 0

    @staticmethod
    def is_write(request: Request) -> bool:
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


def our_labels(sandbox: Sandbox) -> dict[str, list[str]]:
    found = {issue.key: _ours(issue.values.get("labels", [])) for issue in sandbox.site.issues.values()}
    found |= {str(item.id): _ours(_tags(item.fields.get("System.Tags"))) for item in sandbox.organisation.items.values()}
    return {key: labels for key, labels in found.items() if labels}


def people_speak(sandbox: Sandbox, text: str) -> None:
    """People say something to us on each of the few items."""
    for key in (*FEW.split(", "), *FEW_NUMBERS.split(", ")):
        sandbox.person_comments(key, text)


def answered(sandbox: Sandbox, words: str) -> int:
    """In how many comments of ours these words stand, and none of them twice."""
    bodies = [str(comment.body) for issue in sandbox.site.issues.values() for comment in issue.comments]
    bodies += [each.last.text for item in sandbox.organisation.items.values() for each in item.comments if not each.last.deleted]
    counts = [body.count(words) for body in bodies if "SafeSync ref" in body]
    assert max(counts) <= 1
    return sum(counts)


def undisturbed(folder: Path, forks: Forks) -> tuple[dict[str, int], dict[str, list[str]]]:
    with Sandbox() as sandbox:
        people_speak(sandbox, ASKED)
        (folder / "calm.yaml").write_text(only_few(sandbox.configuration("sqlite:///calm.db")), encoding="utf-8")
        forks.start("run", "-c", "calm.yaml", folder=folder)
        assert forks.status() == 0, said(folder)
        return our_comments(sandbox), our_labels(sandbox)


def _killed_until_done(killer: Killer, forks: Forks, folder: Path, *, store_is_lost: bool) -> None:
    for _ in range(_MOST_KILLS):
        killer.pid = forks.start("run", folder=folder)
        if (status := forks.status()) != -signal.SIGKILL:
            break
        if store_is_lost:
            for file in folder.glob("safesync.db*"):
                file.unlink()
    assert status == 0, said(folder)


def killed_at_every_write(tmp_path: Path, *, store_is_lost: bool) -> None:
    """Each run is killed at its first write, after the tracker carried it out; in the end all is as if nothing had happened."""
    with Forks() as forks, Sandbox() as sandbox:
        expected = undisturbed(tmp_path, forks)
        text = only_few(sandbox.configuration("sqlite:///safesync.db"))
        (tmp_path / "safesync.yaml").write_text(text, encoding="utf-8")
        people_speak(sandbox, ASKED)
        killer = Killer(sandbox, "after")
        _killed_until_done(killer, forks, tmp_path, store_is_lost=store_is_lost)
        comments, labels = expected
        assert killer.kills >= len(comments) + len(labels) >= 6  # each of them is a write
        assert (our_comments(sandbox), our_labels(sandbox)) == expected
        assert answered(sandbox, "looked again") == len(comments)

        people_speak(sandbox, "safesync snooze 5d")
        before = killer.kills
        _killed_until_done(killer, forks, tmp_path, store_is_lost=store_is_lost)
        assert killer.kills == before + len(comments)
        assert (our_comments(sandbox), our_labels(sandbox)) == expected
        assert answered(sandbox, "Quiet until ") == len(comments)
        killer.stop()
        with opened_from(parse_configuration(text.replace("safesync.db", str(tmp_path / "safesync.db")))) as job:
            assert [job.store.open_intents(source.name) for source in job.sources] == [(), ()]
