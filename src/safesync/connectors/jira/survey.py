"""Reads what must be known of a site before its issues mean anything: a constant number of calls, plus two a board."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.jira.fields import locate
from safesync.connectors.jira.listing import listed
from safesync.connectors.jira.metadata import Board, Column, IssueType, Metadata, Release, Status
from safesync.connectors.jira.values import Sprint, day, level, number, sprint
from safesync.connectors.lanes import side_by_side
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.connectors.patience import GivenUpError
from safesync.connectors.port import Scope
from safesync.model.errors import RunError


def survey(client: JiraClient, scope: Scope, mapping: TrackerMapping, *, lanes: int = 1) -> Metadata:
    """Everything around the issues in scope; ``lanes`` calls at a time."""
    calls: list[Callable[[], Any]] = [partial(_all, client, path) for path in ("field", "status", "issuetype")]
    calls += [partial(_boards_in, client, scope), *(partial(_releases, client, project) for project in scope.projects)]
    fields, statuses, types, (found, barred), *releases = side_by_side(calls, lanes)
    boards, sprints, failing = _boards(client, found or [], lanes)
    return Metadata(
        located=locate(mapping, fields, cloud=client.site.cloud),
        statuses={str(one["id"]): _status(one) for one in statuses},
        types={str(one["id"]): _type(one) for one in types},
        sprints=sprints,
        boards=boards,
        boards_seen=found is not None,
        boards_barred=barred,
        failing=failing,
        releases=tuple(one for of_project in releases for one in of_project),
    )


def _all(client: JiraClient, path: str) -> list[dict[str, Any]]:
    """A list that no site has empty: read with it, every item would be of no kind and every finding over."""
    listed = client.read("GET", path)
    if not isinstance(listed, list) or not listed:
        raise RunError(f"Jira shows us not a single {path}. Check that our account may use Jira there; nothing is believed.")
    return listed


def _status(one: dict[str, Any]) -> Status:
    return Status(str(one["name"]), str((one.get("statusCategory") or {}).get("key") or "undefined"), one.get("untranslatedName"))


def _type(one: dict[str, Any]) -> IssueType:
    return IssueType(str(one["name"]), level(one), one.get("untranslatedName"))


def _boards_in(client: JiraClient, scope: Scope) -> tuple[list[dict[str, Any]] | None, str]:
    """
    The boards of the projects in scope, each once; ``None`` where Jira does not show them, such as without a licence.

    ``None`` with a sentence where it was not Jira that said so, or where it fails at them: that may be over the next time.
    """
    try:
        found = {one["id"]: one for project in scope.projects for one in listed(client, "board", {"projectKeyOrId": project}, agile=True)}
    except RefusedError:
        return None, ""
    except GivenUpError as error:
        return None, str(error)
    return list(found.values()), ""


def _boards(client: JiraClient, found: list[dict[str, Any]], lanes: int) -> tuple[tuple[Board, ...], dict[str, Sprint], tuple[str, ...]]:
    """The boards that we may see, their sprints, and the names of those at which Jira fails."""
    boards = [*side_by_side([partial(_board, client, one) for one in found], lanes)]
    shown = tuple(board for board in boards if board is not None)
    planned = [one for one in found if one.get("type") != "kanban"]
    told = list(side_by_side([partial(_sprints, client, one["id"]) for one in planned], lanes))
    unplanned = [str(one.get("name")) for one, sprints in zip(planned, told, strict=True) if sprints is None]
    failing = dict.fromkeys((*(board.name for board in shown if not board.told), *unplanned))
    return shown, {one.sprint_id: one for sprints in told for one in sprints or ()}, tuple(failing)


def _board(client: JiraClient, one: dict[str, Any]) -> Board | None:
    try:
        shown = client.read("GET", f"board/{one['id']}/configuration", agile=True)
    except RefusedError:
        return None  # somebody's private board: nothing of a team's
    except GivenUpError:  # such as one whose filter is broken: it must not cost the whole site
        return Board(str(one.get("name")), (), str(one["id"]), told=False)
    columns = (shown.get("columnConfig") or {}).get("columns") or ()
    return Board(str(one.get("name") or shown.get("name")), tuple(_column(each) for each in columns), str(one["id"]))


def _column(one: dict[str, Any]) -> Column:
    limit = number(one.get("max"))
    return Column(str(one["name"]), None if limit is None else int(limit), tuple(str(state["id"]) for state in one.get("statuses") or ()))


def _sprints(client: JiraClient, board_id: object) -> list[Sprint] | None:
    """``None`` when Jira fails at it."""
    try:
        return [_planned(one) for one in listed(client, f"board/{board_id}/sprint", {}, agile=True)]
    except RefusedError:
        return []  # a board without sprints answers 400
    except GivenUpError:
        return None


def _releases(client: JiraClient, project: str) -> list[Release]:
    if client.site.cloud:
        shown = list(listed(client, f"project/{project}/version", {}))
    else:
        shown = client.read("GET", f"project/{project}/versions")  # all at once
    return [Release(str(one["name"]), _day(one.get("startDate")), _day(one.get("releaseDate"))) for one in shown]


def _planned(shown: dict[str, Any]) -> Sprint:
    try:
        return sprint(shown)
    except ValueError:  # a slip in a date, such as the year 20222, must not cost the whole site
        return sprint({**shown, "startDate": None, "endDate": None})


def _day(shown: object) -> date | None:
    try:
        return day(shown)
    except ValueError:
        return None
