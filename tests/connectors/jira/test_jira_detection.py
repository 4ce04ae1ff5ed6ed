"""Which Jira answers is detected, and one that we cannot speak to is refused with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
import responses
from jira_raw import API, CLOUD, ME, SERVER_INFO, SITE, ref, tracker_at

from safesync.connectors.jira.deployment import Deployment, Site, site_of
from safesync.connectors.jira.tracker import JiraTracker
from safesync.model.errors import RunError

PLACE = "https://tools.meridian.example/jira"
V2 = f"{PLACE}/rest/api/2"
MYSELF = {"key": "JIRAUSER10100", "name": "safesync", "displayName": "SafeSync"}
PERMISSIONS = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "EDIT_ISSUES")


def server(version: str, deployment: str = "DataCenter") -> dict[str, Any]:
    numbers = [int(part) for part in version.split(".")]
    return {"baseUrl": PLACE, "version": version, "versionNumbers": numbers, "deploymentType": deployment, "serverTitle": "Jira"}


@pytest.mark.parametrize(
    ("told", "deployment", "version"),
    [
        (CLOUD, Deployment.CLOUD, (1001, 0, 0)),
        (server("9.12.4"), Deployment.DATA_CENTER, (9, 12, 4)),
        (server("8.20.30", "Server"), Deployment.DATA_CENTER, (8, 20, 30)),
        ({"version": "10.3.0-m2"}, Deployment.DATA_CENTER, (10, 3, 0, 2)),
        ({"version": "1001.0.0-SNAPSHOT"}, Deployment.CLOUD, (1001, 0, 0)),
    ],
)
def test_a_site_is_known_by_what_it_says_of_itself(told: dict[str, Any], deployment: Deployment, version: tuple[int, ...]) -> None:
    assert site_of(told, f"{PLACE}/") == Site(deployment, version, PLACE)


def test_only_behind_the_gateway_the_sites_own_address_counts() -> None:
    told = {**server("9.12.4"), "baseUrl": "http://localhost:8080"}
    assert site_of(told, PLACE).address == PLACE
    assert site_of(CLOUD, "https://api.atlassian.com/ex/jira/11111111-2222").address == SITE


def test_a_data_center_is_asked_in_its_own_version_with_its_token_alone(wire: responses.RequestsMock, pauses: list[float]) -> None:
    wire.get(f"{V2}/serverInfo", json=server("9.12.4"))
    wire.get(f"{V2}/myself", json=MYSELF)
    wire.get(f"{V2}/mypermissions", json={"permissions": {name: {"key": name, "havePermission": True} for name in PERMISSIONS}})
    identity = tracker_at(PLACE, pauses, user=None).identify()
    assert (identity.account_id, identity.deployment, identity.version) == ("JIRAUSER10100", "Jira Data Center", "9.12.4")
    assert {call.request.headers["Authorization"] for call in wire.calls} == {"Bearer sandbox-jira-token"}
    assert identity.warnings == ()


@pytest.mark.parametrize("told", [server("8.13.1"), {"version": "6.4", "versionNumbers": [6, 4, 0]}])
def test_a_jira_that_is_too_old_is_told_what_is_read(told: dict[str, Any], wire: responses.RequestsMock, pauses: list[float]) -> None:
    wire.get(f"{V2}/serverInfo", json=told)
    with pytest.raises(RunError, match=r"is Jira [68].* from 8\.20 on: update it"):
        tracker_at(PLACE, pauses, user=None).identify()


def test_a_jira_newer_than_any_we_know_is_read_with_a_warning(wire: responses.RequestsMock, pauses: list[float]) -> None:
    wire.get(f"{V2}/serverInfo", json=server("11.3.0"))
    wire.get(f"{V2}/myself", json=MYSELF)
    wire.get(f"{V2}/mypermissions", json={"permissions": {name: {"key": name, "havePermission": True} for name in PERMISSIONS}})
    (warning,) = tracker_at(PLACE, pauses, user=None).identify().warnings
    assert "11.3.0 is newer" in warning


@pytest.mark.parametrize("answer", [[], {}, None, {"version": "of mine"}, {"versionNumbers": "nine"}, {"versionNumbers": [None]}])
def test_what_does_not_say_which_jira_it_is_is_none(answer: object, wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.replace(responses.GET, SERVER_INFO, json=answer)
    with pytest.raises(RunError, match="in a shape that Jira does not use"):
        tracker.identify()


def test_an_address_without_its_context_path_is_told(wire: responses.RequestsMock, pauses: list[float]) -> None:
    for version in (2, 3):
        wire.get(f"https://tools.meridian.example/rest/api/{version}/serverInfo", status=404, body="nothing here")
    with pytest.raises(RunError, match=r"answered 404 when asked which Jira it is.*context path"):
        tracker_at("https://tools.meridian.example", pauses).identify()


def test_a_cloud_site_of_which_only_version_three_is_let_through_is_read(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.replace(responses.GET, SERVER_INFO, status=404, json={"errorMessages": []})
    wire.get(f"{API}/serverInfo", json=CLOUD)
    wire.get(f"{API}/myself", json={"accountId": ME})
    wire.post(f"{API}/permissions/project", json={"projects": [{"id": 1, "key": "PAY"}]})
    assert tracker.identify().deployment == "Jira Cloud"


def test_a_user_beside_a_token_of_data_center_is_told_how_to_give_it(wire: responses.RequestsMock, pauses: list[float]) -> None:
    wire.get(f"{V2}/serverInfo", status=401, body="<html>", content_type="text/html")
    with pytest.raises(RunError, match="given alone, without a user"):
        tracker_at(PLACE, pauses).identify()


def test_a_scoped_token_that_lacks_a_scope_is_told_which_it_needs(wire: responses.RequestsMock, pauses: list[float]) -> None:
    gateway = "https://api.atlassian.com/ex/jira/11111111-2222"
    wire.get(f"{gateway}/rest/api/2/serverInfo", json=CLOUD)
    wire.get(f"{gateway}/rest/api/3/myself", status=401, json={"code": 401, "message": "Unauthorized; scope does not match"})
    with pytest.raises(RunError, match="read:jira-work"):
        tracker_at(gateway, pauses, user=None).identify()


@pytest.mark.parametrize("headers", [{"X-AUSERNAME": "anonymous"}, {"X-AUSERNAME": "ada"}])
def test_being_forgotten_by_a_data_center_in_the_middle_of_a_run_ends_it(
    headers: dict[str, str], wire: responses.RequestsMock, pauses: list[float]
) -> None:
    known = {"X-AUSERNAME": "safesync"}
    wire.get(f"{V2}/serverInfo", json=server("9.12.4"), headers=known)
    wire.get(f"{V2}/myself", json=MYSELF, headers=known)
    wire.get(f"{V2}/mypermissions", json={"permissions": {name: {"havePermission": True} for name in PERMISSIONS}})  # behind a proxy
    wire.get(f"{V2}/issue/1001/comment", json={"comments": [], "total": 0}, headers=headers)
    tracker = tracker_at(PLACE, pauses, user=None)
    tracker.identify()
    with pytest.raises(RunError, match="stopped to know us"):
        tracker.find_comments(ref(), "7f3a9c")
