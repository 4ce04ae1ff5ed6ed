"""A finding about a group begins above its threshold, and ends only below a lower one."""

from __future__ import annotations

from typing import Any

import pytest

from safesync.model.finding import Severity, Verdict
from safesync.rules.catalog import packs, shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import CURRENT, NOW, backlog_of, story
from safesync.rules.rule import MARGIN, RuleSetting
from safesync.rules.settings import RuleSettingsError, read_rules

SUBJECT = f"group:team_iteration:Falcon|{CURRENT}"
STANDS = {("TM112", SUBJECT)}
RULE = shipped()["TM112"]


def judge(margin: float = MARGIN) -> Judge:
    return Judge([RuleSetting(RULE, RULE.options.model_validate({"capacities": {"Falcon": 100}}), margin=margin)])


def found(points: float, *, stands: bool, margin: float = MARGIN) -> list[Severity]:
    seen = backlog_of((story(points=points, iteration=CURRENT),))
    report = judge(margin).judge(seen, NOW, STANDS if stands else ())
    return [each.severity for each in report.flawed]


@pytest.mark.parametrize(
    ("points", "new", "standing"),
    [(100.5, True, True), (100.0, False, True), (95.5, False, True), (95.0, False, False), (40.0, False, False)],
)
def test_it_begins_above_the_threshold_and_ends_below_the_margin(points: float, new: bool, standing: bool) -> None:
    assert (bool(found(points, stands=False)), bool(found(points, stands=True))) == (new, standing)


def test_the_margin_is_set_and_nothing_is_lower_without_one() -> None:
    assert [bool(found(90.5, stands=True, margin=margin)) for margin in (10, 9, 0)] == [True, False, False]
    assert not found(100.0, stands=True, margin=0)


def test_how_grave_it_is_follows_the_thresholds_that_hold() -> None:
    assert found(98.0, stands=True) == found(101.0, stands=False) != found(121.0, stands=False)


def test_what_is_said_of_a_finding_that_stands_keeps_the_limit() -> None:
    [finding] = judge().judge(backlog_of((story(points=98.0, iteration=CURRENT),)), NOW, STANDS).flawed
    assert "100" in finding.evidence
    assert "95" not in finding.evidence


def test_a_finding_of_another_group_or_rule_does_not_hold_this_one() -> None:
    seen = backlog_of((story(points=98.0, iteration=CURRENT),))
    for other in (("PI801", SUBJECT), ("TM112", "group:team_iteration:Heron|x")):
        assert judge().judge(seen, NOW, {other}).flawed == ()


def test_explain_says_that_it_stands_by_the_margin_alone() -> None:
    seen = backlog_of((story(points=98.0, iteration=CURRENT),))
    [fresh], [standing] = judge().explain(seen, SUBJECT), judge().explain(seen, SUBJECT, STANDS)
    assert (fresh.verdict, fresh.margin) == (Verdict.FINE, 0)
    assert (standing.verdict, standing.margin) == (Verdict.FLAWED, 5)
    [above] = judge().explain(backlog_of((story(points=101.0, iteration=CURRENT),)), SUBJECT, STANDS)
    assert (above.verdict, above.margin) == (Verdict.FLAWED, 0)


def test_what_is_eased_are_thresholds_of_rules_about_groups() -> None:
    eased = [rule for rule in shipped().values() if rule.eased]
    assert {rule.code for rule in eased} == {"TM112", "TM115", "PI801", "PI807", "GR502", "GR503", "GR509", "FL404", "PG211"}
    for rule in eased:
        assert rule.group is not None
        for name in rule.eased:
            assert getattr(rule.options(), name) > 0
            assert f":{name}" in rule.flaw


def test_a_margin_is_written_below_the_rule_and_only_where_there_is_a_threshold() -> None:
    def read(section: dict[str, Any]) -> RuleSetting:
        return read_rules(section, catalogue=shipped(), packs=packs()).settings[0]

    assert (read({"TM112": {}}).margin, read({"TM112": {"margin": 0}}).margin, read({"TM112": {"margin": 12.5}}).margin) == (5, 0, 12.5)
    with pytest.raises(RuleSettingsError) as refused:
        read({"FL401": {"margin": 3}})
    assert [(each.path, each.message) for each in refused.value.problems] == [
        (("rules", "FL401", "margin"), "FL401 has no threshold that a margin could be below")
    ]
