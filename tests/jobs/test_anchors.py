"""What is told on an item although it was found about something else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office

from safesync.connectors.port import Surroundings
from safesync.feedback.settings import FeedbackSettings
from safesync.jobs.anchors import item_of, items_of
from safesync.jobs.run import run_once
from safesync.model.finding import group_name, group_owner
from safesync.model.item import Item, Kind
from safesync.model.message import Bullets
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import REGISTERS, BusinessOwner, Registers
from safesync.model.timebox import PlanningInterval
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.examples import pi_objective
from safesync.rules.rule import Group, Rule, RuleSetting

BEGAN = date(2026, 11, 2)
RULES = tuple(RuleSetting(shipped()[code], shipped()[code].options(roster=True)) for code in ("GR508", "GR509"))


def filed(key: str, title: str, **fields: Any) -> Item:
    """A PI objective that is kept in a file."""
    made = pi_objective(interval="PI 26.4", **{"team": None, **fields})
    return replace(made, uid=f"{REGISTERS}:{key}", tracker=REGISTERS, project=REGISTERS, native_id=key, key=key, title=title)


@pytest.fixture
def registered(office: Office, jira: FakeTracker) -> Office:
    jira.surroundings = Surroundings(intervals=(PlanningInterval("PI 26.4", BEGAN, BEGAN + timedelta(days=69)),))
    owners = (BusinessOwner("Payments", "Rana Okafor"),)
    objectives = (
        filed("O-1", "Pay within ten seconds", train="Payments", planned_value=None, owner="Lea Brandt"),
        filed("O-2", "Fewer refunds", train="Payments", team="Falcon", owner="Kim"),
        filed("O-3", "Card limits", train="Cards", planned_value=None),
    )
    office.organisation = Organisation(
        (Train("Payments", ("Falcon",), anchor="jira:PAY-7"), Train("Cards")),
        team_anchors=(("Falcon", "jira:PAY-9"),),
        registers=Registers(items=objectives, business_owners=owners),
    )
    for number in (7, 9):
        jira.put(number, key=f"PAY-{number}", kind=Kind.OTHER)
    office.met()
    return office


def run(office: Office, days: int = 0, language: str = "en") -> None:
    settings = FeedbackSettings.model_validate({"language": language, "grace": {"new_hours": 0, "busy_hours": 0}})
    judge = Judge(RULES, settings.spoken(office.organisation))
    run_once(office.sources, office.store, judge, office.organisation, settings, NOON + timedelta(days=days), rules=RULES)


def told(jira: FakeTracker, uid: str) -> list[str]:
    blocks = jira.comments[uid][-1].message.blocks
    entries = [line for block in blocks for line in (block.entries if isinstance(block, Bullets) else (block.spans,))]
    return ["".join(span.text for span in line) for line in entries]


def test_an_objective_of_a_file_is_told_with_its_title_where_its_team_or_train_is(registered: Office, jira: FakeTracker) -> None:
    run(registered)
    of_train = " ".join(told(jira, "jira:7"))
    assert "Pay within ten seconds: PI 26.4 began 24 days ago. Business value (1 to 10): planned none, actual none (due 5 days" in of_train
    assert "owner Lea Brandt: Business Owners of Payments on the roster (Rana Okafor)." in of_train
    assert "Card limits" not in of_train + " ".join(told(jira, "jira:9"))
    assert "Fewer refunds: PI 26.4 began" in " ".join(told(jira, "jira:9"))
    written = registered.writes()
    run(registered, days=1)
    assert registered.writes() == written


def test_a_comment_about_an_objective_of_a_file_speaks_one_language(registered: Office, jira: FakeTracker) -> None:
    run(registered, language="de")
    said = " ".join(told(jira, "jira:7"))
    assert "zuständig Lea Brandt: Business Owner von Payments laut Verzeichnis (Rana Okafor)." in said


def test_who_asks_on_an_anchor_is_answered_about_what_it_carries(registered: Office, jira: FakeTracker) -> None:
    run(registered)
    jira.person_says("jira:7", "safesync explain GR508")
    run(registered)
    assert "GR508 (O-1): days since its planning interval began: 24 (told when more than 3); planned business value: empty" in " ".join(
        told(jira, "jira:7")
    )


def test_an_item_of_a_file_is_found_by_its_key_beside_those_that_were_read(registered: Office) -> None:
    run(registered)
    organisation, store = registered.organisation, registered.store
    found = [item_of(store, organisation, name) for name in ("o-1", f"{REGISTERS}:O-1", "PAY-7", "O-9")]
    assert [item.uid if item else None for item in found] == [f"{REGISTERS}:O-1", f"{REGISTERS}:O-1", "jira:7", None]
    assert items_of(store, organisation, ["jira:7", f"{REGISTERS}:O-2", "jira:404"]).keys() == {"jira:7", f"{REGISTERS}:O-2"}


@pytest.mark.parametrize("rule", [rule for rule in shipped().values() if rule.group], ids=lambda rule: rule.code)
def test_whatever_is_found_about_a_team_or_a_train_has_somebody_to_be_told_to(rule: Rule) -> None:
    owners = {group_owner(example.subject) for example in rule.examples}
    whole = {Group.ALIGNMENT, Group.BUDGET_PERIOD, Group.INVESTMENT_MIX, Group.PORTFOLIO_STAGE}
    assert owners <= ({None} if rule.group in whole else {"Falcon", "Heron", "Payments", "Cards"})


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("group:team_iteration:Falcon|jira:iteration:4", "Falcon 26.4.4"),
        ("group:team_iteration:Heron|jira:iteration:4", "Heron, Falcon 26.4.4"),
        ("group:objectives:team|Falcon|PI 26.4", "Falcon, PI 26.4"),
        ("group:team_column:jira|Falcon|In progress", "jira, Falcon, In progress"),
        ("group:team_backlog:Falcon", "Falcon"),
        ("group:portfolio_stage:active", "portfolio, active"),
        ("group:investment_mix:portfolio", "portfolio, investment mix"),
    ],
)
def test_a_group_is_named_once(subject: str, name: str) -> None:
    assert group_name(subject, {"jira:iteration:4": "Falcon 26.4.4"}) == name
