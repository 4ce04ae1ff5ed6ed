"""The schedule: cron times as cron means them, one run at a time, a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from safesync.configuration.model import SchedulePart
from safesync.connectors.sandbox.faults import Fault, calls
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.model.errors import ConfigurationError
from safesync.serve import Times, guarded, serve
from safesync.store.sql import open_store

BERLIN = ZoneInfo("Europe/Berlin")


def times(cron: str, begin: datetime, count: int, zone: str = "Europe/Berlin", *more: str) -> list[str]:
    trigger = Times([SchedulePart(cron=each, timezone=zone) for each in (cron, *more)])
    found: list[datetime] = []
    for _ in range(count):
        following = trigger.get_next_fire_time(found[-1] if found else None, begin)
        assert following is not None
        found.append(following)
    return [each.astimezone(ZoneInfo(zone)).strftime("%a %d %H:%M%z") for each in found]


def test_one_is_monday_and_both_zero_and_seven_are_sunday() -> None:
    begin = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
    assert times("0 6 * * 1", begin, 2) == ["Mon 30 06:00+0100", "Mon 07 06:00+0100"]
    assert times("0 6 * * 0", begin, 1) == times("0 6 * * 7", begin, 1) == ["Sun 29 06:00+0100"]
    assert times("0 6 * * 1-5", begin, 3) == ["Thu 26 06:00+0100", "Fri 27 06:00+0100", "Mon 30 06:00+0100"]


def test_the_hour_that_comes_twice_is_run_once() -> None:
    begin = datetime(2026, 10, 24, 20, tzinfo=UTC)
    assert times("30 2 * * *", begin, 2) == ["Sun 25 02:30+0200", "Mon 26 02:30+0100"]


def test_the_hour_that_is_left_out_is_run_once_afterwards() -> None:
    begin = datetime(2027, 3, 27, 20, tzinfo=UTC)
    assert times("30 2 * * *", begin, 2) == ["Sun 28 03:00+0200", "Mon 29 02:30+0200"]


def test_a_time_is_not_given_twice_on_the_way_through_the_double_hour() -> None:
    trigger = Times([SchedulePart(cron="30 2 * * *", timezone="Europe/Berlin")])
    fired = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for minutes in (0, 1, 29, 59, 60, 61):
        now = datetime.fromtimestamp(fired.timestamp() + 60 * minutes, UTC)
        following = trigger.get_next_fire_time(fired, now)
        assert following is not None
        assert following.astimezone(BERLIN).date().isoformat() == "2026-10-26", minutes


def test_several_lines_are_one_schedule() -> None:
    begin = datetime(2026, 11, 25, 12, tzinfo=UTC)
    assert times("0 6 * * *", begin, 4, "UTC", "0 6,18 * * *") == [
        "Wed 25 18:00+0000",
        "Thu 26 06:00+0000",
        "Thu 26 18:00+0000",
        "Fri 27 06:00+0000",
    ]


def test_no_run_begins_before_the_one_before_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Due every few milliseconds, with a job that is slower than that."""
    monkeypatch.setattr(Times, "get_next_fire_time", lambda _self, _before, now: datetime.fromtimestamp(now.timestamp() + 0.005, UTC))
    at_work, most, runs, stop = 0, 0, 0, threading.Event()

    def job() -> None:
        nonlocal at_work, most, runs
        at_work += 1
        most = max(most, at_work)
        runs += 1
        threading.Event().wait(0.03)
        at_work -= 1
        if runs == 5:
            stop.set()

    serve([SchedulePart(cron="* * * * *")], job, stop=stop)

    assert (most, at_work) == (1, 0)
    assert runs >= 5


def test_a_run_under_way_ends_before_the_process_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Times, "get_next_fire_time", lambda _self, _before, now: datetime.fromtimestamp(now.timestamp() + 0.005, UTC))
    begun, stop, ended = threading.Event(), threading.Event(), []

    def job() -> None:
        begun.set()
        stop.wait(10)
        threading.Event().wait(0.1)
        ended.append(True)

    waiting = threading.Thread(target=lambda: (begun.wait(10), stop.set()))
    waiting.start()
    serve([SchedulePart(cron="* * * * *")], job, stop=stop)
    waiting.join()

    assert ended == [True]


def test_a_failed_run_is_told_and_ends_nothing() -> None:
    def wrong() -> None:
        raise ConfigurationError("safesync.yaml:1:1: the file is empty")

    def broken() -> None:
        raise KeyError("Authorization: Basic c2VjcmV0")

    with capture_logs() as told:
        guarded(wrong)()
        guarded(broken)()

    assert [each["event"] for each in told] == ["run.skipped", "run.crashed"]
    assert told[0]["reason"] == "safesync.yaml:1:1: the file is empty"
    assert told[1]["kind"] == "KeyError"
    assert "c2VjcmV0" not in str(told)


# --- the whole process ------------------------------------------------------------------------------------------

_PROGRAM = """
import datetime, sys
from safesync import serve
soon = lambda _self, before, now: datetime.datetime.fromtimestamp(now.timestamp() + 0.2, datetime.timezone.utc)
serve.Times.get_next_fire_time = soon  # a minute is too long for a test
from safesync.cli.app import main
sys.argv = ["safesync", "serve", "-c", sys.argv[1]]
main()
"""


def configuration(sandbox: Sandbox, folder: Path, limit: int = 200) -> Path:
    text = sandbox.configuration(f"sqlite:///{folder / 'safesync.db'}")
    text = text.replace("schedule: []", 'schedule: [{cron: "* * * * *"}]').replace("share: 0.5", "share: 1")
    text = text.replace("projects: [PAY, CARDS]", "projects: [PAY, CARDS], jql: 'key in (PAY-32, PAY-174, CARDS-34)'")
    text = text.replace("projects: [Payments]", "projects: [Payments], wiql: '[System.Id] IN (1, 2, 14)'").replace(
        "items: 200", f"items: {limit}"
    )
    file = folder / "safesync.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def started(file: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "SAFESYNC_LOG_LEVEL": "info",
        "SAFESYNC_LOG_FORMAT": "json",
        "AZURE_DEVOPS_CACHE_DIR": str(file.parent / "cache"),
    }
    command = [sys.executable, "-c", _PROGRAM, str(file)]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own program


@pytest.mark.slow
def test_a_process_told_to_stop_in_the_middle_of_a_run_ends_that_run_first(tmp_path: Path) -> None:
    asked, told = threading.Event(), threading.Event()

    def slowly(_request: object) -> None:
        asked.set()
        told.wait(20)

    with Sandbox() as sandbox:
        sandbox.site.faults.append(Fault(calls("*", "comment"), "before", slowly, times=1))
        process = started(configuration(sandbox, tmp_path))
        assert asked.wait(60)
        process.send_signal(signal.SIGTERM)
        told.set()
        _, log = process.communicate(timeout=60)

    assert process.returncode == 0
    events = [line.partition('"event": "')[2].partition('"')[0] for line in log.splitlines()]
    assert events[0] == "serve.started"
    assert events[-1] == "serve.stopped"
    assert "run.finished" in events[events.index("serve.stopping") :]
    assert events.count("run.finished") == 1
    assert sandbox.jira_token not in log


@pytest.mark.slow
def test_the_configuration_is_read_before_each_run_and_a_plan_above_a_limit_is_saved_once(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        file = configuration(sandbox, tmp_path, limit=0)
        store = open_store(f"sqlite:///{tmp_path / 'safesync.db'}")
        store.save_baseline((), datetime.now(UTC), met=["jira-eu", "ado"])
        store.close()
        process = started(file)
        assert process.stderr is not None
        lines: list[str] = []

        def wait_for(words: str, times: int = 1) -> None:
            for line in process.stderr or ():
                lines.append(line)
                times -= words in line
                if times == 0:
                    return
            pytest.fail(f"{words} was never logged: {lines[-5:]}")

        wait_for("run.stopped", 2)
        good = file.read_text(encoding="utf-8")
        file.write_text(good.replace("comments: true", "coments: true"), encoding="utf-8")
        wait_for("did you mean 'comments'?")
        assert sum(call.is_write for call in sandbox.calls("jira")) == 0
        file.write_text(good.replace("items: 0", "items: 200"), encoding="utf-8")
        wait_for('"outcome": "done"')
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)

    assert process.returncode == 0
    assert len(list(tmp_path.glob("stopped-plan-*.json"))) == 1
    assert any(call.is_write for call in sandbox.calls("jira"))
