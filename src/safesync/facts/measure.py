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

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from safesync.facts import approved
from safesync.facts.catalog import ITEM
from safesync.facts.measured import MEASURED
from safesync.facts.text import acceptance, benefit, flatten, hypothesis, invest, ticks, voice, words
from safesync.facts.text import title as of_title
from safesync.facts.text.digest import digest
from safesync.facts.text.exactness import control_ids, names_measure
from safesync.facts.text.line import LineKind, lowered
from safesync.facts.text.reading import NOTHING, UNSEEN, Place, Reading, Verdict, place
from safesync.facts.text.voice import Spoken, Voice
from safesync.model.item import Item, Kind, Relation, RichText, Stage

_ACTIVE = frozenset({Stage.IN_PROGRESS, Stage.VALIDATING})
_FURTHER = (
    "blocked_reason",
    "rank",
    "wsjf_score",
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
_LINKED = tuple(fact for fact in ITEM if fact.needs and frozenset({"links", "tests"}).issuperset(fact.needs))
"""Facts of the whole backlog that are unseen when this item's links were not read: only the item itself can tell."""
_NEEDS = tuple((fact.name, frozenset(fact.needs)) for fact in (*MEASURED, *_LINKED) if fact.needs)
_TOLD_TOGETHER = tuple(
    frozenset(fact.name for fact in MEASURED if fact.name.startswith(start))
    for start in ("acceptance_", "benefit_", "story_voice", "epic_hypothesis_", "measure_named", "control_ids", "approved_text_")
)
"""Facts that are known as soon as something was found in any of the texts, whatever else was not seen."""
_PROMISES = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE, Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.PI_OBJECTIVE})
_HAS_HYPOTHESIS = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE})
_OF_STAGE_TIMES = frozenset({"stage_entered_at", "active_since"})


def measure(item: Item) -> dict[str, object]:
    """
    One row with every measured fact of the catalogue by its name, and ``unseen``: the names of the unseen ones,
    sorted and joined by one space.

    Values of enumerations are plain ``str``, times are aware UTC, days are ``date``, labels a list of ``str``.
    An unseen verdict has no value; what was looked at stands in its places all the same.
    """
    description, benefit_field = _place(item, "description", item.description), _place(item, "benefit", item.benefit)
    row = {**_plain_facts(item), **_linked_facts(item), **_stage_times(item), **_title_facts(item.title)}
    criteria, spoken, said = _criteria(item, description), voice.best(lowered(item.title), description.low), words.count(description.lines)
    row |= {"description_words": float(said), "description_digest": digest(description.low), "invest_hints": None}
    if item.kind is Kind.STORY and not item.unseen & {"acceptance", "description"}:
        row["invest_hints"] = invest.hints(spoken, description_words=said, criteria=criteria.count)
    told = (
        _add(row, _acceptance_facts(item, criteria)),
        _add(row, _benefit_facts(item, benefit_field, description)),
        _add(row, _voice_facts(item, spoken)),
        _add(row, _hypothesis_facts(item, benefit_field, description)),
        _add(row, _measure_facts(item, benefit_field, description)),
        _add(row, _control_facts(item, description)),
        _add(row, _approval_facts(item)),
    )
    row |= _boxes(item) | {"description_links": float(_addresses(item.description)), "description_code": _has_code(description)}
    row["unseen"] = _unseen(item.unseen, told, moved=bool(item.transitions) and item.transitions[-1].stage is not item.stage)
    return row


Told = tuple[bool, dict[str, object]]
"""Facts of a text with whether they are known; those that are not have no value, except where something was looked for."""


def _approval_facts(item: Item) -> Told:
    known, changed = approved.change_since(item)
    return known, {"approved_text_change": changed}


def _add(row: dict[str, object], told: Told) -> bool:
    row.update(told[1])
    return told[0]


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


def _linked_facts(item: Item) -> dict[str, object]:
    leading = Counter(link.relation for link in item.links)
    evidence = {each.kind.value: each.count for each in item.evidence}
    if leading[Relation.EVIDENCE]:
        evidence["item"] = leading[Relation.EVIDENCE]
    return {
        "test_links": float(leading[Relation.TESTED_BY]),
        "requirement_links": float(leading[Relation.SATISFIES]),
        "constraint_links": float(leading[Relation.CONSTRAINED_BY]),
        "evidence_links": float(sum(evidence.values())),
        "evidence_kinds": "; ".join(evidence) or None,
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


def _title_facts(title: str) -> dict[str, object]:
    return {"title_verdict": of_title.verdict(title).value, "title_words": float(words.in_text(title))}


def _criteria(item: Item, description: Place) -> Reading:
    return acceptance.read(_place(item, "acceptance", item.acceptance), description, boxes_count=item.kind in _LISTS_OF_CRITERIA)


def _acceptance_facts(item: Item, found: Reading) -> Told:
    known = found.found or not item.unseen & {"acceptance", "description"}
    return known, {
        "acceptance_verdict": found.verdict.value if known else None,
        "acceptance_count": float(found.count) if known else None,
        "acceptance_vague_share": found.vague_share if known else None,
        "acceptance_words": float(found.words) if known else None,
        "acceptance_places": found.places,
        "acceptance_digest": digest(lowered("\n".join(line.text for line in found.lines))),
    }


def _benefit_facts(item: Item, field: Place, description: Place) -> Told:
    found = benefit.read(field, description)
    known = found.found or not item.unseen & {"benefit", "description"}
    return known, {"benefit_verdict": found.verdict.value if known else None, "benefit_places": found.places}


def _voice_facts(item: Item, spoken: Spoken) -> Told:
    known = spoken.voice is Voice.WELL_FORMED or "description" not in item.unseen
    return known, {
        "story_voice": spoken.voice.value if known else None,
        "story_voice_parts": ", ".join(spoken.parts) or None if known else None,
    }


def _hypothesis_facts(item: Item, field: Place, description: Place) -> Told:
    known = not item.unseen & {"benefit", "description", "hypothesis"}
    if item.kind not in _HAS_HYPOTHESIS:
        return known, _NO_HYPOTHESIS
    headed = hypothesis.sections(description)
    found = hypothesis.read((_place(item, "hypothesis", item.hypothesis), field, description), headed)
    known = known or found.verdict is Verdict.OK
    return known, {
        "epic_hypothesis_verdict": found.verdict.value if known else None,
        "epic_hypothesis_parts": float(len(found.parts)) if known else None,
        "epic_hypothesis_missing": ", ".join(found.missing) or None if known else None,
        "mvp_words": _words_of(item.mvp) or headed.mvp_words,
        "business_case_words": _words_of(item.business_case) or headed.business_case_words,
        "nfr_named": headed.nfr_named if "description" not in item.unseen else None,
    }


def _words_of(text: RichText | None) -> float | None:
    return None if text is None else float(words.count(place(flatten.flatten(text)).lines))


_NO_HYPOTHESIS: dict[str, object] = dict.fromkeys(
    ("epic_hypothesis_verdict", "epic_hypothesis_parts", "epic_hypothesis_missing", "mvp_words", "business_case_words", "nfr_named")
)


def _measure_facts(item: Item, field: Place, description: Place) -> Told:
    known = not item.unseen & {"benefit", "description"}
    if item.kind not in _PROMISES:
        return known, {"measure_named": None}
    named = any(names_measure(low) for low in (lowered(item.title), field.low, description.low))
    return known or named, {"measure_named": named if known or named else None}


def _control_facts(item: Item, description: Place) -> Told:
    named = control_ids((item.title, *item.labels, description.text))
    return named is not None or not item.unseen & {"description", "labels"}, {"control_ids": named}


def _addresses(text: RichText | None) -> int:
    return 0 if text is None else text.text.count("http://") + text.text.count("https://")


def _has_code(place: Place) -> bool:
    return any(line.kind is LineKind.CODE for line in place.lines)


def _boxes(item: Item) -> dict[str, object]:
    """A description counts where boxes are criteria: in a bug it has a list of things to try."""
    places = (item.acceptance, item.description if item.kind in _LISTS_OF_CRITERIA else None)
    counts = [ticks.counted(text) for text in places if text is not None]
    return {"boxes": float(sum(boxes for boxes, _ in counts)), "open_boxes": float(sum(open_ones for _, open_ones in counts))}


def _place(item: Item, field: str, text: RichText | None) -> Place:
    if text is not None:
        return place(flatten.flatten(text))
    return UNSEEN if field in item.unseen else NOTHING


@lru_cache(maxsize=4_096)
def _unseen(fields: frozenset[str], told: tuple[bool, ...], *, moved: bool) -> str:
    """
    Names of the facts that cannot be known when these fields of an item were not seen; ``told`` goes with ``_TOLD_TOGETHER``.

    ``moved``: the item is in another stage than its newest transition tells. What was not seen depends on the type and
    the site, so a backlog has few different answers.
    """
    unseen = {name for name, needs in _NEEDS if needs & fields}
    for known, facts in zip(told, _TOLD_TOGETHER, strict=True):
        unseen = unseen - facts if known else unseen | facts
    return " ".join(sorted(unseen | _OF_STAGE_TIMES if moved else unseen))


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
