"""
Our comments on issues: posted, found again, edited in place.

A comment of ours carries a property that says which one it is and what it said when we last saved it. Texts are never
compared: Jira changes a document while storing it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from safesync.connectors.jira.brevity import fitting
from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.jira.listing import listed
from safesync.connectors.jira.markup import document, shown_text, shows
from safesync.connectors.jira.markup_wiki import wiki_text
from safesync.connectors.jira.permissions import commenting
from safesync.connectors.jira.values import account
from safesync.model.change import PostedComment
from safesync.model.errors import UnknownOutcomeError
from safesync.model.item import ItemRef
from safesync.model.message import Message

PROPERTY = "safesync"
_PAGE = 100


class Comments:
    """
    Comments on one site by one account; ``account_id`` is asked when it is needed, so that it is proven first.

    ``former`` are the accounts that were ours before.
    """

    def __init__(self, client: JiraClient, account_id: Callable[[], str], former: Callable[[], frozenset[str]] = frozenset) -> None:
        self._client = client
        self._account_id = account_id
        self._former = former
        self._loud: set[str] = set()
        """Projects whose watchers we may not spare: asked once a project, not once an item."""

    def find(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        """Ours on an issue with this reference, in the property or in the text, oldest first."""
        ours = {self._account_id(), *self._former()}
        mine = [one for one in self._listed(ref) if _account(one, "author") in ours]
        told = [(one, self._property(one)) for one in mine]
        return tuple(
            self._posted(one, noted)
            for one, noted in told
            if (noted or {}).get("reference") == reference or shows(one.get("body"), reference)
        )

    def read(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        """One comment, ``None`` when somebody deleted it; ``ItemError`` when it is the issue that is gone or hidden."""
        try:
            shown = self._client.read("GET", _path(ref, comment_id), params={"expand": "properties"})
        except RefusedError as error:
            if not error.says_gone:
                raise
            # An issue that we may not see answers 404 too. Taken for a deleted comment, it would silence us for good.
            self._client.read("GET", f"issue/{ref.native_id}", params={"fields": "updated"})
            return None
        return self._posted(shown, self._property(shown))

    def create(self, ref: ItemRef, message: Message) -> PostedComment:
        """Post; sent once."""
        with commenting(self._client, ref):
            answer = self._client.write("POST", _path(ref), body=self._body(message))
        return _saved(answer, message)

    def edit(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        """Replace what ours says."""
        path, body = _path(ref, comment_id), self._body(message)
        with commenting(self._client, ref):
            if self._client.site.cloud:
                answer = self.quietly(ref, lambda params: self._client.write("PUT", path, params=params, body=body))
            else:
                answer = self._client.write("PUT", path, body=body)  # Data Center spares nobody on a comment
        return _saved(answer, message)

    def delete(self, ref: ItemRef, comment_id: str) -> None:
        """Remove ours; one that is gone already is no error."""
        try:
            self._client.write("DELETE", _path(ref, comment_id))
        except RefusedError as error:
            if not error.says_gone:
                raise

    def quietly(self, ref: ItemRef, send: Callable[[dict[str, str] | None], Any]) -> Any:
        """
        The answer to a write that notifies nobody, where we may do that.

        Only who administers the project may; others are refused, and nothing is written. Then it is sent again
        without the wish, and the project is remembered.
        """
        if ref.project in self._loud:
            return send(None)
        try:
            return send({"notifyUsers": "false"})
        except RefusedError as error:
            if error.status not in (400, 403) or error.fields:
                raise
        answer = send(None)
        self._loud.add(ref.project)
        return answer

    def _listed(self, ref: ItemRef) -> Iterator[dict[str, Any]]:
        params = {"orderBy": "created", "expand": "properties"}
        return listed(self._client, _path(ref), params, size=_PAGE, held_in="comments")

    def _body(self, message: Message) -> dict[str, Any]:
        noted = {"reference": message.reference, "digest": message.digest}
        said: object
        if self._client.site.cloud:
            said = document(fitting(message, lambda one: len(shown_text(document(one)))))
        else:
            said = wiki_text(fitting(message, lambda one: len(wiki_text(one))))
        return {"body": said, "properties": [{"key": PROPERTY, "value": noted}]}

    def _property(self, shown: dict[str, Any]) -> dict[str, Any] | None:
        """What we noted on a comment; asked for where the answer does not hold it: nothing promises that it does."""
        if "properties" in shown:
            noted = next((one.get("value") for one in shown["properties"] if one.get("key") == PROPERTY), None)
        else:
            noted = self._asked_property(str(shown["id"]))
        return noted if isinstance(noted, dict) else None

    def _asked_property(self, comment_id: str) -> object:
        try:
            answer = self._client.read("GET", f"comment/{comment_id}/properties/{PROPERTY}")
        except RefusedError as error:
            if error.says_gone:
                return None
            raise
        return answer.get("value")

    def _posted(self, shown: dict[str, Any], noted: dict[str, Any] | None) -> PostedComment:
        former = self._former()
        ours = {self._account_id(), *former}
        author = _account(shown, "author")
        digest = (noted or {}).get("digest")
        by_person = author not in ours or (_account(shown, "updateAuthor") or author) not in ours
        return PostedComment(
            str(shown["id"]), digest if isinstance(digest, str) else None, edited_by_person=by_person, by_former=author in former
        )


def _saved(answer: Any, message: Message) -> PostedComment:
    if not isinstance(answer, dict) or "id" not in answer:
        raise UnknownOutcomeError("the answer does not say which comment was saved.")
    return PostedComment(str(answer["id"]), message.digest)


def _path(ref: ItemRef, comment_id: str | None = None) -> str:
    return f"issue/{ref.native_id}/comment" + (f"/{comment_id}" if comment_id else "")


def _account(shown: dict[str, Any], role: str) -> str | None:
    return account(shown.get(role))
