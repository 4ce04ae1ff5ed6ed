"""Comments and tags, one request at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ado_wire import ME, Wire

from safesync.connectors.azure.labels import changed
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.port import CommentRefusedError, LabelsRefusedError
from safesync.model.change import PostedComment
from safesync.model.errors import ConflictError, ItemError, RunError, UnknownOutcomeError
from safesync.model.item import ItemRef
from safesync.model.message import Message

COMMENTS = "/Payments/_apis/wit/workItems/412/comments"
BATCH = "/_apis/wit/workItemsBatch"
ITEM = "/Payments/_apis/wit/workItems/412"


@pytest.fixture
def tracker(wire: Wire):
    wire.knows_me()
    return wire.tracker()


def comment(number: int, text: str, by: str = ME, changed_by: str | None = None, **more: Any):
    return {"id": number, "text": text, "createdBy": {"id": by}, "modifiedBy": {"id": changed_by or by}, **more}


def test_a_comment_is_posted_as_html_in_the_preview_version(wire: Wire, tracker: AzureTracker, ref: ItemRef, message: Message):
    wire.says("POST", COMMENTS, json=comment(7, "x"))
    assert tracker.create_comment(ref, message) == PostedComment("7", "digest-1")
    (sent,) = wire.asked("/comments")
    assert "api-version=7.1-preview.4" in sent.headers["Accept"]
    assert sent.params == {"format": "html"}
    assert json.loads(sent.body) == {"text": "<p><b>One point open</b></p><p><small>SafeSync ref 7f3a9c-digest-1</small></p>"}


def test_an_old_server_calls_the_number_of_a_comment_otherwise(wire: Wire, tracker: AzureTracker, ref: ItemRef, message: Message):
    wire.says("PATCH", f"{COMMENTS}/7", json={"commentId": 7, "createdBy": {"id": ME}, "isDeleted": None})
    assert tracker.edit_comment(ref, "7", message).comment_id == "7"


def test_our_comments_are_found_on_every_page_by_author_and_reference(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    footer = "<p>hello</p><p><small>SafeSync ref 7f3a9c</small></p>"
    first = [comment(1, footer), comment(2, footer, by="somebody"), comment(3, "SafeSync ref 7f3a9c0"), comment(4, footer, isDeleted=True)]
    wire.says("GET", COMMENTS, json={"comments": first, "continuationToken": "next/1"})
    wire.says("GET", COMMENTS, json={"comments": [comment(5, footer, changed_by="somebody")]})
    assert tracker.find_comments(ref, "7f3a9c") == (PostedComment("1", None), PostedComment("5", None, edited_by_person=True))
    assert wire.asked("/comments")[1].params["continuationToken"] == "next/1"


@pytest.mark.parametrize("deleter", ["somebody", ME])
def test_a_comment_that_was_deleted_is_found_as_a_persons_where_none_stands(wire: Wire, tracker: AzureTracker, ref: ItemRef, deleter: str):
    ours, other = "<p>SafeSync ref 7f3a9c-said</p>", "<p>SafeSync ref 0a0a0a</p>"
    told = [comment(1, ours, isDeleted=True, changed_by=deleter), comment(2, other), comment(3, ours, by="somebody", isDeleted=True)]
    wire.says("GET", COMMENTS, json={"comments": told})
    assert tracker.find_comments(ref, "7f3a9c") == (PostedComment("1", "said", edited_by_person=True),)
    assert wire.asked("/comments")[0].params["includeDeleted"] == "true"


def test_pages_of_comments_that_repeat_themselves_end_the_run(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("GET", COMMENTS, json={"comments": [], "continuationToken": "same"})
    with pytest.raises(RunError, match="twice"):
        tracker.find_comments(ref, "7f3a9c")


def test_a_deleted_comment_is_none(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("GET", f"{COMMENTS}/7", json=comment(7, "x", isDeleted=True))
    assert tracker.read_comment(ref, "7") is None


GONE = {"status": 404, "json": {"message": "no such comment", "typeKey": "WorkItemCommentNotFoundException"}}


def test_a_comment_that_never_was_is_none(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("GET", f"{COMMENTS}/7", **GONE)
    has(wire, 5, None)
    assert tracker.read_comment(ref, "7") is None


def test_a_page_of_a_gateway_is_not_taken_for_a_deleted_comment(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("GET", f"{COMMENTS}/7", status=404, body="<html>Not found</html>", content_type="text/html")
    has(wire, 5, None)
    with pytest.raises(ItemError):
        tracker.read_comment(ref, "7")


@pytest.mark.parametrize("answer", [{"json": {"value": [None]}}, {"status": 404, "json": {"message": "TF200016: no project"}}])
def test_a_hidden_item_is_not_taken_for_a_deleted_comment(wire: Wire, tracker: AzureTracker, ref: ItemRef, answer: dict[str, Any]):
    wire.says("GET", f"{COMMENTS}/7", **GONE)
    wire.says("POST", BATCH, **answer)
    with pytest.raises(ItemError):
        tracker.read_comment(ref, "7")


def test_a_comment_saved_by_somebody_else_is_theirs_now(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("GET", f"{COMMENTS}/7", json=comment(7, "x", changed_by="somebody"))
    assert tracker.read_comment(ref, "7") == PostedComment("7", None, edited_by_person=True)


def test_deleting_a_comment_that_is_gone_is_done(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("DELETE", f"{COMMENTS}/7", status=204)
    tracker.delete_comment(ref, "7")
    wire.mock.replace("DELETE", f"{wire.url}{COMMENTS}/7", **GONE)
    has(wire, 5, None)
    tracker.delete_comment(ref, "7")


def has(wire: Wire, revision: int, tags: str | None):
    fields = {} if tags is None else {"System.Tags": tags}
    wire.says("POST", BATCH, json={"value": [{"id": 412, "rev": revision, "fields": fields}]})


def patches(wire: Wire):
    return [json.loads(request.body) for request in wire.asked(ITEM) if request.method == "PATCH"]


def test_tags_are_replaced_under_a_test_of_the_revision(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, "Ui; theme:trust; SafeSync-TM")
    wire.says("PATCH", ITEM, json={"id": 412})
    tracker.change_labels(ref, ["safesync-attention"], ["safesync-tm"])
    assert patches(wire) == [
        [
            {"op": "test", "path": "/rev", "value": 5},
            {"op": "replace", "path": "/fields/System.Tags", "value": "Ui; theme:trust; safesync-attention"},
        ]
    ]
    assert wire.asked(ITEM)[0].headers["Content-Type"].startswith("application/json-patch+json")


def test_the_first_tag_of_an_item_is_added(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, None)
    wire.says("PATCH", ITEM, json={"id": 412})
    tracker.change_labels(ref, ["safesync-attention"], [])
    assert patches(wire)[0][1] == {"op": "add", "path": "/fields/System.Tags", "value": "safesync-attention"}


def test_nothing_is_written_when_the_tags_are_as_they_should_be(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, "SAFESYNC-attention")
    tracker.change_labels(ref, ["safesync-attention"], ["safesync-tm"])
    assert patches(wire) == []
    assert tracker.calls.writes == 0


def test_a_tag_set_by_somebody_meanwhile_stays(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, "ui")
    has(wire, 6, "ui; urgent")
    wire.says(
        "PATCH",
        ITEM,
        status=412,
        json={"message": "VS403351: Test Operation for path /rev failed", "typeKey": "TestPatchOperationFailedException"},
    )
    wire.says("PATCH", ITEM, json={"id": 412})
    tracker.change_labels(ref, ["safesync-attention"], [])
    assert [patch[1]["value"] for patch in patches(wire)] == ["ui; safesync-attention", "ui; urgent; safesync-attention"]


@pytest.mark.parametrize(("code", "says"), [("TF401243", "as many tags"), ("TF401407", "TF401407"), ("TF401320", "Save it by hand")])
def test_tags_that_cannot_be_on_an_item_are_refused_for_good(wire: Wire, tracker: AzureTracker, ref: ItemRef, code: str, says: str):
    has(wire, 5, "ui")
    wire.says("PATCH", ITEM, status=400, json={"message": f"{code}: no", "typeKey": "X"})
    with pytest.raises(LabelsRefusedError, match=says) as refused:
        tracker.change_labels(ref, ["safesync-attention"], [])
    assert refused.value.by_item is (code == "TF401320")


@pytest.mark.parametrize(
    "answer", [{"status": 400, "body": "<html>"}, {"status": 403, "json": {"message": "TF237111: no", "typeKey": "X"}}]
)
def test_tags_that_are_refused_for_now_are_tried_again(wire: Wire, tracker: AzureTracker, ref: ItemRef, answer: dict[str, Any]):
    has(wire, 5, "ui")
    wire.says("PATCH", ITEM, **answer)
    with pytest.raises(ItemError) as refused:
        tracker.change_labels(ref, ["safesync-attention"], [])
    assert not isinstance(refused.value, LabelsRefusedError)


def test_a_comment_that_cannot_be_on_an_item_is_refused_for_good(wire: Wire, tracker: AzureTracker, ref: ItemRef, message: Message):
    broken = {"message": "TF401320: Rule Error for field Reviewer.", "typeKey": "RuleValidationException"}
    wire.says("POST", COMMENTS, status=400, json=broken)
    with pytest.raises(CommentRefusedError, match="TF401320"):
        tracker.create_comment(ref, message)
    wire.says("PATCH", f"{COMMENTS}/7", status=400, json=broken)
    with pytest.raises(CommentRefusedError, match="TF401320"):
        tracker.edit_comment(ref, "7", message)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 400, "body": "<html>"},
        {"status": 400, "json": {"message": "TF26071: changed by someone else", "typeKey": "X"}},
        {"status": 403, "json": {"message": "TF237111: no", "typeKey": "X"}},
    ],
)
def test_a_comment_that_is_refused_for_now_is_tried_again(
    wire: Wire, tracker: AzureTracker, ref: ItemRef, message: Message, answer: dict[str, Any]
):
    wire.says("POST", COMMENTS, **answer)
    with pytest.raises(ItemError) as refused:
        tracker.create_comment(ref, message)
    assert not isinstance(refused.value, CommentRefusedError)


def test_a_race_that_azure_devops_calls_a_bad_request_is_one(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, "ui")
    wire.says("PATCH", ITEM, status=400, json={"message": "TF26071: changed by someone else", "typeKey": "X"})
    wire.says("PATCH", ITEM, json={"id": 412})
    tracker.change_labels(ref, ["safesync-attention"], [])
    assert len(patches(wire)) == 2


def test_an_item_that_never_rests_is_a_conflict(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, "ui")
    wire.says("PATCH", ITEM, status=412, json={"message": "VS403351: no"})
    with pytest.raises(ConflictError):
        tracker.change_labels(ref, ["safesync-attention"], [])
    assert len(patches(wire)) == 4


def test_a_change_of_tags_without_an_answer_is_not_repeated(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    has(wire, 5, "ui")
    wire.says("PATCH", ITEM, status=503)
    with pytest.raises(UnknownOutcomeError):
        tracker.change_labels(ref, ["safesync-attention"], [])
    assert len(patches(wire)) == 1


def test_an_item_that_is_gone_is_an_error_of_the_item(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("POST", BATCH, json={"value": [None]})
    with pytest.raises(ItemError, match="gone"):
        tracker.change_labels(ref, ["safesync-attention"], [])


@pytest.mark.parametrize("tag", ["a;b", "a,b", "\U0001f680", "x" * 401, " "])
def test_what_cannot_be_a_tag_is_not_sent(wire: Wire, tracker: AzureTracker, ref: ItemRef, tag: str):
    with pytest.raises(ItemError, match="cannot be a tag"):
        tracker.change_labels(ref, [tag], [])
    assert not wire.mock.calls


@pytest.mark.parametrize(
    ("present", "add", "remove", "after"),
    [
        ((), ("a", "A", "a"), (), ("a", "A")),
        (("X", "y"), (), ("x",), ("y",)),
        (("x",), ("x",), ("x",), ("x",)),
        (("b", "a"), ("c",), ("d",), ("b", "a", "c")),
    ],
)
def test_tags_afterwards(present: tuple[str, ...], add: tuple[str, ...], remove: tuple[str, ...], after: tuple[str, ...]):
    assert changed(present, add, remove) == after


def test_revisions_leave_out_who_is_gone(wire: Wire, tracker: AzureTracker, ref: ItemRef):
    wire.says("POST", BATCH, json={"value": [None, {"id": 412, "rev": 9, "fields": {}}]})
    assert tracker.revisions([ref]) == {"ado:412": "9"}
    assert json.loads(wire.asked(BATCH)[0].body) == {"ids": [412], "errorPolicy": "omit", "fields": ["System.Rev"]}
