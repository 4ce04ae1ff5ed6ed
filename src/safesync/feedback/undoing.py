"""What takes back the writes of a run: a plan like any other. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from safesync.feedback.comment import withdrawn
from safesync.feedback.digest import week_told
from safesync.feedback.plan_file import sealed
from safesync.feedback.voice import ENGLISH, Voice
from safesync.model.change import About, CommentAction, CommentChange, CommentMark, ItemChange, Plan
from safesync.model.item import Item
from safesync.model.message import Message

_SINCE = "our comment says something else since"


@dataclass(frozen=True, slots=True)
class Trace:
    """
    What a run left on one item.

    ``said`` is what our comment said after it, ``before`` what it said until then; both ``None`` where it wrote none. ``before`` is
    ``None`` too where the run ``began`` the comment, and where nobody remembers.
    """

    uid: str
    key: str
    said: Message | None
    before: Message | None
    added: frozenset[str]
    removed: frozenset[str]
    began: bool = False
    codes: tuple[str, ...] = ()
    """The rules that it spoke of: they stay quiet here afterwards."""


@dataclass(frozen=True, slots=True)
class Undoing:
    """The plan, and what stays as it is: (key, why)."""

    plan: Plan
    left: tuple[tuple[str, str], ...]


def undoing(
    traces: Sequence[Trace],
    items: Mapping[str, Item],
    marks: Mapping[str, CommentMark],
    now: datetime,
    voice_of: Callable[[Item], Voice] = lambda _: ENGLISH,
) -> Undoing:
    """
    Comments say again what they said, labels are as they were, wherever both are still as we left them.

    A comment that the run began is not deleted, as that would look like a person's "not now": it says in one line that it was
    taken back.
    """
    changes: list[ItemChange] = []
    left: list[tuple[str, str]] = []
    for trace in traces:
        item, mark = items.get(trace.uid), marks.get(trace.uid)
        if item is None or mark is None:
            left.append((trace.key, "it is not there any more"))
            continue
        comment, why = _comment(trace, mark, now, voice_of(item))
        if why:
            left.append((trace.key, why))
        add, remove = ((), ()) if why == _SINCE or "labels" in item.unseen else _labels(trace, item.labels, mark)
        if comment or add or remove:
            about, quiet = About(item.title, item.owner, touched_at=item.touched_at), (*trace.codes, *week_told(trace.said))
            changes.append(ItemChange(item.ref, item.revision, (), comment, add, remove, about=about, takes_back=quiet))
    return Undoing(sealed(Plan(now, tuple(changes))), tuple(left))


def _comment(trace: Trace, mark: CommentMark, now: datetime, voice: Voice) -> tuple[CommentChange | None, str]:
    if trace.said is None:
        return None, ""
    if mark.silenced or mark.comment_id is None:
        return None, "a person removed or took over the comment"
    if mark.digest != trace.said.digest:
        return None, "" if mark.undone is not None else _SINCE  # it was taken back before: its labels may be left
    if trace.before is None and not trace.began:
        return None, "nobody remembers what the comment said before"
    message = trace.before or withdrawn(trace.uid, now.date(), voice)
    return CommentChange(CommentAction.EDIT, message, mark.comment_id, mark.digest), ""


def _labels(trace: Trace, carried: Collection[str], mark: CommentMark) -> tuple[tuple[str, ...], tuple[str, ...]]:
    there = {label.casefold() for label in carried}
    add = () if mark.silenced else sorted(label for label in trace.removed if label.casefold() not in there)
    remove = sorted(label for label in carried if label.casefold() in trace.added and label.casefold() in mark.labels)
    return tuple(add), tuple(remove)
