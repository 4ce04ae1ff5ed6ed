"""
A mapping for one tracker, proposed from what was found in it. Pure; what is not sure is said to be a doubt.

Answers to doubts come back as values, and the proposal is made anew with them: nothing else in it changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from safesync.configuration import presets, vocabulary
from safesync.configuration.archetype import Guess, archetype, epics, hierarchy_links, of_kind, used
from safesync.configuration.fields import Pick, picks
from safesync.configuration.further import further_fields, links_to_tests
from safesync.configuration.vocabulary import meant
from safesync.connectors.inspection import FoundLink, FoundType, Inspection
from safesync.connectors.mapping import FieldName
from safesync.model.item import Kind, Relation, Stage, WorkClass

Answers = Mapping[tuple[str, str], str]
"""(what a doubt is about, its name) -> the option that was chosen."""
_CLOSED = {"done", "completed", "removed"}
_RUNNING = {"indeterminate", "inprogress", "resolved"}
FIELD_NAMES: tuple[FieldName, ...] = get_args(FieldName)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A question for a person: ``options`` are its possible answers, the first is taken when nobody answers."""

    about: tuple[str, str]
    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mapping in its parts, with what each part is based on."""

    found: Inspection
    guess: Guess
    types: Mapping[Kind, tuple[FoundType, ...]]
    unmapped: tuple[FoundType, ...]
    stages: Mapping[Stage, tuple[str, ...]]
    fields: tuple[Pick, ...]
    classes: Mapping[WorkClass, tuple[str, ...]]
    strange: tuple[str, ...]
    """Values of the field for the work class that mean no class we know."""
    links: Mapping[Relation, tuple[str, ...]]
    depths: tuple[int, int] | None
    """Azure DevOps: depth of the area node that is the train, and of the one that is the team."""
    doubts: tuple[Doubt, ...] = field(default=())
    further: tuple[Pick, ...] = ()
    """Fields that few organisations keep, and that seem to be here; like ``tests`` they are proposed and not taken up."""
    tests: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)
    """The words of links between items and their tests."""

    def kind(self, kind: Kind) -> bool:
        """Whether items of this kind were found."""
        return bool(self.types.get(kind))


def propose(found: Inspection, addresses: Iterable[str] = (), answers: Answers | None = None) -> Proposal:
    """``addresses`` are those of the other trackers: a field that leads there holds parents or dependencies."""
    answers = answers or {}
    guess, doubts = _guess(found, answers)
    preset = presets.values(guess.preset)
    types, unmapped, of_types = _types(found, preset, answers)
    chosen, of_fields = picks(found, preset, tuple(addresses), answers)
    classes, strange = _classes(chosen, preset)
    return Proposal(
        found=found,
        guess=guess,
        types=types,
        unmapped=unmapped,
        stages=_stages(found, preset),
        fields=chosen,
        classes=classes,
        strange=strange,
        links=_links(found, guess, types),
        depths=_depths(found),
        doubts=(*doubts, *of_types, *(Doubt(("field", pick.ours), question, options) for pick, question, options in of_fields)),
        further=further_fields(found, preset, frozenset(one for pick in chosen for one in pick.theirs)),
        tests=links_to_tests(found, preset) if found.kind == "jira" else {},
    )


def _guess(found: Inspection, answers: Answers) -> tuple[Guess, tuple[Doubt, ...]]:
    guess = archetype(found)
    if guess.sure:
        return guess, ()
    kin = [name for name in presets.names() if name.startswith(guess.preset.split("-", maxsplit=1)[0])]
    doubt = Doubt(
        ("preset", ""),
        f"How is SAFe modelled here? ({guess.because})",
        (guess.preset, *(name for name in kin if name != guess.preset)),
    )
    answer = answers.get(doubt.about)
    return (Guess(answer, "you said so") if answer in kin else guess), (doubt,)


def _types(
    found: Inspection, preset: Mapping[str, Any], answers: Answers
) -> tuple[dict[Kind, tuple[FoundType, ...]], tuple[FoundType, ...], tuple[Doubt, ...]]:
    kinds: dict[Kind, list[FoundType]] = {}
    unmapped: list[FoundType] = []
    doubts: list[Doubt] = []
    for one in used(found):
        kind = _kind(one, found, preset)
        if kind is None:
            options = _options(one)
            doubts.append(Doubt(("type", one.name), f"What is {one.name} in SAFe? ({_counted(one)})", options))
            said = answers.get(("type", one.name), "leave it out")
            kind = Kind(said) if said in set(Kind) else None
        if kind is None:
            unmapped.append(one)
        else:
            kinds.setdefault(kind, []).append(one)
    return {kind: tuple(kinds[kind]) for kind in Kind if kind in kinds}, tuple(unmapped), tuple(doubts)


def _options(one: FoundType) -> tuple[str, ...]:
    likely = ("task",) if (one.level or 0) < 0 else ("epic", "feature") if (one.level or 0) > 0 else ("story", "task", "bug", "risk")
    return ("leave it out", *likely, *(kind.value for kind in Kind if kind.value not in likely))


def _kind(one: FoundType, found: Inspection, preset: Mapping[str, Any]) -> Kind | None:
    """By what an Epic is here, then the preset, the name in any language, the level."""
    names = (one.name, *one.names)
    if found.kind == "jira" and one in epics(found):
        # Where a type is called Feature too, the Epic above it is SAFe's; alone, Jira's epic is SAFe's feature.
        return Kind.EPIC if of_kind(found, Kind.FEATURE) else Kind.FEATURE
    for kind, words in preset["types"].items():
        if meant(names, words):
            return Kind(kind)
    named = next((kind for kind, words in vocabulary.types().items() if meant(names, words)), None)
    return named or _by_level(one, found)


def _by_level(one: FoundType, found: Inspection) -> Kind | None:
    if one.level is None or one.level == 0:
        return None
    if one.level < 0:
        return Kind.TASK
    if one.level == 1:
        return Kind.FEATURE
    highest = max(each.level or 0 for each in used(found))
    return Kind.THEME if one.level == highest and highest > 2 else Kind.EPIC


def _counted(one: FoundType) -> str:
    return f"{one.count if one.count is not None else f'{one.sampled} or more'} items"


def _stages(found: Inspection, preset: Mapping[str, Any]) -> dict[Stage, tuple[str, ...]]:
    """Only for states whose category does not say it; a word for work in an ended state means nothing."""
    stages: dict[Stage, list[str]] = {}
    for state in found.states:
        category = state.category.replace(" ", "").casefold()
        stage = _stage(state.name, preset)
        if stage is None or (category in _CLOSED) is not (stage is Stage.CANCELLED):
            continue
        if stage in {Stage.FUNNEL, Stage.READY} and category in _RUNNING:
            continue  # "Ready for release" is said of what is being worked on
        if state.name not in stages.setdefault(stage, []):
            stages[stage].append(state.name)
    return {stage: tuple(stages[stage]) for stage in Stage if stages.get(stage)}


def _stage(name: str, preset: Mapping[str, Any]) -> Stage | None:
    for words in (preset.get("stages", {}), vocabulary.stages()):
        for stage, known in words.items():
            if meant((name,), known):
                return Stage(stage)
    return None


def _classes(chosen: tuple[Pick, ...], preset: Mapping[str, Any]) -> tuple[dict[WorkClass, tuple[str, ...]], tuple[str, ...]]:
    """The values that the field for the work class has beyond those that the preset knows."""
    shown = [value for pick in chosen if pick.ours == "work_class" for one in pick.theirs for value in one.shows]
    more: dict[WorkClass, list[str]] = {}
    strange: list[str] = []
    known = preset.get("work_class", {})
    for value in dict.fromkeys(shown):
        if any(meant((value,), words) for words in known.values()):
            continue
        found = next((each for each, words in vocabulary.classes().items() if meant((value,), words)), None)
        if found is None:
            strange.append(value)
        else:
            more.setdefault(found, list(known.get(found.value, ()))).append(value)
    return {each: tuple(names) for each, names in more.items()}, tuple(strange)


def _links(found: Inspection, guess: Guess, types: Mapping[Kind, tuple[FoundType, ...]]) -> dict[Relation, tuple[str, ...]]:
    """The words that the lower item of a hierarchy shows; only where links make the hierarchy."""
    if guess.preset != "jira-links":
        return {}
    height = {Kind.THEME: 4, Kind.EPIC: 3, Kind.CAPABILITY: 2.5, Kind.FEATURE: 2}
    heights = {one.name: height.get(kind, 1) for kind, ones in types.items() for one in ones}
    words = tuple(dict.fromkeys(word for link in hierarchy_links(found) for word in _lower_words(link, heights)))
    return {Relation.PARENT: words} if words else {}


def _lower_words(link: FoundLink, heights: Mapping[str, float]) -> Iterator[str]:
    rises = sum(heights.get(first, 0) < heights.get(second, 0) for first, second in link.pairs)
    falls = sum(heights.get(first, 0) > heights.get(second, 0) for first, second in link.pairs)
    if word := link.outward if rises > falls else link.inward:
        yield word


def _depths(found: Inspection) -> tuple[int, int] | None:
    """Teams are the deepest areas, the train stands right above them; ``None`` where there are no areas but the project's own."""
    paths = found.areas
    leaves = [path.count("\\") for path in paths if not any(other.startswith(f"{path}\\") for other in paths)]
    deepest = [depth for depth in leaves if depth]
    if not deepest:
        return None
    team = max(set(deepest), key=lambda depth: (deepest.count(depth), depth))
    return team - 1, team
