from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests
from azure.devops.exceptions import AzureDevOpsServiceError
from azure.devops.v7_1.work_item_tracking.models import JsonPatchOperation, WorkItemBatchGetRequest
from azure_world import World

from safesync.connectors.sandbox.azure.items import WorkItem

TODAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
AREA = "Payments\\Payments"
PARENT = "System.LinkTypes.Hierarchy-Reverse"
CHILD = "System.LinkTypes.Hierarchy-Forward"


def _error(answer: requests.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.json()["typeKey"], answer.json()["message"].split(":")[0]


def _link(world: World, item: WorkItem, rel: str, target: WorkItem, comment: str | None = None) -> requests.Response:
    value = {"rel": rel, "url": f"{world.url}/_apis/wit/workItems/{target.id}"} | ({"attributes": {"comment": comment}} if comment else {})
    return world.patch(item, ("add", "/relations/-", value))


# -- reading ------------------------------------------------------------------------------------


def test_empty_fields_are_left_out_and_times_lose_their_zeros(world: World):
    item = world.story(at=TODAY - timedelta(days=2, milliseconds=770))
    fields = world.get(f"_apis/wit/workitems/{item.id}")["fields"]
    assert "System.AssignedTo" not in fields
    assert "System.Tags" not in fields
    assert fields["System.ChangedDate"] == "2026-11-24T09:29:59.23Z"
    assert "System.Id" not in fields


def test_only_all_shows_the_numbers_of_paths_and_the_watermark(world: World):
    item = world.story()
    fields = world.get(f"_apis/wit/workitems/{item.id}", **{"$expand": "All"})["fields"]
    assert (fields["System.Id"], fields["System.Rev"], fields["System.NodeName"]) == (item.id, 1, "Falcon")
    assert fields["System.RevisedDate"] == "9999-01-01T00:00:00Z"
    assert fields["System.AreaLevel3"] == "Falcon"
    assert "System.AreaLevel4" not in fields


def test_identities_are_references(world: World):
    item = world.story(fields={"System.AssignedTo": "ada@meridian.example"})
    who = world.get(f"_apis/wit/workitems/{item.id}")["fields"]["System.AssignedTo"]
    assert (who["displayName"], who["uniqueName"], who["id"]) == ("Ada Amber", "ada@meridian.example", world.ada.id)


def test_an_item_that_is_missing_hidden_or_deleted_is_the_same_404(world: World):
    hidden, deleted = world.story(), world.story()
    assert world.ask("DELETE", f"_apis/wit/workitems/{deleted.id}").status_code == 200
    texts = [world.ask("GET", f"_apis/wit/workitems/{number}").json()["message"] for number in (999, deleted.id)]
    world.project.permissions.read = False
    texts.append(world.ask("GET", f"_apis/wit/workitems/{hidden.id}").json()["message"])
    assert {text.split(" ", 4)[0] for text in texts} == {"TF401232:"}
    assert all("does not exist, or you do not have permissions to read it." in text for text in texts)


def test_an_item_is_not_found_under_another_project(world: World):
    world.organisation.add_project("Elsewhere")
    item = world.story()
    assert _error(world.ask("GET", f"Elsewhere/_apis/wit/workitems/{item.id}"))[0] == 404


def test_a_batch_keeps_the_order_and_puts_null_where_it_omits(world: World):
    one, two = world.story("one"), world.story("two")
    wish = WorkItemBatchGetRequest(ids=[two.id, 999, one.id], fields=["System.Title", "System.Parent"], error_policy="omit")
    found = world.client().get_work_item_tracking_client().get_work_items_batch(wish)
    assert [item and item.fields for item in found] == [{"System.Title": "two"}, None, {"System.Title": "one"}]


def test_a_batch_with_a_missing_item_fails_as_a_whole_unless_told_otherwise(world: World):
    item = world.story()
    with pytest.raises(AzureDevOpsServiceError, match="TF401232"):
        world.client().get_work_item_tracking_client().get_work_items_batch(WorkItemBatchGetRequest(ids=[item.id, 999]))


def test_a_batch_takes_two_hundred_and_either_fields_or_an_expansion(world: World):
    item = world.story()
    ask = lambda body: world.ask("POST", "_apis/wit/workitemsbatch", json=body)  # noqa: E731 - three lines of one test
    assert ask({"ids": [item.id] * 200}).json()["count"] == 200
    assert _error(ask({"ids": [item.id] * 201}))[:2] == (400, "WorkItemPageSizeExceededException")
    assert _error(ask({"ids": [item.id], "fields": ["System.Title"], "$expand": "relations"}))[:2] == (
        400,
        "ConflictingParametersException",
    )
    assert _error(ask({"ids": [item.id], "fields": ["Custom.Nothing"]}))[2] == "TF51535"


def test_an_item_can_be_read_as_it_was(world: World):
    item = world.story("old", revisions=[(TODAY - timedelta(days=5), "Ada Amber", {"System.Title": "new"})])
    then = (TODAY - timedelta(days=6)).isoformat().replace("+00:00", "Z")
    assert world.get(f"_apis/wit/workitems/{item.id}", asOf=then)["fields"]["System.Title"] == "old"
    assert world.ask("GET", f"_apis/wit/workitems/{item.id}", params={"asOf": "2020-01-01"}).status_code == 404
    assert [row["rev"] for row in world.get(f"_apis/wit/workitems/{item.id}/revisions")["value"]] == [1, 2]
    change = world.get(f"_apis/wit/workitems/{item.id}/updates/2")["fields"]["System.Title"]
    assert change == {"oldValue": "old", "newValue": "new"}


# -- writing ------------------------------------------------------------------------------------


def test_one_document_is_one_revision_by_the_caller(world: World):
    item = world.story()
    body = world.patch(
        item, ("add", "/fields/System.Title", "New"), ("add", "/fields/System.Tags", "a"), ("replace", "/fields/System.State", "Active")
    ).json()
    assert (body["rev"], item.rev) == (2, 2)
    assert body["fields"]["System.ChangedBy"]["id"] == world.bot.id
    assert body["fields"]["System.Reason"] == "Moved to state Active"
    assert body["fields"]["Microsoft.VSTS.Common.StateChangeDate"] == body["fields"]["System.ChangedDate"]


def test_the_client_package_writes_and_creates(world: World):
    tracking = world.client().get_work_item_tracking_client()
    made = tracking.create_work_item([JsonPatchOperation(op="add", path="/fields/System.Title", value="Made")], "Payments", "User Story")
    changed = tracking.update_work_item([JsonPatchOperation(op="add", path="/fields/System.Title", value="Changed")], made.id)
    assert (made.rev, changed.rev, changed.fields["System.Title"]) == (1, 2, "Changed")
    assert changed.fields["System.AreaPath"] == "Payments"


def test_a_patch_that_changes_nothing_makes_no_revision(world: World):
    item = world.story("Same")
    assert world.patch(item, ("add", "/fields/System.Title", "Same")).json()["rev"] == 1


def test_a_failed_test_of_the_revision_changes_nothing(world: World):
    item = world.story()
    answer = world.patch(item, ("test", "/rev", 7), ("add", "/fields/System.Title", "New"))
    assert answer.status_code == 412
    assert answer.json()["message"] == "VS403351: Test Operation for path /rev failed"
    assert answer.json()["typeKey"] == "TestPatchOperationFailedException"
    assert item.rev == 1
    assert world.patch(item, ("test", "/rev", 1), ("add", "/fields/System.Title", "New")).json()["rev"] == 2


def test_validation_alone_answers_the_future_and_leaves_the_present(world: World):
    item, parent = world.story(), world.story(kind="Feature")
    relation = {"rel": PARENT, "url": f"{world.url}/_apis/wit/workItems/{parent.id}"}
    answer = world.patch(item, ("add", "/fields/System.Title", "New"), ("add", "/relations/-", relation), validateOnly="true")
    assert answer.json()["fields"]["System.Title"] == "New"
    assert (item.rev, item.fields["System.Title"], item.parent, parent.relations) == (1, "A story", None, [])
    assert world.organisation.ledger.links == []


def test_validation_alone_of_a_new_item_makes_none(world: World):
    document = [{"op": "add", "path": "/fields/System.Title", "value": "Maybe"}]
    answer = world.ask("POST", "Payments/_apis/wit/workitems/$Bug", json=document, params={"validateOnly": "true"})
    assert answer.json()["id"] == -1
    assert world.organisation.items == {}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("System.State", "Cooking", "TF401320"),
        ("System.Title", "", "TF401320"),
        ("System.ChangedDate", "2020-01-01", "TF401320"),
        ("System.AreaPath", "Payments\\Nowhere", "TF401347"),
        ("Custom.Nothing", "x", "TF51535"),
        ("Microsoft.VSTS.Scheduling.StoryPoints", "many", "TF401320"),
        ("System.AssignedTo", "nobody@meridian.example", "TF401320"),
        ("System.Tags", "fine; \U0001f680", "TF401407"),
        ("System.Tags", "; ".join(f"t{number}" for number in range(101)), "TF401243"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused_and_nothing_changes(world: World, path: str, value: str, code: str):
    item = world.story()
    answer = world.patch(item, ("add", f"/fields/{path}", value))
    assert (answer.status_code, answer.json()["message"].split(":")[0]) == (400, code)
    assert item.rev == 1


def test_a_patch_needs_its_own_content_type(world: World):
    item = world.story()
    answer = world.ask("PATCH", f"_apis/wit/workitems/{item.id}", json=[], headers={"Content-Type": "application/json"})
    assert _error(answer)[:2] == (415, "VssRequestContentTypeNotSupportedException")


def test_without_the_right_to_edit_a_write_is_403(world: World):
    item = world.story()
    world.project.permissions.edit = False
    assert _error(world.patch(item, ("add", "/fields/System.Title", "New")))[::2] == (403, "TF237111")
    assert world.ask("DELETE", f"_apis/wit/workitems/{item.id}").status_code == 403
    assert item.rev == 1


def test_added_tags_join_replaced_ones_take_the_place_and_case_does_not_count(world: World):
    item = world.story(fields={"System.Tags": "Beta; alpha"})
    tags = lambda answer: answer.json()["fields"].get("System.Tags")  # noqa: E731 - five uses below
    assert tags(world.patch(item, ("add", "/fields/System.Tags", "gamma; BETA, gamma"))) == "alpha; Beta; gamma"
    assert tags(world.patch(item, ("replace", "/fields/System.Tags", "gamma"))) == "gamma"
    assert tags(world.patch(item, ("replace", "/fields/System.Tags", ""))) is None
    assert tags(world.patch(item, ("add", "/fields/System.Tags", "a"), ("add", "/fields/System.Tags", "b"))) == "a; b"
    assert tags(world.patch(item, ("remove", "/fields/System.Tags"))) is None


def test_a_format_comes_with_its_text_or_not_at_all(world: World):
    item = world.story(fields={"System.Description": "<div>a</div>"})
    assert world.get(f"_apis/wit/workitems/{item.id}")["multilineFieldsFormat"] == {"System.Description": "html"}
    flip = ("add", "/multilineFieldsFormat/System.Description", "Markdown")
    assert "type changed without a value" in world.patch(item, flip).json()["message"]
    body = world.patch(item, ("add", "/fields/System.Description", "# A <who>"), flip).json()
    assert (body["multilineFieldsFormat"], body["fields"]["System.Description"]) == ({"System.Description": "markdown"}, "# A ")


def test_the_ten_thousandth_revision_is_the_last_and_the_refusal_a_500(world: World):
    item = world.story()
    item.revisions *= 10_000
    answer = world.patch(item, ("add", "/fields/System.Title", "New"))
    assert answer.status_code == 500
    assert "10,000 revisions" in answer.json()["message"]


def test_a_board_column_follows_the_state_and_stays_where_it_fits(world: World):
    feature = world.story(kind="Feature", fields={"System.AreaPath": AREA})
    column = lambda: world.get(f"_apis/wit/workitems/{feature.id}")["fields"]["System.BoardColumn"]  # noqa: E731 - three uses below
    assert column() == "Funnel"
    world.patch(feature, ("add", "/fields/System.State", "Resolved"))
    assert column() == "Releasing"
    world.patch(feature, ("add", "/fields/System.Title", "Renamed"))
    assert column() == "Releasing"


# -- links --------------------------------------------------------------------------------------


def test_a_link_shows_on_both_ends_and_moves_neither_revision_nor_date(world: World):
    child, parent = world.story(), world.story(kind="Feature")
    before = [(item.rev, item.fields["System.ChangedDate"], item.latest.watermark) for item in (child, parent)]
    answer = _link(world, parent, CHILD, child, "why")
    assert answer.json()["rev"] == 1
    shown = world.get(f"_apis/wit/workitems/{child.id}", **{"$expand": "relations"})
    assert shown["fields"]["System.Parent"] == parent.id
    assert shown["relations"][0]["rel"] == PARENT
    assert shown["relations"][0]["url"].endswith(f"/_apis/wit/workItems/{parent.id}")
    assert shown["relations"][0]["attributes"] == {"isLocked": False, "comment": "why", "name": "Parent"}
    assert before == [(item.rev, item.fields["System.ChangedDate"], item.latest.watermark) for item in (child, parent)]


def test_a_parent_is_answered_in_a_batch_as_a_field(world: World):
    child, parent = world.story(), world.story(kind="Feature")
    world.organisation.link(child, PARENT, parent)
    row = world.ask("POST", "_apis/wit/workitemsbatch", json={"ids": [child.id], "fields": ["System.Parent"]}).json()["value"][0]
    assert row["fields"] == {"System.Parent": parent.id}


def test_removing_goes_by_the_place_that_was_shown_and_frees_both_ends(world: World):
    parent = world.story(kind="Feature")
    children = [world.story(f"child {number}") for number in range(6)]
    for child in children:
        assert _link(world, parent, CHILD, child).status_code == 200
    shown = [
        int(row["url"].rsplit("/")[-1]) for row in world.get(f"_apis/wit/workitems/{parent.id}", **{"$expand": "relations"})["relations"]
    ]
    assert sorted(shown) == [child.id for child in children]
    assert shown != sorted(shown)
    world.patch(parent, ("remove", "/relations/4"), ("remove", "/relations/1"))
    gone = {shown[4], shown[1]}
    assert {child.id for child in children if child.parent is None} == gone
    assert {relation.target for relation in parent.relations} == set(shown) - gone
    assert [link.active for link in world.organisation.ledger.links] == [True] * 6 + [False] * 2


def test_an_item_has_one_parent_and_is_not_its_own_ancestor(world: World):
    top, middle, low = world.story(kind="Epic"), world.story(kind="Feature"), world.story()
    assert _link(world, middle, PARENT, top).status_code == 200
    assert _link(world, low, PARENT, middle).status_code == 200
    assert _error(_link(world, low, PARENT, top))[2] == "TF201036"
    assert _error(_link(world, top, PARENT, low))[2] == "TF201035"
    assert _error(_link(world, middle, PARENT, top))[1] == "RelationAlreadyExistsException"


def test_a_patch_whose_link_is_refused_changes_no_field_and_no_other_link(world: World):
    item, other = world.story(), world.story()
    link = {"rel": "System.LinkTypes.Related", "url": f"{world.url}/_apis/wit/workItems/{other.id}"}
    answer = world.patch(item, ("add", "/fields/System.Title", "New"), ("add", "/relations/-", link), ("add", "/relations/-", link))
    assert answer.status_code == 400
    assert (item.fields["System.Title"], item.relations, other.relations, world.organisation.ledger.links) == ("A story", [], [], [])


def test_a_hyperlink_keeps_its_address_and_its_comment(world: World):
    item = world.story()
    value = {"rel": "Hyperlink", "url": "http://jira.example/browse/PAY-1", "attributes": {"comment": "depends on"}}
    relation = world.patch(item, ("add", "/relations/-", value)).json()["relations"][0]
    assert (relation["url"], relation["attributes"]["comment"]) == ("http://jira.example/browse/PAY-1", "depends on")
    assert "name" not in relation["attributes"]


# -- the recycle bin ----------------------------------------------------------------------------


def test_a_deleted_item_is_in_the_bin_and_comes_back_with_a_revision_more(world: World):
    item = world.story("Lost")
    assert world.ask("DELETE", f"Payments/_apis/wit/workitems/{item.id}").json()["name"] == "Lost"
    assert [row["id"] for row in world.get("Payments/_apis/wit/recyclebin")["value"]] == [str(item.id)]
    assert (
        world.get("Payments/_apis/wit/recyclebin", ids=f"{item.id},77")["value"][0]["deletedBy"] == "SafeSync <safesync@meridian.example>"
    )
    assert world.ask("POST", "_apis/wit/workitemsbatch", json={"ids": [item.id], "errorPolicy": "omit"}).json()["value"] == [None]
    restored = world.ask(
        "PATCH", f"Payments/_apis/wit/recyclebin/{item.id}", json={"isDeleted": False}, headers={"Content-Type": "application/json"}
    )
    assert restored.json()["resource"]["rev"] == 3
    assert world.get(f"_apis/wit/workitems/{item.id}")["fields"]["System.Title"] == "Lost"
    world.ask("DELETE", f"Payments/_apis/wit/workitems/{item.id}")
    world.project.permissions.read = False
    assert world.get("_apis/wit/recyclebin")["count"] == 0


def test_a_destroyed_item_leaves_no_trace(world: World):
    item, other = world.story(), world.story()
    world.organisation.link(item, "System.LinkTypes.Related", other)
    assert world.ask("DELETE", f"_apis/wit/workitems/{item.id}", params={"destroy": "true"}).status_code == 204
    assert world.get("Payments/_apis/wit/recyclebin")["count"] == 0
    assert (other.relations, world.organisation.ledger.links) == ([], [])
    assert {row["id"] for row in world.get("_apis/wit/reporting/workitemrevisions", includeDeleted="true")["values"]} == {other.id}
    world.ask("DELETE", f"_apis/wit/workitems/{other.id}")
    assert world.ask("DELETE", f"_apis/wit/recyclebin/{other.id}").status_code == 204
    assert world.organisation.items == {}


def test_an_item_moves_to_another_project_and_keeps_its_number(world: World):
    world.organisation.add_project("Elsewhere")
    item = world.story()
    body = world.patch(
        item,
        ("add", "/fields/System.TeamProject", "Elsewhere"),
        ("add", "/fields/System.AreaPath", "Elsewhere"),
        ("add", "/fields/System.IterationPath", "Elsewhere"),
    ).json()
    assert (body["id"], body["rev"], body["fields"]["System.TeamProject"]) == (item.id, 2, "Elsewhere")
    assert world.get(f"Elsewhere/_apis/wit/workItems/{item.id}/comments", "7.1-preview.4")["totalCount"] == 0
    assert world.ask("GET", f"Payments/_apis/wit/workItems/{item.id}/comments", "7.1-preview.4").status_code == 404
