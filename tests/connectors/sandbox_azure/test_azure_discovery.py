from __future__ import annotations

import pytest
import requests
from azure.devops.exceptions import AzureDevOpsAuthenticationError, AzureDevOpsServiceError
from azure_world import World
from msrest.exceptions import DeserializationError

from safesync.connectors.sandbox.azure.editions import SERVER_2022, SERVICES
from safesync.connectors.sandbox.azure.gateway import _HANDLERS
from safesync.connectors.sandbox.azure.locations import locations


def test_every_location_that_is_announced_is_also_served():
    announced = {location.id for location in locations(SERVICES)}
    assert announced == {location for _, location in _HANDLERS}


def test_the_client_finds_its_way_from_the_bare_address_with_two_questions(world: World):
    projects = world.client().get_core_client().get_projects()
    assert [project.name for project in projects] == ["Payments"]
    assert [(asked.method, asked.path) for asked in world.organisation.requests] == [
        ("OPTIONS", "/_apis"),
        ("GET", "/_apis/ResourceAreas"),
        ("GET", "/_apis/projects"),
    ]


def test_who_asks_is_told_who_it_is_but_only_in_preview(world: World):
    assert world.get("_apis/connectionData", "7.1-preview.1")["authenticatedUser"]["id"] == world.bot.id
    world.session.auth = ("anybody", "ada-token")
    assert world.get("_apis/ConnectionData", "7.1-preview")["authenticatedUser"]["providerDisplayName"] == "Ada Amber"
    assert world.ask("GET", "_apis/connectionData", "7.1").json()["typeKey"] == "VssInvalidPreviewVersionException"


@pytest.mark.parametrize(
    ("method", "path", "version", "error"),
    [
        ("GET", "_apis/projects", "9.0", "VssVersionOutOfRangeException"),
        ("GET", "_apis/projects", "7.2", "VssInvalidPreviewVersionException"),
        ("GET", "_apis/projects", "7.1-preview.9", "VssVersionOutOfRangeException"),
        ("GET", "Payments/_apis/wit/workItems/1/comments", "7.1", "VssInvalidPreviewVersionException"),
        ("GET", "_apis/projects", "newest", "VssVersionNotSpecifiedException"),
    ],
)
def test_a_version_that_is_not_served_is_named_and_refused(world: World, method: str, path: str, version: str, error: str):
    answer = world.ask(method, path, version)
    assert (answer.status_code, answer.json()["typeKey"]) == (400, error)


def test_reading_without_a_version_floats_and_writing_without_one_is_refused(world: World):
    item = world.story()
    read = world.session.get(f"{world.url}/_apis/wit/workitems/{item.id}", timeout=10)
    assert read.headers["Content-Type"] == "application/json; charset=utf-8; api-version=7.1"
    write = world.session.post(f"{world.url}/Payments/_apis/wit/wiql", json={"query": "x"}, timeout=10)
    assert (write.status_code, write.json()["typeKey"]) == (400, "VssVersionNotSpecifiedException")


def test_the_version_may_stand_in_the_query_and_is_echoed(world: World):
    answer = world.session.get(f"{world.url}/_apis/projects?api-version=5.0", timeout=10)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8; api-version=5.0"


def test_an_old_server_announces_no_areas_and_lower_versions(world: World):
    world.organisation.edition = SERVER_2022
    assert world.get("_apis/ResourceAreas", "7.0-preview") == {"count": 0, "value": []}
    rows = world.ask("OPTIONS", "_apis").json()["value"]
    assert {row["maxVersion"] for row in rows} == {"7.0"}
    item = world.story()
    comments = world.client().get_work_item_tracking_client().get_comments("Payments", item.id)
    assert comments.total_count == 0
    assert world.ask("GET", "_apis/projects", "7.1").json()["typeKey"] == "VssVersionOutOfRangeException"


def test_a_bad_token_is_401_for_a_program_and_a_way_to_the_sign_in_for_a_browser(world: World):
    with pytest.raises(AzureDevOpsAuthenticationError):
        world.client("expired").get_core_client().get_projects()
    anonymous = requests.get(f"{world.url}/_apis/projects", timeout=10, allow_redirects=False)
    assert (anonymous.status_code, anonymous.headers["Location"]) == (302, f"{world.url}/_signin")
    garbled = requests.get(f"{world.url}/_apis/projects", headers={"Authorization": "Basic ###"}, timeout=10)
    assert garbled.status_code == 401


def test_a_bad_token_may_also_look_like_success_with_a_sign_in_page(world: World):
    world.organisation.manners.sign_in_page = True
    with pytest.raises(DeserializationError):
        world.client("expired").get_core_client().get_projects()
    page = world.session.get(f"{world.url}/_apis/projects", auth=("", "expired"), timeout=10)
    assert page.status_code == 203
    assert "Sign In" in page.text


def test_a_bearer_token_opens_too(world: World):
    answer = requests.get(f"{world.url}/_apis/projects", headers={"Authorization": "Bearer ada-token"}, timeout=10)
    assert answer.status_code == 200


def test_an_address_that_nothing_serves_is_answered_in_plain_text(world: World):
    for path in ("_apis/wit/nonsense", "_apis/wit/workItems/0", "_apis/wit/workItems/abc", "nowhere"):
        answer = world.ask("GET", path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
        assert answer.text == f"The controller for path '/{path}' was not found or does not implement IController."


def test_a_method_that_a_resource_does_not_know_is_405(world: World):
    answer = world.ask("DELETE", "_apis/projects")
    assert answer.status_code == 405
    assert "'DELETE'" in answer.json()["value"]["Message"]


def test_addresses_know_no_upper_and_lower_case(world: World):
    item = world.story()
    assert world.get(f"PAYMENTS/_APIS/WIT/WORKITEMS/{item.id}")["id"] == item.id


def test_an_unknown_project_is_called_by_its_name(world: World):
    with pytest.raises(AzureDevOpsServiceError, match="TF200016: The following project does not exist: Nowhere"):
        world.client().get_core_client().get_project("Nowhere")


def test_every_request_is_written_down_and_reading_by_post_is_no_write(world: World):
    item = world.story()
    world.wiql("SELECT [System.Id] FROM WorkItems")
    world.ask("POST", "_apis/wit/workitemsbatch", json={"ids": [item.id]})
    world.ask("POST", "_apis/wit/reporting/workitemrevisions", json={})
    world.patch(item, ("add", "/fields/System.Title", "New"))
    assert [(asked.method, asked.status, asked.is_write) for asked in world.organisation.requests] == [
        ("POST", 200, False),
        ("POST", 200, False),
        ("POST", 200, False),
        ("PATCH", 200, True),
    ]
