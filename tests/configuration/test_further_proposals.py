"""What few organisations keep is proposed in comments, where it is called like one of ours; and the links that lead to tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zlib import crc32

import pytest
from findings import AGILE, INHERITED, LINKED, PREMIUM, jira, kind

from safesync.configuration.choosing import Proposal, propose
from safesync.configuration.drafting import TrackerDraft, configuration_draft
from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.vocabulary import fields
from safesync.connectors.inspection import FoundField, FoundLink, Inspection
from safesync.connectors.mapping import FURTHER, Mapping
from safesync.model.item import Relation


def field(name: str, form: str = "option", uses: int = 3, id_: str = "") -> FoundField:
    filled = (("Epic", uses),) if uses else ()
    return FoundField(id_ or f"customfield_{crc32(name.encode())}", name, (name,), None, form, filled, ())


def with_fields(*more: FoundField, of: Inspection = PREMIUM) -> Proposal:
    return propose(replace(of, fields=(*of.fields, *more)))


def proposed(*more: FoundField, of: Inspection = PREMIUM) -> dict[str, list[str]]:
    return {pick.ours: [one.name for one in pick.theirs] for pick in with_fields(*more, of=of).further}


def mapping(proposal: Proposal, *, taken_up: bool) -> Mapping:
    draft = TrackerDraft("one", "https://example.org", "a@example.org", "${env:TOKEN}", ("A",), proposal)
    text = configuration_draft([draft], {}, date(2026, 11, 26), taken_up=taken_up)
    return parse_configuration(text, secrets=Secrets.NONE).configuration.trackers[0].mapping


@pytest.mark.parametrize(
    ("ours", "name", "form"),
    [
        ("horizon", "Investment Horizon", "option"),
        ("horizon", "Investitionshorizont", "option"),
        ("enabler_kind", "Type d\u2019enabler", "option"),
        ("cost_estimate", "Geschätzte Kosten", "number"),
        ("cost_approved", "Presupuesto aprobado", "number"),
        ("approver", "Approuvé par", "user"),
        ("approved_on", "Approval date", "date"),
        ("roam", "ROAM", "option"),
        ("committed", "Comprometido", "option"),
        ("planned_value", "Geplanter Geschäftswert", "number"),
        ("business_case", "Lean Business Case", "text"),
        ("controls", "Control IDs", "text"),
        ("value_stream", "バリューストリーム", "option"),
    ],
)
def test_a_field_that_few_keep_is_known_in_several_languages(ours: str, name: str, form: str) -> None:
    assert proposed(field(name, form)) == {ours: [name]}


def test_every_one_of_them_has_names_except_what_trackers_have_themselves() -> None:
    assert set(FURTHER) - fields().keys() == {"resolution"}


def test_a_field_of_another_form_or_the_trackers_own_or_one_that_is_taken_is_not_proposed() -> None:
    assert proposed(field("Approval date", "text"), field("Approved cost", "date"), field("progress", "number", id_="progress")) == {}
    assert proposed(field("Control", "text", id_="System.Control"), of=AGILE) == {}
    assert "work_class" not in proposed(field("Enabler type"))
    assert [pick.ours for pick in with_fields(field("Enabler type")).fields if pick.theirs and pick.theirs[0].name == "Enabler type"] == [
        "work_class"
    ]


def test_nothing_is_taken_up_before_a_person_does_and_then_it_is_a_mapping() -> None:
    proposal = with_fields(field("Investment Horizon"), field('Approved: "by" # 1', "user"), field("Approved by", "user", 0))
    assert mapping(proposal, taken_up=False).further == ()
    whole = mapping(proposal, taken_up=True)
    assert whole.further == ("horizon", "approver")
    assert [choice.name for choice in whole.fields["horizon"]] == ["Investment Horizon"]


@pytest.mark.parametrize("found", [PREMIUM, LINKED, AGILE, INHERITED])
def test_a_draft_without_anything_to_propose_is_the_same_either_way(found: Inspection) -> None:
    assert mapping(propose(found), taken_up=False) == mapping(propose(found), taken_up=True)


@pytest.mark.parametrize("of", [PREMIUM, LINKED])
def test_links_to_tests_are_proposed_by_their_words_where_the_preset_does_not_know_them(of: Inspection) -> None:
    checking = FoundLink("Prüfung", "prüft", "wird geprüft von", ())
    proposal = propose(replace(of, links=(*of.links, checking)))
    known = mapping(propose(of), taken_up=False).links.get(Relation.TESTED_BY, ())
    assert proposal.tests == {Relation.TESTED_BY: (*known, "wird geprüft von"), Relation.TESTS: ("prüft",)}
    assert "wird geprüft von" not in mapping(proposal, taken_up=False).links.get(Relation.TESTED_BY, ())
    whole = mapping(proposal, taken_up=True)
    assert whole.links[Relation.TESTED_BY] == (*known, "wird geprüft von")
    assert whole.links[Relation.TESTS] == ("prüft",)
    assert whole.links.get(Relation.PARENT) == mapping(proposal, taken_up=False).links.get(Relation.PARENT)


def test_a_type_of_link_that_the_preset_names_needs_no_proposal() -> None:
    tests = FoundLink("Tests", "tests", "is tested by", ())
    assert propose(replace(jira(kind("Initiative", 2), kind("Epic", 1), kind("Story", 0)), links=(tests,))).tests == {}
