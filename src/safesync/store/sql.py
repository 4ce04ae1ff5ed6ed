"""The store in SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy.exc import IntegrityError

from safesync.connectors.port import Page, Surroundings
from safesync.model.baseline import Baseline, OldFinding
from safesync.model.change import CommentMark
from safesync.model.finding import Finding, KnownFinding, Report
from safesync.model.item import Item, ItemRef
from safesync.model.message import Message
from safesync.store import absences, baseline, columns, findings, lock, pages, replies, runs, scene, snapshots, told
from safesync.store.database import Database, open_database
from safesync.store.port import Intent, IntentKind, Occasion, RollCall, RunRecord, Scene, Snapshot, Store, TrackerState, Write


def open_store(url: str) -> Store:
    """
    The store at ``sqlite:///file`` or ``postgresql://user@host/name``, created and migrated as needed.

    ``ConfigurationError`` when the URL is none or nobody answers there.
    """
    return SqlStore(open_database(url))


class SqlStore:
    """Every method is one transaction, but for the lock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def only_run_of(self, tracker: str) -> AbstractContextManager[None]:
        """See ``Store``."""
        return lock.only_run_of(tracker, self._database.engine)

    def tracker_state(self, tracker: str) -> TrackerState:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.tracker_state(connection, tracker)

    def save_page(
        self,
        tracker: str,
        page: Page,
        rows: Sequence[Mapping[str, object]],
        *,
        state: TrackerState,
        now: datetime,
        missed: Collection[str] | None = None,
        unfound: Collection[str] = (),
    ) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            pages.save_page(connection, tracker, page, rows, state=state, now=now)
            absences.found(connection, tracker, {*page.gone, *(one.uid for one in page.items)}, page.census or ())
            if missed is not None:
                absences.remember(connection, tracker, missed, now)
                absences.note_unfound(connection, tracker, unfound, now)

    def roll_call(self, tracker: str, census: frozenset[str]) -> RollCall:
        """See ``Store``."""
        with self._database.reading() as connection:
            return absences.roll_call(connection, tracker, census)

    def unfound(self, tracker: str) -> Mapping[str, datetime]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return absences.unfound(connection, tracker)

    def note_unfound(self, tracker: str, uids: Collection[str], now: datetime) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            absences.note_unfound(connection, tracker, uids, now)

    def projects(self, tracker: str) -> Mapping[str, int]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return absences.projects(connection, tracker)

    def note_reading(self, tracker: str, trouble: str | None, lost: Collection[str] = ()) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            pages.note_reading(connection, tracker, trouble, lost)

    def surroundings(self, tracker: str) -> Surroundings:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.surroundings(connection, tracker)

    def accounts(self, tracker: str) -> frozenset[str]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.accounts(connection, tracker)

    def note_account(self, tracker: str, account_id: str) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            replies.note_account(connection, tracker, account_id)

    def uids(self, tracker: str) -> frozenset[str]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.uids(connection, tracker)

    def mark_gone(self, uids: Sequence[str], now: datetime) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            pages.mark_gone(connection, uids, now)
            for tracker in {uid.rpartition(":")[0] for uid in uids}:
                absences.found(connection, tracker, uids)

    def item(self, reference: str) -> Item | None:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.item(connection, reference)

    def gone_at(self, reference: str) -> datetime | None:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.gone_at(connection, reference)

    def items(self, uids: Sequence[str]) -> Mapping[str, Item]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.items(connection, uids)

    def replied(self) -> Mapping[str, Item]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return pages.replied(connection)

    def scene(self, facts: Collection[str] | None = None) -> Scene:
        """See ``Store``."""
        with self._database.reading() as connection:
            due = columns.due(connection)
        if due:
            with self._database.writing() as connection:
                columns.make(connection)
        with self._database.reading() as connection:
            return scene.scene(connection, facts)

    def keep_snapshot(self, occasion: Occasion, keep_days: int) -> bool:
        """See ``Store``."""
        try:
            with self._database.writing() as connection:
                return snapshots.keep(connection, occasion, keep_days)
        except IntegrityError:
            return False  # another process keeps this day's at the same moment

    def snapshot_days(self) -> tuple[date, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return snapshots.days(connection)

    def snapshots(self, since: date, facts: Collection[str] | None = None) -> Generator[Snapshot]:
        """See ``Store``."""
        with self._database.reading() as connection:
            yield from snapshots.since(connection, since, facts)

    def findings(self) -> tuple[KnownFinding, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return findings.findings(connection)

    def record(self, report: Report) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            findings.record(connection, report)

    def marks(self) -> Mapping[str, CommentMark]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.marks(connection)

    def save_mark(self, mark: CommentMark, *, settles: int | None = None) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            replies.save_mark(connection, mark)
            if settles is not None:
                replies.settle(connection, settles, mark)

    def baseline(self) -> Baseline:
        """See ``Store``."""
        with self._database.reading() as connection:
            return baseline.baseline(connection)

    def save_baseline(self, old: Sequence[OldFinding], now: datetime, *, met: Collection[str] = ()) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            baseline.save_old(connection, old, met, now)

    def ended(self, since: datetime, until: datetime) -> tuple[Finding, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return findings.ended(connection, since, until)

    def told(self, channel: str) -> dict[str, datetime]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return told.told(connection, channel)

    def note_told(self, channel: str, matter: str, now: datetime) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            told.note_told(connection, channel, matter, now)

    def forget_told(self, channel: str, matters: Collection[str]) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            told.forget_told(connection, channel, matters)

    def intend(
        self,
        run_id: int,
        kind: IntentKind,
        ref: ItemRef,
        *,
        message: Message | None = None,
        add: tuple[str, ...] = (),
        remove: tuple[str, ...] = (),
        codes: tuple[str, ...] = (),
        begins: bool = False,
        asked: str | None = None,
    ) -> int:
        """See ``Store``."""
        intent = Intent(0, run_id, kind, ref, message.digest if message else None, add, remove, codes, begins, asked)
        with self._database.writing() as connection:
            return replies.announce(connection, intent, message)

    def settle(self, intent_id: int) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            replies.settle(connection, intent_id)

    def open_intents(self, tracker: str) -> tuple[Intent, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.open_intents(connection, tracker)

    def writes(self, run_id: int | None = None) -> tuple[Write, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.writes(connection, run_id)

    def written(self, run_id: int) -> Mapping[str, int]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.written(connection, run_id)

    def forget_writes(self, before: datetime) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            replies.forget_writes(connection, before)

    def said(self, uids: Sequence[str]) -> Mapping[str, Message]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.said(connection, uids)

    def carried_out(self, after_run: int) -> tuple[Intent, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.carried_out(connection, after_run)

    def begun_since(self, moment: datetime) -> tuple[str, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.begun_since(connection, moment)

    def readied_since(self, moment: datetime) -> int:
        """See ``Store``."""
        with self._database.reading() as connection:
            return replies.readied_since(connection, moment)

    def runs(self, last: int) -> tuple[RunRecord, ...]:
        """See ``Store``."""
        with self._database.reading() as connection:
            return runs.last_runs(connection, last)

    def start_run(self, verb: str, now: datetime, written_by: str = "") -> int:
        """See ``Store``."""
        with self._database.writing() as connection:
            return runs.start_run(connection, verb, now, written_by)

    def finish_run(self, run_id: int, now: datetime, outcome: str, figures: Mapping[str, int]) -> None:
        """See ``Store``."""
        with self._database.writing() as connection:
            runs.finish_run(connection, run_id, now, outcome, figures)

    def last_figures(self, outcome: str) -> Mapping[str, int] | None:
        """See ``Store``."""
        with self._database.reading() as connection:
            return runs.last_figures(connection, outcome)

    def close(self) -> None:
        """See ``Store``."""
        self._database.close()
