"""What the changelog of an issue tells: its moves between stages, its web links, and when a person last touched it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from safesync.connectors.jira.values import instant
from safesync.model.item import Stage, Transition

_SAME = timedelta(seconds=1)
"""An issue's own time and that of the change that set it may differ by a moment."""


class Move(NamedTuple):
    """A change of state: ids, and names for states that are no more."""

    at: datetime
    left: tuple[str | None, str | None]
    entered: tuple[str | None, str | None]


def whole(raw: dict[str, Any]) -> bool:
    """Whether all histories of an issue are in the answer."""
    log = raw.get("changelog")
    return isinstance(log, dict) and isinstance(log.get("histories"), list) and len(log["histories"]) >= int(log.get("total") or 0)


def enough(raw: dict[str, Any], is_bot: Callable[[object], bool]) -> bool:
    """Whether the answer tells all, or in its newest part both a move between states and a change by a person."""
    if whole(raw):
        return True
    return any(not is_bot(one.get("author")) for one in _histories(raw)) and next(_moves(raw), None) is not None


def transitions(
    raw: dict[str, Any], created_at: datetime, present: Stage, stage_of: Callable[[str | None, str | None], Stage | None]
) -> tuple[Transition, ...]:
    """
    The changes of stage, oldest first; moves between states of one stage are none.

    Empty when the answer does not tell how the issue came into its present stage: then it is unseen, not absent.
    """
    moves = sorted(_moves(raw), key=_at)
    steps = [(move.at, stage_of(*move.entered)) for move in moves]
    if whole(raw):
        steps.insert(0, (created_at, stage_of(*moves[0].left) if moves else present))
    # Whether a finished issue was done or given up stands in its resolution, not in its state.
    if steps and present is Stage.CANCELLED and steps[-1][1] is Stage.DONE:
        steps[-1] = (steps[-1][0], present)
    told: list[Transition] = []
    for at, stage in steps:
        if stage is not None and (not told or told[-1].stage is not stage):
            told.append(Transition(at, stage))
    return tuple(told) if told and told[-1].stage is present else ()


def last_human_change(raw: dict[str, Any], created_at: datetime, updated_at: datetime, is_bot: Callable[[object], bool]) -> datetime | None:
    """
    When a person last created, changed or commented; ``None`` when the answer does not tell.

    A change by a person counts only when nothing that the answer holds back can be newer: it would make an issue look
    idle that is not. Histories that are held back are older than those shown; comments may be of any time.
    """
    said = (raw.get("fields") or {}).get("comment")
    if not isinstance(raw.get("changelog"), dict) or not isinstance(said, dict):
        return None
    histories, comments = _histories(raw), said.get("comments") or []
    newest = None if is_bot(raw["fields"].get("creator")) else created_at
    for at, who in _events(histories, comments):
        # Mostly the newest comes first and is a person's: then nobody else is looked at.
        if (newest is None or at > newest) and not is_bot(who):
            newest = at
    found = newest or created_at
    if int(said.get("total") or 0) > len(comments):
        held_back = updated_at
    else:
        held_back = created_at if whole(raw) else min((instant(one["created"]) for one in histories), default=updated_at)
    return found if found >= held_back - _SAME else None


def web_links(raw: dict[str, Any]) -> int:
    """
    How many web links were added to an issue and not taken away again, as far as the answer tells.

    Jira calls their entries ``RemoteIssueLink``, lately ``RemoteWorkItemLink``, and tells no ``fieldId``. They hold the number of the
    link: before, after, or on both sides when it was edited.
    """
    entries = [
        (instant(one["created"]), item)
        for one in reversed(_histories(raw))
        for item in one.get("items") or ()
        if (field := str(item.get("field"))).startswith("Remote") and field.endswith("Link")
    ]
    there: set[str] = set()
    for _, item in sorted(entries, key=_at):
        there.discard(str(item.get("from")))
        if item.get("to"):
            there.add(str(item["to"]))
    return len(there)


def _events(histories: list[dict[str, Any]], comments: list[dict[str, Any]]) -> Iterator[tuple[datetime, object]]:
    for one in histories:
        yield instant(one["created"]), one.get("author")
    for one in comments:
        yield instant(one["created"]), one.get("author")
        if one.get("updated"):
            yield instant(one["updated"]), one.get("updateAuthor")


def _at(event: tuple[datetime, *tuple[object, ...]]) -> datetime:
    return event[0]


def _histories(raw: dict[str, Any]) -> list[dict[str, Any]]:
    log = raw.get("changelog")
    return (log.get("histories") or []) if isinstance(log, dict) else []


def _moves(raw: dict[str, Any]) -> Iterator[Move]:
    for one in _histories(raw):
        for item in one.get("items") or ():
            if (item.get("fieldId") or str(item.get("field")).casefold()) == "status":
                get = item.get
                yield Move(instant(one["created"]), (get("from"), get("fromString")), (get("to"), get("toString")))
