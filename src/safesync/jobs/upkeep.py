"""
What an administrator should look after: mappings that do not fit what was read, and rules that people wave off (DQ001 to DQ006).

Never told on an item. Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import polars as pl

from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.facts.registers import unfound
from safesync.feedback.settings import WaiverPart
from safesync.jobs.check import Checked
from safesync.jobs.concern import Concern, Upkeep
from safesync.jobs.health import Patient, concerns, fact_of
from safesync.jobs.waivers import Standing, Waived
from safesync.model.organisation import Organisation
from safesync.model.registers import Registers

_ALWAYS = frozenset({"kind", "native_type", "native_state", "stage", "iteration", "own_interval", "team", "own_train", "points", "labels"})
_ENOUGH = 10
"""Fewer findings say nothing about a rule."""
_MANY_WAIVED = 0.1
_NAMED = 5
_UNNEEDED = MappingProxyType(
    {
        Standing.OVER: "waivers are over, and what they were about is told again",
        Standing.ENDS_SOON: "waivers end within two weeks",
        Standing.UNUSED: "waivers are not needed any more",
        Standing.NOT_UNDERSTOOD: "labels waive nothing, write safesync-waive-tm101 or safesync-waive-tm101-until-2027-01-15",
        Standing.NO_RULE: "waivers name rules that there are not",
        Standing.REFUSED: "labels and replies waive nothing, as feedback.unwaivable names their rule",
    }
)


def facts_for(mappings: Mapping[str, TrackerMapping]) -> frozenset[str]:
    """The measured facts that have to be loaded for it."""
    mapped = {fact_of(field) for mapping in mappings.values() for field in mapping.fields}
    return _ALWAYS.union(name for name in mapped if name is not None)


def upkeep(
    checked: Checked,
    mappings: Mapping[str, TrackerMapping],
    organisation: Organisation,
    waived: Sequence[Waived] = (),
    strange: Sequence[tuple[WaiverPart, str]] = (),
) -> Upkeep:
    """
    Everything there is to look after; ``checked`` was made with ``facts_for`` these mappings.

    ``waived`` are all waivers, ``strange`` those of the configuration whose item nobody knows.
    """
    of_mappings = ((name, each) for name, mapping in mappings.items() for each in concerns(_patient(checked, name, mapping, organisation)))
    of_files = _of_files(checked, organisation.registers)
    of_all = (*_of_anchors(checked, organisation), *of_files, *_of_waivers(checked, waived, strange))
    return Upkeep((*of_mappings, *(("", each) for each in of_all)))


def _patient(checked: Checked, name: str, mapping: TrackerMapping, organisation: Organisation) -> Patient:
    scene = checked.scene
    facts = scene.facts.filter(pl.col("tracker").cast(pl.String) == name)
    iterations = tuple(one for one in scene.iterations if one.tracker == name)
    return Patient(None, mapping, facts, iterations, scene.intervals, scene.teams, organisation)


def _of_anchors(checked: Checked, organisation: Organisation) -> Iterator[Concern]:
    """What is found about a team or train stands on its anchor, and nowhere else in the tracker."""
    trains = ((f"organisation.trains.{train.name}", train.anchor) for train in organisation.trains if train.anchor)
    teams = ((f"teams.{team}", anchor) for team, anchor in organisation.team_anchors)
    texts = checked.scene.facts.select(pl.col("uid", "tracker", "key").cast(pl.String))
    known, read = {*texts["uid"], *(f"{tracker}:{key}" for _, tracker, key in texts.rows())}, {*texts["tracker"]}
    for place, anchor in (*trains, *teams):
        tracker, _, key = anchor.partition(":")
        if tracker in read and known.isdisjoint({anchor, f"{tracker}:{key.upper()}"}):
            told = f"{place}.anchor names {anchor}, an item that was not read: what is found about the group is on no item, only in reports"
            yield Concern("DQ003", told, 0)


def _of_files(checked: Checked, registers: Registers) -> Iterator[Concern]:
    """What files beside the trackers say of items that nobody read, or of one that two trackers have, is said of nothing."""
    named = {"approvals": registers.approvals, "tests": registers.tests}
    references = {name: [entry.item for entry in register.entries] for name, register in named.items() if register}
    references["objectives and okrs"] = [key for key, _ in registers.serving]
    for name, keys in references.items():
        if lost := unfound(checked.scene.facts, keys):
            more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
            told = f"organisation.data: {name} name items that were not read, or whose key two trackers have"
            yield Concern("DQ004", f"{told}: {', '.join(lost[:_NAMED])}{more}; write them as tracker:KEY, or take them out", len(lost))


def _of_waivers(checked: Checked, waived: Sequence[Waived], strange: Sequence[tuple[WaiverPart, str]]) -> Iterator[Concern]:
    yield from _wrong_rules(checked, waived)
    yield from _called_wrong(waived)
    for how, words in _UNNEEDED.items():
        some = [f"{each.waiver.code} on {each.key}{each.hint}" for each in waived if each.standing is how]
        if some:
            more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
            yield Concern("DQ005", f"{words}: {', '.join(some[:_NAMED])}{more}; 'safesync waivers' shows all", len(some))
    for part, reference in strange:
        yield Concern("DQ005", f"a waiver of {part.rule} names {reference}, an item that was not read (feedback.waivers)", 1)


def _called_wrong(waived: Sequence[Waived]) -> Iterator[Concern]:
    """What people say of single findings, rule by rule, with their reasons."""
    by_rule: dict[str, list[Waived]] = {}
    for each in waived:
        if each.waiver.wrong:
            by_rule.setdefault(each.waiver.code, []).append(each)
    for code, some in sorted(by_rule.items()):
        said = "; ".join(f"{each.key} ({each.waiver.reason}; {each.waiver.granted_by})" for each in some[:_NAMED])
        more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
        yield Concern("DQ005", f"people say that {code} is wrong about {said}{more}; look whether the rule fits (rules.{code})", len(some))


def _wrong_rules(checked: Checked, waived: Sequence[Waived]) -> Iterator[Concern]:
    """Rules of which people waived more than a tenth of the findings: then the rule is wrong, not the people."""
    found = Counter(each.code for each in checked.report.flawed)
    pairs = {(each.code, each.subject) for each in checked.report.flawed}
    holding = {(each.waiver.code, each.waiver.uid) for each in waived if each.standing in {Standing.HOLDS, Standing.ENDS_SOON}}
    for code, count in sorted(Counter(code for code, _ in holding & pairs).items()):
        if found[code] >= _ENOUGH and count > _MANY_WAIVED * found[code]:
            yield Concern(
                "DQ005",
                f"{count} of {found[code]} findings of {code} are waived by people; look whether the rule fits (rules.{code})",
                count,
            )
