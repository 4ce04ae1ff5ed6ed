"""Azure DevOps, Services or Server, as a tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import replace
from datetime import datetime, timedelta

from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient, now
from safesync.connectors.azure.comments import CommentBook
from safesync.connectors.azure.context import Context, Metadata
from safesync.connectors.azure.cursor import cursor_of
from safesync.connectors.azure.deployment import Deployment
from safesync.connectors.azure.documents import Account
from safesync.connectors.azure.fates import Investigator
from safesync.connectors.azure.identity import Doorkeeper, display_name
from safesync.connectors.azure.items import read_items
from safesync.connectors.azure.labels import change_labels
from safesync.connectors.azure.pull import FULL_AFTER, Puller
from safesync.connectors.azure.site import read_site
from safesync.connectors.lanes import LANES
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Calls, Fate, Identity, Page, Scope
from safesync.model.change import PostedComment
from safesync.model.item import ItemRef
from safesync.model.message import Message

_CLOCK_SET_BACK = timedelta(hours=1)


class AzureTracker:
    """An organisation of Services or a collection of a Server, detected (``connectors.port.Tracker``); opens nothing before a call."""

    def __init__(
        self,
        access: Access,
        scope: Scope,
        mapping: Mapping,
        addresses: Addresses,
        *,
        clock: Callable[[], datetime] = now,
        patience: Patience | None = None,
        lanes: int = LANES,
    ) -> None:
        self.name = access.name
        self.calls = Calls()
        self._url = access.url.rstrip("/")
        self._lanes = lanes
        self._scope, self._mapping, self._addresses, self._clock = scope, mapping, addresses, clock
        self._in_sight = scope
        """The part of the scope that we may read, as ``identify`` last found."""
        self._client = AzureClient(access, patience=patience or Patience(), calls=self.calls, clock=clock)
        self._doorkeeper = Doorkeeper(self._client, self._url, scope.projects, access.entra is not None)
        self._me: str | None = None
        self._deployment: Deployment | None = None
        self.warnings: tuple[str, ...] = ()
        self.former: frozenset[str] = frozenset()
        self.known: str | None = None

    def identify(self) -> Identity:
        """
        Who we are and what we may do.

        Two calls, and one a project the first time (where its root area is, which the cursor remembers), beside the package's own
        discovery; three more for a project where we may not do everything.
        """
        self._client.renew()
        account, deployment = self._enter()
        if not self._doorkeeper.roots and (known := cursor_of(self.known)) is not None:
            self._doorkeeper.roots = dict(known.roots)
        allowed = self._doorkeeper.allowed(self._scope.projects)
        self._in_sight = replace(self._scope, projects=allowed.named)
        return Identity(
            account_id=account.id or "",
            display_name=display_name(account),
            deployment=deployment.name,
            version=deployment.version,
            projects=allowed.read,
            may_comment=allowed.comment,
            may_label=allowed.label,
            clock_skew_s=self._client.clock_skew_s,
            warnings=(*allowed.warnings, *self.warnings),
        )

    def pull(self, cursor: str | None) -> Iterator[Page]:
        """
        Everything without a cursor, or with one whose full read is a day old; else what changed.

        Everything too when a project is in sight that was not when the cursor was made.
        """
        known = cursor_of(cursor)
        me = self._account_id()
        scope = self._in_sight
        puller = Puller(
            self._client,
            self.name,
            scope,
            lambda: read_site(self._client, self.name, scope.projects, self._mapping, self._clock().date()),
            lambda metadata: self._context(metadata, me),
            lanes=self._lanes,
            roots=self._doorkeeper.roots,
            me=me,
            before=known,
        )
        started = self._clock()
        # A little before the last full read is a clock that was set; long before it, a cursor that cannot be believed.
        if known is not None and not -_CLOCK_SET_BACK < started - known.read_in_full_at < FULL_AFTER:
            known = None
        if known is not None and not known.covers(scope.projects):
            known = None
        try:
            yield from puller.pages(known, started)
        except RefusedError as refused:
            raise refused.for_run() from refused
        self.warnings = tuple(puller.warnings())

    def fates(self, refs: Sequence[ItemRef]) -> Map[str, Fate]:
        """What became of items that a census missed (``Witness``): one call for two hundred, and one for those not shown."""
        try:
            return Investigator(self._client, self._scope).fates(refs)
        except RefusedError as refused:
            raise refused.for_run() from refused

    def revisions(self, refs: Sequence[ItemRef]) -> Map[str, str]:
        """Two hundred a call."""
        by_id = {int(ref.native_id): ref.uid for ref in refs}
        try:
            pages = [*read_items(self._client, sorted(by_id), ("System.Rev",))]
        except RefusedError as refused:
            raise refused.for_run() from refused
        return {by_id[raw["id"]]: str(raw["rev"]) for page in pages for raw in page}

    def find_comments(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        """By author and the reference at the end of the text, also when they were deleted."""
        return self._comments().find(ref, reference)

    def read_comment(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        """One comment of ours, ``None`` when it is deleted."""
        return self._comments().read(ref, comment_id)

    def create_comment(self, ref: ItemRef, message: Message) -> PostedComment:
        """Post a comment. Sent once."""
        return self._comments().create(ref, message)

    def edit_comment(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        """Replace the text of a comment of ours in place; the item gets a new revision by it."""
        return self._comments().edit(ref, comment_id, message)

    def delete_comment(self, ref: ItemRef, comment_id: str) -> None:
        """Remove a comment of ours."""
        self._comments().delete(ref, comment_id)

    def change_labels(self, ref: ItemRef, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and remove single tags; everybody else's stay."""
        change_labels(self._client, ref, add, remove)

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def _enter(self) -> tuple[Account, Deployment]:
        account, self._deployment = self._doorkeeper.account()
        self._me = account.id or ""
        return account, self._deployment

    def _account_id(self) -> str:
        """Our own account, asked for where ``identify`` was not called before."""
        return (self._enter()[0].id or "") if self._me is None else self._me

    def _comments(self) -> CommentBook:
        me = self._account_id()
        return CommentBook(self._client, me, self.former, formats=self._deployment is None or self._deployment.hosted)

    def _context(self, metadata: Metadata, me: str) -> Context:
        bots = frozenset(name.lower() for name in (me, *self._mapping.bots))
        return Context(self.name, self._url, metadata, self._mapping, self._addresses, bots)
