"""One rule, said otherwise for trackers, trains, teams, kinds and types: who counts, and that nobody is judged twice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safesync.model.finding import Rollout, Severity
from safesync.model.item import Kind
from safesync.rules.catalog import packs, shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import NOW, backlog_of, bug, story
from safesync.rules.rule import Lifecycle, Rule, RuleSetting, Slice
from safesync.rules.settings import RuleSettings, RuleSettingsError, SectionFor, read_rules

TRACKER, TRAIN, TEAM = (
    lambda section, fact=fact, value=value, path=path: SectionFor(path, fact, value, section)
    for fact, value, path in (
        ("tracker", "jira", ("trackers", 0, "rules")),
        ("train", "Payments", ("organisation", "trains", "Payments", "rules")),
        ("team", "Falcon", ("teams", "Falcon", "rules")),
    )
)


def read(section: dict[str, Any], *parts: SectionFor, catalogue: dict[str, Rule] | None = None) -> RuleSettings:
    return read_rules(section, catalogue=catalogue or shipped(), packs=packs(), parts=parts)


def told(found: RuleSettings, **values: str) -> RuleSetting | None:
    """The setting that judges an item with these values; a second one would be a defect."""
    item = {"tracker": "jira", "train": "Payments", "team": "Falcon", "kind": "story", "native_type": "Story", **values}
    fitting = [one for one in found.settings if not one.where or any(part.holds(item) for part in one.where)]
    assert len(fitting) < 2, fitting
    return fitting[0] if fitting else None


def severity(found: RuleSettings, **values: str) -> object:
    setting = told(found, **values)
    return setting.severity if setting else None


def test_the_narrower_word_counts_from_the_tracker_to_the_team():
    found = read({"TM105": "info"}, TRACKER({"TM105": "warning"}), TRAIN({"TM105": "error"}), TEAM({"TM105": "off"}))
    assert severity(found, tracker="ado", train="Cards", team="Ibis") is Severity.INFO
    assert severity(found, train="Cards", team="Ibis") is Severity.WARNING
    assert severity(found, team="Heron") is Severity.ERROR
    assert told(found) is None
    assert told(found, tracker="ado", train="Cards") is None, "the team counts more than its tracker and its train"


def test_what_an_item_is_counts_more_than_whose_it_is():
    said = {"TM101": {"severity": "warning", "kinds": {"story": "info"}, "types": {"Spike": "off"}}}
    found = read(said, TEAM({"TM101": {"severity": "error", "types": {"Chore": "warning"}}}))
    assert severity(found) is Severity.INFO
    assert severity(found, kind="bug") is Severity.ERROR
    assert severity(found, kind="bug", team="Heron") is Severity.WARNING
    assert told(found, native_type="Spike") is None
    assert severity(found, native_type="Chore") is Severity.WARNING
    assert severity(found, native_type="Chore", team="Heron") is Severity.INFO


def test_a_rule_that_is_off_is_not_asked_for_again_by_a_word_about_one_type():
    section = {"TM101": {"types": {"Spike": "info", "Chore": {"enabled": True}}}}
    found = read(section, TEAM({"TM101": "off"}))
    assert told(found, native_type="Spike") is None
    assert told(found, native_type="Chore") is not None
    assert told(found, native_type="Spike", team="Heron") is not None


def test_options_and_gates_add_up_over_all_that_is_said():
    found = read(
        {"TM101": {"options": {"min_words": 3}, "severity": {"current": "warning"}}},
        TRAIN({"TM101": {"options": {"min_words": 5}}}),
        TEAM({"TM101": {"severity": {"next": "off"}, "kinds": {"story": {"exclude": "points < 2", "stage": "shadow"}}}}),
    )
    setting = told(found)
    assert setting is not None
    assert (setting.options.model_dump()["min_words"], setting.exclude, setting.rollout) == (5, "points < 2", Rollout.SHADOW)
    assert setting.severity == {**shipped()["TM101"].severity, "current": Severity.WARNING, "next": Severity.OFF}
    assert setting.places["severity", "current"] == ("rules", "TM101", "severity", "current")
    assert setting.places["options", "min_words"] == ("organisation", "trains", "Payments", "rules", "TM101", "options", "min_words")
    assert setting.places["exclude",] == ("teams", "Falcon", "rules", "TM101", "kinds", "story", "exclude")


def test_the_same_for_several_teams_is_one_setting():
    heron = SectionFor(("teams", "Heron", "rules"), "team", "Heron", {"TM105": "info"})
    found = read({"extends": ["essential"]}, TEAM({"TM105": "info"}), heron)
    assert [one.where for one in found.settings if one.rule.code == "TM105"] == [
        (Slice(never=(("team", ("Falcon", "Heron")),)),),
        (Slice(only=(("team", ("Falcon", "Heron")),)),),
    ]


def test_a_word_that_changes_nothing_divides_nothing():
    assert [one.where for one in read({"TM105": "info"}, TEAM({"TM105": "info"})).settings] == [()]


def test_a_group_is_judged_as_its_train_or_team_says():
    found = read({"extends": ["essential"]}, TRAIN({"GR503": {"options": {"min_points": 5}}}), TEAM({"FL401": "off"}))
    assert {one.rule.code: one.where for one in found.settings if one.rule.group}["FL401"] == (Slice(never=(("team", ("Falcon",)),)),)
    assert len([one for one in found.settings if one.rule.code == "GR503"]) == 2


@pytest.mark.parametrize(
    ("section", "part", "path", "message"),
    [
        ({}, TRACKER({"GR503": "off"}), "trackers.0.rules.GR503", "GR503 judges no items of a tracker"),
        ({}, TEAM({"GR503": "off"}), "teams.Falcon.rules.GR503", "GR503 judges no items of a team"),
        ({"FL401": {"types": {"Bug": "off"}}}, None, "rules.FL401.types.Bug", "FL401 judges no items of a type"),
        ({"TM101": {"kinds": {"bug": "off"}}}, None, "rules.TM101.kinds.bug", "TM101 judges no bug; name it in `for` as well"),
        ({"TM101": {"kinds": {"storey": "off"}}}, None, "rules.TM101.kinds.storey", "did you mean 'story'?"),
        ({"TM101": {"kinds": ["story"]}}, None, "rules.TM101.kinds", "must be a mapping"),
        ({"TM101": {"types": {"Spike": "of"}}}, None, "rules.TM101.types.Spike", "did you mean 'off'?"),
        ({"TM101": {"types": {"Spike": {"kinds": {}}}}}, None, "rules.TM101.types.Spike.kinds", "there is no setting kinds"),
        ({"TM101": {"types": {"Spike": {"options": {"min_word": 1}}}}}, None, "rules.TM101.types.Spike.options.min_word", "'min_words'"),
        ({"TM101": {"after_days": 0}}, None, "rules.TM101.after_days", "must be at least 1"),
    ],
)
def test_what_cannot_be_said_is_told_at_its_place(section: dict[str, Any], part: SectionFor | None, path: str, message: str):
    with pytest.raises(RuleSettingsError) as refused:
        read(section, *((part,) if part else ()))
    (found,) = refused.value.problems
    assert (".".join(map(str, found.path)), message in found.message) == (path, True), found


def test_a_pack_may_speak_of_groups_where_there_are_none():
    assert read({}, TRACKER({"extends": ["essential"]})).settings


_WORD = some.sampled_from(["off", "info", "warning", "error", {"options": {"min_words": 4}}])
_ENTRY = some.fixed_dictionaries(
    {"severity": some.sampled_from(["info", "warning"])},
    optional={
        "kinds": some.dictionaries(some.sampled_from(["story", "bug"]), _WORD),
        "types": some.dictionaries(some.sampled_from(["Story", "Spike"]), _WORD),
    },
)


@settings(deadline=None)
@given(_ENTRY, *(some.one_of(some.none(), _WORD, _ENTRY) for _ in range(3)))
def test_every_item_is_judged_once_at_most_and_as_the_last_word_says(
    everybody: dict[str, Any], tracker: Any, train: Any, team: Any
) -> None:
    section = {"TM101": {**everybody, "for": ["story", "bug"]}}
    parts = [part({"TM101": said}) for part, said in ((TRACKER, tracker), (TRAIN, train), (TEAM, team)) if said is not None]
    found = read(section, *parts)
    for values in (
        {"tracker": tracker_, "train": train_, "team": team_, "kind": kind, "native_type": native}
        for tracker_ in ("jira", "ado")
        for train_ in ("Payments", "Cards")
        for team_ in ("Falcon", "Ibis")
        for kind in ("story", "bug")
        for native in ("Story", "Spike", "Other")
    ):
        setting, words = told(found, **values), _words(everybody, tracker, train, team, values)
        assert (setting is not None) == words["on"]
        if setting is not None:
            assert setting.severity == words["severity"]


def _words(everybody: dict[str, Any], tracker: Any, train: Any, team: Any, values: dict[str, str]) -> dict[str, Any]:
    """The same, told slowly: every word that is for the item, the narrowest last."""
    whose = [everybody]
    for name, said, mine in (("tracker", tracker, "jira"), ("train", train, "Payments"), ("team", team, "Falcon")):
        if said is not None and values[name] == mine:
            whose.append(said)
    result: dict[str, Any] = {"on": False, "severity": None}
    for said in whose:
        result["on"] = said != "off"
        result["severity"] = _severity(said, result["severity"])
    for key, fact in (("kinds", "kind"), ("types", "native_type")):
        for said in whose:
            word = said.get(key, {}).get(values[fact]) if isinstance(said, dict) else None
            if word is not None:
                result["on"] = result["on"] and word != "off"
                result["severity"] = _severity(word, result["severity"])
    return result


def _severity(said: Any, before: object) -> object:
    if isinstance(said, dict):
        return Severity(said["severity"]) if "severity" in said else before
    return before if said == "off" else Severity(said)


def test_the_judge_judges_each_item_by_its_own_setting():
    section = {"TM105": {"severity": "warning", "for": ["story", "bug"], "kinds": {"bug": "info"}}}
    found = read(section, TEAM({"TM105": "error"}), TRACKER({"TM105": {"types": {"Chore": "off"}}}))
    items = (
        story(1, points=None),
        story(2, points=None, team="Heron"),
        bug(3, points=None),
        story(4, points=None, native_type="Chore"),
        story(5, points=None, team=None, unseen=frozenset({"team"})),
    )
    report = Judge(found.settings).judge(backlog_of(items), NOW)
    severities = {finding.subject: finding.severity for finding in report.flawed}
    assert severities == {
        "jira:1": Severity.ERROR,
        "jira:2": Severity.WARNING,
        "jira:3": Severity.INFO,
    }
    assert report.unjudged == {("TM105", "jira:5")}, "nobody knows by which setting"
    assert [(one.code, one.count) for one in report.unevaluated] == [("TM105", 1)]


def renamed(**changes: Any) -> dict[str, Rule]:
    return {**shipped(), "TM101": replace(shipped()["TM101"], **changes)}


def warned(found: RuleSettings) -> list[tuple[str, str]]:
    return [(".".join(map(str, each.path)), each.message) for each in found.warnings]


def test_an_old_code_is_understood_and_the_new_one_is_named():
    catalogue = renamed(aliases=("TM150", "acceptance-criteria-missing"))
    found = read({"TM150": "info"}, TEAM({"acceptance-criteria-missing": "off"}), catalogue=catalogue)
    assert [(one.rule.code, one.severity) for one in found.settings] == [("TM101", Severity.INFO)]
    assert told(found) is None
    assert warned(found) == [
        ("rules.TM150", "TM150 is called TM101 now; write TM101"),
        ("teams.Falcon.rules.acceptance-criteria-missing", "acceptance-criteria-missing is called TM101 now; write TM101"),
    ]


def test_the_name_of_a_rule_is_understood_and_its_code_asked_for():
    found = read({"story-without-estimate": "info"})
    assert ([one.rule.code for one in found.settings], len(found.warnings)) == (["TM105"], 1)


def test_a_retired_rule_judges_nothing_and_stops_nothing():
    found = read({"TM101": {"options": {"gone": 1}}, "TM105": {}}, catalogue=renamed(lifecycle=Lifecycle.RETIRED))
    assert [one.rule.code for one in found.settings] == ["TM105"]
    assert warned(found) == [("rules.TM101", "the rule TM101 is retired and judges nothing any more; take it out")]


def test_a_rule_in_preview_speaks_in_reports_until_somebody_says_more():
    catalogue = renamed(lifecycle=Lifecycle.PREVIEW)
    assert [one.rollout for one in read({"TM101": {}}, catalogue=catalogue).settings] == [Rollout.REPORT]
    assert [one.rollout for one in read({"TM101": {"stage": "comment"}}, catalogue=catalogue).settings] == [Rollout.COMMENT]


def test_no_code_and_no_name_was_ever_given_twice():
    names = [name for rule in shipped().values() for name in (rule.code, rule.name, *rule.aliases)]
    assert len(names) == len(set(names))


def test_kinds_of_a_rule_are_those_it_is_asked_to_judge():
    found = read({"TM101": {"for": ["story", "bug"], "kinds": {"bug": "info"}}})
    assert severity(found, kind="bug") is Severity.INFO
    assert {kind for one in found.settings for kind in one.kinds} == {Kind.STORY, Kind.BUG}
