"""
The measured facts of one item: what a rule may ask of it without looking at any other item or at the clock.

Unknown and empty are kept apart here. A fact is *unseen* when a field that it is made of was not seen. Two
kinds of facts are made with more care:

- Criteria and benefits may stand in a field *or* in the description. What was found is found, whatever else was
  not seen; only when nothing was found (missing, empty, placeholder) and one of the two was not seen, the facts
  are unseen, for the criteria may stand just there.
- Times of a stage come from the transitions. When the newest of them leads to another stage than the one that
  the item is in (a mapping that changed, an unfinished read), they are unseen: nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from safesync.facts.catalog import ITEM
from safesync.facts.item import approved, attached, tested
from safesync.facts.item.measured import MEASURED
from safesync.facts.item.told import TOGETHER, texts
from safesync.model.item import Item, Relation, Stage

_ACTIVE = frozenset({Stage.IN_PROGRESS, Stage.VALIDATING})
_PLAIN = (
    "tracker",
    "key",
    "project",
    "native_type",
    "native_state",
    "title",
    "owner",
    "team",
    "iteration",
    "board_column",
    "board_lane",
    "points",
    "job_size",
    "business_value",
    "time_criticality",
    "risk_reduction",
    "blocked",
    "due_on",
    "target_start",
    "target_end",
    "blocked_reason",
    "blocked_until",
    "rank",
    "wsjf_score",
    "resolution",
    "enabler_kind",
    "cost_estimate",
    "cost_approved",
    "cost_forecast",
    "cost_actual",
    "mvp_budget",
    "horizon",
    "decision",
    "outcome",
    "approval",
    "approver",
    "approved_on",
    "criteria_editor",
    "tested_on",
    "roam",
    "committed",
    "planned_value",
    "actual_value",
    "baseline",
    "target",
    "progress",
)
"""Facts that are a field of the item as it stands."""
_OWN = {"own_train": "train", "own_interval": "interval", "own_controls": "controls", "own_value_stream": "value_stream"}
"""The same under another name: what others give it may stand beside."""
_NAMES = (*_PLAIN, *_OWN)
_told = attrgetter(*_PLAIN, *_OWN.values())
_LINKED = tuple(fact for fact in ITEM if fact.needs and frozenset({"links", "tests"}).issuperset(fact.needs))
"""Facts of the whole backlog that are unseen when this item's links were not read: only the item itself can tell."""
_NEEDS = tuple((fact.name, frozenset(fact.needs)) for fact in (*MEASURED, *_LINKED) if fact.needs)
_TOGETHER = tuple(
    frozenset(fact.name for fact in MEASURED if fact.name.startswith(start)) for start in (*TOGETHER, "approved_text_", "test_result")
)
"""Facts that are known as soon as something was found in any of the texts, whatever else was not seen."""
_STAYS = {stage: f"days_spent_{stage.value}" for stage in (Stage.ANALYSIS, Stage.READY, Stage.IN_PROGRESS, Stage.VALIDATING)}
_OF_STAGE_TIMES = frozenset({"stage_entered_at", "active_since", "started_at", *_STAYS.values()})
_DAY = timedelta(days=1)


def measure(item: Item) -> dict[str, object]:
    """
    One row with every measured fact of the catalogue by its name, and ``unseen``: the names of the unseen ones,
    sorted and joined by one space.

    Values of enumerations are plain ``str``, times are aware UTC, days are ``date``, labels a list of ``str``.
    An unseen verdict has no value; what was looked at stands in its places all the same.
    """
    row, known = texts(item)
    _add_plain_facts(row, item)
    _add_linked_facts(row, item)
    _add_stage_times(row, item)
    row["business_case_attached"] = attached.business_case(item)
    row["business_case_host"] = attached.business_case_host(item)
    approval_known, row["approved_text_change"] = approved.change_since(item)
    result_known, row["test_result"] = tested.newest(item)
    known = (*known, approval_known, result_known)
    moved = bool(item.transitions) and item.transitions[-1].stage is not item.stage
    row["unseen"] = _unseen(item.unseen, known, moved) if item.unseen or moved or not all(known) else ""
    return row


def _add_plain_facts(row: dict[str, object], item: Item) -> None:
    row.update(zip(_NAMES, _told(item), strict=True))
    row["kind"] = str(item.kind)
    row["stage"] = str(item.stage)
    row["own_work_class"] = str(item.work_class)
    row["blocked_on"] = item.blocked_since.astimezone(UTC).date() if item.blocked_since else None
    row["commented_on"] = item.commented_at.astimezone(UTC).date() if item.commented_at else None
    row["departed_owner"] = item.owner if item.owner_left else None
    row["labels"] = list(item.labels)
    row["own_themes"] = "; ".join(item.themes) or None
    row["created_at"] = _utc(item.created_at)
    row["human_change_at"] = _utc(item.last_human_change_at)


def _add_linked_facts(row: dict[str, object], item: Item) -> None:
    relations = [link.relation for link in item.links]
    evidence = {each.kind.value: each.count for each in item.evidence}
    if linked := relations.count(Relation.EVIDENCE):
        evidence["item"] = linked
    row["test_links"] = float(relations.count(Relation.TESTED_BY))
    row["requirement_links"] = float(relations.count(Relation.SATISFIES))
    row["constraint_links"] = float(relations.count(Relation.CONSTRAINED_BY))
    row["evidence_links"] = float(sum(evidence.values()))
    row["evidence_kinds"] = "; ".join(evidence) or None


def _add_stage_times(row: dict[str, object], item: Item) -> None:
    """An item that was never moved is in its stage since it was created."""
    row["stage_entered_at"] = _entered(item, {item.stage})
    row["active_since"] = _entered(item, _ACTIVE) if item.stage in _ACTIVE else None
    row["started_at"] = _started(item)
    row.update(_spent(item))


def _started(item: Item) -> datetime | None:
    if not item.transitions and item.stage in _ACTIVE and "transitions" not in item.unseen:
        return _utc(item.created_at)
    return _utc(next((transition.at for transition in item.transitions if transition.stage in _ACTIVE), None))


def _spent(item: Item) -> dict[str, float | None]:
    """How long it stayed where it is no more; nothing where nobody told."""
    if "transitions" in item.unseen:
        return dict.fromkeys(_STAYS.values())
    spent: dict[str, float] = dict.fromkeys(_STAYS.values(), 0.0)
    for stay, following in pairwise(item.transitions):
        if name := _STAYS.get(stay.stage):
            spent[name] += (following.at - stay.at) / _DAY
    return {name: round(days, 2) for name, days in spent.items()}


def _entered(item: Item, stages: Iterable[Stage]) -> datetime | None:
    """When the newest unbroken stay in ``stages`` began."""
    if "transitions" in item.unseen:
        return None
    if not item.transitions:
        return _utc(item.created_at)
    entered = None
    for transition in reversed(item.transitions):
        if transition.stage not in stages:
            break
        entered = transition.at
    return _utc(entered)


@lru_cache(maxsize=4_096)
def _unseen(fields: frozenset[str], told: tuple[bool, ...], moved: bool) -> str:
    """
    Names of the facts that cannot be known when these fields of an item were not seen; ``told`` goes with ``_TOGETHER``.

    ``moved``: the item is in another stage than its newest transition tells. What was not seen depends on the type and
    the site, so a backlog has few different answers.
    """
    unseen = {name for name, needs in _NEEDS if needs & fields}
    for known, facts in zip(told, _TOGETHER, strict=True):
        unseen = unseen - facts if known else unseen | facts
    return " ".join(sorted(unseen | _OF_STAGE_TIMES if moved else unseen))


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None or moment.tzinfo is UTC:
        return moment
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
