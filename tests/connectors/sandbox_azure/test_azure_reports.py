from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure_world import World

from safesync.connectors.sandbox.azure.gateway import routes

TODAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
REVISIONS = "_apis/wit/reporting/workitemrevisions"
LINKS = "_apis/wit/reporting/workitemlinks"
PARENT = "System.LinkTypes.Hierarchy-Reverse"


def _drained(world: World, path: str, token: str | None = None, **params: Any) -> tuple[list[dict[str, Any]], str, int]:
    """All values of a stream from a token on, the new token, and how many pages that took."""
    values, pages = [], 0
    while True:
        page = world.get(path, **params, **({"continuationToken": token} if token else {}))
        values += page["values"]
        token, pages = page["continuationToken"], pages + 1
        if page["isLastBatch"]:
            return values, token, pages


def _seen(values: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(row["id"], row["rev"]) for row in values]


def test_the_stream_holds_every_revision_and_goes_on_from_its_token(world: World):
    item = world.story(revisions=[(TODAY - timedelta(days=2), "Ada Amber", {"System.Title": "two"})])
    values, token, _ = _drained(world, REVISIONS)
    assert _seen(values) == [(item.id, 1), (item.id, 2)]
    assert token.endswith(f";{item.id};2")
    assert _drained(world, REVISIONS, token)[0] == []
    world.patch(item, ("add", "/fields/System.Title", "three"))
    assert _seen(_drained(world, REVISIONS, token)[0]) == [(item.id, 3)]


def test_only_the_latest_of_each_item_when_that_is_wanted(world: World):
    item, other = world.story(), world.story()
    for title in ("two", "three"):
        world.patch(item, ("add", "/fields/System.Title", title))
    assert _seen(_drained(world, REVISIONS, includeLatestOnly="true")[0]) == [(other.id, 1), (item.id, 3)]


@pytest.mark.parametrize("short", [False, True])
def test_pages_end_when_they_say_so_and_not_when_they_are_short(world: World, short: bool):
    for number in range(7):
        world.story(f"story {number}")
    world.organisation.manners.page_size, world.organisation.manners.short_pages = 4, short
    values, _, pages = _drained(world, REVISIONS)
    assert ([row["id"] for row in values], pages) == (list(range(1, 8)), 5 if short else 2)


def test_long_text_comes_only_with_the_expansion_and_fields_only_when_asked(world: World):
    world.story(fields={"System.Description": "long", "System.Tags": "red"})
    fields = _drained(world, REVISIONS, fields="System.Title,System.Description,System.Tags")[0][0]["fields"]
    assert fields == {"System.Title": "A story", "System.Tags": "red"}
    fields = _drained(world, REVISIONS, fields="System.Title,System.Description", **{"$expand": "fields"})[0][0]["fields"]
    assert fields == {"System.Title": "A story", "System.Description": "long"}


def test_the_wish_may_stand_in_the_body_and_identities_are_names_unless_asked(world: World):
    item = world.story()
    world.story(kind="Bug")
    body = {"fields": ["System.CreatedBy"], "types": ["user story"], "includeLatestOnly": True}
    answer = world.ask("POST", REVISIONS, json=body).json()
    assert answer["values"] == [{"id": item.id, "rev": 1, "fields": {"System.CreatedBy": "Ada Amber <ada@meridian.example>"}}]
    answer = world.ask("POST", REVISIONS, json=body | {"includeIdentityRef": True}).json()
    assert answer["values"][0]["fields"]["System.CreatedBy"]["uniqueName"] == "ada@meridian.example"


def test_a_deleted_item_is_told_only_when_that_is_wanted_and_its_return_is_a_revision(world: World):
    item = world.story()
    token = _drained(world, REVISIONS)[1]
    world.ask("DELETE", f"_apis/wit/workitems/{item.id}")
    assert _drained(world, REVISIONS, token)[0] == []
    told = _drained(world, REVISIONS, token, includeDeleted="true", includeLatestOnly="true", fields="System.IsDeleted")[0]
    assert told == [{"id": item.id, "rev": 2, "fields": {"System.IsDeleted": True}}]
    world.ask("PATCH", f"_apis/wit/recyclebin/{item.id}", json={"isDeleted": False})
    assert _seen(_drained(world, REVISIONS, token)[0])[-1] == (item.id, 3)


def test_a_project_hides_what_moved_out_and_the_organisation_does_not(world: World):
    world.organisation.add_project("Elsewhere")
    item = world.story()
    token = _drained(world, REVISIONS)[1]
    moves = [("add", f"/fields/System.{name}", "Elsewhere") for name in ("TeamProject", "AreaPath", "IterationPath")]
    world.patch(item, *moves)
    assert _drained(world, f"Payments/{REVISIONS}", token)[0] == []
    assert _seen(_drained(world, REVISIONS, token)[0]) == [(item.id, 2)]


def test_what_may_not_be_read_is_not_in_the_stream(world: World):
    world.story()
    world.project.permissions.read = False
    assert _drained(world, REVISIONS)[0] == []


def test_a_token_and_a_start_exclude_each_other_and_a_wrong_token_is_refused(world: World):
    assert world.ask("GET", REVISIONS, params={"continuationToken": "1", "startDateTime": "2026-01-01"}).status_code == 400
    assert world.ask("GET", REVISIONS, params={"continuationToken": "soon"}).status_code == 400


def test_what_was_built_first_is_the_past_in_the_order_of_its_dates(world: World):
    organisation = type(world.organisation)()
    organisation.add_project("Payments")
    ada = organisation.add_identity("Ada", "ada@meridian.example")
    fields = {"System.Title": "t", "System.AreaPath": "Payments"}
    young = organisation.add_work_item("Task", fields, TODAY - timedelta(days=1), ada)
    old = organisation.add_work_item("Task", fields, TODAY - timedelta(days=9), ada, relations=[(PARENT, young.id)])
    routes(organisation, world.clock)
    assert [revision.item.id for revision in organisation.ledger.revisions] == [old.id, young.id]
    assert [revision.watermark for revision in organisation.ledger.revisions] == [1, 3]
    assert organisation.ledger.links[0].watermark == 2
    routes(organisation, world.clock)
    organisation.add_work_item("Task", fields, TODAY - timedelta(days=20), ada)
    assert [revision.watermark for revision in organisation.ledger.revisions] == [1, 3, 4]


def test_a_start_skips_what_is_older(world: World):
    world.story(at=TODAY - timedelta(days=9))
    young = world.story(at=TODAY - timedelta(days=1))
    start = (TODAY - timedelta(days=2)).isoformat().replace("+00:00", "Z")
    assert _seen(_drained(world, REVISIONS, startDateTime=start)[0]) == [(young.id, 1)]


def test_link_changes_are_in_a_stream_of_their_own_and_in_no_other(world: World):
    child, parent = world.story(), world.story(kind="Feature")
    _, token, _ = _drained(world, REVISIONS)
    _, links, _ = _drained(world, LINKS)
    world.patch(child, ("add", "/relations/-", {"rel": PARENT, "url": f"{world.url}/_apis/wit/workItems/{parent.id}"}))
    world.patch(child, ("remove", "/relations/0"))
    assert _drained(world, REVISIONS, token)[0] == []
    values, links, _ = _drained(world, LINKS, links)
    told = [(row["rel"], row["sourceId"], row["targetId"], row["isActive"]) for row in values]
    assert told == [("System.LinkTypes.Hierarchy", parent.id, child.id, active) for active in (True, False)]
    assert _drained(world, LINKS, links)[0] == []


def test_links_can_be_narrowed_to_kinds_and_sources(world: World):
    story, feature = world.story(), world.story(kind="Feature")
    world.organisation.link(story, PARENT, feature)
    world.organisation.link(story, "System.LinkTypes.Dependency-Forward", feature)
    rels = lambda **params: [row["rel"] for row in _drained(world, LINKS, **params)[0]]  # noqa: E731 - three uses below
    assert rels() == ["System.LinkTypes.Hierarchy", "System.LinkTypes.Dependency"]
    assert rels(linkTypes="System.LinkTypes.Dependency") == ["System.LinkTypes.Dependency"]
    assert rels(types="Feature") == ["System.LinkTypes.Hierarchy"]


def test_the_next_link_leads_on(world: World):
    for _ in range(3):
        world.story()
    world.organisation.manners.page_size = 2
    page = world.get(f"Payments/{REVISIONS}", fields="System.Id")
    rest = world.session.get(page["nextLink"], timeout=10).json()
    assert ([row["fields"] for row in rest["values"]], rest["isLastBatch"]) == ([{"System.Id": 3}], True)
