from __future__ import annotations

from typing import Any

import pytest

from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.jira.documents import document
from safesync.connectors.sandbox.jira.entities import Permission

COMMENTS = "/rest/api/3/issue/PAY-3/comment"


def _post(world: Any, text: str = "Hello", **more: Any) -> dict[str, Any]:
    answer = world.api.post(COMMENTS, json={"body": document(text), **more})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    return made


def test_a_comment_comes_back_normalised_so_that_bytes_cannot_be_compared(world: Any) -> None:
    sent = document("# What is missing\n\n- a criterion")
    made = world.api.post(COMMENTS, json={"body": sent}).json()
    assert made["body"] != sent
    assert made["body"]["content"][0]["attrs"]["level"] == 1
    assert made["body"]["content"][0]["attrs"]["localId"]
    assert made["author"]["displayName"] == "SafeSync"


def test_an_edit_keeps_id_author_and_creation_and_moves_the_rest(world: Any) -> None:
    made = _post(world)
    world.clock.move(minutes=3)
    edited = world.api.put(f"{COMMENTS}/{made['id']}", params={"notifyUsers": "false"}, json={"body": document("Other")}).json()
    assert (edited["id"], edited["created"], edited["author"]) == (made["id"], made["created"], made["author"])
    assert edited["updated"] > made["updated"]
    assert world.api.get("/rest/api/3/issue/PAY-3").json()["fields"]["updated"] == edited["updated"]


def test_adding_and_deleting_a_comment_move_the_issues_updated(world: Any) -> None:
    issue = world.site.issue("PAY-3")
    world.clock.move(minutes=1)
    made = _post(world)
    assert issue.updated == world.clock()
    world.clock.move(minutes=1)
    assert world.api.delete(f"{COMMENTS}/{made['id']}").status_code == 204
    assert issue.updated == world.clock()
    assert world.api.get(COMMENTS).json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("text", "Comment body is not valid!"),
        ({"type": "doc", "version": 1, "content": [{"type": "nonsense"}]}, "Comment body is not valid!"),
        ({"type": "doc", "version": 1, "content": [{"type": "text", "text": "not in a block"}]}, "Comment body is not valid!"),
        (
            {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]},
            "Comment body is not valid!",
        ),
        ({"type": "doc", "version": 1, "content": []}, "Comment body can not be empty!"),
        (document("x" * 33_000), "The entered text is too long. It exceeds the allowed limit of 32,767 characters."),
    ],
)
def test_what_is_no_document_is_refused(world: Any, body: Any, said: str) -> None:
    answer = world.api.post(COMMENTS, json={"body": body})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"comment": said})
    assert world.api.get(COMMENTS).json()["total"] == 1


def test_a_page_holds_a_hundred_comments_whatever_is_asked(world: Any) -> None:
    for number in range(104):
        world.clock.move(seconds=1)
        writes.add_comment(world.site, "PAY-3", "Ann Lee", f"Remark {number}")
    first = world.api.get(COMMENTS, params={"maxResults": 5000, "orderBy": "-created"}).json()
    assert (first["maxResults"], len(first["comments"]), first["total"]) == (100, 100, 105)
    assert first["comments"][0]["body"]["content"][0]["content"][0]["text"] == "Remark 103"
    beyond = world.api.get(COMMENTS, params={"startAt": 900}).json()
    assert (beyond["startAt"], beyond["comments"]) == (900, [])


def test_the_order_is_checked_before_the_issue_is_looked_for(world: Any) -> None:
    assert world.api.get("/rest/api/3/issue/NONE-1/comment", params={"orderBy": "author"}).status_code == 400
    assert world.api.get("/rest/api/3/issue/NONE-1/comment").status_code == 404


def test_properties_travel_with_a_comment_and_have_endpoints_of_their_own(world: Any) -> None:
    made = _post(world, properties=[{"key": "safesync", "value": {"hash": "a"}}])
    one = f"/rest/api/3/comment/{made['id']}/properties/safesync"
    assert world.api.get(one).json() == {"key": "safesync", "value": {"hash": "a"}}
    world.api.put(f"{COMMENTS}/{made['id']}", json={"body": document("b"), "properties": [{"key": "safesync", "value": {"hash": "b"}}]})
    listed = world.api.get(COMMENTS, params={"expand": "properties"}).json()["comments"][-1]
    assert listed["properties"] == [{"key": "safesync", "value": {"hash": "b"}}]
    found = world.api.post("/rest/api/3/comment/list", params={"expand": "properties"}, json={"ids": [int(made["id"]), 7]}).json()
    assert [each["properties"][0]["value"] for each in found["values"]] == [{"hash": "b"}]
    assert world.api.put(one, json=3).status_code == 200
    assert [world.api.delete(one).status_code for _ in range(2)] == [204, 404]
    assert world.api.put(one, json=4).status_code == 201


def test_people_may_delete_and_edit_what_a_bot_said(world: Any) -> None:
    first, second = _post(world), _post(world)
    writes.edit_comment(world.site, int(first["id"]), "Ann Lee", "My words now")
    writes.delete_comment(world.site, int(second["id"]))
    shown = world.api.get(f"{COMMENTS}/{first['id']}").json()
    assert (shown["author"]["displayName"], shown["updateAuthor"]["displayName"]) == ("SafeSync", "Ann Lee")
    gone = world.api.get(f"{COMMENTS}/{second['id']}")
    assert (gone.status_code, gone.json()["errorMessages"]) == (404, [f"Can not find a comment for the id: {second['id']}."])
    assert world.api.put(f"{COMMENTS}/{second['id']}", json={"body": document("x")}).status_code == 404


def test_without_the_permission_a_comment_is_neither_made_nor_changed(world: Any) -> None:
    mine, hers = _post(world), str(world.site.issue("PAY-3").comments[0].id)
    for call in (world.api.delete(f"{COMMENTS}/{hers}"), world.api.put(f"{COMMENTS}/{hers}", json={"body": document("x")})):
        assert call.status_code == 400
    world.site.deny("SafeSync", "PAY", Permission.COMMENT, Permission.EDIT_OWN_COMMENTS, Permission.DELETE_OWN_COMMENTS)
    refused = world.api.post(COMMENTS, json={"body": document("x")})
    assert (refused.status_code, refused.json()["errorMessages"]) == (400, ["You do not have the permission to comment on this issue."])
    assert world.api.put(f"{COMMENTS}/{mine['id']}", json={"body": document("x")}).status_code == 400
    assert world.api.put(f"/rest/api/3/comment/{mine['id']}/properties/a", json=1).status_code == 403
    assert world.api.get(COMMENTS).json()["total"] == 2


def test_an_issue_holds_only_so_many_comments(world: Any) -> None:
    world.site.comment_limit = 2
    assert [world.api.post(COMMENTS, json={"body": document("x")}).status_code for _ in range(2)] == [201, 413]


def test_a_comment_may_come_with_an_edit_of_the_issue(world: Any) -> None:
    body = {"update": {"comment": [{"add": {"body": document("by the way"), "properties": [{"key": "safesync", "value": 1}]}}]}}
    assert world.api.put("/rest/api/3/issue/PAY-3", json=body).status_code == 204
    assert world.site.issue("PAY-3").comments[-1].properties == {"safesync": 1}


def test_a_comment_for_a_role_is_not_for_everybody(world: Any) -> None:
    made = _post(world, visibility={"type": "role", "value": "Administrators"})
    hers = world.client(("ann@meridian.example", "anns-token"))
    assert hers.get(COMMENTS).json()["total"] == 1
    assert hers.get(f"{COMMENTS}/{made['id']}").status_code == 404
    assert hers.get("/rest/api/3/issue/PAY-3", params={"fields": "comment"}).json()["fields"]["comment"]["total"] == 1
    assert world.api.get(f"{COMMENTS}/{made['id']}").json()["visibility"] == {"type": "role", "value": "Administrators"}
