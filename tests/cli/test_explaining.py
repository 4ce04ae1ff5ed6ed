"""What ``explain`` tells of facts, thresholds and lines: of a rule that fired, of one that did not, of one that cannot know."""

from __future__ import annotations

from typing import Any

import pytest
from desk import Desk


def rule(desk: Desk, code: str, item: str = "PAY-32") -> dict[str, Any]:
    (only,) = desk.run("explain", item, code, "--format", "json").value["rules"]
    return dict(only)


def line_of(desk: Desk, word: str) -> int:
    return next(number for number, line in enumerate(desk.text.splitlines(), 1) if word in line)


def test_a_threshold_is_shown_with_the_line_that_set_it(desk: Desk) -> None:
    desk.run("pull")
    desk.write(("  LK702:", "  TM108: {options: {stale_days: 3}, severity: {current: error}}\n  LK702:"))
    line = line_of(desk, "TM108")

    told = rule(desk, "TM108")

    assert told["options"]["stale_days"] == {"value": 3, "origin": {"from": "file", "file": "safesync.yaml", "line": line, "column": 33}}
    assert told["options"]["feature_stale_days"] == {"value": 10, "origin": {"from": "default"}}
    assert told["judges_because_of"]["line"] == line
    shown = desk.run("explain", "PAY-32", "TM108").out
    assert f"  :stale_days = 3  safesync.yaml:{line}\n" in shown
    assert "  :feature_stale_days = 10  default of the rule\n" in shown


def test_a_rule_of_a_pack_names_the_pack_and_the_line_that_asks_for_it(desk: Desk) -> None:
    desk.run("pull")
    told = rule(desk, "TM101")
    assert told["judges_because_of"] == {
        "from": "pack",
        "name": "essential",
        "file": "safesync.yaml",
        "line": line_of(desk, "extends: [portfolio]"),
        "column": 13,
    }


def test_the_severity_of_a_gate_is_told_with_its_line(desk: Desk) -> None:
    desk.run("pull")
    desk.write(("  LK702:", "  TM101:\n    severity:\n      current: warning\n  LK702:"))
    told = rule(desk, "TM101")
    assert (told["verdict"], told["severity"]) == ("flawed", "warning")
    assert told["severity_origin"]["line"] == line_of(desk, "current: warning")

    desk.write(("      current: warning", "      current: off"))
    answer = desk.run("explain", "PAY-32", "TM101").out
    assert "TM101 fine" in answer
    assert f"the flaw is there, and its severity at this gate is off (safesync.yaml:{line_of(desk, 'current: off')})" in answer


def test_a_rule_that_did_not_fire_names_the_operand_that_decided(desk: Desk) -> None:
    desk.run("pull")
    told = rule(desk, "TM107")
    assert told["verdict"] == "fine"
    assert {"text": "owner IS NULL", "value": False, "options": []} in told["decided_by"]
    assert told["facts"]["owner"]["source"] == "read from assignee"
    assert "  because owner IS NULL  = false\n" in desk.run("explain", "PAY-32", "TM107").out


def test_a_rule_that_is_not_applicable_says_why_when_it_is_named(desk: Desk) -> None:
    desk.run("pull")
    told = rule(desk, "LK702")
    assert [each["text"] for each in told["decided_by"]] == ["kind IN ('feature', 'capability')"]
    assert "  not judged because kind IN ('feature', 'capability')  = false\n" in desk.run("explain", "PAY-32", "LK702").out


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("points: []", "map it: add points: <name or id of the field> to mapping.fields of jira-eu (safesync.yaml:"),
        ("points: {name: Nowhere}", "read from the field Nowhere by mapping.fields.points (safesync.yaml:"),
    ],
)
def test_what_is_not_seen_names_the_line_that_would_make_it_seen(desk: Desk, written: str, said: str) -> None:
    desk.write(("        benefit: {name", f"        {written}\n        benefit: {{name"))
    desk.run("pull")
    told = rule(desk, "TM105")
    assert told["verdict"] == "not_evaluable"
    points = told["facts"]["points"]
    assert (points["value"], points["seen"], points["source"]) == (None, False, "not seen: points")
    assert points["remedy"].startswith(said)
    shown = desk.run("explain", "PAY-32").out
    assert "TM105 not evaluable" in shown
    assert "  depends on what was not seen: points IS NULL  = not seen\n" in shown
    assert f"    to see it: {said}" in shown


def test_a_rule_that_is_off_for_the_items_team_names_the_line_that_says_so(desk: Desk) -> None:
    desk.run("pull")
    ours = next(each["team"] for each in desk.run("check", "--format", "json").value["findings"] if each["key"] == "PAY-32")
    old = next(each for each in desk.text.splitlines() if each.strip().startswith(f"{ours}: {{"))
    desk.write((old, old.replace("{", "{rules: {TM101: off}, ", 1)))
    line = line_of(desk, "TM101: off")

    assert f"TM101 off  story without acceptance criteria\n  rules (team {ours}).TM101 = off  safesync.yaml:{line}\n" in (
        desk.run("explain", "PAY-32", "tm101").out
    )
    told = desk.run("explain", "PAY-32", "TM101", "--format", "json").value
    assert (told["rules"], told["off"]["code"], told["off"]["origin"]["line"]) == ([], "TM101", line)
    shown = desk.run("config", "show", "--item", "PAY-32").out
    assert f"rules (team {ours}).TM101 = off  safesync.yaml:{line}\n" in shown
    assert "\nrules.TM101" not in shown


def test_a_rule_that_nobody_asks_for_is_told_so(desk: Desk) -> None:
    desk.run("pull")
    answer = desk.run("explain", "PAY-32", "CP601")
    assert (answer.status, answer.err) == (2, "CP601 is off: no pack that is extended has it, and nobody names it below rules\n")


def test_a_rule_that_waits_for_a_decision_says_which(desk: Desk) -> None:
    desk.write(("  GR505: off\n", ""))
    desk.run("pull")
    assert "  it judges nothing before somebody decides rules.GR505.options.threshold\n" in desk.run("explain", "ado:1", "GR505").out


def test_a_finding_that_nobody_is_told_says_why(desk: Desk) -> None:
    waived = "waivers: [{rule: TM101, items: [PAY-32], until: 2099-01-15, reason: agreed}]"
    desk.write(("  LK702:", "  TM101: {stage: shadow}\n  LK702:"), ("  comments: true", f"  comments: true\n  {waived}"))
    desk.run("pull")

    told = rule(desk, "TM101")

    assert (told["verdict"], told["quiet"]) == ("flawed", "waived: TM101 until 2099-01-15 (agreed)")
    assert (told["stage"]["value"], told["stage"]["origin"]["line"]) == ("shadow", line_of(desk, "stage: shadow"))
    shown = desk.run("explain", "PAY-32", "TM101").out
    assert f"  stage: shadow (safesync.yaml:{line_of(desk, 'stage: shadow')})\n" in shown
    assert "  nobody is told: waived: TM101 until 2099-01-15 (agreed)\n" in shown


def test_of_two_settings_of_a_rule_the_one_of_the_items_team_is_told(desk: Desk) -> None:
    desk.run("pull")
    team = desk.run("check", "--format", "json").value["findings"]
    ours = next(each["team"] for each in team if each["key"] == "PAY-32")
    line = next(number for number, each in enumerate(desk.text.splitlines(), 1) if each.strip().startswith(f"{ours}: {{"))
    old = desk.text.splitlines()[line - 1]
    desk.write((old, old.replace("{", "{rules: {TM108: {options: {stale_days: 2}}}, ", 1)))
    told = rule(desk, "TM108")
    assert (told["options"]["stale_days"]["value"], told["options"]["stale_days"]["origin"]["line"]) == (2, line)


def test_an_azure_item_names_its_own_fields(desk: Desk) -> None:
    desk.run("pull")
    told = rule(desk, "PF301", "ado:1")
    facts = told["facts"]
    assert facts["owner"]["source"] == "read from System.AssignedTo"


# --- groups -----------------------------------------------------------------------------------------------------


def a_group(desk: Desk, code: str) -> dict[str, Any]:
    """A group about which a rule found something."""
    findings = desk.run("check", "--format", "json").value["findings"]
    return next(dict(each) for each in findings if each["code"] == code)


@pytest.fixture
def loaded(desk: Desk) -> Desk:
    """A desk with a team that has planned more than it says it can do."""
    desk.run("pull")
    capacities = ", ".join(f"{team}: 1" for team in ("Falcon", "Heron", "Osprey", "Ibis", "Kestrel", "Merlin"))
    desk.write(("  TM112: off", f"  TM112: {{options: {{capacities: {{{capacities}}}}}}}"))
    return desk


def test_a_group_is_explained_with_its_arithmetic_and_the_line_of_its_threshold(loaded: Desk) -> None:
    finding = a_group(loaded, "TM112")
    told = loaded.run("explain", finding["subject"], "TM112", "--format", "json").value
    (only,) = told["rules"]
    assert (told["group"], only["verdict"], only["severity"]) == (finding["subject"], "flawed", finding["severity"])
    assert only["facts"]["planned_points"]["value"] > only["facts"]["capacity"]["value"] == 1
    assert only["facts"]["planned_points"]["source"] == "Sum of their points."
    assert only["judges_because_of"]["line"] == line_of(loaded, "TM112")
    shown = loaded.run("explain", finding["subject"]).out
    assert "TM112 flawed" in shown
    assert f"a team in an iteration that is not over ({finding['subject']})" in shown


def test_a_group_is_found_by_the_name_of_its_iteration_too(loaded: Desk) -> None:
    subject = a_group(loaded, "TM112")["subject"]
    name = loaded.run("explain", subject, "--format", "json").value["name"]
    assert "iteration:" not in name
    team = subject.split(":")[2].split("|")[0]
    assert loaded.run("explain", f"group:team_iteration:{team}|{name}", "--format", "json").value["group"] == subject
    assert f"TM112 {name}\n" in loaded.run("check").out
    assert subject.split("|")[1] not in loaded.run("check", "--format", "html").out


def test_a_group_that_is_not_there_is_answered_with_those_that_are(loaded: Desk) -> None:
    subject = a_group(loaded, "TM112")["subject"]
    for asked, said in (
        ("group:team_iteration:Falcn|x", f"there is no group group:team_iteration:Falcn|x; there are: {subject.split('|')[0]}"),
        ("group:team_iteratio:x", "did you mean 'team_iteration'"),
        (subject, "no rule of this configuration judges a team in an iteration that is not over as"),
    ):
        answer = loaded.run("explain", asked, *(["TM999"] if asked == subject else []))
        assert (answer.status, said.casefold() in answer.err.casefold()) == (2, True), answer.err


def test_the_anchor_of_a_team_is_explained_with_the_groups_that_it_carries(loaded: Desk) -> None:
    subject = a_group(loaded, "TM112")["subject"]
    team = subject.removeprefix("group:team_iteration:").split("|")[0]
    answer = loaded.run("explain", "PAY-32", "TM112")
    assert (answer.status, "TM112 judges groups, and none stands on PAY-32; there are: group:team_iteration:" in answer.err) == (2, True)
    loaded.write((f"  {team}: {{members: 5", f"  {team}: {{anchor: 'jira-eu:PAY-32', members: 5"))
    groups = loaded.run("explain", "PAY-32", "TM112", "--format", "json").value["groups"]
    assert subject in {each["group"] for each in groups}
    assert "TM112 flawed" in loaded.run("explain", "PAY-32").out


def test_a_checklist_names_its_points_and_leaves_their_operands_to_their_own_rules(desk: Desk) -> None:
    desk.write(("  TM114: off\n", ""))
    desk.run("pull")

    told = rule(desk, "TM114")

    (asked,) = (told["flaw"], *told["flaw"]["parts"])[:1]
    assert [part["text"].split()[0] for part in asked["parts"]] == ["TM101", "TM105", "TM106", "LK701", "LK711"]
    assert asked["parts"][0]["text"] == "TM101 still asks for acceptance criteria"
    assert not any(part["parts"] for part in asked["parts"])
    assert "verdicts" not in told["options"], "an option of TM101"


def test_every_rule_of_every_pack_explains_itself_about_an_item(desk: Desk) -> None:
    text, _, _ = desk.text.partition("rules:\n")
    desk.text = f"{text}rules: {{extends: [regulated]}}\n"
    desk.write()
    desk.run("pull")
    answer = desk.run("explain", "PAY-32")
    assert answer.status == 0, answer.err
    assert desk.run("explain", "CARDS-1").status == 0


def test_what_is_counted_elsewhere_says_what_it_counts(desk: Desk) -> None:
    desk.write(("  TM106: off\n", ""))
    desk.run("pull")
    facts = rule(desk, "TM106")["facts"]
    assert facts["team_sized_done"]["source"] == "computed: Done stories and bugs of its team with points."


def test_a_condition_on_an_option_alone_is_told_by_its_name(desk: Desk) -> None:
    desk.write(("  PF303: off\n", ""))
    desk.run("pull")
    told = rule(desk, "PF303", "CARDS-1")
    assert ":exempt_below = 0" in told["flaw"]["text"]
    assert "NOT :attachments" in told["flaw"]["text"]
    assert "TRUE" not in told["flaw"]["text"]


def test_an_objective_of_a_file_has_its_key_and_title_in_check_explain_and_gate(desk: Desk) -> None:
    (desk.folder / "objectives.csv").write_text(
        "interval,title,key,train,planned_value\nPI 26.4,Pay in seconds,O-1,Payments,\n", encoding="utf-8"
    )
    desk.write(("  themes: [", "  data: {objectives: objectives.csv}\n  themes: ["), ("  GR508: off\n", ""))
    desk.run("pull")
    found = [each for each in desk.run("check", "--format", "json").value["findings"] if each["code"] == "GR508"]
    assert [(each["key"], each["title"], each["tracker"]) for each in found] == [("O-1", "Pay in seconds", "organisation.data")]
    assert "GR508 O-1 Pay in seconds" in desk.run("check").out
    assert rule(desk, "GR508", "o-1")["verdict"] == "flawed"
    assert rule(desk, "GR508", "o-1")["facts"]["planned_value"]["source"] == "Planned business value of a PI objective."
    gated = desk.run("gate", "O-1")
    assert (gated.status, "GR508" in gated.out) == (1, True)
    assert desk.run("config", "show", "--item", "O-1").status == 0
