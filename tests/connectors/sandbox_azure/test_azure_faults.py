from __future__ import annotations

import threading

import pytest
import requests
from azure.devops.exceptions import AzureDevOpsServiceError
from azure_world import World
from msrest.universal_http.requests import ClientRetryPolicy
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from safesync.connectors.sandbox.faults import Fault, broken, calls, delayed, no_answer

COMMENTS = r"/workitems/\d+/comments$"


def _comment(world: World, item_id: int) -> requests.Response:
    path = f"Payments/_apis/wit/workItems/{item_id}/comments"
    return world.ask("POST", path, "7.1-preview.4", json={"text": "a"})


def test_an_answer_that_is_lost_after_the_write_leaves_the_comment_behind(world: World):
    item = world.story()
    world.organisation.faults.append(Fault(calls("POST", COMMENTS), "after", no_answer))
    with pytest.raises(requests.ConnectionError):
        _comment(world, item.id)
    assert len(item.comments) == 1
    assert world.organisation.requests[-1].status == 0
    assert world.organisation.requests[-1].is_write
    assert _comment(world, item.id).status_code == 200
    assert len(item.comments) == 2


def test_a_connection_that_is_lost_before_the_write_leaves_nothing(world: World):
    item = world.story()
    world.organisation.faults.append(Fault(calls("POST", COMMENTS), "before", no_answer))
    with pytest.raises(requests.ConnectionError):
        _comment(world, item.id)
    assert (item.comments, item.rev) == ([], 1)


def test_a_server_error_may_come_before_or_after_the_write_was_done(world: World):
    item = world.story()
    world.organisation.faults += [
        Fault(calls("POST", COMMENTS), "before", broken(503)),
        Fault(calls("POST", COMMENTS), "after", broken(500)),
    ]
    assert (_comment(world, item.id).status_code, len(item.comments)) == (503, 0)
    assert (_comment(world, item.id).status_code, len(item.comments)) == (500, 1)
    assert (_comment(world, item.id).status_code, len(item.comments)) == (200, 2)


def test_a_blocked_caller_is_told_when_to_come_back_as_often_as_the_fault_says(world: World):
    def blocked(_request: Request) -> Response:
        message = "TF400733: The request has been canceled: Request was blocked due to exceeding usage of resource 'x' in namespace 'y'."
        return JSONResponse({"$id": "1", "message": message, "typeKey": "RequestBlockedException"}, 429, {"Retry-After": "3"})

    world.organisation.faults.append(Fault(calls("GET"), "before", blocked, times=2))
    answers = [world.ask("GET", "_apis/projects") for _ in range(3)]
    assert [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers] == [(429, "3"), (429, "3"), (200, None)]


def test_a_delayed_answer_is_whole_and_carries_the_wait(world: World):
    item = world.story()
    world.organisation.faults.append(Fault(calls("GET", "/workitems/"), "after", delayed("7")))
    answer = world.ask("GET", f"_apis/wit/workitems/{item.id}")
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["id"]) == (200, "7", item.id)


def test_a_page_for_people_may_come_with_200(world: World):
    world.organisation.faults.append(Fault(calls("*"), "before", lambda _request: HTMLResponse("<html></html>")))
    assert world.ask("GET", "_apis/projects").headers["Content-Type"].startswith("text/html")


def test_a_fault_may_do_anything_else_and_let_the_answer_pass(world: World):
    rung = threading.Event()
    item = world.story()

    def ring(_request: Request) -> None:
        assert len(item.comments) == 1
        rung.set()

    world.organisation.faults.append(Fault(calls("POST", COMMENTS), "after", ring))
    assert _comment(world, item.id).status_code == 200
    assert rung.is_set()


def test_the_client_package_repeats_a_deletion_that_was_done_and_is_told_that_nothing_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    # As the package is by itself: where our connector was imported, no status is repeated.
    monkeypatch.setattr(ClientRetryPolicy, "safe_codes", [*range(408), *range(409, 500), 501, 505])
    item = world.story()
    world.organisation.faults.append(Fault(calls("DELETE"), "after", broken(502)))
    with pytest.raises(AzureDevOpsServiceError, match="TF401232"):
        world.client().get_work_item_tracking_client().delete_work_item(item.id)
    assert [asked.status for asked in world.organisation.requests if asked.is_write] == [502, 404]
    assert item.rev == 2


def test_many_writers_at_once_make_one_revision_each(world: World):
    item = world.story()
    answers: list[int] = []

    def write() -> None:
        session = requests.Session()
        session.auth = world.session.auth
        for _ in range(10):
            url = f"{world.url}/Payments/_apis/wit/workItems/{item.id}/comments?api-version=7.1-preview.4"
            answers.append(session.post(url, json={"text": "a"}, timeout=20).status_code)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert answers == [200] * 40
    assert (item.rev, len({comment.id for comment in item.comments}), item.fields["System.CommentCount"]) == (41, 40, 40)
    assert [revision.watermark for revision in item.revisions] == sorted({revision.watermark for revision in item.revisions})


def test_of_two_writers_with_the_same_revision_one_wins(world: World):
    item = world.story()
    first = world.patch(item, ("test", "/rev", 1), ("add", "/fields/System.Title", "mine"))
    second = world.patch(item, ("test", "/rev", 1), ("add", "/fields/System.Title", "yours"))
    assert ((first.status_code, second.status_code), item.fields["System.Title"]) == ((200, 412), "mine")
