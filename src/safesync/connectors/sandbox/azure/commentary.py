"""Comments of work items; a preview interface to this day."""

from __future__ import annotations

import base64
from typing import Any

from safesync.connectors.sandbox.azure.call import Call, Handlers, listed
from safesync.connectors.sandbox.azure.items import Comment, Format, WorkItem
from safesync.connectors.sandbox.azure.refusal import NoRoute, Refusal, invalid
from safesync.connectors.sandbox.azure.shapes import comment_body

PAGE_LIMIT = 200


def _renders(call: Call) -> bool:
    return (call.asked("$expand") or "none").lower() in {"renderedtext", "renderedtextonly", "all"}


def _comment(call: Call, item: WorkItem, *, deleted: bool = False) -> Comment:
    text = call.path["commentId"]
    if not text.isdigit():
        raise NoRoute
    comment = item.comment(int(text))
    if comment is None or (comment.last.deleted and not deleted):
        raise Refusal(404, f"VS403655: Comment {text} of work item {item.id} does not exist.", "WorkItemCommentNotFoundException")
    return comment


def _get(call: Call) -> Any:
    call.the_project()
    item = call.item("workItemId")
    if "commentId" in call.path:
        return comment_body(call, item, _comment(call, item, deleted=call.truth("includeDeleted")), render=_renders(call))
    return _page(call, item)


def _page(call: Call, item: WorkItem) -> dict[str, Any]:
    comments = [comment for comment in item.comments if call.truth("includeDeleted") or not comment.last.deleted]
    if (ids := call.asked("ids")) is not None:
        wanted = set(ids.split(","))
        comments = [comment for comment in comments if str(comment.id) in wanted]
    rising = (call.asked("order") or "desc").lower() == "asc"
    comments.sort(key=lambda comment: comment.id, reverse=not rising)
    total = len(comments)
    after = _after(call.asked("continuationToken"))
    if after is not None:
        comments = [comment for comment in comments if (comment.id > after if rising else comment.id < after)]
    top = min(call.number("$top", PAGE_LIMIT), PAGE_LIMIT)
    shown = comments[:top]
    body: dict[str, Any] = {
        "totalCount": total,
        "count": len(shown),
        "comments": [comment_body(call, item, comment, render=_renders(call)) for comment in shown],
    }
    if len(comments) > top:
        body |= _next(call, item, shown[-1].id)
    return body


def _next(call: Call, item: WorkItem, last: int) -> dict[str, str]:
    token = base64.urlsafe_b64encode(f"after:{last}".encode()).decode().rstrip("=")
    project = call.organisation.project_of(item).id
    url = f"{call.base}/{project}/_apis/wit/workItems/{item.id}/comments?continuationToken={token}&api-version={call.version}"
    return {"nextPage": url, "continuationToken": token}


def _after(token: str | None) -> int | None:
    if token is None:
        return None
    try:
        return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().removeprefix("after:"))
    except ValueError:
        raise invalid("The continuation token is not valid.", "VssPropertyValidationException") from None


def _format(call: Call) -> Format:
    if not call.organisation.edition.comment_formats:
        return "html"  # the parameter is not known, and what is not known is not looked at
    match (call.asked("format") or "html").lower():
        case "html" | "1":
            return "html"
        case "markdown" | "0":
            return "markdown"
        case other:
            raise invalid(f"The value '{other}' is not valid for format.", "VssPropertyValidationException")


def _text(call: Call) -> str:
    body = call.body()
    text = body.get("text") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise invalid("VS403654: The comment text cannot be empty.", "VssPropertyValidationException")
    return text


def _post(call: Call) -> Any:
    call.the_project()
    item = call.item("workItemId")
    call.may_comment(item)
    comment = call.organisation.ledger.comment(item, _text(call), _format(call), call.stamp)
    return comment_body(call, item, comment)


def _own(call: Call, item: WorkItem) -> Comment:
    call.may_comment(item)
    comment = _comment(call, item)
    if comment.first.stamp.by is not call.person:
        message = f"VS403656: You cannot change comment {comment.id}: it was written by another identity."
        raise Refusal(403, message, "WorkItemCommentUpdateAccessDeniedException")
    return comment


def _edit(call: Call) -> Any:
    call.the_project()
    item = call.item("workItemId")
    comment = _own(call, item)
    text = _text(call)
    if "format" in call.query:
        comment.format = _format(call)
    return comment_body(call, item, call.organisation.ledger.edit_comment(item, comment, text, call.stamp))


def _delete(call: Call) -> Any:
    call.the_project()
    item = call.item("workItemId")
    comment = _own(call, item)
    return comment_body(call, item, call.organisation.ledger.delete_comment(item, comment, call.stamp))


def _versions(call: Call) -> Any:
    call.the_project()
    item = call.item("workItemId")
    comment = _comment(call, item, deleted=True)
    number = call.path.get("version")
    if number is None:
        return listed([comment_body(call, item, comment, version=version) for version in comment.versions])
    found = next((version for version in comment.versions if str(version.version) == number), None)
    if found is None:
        raise Refusal(404, f"VS403657: Comment {comment.id} has no version {number}.", "WorkItemCommentNotFoundException")
    return comment_body(call, item, comment, version=found)


HANDLERS: Handlers = {
    ("GET", "608aac0a-32e1-4493-a863-b9cf4566d257"): _get,
    ("POST", "608aac0a-32e1-4493-a863-b9cf4566d257"): _post,
    ("PATCH", "608aac0a-32e1-4493-a863-b9cf4566d257"): _edit,
    ("DELETE", "608aac0a-32e1-4493-a863-b9cf4566d257"): _delete,
    ("GET", "49e03b34-3be0-42e3-8a5d-e8dfb88ac954"): _versions,
}
