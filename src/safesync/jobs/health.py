"""
Whether a mapping fits the tracker that it is for (mapping health, DQ001 to DQ004): told to the administrator, never on an item. Pure.

``jobs.upkeep`` asks the same of all that was read, and about waivers (DQ005).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

import polars as pl

from safesync.connectors.inspection import FoundField, Inspection
from safesync.connectors.mapping import FieldChoice, FieldName
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.facts.catalog import MEASURED_FACTS
from safesync.jobs.concern import Concern
from safesync.model.item import Kind, Stage
from safesync.model.organisation import Organisation, Team
from safesync.model.timebox import Iteration, PlanningInterval

ENOUGH = 50
"""From so many items on an empty field says something about the mapping, not about the items."""
_HOURS = 20
_SHORTEST_DAYS, _LONGEST_DAYS = 6 * 7, 14 * 7
_KINDS: Mapping[FieldName, tuple[Kind, ...]] = {
    **dict.fromkeys(("points",), (Kind.STORY, Kind.BUG)),
    **dict.fromkeys(("acceptance", "team"), (Kind.STORY, Kind.FEATURE)),
    **dict.fromkeys(("benefit", "job_size", "business_value", "time_criticality", "risk_reduction"), (Kind.FEATURE, Kind.EPIC)),
    **dict.fromkeys(("interval", "target_start", "target_end"), (Kind.FEATURE,)),
    **dict.fromkeys(("work_class",), (Kind.STORY, Kind.FEATURE)),
    **dict.fromkeys(("epic_owner", "themes"), (Kind.EPIC,)),
    **dict.fromkeys(
        ("cost_estimate", "cost_approved", "cost_forecast", "cost_actual", "mvp_budget", "horizon", "business_case", "mvp"), (Kind.EPIC,)
    ),
    **dict.fromkeys(("approval", "approver", "approved_on", "controls"), (Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE)),
    **dict.fromkeys(("committed", "planned_value", "actual_value"), (Kind.PI_OBJECTIVE,)),
    **dict.fromkeys(("baseline", "target", "progress"), (Kind.KEY_RESULT,)),
    **dict.fromkeys(("roam",), (Kind.RISK,)),
    **dict.fromkeys(("test_result", "tested_on"), (Kind.TEST, Kind.STORY, Kind.FEATURE)),
}
"""On which kinds of items a mapped field should have a value somewhere."""
_FACTS: Mapping[FieldName, str] = {
    "interval": "own_interval",
    "work_class": "own_work_class",
    "themes": "own_themes",
    "epic_owner": "owner",
    "controls": "own_controls",
    "business_case": "business_case_words",
    "mvp": "mvp_words",
}
"""Facts that are called otherwise than the field that they are read from."""
_ELSEWHERE_TOO = frozenset({"acceptance", "benefit", "hypothesis", "depends_on", "parent", "epic_owner", "work_class"})
"""What has other places beside its field: that nothing came from the field is not told by the fact."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Patient:
    """
    What is examined: what was found in one tracker, and the measured facts of its items.

    The items may be all that were read, or a sample. ``found`` is ``None`` when the tracker was not asked.
    """

    found: Inspection | None
    mapping: TrackerMapping
    facts: pl.DataFrame
    iterations: tuple[Iteration, ...] = ()
    intervals: tuple[PlanningInterval, ...] = ()
    teams: tuple[Team, ...] = ()
    organisation: Organisation = field(default_factory=Organisation)


def concerns(patient: Patient) -> tuple[Concern, ...]:
    """All of them, in the order of their codes."""
    return (*_unmapped(patient), *_timeboxes(patient), *_nobodys(patient), *_dead(patient), *_implausible(patient))


def _unmapped(patient: Patient) -> Iterator[Concern]:
    knowingly = {name.casefold() for name in patient.mapping.types.get(Kind.OTHER, ())}
    other = patient.facts.filter(pl.col("kind").cast(pl.String) == Kind.OTHER.value)
    counts = {one.name: one.count for one in patient.found.types} if patient.found else {}
    for name, seen in _counted(other["native_type"]):
        if name.casefold() not in knowingly:
            items = max(seen, counts.get(name) or 0)
            yield Concern(
                "DQ001",
                f"{_items(items)} of the type {name} {_are(items)} read as 'other' and not judged; "
                "put it under mapping.types, or under 'other' there",
                items,
            )
    for name, seen in _counted(patient.facts.filter(_unseen("stage"))["native_state"]):
        yield Concern(
            "DQ001", f"{_items(seen)} {_are(seen)} in the state {name}, whose category is not told; put it under mapping.stages", seen
        )


def _timeboxes(patient: Patient) -> Iterator[Concern]:
    used = dict(_counted(patient.facts["iteration"]))
    planned = [one for one in patient.iterations if one.uid in used]
    yield from _undated([one for one in planned if one.starts_on is None or one.ends_on is None], used)
    nameless = [one for one in planned if one.interval is None]
    if nameless:
        items = sum(used[one.uid] for one in nameless)
        yield Concern(
            "DQ002",
            f"{_items(items)} {_are(items)} planned in {_names([one.name for one in nameless])}, whose names speak of no planning "
            "interval; set organisation.intervals.pattern",
            items,
        )
    labels = dict(_counted(patient.facts["own_interval"]))
    for one in patient.intervals:
        if one.starts_on and one.ends_on and not _SHORTEST_DAYS <= (one.ends_on - one.starts_on).days + 1 <= _LONGEST_DAYS:
            weeks = round(((one.ends_on - one.starts_on).days + 1) / 7)
            yield Concern(
                "DQ002",
                f"{one.label} is {weeks} weeks long, and a planning interval has 6 to 14; check its dates",
                labels.get(one.label, 0),
            )
    dated = {one.label for one in patient.intervals if one.starts_on and one.ends_on}
    for label, count in labels.items():
        if label not in dated:
            yield Concern(
                "DQ002", f"{_items(count)} {_are(count)} planned in {label}, which has no dates; give its sprints or versions dates", count
            )


def _undated(undated: Sequence[Iteration], used: Mapping[str, int]) -> Iterator[Concern]:
    if undated:
        items = sum(used[one.uid] for one in undated)
        yield Concern(
            "DQ002",
            f"{_items(items)} {_are(items)} planned in {_names([one.name for one in undated])}, which have no dates; give them some",
            items,
        )


def _nobodys(patient: Patient) -> Iterator[Concern]:
    open_stages = [stage.value for stage in Stage if stage not in {Stage.DONE, Stage.CANCELLED}]
    stories = patient.facts.filter(
        pl.col("kind").cast(pl.String).is_in([Kind.STORY.value, Kind.BUG.value]) & pl.col("stage").cast(pl.String).is_in(open_stages)
    )
    teamless = stories.filter(pl.col("team").is_null()).height
    if teamless and stories.height:
        yield Concern(
            "DQ003",
            f"{teamless} of {stories.height} open stories and bugs have no team; map the field that holds it (mapping.fields.team), "
            "or the depth of its area (mapping.team_depth)",
            teamless,
        )
    trains = {team.name for team in (*patient.teams, *patient.organisation.teams) if team.train}
    trains |= {team for train in patient.organisation.trains for team in train.teams}
    lost = stories.filter(
        pl.col("team").is_not_null() & pl.col("own_train").is_null() & ~pl.col("team").cast(pl.String).is_in(sorted(trains))
    )
    if lost.height:
        names = [name for name, _ in _counted(lost["team"])]
        yield Concern(
            "DQ003",
            f"{_items(lost.height)} {_are(lost.height)} open, of teams without a train: {_names(names)}; "
            "put them under organisation.trains",
            lost.height,
        )


def fact_of(field: FieldName) -> str | None:
    """The measured fact that tells whether a field is filled; ``None`` when that has other sources too."""
    name = _FACTS.get(field, field)
    return name if name in MEASURED_FACTS and field not in _ELSEWHERE_TOO and field in _KINDS else None


def _dead(patient: Patient) -> Iterator[Concern]:
    return _empty(patient) if patient.found is None else _unfilled(patient, patient.found)


def _empty(patient: Patient) -> Iterator[Concern]:
    """Mapped fields that no item has filled that was read, of their kinds and where they were seen."""
    for ours, choices in patient.mapping.fields.items():
        fact = fact_of(ours) if choices else None
        if fact is None or fact not in patient.facts.columns:
            continue
        kinds = [kind.value for kind in _KINDS[ours]]
        looked = patient.facts.filter(pl.col("kind").cast(pl.String).is_in(kinds) & ~_unseen(fact))
        if looked.height >= ENOUGH and looked[fact].null_count() == looked.height:
            yield Concern(
                "DQ004",
                f"mapping.fields.{ours} is empty in all of {looked.height} items; is it another field that is used?",
                looked.height,
            )


def _unfilled(patient: Patient, found: Inspection) -> Iterator[Concern]:
    """Mapped fields that no item of their kinds has filled, or that the site does not have at all."""
    kinds = _kinds_of_types(patient)
    sampled = {one.name: one.sampled for one in found.types}
    for ours, choices in patient.mapping.fields.items():
        fields = located(choices, found)
        if choices and not fields:
            yield Concern("DQ004", f"mapping.fields.{ours} names no field that is there and that we may see", 0)
            continue
        types = [name for name, kind in kinds.items() if kind in _KINDS.get(ours, ())]
        looked = sum(sampled.get(name, 0) for name in types)
        filled = sum(count for one in fields for name, count in one.filled if name in types)
        if fields and looked >= ENOUGH and filled == 0:
            names = _names([one.name for one in fields])
            yield Concern(
                "DQ004", f"mapping.fields.{ours} ({names}) is empty in all of {looked} items; is it another field that is used?", looked
            )


def located(choices: Sequence[FieldChoice], found: Inspection) -> tuple[FoundField, ...]:
    """The fields that choices of a mapping mean."""

    def means(choice: FieldChoice, one: FoundField) -> bool:
        if choice.id is not None:
            return choice.id.casefold() == one.id.casefold()
        if choice.name is not None:
            return choice.name.casefold() in {name.casefold() for name in one.names}
        return choice.schema_key == one.schema

    return tuple(dict.fromkeys(one for choice in choices for one in found.fields if means(choice, one)))


def _kinds_of_types(patient: Patient) -> dict[str, Kind]:
    """By the items as they were read, which knows all that a connector knows of types."""
    pairs = patient.facts.select("native_type", pl.col("kind").cast(pl.String)).unique().rows()
    return {str(name): Kind(kind) for name, kind in pairs if kind}


def _implausible(patient: Patient) -> Iterator[Concern]:
    points = [float(value) for value in patient.facts["points"].drop_nulls().to_list()]
    if len(points) >= ENOUGH and (middle := median(points)) > _HOURS:
        yield Concern(
            "DQ004", f"half of all estimates are above {middle:g} points: are these hours? Check mapping.fields.points", len(points)
        )


def _unseen(name: str) -> pl.Expr:
    return (pl.lit(" ") + pl.col("unseen").cast(pl.String).fill_null("") + pl.lit(" ")).str.contains(f" {name} ", literal=True)


def _counted(values: pl.Series) -> list[tuple[str, int]]:
    """The different values with how often each is there, the most frequent first."""
    found = values.cast(pl.String).drop_nulls().value_counts(sort=True)
    return [(str(name), int(count)) for name, count in found.rows()]


def _names(names: Sequence[str]) -> str:
    shown = list(dict.fromkeys(names))
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _items(count: int) -> str:
    return f"{count} {'item' if count == 1 else 'items'}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
