from __future__ import annotations

from typing import Any

import pytest
from azure.devops.v7_1.security.models import PermissionEvaluation, PermissionEvaluationBatch
from azure.devops.v7_1.work.models import TeamContext
from azure_world import WORK_AREA, World

from safesync.connectors.sandbox.azure.paths import AREA_SECURITY, COMMENT_BIT, NODE_TOKEN, READ_BIT, TAG_SECURITY, WRITE_BIT

CONTEXT = TeamContext(project="Payments", team="Payments")


def test_projects_come_in_pages_and_hidden_ones_not_at_all(world: World):
    for name in ("Cards", "Loans", "Vault"):
        world.organisation.add_project(name)
    world.organisation.project("Vault").permissions.read = False
    first = world.ask("GET", "_apis/projects", params={"$top": 2})
    assert [row["name"] for row in first.json()["value"]] == ["Payments", "Cards"]
    rest = world.get("_apis/projects", **{"$top": 2, "continuationToken": first.headers["X-MS-ContinuationToken"]})
    assert [row["name"] for row in rest["value"]] == ["Loans"]
    assert world.ask("GET", "_apis/projects/Vault").json()["typeKey"] == "ProjectDoesNotExistWithNameException"


def test_a_project_tells_its_process_when_asked(world: World):
    project = world.client().get_core_client().get_project("payments", include_capabilities=True)
    assert project.capabilities["processTemplate"]["templateName"] == "Agile"
    assert project.default_team.name == "Payments"


def test_teams_and_their_members(world: World):
    core = world.client().get_core_client()
    assert [team.name for team in core.get_teams("Payments")] == ["Payments", "Falcon"]
    assert [team.project_name for team in core.get_all_teams()] == ["Payments", "Payments"]
    members = core.get_team_members_with_extended_properties("Payments", "Payments")
    assert [member.identity.display_name for member in members] == ["Ada Amber"]
    assert world.ask("GET", "_apis/projects/Payments/teams/Nobody").status_code == 404


def test_iterations_of_a_team_know_the_present(world: World):
    work = world.client().get_work_client()
    frames = [(row.name, row.path, row.attributes.time_frame) for row in work.get_team_iterations(CONTEXT)]
    path = "Payments\\PI 26.4\\"
    assert frames == [
        ("Iteration 26.4.1", f"{path}Iteration 26.4.1", "past"),
        ("Iteration 26.4.2", f"{path}Iteration 26.4.2", "past"),
        ("Iteration 26.4.3", f"{path}Iteration 26.4.3", "current"),
    ]
    assert [row.name for row in work.get_team_iterations(CONTEXT, timeframe="current")] == ["Iteration 26.4.3"]


def test_what_a_team_owns(world: World):
    values = world.client().get_work_client().get_team_field_values(CONTEXT)
    assert [(value.value, value.include_children) for value in values.values] == [("Payments\\Payments", True)]
    assert world.client().get_work_client().get_team_settings(CONTEXT).bugs_behavior == "asRequirements"


def test_a_board_shows_its_columns_with_limits_and_states(world: World):
    work = world.client().get_work_client()
    (board,) = work.get_boards(CONTEXT)
    columns = [
        (column.name, column.item_limit, column.column_type, column.state_mappings)
        for column in work.get_board_columns(CONTEXT, board.name)
    ]
    assert columns == [
        ("Funnel", 0, "incoming", {"Feature": "New"}),
        ("Implementing", 3, "inProgress", {"Feature": "Active"}),
        ("Releasing", 2, "inProgress", {"Feature": "Resolved"}),
        ("Done", 0, "outgoing", {"Feature": "Closed"}),
    ]
    assert [column.name for column in work.get_board(CONTEXT, board.id).columns] == [name for name, *_ in columns]
    assert world.ask("GET", f"Payments/Payments/_apis/{WORK_AREA}/boards/Stories").status_code == 404


def test_the_team_may_be_left_out_of_the_address(world: World):
    assert world.get(f"Payments/_apis/{WORK_AREA}/boards") == world.get(f"Payments/Payments/_apis/{WORK_AREA}/boards")
    assert world.get(f"Payments/Falcon/_apis/{WORK_AREA}/boards")["count"] == 0


def test_the_backlog_configuration_maps_every_state_to_a_category(world: World):
    configuration = world.client().get_work_client().get_backlog_configurations(CONTEXT)
    assert [(level.name, level.rank) for level in configuration.portfolio_backlogs] == [("Epics", 4), ("Features", 3)]
    assert [kind.name for kind in configuration.requirement_backlog.work_item_types] == ["User Story", "Bug"]
    states = {row.work_item_type_name: row.states for row in configuration.work_item_type_mapped_states}
    assert states["User Story"] == {"New": "Proposed", "Active": "InProgress", "Resolved": "Resolved", "Closed": "Completed"}
    assert configuration.backlog_fields.type_fields["Effort"] == "Microsoft.VSTS.Scheduling.StoryPoints"
    process = world.client().get_work_client().get_process_configuration("Payments")
    assert process.type_fields["Effort"].name == "Story Points"


def test_types_states_and_categories(world: World):
    tracking = world.client().get_work_item_tracking_client()
    assert "Feature" in [kind.name for kind in tracking.get_work_item_types("Payments")]
    states = {state.name: state.category for state in tracking.get_work_item_type_states("Payments", "Bug")}
    assert states == {"New": "Proposed", "Active": "InProgress", "Resolved": "Resolved", "Closed": "Completed"}
    assert tracking.get_work_item_type_category("Payments", "Microsoft.EpicCategory").default_work_item_type.name == "Epic"
    assert world.ask("GET", "Payments/_apis/wit/workitemtypes/Wish").status_code == 404


def test_fields_are_found_by_either_name(world: World):
    tracking = world.client().get_work_item_tracking_client()
    names = {field.name: field.reference_name for field in tracking.get_work_item_fields()}
    assert names["Benefit Hypothesis"] == "Custom.BenefitHypothesis"
    assert tracking.get_work_item_field("Story Points").type == "double"
    assert world.ask("GET", "_apis/wit/fields/Nothing").status_code == 404


def test_the_tags_in_use_are_listed_once(world: World):
    world.story(fields={"System.Tags": "theme:trust; Red"})
    world.story(fields={"System.Tags": "red"})
    assert [tag.name for tag in world.client().get_work_item_tracking_client().get_tags("Payments")] == ["Red", "theme:trust"]


def test_paths_of_nodes_carry_the_structure_and_those_of_items_do_not(world: World):
    tracking = world.client().get_work_item_tracking_client()
    root = tracking.get_classification_node("Payments", "iterations", depth=5)
    interval = root.children[0]
    assert interval.path == "\\Payments\\Iteration\\PI 26.4"
    assert interval.children[0].attributes == {"startDate": "2026-10-26T00:00:00Z", "finishDate": "2026-11-06T00:00:00Z"}
    assert interval.attributes is None
    falcon = tracking.get_classification_node("Payments", "areas", path="Payments/Falcon")
    assert (falcon.path, falcon.has_children) == ("\\Payments\\Area\\Payments\\Falcon", False)


def test_children_come_only_as_deep_as_asked(world: World):
    areas, iterations = world.get("Payments/_apis/wit/classificationnodes")["value"]
    assert (areas["hasChildren"], "children" in areas, iterations["structureType"]) == (True, False, "iteration")
    deeper = world.get("Payments/_apis/wit/classificationnodes", **{"$depth": 1})["value"][0]
    assert "children" not in deeper["children"][0]


def test_nodes_by_number_are_null_where_omitted(world: World):
    number = world.get("Payments/_apis/wit/classificationnodes")["value"][0]["id"]
    found = world.get("Payments/_apis/wit/classificationnodes", ids=f"{number},1", errorPolicy="omit")["value"]
    assert [row and row["name"] for row in found] == ["Payments", None]
    assert world.ask("GET", "Payments/_apis/wit/classificationnodes", params={"ids": "1"}).status_code == 404


def test_an_area_that_does_not_exist_is_404(world: World):
    assert world.ask("GET", "Payments/_apis/wit/classificationnodes/areas/Nowhere").status_code == 404


@pytest.mark.parametrize(
    ("switches", "held"),
    [
        ({}, {READ_BIT: True, WRITE_BIT: True, COMMENT_BIT: True, WRITE_BIT | COMMENT_BIT: True}),
        ({"edit": False}, {READ_BIT: True, WRITE_BIT: False, COMMENT_BIT: True, WRITE_BIT | COMMENT_BIT: False}),
        ({"comment": False}, {READ_BIT: True, WRITE_BIT: True, COMMENT_BIT: False, WRITE_BIT | COMMENT_BIT: False}),
        ({"read": False}, {READ_BIT: False, WRITE_BIT: False, COMMENT_BIT: False}),
    ],
)
def test_permissions_of_an_area_follow_the_switches(world: World, switches: dict[str, bool], held: dict[int, bool]):
    for name, value in switches.items():
        setattr(world.project.permissions, name, value)
    tokens = [NODE_TOKEN + node.identifier for node in world.project.areas.find(["Payments", "Falcon"]).lineage]  # type: ignore[union-attr]
    asked = [PermissionEvaluation(bits, AREA_SECURITY, ":".join(tokens)) for bits in held]
    answer = world.client().get_security_client().has_permissions_batch(PermissionEvaluationBatch(False, asked))
    assert {one.permissions: one.value for one in answer.evaluations} == held


def test_the_right_to_new_tags_is_that_to_edit_and_unknown_tokens_hold_nothing(world: World):
    def held(namespace: str, token: str) -> Any:
        body = {"evaluations": [{"securityNamespaceId": namespace, "token": token, "permissions": 2}]}
        return world.ask("POST", "_apis/security/permissionevaluationbatch", json=body).json()["evaluations"][0]["value"]

    assert held(TAG_SECURITY, f"/{world.project.id}") is True
    world.project.permissions.edit = False
    assert held(TAG_SECURITY, f"/{world.project.id}") is False
    assert held(AREA_SECURITY, "vstfs:///Classification/Node/none") is False
