"""What was read tells whether a mapping fits, and people's waivers whether a rule does; nobody but the administrator hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from fake_tracker import NOON, FakeTracker
from office import Office, TitleJudge

from safesync.connectors.mapping import Mapping
from safesync.feedback.settings import FeedbackSettings, WaiverPart
from safesync.jobs.check import check
from safesync.jobs.pull import pull
from safesync.jobs.upkeep import facts_for, upkeep
from safesync.jobs.waivers import Standing, configured, standing
from safesync.model.item import Kind
from safesync.model.organisation import Organisation, Train
from safesync.model.registers import Entry, Register, Registers
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.rule import RuleSetting

TM101 = RuleSetting(shipped()["TM101"], shipped()["TM101"].options())


def kept(office: Office, mapping: dict[str, object] | None = None) -> list[tuple[str, str, int]]:
    pull(office.sources[0], office.store, NOON)
    mappings = {"jira": Mapping.model_validate(mapping or {})}
    checked = check(office.store, Judge([TM101]), office.organisation, NOON, trackers=["jira"], rules=[TM101], also=facts_for(mappings))
    waivers, strange = configured(office.store, office.feedback, NOON)
    waived = standing(checked, waivers, office.feedback.unwaivable, NOON.date())
    return [(name, each.code, each.items) for name, each in upkeep(checked, mappings, office.organisation, waived, strange).concerns]


def test_types_that_nobody_mapped_are_counted_over_all_that_was_read(office: Office, jira: FakeTracker) -> None:
    for number in (1, 2):
        uid = jira.put(number)
        jira.items[uid] = replace(jira.items[uid], kind=Kind.OTHER, native_type="Chore")
    assert kept(office) == [("jira", "DQ001", 2)]


def test_a_mapped_field_that_nobody_fills_is_told_from_fifty_items_on(office: Office, jira: FakeTracker) -> None:
    for number in range(49):
        jira.put(number + 1, points=None)
    mapping: dict[str, object] = {"fields": {"points": "Story Points"}}
    assert [each for each in kept(office, mapping) if each[1] == "DQ004"] == []
    jira.put(50, points=None)
    assert [each for each in kept(office, mapping) if each[1] == "DQ004"] == [("jira", "DQ004", 50)]
    assert [each for each in kept(office) if each[1] == "DQ004"] == [], "what is not mapped is not dead"


def test_a_field_that_was_not_seen_is_not_said_to_be_empty(office: Office, jira: FakeTracker) -> None:
    for number in range(50):
        uid = jira.put(number + 1, points=None)
        jira.items[uid] = replace(jira.items[uid], unseen=frozenset({"points"}))
    assert [each for each in kept(office, {"fields": {"points": "Story Points"}}) if each[1] == "DQ004"] == []


def test_items_of_files_that_nobody_read_are_told(office: Office, jira: FakeTracker) -> None:
    """A misspelt key would leave an approval without an effect, and nobody would know."""
    jira.put(1)
    assert "DQ004" not in {code for _, code, _ in kept(office)}
    entries = (Entry("PAY-1", ()), Entry("jira:pay-1", ()), Entry("PAY-999", ()))
    registers = Registers(approvals=Register(frozenset(), entries), serving=(("PAY-1", "goal"), ("ado:7", "goal"), ("PAY-8", "goal")))
    office.organisation = replace(office.organisation, registers=registers)
    assert [each for each in kept(office) if each[1] == "DQ004"] == [("", "DQ004", 1), ("", "DQ004", 2)]


def test_a_rule_that_people_wave_off_is_told(office: Office, jira: FakeTracker) -> None:
    for number in range(10):
        jira.put(number + 1)
    jira.put(11, labels=("safesync-waive-tm101",))
    assert [each for each in kept(office) if each[1] == "DQ005"] == [], "one of eleven is less than a tenth"
    jira.put(12, labels=("SafeSync-Waive-TM101",))
    assert [each for each in kept(office) if each[1] == "DQ005"] == [("", "DQ005", 2)]


def test_each_waiver_is_told_with_how_it_stands(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101", labels=("safesync-waive-tm101-until-2026-11-25", "safesync-waive-pg202"))
    jira.put(2, "TM101 and ?PG202", labels=("safesync-waive-tm101-until-2026-12-10", "safesync-waive-pg202"))
    jira.put(3, "TM101 and TM105", labels=("safesync-waive-tm101-until-2026-12-11", "safesync-waive-tm105"))
    jira.put(4, "TM101")
    jira.put(5, labels=("SafeSync-Waive-TM101-until-2027-1-5",))
    jira.put(6, labels=("safesync-waive-tm999",))
    until = date(2027, 1, 15)
    parts = (WaiverPart(rule="TM101", items=("PAY-4", "PAY-77"), until=until, reason="r"),)
    office.feedback = FeedbackSettings(waivers=parts, unwaivable=frozenset({"TM105"}))
    office.run()
    checked = check(office.store, TitleJudge(), office.organisation, NOON, trackers=["jira"])
    waivers, strange = configured(office.store, office.feedback, NOON)
    waived = standing(checked, waivers, office.feedback.unwaivable, NOON.date(), shipped())
    assert [(each.key, each.waiver.code, each.standing) for each in waived] == [
        ("PAY-1", "PG202", Standing.UNUSED),
        ("PAY-1", "TM101", Standing.OVER),
        ("PAY-2", "PG202", Standing.HOLDS),
        ("PAY-2", "TM101", Standing.ENDS_SOON),
        ("PAY-3", "TM101", Standing.HOLDS),
        ("PAY-3", "TM105", Standing.REFUSED),
        ("PAY-4", "TM101", Standing.HOLDS),
        ("PAY-5", "safesync-waive-tm101-until-2027-1-5", Standing.NOT_UNDERSTOOD),
        ("PAY-6", "TM999", Standing.NO_RULE),
    ]
    write_as = "write safesync-waive-tm101 or safesync-waive-tm101-until-2027-01-15"
    told = [each.sentence for _, each in upkeep(checked, {}, office.organisation, waived, strange).concerns]
    assert [sentence.partition(";")[0] for sentence in told] == [
        "waivers are over, and what they were about is told again: TM101 on PAY-1",
        "waivers end within two weeks: TM101 on PAY-2",
        "waivers are not needed any more: PG202 on PAY-1",
        f"labels waive nothing, {write_as}: safesync-waive-tm101-until-2027-1-5 on PAY-5",
        "waivers name rules that there are not: TM999 on PAY-6, did you mean 'TM109'?",
        "labels and replies waive nothing, as feedback.unwaivable names their rule: TM105 on PAY-3",
        "a waiver of TM101 names PAY-77, an item that was not read (feedback.waivers)",
    ]
    assert jira.said("jira:1")[0].startswith("One point")
    assert jira.said("jira:2") == jira.said("jira:4") == []


def test_an_anchor_that_was_not_read_is_told_with_its_place(office: Office, jira: FakeTracker) -> None:
    uid = jira.put(1)
    here = f"jira:{jira.items[uid].key}"
    trains = (Train("Payments", ("Falcon",), anchor="jira:PAY-404"), Train("Cards", anchor=here))
    office.organisation = Organisation(trains, team_anchors=(("Falcon", uid), ("Heron", "jira:PAY-405")))
    pull(office.sources[0], office.store, NOON)
    checked = check(office.store, Judge([TM101]), office.organisation, NOON, trackers=["jira"], rules=[TM101], also=facts_for({}))
    told = [each.sentence.partition(",")[0] for _, each in upkeep(checked, {}, office.organisation).concerns]
    assert told == ["organisation.trains.Payments.anchor names jira:PAY-404", "teams.Heron.anchor names jira:PAY-405"]
