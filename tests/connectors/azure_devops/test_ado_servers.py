"""Azure DevOps Server: what is detected, how its versions are spoken, what is refused with which words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ado_meridian import Meridian
from ado_wire import WORK_ITEMS, Wire, table

from safesync.connectors.azure.deployment import Deployment
from safesync.connectors.sandbox.azure.editions import SERVER_2019, SERVER_2020, SERVER_2022, SERVER_2022_1, SERVICES, Edition
from safesync.model.errors import RunError
from safesync.model.item import ItemRef, Markup
from safesync.model.message import Message

SERVERS = (SERVER_2022_1, SERVER_2022, SERVER_2020)
on = pytest.mark.parametrize


def name(edition: Edition) -> str:
    return edition.name.rpartition(" ")[2]


NEWER = replace(SERVER_2022_1, name="Azure DevOps Server", ceiling="7.2")
"""The server of 2025, which has no year in its name any more."""


@on("meridian", (*SERVERS, NEWER, SERVICES), indirect=True, ids=name)
def test_the_edition_and_its_version_are_detected(meridian: Meridian) -> None:
    identity, edition = meridian.tracker().identify(), meridian.organisation.edition
    assert (identity.deployment, identity.version) == (edition.name, f"REST {min(edition.ceiling, '7.1')}")


@on(
    ("hosted", "ceiling", "said"),
    [(False, 7.2, "Azure DevOps Server"), (False, 6.1, "Azure DevOps Server 2020"), (True, 7.2, "Azure DevOps Services")],
)
def test_a_server_that_is_newer_than_we_are_is_spoken_to_as_we_can(hosted: bool, ceiling: float, said: str) -> None:
    deployment = Deployment(hosted, ceiling)
    assert deployment.name == said
    assert float(deployment.version.removeprefix("REST ")) <= 7.1


@on("meridian", (*SERVERS, SERVICES), indirect=True, ids=name)
def test_identifying_the_first_time_takes_what_the_package_asks_and_one_call_a_project(meridian: Meridian) -> None:
    tracker = meridian.tracker()
    tracker.identify()
    asked = [(one.method, one.path.partition("?")[0]) for one in meridian.organisation.requests]
    assert ("OPTIONS", "/_apis") in asked
    assert len(asked) == tracker.calls.total == 5


@on("meridian", (*SERVERS, NEWER), indirect=True, ids=name)
def test_every_call_is_made_in_a_version_that_the_server_has(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    tracker, ref = meridian.tracker(query="[System.Title] <> ''"), meridian.ref(story)
    meridian.organisation.manners.types_without_states = True
    tracker.identify()
    list(tracker.pull(None))
    posted = tracker.create_comment(ref, message)
    tracker.edit_comment(ref, posted.comment_id, replace(message, digest="digest-2"))
    tracker.change_labels(ref, ["safesync-attention"], [])
    tracker.delete_comment(ref, posted.comment_id)
    assert {one.status for one in meridian.organisation.requests} == {200}


@on("meridian", SERVERS, indirect=True, ids=name)
def test_a_comment_is_html_and_its_format_is_not_named_to_a_server(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    tracker = meridian.tracker()
    tracker.edit_comment(meridian.ref(story), tracker.create_comment(meridian.ref(story), message).comment_id, message)
    assert story.comments[0].format == "html"
    assert "<b>One point open</b>" in story.comments[0].last.text
    assert not [one.path for one in meridian.organisation.requests if "format=" in one.path]


@on("meridian", SERVERS, indirect=True, ids=name)
def test_texts_of_a_server_are_html(meridian: Meridian) -> None:
    meridian.add(fields={"System.Description": "<p>As it is</p>"})
    (item,) = [item for page in meridian.tracker().pull(None) for item in page.items]
    assert item.description is not None
    assert (item.description.markup, item.description.text) == (Markup.HTML, "<p>As it is</p>")


def test_texts_of_services_are_what_the_answer_says(meridian: Meridian) -> None:
    meridian.add(fields={"System.Description": "# Why"}, formats={"System.Description": "markdown"})
    (item,) = [item for page in meridian.tracker().pull(None) for item in page.items]
    assert item.description is not None
    assert item.description.markup is Markup.MARKDOWN


@on("meridian", SERVERS, indirect=True, ids=name)
def test_states_that_the_list_of_types_leaves_out_are_asked_for_one_by_one(meridian: Meridian) -> None:
    meridian.add()
    plain, bare = meridian.tracker(), meridian.tracker()
    whole = [item for page in plain.pull(None) for item in page.items]
    meridian.organisation.manners.types_without_states = True
    before = len(meridian.organisation.requests)
    assert [item for page in bare.pull(None) for item in page.items] == whole
    asked = [one.path for one in meridian.organisation.requests[before:] if one.path.endswith("/states")]
    assert len(asked) == len(meridian.organisation.project("Payments").process.types)


@on("meridian", [replace(SERVER_2022_1, released="7.0")], indirect=True, ids=["7.1 in preview"])
def test_a_version_that_the_server_has_in_preview_only_is_not_asked_for_as_if_it_were_released(meridian: Meridian) -> None:
    meridian.add()
    tracker = meridian.tracker()
    assert tracker.identify().deployment == "Azure DevOps Server 2022.1"
    assert sum(len(page.items) for page in tracker.pull(None)) == 1
    assert {one.status for one in meridian.organisation.requests} == {200}


@on("meridian", SERVERS, indirect=True, ids=name)
def test_a_token_that_a_server_does_not_know_is_told_so(meridian: Meridian) -> None:
    with pytest.raises(RunError, match=r"the token is not accepted \(401\)"):
        meridian.tracker(token="wrong").identify()


@on("meridian", [SERVER_2019], indirect=True, ids=name)
def test_a_server_of_2019_is_refused_with_a_sentence(meridian: Meridian) -> None:
    with pytest.raises(RunError, match=r"2019 or older \(its REST interface ends at 5\.1\)\. SafeSync reads 2020 and newer\."):
        meridian.tracker().identify()


@on("meridian", SERVERS, indirect=True, ids=name)
def test_an_address_that_ends_with_a_project_is_told_so(meridian: Meridian) -> None:
    collection = meridian.url
    meridian.url += "/Payments"
    with pytest.raises(RunError, match=f"It ends with the project Payments: the address ends with the collection, as in {collection}"):
        meridian.tracker().identify()


@on("meridian", SERVERS, indirect=True, ids=name)
def test_a_collection_that_is_not_there_is_told_so(meridian: Meridian) -> None:
    meridian.url = meridian.url.replace("Meridian", "Meridan")
    with pytest.raises(RunError, match="is no organisation that this token may enter"):
        meridian.tracker().identify()


@on("url", ["https://dev.azure.com/meridian/Payments", "https://meridian.visualstudio.com/Payments"])
def test_an_address_of_services_that_names_a_project_is_told_so_before_anything_is_sent(meridian: Meridian, url: str) -> None:
    meridian.url = url
    tracker = meridian.tracker()
    with pytest.raises(RunError, match="leave out Payments, and name projects in scope"):
        tracker.identify()
    assert tracker.calls.total == 0


@on("meridian", (SERVER_2022, SERVER_2020), indirect=True, ids=name)
def test_where_commenting_is_no_right_of_its_own_the_right_to_edit_counts(meridian: Meridian) -> None:
    permissions = meridian.organisation.project("Payments").permissions
    permissions.comment = False
    assert meridian.tracker().identify().may_comment == {"Payments"}
    permissions.edit = False
    assert meridian.tracker().identify().may_comment == frozenset()


def test_an_organisation_by_its_older_address_is_asked_where_it_says_that_its_work_items_are(wire: Wire, ref: ItemRef) -> None:
    newer, older = wire.url, f"https://{wire.url.rpartition('/')[2]}.visualstudio.com"
    wire.mock.add("OPTIONS", f"{older}/_apis", json=table())
    area = {"id": WORK_ITEMS, "name": "wit", "locationUrl": f"{newer}/"}
    wire.mock.add("GET", f"{older}/_apis/ResourceAreas", json={"count": 1, "value": [area]})
    wire.says("POST", "/_apis/wit/workItemsBatch", json={"value": [{"id": 412, "rev": 3, "fields": {}}]})
    wire.url = older
    wire.knows_me()
    tracker = wire.tracker()
    tracker._account_id()
    assert tracker.revisions([ref]) == {ref.uid: "3"}
    assert wire.asked("ConnectionData")[0].url.startswith(older)
    assert wire.asked("workItemsBatch")[0].url.startswith(newer)
