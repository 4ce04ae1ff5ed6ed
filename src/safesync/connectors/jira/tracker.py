"""A Jira Cloud site as a tracker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from safesync.connectors.jira import history, jql, scan, translate
from safesync.connectors.jira.client import CLOUD_VERSION, JiraClient, RefusedError
from safesync.connectors.jira.comments import Comments
from safesync.connectors.jira.metadata import Cursor, Metadata
from safesync.connectors.jira.surroundings import surroundings
from safesync.connectors.jira.survey import survey
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Calls, Identity, Page, Refusal, Scope
from safesync.model.change import PostedComment
from safesync.model.errors import RunError
from safesync.model.item import Item, ItemRef, Kind
from safesync.model.message import Message

FULL_AFTER = timedelta(hours=24)
"""What ``updated`` does not tell (deletions, lost permissions, renamed boards and sprints) is found by a full read."""

_COMMENT = ("ADD_COMMENTS", "EDIT_OWN_COMMENTS")
_LABEL = ("EDIT_ISSUES",)
_BROWSE = ("BROWSE_PROJECTS",)
_SKEW_S = 60.0

_log = structlog.get_logger(__name__)


class JiraTracker:
    """
    Implements ``connectors.port.Tracker`` for Jira Cloud.

    ``warnings`` are sentences for the administrator from the last pull of this process; ``identify`` repeats them.
    """

    def __init__(
        self,
        access: Access,
        scope: Scope,
        mapping: TrackerMapping,
        addresses: Addresses,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience: Patience | None = None,
    ) -> None:
        self.name = access.name
        self.calls = Calls()
        self.warnings: tuple[str, ...] = ()
        self.former: frozenset[str] = frozenset()
        self._access, self._scope, self._mapping, self._addresses = access, scope, mapping, addresses
        self._client = JiraClient(access, self.calls, patience=patience or Patience(), clock=clock)
        self._comments = Comments(self._client, self._me, lambda: self.former)
        self._account_id: str | None = None

    def identify(self) -> Identity:
        """Two calls, a few more only when a permission is missing."""
        self._client.renew()
        with self._client.understood():
            me = self._myself()
            self._account_id = str(me["accountId"])
            browse, comment, label = self._granted()
        if hidden := [project for project in self._scope.projects if project not in browse]:
            raise RunError(
                f"{self.name}: we cannot see the project {', '.join(hidden)}. "
                "Give our account 'Browse projects' there, or correct the scope."
            )
        return Identity(
            account_id=self._account_id,
            display_name=str(me.get("displayName") or ""),
            deployment="Jira Cloud",
            version=".".join(str(part) for part in CLOUD_VERSION),
            projects=self._scope.projects,
            may_comment=comment,
            may_label=label,
            clock_skew_s=self._client.skew_s,
            warnings=(*self.warnings, *self._doubts(comment, label)),
        )

    def pull(self, cursor: str | None) -> Iterator[Page]:
        """
        A steady pull costs one call per 100 changed issues; one more where histories are long, or where a state or a
        type appears that was not there at the last full read.
        """
        self._me()
        known = Cursor.read(cursor)
        with self._client.understood():
            yield from self._since(known)

    def revisions(self, refs: Sequence[ItemRef]) -> Mapping[str, str]:
        """One call per 100 items."""
        with self._client.understood():
            return {f"{self.name}:{native_id}": text for native_id, text in scan.revisions(self._client, [ref.native_id for ref in refs])}

    def find_comments(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        """Ours with this reference, oldest first."""
        with self._client.understood():
            return self._comments.find(ref, reference)

    def read_comment(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        """One comment of ours, ``None`` when it is deleted."""
        with self._client.understood():
            return self._comments.read(ref, comment_id)

    def create_comment(self, ref: ItemRef, message: Message) -> PostedComment:
        """Post a comment. Sent once."""
        return self._comments.create(ref, message)

    def edit_comment(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        """Replace the text of ours, silently where we may."""
        return self._comments.edit(ref, comment_id, message)

    def delete_comment(self, ref: ItemRef, comment_id: str) -> None:
        """Remove ours."""
        self._comments.delete(ref, comment_id)

    def change_labels(self, ref: ItemRef, add: Sequence[str], remove: Sequence[str]) -> None:
        """One call; none when there is nothing to change."""
        # Never ``fields.labels``: it would put back what a person removed a moment ago.
        verbs = [{"add": label} for label in add] + [{"remove": label} for label in remove]
        if verbs:
            body = {"update": {"labels": verbs}}
            self._comments.quietly(ref, lambda params: self._client.write("PUT", f"issue/{ref.native_id}", params=params, body=body))

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def _since(self, known: Cursor | None) -> Iterator[Page]:
        started_at = self._client.server_now()
        # The site tells its time in whole seconds: a run right after another may seem to begin before it.
        if known is None or not -jql.OVERLAP < started_at - known.full_at < FULL_AFTER:
            yield from self._pull(jql.everything(self._scope), Cursor(started_at, started_at, self._survey()), full=True)
        else:
            query = jql.changed(self._scope, known.watermark, started_at)
            yield from self._pull(query, Cursor(started_at, known.full_at, known.metadata), full=False)

    def _me(self) -> str:
        if self._account_id is None:
            self.identify()
        return self._account_id or ""

    def _myself(self) -> dict[str, object]:
        try:
            me = self._client.read("GET", "myself")
        except RefusedError as error:
            raise RunError(
                f"{self.name}: {self._access.url} answered {error.status} when asked who we are. "
                "Check the address: is it a Jira Cloud site?"
            ) from error
        if not isinstance(me, dict) or not me.get("accountId"):
            raise RunError(f"{self.name}: Jira takes us for nobody. Check the user and the token.")
        return me

    def _granted(self) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
        """The projects in scope where we may browse, comment, and label."""
        everywhere = self._permitted((*_BROWSE, *_COMMENT, *_LABEL))
        if everywhere.issuperset(self._scope.projects):
            return everywhere, everywhere, everywhere
        return self._permitted(_BROWSE), self._permitted((*_BROWSE, *_COMMENT)), self._permitted((*_BROWSE, *_LABEL))

    def _permitted(self, permissions: tuple[str, ...]) -> frozenset[str]:
        try:
            answer = self._client.read("POST", "permissions/project", body={"permissions": list(permissions)})
        except RefusedError as error:
            raise RunError(
                f"{self.name}: Jira does not tell what we may do ({error.status}). Give our token the scope read:jira-work."
            ) from error
        return frozenset(str(one["key"]) for one in answer["projects"]) & frozenset(self._scope.projects)

    def _doubts(self, comment: frozenset[str], label: frozenset[str]) -> Iterator[str]:
        for project in self._scope.projects:
            if project not in comment:
                yield f"{self.name}: we may not comment in {project}: 'Add comments' and 'Edit own comments' are missing."
            if project not in label:
                yield f"{self.name}: we may not change labels in {project}: 'Edit issues' is missing."
        if abs(self._client.skew_s) > _SKEW_S:
            yield f"{self.name}: its clock is {self._client.skew_s:+.0f} s from ours. Set our clock."

    def _survey(self) -> Metadata:
        try:
            return survey(self._client, self._access.url.rstrip("/"), self._scope, self._mapping)
        except RefusedError as error:
            raise RunError(f"{error} SafeSync cannot read the backlog without it; give our account access.") from error

    def _pull(self, query: str, cursor: Cursor, *, full: bool) -> Iterator[Page]:
        metadata, census, unmapped = cursor.metadata, set[str](), Counter[str]()
        surveyed = full
        enough = partial(history.enough, is_bot=partial(translate.is_bot, context=self._context(metadata)))
        for issues, last in scan.pages(self._client, query, metadata.located.asked, enough):
            if not surveyed and not all(metadata.knows(raw) for raw in issues):
                # The pages to come hold the fields that were asked for, whatever the site lists by now.
                metadata, surveyed = replace(self._survey(), located=metadata.located), True
            metadata = metadata.learned(issues)
            read = self._translated(issues, metadata)
            census.update(f"{self.name}:{raw['id']}" for raw in issues)
            unmapped.update(one.native_type for one in read if isinstance(one, Item) and one.kind is Kind.OTHER)
            told = surveyed or metadata is not cursor.metadata
            yield Page(
                items=tuple(one for one in read if isinstance(one, Item)),
                refused=tuple(one for one in read if isinstance(one, Refusal)),
                cursor=Cursor(cursor.watermark, cursor.full_at, metadata).text() if last else None,
                surroundings=surroundings(self.name, metadata, self._mapping) if last and told else None,
                census=frozenset(census) if last and full else None,
            )
        self._warn(metadata, unmapped)

    def _translated(self, issues: list[dict[str, object]], metadata: Metadata) -> list[Item | Refusal]:
        context = self._context(metadata)
        return [translate.issue(raw, context) for raw in issues]

    def _context(self, metadata: Metadata) -> translate.Context:
        site = metadata.site
        return translate.Context(self.name, site, self._mapping, self._addresses, metadata=metadata, account_id=self._account_id)

    def _warn(self, metadata: Metadata, unmapped: Counter[str]) -> None:
        if metadata.located.absent:
            _log.warning("tracker.fields_absent", tracker=self.name, fields=metadata.located.absent)
        for native_type, count in unmapped.items():
            _log.warning("tracker.type_unmapped", tracker=self.name, type=native_type, items=count)
        absent = [f"{self.name}: the field mapped to {name} is not on the site, or hidden from us." for name in metadata.located.absent]
        other = [
            f"{self.name}: the type {name} is not mapped; {count} items of it are read as 'other'." for name, count in unmapped.items()
        ]
        self.warnings = (*absent, *other)
