"""``safesync replay`` at the command line."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from desk import Desk

TODAY = datetime.now(UTC).date
STRICT = "rules:\n  extends: [default]\n  TM101: off\n  TM110: off\n  PG203: {}\n  TM103: {options: {min_words: 400}}\n"


@pytest.fixture
def checked(desk: Desk) -> Desk:
    """A desk with a snapshot of today."""
    assert desk.run("pull").status == 0
    assert desk.run("check").status == 0
    return desk


def write(desk: Desk, text: str, name: str = "new.yaml") -> str:
    (desk.folder / name).write_text(text, encoding="utf-8")
    return name


def test_other_rules_are_held_against_those_of_now(checked: Desk) -> None:
    name = write(checked, STRICT)
    found = checked.run("replay", "--rules", name, "--since", str(TODAY()), "--format", "json").value
    now = checked.run("check", "--format", "json").value["findings"]
    changes = {(each["code"], each["subject"]): each["change"] for each in found["findings"]}
    assert {pair for pair, change in changes.items() if change != "added"} == {(each["code"], each["subject"]) for each in now}
    assert {code for (code, _), change in changes.items() if change == "gone"} == {"TM101"}
    assert {code for (code, _), change in changes.items() if change == "added"} == {"TM103"}
    rules = {each["code"]: each for each in found["rules"]}
    assert (rules["TM101"]["new"], rules["TM101"]["gone"]) == (0, rules["TM101"]["now"])
    assert sum(each["added"] for each in found["on"]) == rules["TM103"]["added"]
    assert [day["open_now"] for day in found["days"]] == [len(now)]


def test_the_same_for_people_and_for_spreadsheets(checked: Desk) -> None:
    name = write(checked, STRICT)
    asked = ("replay", "--rules", name, "--since", str(TODAY()))
    told = checked.run(*asked)
    assert (told.status, told.out.startswith(f"1 day with a snapshot, {TODAY()} to {TODAY()}; ")) == (0, True)
    assert "the Product Owner" in told.out
    rows = list(csv.DictReader(io.StringIO(checked.run(*asked, "--format", "csv").out)))
    gone = [row for row in rows if row["change"] == "gone"]
    assert {(row["code"], row["now_first"], row["new_first"]) for row in gone} == {("TM101", str(TODAY()), "")}
    assert f"{len(gone)} gone" in told.out


def test_a_whole_configuration_is_taken_for_its_rules(checked: Desk) -> None:
    write(checked, checked.text.replace("store: ", "store: sqlite:///elsewhere.db #"), "other.yaml")
    found = checked.run("replay", "--rules", "other.yaml", "--since", str(TODAY()), "--format", "json").value
    assert {each["change"] for each in found["findings"]} == {"same"}
    assert not (checked.folder / "elsewhere.db").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {TM10: off}\n", "new.yaml:1:9: "),
        ("rules: {TM101: {options: {min_word: 3}}}\n", "min_words"),
        ("rules:\n  extends: [default]\n\tTM101: off\n", "new.yaml:3:1: this is not YAML"),
        ("rules: {}\nteams: {Falcon: {rules: {TM1O1: off}}}\n", "new.yaml:2:26: "),
        ("TM101: off\n", "there is no part called rules here"),
        ("rules: {}\nrule: {}\n", "new.yaml:2:1: "),
    ],
)
def test_every_mistake_in_the_rules_has_its_place(checked: Desk, text: str, said: str) -> None:
    told = checked.run("replay", "--rules", write(checked, text), "--since", str(TODAY()))
    assert (told.status, said in told.err) == (2, True), told.err


def test_days_that_nobody_remembers_are_said(desk: Desk) -> None:
    asked = ("replay", "--rules", write(desk, "rules: {}\n"), "--since")
    assert "there is no snapshot yet" in desk.run(*asked, str(TODAY())).err
    assert "a day is written 2026-11-30" in desk.run(*asked, "yesterday").err
    desk.run("pull")
    desk.run("check")
    before = desk.run(*asked, str(TODAY() - timedelta(days=1)))
    assert (before.status, f"the first snapshot is of {TODAY()}" in before.err) == (2, True)


def test_who_keeps_nothing_has_nothing_to_replay(desk: Desk) -> None:
    desk.write(("feedback:", "snapshots: {keep_days: 0}\nfeedback:"))
    desk.run("check")
    assert "there is no snapshot yet" in desk.run("replay", "--rules", write(desk, "rules: {}\n"), "--since", str(TODAY())).err
