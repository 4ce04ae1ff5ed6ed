"""How teams look at their work: iterations, areas, boards, backlog levels."""

from __future__ import annotations

from datetime import date
from typing import Any

from safesync.connectors.sandbox.azure.call import Call, Handlers, listed
from safesync.connectors.sandbox.azure.nodes import Node
from safesync.connectors.sandbox.azure.paths import node_url
from safesync.connectors.sandbox.azure.people import stable_id
from safesync.connectors.sandbox.azure.process import Level
from safesync.connectors.sandbox.azure.refusal import Refusal
from safesync.connectors.sandbox.azure.teams import Board, Column, Project, Team

_AREA = "work"


def _address(call: Call, project: Project, team: Team, rest: str) -> str:
    return f"{call.base}/{project.id}/{team.id}/_apis/{_AREA}/{rest}"


def _links(call: Call, project: Project, team: Team, rest: str) -> dict[str, Any]:
    return {
        "self": {"href": _address(call, project, team, rest)},
        "project": {"href": f"{call.base}/_apis/projects/{project.id}"},
        "team": {"href": f"{call.base}/_apis/projects/{project.id}/teams/{team.id}"},
    }


def _settings(call: Call) -> Any:
    project, team = call.the_project(), call.team()
    root = project.iterations
    return {
        "backlogIteration": {"id": root.identifier, "name": root.name, "path": "", "url": node_url(call, project, root)},
        "bugsBehavior": "asRequirements",
        "workingDays": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "backlogVisibilities": {level.id: True for level in project.process.levels if level.kind != "task"},
        "defaultIterationMacro": "@currentIteration",
        "url": _address(call, project, team, "teamsettings"),
        "_links": _links(call, project, team, "teamsettings"),
    }


def _time_frame(node: Node, today: date) -> str:
    if node.start is None or node.finish is None or node.start > today:
        return "future"
    return "past" if node.finish < today else "current"


def _iteration(call: Call, project: Project, team: Team, node: Node) -> dict[str, Any]:
    attributes: dict[str, Any] = {"timeFrame": _time_frame(node, call.now.date())}
    if node.start and node.finish:
        attributes |= {"startDate": f"{node.start}T00:00:00Z", "finishDate": f"{node.finish}T00:00:00Z"}
    url = _address(call, project, team, f"teamsettings/iterations/{node.identifier}")
    return {"id": node.identifier, "name": node.name, "path": node.path, "attributes": attributes, "url": url}


def _iterations(call: Call) -> Any:
    project, team = call.the_project(), call.team()
    nodes = sorted(team.iterations, key=lambda node: (node.start or date.max, node.path))
    if (wanted := call.path.get("id")) is not None:
        node = next((node for node in nodes if node.identifier == wanted.lower()), None)
        if node is None:
            raise Refusal(404, f"TF400497: The team has no iteration with the id {wanted}.", "TeamIterationNotFoundException")
        return _iteration(call, project, team, node)
    shapes = [_iteration(call, project, team, node) for node in nodes]
    if (frame := call.asked("$timeframe")) is not None:
        shapes = [shape for shape in shapes if shape["attributes"]["timeFrame"] == frame.lower()]
    return listed(shapes)


def _planned(call: Call, team: Team) -> Node:
    wanted = call.path["iterationId"].lower()
    node = next((node for node in team.iterations if node.identifier == wanted), None)
    if node is None:
        raise Refusal(404, f"TF400497: The team has no iteration with the id {wanted}.", "TeamIterationNotFoundException")
    return node


def _capacities(call: Call) -> Any:
    project, team = call.the_project(), call.team()
    rest = f"teamsettings/iterations/{_planned(call, team).identifier}/capacities"
    members = [
        {
            "teamMember": person.reference(call.base),
            "activities": [{"capacityPerDay": team.hours_a_day, "name": "Development"}],
            "daysOff": [],
            "url": _address(call, project, team, f"{rest}/{person.id}"),
        }
        for person in team.members
        if team.hours_a_day
    ]
    if float(call.organisation.edition.ceiling) < 7.0:
        return listed(members)  # the totals came with the next version
    return {"teamMembers": members, "totalCapacityPerDay": team.hours_a_day * len(members), "totalDaysOff": 0}


def _iteration_capacities(call: Call) -> Any:
    wanted = call.path["iterationId"].lower()
    teams = [team for team in call.the_project().teams if any(node.identifier == wanted for node in team.iterations)]
    totals = [{"teamId": team.id, "teamCapacityPerDay": team.hours_a_day * len(team.members), "teamTotalDaysOff": 0} for team in teams]
    return {"teams": totals, "totalIterationCapacityPerDay": sum(one["teamCapacityPerDay"] for one in totals), "totalIterationDaysOff": 0}


def _field_values(call: Call) -> Any:
    project, team = call.the_project(), call.team()
    rest = "teamsettings/teamfieldvalues"
    return {
        "field": {"referenceName": "System.AreaPath", "url": f"{call.base}/_apis/wit/fields/System.AreaPath"},
        "defaultValue": team.area.path,
        "values": [{"value": team.area.path, "includeChildren": team.include_children}],
        "url": _address(call, project, team, rest),
        "_links": _links(call, project, team, rest),
    }


def _column(team: Team, board: Board, column: Column) -> dict[str, Any]:
    kind = board.column_type(column)
    shape: dict[str, Any] = {
        "id": stable_id("column", team.name, board.name, column.name),
        "name": column.name,
        "itemLimit": column.limit,
        "stateMappings": dict(column.states),
        "columnType": kind,
    }
    return shape | ({"isSplit": column.split, "description": ""} if kind == "inProgress" else {})


_DEFAULT_ROW = "00000000-0000-0000-0000-000000000000"


def _board(call: Call, key: str) -> tuple[Project, Team, Board]:
    project, team = call.the_project(), call.team()
    wanted = call.path[key].lower()
    board = next((board for board in team.boards if wanted in (board.id, board.name.lower())), None)
    if board is None:
        raise Refusal(404, f"VS403245: The board {call.path[key]} does not exist.", "BoardDoesNotExistException")
    return project, team, board


def _boards(call: Call) -> Any:
    project, team = call.the_project(), call.team()
    if "id" not in call.path:
        return listed(
            [{"id": board.id, "url": _address(call, project, team, f"boards/{board.id}"), "name": board.name} for board in team.boards]
        )
    _, _, board = _board(call, "id")
    url = _address(call, project, team, f"boards/{board.id}")

    def field(name: str) -> dict[str, str]:
        reference = f"WEF_{board.id.replace('-', '').upper()}_{name}"
        return {"referenceName": reference, "url": f"{call.base}/_apis/wit/fields/{reference}"}

    return {
        "id": board.id,
        "url": url,
        "name": board.name,
        "revision": 1,
        "columns": [_column(team, board, column) for column in board.columns],
        "rows": [{"id": _DEFAULT_ROW}],
        "isValid": True,
        "canEdit": False,
        "fields": {
            "columnField": field("Kanban.Column"),
            "rowField": field("Kanban.Lane"),
            "doneField": field("Kanban.Column.Done"),
        },
        "_links": {"self": {"href": url}},
    }


def _columns(call: Call) -> Any:
    _, team, board = _board(call, "board")
    return listed([_column(team, board, column) for column in board.columns])


def _rows(call: Call) -> Any:
    _board(call, "board")
    return listed([{"id": _DEFAULT_ROW}])


def _field_reference(call: Call, reference: str) -> dict[str, str]:
    name = call.organisation.fields[reference].name
    return {"referenceName": reference, "name": name, "url": f"{call.base}/_apis/wit/fields/{reference}"}


def _level(call: Call, project: Project, level: Level) -> dict[str, Any]:
    types = [{"name": name, "url": f"{call.base}/{project.id}/_apis/wit/workItemTypes/{name}"} for name in level.types]
    return {
        "id": level.id,
        "name": level.name,
        "rank": level.rank,
        "workItemCountLimit": 1000,
        "addPanelFields": [_field_reference(call, "System.Title")],
        "columnFields": [{"columnFieldReference": _field_reference(call, "System.Title"), "width": 400}],
        "workItemTypes": types,
        "defaultWorkItemType": types[0],
        "color": level.color,
        "isHidden": False,
        "type": level.kind,
    }


def _backlog_configuration(call: Call) -> Any:
    project, team = call.the_project(), call.team()
    levels = {level.kind: _level(call, project, level) for level in project.process.levels}
    mapped = [
        {"workItemTypeName": kind.name, "states": {state.name: state.category for state in kind.states if state.category != "Removed"}}
        for kind in project.process.types.values()
    ]
    return {
        "taskBacklog": levels["task"],
        "requirementBacklog": levels["requirement"],
        "portfolioBacklogs": [_level(call, project, level) for level in project.process.levels if level.kind == "portfolio"],
        "workItemTypeMappedStates": mapped,
        "backlogFields": {"typeFields": _type_fields(project)},
        "bugsBehavior": "asRequirements",
        "hiddenBacklogs": [],
        "isBugsBehaviorConfigured": True,
        "url": _address(call, project, team, "backlogconfiguration"),
    }


def _type_fields(project: Project) -> dict[str, str]:
    return {
        "Order": "Microsoft.VSTS.Common.StackRank",
        "Effort": project.process.effort_field,
        "RemainingWork": "Microsoft.VSTS.Scheduling.RemainingWork",
    }


def _process_configuration(call: Call) -> Any:
    project = call.the_project()

    def category(level: Level) -> dict[str, Any]:
        types = [{"name": name, "url": f"{call.base}/{project.id}/_apis/wit/workItemTypes/{name}"} for name in level.types]
        return {"name": level.name, "referenceName": level.id, "workItemTypes": types}

    levels = {level.kind: category(level) for level in project.process.levels}
    return {
        "portfolioBacklogs": [category(level) for level in project.process.levels if level.kind == "portfolio"],
        "requirementBacklog": levels["requirement"],
        "taskBacklog": levels["task"],
        "typeFields": {name: _field_reference(call, reference) for name, reference in _type_fields(project).items()},
        "url": f"{call.base}/{project.id}/_apis/{_AREA}/processconfiguration",
    }


HANDLERS: Handlers = {
    ("GET", "c3c1012b-bea7-49d7-b45e-1664e566f84c"): _settings,
    ("GET", "c9175577-28a1-4b06-9197-8636af9f64ad"): _iterations,
    ("GET", "74412d15-8c1a-4352-a48d-ef1ed5587d57"): _capacities,
    ("GET", "1e385ce0-396b-4273-8171-d64562c18d37"): _iteration_capacities,
    ("GET", "07ced576-58ed-49e6-9c1e-5cb53ab8bf2a"): _field_values,
    ("GET", "23ad19fc-3b8e-4877-8462-b3f92bc06b40"): _boards,
    ("GET", "c555d7ff-84e1-47df-9923-a3fe0cd8751b"): _columns,
    ("GET", "0863355d-aefd-4d63-8669-984c9b7b0e78"): _rows,
    ("GET", "7799f497-3cb5-4f16-ad4f-5cd06012db64"): _backlog_configuration,
    ("GET", "f901ba42-86d2-4b0c-89c1-3f86d06daa84"): _process_configuration,
}
