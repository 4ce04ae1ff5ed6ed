"""Whether a mapping fits is told by the items as they are read: types, timeboxes, teams, dead fields, hours for points."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from safesync.connectors.inspection import FoundField, FoundType, Inspection
from safesync.connectors.mapping import Mapping
from safesync.jobs.concern import Concern
from safesync.jobs.health import Patient, concerns
from safesync.model.item import Item, Kind, Stage
from safesync.model.organisation import Organisation, Team, Train
from safesync.model.timebox import Iteration, PlanningInterval
from safesync.rules.examples import facts_of, feature, story, task

STORY = FoundType("story", ("story",), 0, 60, 900)
POINTS = FoundField("customfield_1", "Story Points", ("Story Points",), None, "number", (("story", 40),))
DEAD = FoundField("customfield_2", "Old Points", ("Old Points",), None, "number")
FOUND = Inspection("jira", "Jira Cloud", "1", "directly", types=(STORY,), fields=(POINTS, DEAD), sampled=60)
FALCON = (Team("Falcon", "Payments"),)


def told(*items: Item, found: Inspection = FOUND, mapping: dict[str, object] | None = None, **around: object) -> tuple[Concern, ...]:
    given = {"teams": FALCON} | around
    return concerns(Patient(found, Mapping.model_validate(mapping or {}), facts_of(items), **given))  # type: ignore[arg-type]


def test_a_mapping_that_fits_raises_no_concern() -> None:
    dated = Iteration("jira:iteration:1", "jira", "Falcon 26.4.1", date(2026, 10, 19), date(2026, 11, 1), "PI 26.4")
    interval = PlanningInterval("PI 26.4", date(2026, 10, 19), date(2026, 12, 27))
    items = (story(iteration=dated.uid), feature(interval="PI 26.4"))
    assert told(*items, mapping={"fields": {"points": "Story Points"}}, iterations=(dated,), intervals=(interval,)) == ()


def test_items_of_a_type_that_stands_nowhere_are_counted_by_the_tracker_where_it_tells() -> None:
    others = [replace(task(number), kind=Kind.OTHER, native_type="Chore") for number in (21, 22)]
    (concern,) = told(*others)
    assert (concern.code, concern.items) == ("DQ001", 2)
    assert concern.sentence.startswith("2 items of the type Chore are read as 'other'")
    counted = replace(FOUND, types=(STORY, FoundType("Chore", ("Chore",), 0, 50, 812)))
    assert told(*others, found=counted)[0].items == 812


def test_a_type_that_is_other_on_purpose_is_no_concern() -> None:
    assert told(replace(task(), kind=Kind.OTHER, native_type="Chore"), mapping={"types": {"other": ["chore"]}}) == ()


def test_a_state_without_a_category_is_told() -> None:
    (concern,) = told(story(unseen=frozenset({"stage"}), native_state="Limbo"))
    assert (concern.code, concern.items) == ("DQ001", 1)
    assert "Limbo" in concern.sentence


def test_iterations_without_dates_or_without_an_interval_are_told_where_items_are_planned_in_them() -> None:
    undated = Iteration("jira:iteration:1", "jira", "PI 26.4.1", interval="PI 26.4")
    nameless = Iteration("jira:iteration:2", "jira", "Sprint Banana", date(2026, 10, 19), date(2026, 11, 1))
    unused = Iteration("jira:iteration:3", "jira", "Old")
    items = (story(11, iteration=undated.uid), story(12, iteration=nameless.uid), story(13, iteration=nameless.uid))
    first, second = told(*items, iterations=(undated, nameless, unused))
    assert (first.code, first.items, "PI 26.4.1" in first.sentence) == ("DQ002", 1, True)
    assert (second.code, second.items, "Sprint Banana" in second.sentence) == ("DQ002", 2, True)


@pytest.mark.parametrize(("ends_on", "weeks"), [(date(2026, 10, 25), 1), (date(2027, 2, 21), 18)])
def test_an_interval_of_an_odd_length_is_told(ends_on: date, weeks: int) -> None:
    (concern,) = told(feature(interval="PI 26.4"), intervals=(PlanningInterval("PI 26.4", date(2026, 10, 19), ends_on),))
    assert concern.sentence.startswith(f"PI 26.4 is {weeks} weeks long")
    assert concern.items == 1


def test_an_interval_without_dates_is_told() -> None:
    (concern,) = told(feature(interval="PI 27.1"))
    assert concern == Concern("DQ002", "1 item is planned in PI 27.1, which has no dates; give its sprints or versions dates", 1)


def test_open_stories_without_a_team_and_teams_without_a_train_are_told() -> None:
    items = (story(11, team=None), story(12, team="Falcon"), story(13, team="Heron"), story(14, team=None, stage=Stage.DONE))
    first, second = told(*items)
    assert first.sentence.startswith("1 of 3 open stories and bugs have no team")
    assert second.sentence == "1 item is open, of teams without a train: Heron; put them under organisation.trains"
    named = Organisation(trains=(Train("Payments", ("Heron",)),))
    assert [each.code for each in told(*items, organisation=named)] == ["DQ003"]


def test_a_mapped_field_that_is_nowhere_and_one_that_is_always_empty_are_told() -> None:
    items = tuple(story(number) for number in range(10, 13))
    gone, dead = told(*items, mapping={"fields": {"points": "Old Points", "job_size": "Nothing"}})[::-1]
    assert gone.sentence == "mapping.fields.job_size names no field that is there and that we may see"
    assert dead.sentence.startswith("mapping.fields.points (Old Points) is empty in all of 60 items")


def test_an_empty_field_on_few_items_says_nothing() -> None:
    few = replace(FOUND, types=(replace(STORY, sampled=49),))
    assert told(story(), found=few, mapping={"fields": {"points": "Old Points"}}) == ()
    assert told(story(), mapping={"fields": {"points": ["Old Points", "Story Points"]}}) == (), "one of several is enough"


def test_points_that_look_like_hours_are_told() -> None:
    (concern,) = told(*(story(number, points=24.0) for number in range(100, 150)))
    assert concern.sentence == "half of all estimates are above 24 points: are these hours? Check mapping.fields.points"
    assert told(*(story(number, points=24.0) for number in range(100, 149))) == (), "too few to say"
    assert told(*(story(number, points=20.0) for number in range(100, 150))) == ()
