"""Reading an organisation: all of it once a day, and in between only what its two reports say has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.context import AREA, ITERATION, Context, Metadata
from safesync.connectors.azure.cursor import Cursor
from safesync.connectors.azure.documents import Revision
from safesync.connectors.azure.history import Histories
from safesync.connectors.azure.items import read_items, selected
from safesync.connectors.azure.site import Site
from safesync.connectors.azure.streams import Stream
from safesync.connectors.azure.translate import work_item
from safesync.connectors.port import Page, Refusal, Scope, Surroundings
from safesync.model.item import Item

FULL_AFTER = timedelta(hours=24)
_log = structlog.get_logger()


@dataclass(slots=True)
class Puller:
    """One pull of one organisation; ``read_site`` and ``context`` say how its words are learnt and read."""

    client: AzureClient
    tracker: str
    scope: Scope
    read_site: Callable[[], Site]
    context: Callable[[Metadata], Context]
    unmapped: Counter[str] = field(default_factory=Counter)
    """Items read as ``other`` because nobody mapped their type, by type."""
    missing: tuple[str, ...] = ()
    """SafeSync's fields that are mapped to none of the site's."""
    _projects: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._projects = frozenset(one.lower() for one in self.scope.projects)

    def warnings(self) -> Iterator[str]:
        """What an administrator should know of the mapping after this pull; in the log too."""
        for type_name, count in sorted(self.unmapped.items()):
            _log.warning("type.unmapped", tracker=self.tracker, type=type_name, items=count)
            yield f"{count} items of the type {type_name} are read as 'other', because no kind in mapping.types names it."
        for name in self.missing:
            _log.warning("field.missing", tracker=self.tracker, field=name)
            yield f"mapping.fields.{name} names no field that this site has."

    def full(self, now: datetime) -> Iterator[Page]:
        """
        Everything in scope, the surroundings first, cursor and census last.

        The places in both reports are taken before the items are read: what changes meanwhile is read again next time.
        """
        site = self.read_site()
        context, histories = self._ready(site.metadata), Histories()
        links, revisions = Stream(self.client), Stream(self.client)
        for _ in links.links():
            pass  # for the place at its end: what is linked now stands in the items themselves
        there, _ = self.drained(revisions.revisions(), histories, context)
        wanted = sorted(selected(self.client, self.scope, sorted(there)))
        seen: set[str] = set()
        surroundings: Surroundings | None = site.surroundings
        for raws in read_items(self.client, wanted):
            # One that does not tell its project is there all the same: it is refused by name, not lost.
            mine = [raw for raw in raws if self.mine(_project(raw)) or not _project(raw)]
            seen.update(f"{self.tracker}:{raw['id']}" for raw in mine)
            yield self.page(mine, context, histories, surroundings)
            surroundings = None
        cursor = Cursor(revisions.token, links.token, now, site.metadata, histories.pack())
        yield Page(cursor=cursor.text(), surroundings=surroundings, census=frozenset(seen))

    def changed(self, cursor: Cursor) -> Iterator[Page]:
        """What the reports tell since the cursor; two calls when that is nothing."""
        links, revisions = Stream(self.client, cursor.links), Stream(self.client, cursor.revisions)
        linked = {one for change in links.links() for one in (change.source_id, change.target_id) if one is not None}
        news = tuple(revisions.revisions())
        metadata, packed, gone = cursor.metadata, cursor.histories, frozenset[int]()
        self._ready(metadata)
        if linked or news:
            reread = _Reread(self, metadata, Histories(packed))
            yield from reread.pages(news, linked)
            metadata, packed, gone = reread.metadata, reread.histories.pack(), reread.gone
        moved = Cursor(revisions.token, links.token, cursor.read_in_full_at, metadata, packed)
        yield Page(cursor=moved.text(), gone=tuple(f"{self.tracker}:{one}" for one in sorted(gone)))

    def drained(self, news: Iterable[Revision], histories: Histories, context: Context) -> tuple[set[int], set[int]]:
        """Which items of ours are there, and which were deleted, at the end of these revisions; their histories grow on the way."""
        there, deleted = set[int](), set[int]()
        for one in news:
            if not self.mine(one.fields.project):
                # It moved to a project that is none of ours: whoever knew it learns that from the next census.
                there.discard(one.id)
            elif str(one.fields.deleted).lower() == "true":
                there.discard(one.id)
                deleted.add(one.id)
            else:
                deleted.discard(one.id)
                there.add(one.id)
                histories.take(one, context)
        return there, deleted

    def page(self, raws: Iterable[Mapping[str, Any]], context: Context, histories: Histories, surroundings: Surroundings | None) -> Page:
        """Items as they were read, translated; whoever cannot be is refused by name."""
        read = [work_item(raw, context, histories.of(int(raw["id"]))) for raw in raws]
        items = tuple(one for one in read if isinstance(one, Item))
        self.unmapped.update(one.native_type for one in items if context.kind(one.project, one.native_type) is None)
        return Page(items=items, refused=tuple(one for one in read if isinstance(one, Refusal)), surroundings=surroundings)

    def mine(self, project: str | None) -> bool:
        """Whether a project is in scope."""
        return (project or "").lower() in self._projects

    def _ready(self, metadata: Metadata) -> Context:
        context = self.context(metadata)
        self.missing = tuple(name for name in context.mapping.fields if not metadata.choices.get(name))
        return context


@dataclass(slots=True)
class _Reread:
    """What the reports named, read again as it is now; the site too, once, when an item uses a word it did not know."""

    puller: Puller
    metadata: Metadata
    histories: Histories
    gone: frozenset[int] = frozenset()
    asked_again: bool = False

    def pages(self, news: Sequence[Revision], linked: set[int]) -> Iterator[Page]:
        puller = self.puller
        mine = [one for one in news if puller.mine(one.fields.project)]
        surroundings = self._learn(any(self._is_new_word(one) for one in mine))
        there, deleted = puller.drained(news, self.histories, puller.context(self.metadata))
        self.gone = frozenset(deleted)
        touched = sorted((there | linked) - deleted)
        for raws in read_items(puller.client, sorted(selected(puller.client, puller.scope, touched))):
            ours = [raw for raw in raws if puller.mine(_project(raw))]
            surroundings = self._learn(any(self._is_new_path(raw) for raw in ours)) or surroundings
            yield puller.page(ours, puller.context(self.metadata), self.histories, surroundings)
            surroundings = None

    def _learn(self, needed: bool) -> Surroundings | None:
        # Once: a path that is still unknown afterwards is hidden from us, and asking for ever would not show it.
        if not needed or self.asked_again:
            return None
        self.asked_again = True
        site = self.puller.read_site()
        self.metadata = site.metadata
        return site.surroundings

    def _is_new_word(self, revision: Revision) -> bool:
        known = self.puller.context(self.metadata).type_of(revision.fields.project or "", revision.fields.type or "")
        return known is None or (revision.fields.state or "").lower() not in known.states

    def _is_new_path(self, raw: Mapping[str, Any]) -> bool:
        paths = (str(raw["fields"].get(name) or "").lower() for name in (AREA, ITERATION))
        return any(path and path not in self.metadata.paths for path in paths)


def _project(raw: Mapping[str, Any]) -> str:
    return str((raw.get("fields") or {}).get("System.TeamProject") or "")
