"""What SafeSync asks of any tracker."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal, Protocol, runtime_checkable

from safesync.model.change import PostedComment
from safesync.model.errors import ItemError
from safesync.model.item import Item, ItemRef
from safesync.model.message import Message
from safesync.model.organisation import BoardColumn, Team
from safesync.model.timebox import Iteration, PlanningInterval


class WriteRefusedError(ItemError):
    """The tracker will not have this on this item as it is: to ask again before one of them changes brings the same answer."""


class OutOfReachError(ItemError):
    """
    The tracker itself says that the item is not there for us, or that we may not do this on it: for want of a right, because it was
    moved, hidden or deleted.
    """


class ProjectClosedError(ItemError):
    """The tracker takes nothing in the item's project at present, from nobody: it was archived."""


class CommentRefusedError(WriteRefusedError):
    """This comment: what it says, or something about the item, is the reason."""


class LabelsRefusedError(WriteRefusedError):
    """These labels: those of the item are the reason."""

    def __init__(self, message: str, *, by_item: bool = False) -> None:
        super().__init__(message)
        self.by_item = by_item
        """Whether something else about the item is the reason, so that any change of a person may help."""


@dataclass(frozen=True, slots=True)
class TokenLife:
    """When our token ends, as the tracker says it; ``ends_on`` is ``None`` for one that does not end."""

    ends_on: date | None
    alone: bool = True
    """Whether it is the account's only token; of several the tracker does not say which asks."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in a tracker, and what we may do there; proven by the tracker in this run, never remembered."""

    account_id: str
    display_name: str
    deployment: str
    """Such as ``"Jira Cloud"`` or ``"Azure DevOps Services"``."""
    version: str
    projects: tuple[str, ...]
    """The projects in scope that we may read."""
    may_comment: frozenset[str]
    """Of these, the projects where we may comment."""
    may_label: frozenset[str]
    """Of these, the projects where we may change labels or tags."""
    clock_skew_s: float = 0.0
    """Seconds that the tracker's clock is ahead of ours."""
    warnings: tuple[str, ...] = ()
    """Sentences for the administrator, who knows which tracker: an unmapped field, a type nobody mapped, a token that ends soon."""
    token: TokenLife | None = None
    """``None`` where the tracker does not tell."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An item that could not be read into the model, and why; it is reported and changes nothing."""

    native_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the items of one tracker; replaces all that was known of it before, unless it is not ``whole``."""

    iterations: tuple[Iteration, ...] = ()
    intervals: tuple[PlanningInterval, ...] = ()
    columns: tuple[BoardColumn, ...] = ()
    teams: tuple[Team, ...] = ()
    whole: bool = True
    """Whether all that is there was told; otherwise what was known before of the rest is still the best that is known."""


@dataclass(frozen=True, slots=True)
class Page:
    """
    A piece of a pull, to be stored in one transaction.

    ``cursor`` is ``None`` while what it would cover is not yet complete, so that a crash reads again rather than
    loses. ``surroundings`` is given at most once a pull. ``gone`` are uids that the tracker itself called deleted:
    they are believed, however many they are.
    ``census`` is given on the last page of a *full* pull only: the uids of every item in scope; whoever is
    missing in it was not seen any more (deleted, moved out, or hidden: the caller decides what to believe, project
    by project, and asks a ``Witness``). The page with the census is the one with the cursor.
    """

    items: tuple[Item, ...] = ()
    cursor: str | None = None
    surroundings: Surroundings | None = None
    refused: tuple[Refusal, ...] = ()
    gone: tuple[str, ...] = ()
    census: frozenset[str] | None = None


class Fate(StrEnum):
    """What became of an item that a census did not show, as far as the tracker says."""

    PRESENT = "present"
    """It is there and in scope after all: the census was behind, or incomplete."""
    MOVED = "moved"
    """It may be read, and shows that it is in a project out of scope."""
    UNSELECTED = "unselected"
    """It may be read in its project, and the scope's query does not select it any more."""
    DELETED = "deleted"
    """The tracker itself calls it deleted, in a recycle bin for example."""
    HIDDEN = "hidden"
    """It is not shown, and the tracker does not say why: no permission, or destroyed for good. This proves nothing."""
    UNTOLD = "untold"
    """
    It is not shown, asked for by itself, by a tracker that says of no item that it was deleted: of a few that is believed when they
    were missed before.
    """


@dataclass(slots=True)
class Calls:
    """How many requests were sent, repetitions included; threads may count together."""

    reads: int = 0
    writes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)

    def count(self, *, reading: bool) -> None:
        """One more was sent."""
        with self._lock:
            if reading:
                self.reads += 1
            else:
                self.writes += 1

    @property
    def total(self) -> int:
        """Reads and writes together."""
        return self.reads + self.writes


class Tracker(Protocol):
    """
    A tracker, as the jobs see it.

    Any method may raise ``RunError`` (this tracker is out for this run), ``ItemError`` or ``ConflictError`` (this
    item is), and writes may raise ``UnknownOutcomeError`` when a write was sent and not answered. Reads are
    repeated inside; writes never are.
    """

    name: str
    calls: Calls
    warnings: tuple[str, ...]
    """Sentences for the administrator from the last pull: a type nobody mapped, a mapped field that is not there."""
    former: frozenset[str]
    """
    Accounts that wrote as SafeSync in this tracker before the present one; set by the jobs after ``identify``.

    Comments of theirs that carry our reference are found as ours. Otherwise they are who they are: a person may have
    tried SafeSync with an account of their own.
    """

    known: str | None
    """
    The newest cursor that the store has, set by the jobs before ``identify``: what was found out lately and hardly changes need
    not be asked in every run. Who we are, and that we may read, is proven all the same.
    """

    def identify(self) -> Identity:
        """Prove who we are and what we may do. Must be called before anything else is believed."""

    def pull(self, cursor: str | None) -> Iterator[Page]:
        """
        What changed since ``cursor``; everything when it is ``None`` or when a full read is due.

        A cursor is opaque text that an earlier page carried.
        """

    def revisions(self, refs: Sequence[ItemRef]) -> Mapping[str, str]:
        """The present revision of each item by uid; items that are gone or hidden are absent."""

    def find_comments(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        """
        Our comments on an item, oldest first, found in the tracker itself: for when the store does not know.

        Where none stands any more, one that a person deleted, of a tracker that remembers it.
        """

    def read_comment(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        """One comment of ours, ``None`` when it is deleted."""

    def create_comment(self, ref: ItemRef, message: Message) -> PostedComment:
        """
        Post a comment. Sent once; ``UnknownOutcomeError`` when no answer came.

        ``CommentRefusedError`` where it cannot be on the item as it is.
        """

    def edit_comment(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        """
        Replace the text of a comment of ours, in place, without notifying anyone where the tracker allows that.

        ``CommentRefusedError`` where it cannot say that on the item as it is.
        """

    def delete_comment(self, ref: ItemRef, comment_id: str) -> None:
        """Remove a comment of ours: only ever the second of two after a crash."""

    def change_labels(self, ref: ItemRef, add: Sequence[str], remove: Sequence[str]) -> None:
        """
        Add and remove single labels or tags; everybody else's stay, also those set a moment ago.

        ``LabelsRefusedError`` where that cannot be on the item as it is.
        """

    def close(self) -> None:
        """Give back connections."""


@runtime_checkable
class Witness(Protocol):
    """
    A tracker that can also say what became of items which its own census did not show.

    A tracker that cannot tell a deleted item from a hidden one need not be one: then small numbers of missing items
    are believed to be gone after two censuses in a row.
    """

    def fates(self, refs: Sequence[ItemRef]) -> Mapping[str, Fate]:
        """By uid, one for each ref; about one call for two hundred."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Which tracker answers for which web address: how a link into another tracker becomes a reference."""

    trackers: tuple[tuple[str, str], ...] = ()
    """(tracker name, base URL without a trailing slash)."""

    def reference(self, url: str) -> str | None:
        """
        ``"{tracker}:{key or id}"`` for the address of an item (``/browse/KEY``, ``/_workitems/edit/ID``,
        ``/_apis/wit/workItems/ID``), ``None`` for any other.
        """
        for name, base in self.trackers:
            if url.lower().startswith(base.lower() + "/"):
                rest = re.split(r"[?#]", url[len(base) :], maxsplit=1)[0].rstrip("/")
                for marker in ("/browse/", "/_workitems/edit/", "/_apis/wit/workitems/"):
                    at = rest.lower().find(marker)
                    if at >= 0 and (key := rest[at + len(marker) :]) and "/" not in key:
                        return f"{name}:{key}"
        return None


@dataclass(frozen=True, slots=True)
class Scope:
    """What of a tracker is read; ``query`` is JQL or a WIQL condition that narrows it further."""

    projects: tuple[str, ...]
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Entra:
    """
    An identity of Microsoft Entra ID, for Azure DevOps Services.

    A service principal with its secret or certificate (a file), or what the machine that we run on is: ``client_id``
    then names one of its several managed identities.
    """

    source: Literal["default", "managed-identity", "workload-identity", "secret", "certificate"] = "default"
    tenant: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    certificate: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """Where a tracker is and how we prove who we are: by ``token``, which never appears in a representation, or by ``entra``."""

    name: str
    url: str
    token: str = field(repr=False)
    user: str | None = None
    entra: Entra | None = None
