"""Issues one by one or in bulk: read, created, edited, moved through the workflow, linked, deleted."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from safesync.connectors.sandbox.jira import issue_view, metadata, rendering, writes
from safesync.connectors.sandbox.jira.answers import Call, Endpoint, JiraError, nothing, respond
from safesync.connectors.sandbox.jira.bodies import BulkChangelog, BulkFetch, IssueBody, LinkBody, Reference
from safesync.connectors.sandbox.jira.commenting import add_through_edit
from safesync.connectors.sandbox.jira.entities import History, Issue, Permission, Project, Status
from safesync.connectors.sandbox.jira.received import Reception

_QUIET_REFUSED = "To discard the user notification either admin or project admin permissions are required."


def read(call: Call) -> Response:
    """One issue with all its fields, or those asked for."""
    return respond(_shown(call, call.issue(), call.listed("fields"), call.listed("properties"), call.listed("expand")))


def _shown(call: Call, issue: Issue, names: list[str], properties: list[str], expand: list[str]) -> dict[str, Any]:
    wanted = issue_view.selected(call, names, "*all")
    shown = issue_view.bean(call, issue, wanted, properties)
    if "names" in expand:
        shown["names"] = {field.id: field.name for field in wanted}
    if "changelog" in expand:
        shown["changelog"] = rendering.histories(call, issue, rendering.HISTORIES_INLINE)
    if "transitions" in expand:
        shown["transitions"] = _transitions(call, issue)
    return shown


def bulk_fetch(call: Call) -> Response:
    """Up to a hundred issues by id or key, in the order of their ids; those that are missing or hidden are simply absent."""
    body = call.body(BulkFetch)
    known = body.issue_ids_or_keys
    if len(known) > 100:
        raise JiraError(400, "The number of issues that can be fetched is limited to 100.")
    found = {issue.id: issue for each in known if (issue := call.found(each)) is not None}
    wanted = issue_view.selected(call, body.fields or [], "*navigable")
    shown = [issue_view.bean(call, found[number], wanted, body.properties or ()) for number in sorted(found)]
    if "changelog" in (body.expand or ()):
        for bean, number in zip(shown, sorted(found), strict=True):
            bean["changelog"] = rendering.histories(call, found[number], 40)
    return respond({"issues": shown, "issueErrors": []})


def web_links(call: Call) -> Response:
    """All links into the web of one issue, at once."""
    issue = call.issue()
    return respond([issue_view.web_link(call, issue, each) for each in issue.web_links])


def create(call: Call) -> Response:
    """A new issue."""
    user, body = call.signed_in(), call.body(IssueBody)
    project = _target(call, (body.fields or {}).get("project"))
    values = Reception(call.site, project, None).read(body, creating=True)
    issue = writes.create(call.site, project, user, values)
    return respond({"id": str(issue.id), "key": issue.key, "self": f"{call.rest}/issue/{issue.id}"}, 201)


def _target(call: Call, raw: Any) -> Project:
    known = raw.get("key") or raw.get("id") if isinstance(raw, dict) else None
    try:
        project = call.site.project(str(known))
    except StopIteration:
        raise JiraError(400, errors={"project": "Specify a valid project ID or key"}) from None
    if not call.site.may(call.user, Permission.CREATE, project):
        raise JiraError(400, errors={"project": "You cannot create issues in this project."})
    return project


def edit(call: Call) -> Response:
    """Change fields of an issue, all of them or none."""
    issue, body = call.issue(), call.body(IssueBody)
    _may_edit(call, issue, body)
    values = Reception(call.site, issue.project, issue).read(body)
    add_through_edit(call, issue, (body.update or {}).get("comment", ()))
    writes.write(call.site, issue, call.signed_in(), values)
    issue.properties.update({each.key: each.value for each in body.properties or ()})
    if call.flag("returnIssue"):
        return respond(_shown(call, issue, [], [], call.listed("expand")))
    return nothing()


def _may_edit(call: Call, issue: Issue, body: IssueBody) -> None:
    if not call.may(Permission.EDIT, issue):
        asked = [*(body.fields or ()), *(body.update or ())]
        raise JiraError(
            400, errors={name: f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown." for name in asked}
        )
    if issue.status.closed:
        raise JiraError(400, f"The issue {issue.key} cannot be edited in status '{issue.status.name}'.")
    if not call.flag("notifyUsers", default=True) and not call.may(Permission.ADMINISTER, issue):
        raise JiraError(400 if call.cloud else 403, _QUIET_REFUSED)


def delete(call: Call) -> Response:
    """Take an issue away; one with sub-tasks only when that is said."""
    issue = call.issue()
    if not call.may(Permission.DELETE, issue):
        raise JiraError(403, "You do not have permission to delete issues in this project.")
    has_subtasks = any(each.parent is issue and each.type.level < 0 for each in call.site.issues.values())
    if has_subtasks and not call.flag("deleteSubtasks"):
        raise JiraError(400, f"The issue '{issue.key}' has subtasks. You must specify the 'deleteSubtasks' parameter to delete it.")
    writes.delete(call.site, issue)
    return nothing()


def changelog(call: Call) -> Response:
    """The changelog of an issue, the oldest entry first."""
    issue = call.issue()
    entries = [rendering.history(call, each) for each in issue.history]
    return metadata.page(call, f"{call.site.edition.api}/issue/{issue.id}/changelog", entries, size=100)


def bulk_changelog(call: Call) -> Response:
    """The changelogs of up to a thousand issues, the oldest entry of each first, some entries a page."""
    body = call.body(BulkChangelog)
    known, fields, most = body.issue_ids_or_keys, body.field_ids or [], body.max_results
    found = {issue.id: issue for each in known if (issue := call.found(str(each))) is not None}
    entries = [(number, entry) for number in sorted(found) for entry in found[number].history if _touches(entry, fields)]
    start = _offset(body.next_page_token)
    shown: dict[int, list[dict[str, Any]]] = {}
    for number, entry in entries[start : start + most]:
        shown.setdefault(number, []).append(rendering.history(call, entry, epoch=call.site.epoch_changelogs))
    answer: dict[str, Any] = {"issueChangeLogs": [{"issueId": str(number), "changeHistories": each} for number, each in shown.items()]}
    if start + most < len(entries):
        answer["nextPageToken"] = f"c{start + most}"
    return respond(answer)


def _touches(entry: History, fields: list[str]) -> bool:
    return not fields or any(item.field_id in fields for item in entry.items)


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    if not token[1:].isdecimal():
        raise JiraError(400, "The provided next page token is invalid or expired.")
    return int(token[1:])


def _number(status: Status, call: Call) -> str:
    """A transition's id: every status can be reached from every other."""
    return str(11 + 10 * list(call.site.statuses.values()).index(status))


def _transitions(call: Call, issue: Issue) -> list[dict[str, Any]]:
    if not call.may(Permission.TRANSITION, issue):
        return []
    if not call.cloud:
        return [{"id": _number(to, call), "name": to.name, "to": rendering.status(call, to)} for to in call.site.statuses.values()]
    flags = {"hasScreen": False, "isGlobal": True, "isInitial": False, "isAvailable": True, "isConditional": False, "looped": False}
    return [{"id": _number(to, call), "name": to.name, "to": rendering.status(call, to), **flags} for to in call.site.statuses.values()]


def transitions(call: Call) -> Response:
    """What the caller may do with an issue in its workflow; nothing without the permission."""
    return respond({"expand": "transitions", "transitions": _transitions(call, call.issue())})


def transition(call: Call) -> Response:
    """Move an issue to another status."""
    issue, body = call.issue(), call.body(IssueBody)
    asked = body.transition.id if body.transition else None
    offered = {each["id"]: each["name"] for each in _transitions(call, issue)}
    if str(asked) not in offered:
        raise JiraError(400, f"Transition id '{asked}' is not valid for this issue.")
    values = Reception(call.site, issue.project, issue).read(body)
    writes.write(call.site, issue, call.signed_in(), values)
    writes.transition(call.site, issue, call.signed_in(), offered[str(asked)])
    return nothing()


def link(call: Call) -> Response:
    """Link two issues; ``inwardIssue`` is the source: it blocks, the other is blocked."""
    body = call.body(LinkBody)
    try:
        kind = call.site.link_type(str(body.type.name or body.type.id))
    except StopIteration:
        raise JiraError(404, f"No issue link type with name '{body.type.name}' found.") from None
    writes.connect(call.site, call.signed_in(), kind, _end(call, body.inward_issue), _end(call, body.outward_issue))
    return nothing(201)


def _end(call: Call, of: Reference) -> Issue:
    issue = call.issue(of.known)
    if not call.may(Permission.LINK, issue):
        raise JiraError(401, f"No Link Issue Permission for issue '{issue.key}'")
    return issue


def _properties(call: Call, permission: Permission | None = None) -> dict[str, Any]:
    issue = call.issue()
    if permission is not None and not call.may(permission, issue):
        raise JiraError(403, "You do not have permission to edit this issue.")
    return issue.properties


_API = "/rest/api/3"
_ISSUE = f"{_API}/issue/{{issue}}"
ENDPOINTS = (
    Endpoint("POST", f"{_API}/issue", create),
    Endpoint("POST", f"{_API}/issue/bulkfetch", bulk_fetch, reads=True),
    Endpoint("POST", f"{_API}/changelog/bulkfetch", bulk_changelog, reads=True),
    Endpoint("GET", _ISSUE, read),
    Endpoint("PUT", _ISSUE, edit),
    Endpoint("DELETE", _ISSUE, delete),
    Endpoint("GET", f"{_ISSUE}/changelog", changelog),
    Endpoint("GET", f"{_ISSUE}/transitions", transitions),
    Endpoint("POST", f"{_ISSUE}/transitions", transition),
    Endpoint("POST", f"{_API}/issueLink", link),
    Endpoint("GET", f"{_ISSUE}/remotelink", web_links),
    Endpoint("GET", f"{_ISSUE}/properties", lambda call: metadata.property_keys(call, _properties(call), call.path)),
    Endpoint("GET", f"{_ISSUE}/properties/{{key}}", lambda call: metadata.one_property(call, _properties(call))),
    Endpoint("PUT", f"{_ISSUE}/properties/{{key}}", lambda call: metadata.set_property(call, _properties(call, Permission.EDIT))),
    Endpoint("DELETE", f"{_ISSUE}/properties/{{key}}", lambda call: metadata.drop_property(call, _properties(call, Permission.EDIT))),
)
