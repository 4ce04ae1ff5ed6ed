"""The shipped mappings can be read, and each is what the tracker it is for is recognised as."""

from __future__ import annotations

import pytest
from findings import AGILE, BASIC, CMMI, INHERITED, LINKED, PREMIUM, RENAMED, ROADMAPS, SCRUM, jira, kind

from safesync.configuration import presets
from safesync.configuration.archetype import archetype
from safesync.configuration.choosing import propose
from safesync.configuration.read import parse_configuration
from safesync.configuration.secrets import Secrets
from safesync.connectors.inspection import Inspection
from safesync.connectors.mapping import Mapping
from safesync.model.errors import ConfigurationError
from safesync.model.item import Kind, Relation

TRACKER = """\
version: 1
trackers:
  - {{name: one, kind: {kind}, url: 'https://example.org', auth: {{token: x}}, scope: {{projects: [A]}}, mapping: {{preset: {preset}}}}}
"""


def read(preset: str, tracker: str) -> Mapping:
    loaded = parse_configuration(TRACKER.format(kind=tracker, preset=preset), secrets=Secrets.NONE)
    return loaded.configuration.trackers[0].mapping


def test_there_is_one_for_each_archetype_and_one_for_basic() -> None:
    assert presets.names() == (
        "ado-agile",
        "ado-basic",
        "ado-safe",
        "jira-cloud-premium",
        "jira-data-center",
        "jira-links",
        "jira-standard",
    )


@pytest.mark.parametrize("name", presets.names())
def test_each_can_be_read_and_names_no_type_twice(name: str) -> None:
    mapping = read(name, "jira" if name.startswith("jira") else "azure-devops")
    names = [each.casefold() for types in mapping.types.values() for each in types]
    assert len(names) == len(set(names))
    states = [each.casefold() for states in mapping.stages.values() for each in states]
    assert len(states) == len(set(states))
    assert {Kind.EPIC, Kind.FEATURE, Kind.STORY} <= mapping.types.keys()
    assert mapping.links[Relation.DEPENDS_ON]


@pytest.mark.parametrize(("preset", "tracker"), [("ado-agile", "jira"), ("jira-links", "azure-devops")])
def test_one_for_the_other_kind_of_tracker_is_a_mistake(preset: str, tracker: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"3:\d+: '{preset}' is a mapping for (jira|azure-devops), and this tracker is"):
        read(preset, tracker)


@pytest.mark.parametrize(
    ("found", "preset"),
    [
        (PREMIUM, "jira-cloud-premium"),
        (RENAMED, "jira-standard"),
        (jira(kind("Epic", 1), kind("Story", 0)), "jira-standard"),
        (ROADMAPS, "jira-data-center"),
        (LINKED, "jira-links"),
        (AGILE, "ado-agile"),
        (SCRUM, "ado-agile"),
        (CMMI, "ado-agile"),
        (BASIC, "ado-basic"),
        (INHERITED, "ado-safe"),
    ],
)
def test_a_tracker_is_recognised_and_every_type_in_use_is_read_as_its_preset_says(found: Inspection, preset: str) -> None:
    guess = archetype(found)
    assert (guess.preset, guess.sure) == (preset, True)
    proposal = propose(found)
    assert not proposal.unmapped
    assert not [doubt for doubt in proposal.doubts if doubt.about[0] == "type"]


def test_an_issue_is_a_story_in_basic_alone() -> None:
    def issue(found: Inspection) -> Kind:
        return next(kind for kind, types in propose(found).types.items() if "Issue" in [each.name for each in types])

    assert issue(BASIC) is Kind.STORY
    assert issue(AGILE) is issue(CMMI) is Kind.OTHER


def test_without_epics_and_features_the_guess_says_that_it_is_one() -> None:
    assert archetype(jira(kind("Story", 0))).sure is False
    assert archetype(Inspection("azure-devops", "Azure DevOps Services", "7.1", "directly", ("Odd",))).sure is False
