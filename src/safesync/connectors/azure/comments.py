"""Our comments on work items: written once, found again by who wrote them and the reference at their end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from safesync.connectors.azure.answers import RACED, RefusedError, about_item
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.documents import Comment, Comments, Identity
from safesync.connectors.azure.items import read_items
from safesync.connectors.azure.markup import digest_in, has_footer, html_of
from safesync.connectors.azure.resources import COMMENTS
from safesync.connectors.patience import of_item
from safesync.connectors.port import CommentRefusedError
from safesync.model.change import PostedComment
from safesync.model.errors import ItemError, RunError
from safesync.model.item import ItemRef
from safesync.model.message import Message

_PAGE = 200


def comments_of(client: AzureClient, project: str, item_id: str, *, deleted: bool) -> Iterator[Comment]:
    """All comments on a work item, oldest first; also the ``deleted`` ones. Two hundred a call."""
    query: dict[str, object] = {"$top": _PAGE, "order": "asc", "includeDeleted": deleted}
    while True:
        page = client.read(COMMENTS, Comments, route={"project": project, "workItemId": item_id}, query=query)
        yield from page.comments
        if not page.continuation_token:
            return
        if query.get("continuationToken") == page.continuation_token:
            raise RunError("Azure DevOps gave the same page of comments twice. Run again later.")
        query["continuationToken"] = page.continuation_token


@dataclass(frozen=True, slots=True)
class CommentBook:
    """The comments of the account ``me``, and of those that were ours before."""

    client: AzureClient
    me: str
    former: frozenset[str] = frozenset()
    formats: bool = True
    """Whether a comment's format can be named; it is HTML where it cannot."""

    def find(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        """
        Ours with this reference, oldest first; where none stands any more, the last that was deleted.

        We delete the second of two and nothing else, so that was a person's doing, whether or not the tracker still says whose.
        """
        mine = (one for one in self._all(ref) if _is(one.created_by, self.me, *self.former) and has_footer(one.text or "", reference))
        standing, deleted = [], None
        for one in mine:
            posted = self._posted(one, digest_in(one.text or ""))
            if one.is_deleted:
                deleted = replace(posted, edited_by_person=True)
            else:
                standing.append(posted)
        return tuple(standing) if standing or deleted is None else (deleted,)

    def read(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        """One of ours, ``None`` when somebody deleted it; ``ItemError`` when it is the item that is gone or hidden."""
        try:
            with of_item():
                found = self.client.read(COMMENTS, Comment, route=_route(ref, comment_id), query={"includeDeleted": True})
        except RefusedError as refused:
            self._accept_missing(ref, refused)
            return None
        return None if found.is_deleted else self._posted(found, digest_in(found.text or ""))

    def create(self, ref: ItemRef, message: Message) -> PostedComment:
        """Post a comment, once."""
        return self._written("POST", ref, None, message)

    def edit(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        """Replace the text of a comment in place."""
        return self._written("PATCH", ref, comment_id, message)

    def delete(self, ref: ItemRef, comment_id: str) -> None:
        """Remove a comment; one that is gone already is removed."""
        try:
            self.client.write("DELETE", COMMENTS, Comment | None, route=_route(ref, comment_id))  # type: ignore[arg-type]
        except RefusedError as refused:
            self._accept_missing(ref, refused)

    def _written(self, method: str, ref: ItemRef, comment_id: str | None, message: Message) -> PostedComment:
        body, query = {"text": html_of(message)}, {"format": "html"} if self.formats else {}
        with about_item(), _taken():
            written = self.client.write(method, COMMENTS, Comment, route=_route(ref, comment_id), query=query, body=body)
        return self._posted(written, message.digest)

    def _all(self, ref: ItemRef) -> Iterator[Comment]:
        with about_item():
            yield from comments_of(self.client, ref.project, ref.native_id, deleted=True)

    def _accept_missing(self, ref: ItemRef, refused: RefusedError) -> None:
        """
        Nothing when the comment is gone; ``ItemError`` when the item is, or its project, or our right to see them.

        All of them are answered 404, and so is a call that a gateway does not let through. Taken for a comment that somebody
        deleted, they would silence us for good.
        """
        with about_item():
            seen = refused.says_gone and next(read_items(self.client, [int(ref.native_id)], ("System.TeamProject",)), ())
        # One that was moved has its comments with it, and they are not found where it was.
        if not seen or str(seen[0]["fields"].get("System.TeamProject", ref.project)).casefold() != ref.project.casefold():
            raise refused.for_item() from refused

    def _posted(self, comment: Comment, digest: str | None) -> PostedComment:
        number = comment.id if comment.id is not None else comment.comment_id
        if number is None:
            raise ItemError("Azure DevOps returned a comment without an id.")
        edited = comment.modified_by is not None and not _is(comment.modified_by, self.me, *self.former)
        return PostedComment(str(number), digest, edited_by_person=edited, by_former=_is(comment.created_by, *self.former))


@contextmanager
def _taken() -> Iterator[None]:
    """``CommentRefusedError`` where Azure DevOps itself says that this comment cannot be there: too long, or against a rule of the type."""
    try:
        yield
    except RefusedError as refused:
        if refused.status != 400 or not refused.own or refused.code == RACED:
            raise
        advice = "Write one by hand: what Azure DevOps misses there is shown then."
        raise CommentRefusedError(f"{refused} {advice}") from refused


def _route(ref: ItemRef, comment_id: str | None = None) -> dict[str, str]:
    route = {"project": ref.project, "workItemId": ref.native_id}
    return route | ({"commentId": comment_id} if comment_id is not None else {})


def _is(one: Identity | None, *account_ids: str) -> bool:
    return one is not None and (one.id or "").lower() in {each.lower() for each in account_ids}
