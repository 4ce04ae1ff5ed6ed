from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import responses
from jira_raw import API, ME, person, ref
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.port import CommentRefusedError, LabelsRefusedError, ProjectClosedError
from safesync.model.change import PostedComment
from safesync.model.errors import ConflictError, ItemError, RunError, UnknownOutcomeError
from safesync.model.message import Message, Paragraph, Span

MESSAGE = Message((Paragraph((Span("All is well."),)),), "7f3a9c", "digest-1")
COMMENTS = f"{API}/issue/1001/comment"
OURS = {"accountId": ME}
NOTED = [{"key": "safesync", "value": {"reference": "7f3a9c", "digest": "digest-1"}}]


@pytest.fixture(autouse=True)
def known(wire: responses.RequestsMock) -> None:
    wire.get(f"{API}/myself", json={"accountId": ME})
    wire.post(f"{API}/permissions/project", json={"projects": [{"id": 1, "key": "PAY"}]})
    wire.get(f"{API}/project/PAY", json={"key": "PAY"})


def document(*texts: str) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text} for text in texts]}]}


def comment(comment_id: str, author: dict[str, Any] | None = None, **more: object) -> dict[str, Any]:
    who = OURS if author is None else author
    return {"id": comment_id, "author": who, "updateAuthor": who, "body": document("text"), "created": "2026-09-01T10:00:00Z", **more}


def sent(wire: responses.RequestsMock, number: int = -1) -> Any:
    return json.loads(wire.calls[number].request.body or b"null")


def test_a_comment_is_a_document_with_our_mark_on_it(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.post(COMMENTS, status=201, json=comment("55"))
    assert tracker.create_comment(ref(), MESSAGE) == PostedComment("55", "digest-1")
    assert sent(wire)["properties"] == NOTED
    assert sent(wire)["body"]["type"] == "doc"
    assert (tracker.calls.reads, tracker.calls.writes) == (1, 1)


@pytest.mark.parametrize(
    "failure",
    [
        {"body": requests.exceptions.ConnectionError("reset")},
        {"body": requests.exceptions.ReadTimeout("slow")},
        {"status": 502, "body": "<html>"},
        {"status": 503, "headers": {"Retry-After": "1"}},
        {"status": 500},
        {"status": 201, "body": "<html>", "content_type": "text/html"},
        {"status": 201, "body": ""},
    ],
)
def test_a_write_without_a_clear_answer_is_sent_once_and_its_outcome_is_unknown(
    failure: dict[str, Any], wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.post(COMMENTS, **failure)
    with pytest.raises(UnknownOutcomeError):
        tracker.create_comment(ref(), MESSAGE)
    assert tracker.calls.writes == 1


def test_a_write_that_was_clearly_turned_away_is_sent_again(
    wire: responses.RequestsMock, tracker: JiraTracker, pauses: list[float]
) -> None:
    wire.post(COMMENTS, status=429, headers={"Retry-After": "2", "RateLimit-Reason": "jira-per-issue-on-write"})
    wire.post(COMMENTS, status=201, json=comment("55"))
    assert tracker.create_comment(ref(), MESSAGE).comment_id == "55"
    assert pauses == [2.0]
    assert tracker.calls.writes == 2


@pytest.mark.parametrize("status", [400, 403, 404, 413])
def test_a_refused_write_is_the_items_trouble_and_tells_no_body(status: int, wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.post(COMMENTS, status=status, json={"errorMessages": ["the body"], "errors": {"comment": "Comment body is not valid!"}})
    wire.get(f"{API}/mypermissions", json={"permissions": {}})
    with pytest.raises(ItemError, match=rf"{status} \(fields: comment\)") as caught:
        tracker.create_comment(ref(), MESSAGE)
    assert "body" not in str(caught.value)
    assert "valid" not in str(caught.value)


@pytest.mark.parametrize("status", [400, 413])
def test_a_comment_that_an_issue_cannot_have_is_refused_for_good(status: int, wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    said = {"errorMessages": [], "errors": {"comment": "CONTENT_LIMIT_EXCEEDED"}}
    wire.get(f"{API}/mypermissions", json={"permissions": {"ADD_COMMENTS": {"havePermission": True}}})
    wire.post(COMMENTS, status=status, json=said)
    with pytest.raises(CommentRefusedError, match=rf"{status} \(fields: comment\)"):
        tracker.create_comment(ref(), MESSAGE)
    wire.put(f"{COMMENTS}/55", status=status, json=said)
    with pytest.raises(CommentRefusedError, match=rf"{status} \(fields: comment\)"):
        tracker.edit_comment(ref(), "55", MESSAGE)


@pytest.mark.parametrize("lacking", ["ADD_COMMENTS", "EDIT_OWN_COMMENTS"])
def test_a_comment_is_not_refused_for_good_where_it_is_the_right_that_we_lack(
    lacking: str, wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.put(f"{COMMENTS}/55", status=400, json={"errorMessages": ["You do not have the permission."]})
    wire.get(f"{API}/mypermissions", json={"permissions": {lacking: {"havePermission": False}}})
    with pytest.raises(ItemError, match="may not comment") as refused:
        tracker.edit_comment(ref(), "55", MESSAGE)
    assert not isinstance(refused.value, CommentRefusedError)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 400, "body": "<html>Bad request</html>"},
        {"status": 413, "body": "<html>Request entity too large</html>"},
        {"status": 403, "json": {"errorMessages": []}},
        {"status": 409, "json": {"errorMessages": []}},
    ],
)
def test_a_comment_that_is_refused_for_now_is_tried_again(
    answer: dict[str, Any], wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.post(COMMENTS, **answer)
    with pytest.raises(ItemError) as refused:
        tracker.create_comment(ref(), MESSAGE)
    assert not isinstance(refused.value, CommentRefusedError)


@pytest.mark.parametrize("status", [400, 403])
def test_what_is_refused_in_an_archived_project_is_not_the_issues_trouble(
    status: int, wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.replace("GET", f"{API}/project/PAY", json={"key": "PAY", "archived": True})
    wire.post(COMMENTS, status=status, json={"errorMessages": []})
    wire.put(f"{API}/issue/1001", status=status, json={"errorMessages": []})
    with pytest.raises(ProjectClosedError, match="PAY is archived"):
        tracker.create_comment(ref(), MESSAGE)
    with pytest.raises(ProjectClosedError, match="PAY is archived"):
        tracker.change_labels(ref(), ["safesync-tm101"], [])


@pytest.mark.parametrize(("errors", "by_item"), [({"labels": "It is not on the appropriate screen"}, False), ({}, True)])
def test_labels_that_an_issue_cannot_have_are_refused_for_good(
    errors: dict[str, str], by_item: bool, wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.put(f"{API}/issue/1001", status=400, json={"errorMessages": [], "errors": errors})
    wire.get(f"{API}/mypermissions", json={"permissions": {"EDIT_ISSUES": {"havePermission": True}}})
    with pytest.raises(LabelsRefusedError, match="was answered with 400") as refused:
        tracker.change_labels(ref(), ["safesync-tm101"], [])
    assert refused.value.by_item is by_item


@pytest.mark.parametrize(
    ("told", "for_good"),
    [
        ({"json": {"permissions": {"EDIT_ISSUES": {"havePermission": False}}}}, False),
        ({"status": 404, "json": {"errorMessages": ["Issue does not exist"]}}, False),
        ({"status": 403, "json": {"errorMessages": ["No scope"]}}, True),
    ],
)
def test_labels_are_not_refused_for_good_where_it_is_the_right_that_we_lack(
    told: dict[str, Any], for_good: bool, wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.put(f"{API}/issue/1001", status=400, json={"errors": {"labels": "It is not on the appropriate screen, or unknown."}})
    wire.get(f"{API}/mypermissions", **told)
    with pytest.raises(ItemError) as refused:
        tracker.change_labels(ref(), ["safesync-tm101"], [])
    assert isinstance(refused.value, LabelsRefusedError) is for_good


@pytest.mark.parametrize("answer", [{"status": 403, "json": {"errorMessages": []}}, {"status": 400, "body": "<html>Bad request</html>"}])
def test_labels_that_are_refused_for_now_are_tried_again(
    answer: dict[str, Any], wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.put(f"{API}/issue/1001", **answer)
    with pytest.raises(ItemError) as refused:
        tracker.change_labels(ref(), ["safesync-tm101"], [])
    assert not isinstance(refused.value, LabelsRefusedError)


def test_a_conflict_is_called_one(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.put(f"{API}/issue/1001", status=409, json={"errorMessages": []})
    with pytest.raises(ConflictError):
        tracker.change_labels(ref(), ["safesync-tm101"], [])


def test_an_ended_token_ends_the_run_and_not_the_item(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.post(COMMENTS, status=401, body="Client must be authenticated to access this resource.")
    with pytest.raises(RunError):
        tracker.create_comment(ref(), MESSAGE)


def test_an_edit_spares_the_watchers(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.put(f"{COMMENTS}/55", json=comment("55"))
    assert tracker.edit_comment(ref(), "55", MESSAGE) == PostedComment("55", "digest-1")
    assert wire.calls[-1].request.params == {"notifyUsers": "false"}


def test_where_watchers_may_not_be_spared_it_is_tried_once_a_project(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.put(f"{COMMENTS}/55", status=400, json={"errorMessages": ["To discard the user notification ..."], "errors": {}})
    wire.put(f"{COMMENTS}/55", json=comment("55"))
    wire.put(f"{COMMENTS}/55", json=comment("55"))
    tracker.edit_comment(ref(), "55", MESSAGE)
    tracker.edit_comment(ref(), "55", MESSAGE)
    assert [call.request.params for call in wire.calls][1:] == [{"notifyUsers": "false"}, {}, {}]


def test_a_refused_field_is_not_sent_again(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.put(f"{API}/issue/1001", status=400, json={"errors": {"labels": "The label 'a b' can't contain spaces."}})
    wire.get(f"{API}/mypermissions", json={"permissions": {}})
    with pytest.raises(LabelsRefusedError, match="fields: labels"):
        tracker.change_labels(ref(), ["a b"], [])
    assert tracker.calls.writes == 1


def test_labels_are_added_and_removed_one_by_one(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.put(f"{API}/issue/1001", status=204)
    tracker.change_labels(ref(), ["safesync-tm101"], ["safesync-tm102"])
    assert sent(wire) == {"update": {"labels": [{"add": "safesync-tm101"}, {"remove": "safesync-tm102"}]}}


def test_nothing_to_change_is_no_call(tracker: JiraTracker) -> None:
    tracker.change_labels(ref(), [], [])
    assert tracker.calls.total == 0


def test_a_deleted_comment_is_none(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{COMMENTS}/55", status=404, json={"errorMessages": []})
    wire.get(f"{API}/issue/1001", json={"id": "1001", "fields": {}})
    assert tracker.read_comment(ref(), "55") is None


def test_a_page_of_a_gateway_is_not_taken_for_a_deleted_comment(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{COMMENTS}/55", status=404, body="<html>No way here</html>", content_type="text/html")
    wire.delete(f"{COMMENTS}/55", status=404, body="<html>No way here</html>", content_type="text/html")
    wire.get(f"{API}/issue/1001", json={"fields": {}})
    with pytest.raises(ItemError, match="did not come from Jira"):
        tracker.read_comment(ref(), "55")
    with pytest.raises(ItemError, match="404"):
        tracker.delete_comment(ref(), "55")


def test_a_comment_on_an_issue_that_we_may_not_see_any_more_is_not_taken_for_deleted(
    wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.get(f"{COMMENTS}/55", status=404, json={"errorMessages": []})
    wire.get(f"{API}/issue/1001", status=404, json={"errorMessages": []})
    with pytest.raises(ItemError, match="404"):
        tracker.read_comment(ref(), "55")


def test_a_comment_that_a_person_saved_last_is_told(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{COMMENTS}/55", json=comment("55", properties=NOTED))
    wire.get(f"{COMMENTS}/56", json={**comment("56", properties=NOTED), "updateAuthor": person("Ada")})
    assert tracker.read_comment(ref(), "55") == PostedComment("55", "digest-1")
    assert tracker.read_comment(ref(), "56") == PostedComment("56", "digest-1", edited_by_person=True)


def test_a_property_that_is_not_shown_is_asked_for(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{COMMENTS}/55", json=comment("55"))
    wire.get(f"{API}/comment/55/properties/safesync", json={"key": "safesync", "value": NOTED[0]["value"]})
    assert tracker.read_comment(ref(), "55") == PostedComment("55", "digest-1")


def test_our_comments_are_found_on_every_page_by_property_or_reference(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    strangers = [comment(str(number), person("Ada"), body=document("7f3a9c")) for number in range(100)]
    others = comment("201", properties=[{"key": "safesync", "value": {"reference": "other", "digest": "x"}}])
    shown = comment("202", body=document("All is well.", "SafeSync 7f3a9c"), properties=[])
    wire.get(COMMENTS, json={"comments": strangers, "total": 103})
    wire.get(COMMENTS, json={"comments": [comment("200", properties=NOTED), others, shown], "total": 103})
    assert tracker.find_comments(ref(), "7f3a9c") == (PostedComment("200", "digest-1"), PostedComment("202", None))
    assert [call.request.params["startAt"] for call in wire.calls if call.request.url.startswith(COMMENTS)] == ["0", "100"]


def test_deleting_what_is_gone_is_no_error(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.delete(f"{COMMENTS}/55", status=204)
    wire.delete(f"{COMMENTS}/56", status=404, json={"errorMessages": []})
    wire.delete(f"{COMMENTS}/57", status=400, json={"errorMessages": []})
    tracker.delete_comment(ref(), "55")
    tracker.delete_comment(ref(), "56")
    with pytest.raises(ItemError):
        tracker.delete_comment(ref(), "57")


def test_a_write_that_never_left_is_tried_again_and_its_outcome_is_known(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    nobody = MaxRetryError(HTTPConnectionPool("meridian.example"), COMMENTS, NewConnectionError(HTTPConnection("x"), "refused"))
    wire.post(COMMENTS, body=requests.exceptions.ConnectionError(nobody))
    with pytest.raises(RunError, match="cannot be reached"):
        tracker.create_comment(ref(), MESSAGE)
    assert tracker.calls.writes == 5


def test_a_comment_of_somebody_else_is_not_taken_for_ours(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{COMMENTS}/55", json=comment("55", person("Ada"), properties=[]))
    assert tracker.read_comment(ref(), "55") == PostedComment("55", None, edited_by_person=True)


def test_a_comment_that_cannot_be_read_for_another_reason_is_not_taken_for_deleted(
    wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.get(f"{COMMENTS}/55", status=403, json={"errorMessages": []})
    with pytest.raises(ItemError, match="403"):
        tracker.read_comment(ref(), "55")
