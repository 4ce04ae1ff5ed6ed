"""What the sandbox answers, held against the official documents and against real recordings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from azure_world import WORK_AREA, World
from schemathesis.openapi.checks import JsonSchemaError

from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVER_2022, SERVICES, Edition
from safesync.connectors.sandbox.azure.locations import RESOURCE_AREAS, locations
from safesync.connectors.sandbox.azure.people import stable_id
from safesync.connectors.sandbox.azure.relations import RELATION_TYPES

SHARED = Path(os.environ.get("SAFESYNC_SHARED") or Path(__file__).parents[3] / "../shared") / "reference"
DOCUMENTS = SHARED / "specs/azure-devops/specification"
RECORDINGS = SHARED / "data/azure-devops/recordings"
PARENT = "System.LinkTypes.Hierarchy-Reverse"
PREVIEW = "7.1-preview.4"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the reference material is not beside the project")]


def _repaired(node: Any) -> Any:
    """The document without what keeps a validator from reading it, or what says less than the service does."""
    if isinstance(node, list):
        return [_repaired(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {name: _repaired(part) for name, part in node.items() if name != "x-ms-examples"}
    if kept.get("type") == "object" and set(kept) <= {"type", "description", "readOnly"}:
        kept.pop("type")
    return kept


@cache
def _document(name: str, version: str = "7.1") -> Any:
    path = next((DOCUMENTS / name / version).glob("*.json"), None)
    if path is None:
        pytest.skip(f"the document {name} {version} is not beside the project")
    document = _repaired(json.loads(path.read_text(encoding="utf-8-sig")))
    definitions = document["definitions"]
    definitions.get("JsonPatchDocument", {}).pop("type", None)
    # The values of a stream are described as text; the ids of the recycle bin as numbers, though its example shows text.
    definitions.get("StreamedBatch", {}).get("properties", {}).pop("values", None)
    definitions.get("WorkItemDeleteShallowReference", {}).get("properties", {}).pop("id", None)
    return schemathesis.openapi.from_dict(document)


def _held(answer: requests.Response, document: str, path: str, method: str = "GET", edition: Edition = SERVICES) -> None:
    """Raises what is wrong with an answer. Lists are described without the wrapping that they come in."""
    of_its_own = edition in {SERVER_2020, SERVER_2022}  # the document of 2022.1 is that of Services 7.1
    described = _document(document, f"azure-devops-server-{edition.ceiling}") if of_its_own else _document(document)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    if isinstance(body, dict) and set(body) == {"count", "value"}:
        answer._content = json.dumps(body["value"]).encode()
    described[("/{collection}" if of_its_own else "/{organization}") + path][method].validate_response(answer)


@pytest.fixture
def full(world: World) -> World:
    return _filled(world)


@pytest.fixture
def full_server(server_world: World) -> World:
    return _filled(server_world)


def _filled(world: World) -> World:
    epic = world.story(kind="Epic", fields={"System.AreaPath": "Payments\\Payments"})
    feature = world.story(kind="Feature", fields={"System.AreaPath": "Payments\\Payments"}, relations=[(PARENT, epic.id)])
    story = world.story(
        relations=[(PARENT, feature.id)],
        fields={
            "System.Description": "<p>a</p>",
            "System.Tags": "red",
            "System.AssignedTo": "Ada Amber",
            "Microsoft.VSTS.Scheduling.StoryPoints": 3,
            "Microsoft.VSTS.Scheduling.TargetDate": "2026-12-01",
        },
        comments=[(world.clock(), "Ada Amber", "hello")],
    )
    world.organisation.add_hyperlink(story, "http://jira.example/browse/PAY-1", "depends on")
    world.organisation.attach(story, "report.pdf")
    world.ask("DELETE", f"_apis/wit/workitems/{world.story().id}")
    return world


WIT = "/{project}/_apis/wit"
WORK = "/{project}/{team}/_apis/work"
TEAM = "Payments/Payments/_apis/work"
SPRINT = stable_id("iteration", "Payments\\PI 26.4\\Iteration 26.4.1")
READS = [
    ("wit", f"{WIT}/workitems/{{id}}", "Payments/_apis/wit/workitems/3?$expand=all"),
    ("wit", f"{WIT}/workitems", "Payments/_apis/wit/workitems?ids=1,2,3&$expand=relations"),
    ("wit", f"{WIT}/workItems/{{id}}/revisions", "Payments/_apis/wit/workItems/3/revisions"),
    ("wit", f"{WIT}/workItems/{{id}}/updates", "Payments/_apis/wit/workItems/3/updates"),
    ("wit", f"{WIT}/reporting/workitemrevisions", "Payments/_apis/wit/reporting/workitemrevisions"),
    ("wit", f"{WIT}/reporting/workitemlinks", "Payments/_apis/wit/reporting/workitemlinks"),
    ("wit", f"{WIT}/recyclebin", "Payments/_apis/wit/recyclebin"),
    ("wit", f"{WIT}/recyclebin/{{id}}", "Payments/_apis/wit/recyclebin/4"),
    ("wit", f"{WIT}/workitemtypes", "Payments/_apis/wit/workitemtypes"),
    ("wit", f"{WIT}/workitemtypes/{{type}}", "Payments/_apis/wit/workitemtypes/Bug"),
    ("wit", f"{WIT}/workitemtypes/{{type}}/states", "Payments/_apis/wit/workitemtypes/Bug/states"),
    ("wit", f"{WIT}/workitemtypecategories", "Payments/_apis/wit/workitemtypecategories"),
    ("wit", f"{WIT}/fields", "Payments/_apis/wit/fields"),
    ("wit", f"{WIT}/tags", "Payments/_apis/wit/tags"),
    ("wit", "/_apis/wit/workitemrelationtypes", "_apis/wit/workitemrelationtypes"),
    ("wit", f"{WIT}/classificationnodes", "Payments/_apis/wit/classificationnodes?$depth=9"),
    ("wit", f"{WIT}/classificationnodes/{{structureGroup}}/{{path}}", "Payments/_apis/wit/classificationnodes/areas/Payments"),
    ("work", f"{WORK}/teamsettings", f"Payments/Payments/_apis/{WORK_AREA}/teamsettings"),
    ("work", f"{WORK}/teamsettings/iterations", f"Payments/Payments/_apis/{WORK_AREA}/teamsettings/iterations"),
    ("work", f"{WORK}/teamsettings/teamfieldvalues", f"Payments/Payments/_apis/{WORK_AREA}/teamsettings/teamfieldvalues"),
    ("work", f"{WORK}/teamsettings/iterations/{{iterationId}}/capacities", f"{TEAM}/teamsettings/iterations/{SPRINT}/capacities"),
    ("work", f"{WORK}/boards", f"Payments/Payments/_apis/{WORK_AREA}/boards"),
    ("work", f"{WORK}/boards/{{id}}", f"Payments/Payments/_apis/{WORK_AREA}/boards/Features"),
    ("work", f"{WORK}/boards/{{board}}/columns", f"Payments/Payments/_apis/{WORK_AREA}/boards/Features/columns"),
    ("work", f"{WORK}/boards/{{board}}/rows", f"Payments/Payments/_apis/{WORK_AREA}/boards/Features/rows"),
    ("work", f"{WORK}/backlogconfiguration", f"Payments/Payments/_apis/{WORK_AREA}/backlogconfiguration"),
    ("work", f"/{{project}}/_apis/{WORK_AREA}/processconfiguration", f"Payments/_apis/{WORK_AREA}/processconfiguration"),
    ("core", "/_apis/projects", "_apis/projects"),
    ("core", "/_apis/projects/{projectId}", "_apis/projects/Payments?includeCapabilities=true"),
    ("core", "/_apis/projects/{projectId}/teams", "_apis/projects/Payments/teams"),
    ("core", "/_apis/projects/{projectId}/teams/{teamId}/members", "_apis/projects/Payments/teams/Payments/members"),
    ("core", "/_apis/process/processes", "_apis/process/processes"),
]


@pytest.mark.parametrize(("document", "path", "address"), READS, ids=[address for _, _, address in READS])
def test_what_is_read_is_as_the_official_document_says(full: World, document: str, path: str, address: str):
    _held(full.ask("GET", address), document, path)


@pytest.mark.parametrize(("document", "path", "address"), READS, ids=[address for _, _, address in READS])
def test_what_is_read_of_a_server_is_as_its_own_official_document_says(full_server: World, document: str, path: str, address: str):
    edition = full_server.organisation.edition
    answer = full_server.ask("GET", address)
    if answer.status_code == 400:
        assert edition is SERVER_2020, answer.text
        answer = full_server.ask("GET", address, f"{edition.ceiling}-preview")
    _held(answer, document, path, edition=edition)


def test_comments_of_a_server_are_as_its_own_official_document_says(full_server: World):
    edition = full_server.organisation.edition
    path, address, version = (
        f"{WIT}/workItems/{{workItemId}}/comments",
        "Payments/_apis/wit/workItems/3/comments",
        f"{edition.ceiling}-preview",
    )
    posted = full_server.ask("POST", address, version, json={"text": "a"})
    _held(posted, "wit", path, "POST", edition)
    one = f"{address}/{posted.json()['id']}"
    _held(full_server.ask("GET", address, version), "wit", path, edition=edition)
    _held(full_server.ask("GET", one, version), "wit", f"{path}/{{commentId}}", edition=edition)
    edited = full_server.ask("PATCH", one, version, json={"text": "b"}, headers={"Content-Type": "application/json"})
    _held(edited, "wit", f"{path}/{{commentId}}", "PATCH", edition)


def test_writes_on_a_server_are_answered_as_its_own_official_document_says(full_server: World):
    edition, item = full_server.organisation.edition, full_server.organisation.items[3]
    _held(full_server.patch(item, ("add", "/fields/System.Title", "New")), "wit", f"{WIT}/workitems/{{id}}", "PATCH", edition)
    batch = full_server.ask("POST", "Payments/_apis/wit/workitemsbatch", json={"ids": [1, 2]})
    _held(batch, "wit", f"{WIT}/workitemsbatch", "POST", edition)
    _held(full_server.wiql("SELECT [System.Id] FROM WorkItems"), "wit", "/{project}/{team}/_apis/wit/wiql", "POST", edition)


def test_comments_and_their_versions_are_as_the_official_document_says(full: World):
    path, address = f"{WIT}/workItems/{{workItemId}}/comments", "Payments/_apis/wit/workItems/3/comments"
    json_media = {"Content-Type": "application/json"}
    posted = full.ask("POST", address, PREVIEW, json={"text": "a"})
    number = posted.json()["id"]
    _held(posted, "wit", path, "POST")
    _held(full.ask("GET", address, PREVIEW, params={"$top": 1}), "wit", path)
    _held(full.ask("GET", f"{address}/{number}", PREVIEW), "wit", f"{path}/{{commentId}}")
    edited = full.ask("PATCH", f"{address}/{number}", PREVIEW, json={"text": "b"}, headers=json_media)
    _held(edited, "wit", f"{path}/{{commentId}}", "PATCH")
    _held(full.ask("GET", f"{address}/{number}/versions", "7.1-preview.1"), "wit", f"{path}/{{commentId}}/versions")


def test_what_is_written_is_answered_as_the_official_document_says(full: World):
    item = full.organisation.items[3]
    _held(full.patch(item, ("add", "/fields/System.Title", "New")), "wit", f"{WIT}/workitems/{{id}}", "PATCH")
    made = full.ask("POST", "Payments/_apis/wit/workitems/$Bug", json=[{"op": "add", "path": "/fields/System.Title", "value": "t"}])
    _held(made, "wit", f"{WIT}/workitems/${{type}}", "POST")
    _held(full.ask("POST", "Payments/_apis/wit/workitemsbatch", json={"ids": [1, 2]}), "wit", f"{WIT}/workitemsbatch", "POST")
    _held(full.wiql("SELECT [System.Id] FROM WorkItems ORDER BY [System.Title]"), "wit", "/{project}/{team}/_apis/wit/wiql", "POST")
    links = full.wiql("SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] > 0")
    _held(links, "wit", "/{project}/{team}/_apis/wit/wiql", "POST")
    _held(full.ask("DELETE", "Payments/_apis/wit/workitems/3"), "wit", f"{WIT}/workitems/{{id}}", "DELETE")


def test_a_wrong_answer_would_be_noticed(full: World):
    answer = full.ask("GET", "Payments/_apis/wit/workitems/3")
    answer._content = answer.content.replace(b'"id":3', b'"id":"three"')
    with pytest.raises(JsonSchemaError, match="three"):
        _held(answer, "wit", f"{WIT}/workitems/{{id}}")


def _recorded(name: str) -> Any:
    return json.loads((RECORDINGS / "samples" / f"{name}.json").read_text(encoding="utf-8"))["response"]


def _shape(body: Any, leave: Callable[[str], bool] = lambda _name: False) -> Any:
    """Names and kinds of values, without the values."""
    if isinstance(body, dict):
        return {name: _shape(value, leave) for name, value in sorted(body.items()) if not leave(name)}
    if isinstance(body, list):
        return [_shape(body[0], leave)] if body else []
    return type(body).__name__


def test_the_table_of_locations_says_what_the_real_one_says():
    real = {row["id"]: row for row in json.loads((RECORDINGS / "options_apis_allHostTypes.json").read_text(encoding="utf-8-sig"))["value"]}
    for location in locations(SERVICES):
        assert location.row() == real[location.id]
    areas = json.loads((RECORDINGS / "resource_areas.json").read_text(encoding="utf-8-sig"))["value"]
    assert RESOURCE_AREAS.items() <= {row["id"]: row["name"] for row in areas}.items()


def test_relation_types_are_the_real_ones(full: World):
    real = {row["referenceName"]: row for row in _recorded("wit_relation_types")["body"]["value"]}
    ours = {row["referenceName"]: row for row in full.get("_apis/wit/workitemrelationtypes")["value"]}
    assert RELATION_TYPES.keys() >= real.keys()
    for name, row in real.items():
        assert (ours[name]["name"], ours[name]["attributes"]) == (row["name"], row["attributes"])


def test_an_item_with_its_relations_has_the_shape_of_a_real_one(full: World):
    real = _recorded("wit_get_expand_all_child_with_parent")["body"]
    ours = full.get("_apis/wit/workItems/2", **{"$expand": "all"})
    more = {name for name in ours["fields"] if name.startswith(("System.AreaLevel", "System.Board"))} - {"System.AreaLevel1"}
    shape = _shape(ours, leave=more.__contains__)
    assert shape == _shape(real)


def test_a_query_and_a_node_have_the_shapes_of_real_ones(full: World):
    assert _shape(full.wiql("SELECT [System.Id] FROM WorkItems").json()) == _shape(_recorded("wit_wiql_flat")["body"])
    ours = full.get("Payments/_apis/wit/classificationnodes/areas", **{"$depth": 1})
    real = _recorded("areas_04_GET_nodes")["body"]
    assert _shape(ours) == _shape(real)


@pytest.mark.parametrize(
    ("name", "address"),
    [("error_404_project_TF200016", "_apis/projects/Nowhere"), ("error_404_controller_text_plain", "Payments/_apis/wit/workItems/0")],
)
def test_errors_are_answered_like_real_ones(full: World, name: str, address: str):
    real, ours = _recorded(name), full.ask("GET", address)
    assert ours.status_code == real["status"]["code"]
    assert ours.headers["Content-Type"].split(";")[0] == real["headers"]["content-type"][0].split(";")[0]
    if isinstance(real["body"], dict):
        body = ours.json()
        assert {**body, "message": None} == {**real["body"], "message": None}
        assert body["message"].split(":")[0] == real["body"]["message"].split(":")[0]
    else:
        assert ours.text.split("'")[2] == real["body"].split("'")[2]
