"""A mistake inside a condition is shown at its character, however the condition is written."""

from __future__ import annotations

import pytest
from written import SOUND, changed, mistakes, place_of

from safesync.configuration import source
from safesync.configuration.source import parse_source

FLAW = "flaw: points >= 8 AND NOT has_label('risk-reviewed')"
WRITTEN = {
    "plain": "flaw: team = 'x' AND pionts >= 8   # a remark",
    "plain over lines": "flaw: team = 'x'\n        AND\n\n        pionts >= 8",
    "single quotes": "flaw: 'team = ''x'' AND pionts >= 8'",
    "single quotes over lines": "flaw: 'team = ''x''\n\n          AND pionts >= 8'",
    "double quotes": "flaw: \"team = 'x' \\u0041ND pionts >= 8\"",
    "double quotes over lines": "flaw: \"team = 'x' \\\n         AND\n\n         pionts >= 8\"",
    "block": "flaw: |\n        team = 'x'\n          AND pionts >= 8",
    "block with an empty line": "flaw: |-  # a remark\n\n        team = 'x'\n\n        AND pionts >= 8",
    "folded block": "flaw: >-\n        team = 'x'\n        AND pionts >= 8",
    "folded block with paragraphs": "flaw: >\n        team = 'x'\n\n\n        AND team = 'y'\n          OR pionts >= 8",
    "block with its indentation said": "flaw: |2\n          team = 'x'\n        AND pionts >= 8",
}


@pytest.mark.parametrize("flaw", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_misspelled_fact_is_shown_at_its_first_letter(flaw: str) -> None:
    text = changed("      examples: {bad: [{points: 8}], good: [{points: 8, labels: [risk-reviewed]}]}\n", "")
    text = changed(FLAW, flaw, text)

    assert mistakes(text) == [f"{place_of(text, 'pionts')}: there is no fact pionts, did you mean 'points'?"]


@pytest.mark.parametrize("flaw", WRITTEN.values(), ids=WRITTEN.keys())
def test_every_letter_of_a_text_is_found_again(flaw: str) -> None:
    source = parse_source("f", f"before: 1\nunder:\n      {flaw}\nafter: 2\n")
    lines = source.text.split("\n")
    value = source.values["under"]["flaw"]

    for offset, letter in enumerate(value):
        mistake = source.mistake(("under", "flaw"), "", offset=offset)
        if not letter.isspace() and letter != "A":  # one A is written as an escape
            assert lines[mistake.line - 1][mistake.column - 1] == letter, (offset, letter)


def test_the_end_of_a_text_has_a_place_too() -> None:
    assert mistakes(changed(FLAW, "flaw: points >= 8 AND"))[0].startswith("31:2")


def test_text_of_another_script_moves_nothing() -> None:
    text = changed(FLAW, "flaw: \"team = 'Größe 🚀' AND pionts >= 8\"")
    assert any(each.startswith(place_of(text, "pionts")) for each in mistakes(text))


def test_windows_line_ends_move_nothing() -> None:
    text = changed("points >= 8 AND", "pionts >= 8 AND")
    assert mistakes(text.replace("\n", "\r\n"))[0] == mistakes(text)[0]


def test_the_sound_text_has_a_place_for_every_value() -> None:
    source = parse_source("f", SOUND)
    lines = SOUND.split("\n")
    for path, node in source.nodes.items():
        line, column = source.place(path)
        if path and node.id == "scalar" and node.value and node.style is None:
            assert lines[line - 1][column - 1 :].startswith(node.value), path


MERGED = {
    "of an anchor": ("Falcon: &f {members: 7, rules: {TM1O5: off}}\n  Heron: {<<: *f}", "TM1O5", "there is no rule TM1O5"),
    "written in place": ("Falcon: {<<: {members: -1}}", "-1}}", "must be at least 1"),
    "of several": ("Falcon: {<<: [{members: 5}, {velocity: no}]}", "no}]", "must be a number"),
    "twice in what is merged": ("Falcon: {<<: {members: 5, members: 6}}", "members: 6", "stands here twice"),
    "that is no mapping": ("Falcon: {<<: [5]}", "5]}", "only a mapping can be merged"),
    "itself": ("Falcon: &f {<<: *f}", "&f {", "this alias contains itself"),
    "with a tag": ("Falcon: !ours {members: 5}", "!ours", "is a tag and means nothing here"),
}


@pytest.mark.parametrize(("teams", "at", "said"), MERGED.values(), ids=MERGED.keys())
def test_a_mistake_in_what_is_merged_is_shown_where_it_is_written(teams: str, at: str, said: str) -> None:
    text = changed("Falcon: {members: 7, velocity: 34.5, rules: {TM105: off}}", teams)
    (told,) = mistakes(text)
    assert told.startswith(f"{place_of(text, at)}: ")
    assert said in told


def test_a_bomb_of_merges_is_refused() -> None:
    steps = zip("abcdefg", "bcdefgh", strict=True)
    bomb = "a: &a {x: 1}\n" + "".join(f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 10)}]}}\n" for before, name in steps)
    assert "stand for too many values" in mistakes(bomb)[0]


@pytest.mark.parametrize("part", ["store: sqlite:///safesync.db", "notify: []"])
def test_a_value_that_was_left_out_is_told_in_the_line_of_its_key(part: str) -> None:
    key = part.partition(":")[0]
    text = changed(part, f"{key}:\n\n# nothing")
    assert mistakes(text) == [f"{place_of(text, f'{key}:')}: this is empty: give it a value, or leave the key out"]


def test_rules_that_were_left_out_are_told_once() -> None:
    text = SOUND[: SOUND.index("rules:\n")] + "rules:\n" + SOUND[SOUND.index("feedback:") :]
    assert mistakes(text) == [f"{place_of(text, 'rules:' + chr(10))}: this is empty: give it a value, or leave the key out"]


def test_a_mapping_without_merges_counts_as_one_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "_MOST_NODES", 6)
    assert parse_source("a.yaml", "a: {b: 1, c: {d: {e: 1}}}").values == {"a": {"b": 1, "c": {"d": {"e": 1}}}}
