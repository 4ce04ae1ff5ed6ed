"""What a site says of itself: types, states, fields, paths, teams and boards. Asked for in a full read, and when a word is new."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import structlog

from safesync.connectors.azure.answers import RefusedError, TokenRefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.context import BESIDE_REVISIONS, VALUE_AREA, Metadata, TypeKnowledge, chosen, type_key
from safesync.connectors.azure.documents import (
    Boards,
    Capacities,
    Columns,
    Field,
    Fields,
    Node,
    State,
    States,
    TeamAreas,
    WebTeam,
    WebTeams,
    WorkItemType,
    WorkItemTypes,
)
from safesync.connectors.azure.resources import (
    BOARD_COLUMNS,
    BOARDS,
    CAPACITIES,
    FIELDS,
    NODES,
    TEAM_AREAS,
    TEAMS,
    TYPE_STATES,
    TYPES,
)
from safesync.connectors.azure.timeboxes import Spot, intervals, is_iteration, iterations, spots
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import GivenUpError
from safesync.connectors.port import Surroundings
from safesync.model.organisation import BoardColumn, Team

_DEEPEST = 14
_TEAMS_PAGE = 200
_HIDDEN = {403, 404}
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Site:
    """What translating needs, and what stands around the items."""

    metadata: Metadata
    surroundings: Surroundings
    hidden: tuple[str, ...] = ()
    """Projects that were asked for and are not shown to us."""
    untold: tuple[str, ...] = ()
    """What Azure DevOps, or something on the way to it, failed to tell of teams: sentences for the administrator."""


@dataclass(frozen=True, slots=True)
class _Boardroom:
    """A team with the areas it owns and the columns of its boards, by board."""

    name: str
    default_area: str
    areas: frozenset[str]
    boards: tuple[Columns, ...]
    members: int | None = None


@dataclass(slots=True)
class _Gathered:
    """What was read of one project after the other."""

    projects: list[str] = field(default_factory=list)
    types: list[tuple[str, WorkItemType]] = field(default_factory=list)
    fields: dict[str, Field] = field(default_factory=dict)
    areas: list[Spot] = field(default_factory=list)
    planned: list[Spot] = field(default_factory=list)
    rooms: list[_Boardroom] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)

    def miss(self, project: str, whose: str, error: GivenUpError) -> None:
        """What a team has was not told, this time."""
        _log.warning("team.untold", project=project, team=whose, reason=str(error))
        self.untold.append(f"{error} What was known of {whose} in {project} stays.")


def read_site(client: AzureClient, tracker: str, projects: Iterable[str], mapping: Mapping, today: date | None = None) -> Site:
    """
    All of it, project by project: five calls a project, and for each team two and one a board.

    With ``today`` one more a team, for how many people it has in the project's present iteration. A project that is hidden from
    us, since a moment ago it may be, is told and left out; ``RefusedError`` when none is left.
    """
    gathered = _Gathered()
    hidden: dict[str, RefusedError] = {}
    pattern = re.compile(mapping.interval_pattern) if mapping.interval_pattern else None
    for project in projects:
        try:
            _read_project(client, project, gathered, pattern, today)
        except RefusedError as refused:
            if refused.status not in _HIDDEN:
                raise
            hidden[project] = refused
    if hidden and not gathered.projects:
        raise next(iter(hidden.values()))
    around = _surroundings(gathered, tracker, mapping, pattern)
    return Site(_metadata(gathered, mapping, pattern), around, tuple(hidden), tuple(gathered.untold))


def read_nodes(client: AzureClient, project: str, group: str, depth: int = _DEEPEST) -> Node:
    """The root node of a project's ``areas`` or ``iterations``, with what stands below it."""
    return client.read(NODES, Node, route={"project": project, "structureGroup": group}, query={"$depth": depth})


def _read_project(client: AzureClient, name: str, gathered: _Gathered, pattern: re.Pattern[str] | None, today: date | None) -> None:
    # The root area is named like its project, and may be read by a token that may ask for nothing but work items.
    areas = read_nodes(client, name, "areas")
    project = areas.name
    types = [(project, _with_states(client, project, each)) for each in client.read(TYPES, WorkItemTypes, route={"project": project}).value]
    fields = client.read(FIELDS, Fields, route={"project": project}).value
    planned = [*spots(read_nodes(client, project, "iterations"))]
    present = _present(planned, pattern, today) if today else None
    rooms = [_room(client, project, team, present, gathered) for team in _teams(client, project, gathered)]
    gathered.projects.append(project)
    gathered.types += types
    gathered.fields |= {each.reference_name: each for each in fields}
    gathered.areas += spots(areas)
    gathered.planned += planned
    gathered.rooms += (room for room in rooms if room is not None)


def _present(planned: Iterable[Spot], pattern: re.Pattern[str] | None, today: date) -> Spot | None:
    """The iteration that runs today; that of most teams, where several do, is not known from here."""
    running = (spot for spot in planned if spot.starts_on and spot.ends_on and spot.starts_on <= today <= spot.ends_on)
    return next((spot for spot in running if spot.identifier and is_iteration(spot, pattern)), None)


def _with_states(client: AzureClient, project: str, each: WorkItemType) -> WorkItemType:
    """The type as it came, or with its states asked for one by one, on a server that leaves them out."""
    if each.states is not None:
        return each
    states = client.read(TYPE_STATES, States, route={"project": project, "type": each.name}).value
    return WorkItemType(each.name, each.reference_name, states, each.field_instances, each.fields)


def _teams(client: AzureClient, project: str, gathered: _Gathered) -> Iterator[WebTeam]:
    """All teams of a project, none where we may not know them: then its columns are not judged."""
    seen = 0
    while True:
        query = {"$top": _TEAMS_PAGE, "$skip": seen}
        try:
            page = client.read(TEAMS, WebTeams, route={"projectId": project}, query=query).value
        except (RefusedError, TokenRefusedError) as refused:
            _log.warning("teams.refused", project=project, reason=str(refused))
            return
        except GivenUpError as error:
            gathered.miss(project, "its teams", error)
            return
        yield from page
        seen += len(page)
        if len(page) < _TEAMS_PAGE:
            return


def _room(client: AzureClient, project: str, team: WebTeam, present: Spot | None, gathered: _Gathered) -> _Boardroom | None:
    """
    What the team owns and looks at; ``None`` where Azure DevOps fails at it.

    A team that is refused to us has no boards: its columns are not judged, and the rest of the organisation is read all the same.
    """
    route = {"project": project, "team": team.id}
    try:
        areas = client.read(TEAM_AREAS, TeamAreas, route=route)
        boards = client.read(BOARDS, Boards, route=route).value if areas.values else ()
        columns = tuple(client.read(BOARD_COLUMNS, Columns, route=route | {"board": board.id}) for board in boards)
    except (RefusedError, TokenRefusedError) as refused:
        _log.warning("team.refused", project=project, team=team.name, reason=str(refused))
        return _Boardroom(team.name, "", frozenset(), ())
    except GivenUpError as error:
        gathered.miss(project, f"the team {team.name}", error)
        return None
    members = _head_count(client, route, present) if areas.values and present else None
    return _Boardroom(team.name, areas.default_value or "", frozenset(area.value for area in areas.values), columns, members)


def _head_count(client: AzureClient, route: dict[str, str], present: Spot) -> int | None:
    """How many people have capacity for the team in the present iteration; ``None`` where nobody planned any, or we may not know."""
    try:
        planned = client.read(CAPACITIES, Capacities, route=route | {"iterationId": present.identifier})
    except (RefusedError, TokenRefusedError, GivenUpError):
        return None
    return len(planned.value if planned.team_members is None else planned.team_members) or None


def _metadata(gathered: _Gathered, mapping: Mapping, pattern: re.Pattern[str] | None) -> Metadata:
    choices = chosen(mapping, {reference: each.name for reference, each in gathered.fields.items()})
    looked_at = frozenset(reference for places in choices.values() for reference in places)
    return Metadata(
        projects=tuple(gathered.projects),
        types={
            type_key(project, each.name): _knowledge(each, looked_at | {VALUE_AREA, *BESIDE_REVISIONS}) for project, each in gathered.types
        },
        choices=choices,
        formats={reference: gathered.fields[reference].type or "" for reference in sorted(looked_at)},
        iterations=frozenset(spot.path.lower() for spot in gathered.planned if is_iteration(spot, pattern)),
        paths=frozenset(spot.path.lower() for spot in (*gathered.areas, *gathered.planned)),
        owners=_owners(gathered.rooms, mapping),
    )


def _knowledge(each: WorkItemType, looked_at: frozenset[str]) -> TypeKnowledge:
    uses = None if each.field_instances is None and each.fields is None else (*(each.field_instances or ()), *(each.fields or ()))
    fields = None if uses is None else frozenset(use.reference_name for use in uses if use.reference_name in looked_at)
    states: tuple[State, ...] = each.states or ()
    return TypeKnowledge(each.reference_name, {state.name.lower(): state.category or "" for state in states}, fields)


def _owners(rooms: Iterable[_Boardroom], mapping: Mapping) -> dict[str, str]:
    """Whose each train's own area node is, where one team alone owns it."""
    owners: dict[str, set[str]] = {}
    for room in rooms:
        for area in room.areas:
            if area.count("\\") == mapping.train_depth:
                owners.setdefault(area.lower(), set()).add(room.name)
    return {area: next(iter(names)) for area, names in owners.items() if len(names) == 1}


def _surroundings(gathered: _Gathered, tracker: str, mapping: Mapping, pattern: re.Pattern[str] | None) -> Surroundings:
    teams = {_label(room, mapping): Team(_label(room, mapping), _train(room, mapping), room.members) for room in gathered.rooms}
    return Surroundings(
        iterations=iterations(tracker, gathered.planned, mapping, pattern),
        intervals=intervals(gathered.planned, pattern),
        columns=tuple(column for room in gathered.rooms for column in _columns(room, tracker, mapping)),
        teams=tuple(teams.values()),
        whole=not gathered.untold,
    )


def _label(room: _Boardroom, mapping: Mapping) -> str:
    """What items of the team call it: the area node at the team's depth, else (the team of a whole train) its own name."""
    nodes = room.default_area.split("\\")
    return nodes[mapping.team_depth] if len(nodes) > mapping.team_depth else room.name


def _train(room: _Boardroom, mapping: Mapping) -> str | None:
    nodes = room.default_area.split("\\")
    return nodes[mapping.train_depth] if room.default_area and len(nodes) > mapping.train_depth else None


def _columns(room: _Boardroom, tracker: str, mapping: Mapping) -> Iterator[BoardColumn]:
    """
    The columns of all the team's boards, each name once.

    An item tells the name of its column, not the board: columns of one name on several boards (features, stories) are one, whose
    limit is the sum of theirs, and none when any has none.
    """
    merged: dict[str, BoardColumn] = {}
    for board in room.boards:
        for column in board.value:
            limit, before = column.item_limit or None, merged.get(column.name)
            active = column.column_type == "inProgress"
            if before is not None:
                limit = None if limit is None or before.limit is None else limit + before.limit
                active = active or before.active
            merged[column.name] = BoardColumn(tracker, _label(room, mapping), column.name, limit, active)
    yield from merged.values()
