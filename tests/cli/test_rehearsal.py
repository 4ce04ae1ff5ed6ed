"""What `safesync sandbox` takes, and how it says no. That it stays until Ctrl-C is left out: the sandbox has its own tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk

from safesync.cli import rehearsal
from safesync.cli.rehearsal import Played
from safesync.configuration.read import parse_configuration


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--trouble", "throtle=0.1"], "there is no 'throtle', did you mean 'throttle'?"),
        (["--jira", "data-centre"], "jira: 'data-centre' is not one of cloud, data-center, did you mean 'data-center'?"),
        (["--azure", "2021"], "azure: '2021' is not one of services, 2020, 2022, 2022.1"),
        (["--jira", "data-center", "--jira-version", "nine"], "a version of Jira Data Center looks like 9.12.4, not like 'nine'"),
        (["--jira", "data-center", "--jira-version", "7.13"], "Jira 7.13 has no personal access tokens"),
        (["--jira-version", "9.12.4"], "--jira-version is for --jira data-center"),
    ],
)
def test_a_wrong_word_ends_the_sandbox_with_a_sentence_before_it_starts(desk: Desk, arguments: list[str], sentence: str) -> None:
    config = desk.folder / "sandbox.yaml"
    answer = desk.run("sandbox", "--port", "0", "--write-config", str(config), *arguments)
    assert answer.status == 2
    assert sentence in answer.err
    assert not config.exists()


def test_the_words_of_trouble_are_told(desk: Desk) -> None:
    answer = desk.run("sandbox", "--trouble", "help")
    assert (answer.status, "resets " in answer.out, "seconds until searches and queries see a change" in answer.out) == (0, True, True)


def test_the_sandbox_says_what_it_plays_and_writes_a_configuration_that_reads_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rehearsal, "wait", interrupted)
    path = tmp_path / "sandbox.yaml"
    rehearsal.sandbox(0, path, Played("data-center", "9.12.4", "2022.1", "lag=30,seed=7"))
    said = capsys.readouterr().out
    assert "Jira Data Center 9.12.4: http://127.0.0.1:" in said
    assert "Azure DevOps Server 2022.1: http://127.0.0.1:" in said
    assert "What goes wrong by itself: lag=30,seed=7" in said
    trackers = parse_configuration(path.read_text(encoding="utf-8"), file=str(path)).configuration.trackers
    assert [(each.auth.user, each.mapping.preset) for each in trackers] == [(None, None), (None, "ado-agile")]
