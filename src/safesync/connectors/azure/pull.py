"""Reading an organisation: all of it once a day, and in between only what its two reports, or queries, say has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from msgspec import structs

from safesync.connectors.azure.admission import Admission
from safesync.connectors.azure.answers import RefusedError
from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.context import AREA, ITERATION, Context, Metadata, beside_revisions, type_key
from safesync.connectors.azure.cursor import Cursor
from safesync.connectors.azure.documents import Node, Revision
from safesync.connectors.azure.history import Histories
from safesync.connectors.azure.items import read_items
from safesync.connectors.azure.queries import ids_where, of_scope, selected
from safesync.connectors.azure.replies import Ears, Known, named, number
from safesync.connectors.azure.results import Results
from safesync.connectors.azure.sighting import Inquiry, Sightings
from safesync.connectors.azure.site import Site
from safesync.connectors.azure.streams import ProjectHiddenError, ReportsRefusedError, StaleTokenError, Stream, ends, follow, together
from safesync.connectors.azure.translate import work_item
from safesync.connectors.lanes import LANES, ahead
from safesync.connectors.patience import BarredError
from safesync.connectors.port import Page, Refusal, Scope, Surroundings
from safesync.model.errors import RunError
from safesync.model.item import Item

FULL_AFTER = timedelta(hours=24)
_BACK = timedelta(days=1)
"""How far before a full read its places in the reports may lie: much more than clocks differ."""
_ALONE_AT_MOST = 20
"""Of as many projects each is asked for its revisions alone; for more, the whole organisation is."""
_NO_RESULTS = (
    "The results of tests are refused to our account: whether a linked test failed is not known. Give the token the scope Test management "
    "(read), map fields.test_result, or name a file as organisation.data.tests."
)
_log = structlog.get_logger()


@dataclass(slots=True)
class Puller:
    """One pull of one organisation; ``read_site`` and ``context`` say how its words are learnt and read."""

    client: AzureClient
    tracker: str
    scope: Scope
    read_site: Callable[[], Site]
    context: Callable[[Metadata], Context]
    lanes: int = LANES
    roots: Mapping[str, Node] = field(default_factory=dict)
    """Root areas of the projects, to be remembered."""
    me: str = ""
    """Our own account."""
    before: Cursor | None = None
    """What the last pull knew, also where all is read again."""
    unmapped: Counter[str] = field(default_factory=Counter)
    """Items read as ``other`` because nobody mapped their type, by type."""
    missing: tuple[str, ...] = ()
    """SafeSync's fields that are mapped to none of the site's."""
    _projects: frozenset[str] = field(init=False)
    _hidden: dict[str, None] = field(default_factory=dict)
    _untold: tuple[str, ...] = ()
    _ill: list[tuple[int, str]] = field(default_factory=list)
    _results: Results = field(init=False)
    _admission: Admission = field(init=False)
    _old: Histories | None = None
    """Where all is read again: what was known of each item before."""
    _fewest: dict[int, int] = field(default_factory=dict)
    """How many comments an item had at least in the revisions that nobody has looked at yet."""

    def __post_init__(self) -> None:
        self._projects = frozenset(one.lower() for one in self.scope.projects)
        self._results = Results(self.client)
        self._admission = Admission(self.client, self.scope.projects if self._each_alone else ())

    def warnings(self) -> Iterator[str]:
        """What an administrator should know of the mapping after this pull."""
        for type_name, count in sorted(self.unmapped.items()):
            yield f"{count} items of the type {type_name} are read as 'other', because no kind in mapping.types names it."
        for name in self.missing:
            yield f"mapping.fields.{name} names no field that this site has."
        for project in self._hidden:
            yield f"Project {project} was hidden from us while it was being read. What is known of it stays; look at the token's access."
        yield from self._untold
        yield from self._admission.warnings()
        if self._results.refused:
            yield _NO_RESULTS

    def pages(self, known: Cursor | None, now: datetime) -> Iterator[Page]:
        """What changed since the cursor, everything without one; everything too when its places are not known any more."""
        if known is not None:
            try:
                yield from self.changed(known, now)
            except (StaleTokenError, ReportsRefusedError) as refused:
                # Both reports are read before the first page is given: nothing was told yet.
                _log.warning("cursor.refused", tracker=self.tracker, reason=str(refused))
            else:
                return
        try:
            yield from self.full(now)
        except StaleTokenError as stale:
            raise RunError(f"{stale} It was a place that the report itself had just named. Run again later.") from stale

    def full(self, now: datetime) -> Iterator[Page]:
        """
        Everything in scope, the surroundings first, cursor and census last.

        The places in both reports are taken before the items are read: what changes meanwhile is read again next time.
        """
        site = self.learn()
        context = self._ready(site.metadata)
        self._old = Histories(self.before.histories) if self.before else None
        histories, wanted, deleted, cursor = self._overview(site.metadata, context, now)
        seen: set[int] = set()
        ears = self._ears(histories)
        surroundings: Surroundings | None = site.surroundings
        for raws in read_items(self.client, wanted, lanes=self.lanes, refused=self._quarantine):
            # One that does not tell its project is there all the same: it is refused by name, not lost.
            mine = [raw for raw in raws if self.mine(_project(raw)) or not _project(raw)]
            seen.update(int(raw["id"]) for raw in mine)
            yield self.page(mine, context, histories, surroundings, ears)
            surroundings = None
        refused = self._quarantined()
        seen.update(int(one.native_id) for one in refused)
        yield Page(
            cursor=self._kept(structs.replace(cursor, comments=ears.known.pack())),
            surroundings=surroundings,
            refused=refused,
            gone=self._uids(deleted - seen),
            census=frozenset(self._uids(seen)),
        )

    def changed(self, cursor: Cursor, now: datetime) -> Iterator[Page]:
        """What is told since the cursor; two calls when that is nothing."""
        self._ready(cursor.metadata)
        reread = _Reread(self, cursor.metadata, None, self._listening(Known.unpacked(cursor.comments or "")))
        if cursor.queried is not None:
            asked_at = self._admission.asked_again(cursor.reports_asked_at, now, self._server(now))
            touched, queried = self._inquiry(now).since(cursor.queried)
            yield from reread.pages(touched)
            moved = Cursor("", "", cursor.read_in_full_at, reread.metadata, "", queried, asked_at, self.scope.projects)
            yield Page(cursor=self._kept(reread.noted(moved, cursor)), refused=self._quarantined())
            return
        also = beside_revisions(cursor.metadata)
        links, revisions = Stream(self.client, cursor.links), Stream(self.client, cursor.revisions, also=also)
        linked, news = set[int](), list[Revision]()
        try:
            together(lambda: linked.update(ends(links.links())), lambda: news.extend(revisions.revisions()), lanes=self.lanes)
        except BarredError as barred:
            self._admission.bar(barred)
            raise ReportsRefusedError(str(barred)) from barred
        gone = set[int]()
        packed = cursor.histories
        if linked or news:
            reread.histories = Histories(cursor.histories)
            yield from reread.after(news, linked)
            gone = reread.deleted
            packed = reread.histories.pack() if reread.histories is not None and news else packed
        moved = Cursor(revisions.token, links.token, cursor.read_in_full_at, reread.metadata, packed, projects=self.scope.projects)
        yield Page(cursor=self._kept(reread.noted(moved, cursor)), gone=self._uids(gone), refused=self._quarantined())

    def page(
        self,
        raws: Collection[Mapping[str, Any]],
        context: Context,
        histories: Histories | None,
        surroundings: Surroundings | None,
        ears: Ears,
    ) -> Page:
        """Items as they were read, translated; whoever cannot be is refused by name."""
        results = self._results.of(raws, context)
        said = ears.hear(raws, context)
        ids = [int(raw["id"]) for raw in raws]
        read = [
            work_item(raw, context, histories.of(one) if histories else None, results.get(one) if results else None, said.get(one))
            for one, raw in zip(ids, raws, strict=True)
        ]
        items = tuple(ears.known.without_words_to_us(one) for one in read if isinstance(one, Item))
        self.unmapped.update(one.native_type for one in items if context.kept(one.project, one.native_type).kind is None)
        return Page(items=items, refused=tuple(one for one in read if isinstance(one, Refusal)), surroundings=surroundings)

    def mine(self, project: str | None) -> bool:
        """Whether a project is in scope."""
        return (project or "").lower() in self._projects

    def learn(self) -> Site:
        """What the site says of itself; a project that it hides from us is out of scope from then on, and no census of ours covers it."""
        site = self.read_site()
        for project in site.hidden:
            self._leave(project)
        self._untold = site.untold
        if site.untold and self.before is not None:
            owners = {**self.before.metadata.owners, **site.metadata.owners}
            return replace(site, metadata=structs.replace(site.metadata, owners=owners))
        return site

    def read(self, ids: Iterable[int]) -> Iterator[list[Mapping[str, Any]]]:
        """Those of the items that are in scope, page by page, as they are now."""
        wanted = sorted(selected(self.client, self.scope, sorted(ids)))
        for raws in read_items(self.client, wanted, lanes=self.lanes, refused=self._quarantine):
            yield [raw for raw in raws if self.mine(_project(raw))]

    def _ears(self, histories: Histories | None) -> Ears:
        """Where all is read: comments of who was touched since the last pull, or, after none, of those that name us."""
        if self.before is None or self.before.comments is None:
            by_name = named(self.client, of_scope(self.scope))
            return self._listening(Known(), by_name.__contains__)
        known, old = Known.unpacked(self.before.comments), self._old or Histories()
        if histories is None:
            return self._listening(known)
        return self._listening(known, lambda one: histories.person(one) != old.person(one))

    def _listening(self, known: Known, by_person: Callable[[int], bool] = lambda _: True) -> Ears:
        """Where nobody knows who touched an item, it may have been a person."""
        return Ears(self.client, self.me, known, by_person, self.lanes, self._fewest)

    def _kept(self, cursor: Cursor) -> str:
        return structs.replace(cursor, roots=dict(self.roots)).text()

    def _overview(self, metadata: Metadata, context: Context, now: datetime) -> tuple[Histories | None, list[int], set[int], Cursor]:
        """Histories, which items are there and which were deleted, and the cursor from which to follow what changes."""
        asked_at: datetime | None = now
        try:
            self._admission.doubt(self.before, self._server(now))
            return self._by_reports(metadata, context, now)
        except ReportsRefusedError as refused:
            _log.warning("reports.refused", tracker=self.tracker, reason=str(refused))
        except BarredError as barred:
            # The tracker itself said nothing: the next run asks it again, once.
            self._admission.bar(barred)
            asked_at = None
        self._admission.refused = True
        wanted, queried = self._inquiry(now).everything()
        return None, wanted, set(), Cursor("", "", now, metadata, "", queried, asked_at, self.scope.projects)

    def _by_reports(self, metadata: Metadata, context: Context, now: datetime) -> tuple[Histories, list[int], set[int], Cursor]:
        also = beside_revisions(metadata)
        links, revisions = Stream(self.client), Stream(self.client, also=also)
        since, alone = self._server(now) - _BACK, self._each_alone
        # For the place at its end: what is linked now stands in the items themselves, and revisions are asked for project by project.
        places = [partial(follow, links, links.links, since), partial(follow, revisions, revisions.revisions, since)]
        together(*(places if alone else places[:1]), lanes=self.lanes)
        histories, sightings = Histories(), Sightings()
        for one in self._of_projects(also) if alone else revisions.revisions():
            self._take(one, sightings, histories, context)
        there = sightings.there()
        if self.scope.query:
            there.intersection_update(ids_where(self.client, of_scope(self.scope)))
        cursor = Cursor(revisions.token, links.token, now, metadata, histories.pack(), projects=self.scope.projects)
        return histories, sorted(there), sightings.deleted(), cursor

    @property
    def _each_alone(self) -> bool:
        return len(self.scope.projects) <= _ALONE_AT_MOST

    def _of_projects(self, also: tuple[str, ...]) -> Iterator[Revision]:
        """Every revision in scope, of several projects at a time."""
        hidden: dict[str, ProjectHiddenError] = {}
        for told in ahead(*(self._told_of(project, hidden, also) for project in self.scope.projects), lanes=self.lanes):
            yield from told
        if len(hidden) == len(self.scope.projects):
            raise next(iter(hidden.values()))
        for project in hidden:
            self._leave(project)

    def _told_of(self, project: str, hidden: dict[str, ProjectHiddenError], also: tuple[str, ...]) -> Iterator[tuple[Revision, ...]]:
        try:
            yield from Stream(self.client, project=project, also=also).revision_pages()
        except ProjectHiddenError as error:
            hidden[project] = error

    def _leave(self, project: str) -> None:
        self._hidden[project] = None
        self.scope = replace(self.scope, projects=tuple(one for one in self.scope.projects if one != project))
        self._projects = frozenset(one.lower() for one in self.scope.projects)

    def _take(self, one: Revision, sightings: Sightings, histories: Histories, context: Context) -> None:
        mine = self.mine(one.fields.project)
        sightings.take(one, mine=mine)
        if mine and not one.deleted:
            histories.take(one, context)
            if (self._old is None or self._old.precedes(one)) and (count := number(one.fields.comments)) is not None:
                self._fewest[one.id] = min(count, self._fewest.get(one.id, count))

    def _inquiry(self, now: datetime) -> Inquiry:
        return Inquiry(self.client, self.scope, self._server(now))

    def _server(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.client.clock_skew_s)

    def _ready(self, metadata: Metadata) -> Context:
        context = self.context(metadata)
        self.missing = tuple(name for name, chosen in context.mapping.fields.items() if chosen and not metadata.choices.get(name))
        return context

    def _quarantine(self, item_id: int, error: RefusedError) -> None:
        if error.status != 404:  # that one is gone or hidden, like any that is left out
            self._ill.append((item_id, f"Azure DevOps cannot show it: {error}"))

    def _quarantined(self) -> tuple[Refusal, ...]:
        return tuple(Refusal(str(item_id), reason) for item_id, reason in sorted(self._ill))

    def _uids(self, ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(f"{self.tracker}:{one}" for one in sorted(ids))


@dataclass(slots=True)
class _Reread:
    """What was named as changed, read again as it is now; the site too, once, when an item uses a word it did not know."""

    puller: Puller
    metadata: Metadata
    histories: Histories | None
    ears: Ears
    deleted: set[int] = field(default_factory=set)
    asked_again: bool = False
    heard: bool = False

    def after(self, news: Iterable[Revision], linked: set[int]) -> Iterator[Page]:
        """What these revisions and links are about."""
        puller, mine = self.puller, [one for one in news if self.puller.mine(one.fields.project)]
        surroundings = self._learn(any(self._is_new_word(one.fields.project, one.fields.type, one.fields.state) for one in mine))
        sightings, context = Sightings(), puller.context(self.metadata)
        people = {one.id for one in mine if not context.is_bot(one.fields.changed_by)}
        self.ears.by_person = people.__contains__
        for one in news:
            puller._take(one, sightings, self.histories or Histories(), context)  # noqa: SLF001  # two halves of one pull
        self.deleted = sightings.deleted()
        yield from self.pages((sightings.there() | linked) - self.deleted, surroundings)

    def pages(self, touched: set[int], surroundings: Surroundings | None = None) -> Iterator[Page]:
        """These items."""
        for raws in self.puller.read(touched):
            surroundings, self.heard = self._learn(any(self._is_new(raw) for raw in raws)) or surroundings, True
            yield self.puller.page(raws, self.puller.context(self.metadata), self.histories, surroundings, self.ears)
            surroundings = None

    def noted(self, moved: Cursor, before: Cursor) -> Cursor:
        """
        The cursor with what was heard, packed anew only where anything was read.

        As long as nobody listened to everything, nothing is known: the next full read asks for what was said before.
        """
        return structs.replace(moved, comments=self.ears.known.pack() if self.heard and before.comments is not None else before.comments)

    def _learn(self, needed: bool) -> Surroundings | None:
        # Once: a path that is still unknown afterwards is hidden from us, and asking for ever would not show it.
        if not needed or self.asked_again:
            return None
        self.asked_again = True
        site = self.puller.learn()
        self.metadata = site.metadata
        return site.surroundings

    def _is_new_word(self, project: str | None, type_name: str | None, state: str | None) -> bool:
        known = self.metadata.types.get(type_key(project or "", type_name or ""))
        return known is None or (state or "").lower() not in known.states

    def _is_new(self, raw: Mapping[str, Any]) -> bool:
        fields = raw.get("fields") or {}
        if self._is_new_word(_project(raw), fields.get("System.WorkItemType"), fields.get("System.State")):
            return True
        paths = (str(fields.get(name) or "").lower() for name in (AREA, ITERATION))
        return any(path and path not in self.metadata.paths for path in paths)


def _project(raw: Mapping[str, Any]) -> str:
    return str((raw.get("fields") or {}).get("System.TeamProject") or "")
