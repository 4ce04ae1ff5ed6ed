"""What a server of one's own does otherwise than the service."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from azure_world import WORK_AREA, World

from safesync.connectors.sandbox.azure.editions import SERVER_2019, SERVER_2020, SERVER_2022, SERVER_2022_1, Edition
from safesync.connectors.sandbox.azure.people import stable_id

Play = Callable[[Edition], World]
STATES = "Payments/_apis/wit/workitemtypes/Bug/states"


def test_a_server_announces_no_areas_and_nothing_above_its_ceiling(server_world: World):
    edition = server_world.organisation.edition
    assert server_world.get("_apis/ResourceAreas", f"{edition.ceiling}-preview") == {"count": 0, "value": []}
    rows = server_world.ask("OPTIONS", "_apis").json()["value"]
    assert {row["maxVersion"] for row in rows} == {edition.ceiling}
    above = server_world.ask("GET", "_apis/projects", "7.2")
    assert (above.status_code, above.json()["typeKey"]) == (400, "VssVersionOutOfRangeException")
    assert above.json()["message"].endswith(f"The latest REST API version this server supports is {edition.ceiling}.")


def test_a_server_says_that_it_stands_on_its_owner_s_premises_and_knows_people_by_their_domain(server_world: World):
    told = server_world.get("_apis/connectionData", f"{server_world.organisation.edition.ceiling}-preview")
    assert told["deploymentType"] == "onPremises"
    assert told["authenticatedUser"]["properties"]["Account"]["$value"] == "MERIDIAN\\safesync"
    story = server_world.story()
    body = server_world.get(f"_apis/wit/workitems/{story.id}")
    assert body["fields"]["System.CreatedBy"]["uniqueName"] == "MERIDIAN\\ada"
    assert (
        server_world.get("_apis/wit/reporting/workitemrevisions")["values"][0]["fields"]["System.CreatedBy"] == "Ada Amber <MERIDIAN\\ada>"
    )


def test_a_server_has_no_markdown_in_fields(server_world: World):
    story = server_world.story(fields={"System.Description": "<p>x</p>"})
    assert "multilineFieldsFormat" not in server_world.get(f"_apis/wit/workitems/{story.id}")
    answer = server_world.patch(
        story, ("add", "/fields/System.Description", "# x"), ("add", "/multilineFieldsFormat/System.Description", "Markdown")
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(("edition", "version"), [(SERVER_2020, "6.0-preview.3"), (SERVER_2022, "7.0-preview.3")])
def test_comments_of_older_servers_are_html_and_tell_no_format(play: Play, edition: Edition, version: str):
    world = play(edition)
    story = world.story()
    path = f"Payments/_apis/wit/workItems/{story.id}/comments"
    assert world.ask("GET", path, version.replace(".3", ".4")).json()["typeKey"] == "VssVersionOutOfRangeException"
    posted = world.ask("POST", path, version, json={"text": "**a**"}, params={"format": "markdown"})
    assert posted.status_code == 200
    assert {"format", "renderedText"}.isdisjoint(world.get(path, version, **{"$expand": "renderedText"})["comments"][0])
    assert story.comments[0].format == "html"


def test_comments_of_the_newest_server_may_be_markdown(play: Play):
    world = play(SERVER_2022_1)
    path = f"Payments/_apis/wit/workItems/{world.story().id}/comments"
    assert world.ask("POST", path, "7.1-preview.4", json={"text": "a"}, params={"format": "markdown"}).json()["format"] == "markdown"


def test_what_2020_has_only_in_preview_is_refused_without_saying_so(play: Play):
    assert play(SERVER_2022).ask("GET", STATES, "7.0").status_code == 200
    old = play(SERVER_2020)
    assert old.ask("GET", STATES, "6.0").json()["typeKey"] == "VssInvalidPreviewVersionException"
    assert old.get(STATES, "6.0-preview.1")["count"] == 4


def test_whoever_may_edit_may_comment_where_commenting_is_no_right_of_its_own(play: Play):
    for edition, status in ((SERVER_2020, 403), (SERVER_2022, 403), (SERVER_2022_1, 200)):
        world = play(edition)
        path = f"Payments/_apis/wit/workItems/{world.story().id}/comments"
        world.project.permissions.edit = False
        assert world.ask("POST", path, f"{edition.ceiling}-preview", json={"text": "a"}).status_code == status


def test_a_collection_is_found_in_any_upper_and_lower_case_and_another_is_not(server_world: World):
    collection = server_world.url.rpartition("/")[0]
    params, auth = {"api-version": server_world.organisation.edition.ceiling}, server_world.session.auth
    assert requests.get(f"{collection}/mERIDIAN/_apis/projects", params=params, auth=auth, timeout=10).status_code == 200
    assert requests.get(f"{collection}/Other/_apis/projects", params=params, auth=auth, timeout=10).status_code == 404


def test_a_server_too_old_for_us_finds_nothing_in_a_newer_version(play: Play):
    world = play(SERVER_2019)
    answer = world.ask("GET", "_apis/projects", "7.1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert world.ask("GET", "_apis/projects", "5.0").status_code == 200


def test_a_list_of_types_may_leave_out_their_states(server_world: World):
    server_world.organisation.manners.types_without_states = True
    assert all("states" not in kind for kind in server_world.get("Payments/_apis/wit/workitemtypes")["value"])


def test_an_item_may_become_another_type_or_move_and_keeps_its_number(server_world: World):
    story = server_world.story(fields={"System.State": "Resolved"})
    body = server_world.patch(story, ("add", "/fields/System.WorkItemType", "task")).json()
    assert (body["id"], body["rev"]) == (story.id, 2)
    assert (body["fields"]["System.WorkItemType"], body["fields"]["System.State"]) == ("Task", "New")
    server_world.organisation.add_project("Elsewhere")
    names = ("System.TeamProject", "System.AreaPath", "System.IterationPath")
    moved = server_world.patch(story, *(("add", f"/fields/{name}", "Elsewhere") for name in names)).json()
    assert (moved["id"], moved["rev"], moved["fields"]["System.TeamProject"]) == (story.id, 3, "Elsewhere")
    assert server_world.ask("GET", f"Payments/_apis/wit/workitems/{story.id}").status_code == 404


def test_capacities_of_2020_are_a_list_and_have_totals_since(play: Play):
    sprint = stable_id("iteration", "Payments\\PI 26.4\\Iteration 26.4.1")
    path, totals = (
        f"Payments/Payments/_apis/{WORK_AREA}/teamsettings/iterations/{sprint}/capacities",
        f"work/iterations/{sprint}/iterationcapacities",
    )
    old = play(SERVER_2020)
    (member,) = old.get(path)["value"]
    assert (member["teamMember"]["displayName"], member["activities"]) == ("Ada Amber", [{"capacityPerDay": 6.0, "name": "Development"}])
    assert old.ask("GET", f"Payments/_apis/{totals}").status_code == 404
    new = play(SERVER_2022)
    assert new.get(path)["totalCapacityPerDay"] == 6.0
    assert {one["teamCapacityPerDay"] for one in new.get(f"Payments/_apis/{totals}")["teams"]} == {6.0, 0.0}
    assert new.ask("GET", path.replace(sprint, "elsewhere")).status_code == 404
