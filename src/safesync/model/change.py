"""What SafeSync is about to write: a plan is a value that can be shown, saved, approved and applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from safesync.model.item import ItemRef
from safesync.model.message import Message


class CommentAction(StrEnum):
    """What happens to our comment on an item."""

    CREATE = "create"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class CommentChange:
    """Say ``message``: in a new comment, or in the one with ``comment_id``."""

    action: CommentAction
    message: Message
    comment_id: str | None = None
    was: str | None = None
    """Digest of what our comment says until then, ``None`` where nobody knows: what says another thing by now is left and named."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A finding that a change is about, in the words of whoever approves it."""

    code: str
    severity: str
    remedy: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """
    What a person who approves a change wants to see beside it; none of it is written.

    ``before`` is what our comment says now: ``None`` where there is none, and where nobody remembers. ``notifies`` says whom the
    tracker tells of the write, as far as that is known. ``touched_at`` is when a person was last at the item.
    """

    title: str = ""
    owner: str | None = None
    reasons: tuple[Reason, ...] = ()
    before: Message | None = None
    notifies: str = ""
    touched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """
    All that is written to one item in one go.

    ``revision`` is the item's revision that the decision was made on; an item that has another one by now is
    skipped and named. ``codes`` are the rules that the message speaks of. ``asked`` is the reply in which a person asked for it.
    ``batch`` is the part of the plan in which it may be approved alone. ``takes_back`` are the rules of which a run that is undone
    spoke here, and the team's week that it told: they stay quiet from now on.
    """

    ref: ItemRef
    revision: str
    codes: tuple[str, ...]
    comment: CommentChange | None = None
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    asked: str | None = None
    batch: str = ""
    about: About = field(default_factory=About)
    takes_back: tuple[str, ...] | None = None


class BatchBy(StrEnum):
    """What the batches of a plan are named after; the train or team where there is one, the gravest of several rules."""

    TRAIN = "train"
    TEAM = "team"
    RULE = "rule"
    PROJECT = "project"


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Every change, in the order of application. ``digest`` is the hash of the rest: a plan altered by hand is refused.

    ``after_run`` is the last run that there was: what later ones wrote of the plan was written by its approval.
    """

    made_at: datetime
    changes: tuple[ItemChange, ...]
    digest: str = ""
    batched_by: BatchBy | None = None
    after_run: int = 0


@dataclass(frozen=True, slots=True)
class PostedComment:
    """
    A comment of ours as the tracker has it; ``edited_by_person`` when somebody else saved it last, or deleted it.

    ``by_former``: an account that was ours before wrote it. It counts as ours, but the tracker may refuse that we edit it.
    """

    comment_id: str
    digest: str | None
    edited_by_person: bool = False
    by_former: bool = False


@dataclass(frozen=True, slots=True)
class CommentMark:
    """
    What we know of our comment on an item.

    ``comment_id`` is ``None`` when no comment of ours stands there. ``silenced`` when a person deleted or took over
    our comment: then we say nothing more on this item, until somebody asks. ``labels`` are the labels that we set and have not
    removed. ``asked`` is the last reply that asked for another look and was answered. ``undone`` are the rules of which we spoke here
    in a run that was taken back, ``None`` where none was: nothing is said before there is another finding.
    """

    uid: str
    comment_id: str | None
    digest: str | None
    labels: tuple[str, ...] = ()
    silenced: bool = False
    asked: str | None = None
    undone: tuple[str, ...] | None = None


class Outcome(StrEnum):
    """How a planned change ended; ``ALREADY``: the plan was carried out there before, and nothing was to be done."""

    DONE = "done"
    ALREADY = "already"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of one planned change; ``reason`` says why it was skipped or failed."""

    ref: ItemRef
    outcome: Outcome
    comment_created: bool = False
    comment_edited: bool = False
    labels_added: int = 0
    labels_removed: int = 0
    reason: str = ""
    barred: bool = False
    """It failed over its project, in which we lack a right, or which is archived."""
