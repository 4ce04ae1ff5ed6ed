"""What SafeSync asks of any store."""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

import polars as pl

from safesync.connectors.port import Page, Surroundings
from safesync.model.baseline import Baseline, OldFinding
from safesync.model.change import CommentMark
from safesync.model.finding import Finding, KnownFinding, Report
from safesync.model.item import Item, ItemRef
from safesync.model.message import Message
from safesync.model.organisation import BoardColumn, Organisation, Team
from safesync.model.timebox import Iteration, PlanningInterval


@dataclass(frozen=True, slots=True)
class TrackerState:
    """How far a tracker has been read, and as whom."""

    cursor: str | None
    account_id: str | None
    fingerprint: str | None
    """Hash of scope and mapping that the cursor was made under; another one means: read everything again."""
    trouble: str | None = None
    """Why the last reading ended early, ``None`` when it did not: what is known of the tracker is not its present."""
    lost: tuple[str, ...] = ()
    """Projects with items that the last reading could not see any more."""


@dataclass(frozen=True, slots=True)
class Absent:
    """
    An item that is known and that a census did not show.

    ``since`` is when a census missed it first, with none that showed it in between; ``None`` when this is the first.
    """

    uid: str
    project: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class RollCall:
    """A census beside what is known: ``known`` is project -> how many items are not gone."""

    known: Mapping[str, int]
    absent: tuple[Absent, ...]


class IntentKind(StrEnum):
    """What a write was going to do."""

    COMMENT = "comment"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Intent:
    """
    A write that was announced. While it is open nobody knows whether it happened.

    For labels ``add`` and ``remove`` say what was to change; for a comment ``digest`` what was to be said. ``codes`` are the
    rules that it was about.
    """

    intent_id: int
    run_id: int
    kind: IntentKind
    ref: ItemRef
    digest: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    begins: bool = False
    """A new comment, and no edit of one."""
    asked: str | None = None
    """The reply that it answers."""


@dataclass(frozen=True, slots=True)
class Write:
    """
    A write that happened.

    ``message`` is what our comment said from then on, and ``before`` what it said until then: ``None`` when it was new, or when
    nobody remembers.
    """

    intent: Intent
    message: Message | None = None
    before: Message | None = None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """
    A run as it is remembered; ``written_by`` names the version of SafeSync and a hash of the configuration.

    One without ``finished_at`` and ``outcome`` is under way, or was killed: its figures are what is known to have been written.
    """

    run_id: int
    verb: str
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None
    figures: Mapping[str, int]
    written_by: str


@dataclass(frozen=True, slots=True)
class Scene:
    """
    Everything judging needs, as columns.

    ``facts``: one row an item that is not gone, ``uid`` and the measured facts of ``facts.catalog`` in their order, and
    ``unseen`` (names of unseen facts, sorted, joined by one space); texts and numbers are as short as ``facts.columns.coded`` and,
    of many items, ``narrowed`` make them. ``links``: as ``facts.links`` resolves them, ``row`` and ``target_row`` (rows of ``facts``)
    and ``relation``.
    """

    facts: pl.DataFrame
    links: pl.DataFrame
    iterations: tuple[Iteration, ...]
    intervals: tuple[PlanningInterval, ...]
    columns: tuple[BoardColumn, ...]
    teams: tuple[Team, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """When everything was judged, and what stood around the items then; ``failed`` and ``lost`` as ``jobs.check`` has them."""

    at: datetime
    iterations: tuple[Iteration, ...] = ()
    intervals: tuple[PlanningInterval, ...] = ()
    columns: tuple[BoardColumn, ...] = ()
    teams: tuple[Team, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)
    failed: frozenset[str] = frozenset()
    lost: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that was judged on an occasion, as it was; what was not measured yet is unseen."""

    occasion: Occasion
    scene: Scene


class Store(Protocol):
    """A store. Every method is one transaction; what it returns are values that stay true when it changes."""

    def only_run_of(self, tracker: str) -> AbstractContextManager[None]:
        """Holds a tracker for one run, against everybody who shares the store; ``RunError`` at once when another run holds it."""

    def tracker_state(self, tracker: str) -> TrackerState:
        """How far this tracker has been read; all ``None`` for one never read."""

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
        """
        Items, their links and measured facts (``rows``, one an item, by fact name), surroundings and cursor, together.

        The state's cursor replaces the stored one only when ``page.cursor`` is not ``None``. Items in ``page.gone`` are marked gone.
        ``missed`` is given with a census: the items that it did not show and that the next one decides about. Of no other
        item is it remembered any longer that it was missed. ``unfound`` are all that it did not show and that are not gone for it;
        of who is shown, or gone, that is over.
        """

    def roll_call(self, tracker: str, census: frozenset[str]) -> RollCall:
        """Who of the items that are not gone is absent in a census."""

    def unfound(self, tracker: str) -> Mapping[str, datetime]:
        """The items that were not found when the tracker was asked for them last, by uid, and since when: what is known of them is old."""

    def note_unfound(self, tracker: str, uids: Collection[str], now: datetime) -> None:
        """These were asked for, and not found."""

    def projects(self, tracker: str) -> Mapping[str, int]:
        """Project -> how many items of a tracker are not gone."""

    def note_reading(self, tracker: str, trouble: str | None, lost: Collection[str] = ()) -> None:
        """How a reading of a tracker ended: why early, or ``None``, and the projects that it did not see any more."""

    def surroundings(self, tracker: str) -> Surroundings:
        """What stands around the items of a tracker, as it was last told."""

    def accounts(self, tracker: str) -> frozenset[str]:
        """The accounts under which we ever wrote in a tracker."""

    def note_account(self, tracker: str, account_id: str) -> None:
        """We are about to write under this account."""

    def uids(self, tracker: str) -> frozenset[str]:
        """All items of a tracker that are not gone."""

    def mark_gone(self, uids: Sequence[str], now: datetime) -> None:
        """These items are no more; their findings are over, their marks stay."""

    def item(self, reference: str) -> Item | None:
        """One item by uid, by ``tracker:key``, or by a key that only one tracker has; ``None`` when there is none."""

    def gone_at(self, reference: str) -> datetime | None:
        """When an item, named in the same ways, was seen to be no more, or out of scope; ``None`` for all others."""

    def items(self, uids: Sequence[str]) -> Mapping[str, Item]:
        """Items by uid; unknown uids are absent."""

    def replied(self) -> Mapping[str, Item]:
        """The items on which people speak to us, by uid."""

    def scene(self, facts: Collection[str] | None = None) -> Scene:
        """All that is judged; of the facts only those that are named, or every one."""

    def keep_snapshot(self, occasion: Occasion, keep_days: int) -> bool:
        """
        Keep what is known now as the snapshot of the occasion's day (UTC), unless that day has one; whether it was kept.

        Snapshots without which the last ``keep_days`` days can be told are forgotten.
        """

    def snapshot_days(self) -> tuple[date, ...]:
        """The days of which there is a snapshot, oldest first."""

    def snapshots(self, since: date, facts: Collection[str] | None = None) -> Generator[Snapshot]:
        """The snapshots from a day on, oldest first; of the facts only those that are named, or every one."""

    def findings(self) -> tuple[KnownFinding, ...]:
        """All findings that are not over."""

    def record(self, report: Report) -> None:
        """Remember a report: new findings begin, seen ones go on, ended ones end, unjudged ones stay as they are."""

    def marks(self) -> Mapping[str, CommentMark]:
        """What we know of our comments and labels, by uid."""

    def save_mark(self, mark: CommentMark, *, settles: int | None = None) -> None:
        """
        Remember a mark and, in the same transaction, close the intent that led to it.

        A comment was written when the mark now says what was announced.
        """

    def baseline(self) -> Baseline:
        """What was there before we spoke, and since when we speak in each tracker."""

    def save_baseline(self, old: Sequence[OldFinding], now: datetime, *, met: Collection[str] = ()) -> None:
        """Remember old findings, new ones and those that left; in the trackers that are ``met`` we speak from now on."""

    def ended(self, since: datetime, until: datetime) -> tuple[Finding, ...]:
        """Findings that ended in this time, the later end not included."""

    def told(self, channel: str) -> Mapping[str, datetime]:
        """The matters that a channel to people was told and that are not over, and when."""

    def note_told(self, channel: str, matter: str, now: datetime) -> None:
        """It was told of a matter."""

    def forget_told(self, channel: str, matters: Collection[str]) -> None:
        """These matters are over for it."""

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
        """Announce a write before it is sent, of a message or of labels; its intent id."""

    def settle(self, intent_id: int) -> None:
        """The announced write is known not to have happened, or nobody will ever know."""

    def open_intents(self, tracker: str) -> tuple[Intent, ...]:
        """Writes of a tracker that were announced and never settled, oldest first."""

    def writes(self, run_id: int | None = None) -> tuple[Write, ...]:
        """Writes that happened, of one run or of all, in their order."""

    def written(self, run_id: int) -> Mapping[str, int]:
        """How many writes of each sort are known to have happened in a run."""

    def forget_writes(self, before: datetime) -> None:
        """Writes of runs that began before then are not remembered, but for the last of each sort on each item."""

    def said(self, uids: Sequence[str]) -> Mapping[str, Message]:
        """What we last wrote into our comment on each item, by uid, as far as it is remembered."""

    def carried_out(self, after_run: int) -> tuple[Intent, ...]:
        """The writes that happened in runs after this one, in their order."""

    def begun_since(self, moment: datetime) -> tuple[str, ...]:
        """The items on which a run that began since then posted our first comment, or set labels without any (but that it is ready)."""

    def readied_since(self, moment: datetime) -> int:
        """How many items a run that began since then called ready, and wrote nothing else in the labels."""

    def runs(self, last: int) -> tuple[RunRecord, ...]:
        """The last runs, the newest first."""

    def start_run(self, verb: str, now: datetime, written_by: str = "") -> int:
        """A new run; its id."""

    def finish_run(self, run_id: int, now: datetime, outcome: str, figures: Mapping[str, int]) -> None:
        """How a run ended, with what it counted."""

    def last_figures(self, outcome: str) -> Mapping[str, int] | None:
        """What the newest run with this outcome counted, ``None`` when there was none."""

    def close(self) -> None:
        """Give back connections."""
