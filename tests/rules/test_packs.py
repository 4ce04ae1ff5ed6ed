"""The shipped packs hold what the reference of SAFe's rules says, rule by rule."""

from __future__ import annotations

import pytest

from safesync.configuration.rules import DEFAULT
from safesync.model.finding import Rollout, Severity
from safesync.rules.catalog import packs, shipped
from safesync.rules.rule import RuleSetting
from safesync.rules.settings import read_rules


def codes(text: str) -> set[str]:
    return set(text.split())


def numbered(family: str, first: int, last: int) -> set[str]:
    return {f"{family}{number}" for number in range(first, last + 1)}


BY_DEFAULT = codes("""
    TM101 TM102 TM105 TM106 TM107 TM108 TM110 TM111 TM112 PG201 PG202 PG206 PG207 PF301 PF305 GR503 GR505
    LK701 LK702 LK703 LK705 LK706 LK707 LK709 LK711
    """)
ESSENTIAL = BY_DEFAULT - {"PF301", "PF305", "GR505"} | codes(
    "TM103 TM113 TM114 PG203 PG208 PG210 PG211 LK708 LK710 FL401 FL402 PI801 PI802 PI803 PI805 PI806 GR508"
)
PORTFOLIO = (
    ESSENTIAL
    | numbered("PF", 301, 310)
    | numbered("FL", 403, 407)
    | numbered("GR", 501, 508)
    | {"PF311", "GR509"}  # the sums behind PF305 and GR508
    | {"PG204", "PG205", "PG212", "LK704", "PI804", "PI807", "PI808"}
)
REGULATED = PORTFOLIO | numbered("CP", 601, 610) | {"TM109", "TM115"}
LISTS = {"default": BY_DEFAULT, "essential": ESSENTIAL, "portfolio": PORTFOLIO, "regulated": REGULATED}


def of_pack(name: str) -> dict[str, RuleSetting]:
    return {each.rule.code: each for each in read_rules({"extends": [name]}, catalogue=shipped(), packs=packs()).settings}


def test_twenty_five_rules_are_on_where_nobody_says_anything():
    assert len(BY_DEFAULT) == 25
    assert DEFAULT == {"extends": ["default"]}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_pack_holds_the_rules_of_its_list(name: str):
    assert of_pack(name).keys() == LISTS[name]


def test_what_is_in_no_pack_is_known():
    assert shipped().keys() - REGULATED == {"PG209", "TM104"}, "too loud for a pack; named one by one"


def test_every_pack_that_is_shipped_has_a_list():
    assert packs().keys() == LISTS.keys()


def test_an_epic_is_asked_for_where_there_is_a_portfolio():
    required = {name: of_pack(name)["LK702"].options.model_dump()["require_epic"] for name in LISTS}
    assert required == {"default": False, "essential": False, "portfolio": True, "regulated": True}


def test_compliance_begins_with_warnings_that_become_errors_after_an_interval():
    rules = of_pack("regulated")
    assert rules["CP608"].severity is Severity.WARNING
    for code in ("CP601", "CP603", "CP604", "CP605", "CP607"):
        assert (rules[code].rollout, rules[code].after_days) == (Rollout.ESCALATE, 70)
        said = rules[code].severity
        assert Severity.ERROR not in (said.values() if isinstance(said, dict) else [said])
