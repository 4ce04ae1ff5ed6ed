"""``config show``: every setting with who said it, and no secret."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk

from safesync.configuration.model import Configuration


def shown(desk: Desk, *more: str) -> dict[str, dict[str, Any]]:
    answer = desk.run("config", "show", "--format", "json", *more)
    assert answer.status == 0, answer.err
    return {each["path"]: each for each in answer.value["settings"]}


def line_of(desk: Desk, word: str) -> int:
    return next(number for number, line in enumerate(desk.text.splitlines(), 1) if word in line)


def test_every_part_of_the_configuration_is_there_with_its_origin(desk: Desk) -> None:
    found = shown(desk)
    assert {path.split(".")[0] for path in found} == set(Configuration.model_fields)
    assert all(each["origin"]["from"] in {"file", "pack", "preset", "default"} for each in found.values())


@pytest.mark.parametrize(
    ("path", "value", "origin"),
    [
        ("trackers.0.kind", "jira", "kind: jira"),
        ("trackers.0.mapping.fields.acceptance.0", {"name": "Acceptance criteria"}, "acceptance: {name"),
        ("trackers.0.mapping.stages.analysis", ["Analyzing", "Backlog"], "analysis: [Analyzing, Backlog]"),
        ("rules.LK702.options.require_epic", False, "LK702: {options"),
        ("feedback.comments", True, "comments: true"),
    ],
)
def test_a_setting_of_the_file_has_its_line(desk: Desk, path: str, value: object, origin: str) -> None:
    each = shown(desk)[path]
    assert each["value"] == value
    assert each["origin"]["file"] == "safesync.yaml"
    assert each["origin"]["line"] == line_of(desk, origin)


def test_what_the_file_does_not_say_is_of_a_preset_a_pack_or_the_default(desk: Desk) -> None:
    found = shown(desk)
    preset = {"from": "preset", "name": "jira-cloud-premium", "file": "safesync.yaml", "line": line_of(desk, "preset: jira"), "column": 15}
    assert found["trackers.0.mapping.fields.points.1"] == {
        "path": "trackers.0.mapping.fields.points.1",
        "value": {"name": "Story Points"},
        "origin": preset,
    }
    assert found["trackers.0.limits.at_once"]["origin"] == {"from": "default"}
    assert found["rules.TM105"]["origin"]["name"] == "essential"
    assert found["rules.PF301"]["origin"]["name"] == "portfolio"
    assert found["rules.TM108.options.stale_days"]["origin"] == {"from": "default"}


def test_a_rule_that_was_switched_off_is_shown_so(desk: Desk) -> None:
    desk.write(("  LK702:", "  TM105: off\n  LK702:"))
    each = shown(desk)["rules.TM105"]
    assert (each["value"], each["origin"]["line"]) == ("off", line_of(desk, "TM105: off"))


def test_a_rule_that_a_pack_or_a_team_switches_off_is_shown_where_it_says_so(desk: Desk) -> None:
    (desk.folder / "ours.yaml").write_text("# ours\nTM105: off\n", encoding="utf-8")
    desk.write(("extends: [portfolio]", "extends: [portfolio, ours.yaml]"), ("  Falcon: {", "  Falcon: {rules: {TM101: off}, "))
    found = shown(desk)
    off = {path: (each["value"], each["origin"].get("line")) for path, each in found.items() if path.endswith((".TM105", ").TM101"))}
    assert off.pop("rules.TM105") == ("off", 2)
    assert off["rules (team Falcon).TM101"] == ("off", line_of(desk, "TM101: off"))
    assert found["rules.TM115"]["origin"] == {"from": "default"}, "nobody names it"


def test_a_pack_in_a_file_is_named_by_its_own_line(desk: Desk) -> None:
    (desk.folder / "ours.yaml").write_text("# ours\nTM108:\n  options:\n    stale_days: 9\n", encoding="utf-8")
    desk.write(("extends: [portfolio]", "extends: [portfolio, ours.yaml]"))
    each = shown(desk)["rules.TM108.options.stale_days"]
    assert (each["value"], each["origin"]["file"].rpartition("/")[2], each["origin"]["line"]) == (9, "ours.yaml", 4)


def test_of_the_words_of_an_administrator_those_are_shown_that_there_are(desk: Desk) -> None:
    desk.write(
        ("  LK702:", "  TM105: {remedy: {de: Bitte schätzen.}}\n  LK702:"),
        ("  comments: true", "  comments: true\n  templates: {de: {more: mehr}}"),
    )
    found = shown(desk)
    assert [path for path in found if path.startswith("feedback.templates")] == ["feedback.templates.de.more"]
    assert found["feedback.templates.de.more"]["origin"]["line"] == line_of(desk, "more: mehr")
    assert found["rules.TM105.remedy.de"]["value"] == "Bitte schätzen."
    assert found["rules.TM105.remedy.de"]["origin"]["line"] == line_of(desk, "Bitte")


def test_no_secret_is_shown(desk: Desk) -> None:
    """The desk looks for the tokens in everything that any command prints; here they are asked for by name."""
    desk.write(("store: sqlite", "store: postgresql://safesync:hunter2@db.example/safesync  # sqlite"))
    answer = desk.run("config", "show")
    assert answer.status == 0
    assert "trackers.0.auth.token = (hidden)" in answer.out
    assert "store = postgresql://safesync:(hidden)@db.example/safesync" in answer.out
    assert "hunter2" not in answer.out


def test_a_secret_is_shown_as_it_is_referred_to(desk: Desk) -> None:
    desk.write((desk.sandbox.jira_token, '"${env:NOT_SET}"'))
    assert shown(desk)["trackers.0.auth.token"]["value"] == "${env:NOT_SET}"


def test_for_an_item_only_what_holds_for_it_is_shown(desk: Desk) -> None:
    desk.run("pull")
    found = shown(desk, "--item", "PAY-32")
    assert "trackers.1.kind" not in found
    assert "rules.TM105" in found
    assert not [path for path in found if path.startswith(("rules.PF301", "rules.GR503"))]
    assert len({path.split(".")[1] for path in found if path.startswith("teams.")}) == 1
    answer = desk.run("config", "show", "--item", "PAY-99999")
    assert (answer.status, answer.out) == (2, "")


def test_the_settings_of_a_team_replace_those_of_everybody_for_its_items(desk: Desk) -> None:
    desk.run("pull")
    findings = desk.run("check", "--format", "json").value["findings"]
    ours = next(each["team"] for each in findings if each["key"] == "PAY-32")
    old = next(line for line in desk.text.splitlines() if line.strip().startswith(f"{ours}: {{members"))
    desk.write((old, old.replace("{", "{rules: {TM108: {options: {stale_days: 2}}}, ", 1)))
    found = shown(desk, "--item", "PAY-32")
    assert found[f"teams.{ours}.rules.TM108.options.stale_days"]["value"] == 2
    assert "rules.TM108.options.stale_days" not in found
