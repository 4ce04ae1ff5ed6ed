"""A Jira site as a tracker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from safesync.connectors.jira import census, history, jql, scan, translate, values
from safesync.connectors.jira.client import JiraClient, RefusedError
from safesync.connectors.jira.comments import Comments
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.deployment import Site
from safesync.connectors.jira.metadata import Cursor, Metadata, Rights, TokenNote
from safesync.connectors.jira.parents import ParentLinks
from safesync.connectors.jira.permissions import Granted, granted, labelling, still_granted
from safesync.connectors.jira.recent import Recent
from safesync.connectors.jira.surroundings import surroundings
from safesync.connectors.jira.survey import survey
from safesync.connectors.jira.token_life import token_life, warning
from safesync.connectors.lanes import with_last
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.connectors.patience import Patience, of_item
from safesync.connectors.port import Access, Addresses, Calls, Fate, Identity, Page, Refusal, Scope, TokenLife
from safesync.model.change import PostedComment
from safesync.model.errors import RunError
from safesync.model.item import Item, ItemRef, Kind, Markup
from safesync.model.message import Message

FULL_AFTER = timedelta(hours=24)
"""What ``updated`` does not tell (deletions, lost permissions, renamed boards and sprints) is found by a full read."""

_SKEW_S = 60.0


class JiraTracker:
    """
    Implements ``connectors.port.Tracker`` for Jira Cloud and Data Center.

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
        lanes: int = 4,
    ) -> None:
        """``lanes`` is how many calls of a full read may be under way at once."""
        self.name = access.name
        self.calls = Calls()
        self.warnings: tuple[str, ...] = ()
        self.former: frozenset[str] = frozenset()
        self.known: str | None = None
        self._rights: Rights | None = None
        self._token: TokenNote | None = None
        self._access, self._scope, self._mapping, self._addresses = access, scope, mapping, addresses
        self._in_sight = scope
        """The part of the scope that we may read, as ``identify`` last found."""
        self._client = JiraClient(access, self.calls, patience=patience or Patience(), clock=clock)
        self._comments = Comments(self._client, self._me, lambda: self.former)
        self._account_id: str | None = None
        self._called: tuple[str, ...] = ()
        """What people mention us by."""
        self._lanes = lanes
        self._written: list[int] = []
        """Ids of issues that we wrote to since the last pull of this process, the latest last."""

    def identify(self) -> Identity:
        """
        Three calls on Cloud, a few more only when a permission is missing.

        On Data Center two and one a project; with many projects three, where it was told within a day what we may write.
        """
        self._client.renew()
        site = self._client.detect()
        with self._client.understood():
            me = self._myself()
            self._account_id = values.account(me)
            self._called = tuple(str(me[name]) for name in ("accountId", "key", "name") if me.get(name))
            held = self._granted()
            token = self._token_life()
        for project, called in held.renamed.items():
            raise RunError(f"the project {project} is called {called} now. Correct scope.projects.")
        seen = tuple(project for project in self._scope.projects if project in held.browse)
        if self._scope.projects and not seen:
            raise RunError(self._hidden(self._scope.projects))
        self._in_sight = replace(self._scope, projects=seen)
        return Identity(
            account_id=self._me(),
            display_name=str(me.get("displayName") or ""),
            deployment=site.deployment,
            version=site.release,
            projects=seen,
            may_comment=held.comment,
            may_label=held.label,
            clock_skew_s=self._client.skew_s,
            warnings=(*self.warnings, *self._doubts(held), *self._ending(token)),
            token=token,
        )

    def pull(self, cursor: str | None) -> Iterator[Page]:
        """
        A full pull costs one call per 100 issues and one per 5,000; a steady one a call per 100 changed issues. One more
        for 200 issues whose histories are long, and a few where a state or a type appears that was not there before.
        """
        self._me()
        known = Cursor.read(cursor)
        with self._client.understood():
            yield from self._since(known)

    def revisions(self, refs: Sequence[ItemRef]) -> Mapping[str, str]:
        """One call per 100 items."""
        with self._client.understood():
            return {f"{self.name}:{native_id}": text for native_id, text in scan.revisions(self._client, [ref.native_id for ref in refs])}

    def fates(self, refs: Sequence[ItemRef]) -> Mapping[str, Fate]:
        """One call per 100 items, one more where the scope has a query. Jira never says that an issue was deleted."""
        with self._client.understood():
            found = dict(census.fates(self._client, self._in_sight, [ref.native_id for ref in refs]))
        return {f"{self.name}:{native_id}": fate for native_id, fate in found.items()}

    def find_comments(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        """Ours with this reference, oldest first."""
        with self._client.understood(), of_item():
            return self._comments.find(ref, reference)

    def read_comment(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        """One comment of ours, ``None`` when it is deleted."""
        with self._client.understood(), of_item():
            return self._comments.read(ref, comment_id)

    def create_comment(self, ref: ItemRef, message: Message) -> PostedComment:
        """Post a comment. Sent once."""
        self._notice(ref)
        return self._comments.create(ref, message)

    def edit_comment(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        """Replace the text of ours, silently where we may."""
        self._notice(ref)
        return self._comments.edit(ref, comment_id, message)

    def delete_comment(self, ref: ItemRef, comment_id: str) -> None:
        """Remove ours."""
        self._notice(ref)
        self._comments.delete(ref, comment_id)

    def change_labels(self, ref: ItemRef, add: Sequence[str], remove: Sequence[str]) -> None:
        """One call; none when there is nothing to change."""
        # Never ``fields.labels``: it would put back what a person removed a moment ago.
        verbs = [{"add": label} for label in add] + [{"remove": label} for label in remove]
        if verbs:
            self._notice(ref)
            body = {"update": {"labels": verbs}}
            with labelling(self._client, ref):
                self._comments.quietly(ref, lambda params: self._client.write("PUT", f"issue/{ref.native_id}", params=params, body=body))

    def close(self) -> None:
        """Give back connections."""
        self._client.close()

    def _notice(self, ref: ItemRef) -> None:
        # Before it is sent: also what is not answered may have happened.
        if ref.native_id.isdecimal():
            self._written.append(int(ref.native_id))

    def _granted(self) -> Granted:
        """What we may do: as it was told within a day, or asked anew. That we may read is never taken from memory."""
        known, now, me = Cursor.read(self.known), self._client.server_now(), self._me()
        rights = known.rights if known else None
        if rights and rights.account == me and _lately(rights.as_of, now):
            held = still_granted(self._client, self._scope.projects, Granted(rights.browse, rights.comment, rights.label, rights.untold))
            if held is not None:
                self._rights = rights
                return held
        held = granted(self._client, self._scope.projects)
        self._rights = None if self._client.site.cloud else Rights(me, now, held.browse, held.comment, held.label, held.untold)
        return held

    def _token_life(self) -> TokenLife | None:
        """As it was told within a day, or asked anew: of a personal access token, and Data Center alone tells."""
        if self._client.site.cloud or self._access.user:
            return None
        known, now, me = Cursor.read(self.known), self._client.server_now(), self._me()
        note = known.token if known else None
        if note is None or note.account != me or not _lately(note.as_of, now):
            note = TokenNote(me, now, token_life(self._client))
        self._token = note
        return note.life

    def _ending(self, token: TokenLife | None) -> Iterator[str]:
        if said := warning(token, self._client.server_now().date()):
            yield said

    def _since(self, known: Cursor | None) -> Iterator[Page]:
        started_at = self._client.server_now()
        written = tuple(dict.fromkeys(reversed(self._written)))[: scan.RECONCILED]
        skew_s, scope = self._client.skew_s, self._in_sight
        if known is None or self._time_for_all(known, started_at) or not known.covers(scope.projects):
            made = Cursor(
                started_at,
                started_at,
                self._survey(known.metadata if known else None),
                recent=known.recent if known else {},
                written=written,
                skew_s=skew_s,
                projects=scope.projects,
                rights=self._rights,
                token=self._token,
            )
            pages = scan.everything(self._client, scope, made.metadata.located.asked, self._enough(made.metadata), lanes=self._lanes)
            yield from self._pull(pages, made, full=True)
        else:
            late = tuple(dict.fromkeys((*written, *known.written)))[: scan.RECONCILED]
            enough, asked = self._enough(known.metadata), known.metadata.located.asked
            pages = scan.changed(self._client, scope, asked, enough, since=known.watermark, now=started_at, written=late)
            moved = replace(
                known,
                watermark=started_at,
                written=written,
                skew_s=skew_s,
                projects=scope.projects,
                rights=self._rights,
                token=self._token,
            )
            yield from self._pull(pages, moved, full=False)
        self._written.clear()  # only now: a pull that breaks off stored no cursor that knows them

    def _time_for_all(self, known: Cursor, now: datetime) -> bool:
        """Whether what changed since then would not be enough: a day has passed, or a clock was set and times mean nothing."""
        drift_s = 0.0 if known.skew_s is None else abs(self._client.skew_s - known.skew_s)
        # The site tells its time in whole seconds: a run right after another may seem to begin before it.
        return (
            drift_s >= jql.OVERLAP.total_seconds()
            or not -jql.OVERLAP < now - known.full_at < FULL_AFTER
            or now - known.watermark <= -jql.OVERLAP
        )

    def _me(self) -> str:
        if self._account_id is None:
            self.identify()
        return self._account_id or ""

    def _myself(self) -> dict[str, object]:
        try:
            me = self._client.read("GET", "myself")
        except RefusedError as error:
            scopes = f" {error}" if error.status == 401 else ""
            raise RunError(
                f"{self._access.url} answered {error.status} when asked who we are. "
                f"Check the address, and that our account may use Jira.{scopes}"
            ) from error
        if not isinstance(me, dict) or values.account(me) is None:
            raise RunError("Jira takes us for nobody. Check the user and the token.")
        return me

    def _hidden(self, projects: Sequence[str]) -> str:
        named = ", ".join(projects)
        return f"we cannot see the project {named}. Give our account 'Browse projects' there, or correct the scope."

    def _doubts(self, held: Granted) -> Iterator[str]:
        if hidden := [project for project in self._scope.projects if project not in held.browse]:
            yield self._hidden(hidden)
        for project in self._in_sight.projects:
            if project not in held.comment:
                yield f"we may not comment in {project}: 'Add comments' or 'Edit own comments' is missing."
            if project in held.untold:
                yield f"Jira does not tell what we may do in {project}; what we write there may be refused."
            if project not in held.label:
                yield f"we may not change labels in {project}: 'Edit issues' is missing."
        if doubt := self._client.site.doubt:
            yield doubt
        if abs(self._client.skew_s) > _SKEW_S:
            yield f"its clock is {self._client.skew_s:+.0f} s from ours. Set our clock."

    def _survey(self, known: Metadata | None = None) -> Metadata:
        try:
            return survey(self._client, self._in_sight, self._mapping, lanes=self._lanes).completed(known)
        except RefusedError as error:
            raise RunError(f"{error} SafeSync cannot read the backlog without it; give our account access.") from error

    def _prove_again(self) -> None:
        """
        Where answers do not say whom they were given to: that we are still known, now that all is read.

        Jira answers a token that has ended as if nothing were there, and what changed would be passed over.
        """
        if not self._client.recognised and values.account(self._myself()) != self._account_id:
            raise RunError("Jira takes us for another account than at the start of the run. Run again.")

    def _enough(self, metadata: Metadata) -> Callable[[dict[str, object]], bool]:
        return partial(history.enough, is_bot=partial(translate.is_bot, context=self._context(metadata)))

    def _pull(self, pages: Iterator[list[dict[str, object]]], cursor: Cursor, *, full: bool) -> Iterator[Page]:
        metadata, counted, unmapped = cursor.metadata, set[int](), Counter[str]()
        recent = Recent(cursor.recent, began=cursor.watermark)
        surveyed = full
        parents = ParentLinks(self._client, metadata.located, metadata.parent_links, self._above_story(metadata))
        context = self._context(metadata)
        for shown, last in with_last(pages, []):
            if full:
                counted.update(int(str(raw["id"])) for raw in shown)
            issues = recent.news(shown, self._client.server_now(), again=full)
            if not surveyed and (metadata.boards_barred or not all(metadata.knows(raw) for raw in issues)):
                # The pages to come hold the fields that were asked for, whatever the site lists by now.
                metadata, surveyed = replace(self._survey(metadata), located=metadata.located), True
            metadata = metadata.learned(issues)
            if metadata is not context.metadata:  # what one page has found out is good for the next
                context = self._context(metadata)
            parents.fill(issues)
            read = [translate.issue(raw, context) for raw in issues]
            unmapped.update(one.native_type for one in read if isinstance(one, Item) and one.kind is Kind.OTHER)
            told = surveyed or metadata is not cursor.metadata
            if last:
                self._prove_again()
            yield Page(
                items=tuple(one for one in read if isinstance(one, Item)),
                refused=tuple(one for one in read if isinstance(one, Refusal)),
                cursor=replace(_seen_at_last(cursor, metadata), metadata=parents.noted(metadata), recent=recent.remembered()).text()
                if last
                else None,
                surroundings=surroundings(self.name, metadata, self._mapping) if last and told else None,
                census=frozenset(f"{self.name}:{native_id}" for native_id in counted) if last and full else None,
            )
        self._warn(metadata, unmapped)

    def _context(self, metadata: Metadata) -> Context:
        site = self._client.site
        markup = Markup.ADF if site.cloud else Markup.WIKI
        addresses, us = self._known_addresses(site), self._account_id
        return Context(self.name, site.address, self._mapping, addresses, metadata, markup=markup, account_id=us, called=self._called)

    def _known_addresses(self, site: Site) -> Addresses:
        """With the site's own: people copy links from there, whichever way we come."""
        return Addresses((*self._addresses.trackers, (self.name, site.address)))

    def _above_story(self, metadata: Metadata) -> Callable[[dict[str, object]], bool]:
        return partial(translate.above_story, context=self._context(metadata))

    def _warn(self, metadata: Metadata, unmapped: Counter[str]) -> None:
        absent = [f"the field mapped to {name} is not on the site, or hidden from us." for name in metadata.located.absent]
        other = [f"the type {name} is not mapped; {count} items of it are read as 'other'." for name, count in unmapped.items()]
        boards = ["its boards are not shown to us any more; what they said stays. Give our account access to them."]
        failing = [
            f"Jira fails when asked for the board {board}; what it said earlier stays. Repair its filter or its configuration."
            for board in metadata.failing
        ]
        barred = [f"its boards were not told. {metadata.boards_barred}"] if metadata.boards_barred else []
        told = barred or (boards if metadata.boards_kept else [])
        self.warnings = (*absent, *other, *told, *failing)


def _seen_at_last(cursor: Cursor, metadata: Metadata) -> Cursor:
    """The cursor; where boards are shown for the first time it asks for a full read, for no item was read with them."""
    if cursor.metadata.boards_seen or not metadata.boards_seen:
        return cursor
    return replace(cursor, full_at=cursor.full_at - FULL_AFTER)


def _lately(then: datetime, now: datetime) -> bool:
    # Either way round: a tracker tells its time in whole seconds, so what was just noted may lie a moment ahead.
    return abs(now - then) < FULL_AFTER
