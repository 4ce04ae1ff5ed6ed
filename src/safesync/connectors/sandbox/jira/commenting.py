"""Comments and their properties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import UNSET
from starlette.responses import Response

from safesync.connectors.sandbox.jira import metadata, rendering, writes
from safesync.connectors.sandbox.jira.answers import Call, Endpoint, JiraError, nothing, respond
from safesync.connectors.sandbox.jira.bodies import CommentBody, CommentIds
from safesync.connectors.sandbox.jira.documents import LIMIT, is_document, length
from safesync.connectors.sandbox.jira.entities import Comment, Issue, Permission
from safesync.connectors.sandbox.jira.received import TOO_LONG

_NO_PERMISSION = "You do not have the permission to comment on this issue."
COMMENTS_OF_AN_ISSUE = 1_048_576
_ORDERS = frozenset({"", "created", "+created", "-created"})


def read_all(call: Call) -> Response:
    """The comments of an issue, at most a hundred a page, whatever was asked for."""
    wanted = call.text("orderBy").replace(" ", "+")
    if wanted not in _ORDERS:
        raise JiraError(400, f"The value '{wanted}' is not valid for 'orderBy'. Valid values are: created, +created, -created.")
    start, most = call.number("startAt", 0), call.number("maxResults", 100)
    # A Data Center gives them all, unless fewer are asked for.
    most = min(max(0, most), 100) if call.cloud else max(0, call.number("maxResults", COMMENTS_OF_AN_ISSUE))
    issue = call.issue()
    heard = [each for each in issue.comments if call.hears(each, issue)]
    ordered = heard[::-1] if wanted.startswith("-") else heard
    shown = [_shown(call, issue, each) for each in ordered[start : start + most]]
    return respond({"startAt": start, "maxResults": most, "total": len(heard), "comments": shown})


def _shown(call: Call, issue: Issue, comment: Comment) -> dict[str, Any]:
    return rendering.comment(call, issue, comment, properties="properties" in call.listed("expand"))


def read(call: Call) -> Response:
    """One comment."""
    issue, comment = _found(call)
    return respond(_shown(call, issue, comment))


def _found(call: Call) -> tuple[Issue, Comment]:
    issue, number = call.issue(), call.part("comment")
    for comment in issue.comments:
        if str(comment.id) == number and call.hears(comment, issue):
            return issue, comment
    raise JiraError(404, f"Can not find a comment for the id: {number}.")


def add(call: Call) -> Response:
    """A new comment; who watches the issue is told."""
    issue, body = call.issue(), call.body(CommentBody)
    comment = _add(call, issue, body)
    return respond(_shown(call, issue, comment), 201)


def _add(call: Call, issue: Issue, body: CommentBody) -> Comment:
    messages = () if call.may(Permission.COMMENT, issue) else (_NO_PERMISSION,)
    wrong = _wrong(call, body.body)
    if messages or wrong:
        raise JiraError(400, *messages, errors={"comment": wrong} if wrong else None)
    if len(issue.comments) >= call.site.comment_limit:
        raise JiraError(413, f"The issue has reached the limit of {call.site.comment_limit} comments.")
    comment = writes.add_comment(call.site, issue, call.signed_in(), body.body, _properties(body))
    comment.visibility = body.visibility or None
    return comment


def add_through_edit(call: Call, issue: Issue, operations: Iterable[dict[str, Any]]) -> None:
    """Comments that came with an edit of the issue."""
    for operation in operations:
        if set(operation) != {"add"}:
            raise JiraError(400, errors={"comment": "Field with id 'comment' does not support this operation"})
        try:
            _add(call, issue, msgspec.convert(operation["add"], CommentBody))
        except msgspec.ValidationError:
            call.refuse_payload()


def _wrong(call: Call, body: Any) -> str | None:
    """What is wrong with the document of a comment, or with its text on a Data Center."""
    if not call.cloud:
        return _wrong_text(body)
    if not is_document(body):
        return "Comment body is not valid!"
    if not any(node.get("content") or node["type"] == "rule" for node in body["content"]):
        return "Comment body can not be empty!"
    return TOO_LONG if length(body) > LIMIT else None


def _wrong_text(body: Any) -> str | None:
    if not isinstance(body, str):
        return "Comment body is not valid!"
    if not body.strip():
        return "Comment body can not be empty!"
    return TOO_LONG if len(body) > LIMIT else None


def _properties(body: CommentBody) -> dict[str, Any]:
    return {each.key: each.value for each in body.properties or ()}


def edit(call: Call) -> Response:
    """Change a comment in place; it keeps its id, author and creation."""
    issue, comment = _found(call)
    body = call.body(CommentBody)
    if not _own(call, issue, comment, Permission.EDIT_OWN_COMMENTS):
        raise JiraError(400, f"You do not have the permission to edit the comment with id: {comment.id}.")
    if wrong := _wrong(call, body.body):
        raise JiraError(400, errors={"comment": wrong})
    writes.edit_comment(call.site, comment, call.signed_in(), body.body)
    comment.properties.update(_properties(body))
    if body.visibility is not UNSET:
        comment.visibility = body.visibility or None
    return respond(_shown(call, issue, comment))


def delete(call: Call) -> Response:
    """Take a comment away."""
    issue, comment = _found(call)
    if not _own(call, issue, comment, Permission.DELETE_OWN_COMMENTS):
        raise JiraError(400, f"You do not have the permission to delete the comment with id: {comment.id}.")
    writes.delete_comment(call.site, comment)
    return nothing()


def _own(call: Call, issue: Issue, comment: Comment, permission: Permission) -> bool:
    """Whether the caller wrote the comment and may still change it; administrators of a project may change all."""
    return (comment.author is call.user and call.may(permission, issue)) or call.may(Permission.ADMINISTER, issue)


def by_ids(call: Call) -> Response:
    """Comments by id, wherever they stand; those that are gone or hidden are absent."""
    ids = call.body(CommentIds).ids
    if not 1 <= len(ids) <= 1000:
        raise JiraError(400, "The list of comment IDs must hold between 1 and 1000 IDs.")
    found = [call.site.comments[each] for each in ids if each in call.site.comments]
    shown = [_shown(call, issue, comment) for issue, comment in found if call.site.shows(call.user, issue) and call.hears(comment, issue)]
    return metadata.page(call, "/rest/api/3/comment/list", shown, size=1000, most=1000)


def _held(call: Call, *, write: bool = False) -> dict[str, Any]:
    """The properties of the comment in the path."""
    number = call.part("comment")
    issue, comment = call.site.comments.get(int(number), (None, None)) if number.isdecimal() else (None, None)
    if issue is None or comment is None or not call.site.shows(call.user, issue) or not call.hears(comment, issue):
        raise JiraError(404, f"Can not find a comment for the id: {number}.")
    if write and not _own(call, issue, comment, Permission.EDIT_OWN_COMMENTS):
        raise JiraError(403, f"You do not have the permission to edit the comment with id: {number}.")
    return comment.properties


_API = "/rest/api/3"
_OF_ISSUE = f"{_API}/issue/{{issue}}/comment"
_KEY = f"{_API}/comment/{{comment}}/properties"
ENDPOINTS = (
    Endpoint("GET", _OF_ISSUE, read_all),
    Endpoint("POST", _OF_ISSUE, add),
    Endpoint("GET", f"{_OF_ISSUE}/{{comment}}", read),
    Endpoint("PUT", f"{_OF_ISSUE}/{{comment}}", edit),
    Endpoint("DELETE", f"{_OF_ISSUE}/{{comment}}", delete),
    Endpoint("POST", f"{_API}/comment/list", by_ids, reads=True),
    Endpoint("GET", _KEY, lambda call: metadata.property_keys(call, _held(call), call.path)),
    Endpoint("GET", f"{_KEY}/{{key}}", lambda call: metadata.one_property(call, _held(call))),
    Endpoint("PUT", f"{_KEY}/{{key}}", lambda call: metadata.set_property(call, _held(call, write=True))),
    Endpoint("DELETE", f"{_KEY}/{{key}}", lambda call: metadata.drop_property(call, _held(call, write=True))),
)
