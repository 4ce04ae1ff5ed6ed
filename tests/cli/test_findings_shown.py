from __future__ import annotations

from datetime import UTC, datetime

import pytest

from safesync.cli import show
from safesync.model.finding import Finding, Report, Severity


@pytest.mark.parametrize(
    ("subject", "words"),
    [("group:train_interval:Cards|PI 27.1", "Cards, PI 27.1"), ("group:team_column:jira|Falcon|In Progress", "jira, Falcon, In Progress")],
)
def test_a_finding_about_a_group_names_it_as_people_do(subject: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("GR503", subject, Severity.ERROR, None, "Swap work.", "")
    show.print_report(Report(datetime(2026, 11, 26, tzinfo=UTC), 1, frozenset({"GR503"}), frozenset({subject}), (finding,)), {}, "human")
    assert capsys.readouterr().out.splitlines()[0] == f"error   GR503 {words}"
