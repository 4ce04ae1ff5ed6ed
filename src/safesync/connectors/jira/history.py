"""What the changelog of an issue tells: its moves between stages, and when a person last touched it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from safesync.connectors.jira.values import instant
from safesync.model.item import Stage, Transition


@dataclass(frozen=True, slots=True)
class Move:
    """A change of state: ids, and names for states that are no more."""

    at: datetime
    left: tuple[str | None, str | None]
    entered: tuple[str | None, str | None]


def whole(raw: dict[str, Any]) -> bool:
    """Whether all histories of an issue are in the answer."""
    log = raw.get("changelog")
    return isinstance(log, dict) and isinstance(log.get("histories"), list) and len(log["histories"]) >= int(log.get("total") or 0)


def enough(raw: dict[str, Any]) -> bool:
    """Whether the answer tells when the issue came into its present state: all of it, or its newest part with a move in it."""
    return whole(raw) or next(_moves(raw), None) is not None


def transitions(
    raw: dict[str, Any], created_at: datetime, present: Stage, stage_of: Callable[[str | None, str | None], Stage | None]
) -> tuple[Transition, ...]:
    """
    The changes of stage, oldest first; moves between states of one stage are none.

    Empty when the answer does not tell how the issue came into its present stage: then it is unseen, not absent.
    """
    moves = sorted(_moves(raw), key=lambda move: move.at)
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

    An issue whose newest comments are not in the answer and that changed after everything we see is not told:
    the change may be a person's comment, or ours.
    """
    fields = raw.get("fields") or {}
    if not isinstance(log := raw.get("changelog"), dict) or not isinstance(said := fields.get("comment"), dict):
        return None
    histories, comments = log.get("histories") or [], said.get("comments") or []
    events = [(created_at, fields.get("creator"))]
    events += [(instant(one["created"]), one.get("author")) for one in histories]
    events += [(instant(one["created"]), one.get("author")) for one in comments]
    events += [(instant(one["updated"]), one.get("updateAuthor")) for one in comments if one.get("updated")]
    newest = max(at for at, _ in events)
    hidden = int(said.get("total") or 0) > len(comments)
    if hidden and (updated_at - newest).total_seconds() > 1:
        return None
    by_people = [at for at, who in events if not is_bot(who)]
    # All of what is told is a machine's, but something older is not told: a person may stand there.
    return max(by_people, default=None if hidden or not whole(raw) else created_at)


def _moves(raw: dict[str, Any]) -> Iterator[Move]:
    log = raw.get("changelog")
    for one in (log.get("histories") or []) if isinstance(log, dict) else []:
        for item in one.get("items") or ():
            if (item.get("fieldId") or str(item.get("field")).casefold()) == "status":
                yield Move(instant(one["created"]), (item.get("from"), item.get("fromString")), (item.get("to"), item.get("toString")))
