from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from azure_world import World

from safesync.connectors.sandbox.azure.people import Stamp
from safesync.connectors.sandbox.azure.refusal import Refusal

PARENT = "System.LinkTypes.Hierarchy-Reverse"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def test_a_made_up_history_keeps_its_dates_authors_and_order(world: World):
    item = world.organisation.add_work_item(
        "User Story",
        {"System.Title": "one", "System.AreaPath": "Payments\\Payments\\Falcon"},
        START,
        "ada@meridian.example",
        revisions=[
            (START + timedelta(days=9), "SafeSync", {"System.State": "Closed"}),
            (START + timedelta(days=3), "Ada Amber", {"System.State": "Active", "System.Tags": "red"}),
        ],
        comments=[(START + timedelta(days=5), world.ada, "Soon <b>ready</b>")],
    )
    told = [(revision.at - START, revision.by.name, revision.fields["System.State"]) for revision in item.revisions]
    assert told == [
        (timedelta(0), "Ada Amber", "New"),
        (timedelta(days=3), "Ada Amber", "Active"),
        (timedelta(days=5), "Ada Amber", "Active"),
        (timedelta(days=9), "SafeSync", "Closed"),
    ]
    fields = world.get(f"_apis/wit/workitems/{item.id}")["fields"]
    assert fields["System.ChangedDate"] == "2026-03-11T08:00:00Z"
    assert fields["Microsoft.VSTS.Common.ActivatedDate"] == "2026-03-05T08:00:00Z"
    assert fields["Microsoft.VSTS.Common.ClosedBy"]["displayName"] == "SafeSync"
    assert fields["System.CommentCount"] == 1


def test_an_item_that_is_open_again_was_not_closed(world: World):
    item = world.story(fields={"System.State": "Closed"}, revisions=[(START + timedelta(days=500), world.ada, {"System.State": "Active"})])
    assert "Microsoft.VSTS.Common.ClosedDate" not in item.fields


def test_relations_are_made_with_the_item_or_later_and_carry_their_dates(world: World):
    feature = world.story(kind="Feature")
    story = world.story(relations=[(PARENT, feature.id), ("Hyperlink", "http://jira.example/browse/PAY-7")])
    other = world.story()
    world.organisation.link(other, "System.LinkTypes.Dependency-Reverse", story, Stamp(START, world.bot))
    world.organisation.add_hyperlink(other, "http://jira.example/browse/PAY-8", "depends on")
    assert (story.parent, len(story.relations), len(other.relations)) == (feature.id, 3, 2)
    last = world.organisation.ledger.links[-1]
    assert (last.link_type, last.source, last.target, last.stamp) == (
        "System.LinkTypes.Dependency",
        story.id,
        other.id,
        Stamp(START, world.bot),
    )


def test_what_could_not_be_written_cannot_be_made_up_either(world: World):
    with pytest.raises(Refusal, match="TF401347"):
        world.story(fields={"System.AreaPath": "Payments\\Nowhere"})
    with pytest.raises(LookupError, match="nobody"):
        world.story(by="stranger@meridian.example")
    with pytest.raises(Refusal, match="TF51535"):
        world.story(fields={"Custom.Nothing": 1})
    assert world.organisation.items == {}


def test_the_same_building_gives_the_same_ids(world: World):
    again = World()
    assert (again.project.id, again.bot.id) == (world.project.id, world.bot.id)
    assert [node.identifier for node in again.project.areas.walk()] == [node.identifier for node in world.project.areas.walk()]


def test_a_clock_that_stands_still_still_orders_changes(world: World):
    item = world.story()
    for title in ("two", "three"):
        world.organisation.ledger.change(item, {"System.Title": title}, Stamp(START, world.ada))
    moments = [revision.at for revision in item.revisions]
    assert moments == sorted(set(moments))


def test_missing_paths_are_added_on_the_way(world: World):
    node = world.organisation.add_iteration("Payments\\PI 27.1\\Iteration 27.1.1")
    assert node.path == "Payments\\PI 27.1\\Iteration 27.1.1"
    assert world.project.node("iteration", "payments\\pi 27.1") is node.parent
    assert world.organisation.add_area("Payments\\Payments").path == "Payments\\Payments"
