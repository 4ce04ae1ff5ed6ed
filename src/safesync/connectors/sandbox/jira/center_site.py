"""What a Data Center says of itself, its projects and people, where it says it otherwise than Cloud."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from safesync.connectors.sandbox.jira import issue_view, metadata, rendering
from safesync.connectors.sandbox.jira.answers import Call, JiraError, PlainError, respond
from safesync.connectors.sandbox.jira.catalogue import PRIORITIES, READ_ONLY
from safesync.connectors.sandbox.jira.entities import Field, Permission, Project

TOKEN_LIFE = timedelta(days=90)


def server_info(call: Call) -> Response:
    """The version, the time and where it is reached; anybody is told."""
    version = call.site.edition
    shown = {
        "baseUrl": call.base,
        "version": version.text,
        "versionNumbers": list(version.version),
        "deploymentType": "DataCenter",
        "buildNumber": version.version[0] * 100_000 + version.version[1] * 1_000 + version.version[2],
        "buildDate": "2026-01-19T00:00:00.000+0000",
        "databaseBuildNumber": version.version[0] * 100_000,
        "serverTime": rendering.when(call, call.now),
        "scmInfo": "0" * 40,
        "serverTitle": call.site.title,
    }
    return respond(shown)


def myself(call: Call) -> Response:
    """The caller."""
    if call.user is None:
        raise PlainError(401, {"message": "Client must be authenticated to access this resource.", "status-code": 401})
    wrapped: dict[str, Any] = {"size": 1, "items": []}
    own = {"deleted": False, "locale": "en_US", "groups": wrapped, "applicationRoles": wrapped, "expand": "groups,applicationRoles"}
    return respond({**rendering.user(call, call.user), **own})


def my_permissions(call: Call) -> Response:
    """Everything that the caller may and may not do, in a project, for an issue, or anywhere."""
    places = metadata.asked_places(call)
    shown = {}
    for number, permission in enumerate(Permission, 10):
        shown[permission.value] = {
            "id": str(number),
            "key": permission.value,
            "name": permission.replace("_", " ").capitalize(),
            "type": "PROJECT",
            "description": "",
            "havePermission": any(call.site.may(call.user, permission, place) for place in places),
            "deprecatedKey": False,
        }
    return respond({"permissions": shown})


def projects(call: Call) -> Response:
    """The projects that the caller may browse, all at once; archived ones when asked for."""
    statuses = {"live", "archived"} if call.flag("includeArchived") else {"live"}
    found = [each for each in call.site.projects.values() if each.status in statuses and call.sees(each)]
    return respond([_project(call, each) for each in sorted(found, key=lambda each: each.name)])


def _project(call: Call, of: Project) -> dict[str, Any]:
    return {"expand": "description,lead,url,projectKeys", **rendering.project(call, of), "archived": of.status == "archived"}


def project(call: Call) -> Response:
    """One project, with its types and versions."""
    found = metadata.known_project(call, call.part("project"))
    more = {
        "description": "",
        "issueTypes": [rendering.issue_type(call, kind) for kind in call.site.types.values()],
        "versions": _versions(call, found),
        "components": [],
        "roles": {},
        "assigneeType": "UNASSIGNED",
    }
    return respond({**_project(call, found), **more})


def versions(call: Call) -> Response:
    """The versions of a project, all at once."""
    return respond(_versions(call, metadata.known_project(call, call.part("project"))))


def _versions(call: Call, of: Project) -> list[dict[str, Any]]:
    return [{**rendering.version(call, each), "projectId": of.id} for each in of.versions]


def components(call: Call) -> Response:
    """The components of a project: nobody at Meridian has any."""
    metadata.known_project(call, call.part("project"))
    return respond([])


def project_statuses(call: Call) -> Response:
    """The statuses of a project by type of issue; every type has the same workflow."""
    metadata.known_project(call, call.part("project"))
    statuses = [rendering.status(call, each) for each in call.site.statuses.values()]
    kinds = call.site.types.values()
    return respond(
        [
            {"self": f"{call.rest}/issuetype/{k.id}", "id": str(k.id), "name": k.name, "subtask": k.level < 0, "statuses": statuses}
            for k in kinds
        ]
    )


def priorities(call: Call) -> Response:
    """Every priority, the highest first."""
    return respond([{**issue_view.priority(call, name), "description": "", "statusColor": "#999999"} for name in PRIORITIES])


def resolutions(call: Call) -> Response:
    """Every resolution."""
    return respond([issue_view.resolution(call, cancelled=cancelled) for cancelled in (False, True)])


def categories(call: Call) -> Response:
    """The categories of statuses."""
    return respond([rendering.category(call, key) for key in ("new", "indeterminate", "done")])


def user(call: Call) -> Response:
    """Somebody, by name or key."""
    call.signed_in()
    name, key = call.text("username"), call.text("key")
    found = next((each for each in call.site.users.values() if name == each.username or key == each.account_id), None)
    if found is None:
        raise JiraError(404, f"The user named '{name or key}' does not exist")
    return respond({**rendering.user(call, found), "deleted": False, "locale": "en_US"})


def configuration(call: Call) -> Response:
    """Which optional parts are switched on."""
    call.signed_in()
    on = ("votingEnabled", "watchingEnabled", "subTasksEnabled", "issueLinkingEnabled", "attachmentsEnabled")
    hours = {"workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute"}
    return respond(
        {**dict.fromkeys(on, True), "timeTrackingEnabled": True, "timeTrackingConfiguration": hours, "unassignedIssuesAllowed": True}
    )


def tokens(call: Call) -> Response:
    """The caller's personal access tokens, never the secrets: the one that was used, and when it ends."""
    me = call.signed_in()
    made = call.now - timedelta(days=30)
    return respond(
        [
            {
                "id": 1,
                "name": f"{me.name} on this machine",
                "createdAt": rendering.when(call, made),
                "expiringAt": rendering.when(call, made + TOKEN_LIFE),
                "lastAccessedAt": rendering.when(call, call.now),
            }
        ]
    )


def create_types(call: Call) -> Response:
    """The types of issue that can be created in a project."""
    _creatable(call)
    kinds = [rendering.issue_type(call, kind) for kind in call.site.types.values()]
    return metadata.page(call, call.path, kinds, most=200)


def create_fields(call: Call) -> Response:
    """The fields that can be set when an issue of a type is created."""
    _creatable(call)
    kind = call.site.types.get(int(call.part("kind"))) if call.part("kind").isdecimal() else None
    if kind is None:
        raise JiraError(400, f"Issue type with id '{call.part('kind')}' does not exist.")
    above = {"parent"} if kind.level >= 0 else set()
    offered = [field for field in call.site.fields.values() if field.id not in READ_ONLY | above | {"comment", "creator"}]
    return metadata.page(call, call.path, [_creatable_field(call, field) for field in offered], most=200)


def _creatable(call: Call) -> Project:
    try:
        found = call.site.project(call.part("project"))
    except StopIteration:
        found = None
    if found is None or not call.site.may(call.user, Permission.CREATE, found):
        raise JiraError(400, "The project was not found, or you may not create issues in it.")
    return found


def _creatable_field(call: Call, of: Field) -> dict[str, Any]:
    shown = {
        "required": of.id in {"summary", "issuetype", "project"},
        "schema": rendering.schema(of),
        "name": of.name,
        "fieldId": of.id,
        "autoCompleteUrl": None,
        "hasDefaultValue": of.id == "priority",
        "operations": ["add", "set", "remove"] if of.items else ["set"],
    }
    options = call.site.options.get(of.id)
    offered = [issue_view.option(call, each) for each in options] if options else None
    shown["allowedValues"] = offered
    return {name: value for name, value in shown.items() if value is not None}
