"""What is sent, how often, and what each answer is taken for."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
import requests
import responses
import urllib3.exceptions
from ado_wire import Wire

from safesync.connectors.azure.inspection import AzureInspector
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.port import Access, Addresses, Scope
from safesync.model.errors import ConflictError, ItemError, RunError, UnknownOutcomeError
from safesync.model.item import ItemRef
from safesync.model.message import Message

COMMENTS = "/Payments/_apis/wit/workItems/412/comments"
BATCH = "/_apis/wit/workItemsBatch"
REVISIONS = "/_apis/wit/reporting/workItemRevisions"
LINKS = "/_apis/wit/reporting/workItemLinks"


def identified(wire: Wire) -> AzureTracker:
    wire.knows_me()
    tracker = wire.tracker()
    tracker._account_id()
    return tracker


def test_the_token_goes_as_basic_password_without_a_user(wire: Wire):
    identified(wire)
    sent = wire.asked("ConnectionData")[0].headers["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b":secret-token"


def test_no_request_waits_for_ever_or_follows_a_redirect(wire: Wire, ref: ItemRef, message: Message):
    tracker = identified(wire)
    wire.says("POST", COMMENTS, json={"id": 7})
    tracker.create_comment(ref, message)
    assert {request.req_kwargs["timeout"] for request in wire.asked("")} == {(5, 60)}


def test_nothing_logs_the_token_or_what_was_answered(wire: Wire, ref: ItemRef, message: Message, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    tracker = identified(wire)
    wire.says("POST", COMMENTS, json={"id": 7, "text": "private words"})
    tracker.create_comment(ref, message)
    secrets = ("secret-token", base64.b64encode(b":secret-token").decode(), "private words", "SafeSync ref")
    assert not [secret for secret in secrets if secret in caplog.text]
    assert "secret-token" not in repr(tracker._client._access)


def test_every_request_is_counted_discovery_too(wire: Wire, ref: ItemRef, message: Message):
    tracker = identified(wire)
    wire.says("POST", COMMENTS, json={"id": 7, "createdBy": {"id": "x"}})
    tracker.create_comment(ref, message)
    assert (tracker.calls.reads, tracker.calls.writes) == (3, 1)
    assert tracker.calls.total == len(wire.mock.calls)


@pytest.mark.parametrize(
    "failure", [requests.ConnectionError("reset"), requests.ReadTimeout("slow"), requests.exceptions.ChunkedEncodingError("cut")]
)
def test_a_comment_without_an_answer_is_sent_once_and_its_outcome_unknown(wire: Wire, ref: ItemRef, message: Message, failure: Exception):
    tracker = identified(wire)
    wire.says("POST", COMMENTS, body=failure)
    with pytest.raises(UnknownOutcomeError):
        tracker.create_comment(ref, message)
    assert len(wire.asked("/comments")) == 1


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_a_write_answered_by_a_failing_server_may_have_happened(wire: Wire, ref: ItemRef, message: Message, status: int):
    tracker = identified(wire)
    wire.says("PATCH", f"{COMMENTS}/7", status=status)
    with pytest.raises(UnknownOutcomeError):
        tracker.edit_comment(ref, "7", message)
    assert len(wire.asked("/comments")) == 1


def test_a_write_that_never_left_this_machine_is_known_not_to_have_happened(wire: Wire, ref: ItemRef, message: Message):
    tracker = identified(wire)
    never = urllib3.exceptions.NewConnectionError(None, "refused")
    wire.says("POST", COMMENTS, body=requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", never)))
    with pytest.raises(RunError, match="nothing was sent"):
        tracker.create_comment(ref, message)


def test_a_write_that_was_refused_for_haste_is_sent_again_after_the_pause(wire: Wire, ref: ItemRef, message: Message):
    tracker = identified(wire)
    wire.says("POST", COMMENTS, status=429, headers={"Retry-After": "17"})
    wire.says("POST", COMMENTS, json={"id": 7, "createdBy": {"id": "x"}})
    assert tracker.create_comment(ref, message).comment_id == "7"
    assert wire.pauses[0] == 17


@pytest.mark.parametrize(("status", "kind"), [(400, ItemError), (403, ItemError), (404, ItemError), (412, ConflictError)])
def test_a_refused_write_is_an_error_of_the_item_and_tells_no_text_of_the_answer(
    wire: Wire, ref: ItemRef, message: Message, status: int, kind: type[ItemError]
):
    tracker = identified(wire)
    body = {"message": "TF401232: private words", "typeKey": "WorkItemUnauthorizedAccessException"}
    wire.says("POST", COMMENTS, status=status, json=body)
    with pytest.raises(kind) as raised:
        tracker.create_comment(ref, message)
    assert str(status) in str(raised.value)
    assert "TF401232" in str(raised.value)
    assert "private words" not in str(raised.value)
    assert "secret-token" not in str(raised.value)


def test_an_item_with_too_many_revisions_is_an_error_of_the_item_although_the_server_says_500(wire: Wire, ref: ItemRef, message: Message):
    tracker = identified(wire)
    wire.says("POST", COMMENTS, status=500, json={"message": "only work items with up to 10,000 revisions are supported."})
    with pytest.raises(ItemError, match="TooManyRevisions"):
        tracker.create_comment(ref, message)


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_read_is_repeated_also_when_it_is_a_post(wire: Wire, ref: ItemRef, status: int):
    tracker = identified(wire)
    wire.says("POST", BATCH, status=status)
    wire.says("POST", BATCH, json={"value": [{"id": 412, "rev": 3, "fields": {}}]})
    assert tracker.revisions([ref]) == {"ado:412": "3"}
    assert len(wire.asked(BATCH)) == 2


def test_a_read_is_given_up_after_five_attempts(wire: Wire, ref: ItemRef):
    tracker = identified(wire)
    wire.says("POST", BATCH, status=503)
    with pytest.raises(RunError, match="Tried "):
        tracker.revisions([ref])
    assert len(wire.asked(BATCH)) == 5


def test_a_pause_asked_for_on_a_good_answer_is_kept(wire: Wire, ref: ItemRef):
    tracker = identified(wire)
    wire.says("POST", BATCH, json={"value": []}, headers={"Retry-After": "30"})
    tracker.revisions([ref])
    assert wire.pauses == []
    tracker.revisions([ref])
    assert wire.pauses == [30]


@pytest.mark.parametrize(
    "page",
    [
        {"status": 203, "body": "<html>Sign In</html>", "content_type": "text/html"},
        {"status": 302, "headers": {"Location": "https://elsewhere.test/_signin"}},
        {"status": 200, "body": "<html>Sign In</html>", "content_type": "text/html; charset=utf-8"},
        {"status": 200, "body": "\r\n<!DOCTYPE html><html>Sign In</html>", "content_type": "application/json"},
    ],
)
def test_a_sign_in_page_is_a_wrong_token_and_no_redirect_is_followed(wire: Wire, page: dict[str, Any]):
    wire.says("GET", "/_apis/ConnectionData", **page)
    with pytest.raises(RunError, match="sign-in page"):
        wire.tracker().identify()
    assert not wire.asked("elsewhere")


def test_a_sign_in_page_instead_of_the_table_of_locations_is_a_wrong_token_too(wire: Wire):
    wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", body="<html>", status=203, content_type="text/html")
    with pytest.raises(RunError, match="sign-in page"):
        wire.tracker().identify()


@pytest.mark.parametrize("method", ["OPTIONS", "POST"])
def test_a_way_to_the_sign_in_page_is_seen_on_every_method(wire: Wire, ref: ItemRef, message: Message, method: str):
    away = {"status": 302, "headers": {"Location": "https://elsewhere.test/_signin"}}
    if method == "OPTIONS":
        wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", **away)
    wire.knows_me()
    wire.says("POST", COMMENTS, **away)
    with pytest.raises(RunError, match="sign-in page"):
        wire.tracker().create_comment(ref, message)
    assert not wire.asked("elsewhere")


@pytest.mark.parametrize("refusal", [{"status": 401}, {"status": 203, "body": "<html>", "content_type": "text/html"}, {"status": 302}])
def test_a_token_that_was_good_a_moment_ago_is_not_given_up_for_one_refusal(wire: Wire, ref: ItemRef, refusal: dict[str, Any]):
    tracker = identified(wire)
    wire.says("GET", COMMENTS, **refusal)
    wire.says("GET", COMMENTS, json={"comments": []})
    assert tracker.find_comments(ref, "7f3a9c") == ()
    assert len(wire.asked("/comments")) == 2


def test_a_write_that_was_refused_for_its_token_is_sent_once_more_and_not_a_third_time(wire: Wire, ref: ItemRef, message: Message):
    tracker = identified(wire)
    wire.says("POST", COMMENTS, status=401)
    with pytest.raises(RunError, match="token is not accepted"):
        tracker.create_comment(ref, message)
    assert len(wire.asked("/comments")) == 2


def test_a_token_that_was_never_good_is_shown_once(wire: Wire):
    wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", status=401)
    with pytest.raises(RunError, match="token is not accepted"):
        wire.tracker().identify()
    assert len(wire.mock.calls) == 1


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "text/plain", "application/octet-stream"])
def test_json_is_an_answer_whatever_it_is_called(wire: Wire, ref: ItemRef, message: Message, content_type: str):
    tracker = identified(wire)
    wire.says("GET", COMMENTS, body=b'{"comments": []}', content_type=content_type)
    wire.says("POST", COMMENTS, body=b'{"id": 7}', content_type=content_type)
    assert tracker.find_comments(ref, "7f3a9c") == ()
    assert tracker.create_comment(ref, message).comment_id == "7"


def test_an_empty_answer_to_a_read_is_asked_for_again(wire: Wire, ref: ItemRef):
    tracker = identified(wire)
    wire.says("GET", COMMENTS, body=b"")
    wire.says("GET", COMMENTS, json={"comments": []})
    assert tracker.find_comments(ref, "7f3a9c") == ()
    assert wire.pauses == [2.0]


def test_a_refused_token_says_what_to_do(wire: Wire):
    wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", status=401)
    with pytest.raises(RunError, match=r"token is not accepted \(401\)"):
        wire.tracker().identify()


def test_something_else_than_azure_devops_is_named_so(wire: Wire):
    wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", body="hello", content_type="text/plain")
    with pytest.raises(RunError, match="does not answer like Azure DevOps"):
        wire.tracker().identify()


@pytest.mark.parametrize(
    "title", [rb"Cut \ud83d", b"Z\xfcrich", b"Bell \x07"], ids=["half an emoji", "another encoding", "control character"]
)
def test_one_text_that_holds_no_character_does_not_hide_the_others(wire: Wire, ref: ItemRef, title: bytes):
    ill = b'{"id": 411, "rev": 2, "fields": {"System.Title": "' + title + b'"}}'
    body = b'{"count": 2, "value": [' + ill + b', {"id": 412, "rev": 5, "fields": {}}]}'
    wire.says("POST", "/_apis/wit/workItemsBatch", body=body, content_type="application/json")
    other = replace(ref, uid="ado:411", native_id="411", key="411")
    assert wire.tracker().revisions([other, ref]) == {"ado:411": "2", ref.uid: "5"}


def test_a_host_that_is_not_there_is_named_after_some_attempts(wire: Wire):
    never = requests.ConnectionError(urllib3.exceptions.MaxRetryError(None, "/", urllib3.exceptions.NewConnectionError(None, "refused")))
    wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", body=never)
    with pytest.raises(RunError, match="could not be reached"):
        wire.tracker(attempts=2).identify()
    assert len(wire.mock.calls) == 2


@pytest.mark.parametrize("user", [{"id": "00000000-0000-0000-0000-000000000000"}, {"providerDisplayName": "Anonymous"}, {"id": None}])
def test_an_anonymous_answer_is_an_expired_token(wire: Wire, user: dict[str, Any]):
    wire.knows_me(**user)
    with pytest.raises(RunError, match="anonymous"):
        wire.tracker().identify()


def test_the_token_is_not_sent_to_a_host_that_the_organisation_names(wire: Wire, ref: ItemRef):
    areas = {"value": [{"id": "5264459e-e5e0-4bd8-b118-0985e68a4ec5", "name": "wit", "locationUrl": "https://evil.test/"}]}
    wire.mock.replace(responses.GET, f"{wire.url}/_apis/ResourceAreas", json=areas)
    with pytest.raises(RunError, match=r"evil\.test"):
        wire.tracker().revisions([ref])
    assert not wire.asked("evil")


def test_an_unknown_project_is_named(wire: Wire):
    wire.knows_me()
    body = {"message": "TF200016: The following project does not exist", "typeKey": "ProjectDoesNotExistWithNameException"}
    wire.says("GET", "/Payments/_apis/wit/classificationNodes/areas", status=404, json=body)
    with pytest.raises(RunError, match="Project Payments does not exist"):
        wire.tracker().identify()


def permitted(wire: Wire, *bits: int):
    def answer(request: Any) -> tuple[int, dict[str, str], str]:
        body = json.loads(request.body)
        for one in body["evaluations"]:
            one["value"] = one["permissions"] in bits
        return 200, {}, json.dumps(body)

    wire.mock.add_callback(responses.POST, f"{wire.url}/_apis/Security/PermissionEvaluationBatch", answer)


@pytest.mark.parametrize(
    ("bits", "comment", "label"),
    [((17, 32, 512), True, True), ((17, 32), True, True), ((17, 512), True, False), ((17,), False, False)],
)
def test_what_we_may_do_is_asked_on_the_project_s_own_area(wire: Wire, bits: Any, comment: bool, label: bool):
    wire.knows_me()
    wire.says("GET", "/Payments/_apis/wit/classificationNodes/areas", json={"name": "Payments", "identifier": "root-guid"})
    permitted(wire, *bits)
    identity = wire.tracker().identify()
    assert identity.projects == ("Payments",)
    assert ("Payments" in identity.may_comment, "Payments" in identity.may_label) == (comment, label)
    asked = json.loads(wire.asked("PermissionEvaluationBatch")[0].body)["evaluations"]
    assert {one["token"] for one in asked} == {"vstfs:///Classification/Node/root-guid"}


def test_who_may_not_view_the_project_cannot_run(wire: Wire):
    wire.knows_me()
    wire.says("GET", "/Payments/_apis/wit/classificationNodes/areas", json={"name": "Payments", "identifier": "root-guid"})
    permitted(wire)
    with pytest.raises(RunError, match="may not view"):
        wire.tracker().identify()


def test_rights_in_an_area_below_are_rights_in_the_project_and_their_limit_is_told(wire: Wire):
    wire.knows_me()
    areas = {"name": "Payments", "identifier": "root", "children": [{"name": "Train", "identifier": "train", "children": []}]}
    wire.says("GET", "/Payments/_apis/wit/classificationNodes/areas", json=areas)
    node = "vstfs:///Classification/Node"
    right = {"token": f"{node}/root:{node}/train", "value": True}
    answers = {"evaluations": [right | {"permissions": 17}, right | {"permissions": 32}]}
    wire.says("POST", "/_apis/Security/PermissionEvaluationBatch", json=answers)
    identity = wire.tracker().identify()
    assert (identity.projects, identity.may_comment, identity.may_label) == (("Payments",), {"Payments"}, {"Payments"})
    assert [one for one in identity.warnings if "some areas of Payments only" in one] == list(identity.warnings)
    assert len(identity.warnings) == 2


def test_the_second_identify_takes_two_calls(wire: Wire):
    wire.knows_me()
    wire.says("GET", "/Payments/_apis/wit/classificationNodes/areas", json={"name": "Payments", "identifier": "root-guid"})
    permitted(wire, 17, 32, 512)
    tracker = wire.tracker()
    first = tracker.identify()
    assert (first.account_id, first.display_name, first.deployment) == (
        "11111111-2222-3333-4444-555555555555",
        "SafeSync",
        "Azure DevOps Services",
    )
    before = tracker.calls.total
    assert tracker.identify() == first
    assert tracker.calls.total - before == 2


def test_a_token_that_may_not_ask_about_permissions_is_warned_of_not_stopped(wire: Wire):
    wire.knows_me()
    wire.says("GET", "/Payments/_apis/wit/classificationNodes/areas", json={"name": "Payments", "identifier": "root-guid"})
    wire.says("POST", "/_apis/Security/PermissionEvaluationBatch", status=401)
    identity = wire.tracker().identify()
    assert identity.may_comment == {"Payments"}
    assert len(identity.warnings) == 1


def test_the_difference_of_the_clocks_is_told(wire: Wire):
    wire.says("GET", "/_apis/ConnectionData", json={"authenticatedUser": {"id": "x"}}, headers={"Date": "Thu, 26 Nov 2026 09:00:42 GMT"})
    tracker = wire.tracker()
    tracker._account_id()
    assert tracker._client.clock_skew_s == 42


def test_a_report_that_stands_still_is_not_read_for_ever(wire: Wire):
    wire.knows_me()
    wire.says("GET", LINKS, json={"values": [], "isLastBatch": False, "continuationToken": "5"})
    with pytest.raises(RunError, match="twice"):
        list(wire.tracker().pull(_cursor()))
    assert len(wire.asked(LINKS)) == 2


def test_a_report_that_does_not_say_where_it_ends_is_read_until_it_tells_nothing_more(wire: Wire):
    tracker = identified(wire)
    for values, token in (([{"sourceId": 1}], "l9"), ([{"sourceId": 2}], "l10"), ([], "l10")):
        wire.says("GET", LINKS, json={"values": values, "continuationToken": token})
    wire.says("GET", REVISIONS, json={"values": [], "isLastBatch": True, "continuationToken": "r9;1;1"})
    wire.says("POST", "/_apis/wit/workItemsBatch", json={"value": [None, None]})
    *_, page = tracker.pull(_cursor())
    assert json.loads(wire.asked("workItemsBatch")[0].body)["ids"] == [1, 2]
    assert json.loads(page.cursor)["links"] == "l10"


def test_nothing_new_takes_two_calls_and_moves_the_cursor_to_the_tokens_of_the_last_pages(wire: Wire):
    tracker = identified(wire)
    wire.says("GET", LINKS, json={"values": [], "isLastBatch": True, "nextLink": "https://x.test/y?continuationToken=l9&api-version=1"})
    wire.says("GET", REVISIONS, json={"values": [], "isLastBatch": True, "continuationToken": "r9;1;1"})
    before = tracker.calls.total
    (page,) = tracker.pull(_cursor())
    # Two, and the package's one look at where work items are served.
    assert tracker.calls.total - before == 3
    assert (json.loads(page.cursor)["links"], json.loads(page.cursor)["revisions"]) == ("l9", "r9;1;1")
    assert page.census is None
    assert wire.asked(REVISIONS)[0].params["continuationToken"] == "r8;1;1"


def test_a_failing_report_leaves_no_cursor(wire: Wire):
    wire.knows_me()
    wire.says("GET", LINKS, json={"values": [], "isLastBatch": True, "continuationToken": "l9"})
    wire.says("GET", REVISIONS, status=500, json={"message": "VS403496: no", "typeKey": "X"})
    with pytest.raises(RunError, match="500"):
        list(wire.tracker().pull(_cursor()))


def _cursor() -> str:
    metadata = {"projects": ["Payments"], "types": {}, "choices": {}, "formats": {}, "iterations": [], "paths": [], "owners": {}}
    return json.dumps(
        {"revisions": "r8;1;1", "links": "l8", "read_in_full_at": "2026-11-26T06:00:00Z", "metadata": metadata, "histories": "", "form": 2}
    )


def test_a_server_that_speaks_no_https_is_not_told_to_have_a_wrong_certificate(wire: Wire):
    wire.mock.replace(responses.OPTIONS, f"{wire.url}/_apis", body=requests.exceptions.SSLError("WRONG_VERSION_NUMBER"))
    with pytest.raises(RunError, match="speak https there") as told:
        wire.tracker().identify()
    assert "certificate" not in str(told.value)


def test_a_sign_in_page_above_the_collections_of_a_server_is_told_as_a_matter_of_the_address_too(wire: Wire):
    wire.url = "https://server.test/tfs"
    wire.mock.add(responses.OPTIONS, f"{wire.url}/_apis", status=302, headers={"Location": "/tfs/_home"})
    with pytest.raises(RunError, match="https://server/tfs/Collection"):
        wire.tracker().identify()


def test_who_looks_around_at_the_address_of_a_project_is_told_what_to_write(wire: Wire):
    wire.url = "https://server.test/tfs/Collection/Payments"
    wire.mock.add(responses.OPTIONS, f"{wire.url.lower()}/_apis", status=404)
    inspector = AzureInspector(Access("ado", wire.url, "secret-token"), Scope(("Payments",)), Addresses())
    with pytest.raises(RunError, match="It ends with the project Payments"):
        inspector.projects()
