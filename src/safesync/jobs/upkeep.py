"""
What an administrator should look after: mappings that do not fit what was read, and rules that people wave off (DQ001 to DQ006).

Never told on an item. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import polars as pl

from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.feedback.labels import waive_label
from safesync.jobs.check import Checked
from safesync.jobs.concern import Concern, Upkeep
from safesync.jobs.health import Patient, concerns, fact_of
from safesync.model.organisation import Organisation

_ALWAYS = frozenset({"kind", "native_type", "native_state", "stage", "iteration", "own_interval", "team", "own_train", "points", "labels"})
_ENOUGH = 10
"""Fewer findings say nothing about a rule."""
_MANY_WAIVED = 0.1


def facts_for(mappings: Mapping[str, TrackerMapping]) -> frozenset[str]:
    """The measured facts that have to be loaded for it."""
    mapped = {fact_of(field) for mapping in mappings.values() for field in mapping.fields}
    return _ALWAYS.union(name for name in mapped if name is not None)


def upkeep(checked: Checked, mappings: Mapping[str, TrackerMapping], organisation: Organisation) -> Upkeep:
    """Everything there is to look after; ``checked`` was made with ``facts_for`` these mappings."""
    of_mappings = ((name, each) for name, mapping in mappings.items() for each in concerns(_patient(checked, name, mapping, organisation)))
    return Upkeep((*of_mappings, *(("", each) for each in _waived(checked))))


def _patient(checked: Checked, name: str, mapping: TrackerMapping, organisation: Organisation) -> Patient:
    scene = checked.scene
    facts = scene.facts.filter(pl.col("tracker").cast(pl.String) == name)
    iterations = tuple(one for one in scene.iterations if one.tracker == name)
    return Patient(None, mapping, facts, iterations, scene.intervals, scene.teams, organisation)


def _waived(checked: Checked) -> Iterator[Concern]:
    """Rules of which a person waived more than a tenth of the findings: then the rule is wrong, not the people."""
    carried = checked.scene.facts.select("uid", pl.col("labels").cast(pl.List(pl.String))).explode("labels").drop_nulls()
    waivers = carried.filter(pl.col("labels").str.to_lowercase().str.starts_with(waive_label("")))
    labels = {(uid, label.casefold()) for uid, label in waivers.rows()}
    if not labels:
        return
    found = Counter(each.code for each in checked.report.flawed)
    waived = Counter(each.code for each in checked.report.flawed if (each.subject, waive_label(each.code)) in labels)
    for code, count in sorted(waived.items()):
        if found[code] >= _ENOUGH and count > _MANY_WAIVED * found[code]:
            yield Concern(
                "DQ005",
                f"{count} of {found[code]} findings of {code} are waived by people; look whether the rule fits (rules.{code})",
                count,
            )
