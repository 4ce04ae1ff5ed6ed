"""What happens to whole items between two pulls: another type, another project, the recycle bin and out of it, gone for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ado_meridian import TODAY, TRAIN, Meridian, Shelf

from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVER_2022, SERVER_2022_1, SERVICES
from safesync.connectors.sandbox.azure.process import ItemType
from safesync.connectors.sandbox.azure.upheavals import destroy, move, recycle, restore, retype
from safesync.model.item import Kind, Relation, Stage
from safesync.model.message import Message

PARENT = "System.LinkTypes.Hierarchy-Reverse"
pytestmark = pytest.mark.parametrize(
    "meridian",
    [SERVICES, SERVER_2022_1, SERVER_2022, SERVER_2020],
    indirect=True,
    ids=lambda edition: edition.name.rpartition(" ")[2],
)


def test_an_item_of_another_type_is_read_as_that_with_all_its_past(meridian: Meridian) -> None:
    active = (TODAY - timedelta(days=20), meridian.ada, {"System.State": "Active"})
    resolved = (TODAY - timedelta(days=10), meridian.ada, {"System.State": "Resolved"})
    story = meridian.add(revisions=[active, resolved])
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    retype(meridian.organisation, story, "Task", meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    read = shelf.items[f"ado:{story.id}"]
    assert (read.kind, read.native_type, read.native_state) == (Kind.TASK, "Task", "New")
    # A task has no state called Resolved: its type's first state took the place.
    assert [one.stage for one in read.transitions] == [Stage.FUNNEL, Stage.IN_PROGRESS, Stage.VALIDATING, Stage.FUNNEL]
    assert not any(page.gone or page.surroundings for page in pages)


def test_a_type_made_since_the_last_full_read_is_learnt_when_an_item_turns_into_it(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    process = meridian.organisation.project("Payments").process
    process.types["Spike"] = ItemType("Spike", "Microsoft.RequirementCategory", "000000", process.types["User Story"].states)
    retype(meridian.organisation, story, "Spike", meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items[f"ado:{story.id}"].kind is Kind.SPIKE
    assert sum(page.surroundings is not None for page in pages) == 1


def test_an_item_that_moves_into_scope_comes_with_its_past(meridian: Meridian) -> None:
    active = (TODAY - timedelta(days=20), meridian.ada, {"System.State": "Active"})
    story, here = meridian.add(area="Elsewhere", revisions=[active]), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    assert shelf.items.keys() == {f"ado:{here.id}"}
    move(meridian.organisation, story, f"{TRAIN}\\Heron", meridian.stamp())
    shelf.take(tracker.pull(shelf.cursor))
    read = shelf.items[f"ado:{story.id}"]
    assert (read.project, read.team, read.iteration) == ("Payments", "Heron", None)
    assert read.stage is Stage.IN_PROGRESS
    fresh = Shelf()
    fresh.take(meridian.tracker().pull(None))
    assert fresh.items.keys() == shelf.items.keys()


def test_an_item_that_moves_between_two_projects_in_scope_stays_itself_and_is_answered_where_it_is(
    meridian: Meridian, message: Message
) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(("Payments", "Elsewhere")), Shelf()
    shelf.take(tracker.pull(None))
    posted = tracker.create_comment(shelf.items[f"ado:{story.id}"].ref, message)
    move(meridian.organisation, story, "Elsewhere", meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    read = shelf.items[f"ado:{story.id}"]
    assert (read.project, read.team, read.train) == ("Elsewhere", None, None)
    assert not any(page.gone for page in pages)
    assert tracker.read_comment(read.ref, posted.comment_id) == posted


def test_an_item_that_was_thrown_away_and_fetched_back_between_two_pulls_was_never_gone(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    recycle(meridian.organisation, story, meridian.stamp())
    restore(meridian.organisation, story, meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert not any(page.gone for page in pages)
    assert shelf.items[f"ado:{story.id}"].revision == "3"


def test_an_item_that_was_destroyed_is_missed_by_the_next_census_and_its_child_is_an_orphan_then(meridian: Meridian) -> None:
    feature, story = meridian.add("Feature", area=TRAIN), meridian.add()
    meridian.organisation.link(story, PARENT, feature)
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    assert [link.relation for link in shelf.items[f"ado:{story.id}"].links] == [Relation.PARENT]
    destroy(meridian.organisation, feature)
    assert not any(page.gone or page.items for page in shelf.take(tracker.pull(shelf.cursor)))
    meridian.now += timedelta(hours=25)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census == {f"ado:{story.id}"}
    assert shelf.items[f"ado:{story.id}"].links == ()


def test_one_that_is_destroyed_in_the_recycle_bin_was_gone_before(meridian: Meridian) -> None:
    story, other = meridian.add(), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    recycle(meridian.organisation, story, meridian.stamp())
    assert [page.gone for page in shelf.take(tracker.pull(shelf.cursor)) if page.gone] == [(f"ado:{story.id}",)]
    destroy(meridian.organisation, story)
    assert not any(page.gone or page.items for page in shelf.take(tracker.pull(shelf.cursor)))
    assert shelf.items.keys() == {f"ado:{other.id}"}
