"""Pull: prove who we are, read what changed, measure it, keep it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import structlog

from safesync.connectors.port import Fate, Identity, Page, Refusal, Surroundings, Tracker, Witness
from safesync.facts.item.approved import remembered
from safesync.facts.measure import measure
from safesync.jobs.census import Belief, Reach, believed, lost_access, unproven
from safesync.jobs.listener import Listener, Silent
from safesync.jobs.replies import with_known_replies
from safesync.jobs.source import Source
from safesync.model.errors import RunError, SafeSyncError
from safesync.model.item import Item
from safesync.store.port import Store, TrackerState

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Pulled:
    """
    What a pull brought; ``full`` when everything was asked for. ``warnings`` are sentences for the administrator.

    ``hidden`` are projects of the configuration that we may not read; ``lost`` are those with items, which could be read
    before: what is known of those items is not their present.
    """

    tracker: str
    identity: Identity
    full: bool
    items: int
    gone: int
    refused: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    lost: frozenset[str] = frozenset()
    hidden: tuple[str, ...] = ()


def prove(tracker: Tracker, store: Store) -> Identity:
    """Who we are in a tracker; from then on it also knows the accounts that we wrote under before."""
    tracker.known = store.tracker_state(tracker.name).cursor
    identity = tracker.identify()
    tracker.former = store.accounts(tracker.name) - {identity.account_id}
    return identity


def pull(source: Source, store: Store, now: datetime, listener: Listener | None = None) -> Pulled:
    """Bring the store up to date with one tracker; ``RunError`` when it cannot be read."""
    reading = _Reading(source, store, now, listener or Silent())
    reading.listener.begun(reading.step, None)
    try:
        pulled = reading.whole()
    except Exception as error:
        # Whoever judges afterwards, in another process, must not take what is known for the present.
        store.note_reading(source.name, _trouble(error))
        raise
    finally:
        reading.listener.ended(reading.step)
    _note_if_new(store, source.name, pulled.lost)
    figures = {"items": pulled.items, "gone": pulled.gone, "refused": len(pulled.refused), "calls": source.tracker.calls.total}
    _log.info("pull.finished", tracker=pulled.tracker, full=pulled.full, **figures)
    return pulled


def _note_if_new(store: Store, tracker: str, lost: Collection[str]) -> None:
    """A reading ended well; most do, and then nothing is to be noted."""
    known = store.tracker_state(tracker)
    if known.trouble is not None or set(known.lost) != set(lost):
        store.note_reading(tracker, None, lost)


def _trouble(error: Exception) -> str:
    return str(error) if isinstance(error, SafeSyncError) else f"an unexpected {type(error).__name__} ended its reading"


@dataclass(slots=True)
class _Reading:
    """One pull under way."""

    source: Source
    store: Store
    now: datetime
    listener: Listener
    items: int = 0
    gone: int = 0
    refused: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    reach: Reach = field(default_factory=lambda: Reach(()))
    lost: frozenset[str] = frozenset()
    replied: Mapping[str, Item] = field(default_factory=dict)
    """Items on which people spoke to us until now."""

    @property
    def step(self) -> str:
        return f"pull {self.source.name}"

    def whole(self) -> Pulled:
        identity = prove(self.source.tracker, self.store)
        if not identity.projects:
            # An expired token reads like an empty tracker; nothing that follows could be believed.
            raise RunError(f"{identity.display_name} may read no project in scope")
        self.warnings = identity.warnings
        known, self.replied = self.store.tracker_state(self.source.name), self.store.replied()
        self.reach = Reach(identity.projects, self.source.projects, scope_changed=known.fingerprint != self.source.fingerprint)
        told = {} if self.reach.is_whole() else dict(lost_access(self.store.projects(self.source.name), self.reach))
        self.lost = frozenset(told)
        self._tell(told.values())
        trusted = (known.account_id, known.fingerprint) == (identity.account_id, self.source.fingerprint)
        cursor = known.cursor if trusted else None
        try:
            for page in self.source.tracker.pull(cursor):
                self._keep(page, identity.account_id)
        except RunError as error:
            # A query that names issues of a project is refused once that is hidden: then this is what to mend.
            if hidden := self.reach.hidden():
                raise RunError(f"{error} It does not show us {', '.join(hidden)}.") from error
            raise
        self._tell(self.source.tracker.warnings)
        counted = (cursor is None, self.items, self.gone)
        return Pulled(self.source.name, identity, *counted, self.refused, self.warnings, self.lost, self.reach.hidden())

    def _keep(self, page: Page, account_id: str) -> None:
        approved = [item.uid for item in page.items if item.approved_on]
        before = self.store.items(approved) if approved else {}
        items = tuple(with_known_replies(item, self.replied.get(item.uid)) for item in page.items)
        measured, broken = _measured(items, before, self.now.date())
        for refusal in (*page.refused, *broken):
            _log.warning("item.refused", tracker=self.source.name, item=refusal.native_id, reason=refusal.reason)
        self.refused += (*page.refused, *broken)
        belief = self._belief(page)
        state = TrackerState(page.cursor, account_id, self.source.fingerprint)
        kept = replace(
            page,
            items=tuple(item for item, _ in measured),
            gone=(*page.gone, *(belief.gone if belief else ())),
            surroundings=self._around(page.surroundings),
        )
        missed, unfound = (belief.missed, [*belief.missed, *belief.hidden]) if belief else (None, [])
        rows = [row for _, row in measured]
        self.store.save_page(self.source.name, kept, rows, state=state, now=self.now, missed=missed, unfound=unfound)
        self.items += len(measured)
        self.gone += len(kept.gone)
        self.listener.advanced(self.step, len(page.items))
        _log.debug("page.kept", tracker=self.source.name, items=len(measured))

    def _around(self, told: Surroundings | None) -> Surroundings | None:
        """With what was known before of what we may not read, or were not told, now: items elsewhere depend on what is planned there."""
        return told if told is None or (told.whole and not self.lost) else with_known(told, self.store.surroundings(self.source.name))

    def _belief(self, page: Page) -> Belief | None:
        """
        What follows from the page's census, ``None`` when it has none.

        Stored with the page, in its transaction: a crash before reads everything again, and asks again.
        """
        if page.census is None:
            return None
        roll = unproven(self.store.roll_call(self.source.name, page.census), page.gone)
        tracker = self.source.tracker
        belief = believed(roll, self.reach, self._fates if isinstance(tracker, Witness) else None)
        for warning in belief.warnings:
            _log.info("census.doubted", tracker=self.source.name, reason=warning)
        if roll.absent:
            _log.info("census.judged", tracker=self.source.name, gone=len(belief.gone), missed=len(belief.missed))
        self._tell(belief.warnings)
        return belief

    def _fates(self, uids: Sequence[str]) -> Mapping[str, Fate]:
        known = self.store.items(uids)
        tracker = self.source.tracker
        return tracker.fates([item.ref for item in known.values()]) if isinstance(tracker, Witness) else {}

    def _tell(self, warnings: Iterable[str]) -> None:
        self.warnings += tuple(warning for warning in dict.fromkeys(warnings) if warning not in self.warnings)


def with_known(told: Surroundings, known: Surroundings) -> Surroundings:
    """What a tracker told, and after it what only an earlier telling named."""
    iterations, intervals = {one.uid for one in told.iterations}, {one.label for one in told.intervals}
    teams, boards = {one.name for one in told.teams}, {one.team for one in told.columns}
    return Surroundings(
        iterations=(*told.iterations, *(one for one in known.iterations if one.uid not in iterations)),
        intervals=(*told.intervals, *(one for one in known.intervals if one.label not in intervals)),
        columns=(*told.columns, *(one for one in known.columns if one.team not in boards)),
        teams=(*told.teams, *(one for one in known.teams if one.name not in teams)),
    )


def _measured(
    items: tuple[Item, ...], before: Mapping[str, Item], today: date
) -> tuple[list[tuple[Item, dict[str, object]]], tuple[Refusal, ...]]:
    """Items with their facts; an item whose text breaks the measuring is refused and stops nobody else."""
    good: list[tuple[Item, dict[str, object]]] = []
    broken: list[Refusal] = []
    for item in items:
        try:
            whole = remembered(item, before.get(item.uid), today)
            good.append((whole, measure(whole)))
        except Exception as error:  # noqa: BLE001 - the boundary of one item: one odd text must not stop a tracker for ever
            broken.append(Refusal(item.native_id, f"{item.key} could not be measured ({type(error).__name__})"))
    return good, tuple(broken)
