"""Pull: prove who we are, read what changed, measure it, keep it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from safesync.connectors.port import Identity, Page, Refusal
from safesync.facts.measure import measure
from safesync.jobs.listener import Listener, Silent
from safesync.jobs.source import Source
from safesync.model.errors import RunError
from safesync.model.item import Item
from safesync.store.port import Store, TrackerState

_log = structlog.get_logger()
_ALARM_COUNT = 5
_ALARM_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull brought; ``full`` when everything was asked for. ``warnings`` are sentences for the administrator."""

    tracker: str
    identity: Identity
    full: bool
    items: int
    gone: int
    refused: tuple[Refusal, ...]
    warnings: tuple[str, ...]


def pull(source: Source, store: Store, now: datetime, listener: Listener | None = None) -> Pulled:
    """Bring the store up to date with one tracker; ``RunError`` when it cannot be read."""
    reading = _Reading(source, store, now, listener or Silent())
    reading.listener.begun(reading.step, None)
    try:
        pulled = reading.whole()
    finally:
        reading.listener.ended(reading.step)
    figures = {"items": pulled.items, "gone": pulled.gone, "refused": len(pulled.refused), "calls": source.tracker.calls.total}
    _log.info("pull.finished", tracker=pulled.tracker, full=pulled.full, **figures)
    return pulled


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

    @property
    def step(self) -> str:
        return f"pull {self.source.name}"

    def whole(self) -> Pulled:
        identity = self.source.tracker.identify()
        if not identity.projects:
            # An expired token reads like an empty tracker; nothing that follows could be believed.
            raise RunError(f"{self.source.name}: {identity.display_name} may read no project in scope")
        self.warnings = identity.warnings
        known = self.store.tracker_state(self.source.name)
        trusted = (known.account_id, known.fingerprint) == (identity.account_id, self.source.fingerprint)
        cursor = known.cursor if trusted else None
        for page in self.source.tracker.pull(cursor):
            self._keep(page, identity.account_id)
        self.warnings += tuple(warning for warning in self.source.tracker.warnings if warning not in self.warnings)
        return Pulled(self.source.name, identity, cursor is None, self.items, self.gone, self.refused, self.warnings)

    def _keep(self, page: Page, account_id: str) -> None:
        measured, broken = _measured(page.items)
        for refusal in (*page.refused, *broken):
            _log.warning("item.refused", tracker=self.source.name, item=refusal.native_id, reason=refusal.reason)
        self.refused += (*page.refused, *broken)
        # Before the page with the cursor is kept: a crash in between reads everything again and asks again.
        self._believe_census(page)
        state = TrackerState(page.cursor, account_id, self.source.fingerprint)
        kept = replace(page, items=tuple(item for item, _ in measured))
        self.store.save_page(self.source.name, kept, [row for _, row in measured], state=state, now=self.now)
        self.items += len(measured)
        self.gone += len(page.gone)
        self.listener.advanced(self.step, len(page.items))
        _log.debug("page.kept", tracker=self.source.name, items=len(measured))

    def _believe_census(self, page: Page) -> None:
        if page.census is None:
            return
        known = self.store.uids(self.source.name)
        missing = known - page.census
        if not missing:
            return
        if len(missing) < max(_ALARM_COUNT, _ALARM_SHARE * len(known)):
            self.store.mark_gone(sorted(missing), self.now)
            self.gone += len(missing)
            return
        # A mass disappearance is a lost permission or a wrong scope far more often than a deletion.
        sentence = f"{len(missing)} of {len(known)} items are not shown any more; none is believed to be gone"
        self.warnings += (sentence,)
        _log.error("census.doubted", tracker=self.source.name, missing=len(missing), known=len(known))


def _measured(items: tuple[Item, ...]) -> tuple[list[tuple[Item, dict[str, object]]], tuple[Refusal, ...]]:
    """Items with their facts; an item whose text breaks the measuring is refused and stops nobody else."""
    good: list[tuple[Item, dict[str, object]]] = []
    broken: list[Refusal] = []
    for item in items:
        try:
            good.append((item, measure(item)))
        except Exception as error:  # noqa: BLE001 - the boundary of one item: one odd text must not stop a tracker for ever
            broken.append(Refusal(item.native_id, f"{item.key} could not be measured ({type(error).__name__})"))
    return good, tuple(broken)
