"""Packs in files of one's own: where they are looked for, what is told of them, and what of them counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import changed

from safesync.configuration.effective import settings_of_rule
from safesync.configuration.read import read_configuration
from safesync.configuration.secrets import Secrets
from safesync.model.errors import ConfigurationError

CUSTOM = "custom:\n- {code: X200, name: big-story, for: story, flaw: points > 20, severity: info, remedy: Split it.}\n"


def with_packs(folder: Path, extends: str, **packs: str) -> list[str]:
    for name, text in packs.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    file = folder / "safesync.yaml"
    file.write_text(changed("[essential]", extends), encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_configuration(file, secrets=Secrets.NONE)
    return [str(each).replace(f"{folder}/", "") for each in refused.value.mistakes]


def test_a_mistake_in_a_pack_is_told_in_its_own_file(tmp_path: Path) -> None:
    found = with_packs(tmp_path, "[mine.yaml]", mine="TM105: off\nTM102:\n  severity: wrning\n  exclude: points > 1 AND pionts > 1\n")

    assert found == [
        "mine.yaml:3:13: 'wrning' is not one of off, info, warning, error, did you mean 'warning'?",
        "mine.yaml:4:27: there is no fact pionts, did you mean 'points'?",
    ]


def test_a_pack_written_like_a_configuration_is_told_how_a_pack_looks(tmp_path: Path) -> None:
    (mistake,) = with_packs(tmp_path, "[mine.yaml]", mine="rules:\n  TM105: off\n")
    assert mistake.endswith("there is no rule rules; a pack holds what stands below rules, without that key")


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    found = with_packs(tmp_path, "[one.yaml]", one="extends: [two.yaml]\n", two="extends:\n  - one.yaml\n")

    assert found == ["two.yaml:2:5: a pack extends itself"]


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "mine.yaml:1:2: this is not YAML"), ("- a", "mine.yaml:1:1: a pack is a mapping"), ("", "mine.yaml:1:1: the file is empty")],
)
def test_a_pack_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (only,) = with_packs(tmp_path, "[mine.yaml]", mine=text)
    assert only.startswith(said)


def test_a_rule_of_ones_own_may_stand_in_a_pack(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(CUSTOM, encoding="utf-8")
    file = tmp_path / "safesync.yaml"
    file.write_text(changed("[essential]", "[essential, mine.yaml]"), encoding="utf-8")

    assert {"X101", "X200"} <= {setting.rule.code for setting in read_configuration(file, secrets=Secrets.NONE).rules}

    assert with_packs(tmp_path, "[mine.yaml]", mine=CUSTOM.replace("points", "pionts")) == [
        "mine.yaml:2:51: there is no fact pionts, did you mean 'points'?"
    ]


def test_a_pack_that_two_packs_build_on_is_read_once(tmp_path: Path) -> None:
    for name, text in {"third": CUSTOM, "one": "extends: third.yaml\n", "two": "extends: [./third.yaml]\n"}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    file = tmp_path / "safesync.yaml"
    file.write_text(changed("[essential]", "[one.yaml, two.yaml, third.yaml]"), encoding="utf-8")

    assert [setting.rule.code for setting in read_configuration(file, secrets=Secrets.NONE).rules].count("X200") == 1


def test_a_pack_is_looked_for_beside_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    for name, text in {
        "base.yaml": "TM105: {after_days: 3}\n",
        "house/all.yaml": "# of the house\nextends: base.yaml\n",
        "house/base.yaml": "\n\nTM106: {after_days: 9, stage: escalate}\n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    file = tmp_path / "safesync.yaml"
    file.write_text(changed("[essential]", "[base.yaml, house/all.yaml]"), encoding="utf-8")

    loaded = read_configuration(file, secrets=Secrets.NONE)

    said = {setting.rule.code: setting for setting in loaded.rules}
    assert said["TM105"].after_days == 3
    shown = {each.path[-1]: each.origin for each in settings_of_rule(said["TM106"], loaded)}
    assert (shown["after_days"].name, shown["after_days"].line) == (str(tmp_path / "house" / "base.yaml"), 3)


def test_a_rule_of_ones_own_is_not_lost_in_a_pack_of_a_team(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text(CUSTOM, encoding="utf-8")
    file = tmp_path / "safesync.yaml"
    of_team = changed("rules: {TM105: off}", "rules: {extends: ours.yaml, TM105: off}")

    file.write_text(of_team, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"ours\.yaml:2:3: a rule of your own stands in rules\.custom"):
        read_configuration(file, secrets=Secrets.NONE)
    file.write_text(of_team.replace("[essential]", "[essential, ours.yaml]"), encoding="utf-8")
    assert "X200" in {setting.rule.code for setting in read_configuration(file, secrets=Secrets.NONE).rules}


def test_each_part_of_a_rule_of_ones_own_is_shown_where_it_is_written(tmp_path: Path) -> None:
    text = "custom:\n- code: X200\n  name: big-story\n  for: story\n  flaw: points > 20\n  severity:\n    ready: info\n    next: error\n"
    (tmp_path / "mine.yaml").write_text(text + "  remedy:\n    de: Bitte teilen.\n", encoding="utf-8")
    file = tmp_path / "safesync.yaml"
    file.write_text(changed("[essential]", "[essential, mine.yaml]"), encoding="utf-8")
    loaded = read_configuration(file, secrets=Secrets.NONE)

    (setting,) = (each for each in loaded.rules if each.rule.code == "X200")
    lines = {".".join(map(str, each.path[2:])): each.origin.line for each in settings_of_rule(setting, loaded)}

    gates = dict.fromkeys(("severity.next", "severity.current", "severity.active", "severity.done"), 8)
    said = {"": 2, "for": 4, "flaw": 5, "remedy.de": 10, "severity.ready": 7, **gates}
    assert lines == said | dict.fromkeys(("when", "exclude", "stage", "severity.backlog"), 0)
