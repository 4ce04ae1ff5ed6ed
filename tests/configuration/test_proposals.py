"""What is chosen for a tracker: types by name and level in any language, fields by schema key, name, form and use."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from findings import AGILE, BASIC, DUE, ESTIMATE, INHERITED, LINKED, POINTS, PREMIUM, RENAMED, SCRUM, jira, kind

from safesync.configuration.choosing import Proposal, propose
from safesync.configuration.drafting import TrackerDraft, configuration_draft
from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.configuration.vocabulary import folded, meant
from safesync.connectors.inspection import FoundField, FoundState, Inspection
from safesync.model.item import Kind, Relation, Stage, WorkClass


def kinds(proposal: Proposal) -> dict[str, str]:
    return {one.name: kind.value for kind, types in proposal.types.items() for one in types}


def field(name: str, form: str = "text", uses: int = 10, *, shows: tuple[str, ...] = (), id_: str = "") -> FoundField:
    return FoundField(id_ or f"customfield_{crc32(name.encode())}", name, (name,), None, form, (("Story", uses),) if uses else (), shows)


def chosen(found: Inspection, ours: str, addresses: tuple[str, ...] = ()) -> list[str]:
    return [one.name for pick in propose(found, addresses).fields if pick.ours == ours for one in pick.theirs]


# --- types ------------------------------------------------------------------------------------------------------


def test_an_epic_is_a_feature_unless_a_feature_is_there_too() -> None:
    assert kinds(propose(PREMIUM)) == {"Theme": "theme", "Initiative": "epic", "Epic": "feature", "Story": "story", "Sub-task": "task"}
    assert kinds(propose(RENAMED)) == {"Portfolio Epic": "epic", "Feature": "feature", "Story": "story", "Bug": "bug"}
    assert kinds(propose(LINKED)) == {"Epic": "epic", "Feature": "feature", "Story": "story"}
    assert kinds(propose(AGILE))["Epic"] == "epic"


@pytest.mark.parametrize(
    ("names", "levels"),
    [
        (("Vorhaben", "Merkmal", "User-Story", "Fehler", "Unteraufgabe"), (2, 1, 0, 0, -1)),
        (("Iniciativa", "Funcionalidad", "Historia", "Error", "Subtarea"), (2, 1, 0, 0, -1)),
        (("Große Sache", "Mittlere Sache", "故事", "缺陷", "子任务"), (2, 1, 0, 0, -1)),
        (("Initiative", "Fonctionnalité", "Récit", "Anomalie", "Sous-tâche"), (2, 1, 0, 0, -1)),
    ],
)
def test_types_are_known_in_several_languages_and_by_their_level(names: tuple[str, ...], levels: tuple[int, ...]) -> None:
    found = jira(*(kind(name, level) for name, level in zip(names, levels, strict=True)))
    assert list(kinds(propose(found)).values()) == ["epic", "feature", "story", "bug", "task"]


def test_a_type_that_nobody_knows_is_a_doubt_and_an_answer_settles_it() -> None:
    found = jira(kind("Epic", 1), kind("Story", 0), kind("Wunschzettel", 0, 12))
    proposal = propose(found)
    assert [one.name for one in proposal.unmapped] == ["Wunschzettel"]
    (doubt,) = [doubt for doubt in proposal.doubts if doubt.about[0] == "type"]
    assert doubt.options[0] == "leave it out"
    settled = propose(found, answers={doubt.about: "story"})
    assert kinds(settled)["Wunschzettel"] == "story"
    assert not settled.unmapped


# --- states -----------------------------------------------------------------------------------------------------


def test_states_are_staged_only_where_their_category_does_not_say_it() -> None:
    assert propose(PREMIUM).stages == {
        Stage.ANALYSIS: ("To Do",),
        Stage.READY: ("Ready",),
        Stage.VALIDATING: ("In Review",),
        Stage.CANCELLED: ("Won't Do",),
    }


def test_a_word_that_its_category_contradicts_means_nothing() -> None:
    states = (FoundState("Ready", "indeterminate", 3), FoundState("Testing", "done", 3), FoundState("Rejected", "new", 3))
    assert propose(replace(PREMIUM, states=states)).stages == {}


# --- fields -----------------------------------------------------------------------------------------------------


def test_the_most_used_of_two_estimates_comes_first() -> None:
    assert chosen(PREMIUM, "points") == ["Story Points", "Story point estimate"]
    assert chosen(jira(kind("Story", 0), fields=(replace(POINTS, filled=(("Story", 2),)), ESTIMATE)), "points") == [
        "Story point estimate",
        "Story Points",
    ]


@pytest.mark.parametrize(
    ("ours", "name", "form"),
    [
        ("acceptance", "Akzeptanzkriterien", "text"),
        ("acceptance", "Critères d\u2019acceptation", "text"),
        ("acceptance", "受け入れ基準", "text"),
        ("acceptance", "Acceptance Criteria (Gherkin)", "text"),
        ("benefit", "Nutzenhypothese", "text"),
        ("points", "Punkty historii", "number"),
        ("business_value", "Valor de negocio", "number"),
        ("time_criticality", "Zeitkritikalität", "number"),
        ("risk_reduction", "RR/OE", "number"),
        ("risk_reduction", "Risk Reduction & Opportunity Enablement", "number"),
        ("interval", "Planungsintervall", "option"),
        ("team", "Équipe", "option"),
        ("epic_owner", "Epic Owner", "user"),
        ("target_end", "Zieldatum", "date"),
    ],
)
def test_fields_are_known_in_several_languages(ours: str, name: str, form: str) -> None:
    assert chosen(jira(kind("Story", 0), fields=(field(name, form),)), ours) == [name]


def test_a_field_of_another_form_is_not_taken_for_it() -> None:
    assert chosen(jira(kind("Story", 0), fields=(field("Acceptance Criteria", "number"),)), "acceptance") == []
    assert chosen(jira(kind("Story", 0), fields=(field("Business Value", "text"),)), "business_value") == []


def test_of_two_fields_of_one_name_the_used_one_is_written_by_its_id() -> None:
    used, dead = field("Team", "option", 30, id_="customfield_10200"), field("Team", "option", 0, id_="customfield_10100")
    pick = next(each for each in propose(jira(kind("Story", 0), fields=(dead, used))).fields if each.ours == "team")
    assert pick.how == ("{id: customfield_10200}",)


def test_of_two_that_only_sound_like_it_a_person_is_asked() -> None:
    first, second = field("Our acceptance criteria", uses=9), field("Acceptance criteria of the customer", uses=20)
    found = jira(kind("Story", 0), fields=(first, second))
    proposal = propose(found)
    (doubt,) = [doubt for doubt in proposal.doubts if doubt.about == ("field", "acceptance")]
    assert doubt.options == (second.id, first.id, "none")
    assert chosen(found, "acceptance") == [second.name]
    settled = propose(found, answers={doubt.about: first.id})
    assert next(pick for pick in settled.fields if pick.ours == "acceptance").theirs == (first,)
    assert next(pick for pick in propose(found, answers={doubt.about: "none"}).fields if pick.ours == "acceptance").theirs == ()


def test_a_field_is_the_class_of_work_by_its_values() -> None:
    strange = field("Topf", "option", shows=("Enabler", "Technische Schulden", "Fachlich", "Sonstiges"))
    proposal = propose(jira(kind("Story", 0), fields=(strange, field("Colour", "option", shows=("red", "green")))))
    assert next(pick for pick in proposal.fields if pick.ours == "work_class").theirs == (strange,)
    assert proposal.classes[WorkClass.TECH_DEBT][-1] == "Technische Schulden"
    assert proposal.classes[WorkClass.FEATURE][-1] == "Fachlich"
    assert proposal.strange == ("Sonstiges",)


def test_a_field_with_addresses_of_the_other_tracker_holds_parents_or_dependencies() -> None:
    other = "https://dev.azure.com/meridian"
    parent = field("Elternteil", "url", shows=(f"{other}/P/_workitems/edit/3",))
    needs = field("Hängt ab von (ADO)", "url", shows=(f"{other}/P/_workitems/edit/4",))
    page = field("Wiki", "url", shows=("https://wiki.example.org/x",))
    found = jira(kind("Story", 0), fields=(parent, needs, page))
    assert chosen(found, "parent", (other,)) == ["Elternteil"]
    assert chosen(found, "depends_on", (other,)) == ["Hängt ab von (ADO)"]
    assert chosen(found, "parent") == []


def test_the_due_date_stands_in_for_a_target_that_is_not_there() -> None:
    assert chosen(jira(kind("Story", 0)), "target_end") == ["Due date"]
    assert chosen(jira(kind("Story", 0), fields=(DUE, field("Target end", "date"))), "target_end") == ["Target end"]


def test_what_the_preset_names_stays_in_its_order_even_when_nobody_uses_it_yet() -> None:
    points = field("Story Points", "number", 0, id_="Microsoft.VSTS.Scheduling.StoryPoints")
    effort = field("Effort", "number", 40, id_="Microsoft.VSTS.Scheduling.Effort")
    pick = next(each for each in propose(replace(AGILE, fields=(effort, points))).fields if each.ours == "points")
    assert pick.how == ("Microsoft.VSTS.Scheduling.StoryPoints", "Microsoft.VSTS.Scheduling.Effort")


def test_a_name_that_means_another_kind_here_is_taken_from_the_preset() -> None:
    issues = tuple(one for one in AGILE.types if one.name == "Issue")
    proposal = replace(propose(AGILE), types={Kind.STORY: issues})
    draft = TrackerDraft("one", "https://example.org", None, "${env:TOKEN}", ("P",), proposal)
    loaded = parse_configuration(configuration_draft([draft], {}, date(2026, 11, 26)), secrets=Secrets.NONE)
    types = loaded.configuration.trackers[0].mapping.types
    assert types[Kind.STORY] == ("Issue",)
    assert "Issue" not in types[Kind.OTHER]
    assert "Impediment" in types[Kind.OTHER]


# --- links and areas --------------------------------------------------------------------------------------------


def test_the_words_of_the_lower_item_make_the_hierarchy() -> None:
    assert propose(LINKED).links == {Relation.PARENT: ("is child of", "implements")}
    assert propose(PREMIUM).links == {}


@pytest.mark.parametrize(("found", "depths"), [(AGILE, (1, 2)), (SCRUM, (0, 1)), (BASIC, None)])
def test_teams_are_the_deepest_areas(found: Inspection, depths: tuple[int, int] | None) -> None:
    assert propose(found).depths == depths


# --- the file ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [PREMIUM, RENAMED, LINKED, AGILE, SCRUM, BASIC, INHERITED])
def test_every_proposal_is_a_configuration_that_validates(found: Inspection) -> None:
    strange, type_name = field("Te\nam \x07\u2028\U0001f600", "option"), "A: b # c\n- d"
    fields = (*found.fields, field('Team: "A" # 1', "option"), field("Acceptance: yes, no", "text"), strange)
    odd = replace(found, fields=fields, types=(*found.types, kind(type_name, 0)))
    proposal = propose(odd, answers={("type", type_name): "spike", ("field", "team"): strange.id})
    assert [one.name for one in proposal.types[Kind.SPIKE]] == [type_name]
    draft = TrackerDraft("one", "https://example.org", "a@example.org", "${env:TOKEN}", ("A", "on", "B: c"), proposal)
    text = configuration_draft([draft], {"on": ("Team: A", "no"), "Cards": ("Ibis",)}, date(2026, 11, 26))
    loaded = parse_configuration(text, secrets=Secrets.NONE)
    (tracker,) = loaded.configuration.trackers
    assert tracker.scope.projects == ("A", "on", "B: c")
    assert tracker.mapping.preset == proposal.guess.preset
    for each, types in proposal.types.items():
        assert tracker.mapping.types[each] == tuple(one.name for one in types)
    assert [train.name for train in loaded.configuration.as_organisation().trains] == ["on", "Cards"]


def test_names_are_compared_without_case_signs_and_accents_of_typography() -> None:
    assert folded("Critères d\u2019Acceptation :") == folded("critères d'acceptation")
    assert meant(["RR / OE"], ["rr/oe"])
    assert not meant(["Teamwork"], ["team"])


# --- real metadata ----------------------------------------------------------------------------------------------

DEVLAKE = Path(os.environ.get("SAFESYNC_SHARED") or Path(__file__).parents[3] / "shared") / "reference/data/jira/devlake/raw_tables"


def rows(name: str) -> Iterator[dict[str, Any]]:
    with (DEVLAKE / f"_raw_jira_api_{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield json.loads(row["data"])


@pytest.mark.shared
@pytest.mark.skipif(not DEVLAKE.is_dir(), reason="the reference material is not beside the project")
def test_a_real_site_in_another_language_is_understood() -> None:
    listed = {one["name"]: one for one in rows("issue_types")}.values()
    types = tuple(kind(one["name"], -1 if one["subtask"] else one["hierarchyLevel"]) for one in listed)
    states = {(one["name"], one["statusCategory"]["key"]) for one in rows("status")}
    found = replace(jira(*types), states=tuple(FoundState(name, category, 1) for name, category in sorted(states)))
    proposal = propose(found)
    assert kinds(proposal) == {
        "Epic": "feature",
        "故事": "story",
        "Story": "story",
        "缺陷": "bug",
        "子任务": "task",
        "任务": "task",
        "Test Execution": "test",
    }
    assert proposal.stages[Stage.READY] == ("Selected for Development",)
    assert "Done" not in {name for names in proposal.stages.values() for name in names}
