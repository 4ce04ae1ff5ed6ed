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
from datetime import UTC, datetime
from functools import lru_cache

from safesync.facts.catalog import ITEM
from safesync.facts.measured import MEASURED
from safesync.facts.text import acceptance, benefit, flatten, words
from safesync.facts.text.reading import NOTHING, UNSEEN, Place, place
from safesync.model.item import Item, Kind, RichText, Stage

_ACTIVE = frozenset({Stage.IN_PROGRESS, Stage.VALIDATING})
_FURTHER = (
    "blocked_reason",
    "resolution",
    "enabler_kind",
    "cost_estimate",
    "cost_approved",
    "cost_forecast",
    "cost_actual",
    "horizon",
    "decision",
    "outcome",
    "approval",
    "approver",
    "approved_on",
    "roam",
    "committed",
    "planned_value",
    "actual_value",
    "baseline",
    "target",
    "progress",
)
"""Facts that are a field of the item as it stands."""
_LISTS_OF_CRITERIA = frozenset({Kind.STORY, Kind.FEATURE, Kind.CAPABILITY, Kind.REQUIREMENT, Kind.IMPROVEMENT})
"""Kinds whose bare checkboxes are criteria; in bugs and tasks they are lists of things to do."""
_LINKED = tuple(fact for fact in ITEM if fact.needs == ("links",))
"""Facts of the whole backlog that are unseen when this item's links were not read: only the item itself can tell."""
_NEEDS = tuple((fact.name, frozenset(fact.needs)) for fact in (*MEASURED, *_LINKED) if fact.needs)
_OF_CRITERIA, _OF_BENEFIT = (
    frozenset(fact.name for fact in MEASURED if fact.name.startswith(start)) for start in ("acceptance_", "benefit_")
)
_OF_STAGE_TIMES = frozenset({"stage_entered_at", "active_since"})


def measure(item: Item) -> dict[str, object]:
    """
    One row with every measured fact of the catalogue by its name, and ``unseen``: the names of the unseen ones,
    sorted and joined by one space.

    Values of enumerations are plain ``str``, times are aware UTC, days are ``date``, labels a list of ``str``.
    An unseen verdict has no value; what was looked at stands in its places all the same.
    """
    description = _place(item, "description", item.description)
    row = {**_plain_facts(item), **_stage_times(item)}
    row |= _acceptance_facts(item, description)
    row |= _benefit_facts(item, description)
    row["description_words"] = float(words.count(description.lines))
    told = row["acceptance_verdict"] is not None, row["benefit_verdict"] is not None
    for name, text in (("business_case", item.business_case), ("mvp", item.mvp)):
        row[f"{name}_words"] = None if text is None else float(words.count(_place(item, name, text).lines))
    row["unseen"] = _unseen(item.unseen, *told, moved=bool(item.transitions) and item.transitions[-1].stage is not item.stage)
    return row


def _plain_facts(item: Item) -> dict[str, object]:
    return {
        "tracker": item.tracker,
        "key": item.key,
        "project": item.project,
        "kind": item.kind.value,
        "native_type": item.native_type,
        "native_state": item.native_state,
        "stage": item.stage.value,
        "own_work_class": item.work_class.value,
        "title": item.title,
        "owner": item.owner,
        "team": item.team,
        "own_train": item.train,
        "iteration": item.iteration,
        "own_interval": item.interval,
        "board_column": item.board_column,
        "points": item.points,
        "job_size": item.job_size,
        "business_value": item.business_value,
        "time_criticality": item.time_criticality,
        "risk_reduction": item.risk_reduction,
        "blocked": item.blocked,
        "labels": list(item.labels),
        "own_themes": "; ".join(item.themes) or None,
        "created_at": _utc(item.created_at),
        "human_change_at": _utc(item.last_human_change_at),
        "due_on": item.due_on,
        "target_start": item.target_start,
        "target_end": item.target_end,
        "own_controls": item.controls,
        "own_value_stream": item.value_stream,
        **{name: getattr(item, name) for name in _FURTHER},
    }


def _stage_times(item: Item) -> dict[str, object]:
    """An item that was never moved is in its stage since it was created."""
    return {
        "stage_entered_at": _entered(item, {item.stage}),
        "active_since": _entered(item, _ACTIVE) if item.stage in _ACTIVE else None,
    }


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


def _acceptance_facts(item: Item, description: Place) -> dict[str, object]:
    field = _place(item, "acceptance", item.acceptance)
    found = acceptance.read(field, description, boxes_count=item.kind in _LISTS_OF_CRITERIA)
    known = found.found or not item.unseen & {"acceptance", "description"}
    return {
        "acceptance_verdict": found.verdict.value if known else None,
        "acceptance_count": float(found.count) if known else None,
        "acceptance_vague_share": found.vague_share if known else None,
        "acceptance_words": float(found.words) if known else None,
        "acceptance_places": found.places,
    }


def _benefit_facts(item: Item, description: Place) -> dict[str, object]:
    found = benefit.read(_place(item, "benefit", item.benefit), description)
    known = found.found or not item.unseen & {"benefit", "description"}
    return {"benefit_verdict": found.verdict.value if known else None, "benefit_places": found.places}


def _place(item: Item, field: str, text: RichText | None) -> Place:
    if text is not None:
        return place(flatten.flatten(text))
    return UNSEEN if field in item.unseen else NOTHING


@lru_cache(maxsize=4_096)
def _unseen(fields: frozenset[str], criteria_known: bool, benefit_known: bool, *, moved: bool) -> str:
    """
    Names of the facts that cannot be known when these fields of an item were not seen.

    ``moved``: the item is in another stage than its newest transition tells. What was not seen depends on the type and
    the site, so a backlog has few different answers.
    """
    unseen = {name for name, needs in _NEEDS if needs & fields}
    for known, facts in ((criteria_known, _OF_CRITERIA), (benefit_known, _OF_BENEFIT)):
        unseen = unseen - facts if known else unseen | facts
    return " ".join(sorted(unseen | _OF_STAGE_TIMES if moved else unseen))


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
