"""``rules list``, ``rules show`` and ``rules test``, with the rules of an administrator among ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk

from safesync.jobs.concern import CHECKS
from safesync.rules.catalog import shipped
from safesync.rules.rule import Level

OWN = '''\
"""
A large story without a review.

How to fix: ask for one.

Known false positives: none.
"""

from safesync.model.finding import Severity
from safesync.model.item import Kind
from safesync.rules.examples import bad, good, story
from safesync.rules.rule import Level, Rule

RULE = Rule(
    code="X201",
    name="large-story",
    level=Level.FLOW,
    judges=Kind.STORY,
    source="us",
    flaw="points >= 8",
    severity=Severity.WARNING,
    remedy="Split it.",
    evidence="It has {points} points.",
    examples=(
        bad("large", story(points=8.0)),
        bad("larger", story(points=13.0)),
        good("small", story(points=5.0)),
        good("smaller", story(points=3.0)),
    ),
)
'''
CUSTOM = (
    "  custom: [{code: X101, name: late-story, for: story, flaw: days_in_stage > 90, severity: info, remedy: Move it., "
    "examples: {bad: [{days_in_stage: 91}], good: [{days_in_stage: 90}]}}]\n"
)


def with_own(desk: Desk, text: str = OWN) -> None:
    (desk.folder / "ours").mkdir()
    (desk.folder / "ours" / "large.py").write_text(text, encoding="utf-8")
    desk.write(("extends: [portfolio]\n", f"extends: [portfolio]\n  folder: ours\n{CUSTOM}"))


@pytest.mark.parametrize(
    ("narrowed", "some", "none"),
    [
        (("--pack", "portfolio"), "PF301", ""),
        (("--pack", "essential"), "TM101", "PF301"),
        (("--level", "links"), "LK701", "TM101"),
        (("--lifecycle", "stable"), "TM101", ""),
        (("--pack", "essential", "--level", "team"), "TM101", "LK701"),
    ],
)
def test_the_list_is_narrowed_by_pack_level_and_state(desk: Desk, narrowed: tuple[str, ...], some: str, none: str) -> None:
    found = [each["code"] for each in desk.run("rules", "list", *narrowed, "--format", "json").value]
    assert some in found
    assert none not in found
    assert [line.split()[0] for line in desk.run("rules", "list", *narrowed).out.splitlines()[1:]] == found


def test_a_list_of_what_there_is_not_is_refused(desk: Desk) -> None:
    assert desk.run("rules", "list", "--pack", "esential").err == "there is no pack 'esential', did you mean 'essential'?\n"
    assert desk.run("rules", "list", "--level", "teem").status == 2
    assert {rule.level for rule in shipped().values()} <= set(Level)


def test_rules_of_ones_own_are_listed_and_shown_with_a_configuration(desk: Desk) -> None:
    with_own(desk)
    rows = {each["code"]: each for each in desk.run("rules", "list", "-c", "safesync.yaml", "--format", "json").value}
    assert (rows["X101"]["judges_here"], rows["X201"]["judges_here"], rows["X201"]["level"]) == (True, True, "flow")
    assert "X201" not in desk.run("rules", "list").out
    page = desk.run("rules", "show", "X201", "-c", "safesync.yaml").out
    assert page.startswith("# X201: large story\n")
    assert "rules.X201.flaw = points >= 8" in page
    assert desk.run("rules", "show", "X201").err.startswith("there is no rule 'X201'")


def test_a_rule_is_shown_with_its_settings_here(desk: Desk) -> None:
    asked = desk.run("rules", "show", "LK702", "-c", "safesync.yaml", "--format", "json").value
    settings = {each["path"]: each for each in asked["settings"]}
    line = next(number for number, each in enumerate(desk.text.splitlines(), 1) if "require_epic" in each)
    assert settings["rules.LK702.options.require_epic"]["value"] is False
    assert settings["rules.LK702.options.require_epic"]["origin"]["line"] == line
    desk.write(("extends: [portfolio]", "extends: [portfolio]\n  TM105: off"))
    assert desk.run("rules", "show", "TM105", "-c", "safesync.yaml").out.endswith("It does not judge by safesync.yaml.\n")


def test_the_examples_of_shipped_rules_and_of_ones_own_are_tried_alike(desk: Desk) -> None:
    with_own(desk)
    some = ("TM101", "GR503", "X101", "X201")
    answer = desk.run("rules", "test", *some, "-c", "safesync.yaml")
    count = sum(len(shipped()[code].tried) for code in some[:2]) + 4 + 2
    assert (answer.status, answer.out) == (0, f"{len(some)} rules, {count} examples, 0 wrong, 0 things missing\n")
    (only,) = desk.run("rules", "test", "x101", "-c", "safesync.yaml", "--format", "json").value
    assert [each["verdict"] for each in only["examples"]] == ["flawed", "fine"]


def test_an_example_that_does_not_hold_and_a_part_that_is_missing_end_with_one(desk: Desk) -> None:
    with_own(desk, OWN.replace('bad("larger", story(points=13.0)),', 'bad("small", story(points=7.0)),').replace("How to fix", "To fix"))
    answer = desk.run("rules", "test", "X201", "-c", "safesync.yaml")
    assert answer.status == 1
    assert answer.out.splitlines() == [
        "X201: the bad example 'small': the rule finds nothing wrong with it",
        "X201: it does not say 'How to fix:'",
        "1 rules, 4 examples, 1 wrong, 1 things missing",
    ]
    asked = desk.run("rules", "test", "X201", "-c", "safesync.yaml", "--format", "json")
    assert (asked.status, asked.value[0]["lacks"]) == (1, ["it does not say 'How to fix:'"])


def test_an_example_that_cannot_be_run_is_told(desk: Desk) -> None:
    with_own(desk, OWN.replace("story(points=8.0)", "story(points=8.0), options={'most': 3}"))
    answer = desk.run("rules", "test", "X201", "-c", "safesync.yaml")
    assert answer.status == 1
    assert answer.out.startswith("X201: the bad example 'large': ValidationError: ")


def test_a_mutation_run_names_what_no_example_notices(desk: Desk) -> None:
    with_own(desk)
    answer = desk.run("rules", "test", "--mutate", "X201", "-c", "safesync.yaml")
    assert answer.status == 0
    assert answer.out.splitlines() == [
        "X201 4 of 5 changes are noticed",
        "  flaw: 8 -> 7",
        "1 rules, 5 changes, 80.0 % noticed",
    ]
    (only,) = desk.run("rules", "test", "--mutate", "X201", "-c", "safesync.yaml", "--format", "json").value
    assert only["survivors"] == ["flaw: 8 -> 7"]


def test_a_check_that_waits_for_mirroring_is_not_evaluable_wherever_one_asks(desk: Desk) -> None:
    desk.run("pull")
    why = "not evaluable: DQ006 (nothing is mirrored in this version, so no pair can disagree)"
    for command in (["check"], ["rules", "show", "DQ006"], ["explain", "PAY-32", "dq006"]):
        assert why in desk.run(*command).out.splitlines()
    shown = desk.run("rules", "show", "dq006", "--format", "json").value
    assert shown["not_evaluable"] == desk.run("check", "--format", "json").value["upkeep"]["not_evaluable"]["DQ006"]
    assert "not evaluable" not in desk.run("rules", "show", "DQ001").out


def test_every_check_of_the_mapping_that_can_be_shown_is_on_the_page_for_administrators() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [code for code in CHECKS if code not in page] == []
