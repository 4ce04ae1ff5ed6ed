"""Every command over the real sandbox: what it prints and how it ends."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desk import FEW, FEW_NUMBERS, Desk

from safesync import __version__
from safesync.rules.catalog import shipped

NOTHING = "nothing was read yet: run 'safesync pull' first\n"


def test_the_version_is_one_line(desk: Desk) -> None:
    answer = desk.run("--version")
    assert (answer.status, answer.out, answer.err) == (0, f"safesync {__version__}\n", "")


def test_a_misspelt_command_is_told_with_the_nearest(desk: Desk) -> None:
    answer = desk.run("chek")
    assert answer.status == 2
    assert "Did you mean 'check'" in answer.err


@pytest.mark.parametrize("command", ["validate", "doctor", "pull", "check", "plan", "run", "serve"])
def test_without_a_configuration_nothing_starts(desk: Desk, command: str) -> None:
    answer = desk.run(command, "-c", "nowhere.yaml")
    assert (answer.status, answer.out, answer.err) == (2, "", "nowhere.yaml: there is no such file\n")


def test_the_environment_names_the_configuration(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAFESYNC_CONFIG", "elsewhere.yaml")
    assert desk.run("validate").err == "elsewhere.yaml: there is no such file\n"
    monkeypatch.setenv("SAFESYNC_LOG_LEVEL", "loud")
    answer = desk.run("validate")
    assert answer.status == 2
    assert answer.err.startswith("the environment variable SAFESYNC_LOG_LEVEL: 'loud' is not one of debug, info, warning, error")


def test_validate_says_what_it_checked(desk: Desk) -> None:
    assert desk.run("validate").out == "safesync.yaml is fine: 2 trackers, 16 rules\n"
    assert desk.run("validate", "--format", "json").value == {
        "valid": True,
        "mistakes": [],
        "warnings": [],
        "trackers": 2,
        "rules": 16,
    }


def test_validate_prints_every_mistake(desk: Desk) -> None:
    desk.write(("comments: true", "coments: true"), ("train_depth: 1", "train_depth: one"))
    answer = desk.run("validate")
    assert answer.status == 2
    assert len(answer.err.splitlines()) == 2
    asked = desk.run("validate", "--format", "json")
    assert asked.status == 2
    assert [each["message"] for each in asked.value["mistakes"]] == [
        "must be a whole number",
        "unknown key 'coments', did you mean 'comments'?",
    ]
    assert all(each["line"] and each["column"] for each in asked.value["mistakes"])


def test_validate_prints_warnings_behind_mistakes_in_one_pass(desk: Desk) -> None:
    desk.write(("  TM106: off", "  TM106: {options: {max_points: 5}}"))
    alone = desk.run("validate")
    assert (alone.status, len(alone.out.splitlines()), alone.err) == (0, 2, "")
    warned = alone.out.splitlines()[0]
    assert ": warning: 5 is less than min_points" in warned
    desk.write(("comments: true", "coments: true"))
    both = desk.run("validate")
    assert both.status == 2
    mistake, warning = both.err.splitlines()
    assert "unknown key 'coments'" in mistake
    assert warning == warned
    asked = desk.run("validate", "--format", "json")
    assert asked.status == 2
    assert [len(asked.value[part]) for part in ("mistakes", "warnings")] == [1, 1]
    assert desk.run("check").err == mistake + "\n"


def test_validate_needs_secrets_only_online(desk: Desk) -> None:
    desk.write((desk.sandbox.jira_token, '"${env:NOT_SET}"'))
    assert desk.run("validate").status == 0
    answer = desk.run("validate", "--online")
    assert answer.status == 2
    assert answer.err.endswith("the environment variable NOT_SET is not set\n")


def test_doctor_says_who_we_are_and_what_we_may(desk: Desk) -> None:
    answer = desk.run("doctor")
    assert answer.status == 0
    assert "  PAY: read, comment, label\n" in answer.out
    asked = desk.run("doctor", "--format", "json")
    assert set(asked.value) == {"jira-eu", "ado"}
    assert asked.value["jira-eu"]["may_comment"] == ["CARDS", "PAY"]
    assert asked.value == desk.run("validate", "--online", "--format", "json").value | {
        name: {**each, "clock_skew_s": asked.value[name]["clock_skew_s"]} for name, each in asked.value.items()
    }


def test_the_stages_one_by_one(own_desk: Desk) -> None:
    pulled = own_desk.run("pull", "--format", "json")
    assert pulled.status == 0
    assert {name: each["items"] for name, each in pulled.value["trackers"].items()} == {"jira-eu": 6, "ado": 6}

    checked = own_desk.run("check", "--format", "json")
    assert checked.status == 0
    assert checked.value["items"] == 12
    assert checked.value["findings"]

    before = own_desk.writes()
    planned = own_desk.run("plan", "-o", "deep/plan.json", "--format", "json")
    assert planned.status == 0
    assert planned.value["saved"] == "deep/plan.json"
    assert planned.value["changes"]
    assert own_desk.writes() == before

    applied = own_desk.run("apply", "deep/plan.json", "--format", "json")
    assert applied.status == 0
    made = sum(each["comments_created"] for each in applied.value["trackers"].values())
    assert made == len(planned.value["changes"])

    again = own_desk.run("run", "--format", "json")
    assert again.status == 0
    assert again.value["planned_items"] == 0

    third = own_desk.run("apply", "deep/plan.json", "--format", "json")
    assert sum(each["comments_created"] for each in third.value["trackers"].values()) == 0


def test_a_run_does_it_all_for_people(own_desk: Desk) -> None:
    answer = own_desk.run("run")
    assert answer.status == 0
    assert "findings on 12 items" in answer.out
    assert answer.err == ""
    second = own_desk.run("run", "--format", "json")
    assert {each["comments_created"] for each in second.value["trackers"].values()} == {0}


def test_one_tracker_alone_may_be_pulled(desk: Desk) -> None:
    assert set(desk.run("pull", "--tracker", "ado", "--format", "json").value["trackers"]) == {"ado"}
    answer = desk.run("pull", "--tracker", "adoo")
    assert (answer.status, answer.err) == (2, "there is no tracker 'adoo', did you mean 'ado'?\n")


def test_findings_in_every_form_are_the_same(desk: Desk) -> None:
    desk.run("pull")
    findings = desk.run("check", "--format", "json").value["findings"]
    lines = desk.run("check", "--format", "jsonl").out.splitlines()
    rows = list(csv.DictReader(io.StringIO(desk.run("check", "--format", "csv").out)))
    for_people = desk.run("check").out

    assert [json.loads(line) for line in lines] == findings
    assert [(row["code"], row["subject"]) for row in rows] == [(each["code"], each["subject"]) for each in findings]
    for each in findings:
        assert f"{each['code']} " in for_people
        assert f"{each['remedy']} {each['evidence']}" in for_people, "a sentence stays on its line in a pipe"


def test_check_fails_from_a_severity_on(desk: Desk) -> None:
    desk.run("pull")
    severities = {each["severity"] for each in desk.run("check", "--format", "json").value["findings"]}
    assert "error" in severities
    for level in ("info", "warning", "error"):
        assert desk.run("check", "--fail-on", level).status == 1
    assert desk.run("check", "--fail-on", "never").status == 0
    named = (("  LK702: {options: {require_epic: false}}", "  LK702: off"), ("  PG203: {options: {top_n: 0}}", "  PG203: off"))
    desk.write(("extends: [portfolio]", "extends: []"), *named)
    assert desk.run("check", "--fail-on", "info").status == 0


def test_check_before_any_pull_says_so(desk: Desk) -> None:
    answer = desk.run("check", "--format", "json")
    assert (answer.status, answer.value["items"], answer.err) == (4, 0, NOTHING)


@pytest.mark.parametrize("command", [("plan", "-o", "mine.json"), ("baseline", "--take")])
def test_what_follows_from_what_was_read_is_refused_before_any_pull(desk: Desk, command: tuple[str, ...]) -> None:
    refused = desk.run(*command)
    assert (refused.status, refused.out, refused.err) == (2, "", NOTHING)
    assert not (desk.folder / "mine.json").exists()


def test_an_empty_scope_that_was_read_is_no_store_that_nothing_was_read_into(desk: Desk) -> None:
    desk.write((f"jql: 'key in ({FEW})'", "jql: 'labels = nobody'"), (f"IN ({FEW_NUMBERS})", "IN (999999)"))
    assert desk.run("pull").status == 0
    checked = desk.run("check", "--format", "json")
    assert (checked.status, checked.value["items"], checked.err) == (0, 0, "")
    assert desk.run("plan").status == 0


def test_a_check_before_any_pull_is_remembered_as_no_day(desk: Desk) -> None:
    desk.run("check")
    replayed = ("replay", "--rules", "safesync.yaml", "--since", f"{datetime.now(UTC):%Y-%m-%d}")
    assert "no snapshot" in desk.run(*replayed).err
    desk.run("pull")
    desk.run("check")
    assert "on the last one" in desk.run(*replayed).out


def test_a_rule_that_only_reports_writes_nothing(desk: Desk) -> None:
    desk.run("pull")
    codes = {each["code"] for each in desk.run("check", "--format", "json").value["findings"]}
    desk.write(
        (
            "extends: [portfolio]",
            "extends: [portfolio]\n" + "".join(f"  {code}: {{stage: report}}\n" for code in codes - {"LK702", "PG203", "GR503"}),
        )
    )
    planned = desk.run("plan", "--format", "json")
    assert {code for change in planned.value["changes"] for code in change["codes"]} <= {"LK702", "PG203", "GR503"}


# --- explain ----------------------------------------------------------------------------------------------------


def leaves(part: dict[str, Any]) -> Iterator[tuple[str, object]]:
    if not part["parts"]:
        yield part["text"], part["value"]
    for below in part["parts"]:
        yield from leaves(below)


def test_explain_shows_every_operand_with_its_value_and_where_it_came_from(desk: Desk) -> None:
    desk.run("pull")
    asked = desk.run("explain", "PAY-32", "--format", "json").value
    by_code = {each["code"]: each for each in asked["rules"]}
    assert len(by_code) == 14
    flaw = by_code["TM101"]["flaw"]
    assert by_code["TM101"]["verdict"] == "flawed"
    assert flaw["value"] is True
    assert ("acceptance_verdict", "missing") in set(leaves(flaw))
    assert by_code["TM101"]["facts"]["acceptance_verdict"]["source"].startswith("looked in: ")
    assert by_code["TM101"]["facts"]["kind"]["source"] == "from the type 'Story' by mapping.types.story"
    assert by_code["TM105"]["facts"]["points"]["source"].startswith("read from the field ")

    answer = desk.run("explain", "jira-eu:PAY-32", "tm101")
    assert "TM101 flawed" in answer.out
    assert "acceptance_verdict  = missing" in answer.out
    assert "acceptance_verdict = missing  looked in: " in answer.out


def test_explain_names_what_it_does_not_know(desk: Desk) -> None:
    answer = desk.run("explain", "PAY-32")
    assert (answer.status, answer.out) == (2, "")
    assert "no item 'PAY-32' was read" in answer.err
    desk.run("pull")
    assert "TM109 is off: no pack that is extended has it" in desk.run("explain", "PAY-32", "TM109").err
    assert "judges single items as 'TM1O9', did you mean" in desk.run("explain", "PAY-32", "TM1O9").err


# --- rules and schema -------------------------------------------------------------------------------------------


def test_rules_are_listed_whole_also_in_a_narrow_pipe(desk: Desk) -> None:
    desk.write(("extends: [portfolio]", "extends: [portfolio]\n  TM105: off"))
    assert [each["code"] for each in desk.run("rules", "list", "--format", "json").value] == list(shipped())
    here = {each["code"]: each["judges_here"] for each in desk.run("rules", "list", "-c", "safesync.yaml", "--format", "json").value}
    assert (here["TM101"], here["TM105"]) == (True, False)
    lines = desk.run("rules", "list", "-c", "safesync.yaml").out.splitlines()
    assert len(lines) == len(shipped()) + 1
    assert all(rule.name in line for rule, line in zip(shipped().values(), lines[1:], strict=True))


def test_a_rule_has_a_page(desk: Desk) -> None:
    page = desk.run("rules", "show", "tm102").out
    assert page.startswith("# TM102: vague acceptance criteria\n")
    assert "| `max_criteria` | whole number, at least 1 | `10` |" in page
    assert "| planned for now | `current` | warning |" in page
    asked = desk.run("rules", "show", "TM102", "--format", "json").value
    assert asked["options"]["max_criteria"]["default"] == 10
    answer = desk.run("rules", "show", "TM1O2")
    assert (answer.status, answer.err) == (2, "there is no rule 'TM1O2', did you mean 'TM102'?\n")


def test_the_schema_is_one_json_value(desk: Desk) -> None:
    assert desk.run("schema").value["title"] == "SafeSync configuration"


def test_pages_of_rules_are_written(desk: Desk, tmp_path: Path) -> None:
    assert desk.run("rules", "pages", "pages").status == 0
    assert len(list((tmp_path / "pages").iterdir())) == len(shipped()) + 1
    own = "{code: X101, name: big-story, for: story, flaw: points > 20, severity: info, remedy: Split it.}"
    desk.write(("  LK702:", f"  custom: [{own}]\n  LK702:"))
    assert desk.run("rules", "pages", "ours", "-c", "safesync.yaml").out == f"{len(shipped()) + 2} pages are in ours\n"
    assert (tmp_path / "ours" / "X101.md").read_text(encoding="utf-8").startswith("# X101: big story\n")
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = desk.run("rules", "pages", "file/below")
    assert answer.status == 2
    assert "cannot be written" in answer.err


# --- the demo ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_demo_can_be_read_at_eighty_columns(desk: Desk) -> None:
    answer = desk.run("demo")
    assert answer.status == 0
    assert [line for line in answer.out.splitlines() if len(line) > 80] == []
    assert "Third run: nothing is written" in answer.out


def test_a_literal_is_no_operand_to_explain(desk: Desk) -> None:
    desk.run("pull")
    shown = desk.run("explain", "PAY-32", "TM105").out
    assert "points" in shown
    lines = [line.strip() for line in shown.splitlines()]
    assert not [line for line in lines if "  = " in line and line.split("  = ")[0].strip("'") == line.split("  = ")[-1]]
