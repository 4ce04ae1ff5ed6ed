"""The organisation itself: who asks, which projects and teams there are."""

from __future__ import annotations

from typing import Any

from safesync.connectors.sandbox.azure.call import Answer, Call, Handlers, listed
from safesync.connectors.sandbox.azure.locations import RESOURCE_AREAS
from safesync.connectors.sandbox.azure.people import Person, stable_id
from safesync.connectors.sandbox.azure.refusal import Refusal
from safesync.connectors.sandbox.azure.shapes import wire_time
from safesync.connectors.sandbox.azure.teams import Project, Team


def _resource_areas(call: Call) -> Any:
    if not call.organisation.edition.hosted:
        return listed([])
    areas = [{"id": area, "name": name, "locationUrl": call.base + "/"} for area, name in RESOURCE_AREAS.items()]
    wanted = call.path.get("areaId")
    if wanted is None:
        return listed(areas)
    return next((area for area in areas if area["id"] == wanted.lower()), None)


def _connection(call: Call) -> Any:
    user = _identity(call.person)
    return {
        "authenticatedUser": user,
        "authorizedUser": user,
        "instanceId": stable_id("instance", call.organisation.name),
        "deploymentId": stable_id("deployment"),
        "deploymentType": "hosted" if call.organisation.edition.hosted else "onPremises",
        "locationServiceData": {
            "serviceOwner": "00025394-6065-48ca-87d9-7f5672854ef7",
            "defaultAccessMappingMoniker": "HostGuidAccessMapping",
            "lastChangeId": 1,
            "lastChangeId64": 1,
        },
    }


def _identity(person: Person) -> dict[str, Any]:
    account = {"$type": "System.String", "$value": person.account}
    claims = (
        "Microsoft.IdentityModel.Claims.ClaimsIdentity" if person.account == person.email else "System.Security.Principal.WindowsIdentity"
    )
    return {
        "id": person.id,
        "descriptor": f"{claims};{person.account}",
        "subjectDescriptor": person.reference("")["descriptor"],
        "providerDisplayName": person.name,
        "isActive": True,
        "properties": {"Account": account},
        "resourceVersion": 2,
        "metaTypeId": 0,
    }


def _reference(call: Call, project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "url": f"{call.base}/_apis/projects/{project.id}",
        "state": "wellFormed",
        "revision": 12,
        "visibility": "private",
        "lastUpdateTime": wire_time(project.created),
    }


def _projects(call: Call) -> Any:
    name = call.path.get("projectId")
    if name is not None:
        return _project(call, call.organisation.project(name))
    readable = [project for project in call.organisation.projects.values() if project.permissions.read]
    skip = call.number("continuationToken", call.number("$skip", 0))
    top = call.number("$top", 100)
    more = {"X-MS-ContinuationToken": str(skip + top)} if skip + top < len(readable) else {}
    return Answer(listed([_reference(call, project) for project in readable[skip : skip + top]]), headers=more)


def _project(call: Call, project: Project) -> dict[str, Any]:
    body = _reference(call, project)
    if call.truth("includeCapabilities"):
        body["capabilities"] = {
            "processTemplate": {"templateName": project.process.name, "templateTypeId": project.process.id},
            "versioncontrol": {"sourceControlType": "Git", "gitEnabled": "True", "tfvcEnabled": "False"},
        }
    body["_links"] = {"self": {"href": body["url"]}, "web": {"href": f"{call.base}/{project.name}"}}
    if project.teams:
        team = project.teams[0]
        body["defaultTeam"] = {"id": team.id, "name": team.name, "url": f"{body['url']}/teams/{team.id}"}
    return body


def _team(call: Call, project: Project, team: Team) -> dict[str, Any]:
    return {
        "id": team.id,
        "name": team.name,
        "url": f"{call.base}/_apis/projects/{project.id}/teams/{team.id}",
        "description": "",
        "identityUrl": f"{call.base}/_apis/Identities/{team.id}",
        "projectName": project.name,
        "projectId": project.id,
    }


def _teams(call: Call) -> Any:
    project = call.the_project()
    if "teamId" in call.path:
        return _team(call, project, call.team())
    skip, top = call.number("$skip", 0), call.number("$top", 100)
    return listed([_team(call, project, team) for team in project.teams[skip : skip + top]])


def _all_teams(call: Call) -> Any:
    projects = [project for project in call.organisation.projects.values() if project.permissions.read]
    teams = [_team(call, project, team) for project in projects for team in project.teams]
    skip, top = call.number("$skip", 0), call.number("$top", 100)
    return listed(teams[skip : skip + top])


def _members(call: Call) -> Any:
    people = call.team().members
    return listed([{"isTeamAdmin": index == 0, "identity": person.reference(call.base)} for index, person in enumerate(people)])


def _processes(call: Call) -> Any:
    found = {project.process.id: project.process for project in call.organisation.projects.values()}
    shapes = [
        {"id": process.id, "name": process.name, "type": "system", "isDefault": True, "description": ""}
        | {"url": f"{call.base}/_apis/process/processes/{process.id}"}
        for process in found.values()
    ]
    wanted = call.path.get("processId")
    if wanted is None:
        return listed(shapes)
    one = next((shape for shape in shapes if shape["id"] == wanted.lower()), None)
    if one is None:
        raise Refusal(404, f"VS402362: Process with template id {wanted} does not exist.", "ProcessNotFoundException")
    return one


HANDLERS: Handlers = {
    ("GET", "e81700f7-3be2-46de-8624-2eb35882fcaa"): _resource_areas,
    ("GET", "00d9565f-ed9c-4a06-9a50-00e7896ccab4"): _connection,
    ("GET", "603fe2ac-9723-48b9-88ad-09305aa6c6e1"): _projects,
    ("GET", "d30a3dd1-f8ba-442a-b86a-bd0c0c383e59"): _teams,
    ("GET", "7a4d9ee9-3433-4347-b47a-7a80f1cf307e"): _all_teams,
    ("GET", "294c494c-2600-4d7e-b76c-3dd50c3c95be"): _members,
    ("GET", "93878975-88c5-4e6a-8abb-7ddd77a8a7d8"): _processes,
}
