"""Options that can be read and say nothing, and those that look like them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from safesync.configuration.model import FilesPart
from safesync.configuration.read import read_configuration, read_other_rules
from safesync.configuration.registers.rows import ROWS
from safesync.configuration.secrets import Secrets
from safesync.configuration.untold import untold_by
from safesync.rules.catalog import shipped
from safesync.rules.settings import RuleSettings, RuleSettingsError, read_rules

MAPPED = {"trackers": [{"mapping": {"fields": {"cost_actual": "x", "blocked_until": "y"}}}, {}]}
_CONFIGURATION = """\
version: 1
trackers:
  - name: jira
    kind: jira
    url: https://meridian.atlassian.net
    auth: {user: safesync@meridian.example, token: none}
    scope: {projects: [PAY]}
    mapping: {preset: jira-cloud-premium}
organisation:
  trains: {Payments: {teams: [Falcon]}}
  data: {business_owners: owners.csv}
"""
FILED = {"trackers": [{}], "organisation": {"data": {"business_owners": "owners.csv", "approvals": "approvals.csv"}}}


def said(rules: dict[str, Any], values: dict[str, Any] | None = None, **packs: Any) -> RuleSettings:
    return read_rules(rules, catalogue=shipped(), packs=packs, untold=untold_by(values or {"trackers": [{}]}))


@pytest.mark.parametrize("code", sorted(shipped()))
def test_what_an_option_may_not_be_above_is_an_option_and_no_rule_contradicts_itself(code: str) -> None:
    options = shipped()[code].options
    for lower, upper in options.order():
        assert getattr(options(), lower) <= getattr(options(), upper), (lower, upper)


@pytest.mark.parametrize("code", sorted(shipped()))
def test_every_number_of_days_has_an_end(code: str) -> None:
    shapes = shipped()[code].options.model_json_schema().get("properties", {})
    assert [name for name, shape in shapes.items() if name.endswith("days") and "maximum" not in shape] == []


def test_what_the_rule_itself_says_beside_an_option_is_told_as_a_warning() -> None:
    (warning,) = said({"TM106": {"options": {"max_points": 5}}}).warnings
    assert warning.path == ("rules", "TM106", "options", "max_points")
    assert warning.message == "5 is less than min_points (8 unless you set it): one of the two would say nothing"
    assert said({"TM106": {"options": {"max_points": 5, "min_points": 3}}}).warnings == ()


def test_what_is_said_in_two_places_is_a_mistake_where_the_first_of_the_two_stands() -> None:
    with pytest.raises(RuleSettingsError) as caught:
        said(
            {"extends": ["ours"], "TM110": {"options": {"max_days": 3}, "kinds": {"epic": {"options": {"reason_grace_days": 4}}}}}, ours={}
        )
    assert {each.path for each in caught.value.problems} == {("rules", "TM110", "kinds", "epic", "options", "reason_grace_days")}


def test_a_pack_speaks_for_everybody_and_is_no_mistake_here() -> None:
    assert (
        said({"extends": ["ours"]}, ours={"GR508": {"options": {"roster": True}}, "TM106": {"options": {"max_points": 5}}}).warnings == ()
    )


@pytest.mark.parametrize(
    ("values", "code", "options"),
    [
        (MAPPED, "TM110", {"until_agreed_day": True}),
        (MAPPED, "PF307", {"by_cost": True}),
        (FILED, "PF307", {"by_cost": True}),
        (FILED, "GR508", {"roster": True}),
        (FILED, "GR509", {"roster": True}),
        ({"trackers": [{}]}, "GR508", {"roster": False}),
        ({"trackers": [{}]}, "TM110", {"until_agreed_day": False, "reasons": ["field"]}),
        ({"trackers": [{}]}, "TM113", {"checks": ["tests", "resolution"]}),
        ({"trackers": "none"}, "GR508", {"roster": True}),
    ],
)
def test_what_some_tracker_or_file_may_tell_is_no_mistake(values: dict[str, Any], code: str, options: dict[str, Any]) -> None:
    assert [setting.rule.code for setting in said({code: {"options": options}}, values).settings] == [code]


def test_every_file_beside_the_trackers_has_its_rows() -> None:
    assert ROWS.keys() == FilesPart.model_fields.keys()


def test_other_rules_that_are_tried_have_the_files_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "owners.csv").write_text("train,name\nPayments,Rana Okafor\n", encoding="utf-8")
    sound = tmp_path / "safesync.yaml"
    sound.write_text(_CONFIGURATION, encoding="utf-8")
    other = tmp_path / "strict.yaml"
    other.write_text("rules: {GR508: {options: {roster: true}}}\n", encoding="utf-8")
    loaded = read_configuration(sound, secrets=Secrets.NONE)
    assert {setting.rule.code for setting in read_other_rules(other, loaded).rules} == {"GR508"}
