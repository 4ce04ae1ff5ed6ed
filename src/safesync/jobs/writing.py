"""
Writing one item: announced before, looked for after, never repeated blindly.

Each write is an intent row, the call, and then mark and settlement in one transaction. Whatever kills the process
in between leaves an open intent, and ``recover`` looks in the tracker what became of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from safesync.connectors.port import Identity, OutOfReachError, ProjectClosedError, Tracker, WriteRefusedError
from safesync.feedback.comment import reference_of
from safesync.feedback.labels import READY, says_ready
from safesync.jobs.astray import let_go, looked_for
from safesync.jobs.refused_writes import note_refused, note_unreached
from safesync.model.change import Applied, CommentAction, CommentChange, CommentMark, ItemChange, Outcome, PostedComment
from safesync.model.errors import ConflictError, ItemError, RunError, UnknownOutcomeError
from safesync.model.item import ItemRef
from safesync.model.message import Message
from safesync.store.port import IntentKind, Store

CHANGED = "it changed since the plan was made"
_LEFT = "It is not tried again before that changes, or a week is over."
_ONE_BY_ONE = 8
"""So many items in a row refuse us before that is taken for a matter of each; to ask each time may cost a call a project."""
_BELIEVED = 10
"""So many comments people may have deleted since the last run, whatever else stands there."""


def ours_on(tracker: Tracker, ref: ItemRef) -> PostedComment | None:
    """
    Our comment on an item as the tracker has it, ``None`` when there is none.

    Of several of our present account the oldest is ours and the others are deleted, but not one that a person wrote
    into: that one is theirs, and beside another it is what they kept when we were asked to start anew. Those of an account of before
    are left; the newest of them is ours as long as our own account said nothing.
    """
    found = tracker.find_comments(ref, reference_of(ref.uid))
    own = [one for one in found if not one.by_former]
    untouched = [one for one in own if not one.edited_by_person]
    for double in untouched[1:]:
        tracker.delete_comment(ref, double.comment_id)
    return next(iter((*untouched, *own, *reversed(found))), None)


def mark_of(posted: PostedComment | None, known: CommentMark) -> CommentMark:
    """What we know from now on of a comment that was looked at: one that a person took over is heard as silence."""
    if posted is None or posted.edited_by_person:
        return replace(known, comment_id=None, digest=None, silenced=posted is not None)
    return replace(known, comment_id=posted.comment_id, digest=posted.digest, silenced=False)


def is_of_before(mark: CommentMark, posted: PostedComment) -> bool:
    """Whether a comment that a person took over or deleted is the one beside which we were asked to start anew."""
    return posted.edited_by_person and mark.asked is not None and mark.comment_id is None and not mark.silenced


def hidden(project: str) -> str:
    """Why nothing is written on an item of a project that is not shown to us any more."""
    return f"{project} may not be read any more"


def _failed(change: ItemChange, done: Applied) -> ItemChange:
    """The part of a change that failed: the comment comes first."""
    if change.comment is not None and done == Applied(change.ref, Outcome.DONE):
        return replace(change, add_labels=(), remove_labels=())
    return replace(change, comment=None)


@dataclass(slots=True)
class Writer:
    """Writes the changes of one tracker, one item after the other."""

    tracker: Tracker
    identity: Identity
    store: Store
    run_id: int
    now: datetime
    marks: dict[str, CommentMark]
    codes: tuple[str, ...] = ()
    """The rules that the change under way is about."""
    asked: str | None = None
    """The reply that it answers."""
    undone: tuple[str, ...] | None = None
    """Those rules that it takes back."""
    approved: bool = False
    """Whether a person looked at this plan: then so many deleted comments are believed."""
    deleted: set[str] = field(default_factory=set)
    """The uids of items whose comment was found deleted, not remembered yet: of many, nobody believes that people did it."""
    stands: int = 0
    """Comments that were looked at and are there."""
    refused: Counter[str] = field(default_factory=Counter)
    """How often we were refused in a project in a row, with nothing written between."""
    closed: dict[str, str] = field(default_factory=dict)
    """Why nothing is written in a project any more in this run."""

    def heed(self) -> None:
        """From now on nothing is said where people deleted our comment."""
        for uid in sorted(self.deleted):
            self._remember(replace(self.marks[uid], comment_id=None, digest=None, silenced=True))
        self.deleted.clear()

    def write(self, change: ItemChange) -> Applied:
        """Comment first, labels second: nobody finds a label that nothing explains. Raises ``RunError`` only."""
        done = Applied(change.ref, Outcome.DONE)
        if (why := self.closed.get(change.ref.project)) is not None:
            return replace(done, outcome=Outcome.FAILED, reason=why, barred=True)
        self.codes, self.asked, self.undone = change.codes, change.asked, change.takes_back
        try:
            if self.undone is not None:
                # First of all: whatever kills us here, what is taken back is not said again.
                self._remember(replace(self._mark(change.ref), undone=self.undone))
            if change.comment is not None:
                done = self._say(done, change.ref, change.comment)
            if done.outcome is Outcome.FAILED:
                return done
            # Where a person does not want to hear more, labels that are not true any more go all the same.
            done = self._label(done, change.ref, () if done.outcome is Outcome.SKIPPED else change.add_labels, change.remove_labels)
        except UnknownOutcomeError as error:
            return replace(done, outcome=Outcome.FAILED, reason=f"{error} The next run looks what became of it.")
        except ItemError as error:
            return self._unwritten(done, change, error)
        if done.outcome is Outcome.DONE:
            del self.refused[change.ref.project]
        return done

    def _unwritten(self, done: Applied, change: ItemChange, error: ItemError) -> Applied:
        if isinstance(error, ConflictError):
            return replace(done, outcome=Outcome.SKIPPED, reason=CHANGED)
        if isinstance(error, OutOfReachError):
            return self._out_of_reach(done, change, error)
        if isinstance(error, ProjectClosedError):
            self.closed[change.ref.project] = str(error)
            return replace(done, outcome=Outcome.FAILED, reason=str(error), barred=True)
        if isinstance(error, WriteRefusedError):
            note_refused(self.store, self.store.item(change.ref.uid), change, error, self.now)
            return replace(done, outcome=Outcome.FAILED, reason=f"{error} {_LEFT}")
        return replace(done, outcome=Outcome.FAILED, reason=str(error))

    def _out_of_reach(self, done: Applied, change: ItemChange, barred: OutOfReachError) -> Applied:
        """
        An item that is somewhere else by now is let go of; where we lost a right in the whole project, that is said, and all is as before.

        What is left is something about the item that nobody tells us of.
        """
        ref, failed = change.ref, _failed(change, done)
        if (departed := let_go(self.tracker, self.identity, self.store, [ref], self.now).get(ref.uid)) is not None:
            return replace(done, outcome=Outcome.SKIPPED, reason=departed)
        present = self.tracker.revisions([ref])
        if ref.uid not in present:
            return replace(done, outcome=Outcome.SKIPPED, reason=self.missing([ref])[ref.uid])
        if failed.comment is not None and present[ref.uid] != change.revision:
            return replace(done, outcome=Outcome.SKIPPED, reason=CHANGED)
        self._doubt(ref.project)
        if ref.project not in self.identity.projects or (failed.comment is not None and ref.project not in self.identity.may_comment):
            return self._not_allowed(done, "comment")
        if failed.comment is None and ref.project not in self.identity.may_label:
            return self._not_allowed(done, "change labels")
        note_unreached(self.store, self.store.item(ref.uid), failed, self.now)
        return replace(done, outcome=Outcome.FAILED, reason=f"{barred} {_LEFT}")

    def missing(self, refs: Sequence[ItemRef]) -> Mapping[str, str]:
        """Why, by uid, nothing is written on items that are not shown to us."""
        self._prove_again()
        inside = [ref for ref in refs if ref.project in self.identity.projects]
        told = looked_for(self.tracker, self.store, inside, self.now) if inside else {}
        return {ref.uid: hidden(ref.project) for ref in refs} | dict(told)

    def _doubt(self, project: str) -> None:
        """Ask anew what we may do in a project that refuses us: each time, until there are many items that refuse us one by one."""
        self.refused[project] += 1
        if self.refused[project] < _ONE_BY_ONE or self.refused[project] % _ONE_BY_ONE == 0:
            self._prove_again()

    def _prove_again(self) -> None:
        self.tracker.known = None  # what was told within a day may be what is wrong
        now = self.tracker.identify()
        if now.account_id != self.identity.account_id:
            raise RunError("we are taken for another account than at the start of the run. Run again.")
        self.identity = now

    def _say(self, done: Applied, ref: ItemRef, comment: CommentChange) -> Applied:
        if ref.project not in self.identity.may_comment:
            return self._not_allowed(done, "comment")
        mark = self._mark(ref)
        if mark.silenced:
            return self._heard(done, ref, comment.message, "removed or took over")
        comment_id = mark.comment_id or (None if ref.uid in self.marks else comment.comment_id)
        if comment_id is None:
            return self._find_or_begin(done, ref, comment)
        posted = self.tracker.read_comment(ref, comment_id)
        if posted is None:
            self._miss(ref)
            return self._heard(done, ref, comment.message, "deleted")
        self.stands += 1
        return self._go_on(done, ref, posted, comment)

    def _miss(self, ref: ItemRef) -> None:
        """
        A comment that is gone: a person deleted it.

        But a tracker that was restored, or is another one of the same address, has none of ours: taken for people's wish, it would
        silence us there for ever.
        """
        self.deleted.add(ref.uid)
        gone = len(self.deleted)
        if gone > _BELIEVED and gone > self.stands and not self.approved:
            raise RunError(
                f"more than {_BELIEVED} of our comments are gone, most of those that were looked at. Is it another "
                "tracker, or was it restored? Then begin with an empty store. If people deleted them: safesync plan, then apply it."
            )

    def _find_or_begin(self, done: Applied, ref: ItemRef, comment: CommentChange) -> Applied:
        # The store may have been lost, or a first look missed what came late: nothing is created without looking.
        posted = self._ours(ref)
        if posted is not None:
            return self._go_on(done, ref, posted, comment)
        if comment.action is CommentAction.CREATE:
            return self._begin(done, ref, comment.message)
        self._remember(self._mark(ref))
        return replace(done, outcome=Outcome.SKIPPED, reason="no comment of ours stands there; the next run decides anew")

    def _go_on(self, done: Applied, ref: ItemRef, posted: PostedComment, comment: CommentChange) -> Applied:
        """A comment of ours stands there: it is what the plan took it for, or says already what the plan says, or is left and named."""
        mark, message = self._mark(ref), comment.message
        lost = ref.uid not in self.marks
        known = mark_of(posted, mark)
        if posted.digest is None and mark.comment_id == posted.comment_id and not known.silenced:
            known = replace(known, digest=mark.digest)  # a tracker that keeps only the text: what we remember counts
        if known.digest == message.digest:
            known = self._answered(known)
        elif known.silenced and lost:
            known = self._answered(known)  # the store was lost: what was asked may have been answered before they wanted no more
        if known != self.marks.get(ref.uid):
            self._remember(known)
        if known.silenced:
            return self._heard(done, ref, message, "removed or took over")
        if known.digest == message.digest:
            return replace(done, outcome=Outcome.ALREADY)
        begins = comment.action is CommentAction.CREATE and not lost
        if begins or (comment.was is not None and known.digest not in {None, comment.was}):
            return replace(done, outcome=Outcome.SKIPPED, reason="our comment says something else since the plan was made")
        return self._edit(done, ref, posted, message)

    def _edit(self, done: Applied, ref: ItemRef, posted: PostedComment, message: Message) -> Applied:
        comment_id = posted.comment_id
        intent = self.store.intend(self.run_id, IntentKind.COMMENT, ref, message=message, codes=self.codes, asked=self.asked)
        try:
            self.tracker.edit_comment(ref, comment_id, message)
        except UnknownOutcomeError:
            now = self.tracker.read_comment(ref, comment_id)
            if now is None or now.digest != message.digest:
                raise
        except ItemError as error:
            self.store.settle(intent)
            if posted.by_former and not isinstance(error, ConflictError):
                return self._say_anew(done, ref, message)
            if isinstance(error, OutOfReachError) and self.tracker.read_comment(ref, comment_id) is None:
                self._miss(ref)  # a person deleted it after we had looked
                return self._heard(done, ref, message, "deleted")
            raise
        self._remember(self._answered(replace(self._mark(ref), digest=message.digest, undone=self.undone)), settles=intent)
        return replace(done, comment_edited=True)

    def _heard(self, done: Applied, ref: ItemRef, message: Message, what: str) -> Applied:
        """Nothing is said where a person wants to hear no more, unless somebody has asked since: then it is said anew."""
        mark = self._mark(ref)
        if self.asked is None or self.asked == mark.asked:
            why = f"a person {what} the comment; nothing more is said there"
            return replace(done, outcome=Outcome.SKIPPED, reason=why)
        self.deleted.discard(ref.uid)
        # Remembered before anything is written: what stands there of ours is theirs, and a crash from now on changes nothing of that.
        self._remember(CommentMark(ref.uid, None, None, mark.labels, asked=self.asked))
        posted = self._ours(ref)
        if posted is None:
            return self._begin(done, ref, message)
        return self._go_on(done, ref, posted, CommentChange(CommentAction.EDIT, message, posted.comment_id))

    def _answered(self, mark: CommentMark) -> CommentMark:
        return replace(mark, asked=self.asked or mark.asked)

    def _ours(self, ref: ItemRef) -> PostedComment | None:
        posted = ours_on(self.tracker, ref)
        return None if posted and is_of_before(self._mark(ref), posted) else posted

    def _say_anew(self, done: Applied, ref: ItemRef, message: Message) -> Applied:
        """What an account of before said is not true any more, and we may not edit it: it is left, and said once by us."""
        own = ours_on(self.tracker, ref)
        if own is None or own.by_former:
            return self._begin(done, ref, message)
        return self._go_on(done, ref, own, CommentChange(CommentAction.EDIT, message, own.comment_id))

    def _begin(self, done: Applied, ref: ItemRef, message: Message) -> Applied:
        intent = self.store.intend(self.run_id, IntentKind.COMMENT, ref, message=message, codes=self.codes, begins=True, asked=self.asked)
        try:
            posted = self._oldest(ref, self.tracker.create_comment(ref, message))
        except UnknownOutcomeError:
            found = self._ours(ref)
            if found is None:
                raise  # not there yet is not the same as never: the intent stays open, and the next run looks again
            posted = found
        except ItemError:
            self.store.settle(intent)
            raise
        said = replace(self._mark(ref), comment_id=posted.comment_id, digest=message.digest, undone=self.undone)
        self._remember(self._answered(said), settles=intent)
        return replace(done, comment_created=True)

    def _oldest(self, ref: ItemRef, posted: PostedComment) -> PostedComment:
        """What stays of ours: a run elsewhere, with a store of its own, may have looked when we did and found nothing either."""
        try:
            return self._ours(ref) or posted
        except ItemError:
            return posted  # it is posted, whatever a second look says

    def _label(self, done: Applied, ref: ItemRef, add: tuple[str, ...], remove: tuple[str, ...]) -> Applied:
        if not add and not remove:
            return done
        if ref.project not in self.identity.may_label:
            return self._not_allowed(done, "change labels")
        intent = self.store.intend(self.run_id, IntentKind.LABELS, ref, add=add, remove=remove, codes=self.codes)
        try:
            # Without an answer the intent stays open: the next pull shows what became of it, and recover settles it then.
            self.tracker.change_labels(ref, add, remove)
        except ItemError:
            self.store.settle(intent)
            raise
        mark = self._mark(ref)
        if self.undone is not None or not all(map(says_ready, (*add, *remove))):
            mark = replace(mark, undone=self.undone)  # that an item is ready, or is not, says nothing of what was taken back
        self._remember(with_labels(mark, add, remove), settles=intent)
        outcome = Outcome.DONE if done.outcome is Outcome.ALREADY else done.outcome
        return replace(done, outcome=outcome, labels_added=len(add), labels_removed=len(remove))

    def _not_allowed(self, done: Applied, what: str) -> Applied:
        project = done.ref.project
        if project not in self.identity.projects:
            return replace(done, outcome=Outcome.SKIPPED, reason=hidden(project))
        reason = f"{self.identity.display_name} may not {what} in {project}; give it that right"
        return replace(done, outcome=Outcome.FAILED, reason=reason, barred=True)

    def _mark(self, ref: ItemRef) -> CommentMark:
        return self.marks.get(ref.uid, CommentMark(ref.uid, None, None))

    def _remember(self, mark: CommentMark, settles: int | None = None) -> None:
        self.store.save_mark(mark, settles=settles)
        self.marks[mark.uid] = mark


def with_labels(mark: CommentMark, add: Sequence[str], remove: Sequence[str]) -> CommentMark:
    """
    The mark after these labels were set and removed.

    An item that was called ready in a run that was taken back is not called so again, as if a person had taken the label off.
    """
    stays = {READY} if mark.undone is not None else set()
    return replace(mark, labels=tuple(sorted({*mark.labels, *add} - (set(remove) - stays))))
