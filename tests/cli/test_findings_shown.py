from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from safesync.cli import show
from safesync.model.finding import Finding, Point, Report, Severity


@pytest.mark.parametrize(
    ("subject", "words"),
    [("group:train_interval:Cards|PI 27.1", "Cards, PI 27.1"), ("group:team_column:jira|Falcon|In Progress", "jira, Falcon, In Progress")],
)
def test_a_finding_about_a_group_names_it_as_people_do(subject: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("GR503", subject, Severity.ERROR, None, "Swap work.", "")
    show.print_report(Report(datetime(2026, 11, 26, tzinfo=UTC), 1, frozenset({"GR503"}), frozenset({subject}), (finding,)), {}, "human")
    assert capsys.readouterr().out.splitlines()[0] == f"error   GR503 {words}"


def test_nothing_that_stands_in_a_tracker_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    finding = Finding("TM101", "group:team_column:jira|a\x1b[2J\u202eb|To do", Severity.ERROR, None, "Do it.", "Seen: \x9b31m.")
    show.print_report(Report(datetime(2026, 11, 26, tzinfo=UTC), 1, frozenset({"TM101"}), frozenset(), (finding,)), {}, "human")
    table = show.table("team", "items#")
    table.add_row("Falcon\x1b]0;x\x07", "3")
    show.print_table(table)
    told = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(told)
    assert "jira, a\ufffd[2J\ufffdb, To do" in told
    assert len(told.splitlines()) == 5


def test_what_a_composite_rule_speaks_for_is_marked_in_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    part = Finding("TM105", "jira:1", Severity.INFO, None, "Estimate it.", "")
    whole = Finding("TM114", "jira:1", Severity.ERROR, None, "Settle it.", "", points=(Point("an estimate", "TM105", "Estimate it."),))
    report = Report(datetime(2026, 11, 26, tzinfo=UTC), 1, frozenset({"TM105", "TM114"}), frozenset({"jira:1"}), (part, whole))
    show.print_report(report, {}, "human")
    assert capsys.readouterr().out.splitlines()[-2:] == ["        part of TM114", "2 findings on 1 items by 2 rules"]
    show.print_report(report, {}, "json")
    assert [row["absorbed_by"] for row in json.loads(capsys.readouterr().out)["findings"]] == ["TM114", None]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_cell_is_one_that_a_spreadsheet_runs(begins: str) -> None:
    assert show.harmless(f"{begins}1+1") == f"'{begins}1+1"
    assert [show.harmless(each) for each in ("1=1", -3, None)] == ["1=1", -3, None]
