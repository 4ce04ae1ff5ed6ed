from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from safesync.facts.item.measured import ACCEPTANCE_VERDICTS, BENEFIT_VERDICTS, MEASURED
from safesync.facts.measure import measure
from safesync.facts.text.reading import Verdict
from safesync.model.item import Evidence, EvidenceKind, Item, Kind, Link, Markup, Relation, RichText, Stage, Transition, WorkClass

CREATED = datetime(2026, 3, 2, 8, tzinfo=UTC)
TIMES = "active_since days_spent_analysis days_spent_in_progress days_spent_ready days_spent_validating stage_entered_at started_at"


def item(**fields: object) -> Item:
    basis = Item(
        uid="jira:1",
        tracker="jira",
        native_id="1",
        key="PAY-1",
        url="https://meridian.example/browse/PAY-1",
        project="PAY",
        kind=Kind.STORY,
        native_type="Story",
        native_state="In Progress",
        stage=Stage.IN_PROGRESS,
        title="Export the audit log",
        revision="7",
        created_at=CREATED,
        updated_at=CREATED,
    )
    return replace(basis, **fields)


def text(words: str) -> RichText:
    return RichText(words, Markup.PLAIN)


def at(day: int) -> datetime:
    return CREATED + timedelta(days=day)


CRITERIA = text("The export holds every visible column")


def test_a_row_has_every_measured_fact_and_nothing_else_but_unseen():
    assert set(measure(item())) == {fact.name for fact in MEASURED} | {"unseen"}


def test_the_verdicts_are_those_of_the_catalogue_in_its_order():
    assert tuple(Verdict) == ACCEPTANCE_VERDICTS == BENEFIT_VERDICTS


def test_enumerations_become_plain_text():
    row = measure(item(work_class=WorkClass.ENABLER, acceptance=CRITERIA))

    found = {name: row[name] for name in ("kind", "stage", "own_work_class", "acceptance_verdict", "benefit_verdict")}

    assert found == {
        "kind": "story",
        "stage": "in_progress",
        "own_work_class": "enabler",
        "acceptance_verdict": "ok",
        "benefit_verdict": "missing",
    }
    assert {type(value) for value in found.values()} == {str}


def test_fields_are_carried_over_under_the_names_of_their_facts():
    row = measure(
        item(train="Payments", interval="PI 26.4", points=3.0, labels=("risk", "ux"), themes=("trust", "speed"), due_on=date(2026, 4, 1))
    )

    assert (row["own_train"], row["own_interval"], row["points"]) == ("Payments", "PI 26.4", 3.0)
    assert (row["labels"], row["own_themes"], row["due_on"]) == (["risk", "ux"], "trust; speed", date(2026, 4, 1))


def test_no_theme_is_empty_and_not_an_empty_text():
    assert measure(item())["own_themes"] is None


def test_times_are_given_in_utc():
    berlin = timezone(timedelta(hours=2))

    row = measure(item(last_human_change_at=datetime(2026, 7, 1, 1, 30, tzinfo=berlin)))

    assert row["human_change_at"] == datetime(2026, 6, 30, 23, 30, tzinfo=UTC)
    assert row["human_change_at"].tzinfo is UTC


def test_a_stage_is_entered_with_the_first_transition_of_the_newest_stay():
    moves = (
        Transition(at(1), Stage.IN_PROGRESS),
        Transition(at(2), Stage.READY),
        Transition(at(3), Stage.IN_PROGRESS),
        Transition(at(4), Stage.IN_PROGRESS),
    )

    row = measure(item(transitions=moves))

    assert row["stage_entered_at"] == row["active_since"] == at(3)


def test_work_goes_on_through_validation():
    moves = (Transition(at(1), Stage.READY), Transition(at(2), Stage.IN_PROGRESS), Transition(at(5), Stage.VALIDATING))

    row = measure(item(stage=Stage.VALIDATING, transitions=moves))

    assert (row["stage_entered_at"], row["active_since"]) == (at(5), at(2))


def test_who_is_not_active_has_no_beginning_of_work():
    moves = (Transition(at(1), Stage.IN_PROGRESS), Transition(at(2), Stage.DONE))

    row = measure(item(stage=Stage.DONE, transitions=moves))

    assert (row["stage_entered_at"], row["active_since"]) == (at(2), None)


def test_work_began_when_it_was_active_for_the_first_time_and_each_stay_is_added_up():
    moves = (
        Transition(at(1), Stage.ANALYSIS),
        Transition(at(3), Stage.IN_PROGRESS),
        Transition(at(4), Stage.READY),
        Transition(at(9), Stage.IN_PROGRESS),
        Transition(at(11), Stage.VALIDATING),
        Transition(at(12), Stage.DONE),
    )

    row = measure(item(stage=Stage.DONE, transitions=moves))

    assert row["started_at"] == at(3)
    assert [row[f"days_spent_{name}"] for name in ("analysis", "ready", "in_progress", "validating")] == [2, 5, 3, 1]


def test_the_present_stay_is_not_yet_spent():
    row = measure(item(transitions=(Transition(at(1), Stage.READY), Transition(at(3), Stage.IN_PROGRESS))))

    assert (row["days_spent_ready"], row["days_spent_in_progress"]) == (2, 0)


def test_an_item_that_never_moved_and_is_active_began_when_it_was_created():
    assert measure(item())["started_at"] == CREATED
    assert measure(item(stage=Stage.READY))["started_at"] is None


def test_an_item_that_never_moved_is_in_its_stage_since_it_was_created():
    assert measure(item(stage=Stage.FUNNEL))["stage_entered_at"] == CREATED


def test_transitions_that_contradict_the_stage_leave_its_times_unseen():
    row = measure(item(transitions=(Transition(at(1), Stage.DONE),)))

    assert (row["stage_entered_at"], row["active_since"]) == (None, None)
    assert row["unseen"] == TIMES


def test_unseen_transitions_give_no_times():
    row = measure(item(unseen=frozenset({"transitions"})))

    assert row["stage_entered_at"] is None
    assert row["unseen"] == TIMES


def test_the_unseen_facts_are_named_by_what_they_need():
    row = measure(item(unseen=frozenset({"points", "themes"})))

    assert row["unseen"] == "own_themes points"


def test_everything_seen_is_nothing_unseen():
    assert measure(item())["unseen"] == ""


@pytest.mark.parametrize("unseen", ["acceptance", "description"])
def test_criteria_that_may_stand_where_nobody_looked_are_unseen(unseen: str):
    row = measure(item(unseen=frozenset({unseen})))

    assert {"acceptance_verdict", "acceptance_count", "acceptance_vague_share", "acceptance_places"} <= set(row["unseen"].split())
    assert row["acceptance_verdict"] is None
    assert "not read" in row["acceptance_places"]


def test_criteria_that_were_found_are_found_whatever_else_was_not_seen():
    in_field = measure(item(acceptance=CRITERIA, unseen=frozenset({"description"})))
    in_description = measure(item(description=text("AC1: the log can be read by auditors"), unseen=frozenset({"acceptance"})))

    assert in_field["acceptance_verdict"] == in_description["acceptance_verdict"] == "ok"
    assert {"benefit_places", "benefit_verdict", "description_words"} <= set(in_field["unseen"].split())
    assert not {"acceptance_verdict", "acceptance_count", "acceptance_digest"} & set(in_field["unseen"].split())
    assert in_description["unseen"] == "invest_hints"


def test_a_voice_in_the_title_is_found_though_the_description_was_not_seen():
    spoken = measure(item(title="As a clerk I want a list so that nothing is lost", unseen=frozenset({"description"})))
    silent = measure(item(title="A list for clerks", unseen=frozenset({"description"})))

    assert (spoken["story_voice"], spoken["story_voice_parts"]) == ("well_formed", "role, goal, benefit")
    assert silent["story_voice"] is None
    assert "story_voice" not in spoken["unseen"].split()
    assert "story_voice" in silent["unseen"].split()


def test_hypotheses_are_looked_for_in_epics_and_features_only():
    statement = text("For clerks who file by hand the archive is a store that finds everything")

    assert measure(item(kind=Kind.EPIC, description=statement))["epic_hypothesis_parts"] == 5.0
    assert measure(item(kind=Kind.STORY, description=statement))["epic_hypothesis_verdict"] is None


def test_the_same_text_has_the_same_digest_in_any_notation():
    plain = measure(item(description=text("First\n\nSecond")))["description_digest"]
    html = measure(item(description=RichText("<p>first</p><div>SECOND</div>", Markup.HTML)))["description_digest"]

    assert plain == html is not None
    assert measure(item(description=text("Third")))["description_digest"] != plain
    assert measure(item())["description_digest"] is None


def test_hints_are_given_to_stories():
    row = measure(item(title="As a developer I want to log and trace and count"))

    assert row["invest_hints"] == "the role is technical; no benefit is told; the goal joins several wishes"
    assert measure(item())["invest_hints"] is None


def test_controls_are_named_wherever_they_stand():
    row = measure(item(title="Report by DORA Art. 12", labels=("SOX-404",), description=text("see GDPR, and MaRisk")))

    assert row["control_ids"] == "DORA Art. 12; SOX-404; GDPR; MaRisk"


def test_a_placeholder_beside_an_unseen_field_blames_nobody():
    row = measure(item(description=text("Acceptance criteria: TBD"), unseen=frozenset({"acceptance"})))

    assert row["acceptance_verdict"] is None


def test_places_say_in_words_where_was_looked():
    row = measure(item(acceptance=text("TBD"), description=text("Add a button")))

    assert row["acceptance_places"] == ("field: only a placeholder; description: no heading, no numbered criteria, no Given/When/Then")


def test_checkboxes_are_criteria_in_a_story_and_things_to_do_in_a_bug():
    boxes = text("- [ ] the page shows the new logo\n- [ ] the footer shows the legal notice")

    assert measure(item(description=boxes))["acceptance_verdict"] == "ok"
    assert measure(item(kind=Kind.BUG, description=boxes))["acceptance_verdict"] == "missing"


def test_words_are_counted_without_what_nobody_filled_in():
    description = text("We keep the audit log for ten years\nTBD\n* Criterion 1")

    assert measure(item(description=description))["description_words"] == 8.0


def test_tests_requirements_and_evidence_are_counted():
    linked = [
        (Relation.TESTED_BY, "1"),
        (Relation.TESTED_BY, "2"),
        (Relation.TESTS, "3"),
        (Relation.SATISFIES, "4"),
        (Relation.EVIDENCE, "5"),
    ]
    evidence = (Evidence(EvidenceKind.ATTACHMENT, 2), Evidence(EvidenceKind.BUILD))
    row = measure(item(links=tuple(Link(relation, f"jira:{target}") for relation, target in linked), evidence=evidence))
    counted = {name: row[name] for name in ("test_links", "requirement_links", "constraint_links", "evidence_links")}
    assert counted == {"test_links": 2, "requirement_links": 1, "constraint_links": 0, "evidence_links": 4}
    assert row["evidence_kinds"] == "attachment; build; item"
    assert measure(item())["evidence_kinds"] is None


@pytest.mark.parametrize(("field", "facts"), [("tests", {"test_links", "tests"}), ("evidence", {"evidence_links", "evidence_kinds"})])
def test_tests_and_evidence_that_nobody_looked_for_are_unseen(field: str, facts: set[str]):
    assert set(str(measure(item(unseen=frozenset({field})))["unseen"]).split()) == facts
