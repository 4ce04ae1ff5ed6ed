from __future__ import annotations

import pytest
import requests
import responses
from jira_raw import API, ME, SITE, ref, tracker_at

from safesync.connectors.jira.tracker import JiraTracker
from safesync.model.errors import RunError, SafeSyncError

MYSELF = {"accountId": ME, "displayName": "SafeSync", "accountType": "atlassian"}
BOTH = {"projects": [{"id": 1, "key": "PAY"}, {"id": 2, "key": "OTHER"}]}


def test_three_calls_prove_what_it_is_who_we_are_and_what_we_may(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{API}/myself", json=MYSELF)
    wire.post(f"{API}/permissions/project", json=BOTH)
    identity = tracker.identify()
    assert (identity.account_id, identity.display_name, identity.deployment) == (ME, "SafeSync", "Jira Cloud")
    assert identity.projects == ("PAY",)
    assert identity.may_comment == identity.may_label == {"PAY"}
    assert (tracker.calls.reads, tracker.calls.writes) == (3, 0)


def test_a_missing_permission_is_told_and_does_not_stop_reading(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{API}/myself", json=MYSELF)
    for projects in ([], BOTH["projects"], BOTH["projects"], []):
        wire.post(f"{API}/permissions/project", json={"projects": projects})
    identity = tracker.identify()
    assert identity.may_comment == {"PAY"}
    assert identity.may_label == frozenset()
    assert any("Edit issues" in warning for warning in identity.warnings)


def test_a_project_we_cannot_see_ends_the_run_and_is_named(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{API}/myself", json=MYSELF)
    wire.post(f"{API}/permissions/project", json={"projects": [{"id": 2, "key": "OTHER"}]})
    wire.get(f"{API}/project/PAY", status=404, json={"errorMessages": []})
    with pytest.raises(RunError, match="cannot see the project PAY"):
        tracker.identify()


def test_a_project_that_has_another_key_now_is_told_so(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{API}/myself", json=MYSELF)
    wire.post(f"{API}/permissions/project", json={"projects": [{"id": 1, "key": "PAYMENTS"}]})
    wire.get(f"{API}/project/PAY", json={"id": "1", "key": "PAYMENTS"})
    with pytest.raises(RunError, match=r"PAY is called PAYMENTS now\. Correct scope\.projects"):
        tracker.identify()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"status": 401, "body": "Client must be authenticated to access this resource."}, "create a new one"),
        ({"status": 200, "json": MYSELF, "headers": {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}}, "does not accept our token"),
        ({"status": 403, "body": "", "headers": {"X-Seraph-LoginReason": "AUTHENTICATION_DENIED"}}, "sign in once in a browser"),
        ({"status": 200, "json": {"accountType": "anonymous"}}, "takes us for nobody"),
        ({"status": 200, "body": "<html>Log in</html>", "content_type": "text/html"}, "a page for people"),
        ({"status": 302, "headers": {"Location": "https://login.example"}}, "another address"),
        ({"status": 403, "json": {"error": "Failed to parse Connect Session Auth Token"}}, "mail address as user"),
        ({"status": 404, "json": {"errorMessages": ["null for uri"]}}, "our account may use Jira"),
    ],
)
def test_every_way_not_to_be_known_says_what_to_do(
    answer: dict[str, object], sentence: str, wire: responses.RequestsMock, tracker: JiraTracker
) -> None:
    wire.get(f"{API}/myself", **answer)
    with pytest.raises(RunError, match=sentence):
        tracker.identify()


def test_a_site_that_cannot_be_reached_is_named_with_what_to_check(pauses: list[float]) -> None:
    with pytest.raises(RunError, match=r"http://127\.0\.0\.1:1 cannot be reached\. Check the address"):
        tracker_at("http://127.0.0.1:1", pauses).identify()
    assert len(pauses) == 4


@pytest.mark.parametrize("url", ["no-address", "ftp://meridian.example"])
def test_what_is_no_address_is_called_so(url: str, pauses: list[float]) -> None:
    with pytest.raises(RunError, match="not a web address"):
        tracker_at(url, pauses).identify()
    assert pauses == []


def test_a_certificate_that_is_not_trusted_is_not_tried_again(
    wire: responses.RequestsMock, tracker: JiraTracker, pauses: list[float]
) -> None:
    wire.get(f"{API}/myself", body=requests.exceptions.SSLError("self-signed"))
    with pytest.raises(RunError, match="certificate"):
        tracker.identify()
    assert pauses == []


def test_being_forgotten_in_the_middle_of_a_run_ends_it(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{API}/myself", json=MYSELF, headers={"X-AAccountId": ME})
    wire.post(f"{API}/permissions/project", json=BOTH, headers={"X-AAccountId": ME})
    tracker.identify()
    wire.post(f"{API}/issue/bulkfetch", json={"issues": []})  # an anonymous answer: good, and empty
    with pytest.raises(RunError, match="stopped to know us"):
        tracker.revisions([ref()])


def test_a_bare_token_is_sent_as_one(wire: responses.RequestsMock, pauses: list[float]) -> None:
    wire.get(f"{API}/myself", json=MYSELF)
    wire.post(f"{API}/permissions/project", json=BOTH)
    tracker_at(SITE, pauses, user=None).identify()
    assert wire.calls[0].request.headers["Authorization"] == "Bearer sandbox-jira-token"


def test_neither_token_nor_answer_stands_in_an_error(wire: responses.RequestsMock, tracker: JiraTracker) -> None:
    wire.get(f"{API}/myself", status=418, json={"errorMessages": ["secret of the house"]}, headers={"Set-Cookie": "session=secret"})
    with pytest.raises(SafeSyncError) as caught:
        tracker.identify()
    told = f"{caught.value} {caught.value.__cause__}"
    assert not {"sandbox-jira-token", "secret", "safesync@"} & set(told.split())
    assert "secret" not in told
