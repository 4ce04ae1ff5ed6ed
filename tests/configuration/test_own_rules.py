"""Rules of one's own in Python: a folder, an entry point, and every way in which such a file can be wrong."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from written import changed

from safesync.configuration import own_rules
from safesync.configuration.read import Loaded, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.facts.backlog import Backlog
from safesync.model.errors import ConfigurationError
from safesync.model.finding import Rollout
from safesync.rules.engine import Judge
from safesync.rules.examples import NOW, backlog_of, story

SOUND = '''\
"""
A large story without a review.

How to fix: ask for one.

Known false positives: none.
"""

from __future__ import annotations

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Kind
from safesync.rules.examples import bad, good, story
from safesync.rules.rule import Level, Rule, RuleOptions


class Options(RuleOptions):
    """How large is large."""

    most: float = Field(default=8, description="Points.")


RULE = Rule(
    code="X201",
    name="large-story-without-review",
    level=Level.TEAM,
    judges=Kind.STORY,
    source="the risk office",
    options=Options,
    flaw="points >= :most AND NOT has_label('reviewed')",
    severity=Severity.WARNING,
    remedy="Ask for a review.",
    evidence="It has {points} points.",
    examples=(
        bad("large", story(points=8.0)),
        bad("larger", story(points=13.0)),
        good("small", story(points=5.0)),
        good("reviewed", story(points=8.0, labels=("reviewed",))),
    ),
)
'''


def read(folder: Path, rules: str = "folder: ours", *, team: str = "{TM105: off}", **files: str) -> Loaded:
    ours = folder / "ours"
    ours.mkdir(exist_ok=True)
    for name, text in files.items():
        (ours / f"{name}.py").write_text(text, encoding="utf-8")
    text = changed("  extends: [essential]\n", f"  extends: [essential]\n  {rules}\n")
    file = folder / "safesync.yaml"
    file.write_text(changed("{TM105: off}", team, text), encoding="utf-8")
    return read_configuration(file, secrets=Secrets.NONE)


def refused(folder: Path, rules: str = "folder: ours", **files: str) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        read(folder, rules, **files)
    found = [str(each).replace(f"{folder}/", "") for each in error.value.mistakes]
    assert not [each for each in found if "Traceback" in each]
    return found


def judged(loaded: Loaded, backlog: Backlog) -> set[str]:
    report = Judge(loaded.rules).judge(backlog, NOW)
    return {finding.subject for finding in report.flawed if finding.code == "X201"}


def test_a_file_in_the_folder_judges_without_being_named(tmp_path: Path) -> None:
    loaded = read(tmp_path, review=SOUND)
    assert judged(loaded, backlog_of((story(1, points=8.0), story(2, points=5.0)))) == {"jira:1"}
    assert loaded.catalogue["X201"].page.startswith("A large story without a review.")


def test_its_options_severity_and_teams_are_settings_like_those_of_any_rule(tmp_path: Path) -> None:
    two = backlog_of((story(1, points=8.0), story(2, points=5.0)))
    loaded = read(tmp_path, "folder: ours\n  X201: {options: {most: 5}, severity: error}", review=SOUND)
    assert judged(loaded, two) == {"jira:1", "jira:2"}
    assert judged(read(tmp_path, "folder: ours\n  X201: off", review=SOUND), two) == set()
    assert judged(read(tmp_path, review=SOUND, team="{X201: off}"), two) == set()
    assert refused(tmp_path, "folder: ours\n  X201: {options: {mst: 5}}", review=SOUND) == [
        "safesync.yaml:25:20: there is no setting mst, did you mean 'most'?"
    ]


def test_a_retired_rule_in_the_folder_judges_nothing_and_a_new_one_is_only_reported(tmp_path: Path) -> None:
    big = backlog_of((story(1, points=8.0),))
    states = {name: SOUND.replace("Level.TEAM,", f"Level.TEAM,\n    lifecycle=Lifecycle.{name},") for name in ("RETIRED", "PREVIEW")}
    retired, preview = (text.replace("import Level,", "import Level, Lifecycle,") for text in states.values())
    assert judged(read(tmp_path, review=retired), big) == set()
    (setting,) = (each for each in read(tmp_path, review=preview).rules if each.rule.code == "X201")
    assert setting.rollout is Rollout.REPORT


def test_it_is_understood_by_a_name_that_it_had_before(tmp_path: Path) -> None:
    renamed = SOUND.replace("Level.TEAM,", 'Level.TEAM,\n    aliases=("X299",),')
    loaded = read(tmp_path, "folder: ours\n  X299: {options: {most: 5}}", review=renamed)
    assert judged(loaded, backlog_of((story(1, points=5.0),))) == {"jira:1"}
    assert [str(each).rpartition("/")[2] for each in loaded.warnings] == ["safesync.yaml:25:3: X299 is called X201 now; write X201"]


def test_a_changed_file_is_read_anew_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    read(tmp_path, review=SOUND)
    loaded = read(tmp_path, review=SOUND.replace("default=8", "default=5"))
    assert judged(loaded, backlog_of((story(1, points=5.0),))) == {"jira:1"}
    assert [each.name for each in (tmp_path / "ours").iterdir()] == ["review.py"]


def test_a_file_that_begins_with_an_underscore_is_no_rule(tmp_path: Path) -> None:
    assert "X201" not in {setting.rule.code for setting in read(tmp_path, _draft="1 / 0").rules}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("RULE = Rule(", "RULE = Rul(", "ours/review.py:25:1: this cannot be loaded: NameError: name 'Rul' is not defined"),
        ("from pydantic import Field", "import no_such_package", "ours/review.py:11:1: this cannot be loaded: ModuleNotFoundError"),
        ("RULE = Rule(", "RULES = Rule(", "ours/review.py:1:1: there is no RULE in this file"),
        ("level=Level.TEAM,\n", "level=Level.TEAM\n", "ours/review.py:28:11: this is not Python: "),
        ("points >= :most", "pionts >= :most", "ours/review.py:32:11: in flaw: there is no fact pionts, did you mean 'points'?"),
        ("has_label('reviewed')", "has_lable('x')", "ours/review.py:32:35: in flaw: there is no function has_lable, did you mean"),
        (":most", ":mots", "in flaw: there is no option mots, did you mean 'most'?"),
        ("{points} points", "{pionts} points", "ours/review.py:35:14: there is no fact or option pionts, did you mean 'points'?"),
        ('"X201"', '"TM201"', "ours/review.py:26:10: the code of a rule of your own is X and three digits, such as X201, and not 'TM201'"),
        ('"large-story-without-review"', '"Review!"', "ours/review.py:27:10: a name is two or more small words"),
        ("options=Options", "options=Options()", "ours/review.py:31:13: options is a class that is made from RuleOptions"),
        ("default=8, ", "", "ours/review.py:31:13: the option most needs a default"),
        ("default=8", "default='many'", "31:13: the option most has a default that it cannot have: it must be a number"),
        ('"X201"', "201", "ours/review.py:26:10: code is a text in quotes"),
        ("Level.TEAM", "'team'", "ours/review.py:28:11: level is a level of SAFe, such as Level.TEAM"),
        ("Kind.STORY", "'story'", "ours/review.py:29:12: judges is a kind such as Kind.STORY, several in ( ), or a group"),
        ("Severity.WARNING", "'warning'", "ours/review.py:33:14: severity is one such as Severity.WARNING, or one by gate"),
        ("Severity.WARNING", "{'ready': Severity.INFO}", "ours/review.py:33:14: severity is one such as Severity.WARNING"),
        ('bad("large", story(points=8.0)),', '"large",', "ours/review.py:36:14: examples are made with bad(...), good(...)"),
        ("examples=(", "absorbs='LK701',\n    examples=(", "ours/review.py:36:13: absorbs are codes in ( ), such as"),
        ("examples=(", "figures='{points} points',\n    examples=(", "ours/review.py:36:13: figures are texts in ( ), such as"),
        ("examples=(", "absorbs=('LK7O1',),\n    examples=(", "36:13: absorbs names no rule 'LK7O1', did you mean 'LK701'?"),
        ("examples=(", "aliases=('TM101',),\n    examples=(", "36:13: TM101 is a rule of SafeSync; an alias is a code or name"),
        ("RULE = Rule(", "import sys; sys.exit(3)\nRULE = Rule(", "ours/review.py:25:1: this cannot be loaded: SystemExit: 3"),
        (SOUND, "RULE = 1\n", "ours/review.py:1:1: RULE is a int and no Rule"),
        (SOUND, "", "ours/review.py:1:1: there is no RULE in this file"),
        (SOUND, "\x00", "ours/review.py:1:1: this is not Python"),
        (SOUND, "def f(): return f()\nf()\n", "ours/review.py:1:1: this cannot be loaded: RecursionError"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_place(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in SOUND
    (only,) = refused(tmp_path, review=SOUND.replace(old, new))
    assert told in only


def test_all_files_are_told_in_one_pass_together_with_the_configuration(tmp_path: Path) -> None:
    found = refused(tmp_path, "folder: ours\n  TM108: {severity: eror}\n  X202: off", one="1 / 0", two="(")
    assert [each.split(": ", 1)[0] for each in found] == ["ours/one.py:1:1", "ours/two.py:1:1", "safesync.yaml:25:21"]


def test_all_that_stands_where_it_cannot_is_told_of_one_file(tmp_path: Path) -> None:
    wrong = SOUND.replace("Level.TEAM", "'team'").replace("Kind.STORY", "()").replace('"X201"', "201")
    assert [each.split(": ", 1)[0] for each in refused(tmp_path, review=wrong)] == [
        f"ours/review.py:{at}" for at in ("26:10", "28:11", "29:12")
    ]


def test_a_file_in_another_encoding_has_its_place_too(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    text = "# -*- coding: latin-1 -*-\n# für Zürich\n" + SOUND.replace('"X201"', '"TM201"')
    (tmp_path / "ours" / "review.py").write_bytes(text.encode("latin-1"))
    assert refused(tmp_path)[0].startswith("ours/review.py:28:10: the code of a rule of your own is X and three digits")


def test_what_a_file_prints_is_no_part_of_a_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read(tmp_path, review=SOUND + "print('loaded')\n")
    assert capsys.readouterr() == ("", "loaded\n")


def test_two_rules_of_one_code_are_refused(tmp_path: Path) -> None:
    (only,) = refused(tmp_path, one=SOUND, two=SOUND)
    assert only == "ours/two.py:1:1: there is a rule X201 in ours/one.py too; give one of them another code"


def test_a_rule_in_yaml_may_not_take_the_code_of_one_in_python(tmp_path: Path) -> None:
    (only,) = refused(tmp_path, one=SOUND.replace("X201", "X101"))
    assert only.endswith("there are two rules X101")


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("folder: nowhere", "safesync.yaml:24:11: there is no folder nowhere"),
        ("folder: [ours]", "safesync.yaml:24:11: must be the name of a folder"),
        ("folder: safesync.yaml", "safesync.yaml:24:11: there is no folder safesync.yaml"),
    ],
)
def test_a_folder_that_is_none_is_refused(tmp_path: Path, rules: str, told: str) -> None:
    assert refused(tmp_path, rules) == [told]


def test_a_folder_is_no_setting_of_a_pack_or_a_team(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("folder: ours\n", encoding="utf-8")
    text = changed("[essential]", "[mine.yaml]")
    (tmp_path / "safesync.yaml").write_text(changed("{TM105: off}", "{folder: ours}", text), encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        read_configuration(tmp_path / "safesync.yaml", secrets=Secrets.NONE)
    assert [str(each).split(": ", 1)[1] for each in error.value.mistakes] == [
        "a folder of rules is named in the configuration itself, below rules"
    ] * 2


# --- entry points -----------------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages, whose module ``bought_rules`` has an entry point X201."""
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    (tmp_path / "site").mkdir()
    points = [EntryPoint(name=name, value="bought_rules", group=own_rules.GROUP) for name in ("X201", "X299")]
    monkeypatch.setattr(own_rules, "entry_points", lambda *, group: points if group == own_rules.GROUP else [])
    monkeypatch.delitem(sys.modules, "bought_rules", raising=False)
    return tmp_path / "site"


def test_a_rule_of_a_package_judges_when_it_is_named_and_is_not_even_imported_before(tmp_path: Path, installed: Path) -> None:
    (installed / "bought_rules.py").write_text(SOUND, encoding="utf-8")
    assert "X201" not in {setting.rule.code for setting in read(tmp_path, "TM108: {}").rules}
    assert "bought_rules" not in sys.modules
    assert judged(read(tmp_path, "X201: {}"), backlog_of((story(1, points=8.0),))) == {"jira:1"}


def test_a_package_whose_rule_is_wrong_is_told_where_it_is_named(tmp_path: Path, installed: Path) -> None:
    (installed / "bought_rules.py").write_text("1 / 0\n", encoding="utf-8")
    (only,) = refused(tmp_path, "X201: {}")
    said = "safesync.yaml:24:3: the rule of the package at bought_rules cannot be used: "
    assert only == f"{said}ZeroDivisionError: division by zero (site/bought_rules.py:1)"
    (installed / "bought_rules.py").write_text("\nRULE = (\n", encoding="utf-8")
    (only,) = refused(tmp_path, "X201: {}")
    assert only == f"{said}SyntaxError: '(' was never closed (site/bought_rules.py:2:8)"
    (installed / "bought_rules.py").write_text(SOUND, encoding="utf-8")
    wrong, unknown = refused(tmp_path, "X299: {}\n  X298: off")
    assert wrong.endswith("its code is X201; the entry point has to be named so (site/bought_rules.py:26:10)")
    assert unknown.startswith("safesync.yaml:25:3: there is no rule X298"), "told in the same pass"


def test_a_package_whose_rule_is_in_the_folder_too_is_told(tmp_path: Path, installed: Path) -> None:
    (installed / "bought_rules.py").write_text(SOUND, encoding="utf-8")
    (only,) = refused(tmp_path, "folder: ours\n  X201: {}", review=SOUND)
    assert only == "safesync.yaml:25:3: the rule of the package at bought_rules is in ours/review.py too"
    assert "bought_rules" not in sys.modules


def test_two_packages_with_one_code_are_told(tmp_path: Path, installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (installed / "bought_rules.py").write_text(SOUND, encoding="utf-8")
    points = [EntryPoint(name="X201", value=value, group=own_rules.GROUP) for value in ("bought_rules", "other_rules")]
    monkeypatch.setattr(own_rules, "entry_points", lambda *, group: points if group == own_rules.GROUP else [])
    (only,) = refused(tmp_path, "X201: {}")
    assert only == "safesync.yaml:24:3: the rule of the package at other_rules is in bought_rules too"


# --- a run ------------------------------------------------------------------------------------------------------


def test_a_rule_that_fails_while_it_judges_takes_nothing_from_the_others(tmp_path: Path) -> None:
    broken = (
        SOUND.replace("judges=Kind.STORY", "judges=Group.TEAM_COLUMN,\n    limits=lambda options, row: 1 / 0,\n    when=''")
        .replace("import Level", "import Group, Level")
        .replace("points >= :most AND NOT has_label('reviewed')", "wip >= :most")
        .replace("{points} points", "{wip} items")
    )
    loaded = read(tmp_path, review=broken)
    report = Judge(loaded.rules).judge(backlog_of((story(1, owner=None, board_column="In progress"),)), NOW)
    assert "X201" not in report.codes
    assert [each.crash for each in report.unevaluated if each.code == "X201"] == ["ZeroDivisionError: division by zero"]
    assert "TM101" in {finding.code for finding in report.flawed}
