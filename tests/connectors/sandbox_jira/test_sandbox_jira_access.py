from __future__ import annotations

from typing import Any

import pytest
import requests

from safesync.connectors.sandbox.jira.documents import document
from safesync.connectors.sandbox.jira.entities import Permission
from safesync.connectors.sandbox.jira.traffic import Fault, broken, calls, no_answer, sign_in_page, too_many

COMMENTS = "/rest/api/3/issue/PAY-3/comment"


@pytest.mark.parametrize("login", [("safesync@meridian.example", "expired"), ("nobody@meridian.example", "sandbox-jira-token"), None])
def test_a_failed_sign_in_is_anonymous_and_sees_an_empty_site(world: Any, login: tuple[str, str] | None) -> None:
    api = world.client(login)
    assert api.get("/rest/api/3/project/search").json()["values"] == []
    assert api.search("project = PAY") == []
    assert api.search("project = NOPE") == []
    assert api.get("/rest/api/3/issue/PAY-3").status_code == 404
    assert "serverTime" not in api.get("/rest/api/3/serverInfo").json()
    me = api.get("/rest/api/3/myself")
    assert (me.status_code, me.text) == (401, "Client must be authenticated to access this resource.")
    assert (me.headers.get("X-Seraph-LoginReason") == "AUTHENTICATED_FAILED") is (login is not None)


def test_who_is_recognised_is_told_in_a_header_until_the_token_is_revoked(world: Any) -> None:
    assert world.api.get("/rest/api/3/project/search").headers["X-AAccountId"] == "5f0:bot"
    assert world.api.get("/rest/api/3/myself").json()["timeZone"] == "America/New_York"
    world.site.user("SafeSync").token = None
    emptied = world.api.get("/rest/api/3/project/search")
    assert (emptied.status_code, emptied.json()["total"], "X-AAccountId" in emptied.headers) == (200, 0, False)
    assert emptied.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_a_bearer_token_has_no_business_on_the_site_itself(world: Any) -> None:
    answer = world.client(None).get("/rest/api/3/myself", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()) == (403, {"error": "Failed to parse Connect Session Auth Token"})


def test_permissions_are_told_for_each_project(world: Any) -> None:
    world.site.deny("SafeSync", "CARDS", Permission.COMMENT)
    asked = "BROWSE_PROJECTS,ADD_COMMENTS,ADMINISTER_PROJECTS"
    found = {
        key: world.api.get("/rest/api/3/mypermissions", params={"projectKey": key, "permissions": asked}).json()["permissions"]
        for key in ("PAY", "CARDS")
    }
    assert [found["PAY"][name]["havePermission"] for name in asked.split(",")] == [True, True, False]
    assert [found["CARDS"][name]["havePermission"] for name in asked.split(",")] == [True, False, False]
    assert world.api.get("/rest/api/3/mypermissions", params={"permissions": "FLY"}).status_code == 400
    both = [{"permissions": ["ADD_COMMENTS"], "projects": list(world.site.projects)}]
    granted = world.api.post("/rest/api/3/permissions/check", json={"projectPermissions": both}).json()["projectPermissions"]
    assert granted[0]["projects"] == [world.site.project("PAY").id]


def test_fields_are_recognised_by_their_schema(world: Any) -> None:
    found = {field["id"]: field for field in world.api.get("/rest/api/3/field").json()}
    assert found["customfield_10020"]["schema"]["custom"] == "com.pyxis.greenhopper.jira:gh-sprint"
    assert found["customfield_10016"]["schema"] == {
        "type": "number",
        "custom": "com.pyxis.greenhopper.jira:jsw-story-points",
        "customId": 10016,
    }
    assert "cf[10101]" in found["customfield_10101"]["clauseNames"]


def test_boards_tell_their_columns_limits_and_sprints(world: Any) -> None:
    boards = {
        board["name"]: board["id"] for board in world.api.get("/rest/agile/1.0/board", params={"projectKeyOrId": "PAY"}).json()["values"]
    }
    columns = world.api.get(f"/rest/agile/1.0/board/{boards['Falcon']}/configuration").json()["columnConfig"]["columns"]
    assert [(column["name"], column.get("min"), column.get("max")) for column in columns] == [
        ("To do", None, None),
        ("Doing", 1, 4),
        ("Done", None, None),
    ]
    assert [status["id"] for status in columns[1]["statuses"]] == ["10104", "10105"]
    path = f"/rest/agile/1.0/board/{boards['Falcon']}/sprint"
    sprints = world.api.get(path).json()["values"]
    assert [sprint["state"] for sprint in sprints] == ["closed", "active", "future"]
    assert "startDate" not in sprints[2]
    assert [sprint["name"] for sprint in world.api.get(path, params={"state": "active"}).json()["values"]] == ["Falcon 26.4.3"]
    assert world.api.get(f"/rest/agile/1.0/sprint/{sprints[1]['id']}").json()["originBoardId"] == boards["Falcon"]
    kanban = world.api.get(f"/rest/agile/1.0/board/{boards['Payments portfolio']}/sprint")
    assert (kanban.status_code, kanban.json()["errorMessages"]) == (400, ["The board does not support sprints"])


def test_what_the_sandbox_does_not_have_it_says(world: Any) -> None:
    answer = world.api.get("/rest/api/3/dashboard")
    assert (answer.status_code, answer.json()["errorMessages"]) == (404, ["The sandbox does not have GET /rest/api/3/dashboard"])


@pytest.mark.parametrize(
    ("act", "status", "headers"),
    [
        (too_many("jira-burst-based", "1"), 429, {"Retry-After": "1", "RateLimit-Reason": "jira-burst-based"}),
        (too_many("jira-quota-global-based", "Wed, 21 Oct 2026 07:28:00 GMT"), 429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}),
        (too_many(reset="2026-11-26T10:00Z"), 429, {"X-RateLimit-Reset": "2026-11-26T10:00Z"}),
        (broken(503, "2"), 503, {"Retry-After": "2", "Content-Type": "text/html; charset=utf-8"}),
        (broken(502), 502, {}),
        (sign_in_page, 200, {"Content-Type": "text/html; charset=utf-8"}),
    ],
)
def test_a_fault_answers_in_the_place_of_jira_as_often_as_asked(world: Any, act: Any, status: int, headers: dict[str, str]) -> None:
    world.site.faults.append(Fault(calls("POST", r"/comment$"), "before", act))
    first, second = (world.api.post(COMMENTS, json={"body": document("x")}) for _ in range(2))
    assert first.status_code == status
    assert {name: first.headers[name] for name in headers} == headers
    assert second.status_code == 201
    assert world.api.get(COMMENTS).json()["total"] == 2


def test_a_write_may_be_done_and_its_answer_lost(world: Any) -> None:
    world.site.faults.append(Fault(calls("POST", r"/comment$"), "after", no_answer))
    with pytest.raises(requests.ConnectionError):
        world.api.post(COMMENTS, json={"body": document("only once")})
    assert world.api.get(COMMENTS).json()["total"] == 2
    assert [(seen.method, seen.status, seen.is_write) for seen in world.site.requests] == [("POST", 0, True), ("GET", 200, False)]


def test_a_fault_may_do_anything_and_let_the_request_pass(world: Any) -> None:
    passed: list[str] = []
    world.site.faults.append(Fault(calls("*"), "before", lambda request: passed.append(request.url.path), times=2))
    for _ in range(3):
        assert world.api.get("/rest/api/3/myself").status_code == 200
    assert passed == ["/jira/rest/api/3/myself"] * 2


def test_every_request_is_written_down_with_what_it_was(world: Any) -> None:
    world.api.get("/rest/api/3/field")
    world.api.search("project = PAY")
    world.api.put("/rest/api/3/issue/PAY-3", json={"update": {"labels": [{"add": "a b"}]}})
    assert [(seen.method, seen.path, seen.status, seen.is_write) for seen in world.site.requests] == [
        ("GET", "/rest/api/3/field", 200, False),
        ("POST", "/rest/api/3/search/jql", 200, False),
        ("PUT", "/rest/api/3/issue/PAY-3", 400, True),
    ]
