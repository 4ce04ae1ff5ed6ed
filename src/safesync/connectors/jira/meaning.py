"""
What a site's types, states and links mean in SAFe, by the mapping first. Pure.

Names and ids in a mapping are compared without upper and lower case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from safesync.connectors.jira.metadata import IssueType
from safesync.connectors.mapping import Mapping as TrackerMapping
from safesync.model.item import Kind, Relation, Stage, WorkClass

_BY_LEVEL = {0: Kind.STORY, 1: Kind.FEATURE}
_PORTFOLIO = frozenset({Kind.THEME, Kind.OBJECTIVE, Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE})
_GIVEN_UP = (
    "won't do",
    "won't fix",
    "wontfix",
    "duplicate",
    "cannot reproduce",
    "declined",
    "cancelled",
    "canceled",
    "invalid",
    "incomplete",
    "obsolete",
    "rejected",
    "abandoned",
    "not a bug",
    "works as designed",
)
_PASSIVE: Mapping[Relation, tuple[str, ...]] = {
    Relation.DEPENDS_ON: ("depend", "require", "is blocked", "need", "wait"),
    Relation.TESTED_BY: ("is tested", "tested", "is verified", "verified", "is validated", "validated", "is covered", "covered"),
}
"""Relations that the inward words of a link type mean, unless its outward words begin so."""
Classes = Mapping[str, tuple[int, WorkClass]]
_OTHER_END = {Relation.TESTS: Relation.TESTED_BY, Relation.TESTED_BY: Relation.TESTS}
_TEST_WORDS = {
    **dict.fromkeys(("tests", "verifies"), Relation.TESTS),
    **dict.fromkeys(("is tested by", "tested by", "is verified by", "verified by"), Relation.TESTED_BY),
}
"""The words of the usual link types of tests, for a mapping that names none."""


def speaks_of(names: tuple[str, ...], *shown: object) -> bool:
    """Whether one of the mapping's names or ids is among what the site shows."""
    try:
        return _spoken(names, shown)
    except TypeError:  # an object where a name should stand
        return _spoken(names, tuple(map(str, shown)))


@lru_cache(maxsize=16_384)
def _spoken(names: tuple[str, ...], shown: tuple[object, ...]) -> bool:
    # The same few people, states and types stand on all issues: asked some twenty times an issue, found once.
    wanted = _folded(names)
    return any(str(one).casefold() in wanted for one in shown if one is not None)


@lru_cache(maxsize=256)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def kind_of(shown: tuple[str, ...], level: int | None, mapping: TrackerMapping, types: Mapping[str, IssueType]) -> Kind:
    """
    The kind of an issue type, given by its id and names.

    A type that the mapping does not name is taken by its level in the hierarchy (0 story, 1 feature, 2 and more
    epic), but only where no type of that level is named: beside a mapped Story, a Task that stands nowhere is ``OTHER``.
    """
    for kind, names in mapping.types.items():
        if speaks_of(names, *shown):
            return kind
    if level is None or level < 0 or level in _mapped_levels(mapping, types):
        return Kind.OTHER
    return _BY_LEVEL.get(level, Kind.EPIC)


def is_above_story(kind: Kind) -> bool:
    """Whether items of this kind hold stories, or what holds them."""
    return kind in _PORTFOLIO


def stage_of(shown: tuple[str | None, ...], category: str, kind: Kind, mapping: TrackerMapping) -> Stage:
    """
    The stage of a state, given by its id and names.

    What the mapping names, else by category: ``indeterminate`` is in progress, ``done`` is done, anything else is
    the funnel for features and above, and analysis below. Nothing is ready unless the mapping says so.
    """
    for stage, names in mapping.stages.items():
        if speaks_of(names, *shown):
            return stage
    if category == "done":
        return Stage.DONE
    if category == "indeterminate":
        return Stage.IN_PROGRESS
    return Stage.FUNNEL if kind in _PORTFOLIO else Stage.ANALYSIS


def given_up(resolution: object, mapping: TrackerMapping) -> bool:
    """Whether a resolution says that the work was not done: a usual one, or one that the mapping names as cancelled."""
    if not isinstance(resolution, dict):
        return False
    named = mapping.stages.get(Stage.CANCELLED, ())
    return speaks_of((*_GIVEN_UP, *named), resolution.get("name"), resolution.get("untranslatedName"))


def classes_of(mapping: TrackerMapping) -> Classes:
    """The work classes by name without upper and lower case, each with its place in the mapping: of several the first one counts."""
    named = [(name.casefold(), (at, one)) for at, (one, names) in enumerate(mapping.work_class.items()) for name in names]
    return dict(reversed(named))


def work_class_of(classes: Classes, values: Iterable[str], type_name: str, labels: Iterable[str]) -> WorkClass:
    """The work class by the mapped field's value, then the type, then a label."""
    for shown in (values, (type_name,), labels):
        if found := [classes[name] for one in shown if (name := str(one).casefold()) in classes]:
            return min(found)[1]
    return WorkClass.UNKNOWN


def relations(issue_link: dict[str, Any], mapping: TrackerMapping) -> Iterator[tuple[Relation, dict[str, Any]]]:
    """
    What one issue link says, read from the issue that shows it: (relation, the other issue).

    ``inwardIssue`` is the one that the type's inward words lead to: with ``Blocks``, "is blocked by". So a link type
    named for *depends on* or *tested by* counts inwards, unless its outward words already say so ("depends on"); one named
    for anything else counts outwards ("tests"). A mapping may also name the words themselves, then they decide.
    What is named for one end of tests has the other end too: whoever tests, and whoever is tested, is told by the same link.
    """
    kind = issue_link.get("type") or {}
    for side, words in (("inwardIssue", kind.get("inward")), ("outwardIssue", kind.get("outward"))):
        other = issue_link.get(side)
        if isinstance(other, dict):
            yield from ((relation, other) for relation in _meant(kind, words, side, mapping))


def tells_of_tests(mapping: TrackerMapping) -> bool:
    """Whether the mapping says which links lead to tests, or from them; with an empty list it says that there are none."""
    return bool(mapping.links.get(Relation.TESTS) or mapping.links.get(Relation.TESTED_BY))


def _meant(kind: dict[str, Any], words: object, side: str, mapping: TrackerMapping) -> Iterator[Relation]:
    for relation, names in mapping.links.items():
        if _says(names, kind, words, side, relation):
            yield relation
        elif (other_end := _OTHER_END.get(relation)) and _is_named(names, kind) and side == _side(other_end, kind):
            yield other_end
    if not tells_of_tests(mapping) and (standard := _TEST_WORDS.get(str(words).casefold())):
        yield standard


def _says(names: tuple[str, ...], kind: dict[str, Any], words: object, side: str, relation: Relation) -> bool:
    if _is_named(names, kind):
        return relation is Relation.RELATES or side == _side(relation, kind)
    # A type that is named "Tests" is not meant by the words "tests" of another one when the names are of those that have tests.
    return speaks_of(names, words) and _TEST_WORDS.get(str(words).casefold(), relation) is relation


def _is_named(names: tuple[str, ...], kind: dict[str, Any]) -> bool:
    return speaks_of(names, kind.get("name"), kind.get("id"))


def _side(relation: Relation, kind: dict[str, Any]) -> str:
    """Where the other issue stands when the one that shows the link is the one that depends, tests, is tested, and so on."""
    if relation is Relation.TESTS:
        return "inwardIssue" if _side(Relation.TESTED_BY, kind) == "outwardIssue" else "outwardIssue"
    says_so = str(kind.get("outward")).casefold().startswith(_PASSIVE.get(relation, ""))
    return "outwardIssue" if says_so else "inwardIssue"


def _mapped_levels(mapping: TrackerMapping, types: Mapping[str, IssueType]) -> set[int]:
    named = tuple(name for names in mapping.types.values() for name in names)
    return {one.level for type_id, one in types.items() if one.level is not None and speaks_of(named, type_id, one.name, one.untranslated)}
