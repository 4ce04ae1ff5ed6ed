"""The site itself: who one is and what one may do, projects, fields, statuses and types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from safesync.connectors.sandbox.jira import rendering
from safesync.connectors.sandbox.jira.answers import Call, Endpoint, JiraError, PlainError, nothing, respond
from safesync.connectors.sandbox.jira.bodies import AskedPermissions, PermissionCheck, PermittedProjects
from safesync.connectors.sandbox.jira.catalogue import HIDDEN
from safesync.connectors.sandbox.jira.entities import Field, Permission, Project

_NO_PROJECT = "No project could be found with key '{}'."


def server_info(call: Call) -> Response:
    """What kind of Jira this is; an anonymous caller is not told the time."""
    shown = {
        "baseUrl": call.base,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100287,
        "buildDate": "2026-11-02T05:12:31.000+0000",
        "serverTime": rendering.when(call, call.now),
        "scmInfo": "0" * 40,
        "serverTitle": call.site.title,
    }
    if call.user is None:
        del shown["serverTime"]
    return respond(shown)


def myself(call: Call) -> Response:
    """The caller; the one place where a failed sign-in is said."""
    me = call.signed_in()
    own = {"emailAddress": me.email, "locale": "en_US", "groups": {"size": 0, "items": []}, "applicationRoles": {"size": 0, "items": []}}
    return respond({**rendering.user(call, me), **own, "expand": "groups,applicationRoles"})


def my_permissions(call: Call) -> Response:
    """Whether the caller may do what was asked for, in a project or in any."""
    asked = call.listed("permissions")
    if not asked:
        raise JiraError(400, "The 'permissions' query parameter is required.")
    unknown = [name for name in asked if name not in Permission.__members__.values()]
    if unknown:
        raise JiraError(400, f"Unrecognized permission(s): {', '.join(unknown)}")
    places = asked_places(call)
    shown = {}
    for name in asked:
        permission = Permission(name)
        shown[name] = {
            "id": str(10 + list(Permission).index(permission)),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "PROJECT",
            "description": "",
            "havePermission": any(call.site.may(call.user, permission, place) for place in places),
        }
    return respond({"permissions": shown})


def asked_places(call: Call) -> list[Project]:
    """Where permissions are asked for."""
    if known := call.text("projectKey") or call.text("projectId"):
        return [known_project(call, known)]
    if known := call.text("issueKey") or call.text("issueId"):
        return [call.issue(known).project]
    return list(call.site.projects.values())


def check_permissions(call: Call) -> Response:
    """In which of the projects and issues asked about the caller has each permission."""
    body = call.body(PermissionCheck)
    granted = [_granted(call, name, asked) for asked in body.project_permissions for name in asked.permissions]
    return respond({"globalPermissions": [], "projectPermissions": granted})


def _granted(call: Call, name: str, asked: AskedPermissions) -> dict[str, Any]:
    if name not in Permission.__members__.values():
        raise JiraError(400, f"Unrecognized permission: {name}")
    permission, site = Permission(name), call.site
    projects = [number for number in asked.projects if number in site.projects and site.may(call.user, permission, site.projects[number])]
    issues = [number for number in asked.issues if number in site.issues and call.may(permission, site.issues[number])]
    return {"permission": name, "projects": projects, "issues": issues}


def permitted_projects(call: Call) -> Response:
    """The projects where the caller has every one of the permissions."""
    asked = call.body(PermittedProjects).permissions
    if unknown := [name for name in asked if name not in Permission.__members__.values()]:
        raise JiraError(400, f"Unrecognized permission(s): {', '.join(unknown)}")
    wanted = [Permission(name) for name in asked]
    found = [each for each in call.site.projects.values() if all(call.site.may(call.user, one, each) for one in wanted)]
    return respond({"projects": [{"id": each.id, "key": each.key} for each in found]})


def known_project(call: Call, known: str) -> Project:
    """A project that the caller may browse."""
    try:
        found = call.site.project(known)
    except StopIteration:
        raise JiraError(404, _NO_PROJECT.format(known)) from None
    if not call.sees(found):
        raise JiraError(404, _NO_PROJECT.format(known))
    return found


def page(call: Call, path: str, values: Sequence[Any], size: int = 50, most: int = 100) -> Response:
    """A page with ``startAt``, as the older endpoints have it; the size is clamped silently."""
    start, most = max(0, call.number("startAt", 0)), min(max(1, call.number("maxResults", size)), most)
    shown = {
        "self": f"{call.base}{path}?startAt={start}&maxResults={most}",
        "maxResults": most,
        "startAt": start,
        "total": len(values),
        "isLast": start + most >= len(values),
        "values": values[start : start + most],
    }
    if not shown["isLast"]:
        shown["nextPage"] = f"{call.base}{path}?startAt={start + most}&maxResults={most}"
    return respond(shown)


def search_projects(call: Call) -> Response:
    """The projects that the caller may browse; none to an anonymous one."""
    statuses = call.listed("status") or ["live"]
    keys, ids = call.request.query_params.getlist("keys"), call.request.query_params.getlist("id")
    found = [
        project
        for project in sorted(call.site.projects.values(), key=lambda each: each.key)
        if call.sees(project) and project.status in statuses and (not keys or project.key in keys) and (not ids or str(project.id) in ids)
    ]
    shown = [{**rendering.project(call, each), "expand": "description,lead", "style": "classic", "isPrivate": False} for each in found]
    return page(call, f"{call.site.edition.api}/project/search", shown)


def project(call: Call) -> Response:
    """One project, with its types and versions."""
    found = known_project(call, call.part("project"))
    more = {
        "description": "",
        "issueTypes": [rendering.issue_type(call, kind) for kind in call.site.types.values()],
        "versions": [{**rendering.version(call, each), "projectId": found.id} for each in found.versions],
        "assigneeType": "UNASSIGNED",
        "style": "classic",
        "isPrivate": False,
        "archived": found.status == "archived",
    }
    return respond({**rendering.project(call, found), **more})


def versions(call: Call) -> Response:
    """The versions of a project; ``status`` may ask for released, unreleased or archived ones."""
    found = known_project(call, call.part("project"))
    asked = call.listed("status")
    shown = [
        {**rendering.version(call, each), "projectId": found.id}
        for each in found.versions
        if not asked or ("archived" if each.archived else "released" if each.released else "unreleased") in asked
    ]
    return page(call, f"{call.site.edition.api}/project/{found.id}/version", shown)


def fields(call: Call) -> Response:
    """Every field, in no order, all at once; an anonymous caller sees only those that come with Jira."""
    return respond([_field(each, cloud=call.cloud) for each in _listed(call)])


def _listed(call: Call) -> list[Field]:
    every = call.site.fields.values()
    return [each for each in every if (each.custom is None or call.user is not None) and (call.cloud or each.id not in HIDDEN)]


def _field(of: Field, *, cloud: bool) -> dict[str, Any]:
    own = [f"cf[{of.id.removeprefix('customfield_')}]"] if of.custom else [of.id]
    return {
        "id": of.id,
        **({"key": of.id} if cloud else {}),
        "name": of.name,
        "custom": of.custom is not None,
        "orderable": True,
        "navigable": of.id != "comment",
        "searchable": True,
        "clauseNames": list(dict.fromkeys([*of.clauses, *own, *([of.name] if of.custom else [])])),
        "schema": rendering.schema(of),
    }


def statuses(call: Call) -> Response:
    """Every status."""
    return respond([rendering.status(call, each) for each in call.site.statuses.values()] if call.user else [])


def issue_types(call: Call) -> Response:
    """Every type of issue."""
    return respond([rendering.issue_type(call, each) for each in call.site.types.values()] if call.user else [])


def link_types(call: Call) -> Response:
    """Every type of link."""
    return respond({"issueLinkTypes": [rendering.link_type(call, each) for each in call.site.link_types.values()]})


def _own_properties(call: Call) -> dict[str, Any]:
    """The caller's own; those of others are for administrators."""
    me = call.signed_in()
    own = ("accountId", me.account_id), ("userKey", me.account_id), ("username", me.username)
    if any(call.text(name, value) != value for name, value in own):
        raise JiraError(403, "You do not have permission to see or change the properties of this user.")
    return me.properties


def property_keys(call: Call, held: dict[str, Any], path: str) -> Response:
    """The keys of properties."""
    return respond({"keys": [{"self": f"{call.base}{path}/{key}", "key": key} for key in held]})


def one_property(call: Call, held: dict[str, Any]) -> Response:
    """One property with its value."""
    key = call.part("key")
    if key not in held:
        raise JiraError(404, f"The property with key '{key}' does not exist.")
    return respond({"key": key, "value": held[key]})


def set_property(call: Call, held: dict[str, Any]) -> Response:
    """Write a property: 201 when it is new, 200 when it was there."""
    key = call.part("key")
    try:
        value = msgspec.json.decode(call.content)
    except msgspec.DecodeError:
        raise JiraError(400, "The property value must be valid JSON.") from None
    if len(key) > 255 or len(call.content) > 32_768:
        raise JiraError(400, "The property key or value is too long.")
    fresh = key not in held
    held[key] = value
    return respond({"self": f"{call.base}{call.path}"} if fresh else {}, 201 if fresh else 200)


def drop_property(call: Call, held: dict[str, Any]) -> Response:
    """Take a property away."""
    if held.pop(call.part("key"), None) is None:
        raise JiraError(404, f"The property with key '{call.part('key')}' does not exist.")
    return nothing()


def old_search(_call: Call) -> Response:
    """The old search, which is gone."""
    instead = "Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at"
    raise JiraError(410, f"The requested API has been removed. {instead} https://developer.atlassian.com/changelog/#CHANGE-2046")


def unknown(call: Call) -> Response:
    """Anything the sandbox does not have; it says so, for silence would look like an empty site."""
    raise PlainError(404, {"errorMessages": [f"The sandbox does not have {call.request.method} {call.path}"], "errors": {}})


def own_properties(api: str) -> tuple[Endpoint, ...]:
    """The operations on the caller's own properties."""
    path = f"{api}/user/properties"
    return (
        Endpoint("GET", path, lambda call: property_keys(call, _own_properties(call), call.path)),
        Endpoint("GET", f"{path}/{{key}}", lambda call: one_property(call, _own_properties(call))),
        Endpoint("PUT", f"{path}/{{key}}", lambda call: set_property(call, _own_properties(call))),
        Endpoint("DELETE", f"{path}/{{key}}", lambda call: drop_property(call, _own_properties(call))),
    )


_API = "/rest/api/3"
ENDPOINTS = (
    Endpoint("GET", f"{_API}/serverInfo", server_info),
    Endpoint("GET", "/rest/api/2/serverInfo", server_info),  # where every Jira tells what it is
    Endpoint("GET", f"{_API}/myself", myself),
    Endpoint("GET", f"{_API}/mypermissions", my_permissions),
    Endpoint("POST", f"{_API}/permissions/check", check_permissions, reads=True),
    Endpoint("POST", f"{_API}/permissions/project", permitted_projects, reads=True),
    Endpoint("GET", f"{_API}/project/search", search_projects),
    Endpoint("GET", f"{_API}/project/{{project}}", project),
    Endpoint("GET", f"{_API}/project/{{project}}/version", versions),
    Endpoint("GET", f"{_API}/field", fields),
    Endpoint("GET", f"{_API}/status", statuses),
    Endpoint("GET", f"{_API}/issuetype", issue_types),
    Endpoint("GET", f"{_API}/issueLinkType", link_types),
    *own_properties(_API),
    Endpoint("GET", f"{_API}/search", old_search),
    Endpoint("POST", f"{_API}/search", old_search, reads=True),
)
