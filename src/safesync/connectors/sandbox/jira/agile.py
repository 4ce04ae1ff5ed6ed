"""Boards and sprints. On Cloud the issue listings of boards and sprints are deprecated and not here: JQL finds issues."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from safesync.connectors.sandbox.jira import center_search, rendering
from safesync.connectors.sandbox.jira.answers import Call, Endpoint, JiraError, respond
from safesync.connectors.sandbox.jira.catalogue import RANK, SPRINT
from safesync.connectors.sandbox.jira.entities import Board, Column, Sprint

_NO_BOARD = "The requested board cannot be viewed because it either does not exist or you do not have permission to view it."
_POINTS = "customfield_10016"


def boards(call: Call) -> Response:
    """The boards of projects that the caller may browse."""
    project, kind, name = call.text("projectKeyOrId"), call.text("type"), call.text("name").casefold()
    if project and not any(project in {each.key, str(each.id)} and call.sees(each) for each in call.site.projects.values()):
        raise JiraError(400, f"No project could be found with key or id '{project}'.")
    found = [
        board
        for board in call.site.boards.values()
        if call.sees(board.project)
        and project in {"", board.project.key, str(board.project.id)}
        and kind in {"", board.kind}
        and name in board.name.casefold()
    ]
    return _agile_page(call, [rendering.board(call, board) for board in found])


def _agile_page(call: Call, values: list[dict[str, Any]], *, total: bool = True) -> Response:
    start, most = max(0, call.number("startAt", 0)), min(max(1, call.number("maxResults", 50)), 50)
    shown: dict[str, Any] = {
        "maxResults": most,
        "startAt": start,
        "isLast": start + most >= len(values),
        "values": values[start : start + most],
    }
    if total:
        shown["total"] = len(values)
    return respond(shown)


def _board(call: Call) -> Board:
    number = call.part("board")
    board = call.site.boards.get(int(number)) if number.isdecimal() else None
    if board is None or not call.sees(board.project):
        raise JiraError(404, _NO_BOARD)
    return board


def configuration(call: Call) -> Response:
    """The columns of a board with their limits, and the field that estimates stand in."""
    board = _board(call)
    shown = {
        "id": board.id,
        "name": board.name,
        "type": board.kind,
        "self": f"{call.base}/rest/agile/1.0/board/{board.id}/configuration",
        **({"location": _location(call, board)} if call.cloud else {}),
        "filter": {"id": str(10000 + board.id), "self": f"{call.base}/rest/api/2/filter/{10000 + board.id}"},
        "columnConfig": {"columns": [_column(call, column) for column in board.columns], "constraintType": "issueCount"},
        "ranking": {"rankCustomFieldId": int(RANK.removeprefix("customfield_"))},
    }
    if board.kind == "scrum":
        shown["estimation"] = {"type": "field", "field": {"fieldId": _POINTS, "displayName": call.site.fields[_POINTS].name}}
    return respond(shown)


def _location(call: Call, board: Board) -> dict[str, Any]:
    where = board.project
    address = f"{call.base}/rest/api/2/project/{where.id}"
    return {"type": "project", "key": where.key, "id": str(where.id), "self": address, "name": where.name}


def _column(call: Call, column: Column) -> dict[str, Any]:
    ids = [call.site.status(name).id for name in column.statuses]
    statuses = [{"id": str(number), "self": f"{call.base}/rest/api/2/status/{number}"} for number in ids]
    shown = {"name": column.name, "statuses": statuses, "min": column.min, "max": column.max}
    return {name: value for name, value in shown.items() if value is not None}


def sprints(call: Call) -> Response:
    """The sprints of a scrum board; a kanban board has none, and says so."""
    board, states = _board(call), call.listed("state")
    if board.kind != "scrum":
        raise JiraError(400, "The board does not support sprints")
    order = ["closed", "active", "future"]
    found = [each for each in call.site.sprints.values() if each.board is board and (not states or each.state in states)]
    return _agile_page(call, [_sprint(call, each) for each in sorted(found, key=lambda each: (order.index(each.state), each.id))])


def sprint(call: Call) -> Response:
    """One sprint."""
    return respond(_sprint(call, _known_sprint(call)))


def _known_sprint(call: Call) -> Sprint:
    number = call.part("sprint")
    found = call.site.sprints.get(int(number)) if number.isdecimal() else None
    if found is None or not call.sees(found.board.project):
        raise JiraError(404, "Sprint does not exist")
    return found


def board(call: Call) -> Response:
    """One board."""
    return respond(rendering.board(call, _board(call)))


def board_issues(call: Call) -> Response:
    """The issues of a board's project that stand in one of its columns; on a Data Center, where this is not deprecated."""
    of = _board(call)
    shown = {name for column in of.columns for name in column.statuses}
    return center_search.inside(call, lambda issue: issue.project is of.project and issue.status.name in shown)


def sprint_issues(call: Call) -> Response:
    """The issues of a sprint; on a Data Center, where this is not deprecated."""
    of = _known_sprint(call)
    return center_search.inside(call, lambda issue: of in (issue.values.get(SPRINT) or ()))


def _sprint(call: Call, of: Sprint) -> dict[str, Any]:
    shown = rendering.sprint(of)
    del shown["boardId"]
    return {**shown, "self": f"{call.base}/rest/agile/1.0/sprint/{of.id}", "originBoardId": of.board.id}


_API = "/rest/agile/1.0"
ENDPOINTS = (
    Endpoint("GET", f"{_API}/board", boards),
    Endpoint("GET", f"{_API}/board/{{board}}/configuration", configuration),
    Endpoint("GET", f"{_API}/board/{{board}}/sprint", sprints),
    Endpoint("GET", f"{_API}/sprint/{{sprint}}", sprint),
)
DATA_CENTER = (
    *ENDPOINTS,
    Endpoint("GET", f"{_API}/board/{{board}}", board),
    Endpoint("GET", f"{_API}/board/{{board}}/issue", board_issues),
    Endpoint("GET", f"{_API}/sprint/{{sprint}}/issue", sprint_issues),
)
