"""What the changelog of an issue tells: its moves between stages, its web links, and when a person last touched it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, NamedTuple

from safesync.connectors.jira.values import instant, written
from safesync.model.item import Stage, Transition

_SAME = timedelta(seconds=1)
"""An issue's own time and that of the change that set it may differ by a moment."""
_at = itemgetter(0)


class Move(NamedTuple):
    """A change of state: ids, and names for states that are no more."""

    at: datetime
    left: tuple[str | None, str | None]
    entered: tuple[str | None, str | None]


class Edit(NamedTuple):
    """A change of a field that is watched: when, by whom as Jira shows an account, and its text before and after."""

    at: datetime
    who: object
    field: str
    before: str | None
    after: str | None


class History(NamedTuple):
    """
    What the answer shows of an issue's changelog, in its order; the newest changes are never held back.

    ``changes``: when, and by whom as Jira shows an account. ``web_links``: when, and the number of the link before and after.
    """

    shown: bool
    whole: bool
    changes: list[tuple[datetime, object]]
    moves: list[Move]
    web_links: list[tuple[datetime, object, object]]
    edits: list[Edit]


def whole(raw: dict[str, Any]) -> bool:
    """Whether all histories of an issue are in the answer."""
    log = raw.get("changelog")
    return isinstance(log, dict) and isinstance(log.get("histories"), list) and len(log["histories"]) >= int(log.get("total") or 0)


def read(raw: dict[str, Any], watched: Collection[str] = frozenset()) -> History:
    """
    Everything that is made of it, in one way through it: of some issues it is longer than all the rest.

    ``watched`` are fields, by id or where none is told by name in small letters, whose changes are kept.
    """
    log = raw.get("changelog")
    changes: list[tuple[datetime, object]] = []
    found = History(isinstance(log, dict), whole(raw), changes, [], [], [])
    for one in (log.get("histories") or ()) if isinstance(log, dict) else ():
        created, who = one["created"], one.get("author")
        at = written(created) if isinstance(created, str) else instant(created)
        changes.append((at, who))
        for item in one.get("items") or ():
            get = item.get
            field = get("fieldId") or str(get("field")).casefold()
            if field == "status":
                found.moves.append(Move(at, (get("from"), get("fromString")), (get("to"), get("toString"))))
            elif field in watched:
                found.edits.append(Edit(at, who, field, get("fromString") or get("from"), get("toString") or get("to")))
            # Jira calls their entries RemoteIssueLink, lately RemoteWorkItemLink, and tells no fieldId.
            elif field.startswith("remote") and field.endswith("link"):
                found.web_links.append((at, get("from"), get("to")))
    return found


def enough(raw: dict[str, Any], is_bot: Callable[[object], bool]) -> bool:
    """Whether the answer tells all, or in its newest part both a move between states and a change by a person."""
    if whole(raw):
        return True
    told = read(raw)
    return bool(told.moves) and any(not is_bot(who) for _, who in told.changes)


def transitions(
    told: History, created_at: datetime, present: Stage, stage_of: Callable[[str | None, str | None], Stage | None]
) -> tuple[Transition, ...]:
    """
    The changes of stage, oldest first; moves between states of one stage are none.

    Empty when the answer does not tell how the issue came into its present stage: then it is unseen, not absent.
    """
    moves = sorted(told.moves, key=_at)
    steps = [(move.at, stage_of(*move.entered)) for move in moves]
    if told.whole:
        steps.insert(0, (created_at, stage_of(*moves[0].left) if moves else present))
    # Whether a finished issue was done or given up stands in its resolution, not in its state.
    if steps and present is Stage.CANCELLED and steps[-1][1] is Stage.DONE:
        steps[-1] = (steps[-1][0], present)
    found: list[Transition] = []
    for at, stage in steps:
        if stage is not None and (not found or found[-1].stage is not stage):
            found.append(Transition(at, stage))
    return tuple(found) if found and found[-1].stage is present else ()


def last_human_change(
    told: History,
    said: object,
    creator: object,
    *,
    times: tuple[datetime, datetime],
    is_bot: Callable[[object], bool],
    for_us: Collection[str] = frozenset(),
) -> datetime | None:
    """
    When a person last created, changed or commented; ``None`` when the answer does not tell.

    ``said`` are the comments as Jira shows them; those in ``for_us`` (ids) are no word about the issue. ``times`` are when it was
    created and last updated.

    A change by a person counts only when nothing that the answer holds back can be newer: it would make an issue look
    idle that is not. Histories that are held back are older than those shown; comments may be of any time.
    """
    created_at, updated_at = times
    if not told.shown or not isinstance(said, dict):
        return None
    comments = said.get("comments") or []
    newest = None if is_bot(creator) else created_at
    for changes in (told.changes, _said(comments, for_us)):
        for at, who in changes:
            # Mostly the newest comes first and is a person's: then nobody else is looked at.
            if (newest is None or at > newest) and not is_bot(who):
                newest = at
    found = newest or created_at
    if int(said.get("total") or 0) > len(comments):
        held_back = updated_at
    else:
        held_back = created_at if told.whole else min(map(_at, told.changes), default=updated_at)
    return found if found >= held_back - _SAME else None


def last_comment(said: object, is_bot: Callable[[object], bool], for_us: Collection[str] = frozenset()) -> tuple[bool, datetime | None]:
    """Whether it is known when a person last wrote a comment that is not ``for_us``, and when; of many the answer holds the newest."""
    if not isinstance(said, dict):
        return False, None
    comments = said.get("comments") or []
    found = max((at for at, who in _written(comments, for_us) if not is_bot(who)), default=None)
    return found is not None or int(said.get("total") or 0) <= len(comments), found


def web_links(told: History) -> int:
    """
    How many web links were added to an issue and not taken away again, as far as the answer tells.

    An entry holds the number of the link: before, after, or on both sides when it was edited.
    """
    if not told.web_links:
        return 0
    there: set[str] = set()
    oldest_first = told.web_links[::-1]
    oldest_first.sort(key=_at)  # where a site lists the oldest first, too
    for _, before, after in oldest_first:
        there.discard(str(before))
        if after:
            there.add(str(after))
    return len(there)


def _written(comments: list[dict[str, Any]], for_us: Collection[str]) -> list[tuple[datetime, object]]:
    return [(instant(one["created"]), one.get("author")) for one in comments if str(one.get("id")) not in for_us]


def _said(comments: list[dict[str, Any]], for_us: Collection[str]) -> list[tuple[datetime, object]]:
    edited = [one for one in comments if one.get("updated") and str(one.get("id")) not in for_us]
    return _written(comments, for_us) + [(instant(one["updated"]), one.get("updateAuthor")) for one in edited]
