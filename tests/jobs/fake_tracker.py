"""A tracker in memory: it keeps items, comments and labels, counts revisions, and breaks where a test asks it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from safesync.connectors.port import Calls, Identity, OutOfReachError, Page, Surroundings
from safesync.facts.text.addressed import addressed
from safesync.model.change import PostedComment
from safesync.model.errors import ConflictError, ItemError, RunError, UnknownOutcomeError
from safesync.model.item import Item, ItemRef, Kind, Markup, RichText, Stage
from safesync.model.message import Message, Paragraph
from safesync.model.reply import Reply

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
WRITES = ("create_comment", "edit_comment", "delete_comment", "change_labels")


class Killed(BaseException):
    """The process is gone: nobody catches this."""


@dataclass(slots=True)
class Comment:
    comment_id: str
    message: Message
    by_person: bool = False
    by_former: bool = False

    def posted(self, digest: bool) -> PostedComment:
        return PostedComment(self.comment_id, self.message.digest if digest else None, self.by_person, self.by_former)


@dataclass(slots=True)
class Fault:
    """``error`` at the call ``name``, after ``spared`` good ones: before it does anything, or after it did everything."""

    name: str
    error: BaseException
    after: bool = False
    spared: int = 0


@dataclass(slots=True)
class Meddler:
    """A person who acts at the call ``name``, after ``spared`` of them."""

    name: str
    act: Callable[[], object]
    spared: int = 0


@dataclass(slots=True)
class FakeTracker:
    name: str = "jira"
    account_id: str = "me"
    projects: tuple[str, ...] = ("PAY",)
    may_comment: frozenset[str] = frozenset({"PAY"})
    may_label: frozenset[str] = frozenset({"PAY"})
    page_size: int = 3
    keeps_digest: bool = True
    """Jira keeps it in a property of the comment; Azure DevOps has no such place."""
    calls: Calls = field(default_factory=Calls)
    warnings: tuple[str, ...] = ()
    former: frozenset[str] = frozenset()
    known: str | None = None
    items: dict[str, Item] = field(default_factory=dict)
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    clock: int = 0
    surroundings: Surroundings = field(default_factory=Surroundings)
    faults: list[Fault] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    written: list[tuple[str, str, Any]] = field(default_factory=list)
    """(uid, what, of what) of every write that had its effect."""
    meddlers: list[Meddler] = field(default_factory=list)

    # what people do

    def put(self, number: int, title: str = "A story", **fields: Any) -> str:
        uid = f"{self.name}:{number}"
        known: dict[str, Any] = {
            "uid": uid,
            "tracker": self.name,
            "native_id": str(number),
            "key": f"PAY-{number}",
            "url": f"https://{self.name}.example/browse/PAY-{number}",
            "project": "PAY",
            "kind": Kind.STORY,
            "native_type": "Story",
            "native_state": "Ready",
            "stage": Stage.READY,
            "title": title,
            "revision": "0",
            "created_at": NOON - timedelta(days=30),
            "updated_at": NOON,
        }
        self.items[uid] = Item(**{**known, **fields})
        self.touch(uid)
        return uid

    def retitle(self, uid: str, title: str) -> None:
        self.items[uid] = replace(self.items[uid], title=title)
        self.touch(uid)

    def relabel(self, uid: str, *labels: str) -> None:
        self.items[uid] = replace(self.items[uid], labels=labels)
        self.touch(uid)

    def remove(self, uid: str) -> None:
        self.items.pop(uid, None)
        self.changed.pop(uid, None)
        self.comments.pop(uid, None)

    def meddle_at(self, name: str, act: Callable[[], object], *, spared: int = 0) -> None:
        """A person acts at the very moment of a call, before it does anything."""
        self.meddlers.append(Meddler(name, act, spared))

    def person_deletes_comment(self, uid: str) -> None:
        self.comments.pop(uid, None)
        self.touch(uid)

    def person_edits_comment(self, uid: str) -> None:
        for comment in self.comments.get(uid, ()):
            comment.by_person = True
        self.touch(uid)

    def person_says(self, uid: str, *lines: str, who: str = "robin", days_ago: int = 0, **about: Any) -> str:
        """A comment of a person with these lines, of which those to us are known; its id."""
        self.clock += 1
        said = addressed(RichText("\n".join(lines), Markup.PLAIN)).lines
        at = NOON - timedelta(days=days_ago) + timedelta(seconds=self.clock)
        reply = Reply(f"p{self.clock}", at, who, who.title(), said, (who,), **about)
        self._set_replies(uid, (*(self.items[uid].replies or ()), reply))
        return reply.comment_id

    def person_rewrites(self, uid: str, comment_id: str, *lines: str) -> None:
        """Another text for what a person said; none deletes it."""
        said = addressed(RichText("\n".join(lines), Markup.PLAIN)).lines
        replies = [replace(one, lines=said) if one.comment_id == comment_id else one for one in self.items[uid].replies or ()]
        self._set_replies(uid, tuple(one for one in replies if one.lines))

    def _set_replies(self, uid: str, replies: tuple[Reply, ...]) -> None:
        self.items[uid] = replace(self.items[uid], replies=replies)
        self.touch(uid)

    def touch(self, uid: str) -> None:
        self.clock += 1
        self.changed[uid] = self.clock
        self.items[uid] = replace(self.items[uid], revision=str(self.clock))

    # what tests ask

    def break_at(self, name: str, error: BaseException, *, after: bool = False, spared: int = 0) -> None:
        self.faults.append(Fault(name, error, after, spared))

    def said(self, uid: str) -> list[str]:
        """The first line of each comment of ours."""
        first = [one.message.blocks[0] for one in self.comments.get(uid, ())]
        return ["".join(span.text for span in block.spans) for block in first if isinstance(block, Paragraph)]

    def labels(self, uid: str) -> set[str]:
        return set(self.items[uid].labels)

    # the port

    def identify(self) -> Identity:
        self._read("identify")
        return Identity(self.account_id, "SafeSync", "Fake", "1", self.projects, self.may_comment, self.may_label)

    def pull(self, cursor: str | None) -> Iterator[Page]:
        seen = 0 if cursor is None else int(cursor)
        upto = self.clock
        fresh = sorted((uid for uid, at in self.changed.items() if at > seen and uid not in self.hidden), key=self.changed.__getitem__)
        pages = [fresh[start : start + self.page_size] for start in range(0, len(fresh), self.page_size)] or [[]]
        for number, uids in enumerate(pages):
            self._read("pull")
            last = number == len(pages) - 1
            yield Page(
                items=tuple(self.items[uid] for uid in uids),
                cursor=str(upto) if last else None,
                surroundings=self.surroundings if number == 0 else None,
                census=frozenset(self.items.keys() - self.hidden) if last and cursor is None else None,
            )

    def revisions(self, refs: Sequence[ItemRef]) -> Mapping[str, str]:
        self._read("revisions")
        return {ref.uid: self.items[ref.uid].revision for ref in refs if ref.uid in self.items and ref.uid not in self.hidden}

    def find_comments(self, ref: ItemRef, reference: str) -> tuple[PostedComment, ...]:
        self._read("find_comments")
        return tuple(one.posted(self.keeps_digest) for one in self.comments.get(ref.uid, ()) if one.message.reference == reference)

    def read_comment(self, ref: ItemRef, comment_id: str) -> PostedComment | None:
        self._read("read_comment")
        return next((one.posted(self.keeps_digest) for one in self.comments.get(ref.uid, ()) if one.comment_id == comment_id), None)

    def create_comment(self, ref: ItemRef, message: Message) -> PostedComment:
        after = self._write("create_comment", ref)
        comment = Comment(f"c{self.clock}", message)
        self.comments.setdefault(ref.uid, []).append(comment)
        self.written.append((ref.uid, "create", message))
        self._done(ref, after)
        return comment.posted(digest=True)

    def edit_comment(self, ref: ItemRef, comment_id: str, message: Message) -> PostedComment:
        after = self._write("edit_comment", ref)
        comment = next((one for one in self.comments.get(ref.uid, ()) if one.comment_id == comment_id), None)
        if comment is None:
            raise ItemError(f"{ref.key}: no such comment")
        comment.message = message
        self.written.append((ref.uid, "edit", message))
        self._done(ref, after)
        return comment.posted(digest=True)

    def delete_comment(self, ref: ItemRef, comment_id: str) -> None:
        after = self._write("delete_comment", ref)
        self.comments[ref.uid] = [one for one in self.comments.get(ref.uid, ()) if one.comment_id != comment_id]
        self.written.append((ref.uid, "delete", comment_id))
        self._done(ref, after)

    def change_labels(self, ref: ItemRef, add: Sequence[str], remove: Sequence[str]) -> None:
        after = self._write("change_labels", ref)
        item = self.items[ref.uid]
        labels = tuple(label for label in (*item.labels, *(one for one in add if one not in item.labels)) if label not in remove)
        self.items[ref.uid] = replace(item, labels=labels)
        self.written.append((ref.uid, "labels", (tuple(add), tuple(remove))))
        self._done(ref, after)

    def close(self) -> None:
        self.log.append("close")

    def _read(self, name: str) -> None:
        self.calls.reads += 1
        fault = self._fault(name)
        if fault:
            raise fault.error

    def _write(self, name: str, ref: ItemRef) -> Fault | None:
        self.calls.writes += 1
        fault = self._fault(name)
        if ref.uid in self.hidden or ref.uid not in self.items:
            raise OutOfReachError(f"{ref.key}: not found")
        if fault and not fault.after:
            raise fault.error
        return fault

    def _done(self, ref: ItemRef, fault: Fault | None) -> None:
        self.touch(ref.uid)
        if fault:
            raise fault.error

    def _meddled(self, name: str) -> None:
        for meddler in [one for one in self.meddlers if one.name in {name, "any"}]:
            if meddler.spared:
                meddler.spared -= 1
            else:
                self.meddlers.remove(meddler)
                meddler.act()

    def _fault(self, name: str) -> Fault | None:
        self.log.append(name)
        self._meddled(name)
        found = next((fault for fault in self.faults if fault.name in {name, "any"}), None)
        if found is None:
            return None
        if found.spared:
            found.spared -= 1
            return None
        self.faults.remove(found)
        return found


ERRORS = {
    "run": RunError("the tracker is out"),
    "item": ItemError("this item is out"),
    "conflict": ConflictError("changed"),
    "unknown": UnknownOutcomeError("no answer came"),
}
