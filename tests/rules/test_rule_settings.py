"""What an administrator writes about rules, and how mistakes in it are told."""

from __future__ import annotations

from typing import Any

import pytest

from safesync.model.finding import Rollout, Severity, Verdict
from safesync.model.item import Gate, Kind
from safesync.rules.catalog import packs, shipped
from safesync.rules.examples import unknown_facts, verdict
from safesync.rules.rule import Group, RuleSetting, Slice, Values
from safesync.rules.settings import RuleSettingsError, SectionFor, read_rules

CUSTOM: dict[str, Any] = {
    "code": "X101",
    "name": "payments-story-without-risk-review",
    "for": "story",
    "when": "team IN ('Falcon', 'Heron') AND gate >= 'next'",
    "flaw": "points >= 8 AND NOT has_label('risk-reviewed')",
    "severity": "warning",
    "remedy": "Ask the risk office for a review and add the label risk-reviewed.",
    "examples": {"bad": [{"points": 8}], "good": [{"points": 8, "labels": ["risk-reviewed"]}, {"points": None}]},
}


def settings(section: dict[str, Any], **teams: dict[str, Any]) -> dict[str, RuleSetting]:
    read = read_rules(section, catalogue=shipped(), packs=packs(), parts=of_teams(teams)).settings
    return {setting.rule.code + "".join(f"@{team}" for team in dict(only(setting)).get("team", ())): setting for setting in read}


def of_teams(teams: dict[str, dict[str, Any]]) -> list[SectionFor]:
    return [SectionFor(("teams", name, "rules"), "team", name, section) for name, section in teams.items()]


def only(setting: RuleSetting) -> Values:
    return setting.where[0].only if setting.where else ()


def problems(section: dict[str, Any], **teams: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    with pytest.raises(RuleSettingsError) as refused:
        read_rules(section, catalogue=shipped(), packs=packs(), parts=of_teams(teams))
    return [(".".join(map(str, each.path)), each.message, each.offset) for each in refused.value.problems]


def test_nothing_is_judged_that_nobody_asked_for():
    assert settings({}) == {}
    assert list(settings({"TM105": {}})) == ["TM105"]


def test_a_rule_is_turned_off_in_one_word():
    for off in ("off", False, {"enabled": False}):
        assert "TM105" not in settings({"extends": ["essential"], "TM105": off})


def test_what_is_said_later_counts_and_the_rest_stays():
    custom = {"own": {"extends": ["essential"], "TM102": {"options": {"max_criteria": 7}, "exclude": "points < 2"}}}
    section = {"extends": ["own"], "TM102": {"options": {"max_vague_share": 0.3}, "stage": "label"}}
    read = read_rules(section, catalogue=shipped(), packs={**packs(), **custom}).settings
    found = {each.rule.code: each for each in read}["TM102"]
    assert found.options.model_dump(exclude_defaults=True) == {"max_criteria": 7, "max_vague_share": 0.3}
    assert (found.exclude, found.rollout) == ("points < 2", Rollout.LABEL)


def test_severity_is_one_word_or_a_word_from_a_gate_on():
    assert settings({"TM101": "info"})["TM101"].severity is Severity.INFO
    assert settings({"TM101": {"severity": "off"}})["TM101"].severity is Severity.OFF
    found = settings({"TM101": {"severity": {"current": "warning", "backlog": False}}})["TM101"].severity
    assert found == {Gate.BACKLOG: Severity.OFF, Gate.READY: Severity.WARNING, Gate.CURRENT: Severity.WARNING}


def test_other_kinds_may_be_judged():
    assert settings({"TM101": {"for": ["story", "bug"]}})["TM101"].kinds == (Kind.STORY, Kind.BUG)
    assert settings({"TM101": {"for": "bug"}})["TM101"].kinds == (Kind.BUG,)


def test_a_team_may_go_without_a_rule_or_have_it_otherwise():
    teams = {"Falcon": {"TM105": "off"}, "Heron": {"TM108": {"options": {"stale_days": 3}}, "TM107": {}}}
    found = settings({"extends": ["essential"], "TM108": {"severity": "info"}, "TM107": "off"}, **teams)
    assert found["TM105"].where == (Slice(never=(("team", ("Falcon",)),)),)
    assert found["TM108"].where == (Slice(never=(("team", ("Heron",)),)),)
    heron = found["TM108@Heron"]
    assert (heron.options.model_dump()["stale_days"], heron.severity) == (3, Severity.INFO)
    assert "TM107" not in found, "off for everybody"
    assert found["TM107@Heron"].where == (Slice(only=(("team", ("Heron",)),)),)


def test_a_rule_of_ones_own_is_a_rule():
    found = settings({"custom": [CUSTOM]})["X101"].rule
    assert (found.kinds, found.when) == ((Kind.STORY,), CUSTOM["when"])
    for example in found.examples:
        assert unknown_facts(found, example) == ()
        assert (verdict(found, example) is Verdict.FLAWED) is example.flawed


def test_a_rule_of_ones_own_judges_open_items_unless_it_says_otherwise():
    bare = {key: value for key, value in CUSTOM.items() if key != "when"}
    assert settings({"custom": [bare]})["X101"].rule.when == "open"
    group = {**bare, "for": "team_column", "flaw": "wip > 10", "examples": {}}
    assert settings({"custom": [group]})["X101"].rule.judges is Group.TEAM_COLUMN


def custom(**changes: Any) -> dict[str, Any]:
    return {"custom": [{**CUSTOM, **changes}]}


@pytest.mark.parametrize(
    ("section", "path", "message", "offset"),
    [
        ({"extends": ["esential"]}, "rules.extends.0", "there is no pack esential, did you mean 'essential'?", None),
        ({"TM1O1": {}}, "rules.TM1O1", "there is no rule TM1O1, did you mean", None),
        ({"TM101": {"severty": "info"}}, "rules.TM101.severty", "did you mean 'severity'?", None),
        ({"TM101": {"severity": "warn"}}, "rules.TM101.severity", "did you mean 'warning'?", None),
        ({"TM101": {"severity": {"nxt": "info"}}}, "rules.TM101.severity.nxt", "did you mean 'next'?", None),
        ({"TM101": {"stage": "shout"}}, "rules.TM101.stage", "'shout' is not one of shadow, report, label, comment, escalate", None),
        ({"TM101": 5}, "rules.TM101", "`off`, a severity or settings", None),
        ({"TM101": {"options": {"verdict": []}}}, "rules.TM101.options.verdict", "did you mean 'verdicts'?", None),
        ({"TM101": {"options": {"verdicts": ["mising"]}}}, "rules.TM101.options.verdicts", "did you mean 'missing'?", None),
        ({"TM108": {"options": {"stale_days": "soon"}}}, "rules.TM108.options.stale_days", "must be a whole number", None),
        ({"LK706": {"options": {"ignore_kinds": ["bugg"]}}}, "rules.LK706.options.ignore_kinds.0", "did you mean 'bug'?", None),
        (
            {"GR503": {"options": {"targets": {"default": {"debt": 1}}}}},
            "rules.GR503.options.targets.default.debt",
            "'debt' is not one of feature",
            None,
        ),
        ({"GR503": {"for": "story"}}, "rules.GR503.for", "judges groups", None),
        ({"TM101": {"for": ["storie"]}}, "rules.TM101.for.0", "did you mean 'story'?", None),
        ({"TM101": {"exclude": "open AND pints > 3"}}, "rules.TM101.exclude", "did you mean 'points'?", 9),
        (custom(flaw="open AND pints > 3"), "rules.custom.0.flaw", "did you mean 'points'?", 9),
        (custom(flaw=""), "rules.custom.0.flaw", "the condition is empty", 0),
        (custom(when="gate >= 'nxt'"), "rules.custom.0.when", "did you mean 'next'?", 8),
        (custom(exclude="team LIKE 'F'"), "rules.custom.0.exclude", "LIKE is not part of the language", 5),
        (custom(remedy="Look at {pints}."), "rules.custom.0.remedy", "did you mean 'points'?", None),
        (custom(remedy={"en": "Look.", "de": "{pints}"}), "rules.custom.0.remedy.de", "did you mean 'points'?", None),
        (custom(remedy={"eng": "Look."}), "rules.custom.0.remedy.eng", "did you mean 'en'?", None),
        (custom(remedy={}), "rules.custom.0.remedy", "must not be empty", None),
        ({"TM105": {"remedy": "Say {pints}."}}, "rules.TM105.remedy", "did you mean 'points'?", None),
        ({"TM105": {"remedy": {"de": "{pints}"}}}, "rules.TM105.remedy.de", "did you mean 'points'?", None),
        ({"TM105": {"remedy": 5}}, "rules.TM105.remedy", "must be text", None),
        (custom(evidence="{points.__class__}"), "rules.custom.0.evidence", "there is no fact or option", None),
        (custom(evidence="{points!r}"), "rules.custom.0.evidence", "takes no format", None),
        (custom(evidence="{points:>1000000}"), "rules.custom.0.evidence", "takes no format", None),
        (custom(evidence="{points"), "rules.custom.0.evidence", "braces are not closed", None),
        (custom(code="TM101"), "rules.custom.0.code", "X and three digits, such as X101", None),
        (custom(name="Bad Name"), "rules.custom.0.name", "small words joined by hyphens", None),
        (custom(**{"for": "storey"}), "rules.custom.0.for", "did you mean 'story'?", None),
        ({"custom": [CUSTOM, CUSTOM]}, "rules.custom.1.code", "there are two rules X101", None),
        ({"custom": [{}]}, "rules.custom.0.flaw", "flaw is missing", None),
    ],
)
def test_a_mistake_is_told_with_the_keys_that_lead_to_it(section: dict[str, Any], path: str, message: str, offset: int | None):
    found = problems(section)
    assert any(where == path and message in told and at == offset for where, told, at in found), found


def test_mistakes_of_teams_lead_to_the_team():
    assert problems({}, Falcon={"TM1O5": "off"})[0][0] == "teams.Falcon.rules.TM1O5"
    assert problems({}, Falcon={"TM108": {"options": {"stale_days": 0}}})[0][0] == "teams.Falcon.rules.TM108.options.stale_days"
    assert problems({"GR503": {}}, Falcon={"GR503": {}}) == [("teams.Falcon.rules.GR503", "GR503 judges no items of a team", None)]


def test_all_mistakes_are_told_in_one_pass():
    section = {
        "extends": ["esential"],
        "TM1O1": {},
        "TM108": {"options": {"stale_days": 0}},
        "TM101": {"exclude": "pints > 1 AND tem = 'x'"},
        **custom(flaw="x"),
    }
    assert len(problems(section)) == 6


def test_the_options_of_one_rule_may_be_wrong_together():
    found = problems({"TM102": {"options": {"max_criteria": 0, "max_vague_share": 2}}})
    assert [path for path, _, _ in found] == ["rules.TM102.options.max_criteria", "rules.TM102.options.max_vague_share"]
    targets = {"TM108": {"options": {"stale_days": []}}, "GR503": {"options": {"targets": {"default": {"feature": "much"}}}}}
    assert [path for path, _, _ in problems(targets)] == ["rules.TM108.options.stale_days", "rules.GR503.options.targets.default.feature"]


def test_a_pack_that_extends_itself_is_told():
    circle = {"a": {"extends": ["b"]}, "b": {"extends": ["a"]}}
    with pytest.raises(RuleSettingsError, match="extends itself"):
        read_rules({"extends": ["a"]}, catalogue=shipped(), packs=circle)


# --- rules of one's own, said otherwise -------------------------------------------------------------------------


def test_a_team_has_a_rule_of_ones_own_off():
    found = settings({"custom": [CUSTOM]}, Falcon={"X101": "off"})
    assert [(code, each.where) for code, each in found.items()] == [("X101", (Slice(never=(("team", ("Falcon",)),)),))]


def test_a_team_has_a_rule_of_ones_own_otherwise_and_the_rest_as_it_is_written():
    custom = {**CUSTOM, "stage": "label", "exclude": "points > 40"}
    found = settings({"custom": [custom]}, Falcon={"X101": {"severity": "error", "exclude": "points > 20"}})
    own, others = found["X101@Falcon"], found["X101"]
    assert (own.severity, own.rollout, own.exclude) == (Severity.ERROR, Rollout.LABEL, "points > 20")
    assert (others.severity, others.rollout, others.exclude) == (None, Rollout.LABEL, "points > 40")
    assert others.rule is own.rule


def test_a_rule_of_ones_own_is_set_by_its_code_for_everybody_too():
    assert settings({"custom": [CUSTOM], "X101": "off"}) == {}
    assert settings({"custom": [CUSTOM], "X101": {"stage": "shadow"}})["X101"].rollout is Rollout.SHADOW


def test_what_is_wrong_about_a_rule_of_ones_own_is_told_once_and_where_it_stands():
    assert (
        problems({"custom": [CUSTOM]}, Falcon={"X101": {"options": {"min_points": 3}}})[0][0]
        == "teams.Falcon.rules.X101.options.min_points"
    )
    broken = problems({"custom": [{**CUSTOM, "flaw": "pints > 3"}]}, Falcon={"X101": "off"})
    assert [path for path, _, _ in broken] == ["rules.custom.0.flaw"]
    assert problems({"custom": [CUSTOM]}, Falcon={"X102": "off"})[0][:2] == (
        "teams.Falcon.rules.X102",
        "there is no rule X102; a rule of your own stands below custom",
    )
