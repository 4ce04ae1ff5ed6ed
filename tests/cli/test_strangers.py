"""What somebody does who has only read the README."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from desk import Desk

from safesync.cli import show
from safesync.jobs.result import TrackerResult
from safesync.model.change import Applied, Outcome
from safesync.model.item import ItemRef


def test_a_project_written_in_small_letters_is_the_one_of_the_tracker(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", desk.sandbox.jira_token)
    new = desk.folder / "new.yaml"
    arguments = ("--jira", desk.sandbox.jira_url, "--user", "safesync@meridian.example", "-o", str(new))
    answer = desk.run("init", *arguments, "--project", "pay", "--project", "PAY", "--project", "")
    assert answer.status == 0
    assert "projects: [PAY]}" in new.read_text()


def test_a_project_that_is_not_there_is_told_with_the_nearest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", desk.sandbox.jira_token)
    answer = desk.run("init", "--jira", desk.sandbox.jira_url, "--user", "safesync@meridian.example", "--project", "PAI", "-o", "n.yaml")
    assert (answer.status, "did you mean 'PAY'?" in answer.err) == (2, True)


def test_a_port_that_is_taken_is_no_defect(desk: Desk) -> None:
    port = desk.sandbox.page_url.rstrip("/").rpartition(":")[2]
    answer = desk.run("sandbox", "--port", port, "--write-config", str(desk.folder / "other.yaml"))
    assert (answer.status, f"port {port} of 127.0.0.1" in answer.err, "--port 0" in answer.err) == (2, True, True)


def test_many_items_left_for_one_reason_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    refs = [ItemRef(f"jira:{at}", "jira", f"{at}", f"PAY-{at}", "PAY", "") for at in range(117)]
    left = tuple(Applied(ref, Outcome.SKIPPED, reason="it changed") for ref in refs)
    show._print_troubles(TrackerResult("jira", 0, 0, left), show.console())
    assert capsys.readouterr().out == "jira: PAY-0, PAY-1, PAY-2, PAY-3, PAY-4 and 112 more were skipped: it changed\n"


def test_a_console_that_knows_few_signs_gets_question_marks_instead_of_a_defect(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "safesync", "rules", "facts", "página.md"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (0, "the facts are in p?gina.md\n")


def test_ctrl_c_before_the_door_is_there_is_a_word_and_no_traceback() -> None:
    # What was started in the background, as tests may be, would not hear the signal.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heard}; import safesync.cli, os; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(30)"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - our own words
    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, "stopped\n")


def _output_to(file: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "safesync", "rules", "list"], stdout=file, stderr=subprocess.PIPE, text=True, check=False, timeout=60
    )


def test_a_reader_that_has_gone_ends_it_quietly_as_it_does_other_programs() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ended = _output_to(writer)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_output_that_cannot_be_written_is_a_sentence_and_no_defect() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    ended = _output_to(full)
    os.close(full)
    assert (ended.returncode, ended.stderr) == (2, "standard output cannot be written (no space left on device); send it elsewhere\n")
