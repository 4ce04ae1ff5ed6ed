"""The words that texts are judged by, of one language a file; the files are data and may be extended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from safesync.facts.text.line import clean, lowered, one_space
from safesync.facts.text.signs import Signs

LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "ja", "zh")
"""All that are shipped. None is ever detected: teams mix languages in one item, so all are asked at once."""


class Family(StrEnum):
    """What a heading announces."""

    ACCEPTANCE = "acceptance"
    DONE = "definition_of_done"
    BENEFIT = "benefit"
    OTHER = "sections"


class Step(StrEnum):
    """The parts of a scenario."""

    SCENARIO = "scenario"
    GIVEN = "given"
    WHEN = "when"
    THEN = "then"
    AND = "and"


Phrases = tuple[str, ...]


class Beginning(NamedTuple):
    """Words that a step of a scenario begins with, and the languages that they are of."""

    phrase: str
    step: Step
    languages: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """
    The words of several languages, joined.

    ``labels`` and ``keys`` say what a heading announces; a key counts only as it is written. ``steps`` are
    scenario words by their first word, the longest first.
    """

    labels: Mapping[str, Family]
    keys: Mapping[str, Family]
    acceptance_phrases: Phrases
    numbered_keys: frozenset[str]
    longest_label: int
    criteria_starts: frozenset[str]
    """The first words of all headings of criteria that other words may stand around."""
    steps: Mapping[str, tuple[Beginning, ...]]
    ideographic_steps: tuple[Beginning, ...]
    consequence_signs: Signs
    """The words of a Then; without one there is no scenario."""
    vague: Phrases
    fillers: frozenset[str]
    comparisons: Phrases
    placeholders: frozenset[str]
    placeholder_starts: Phrases
    placeholder_first_words: frozenset[str]
    template_words: frozenset[str]
    template_openers: frozenset[str]
    template_closers: frozenset[str]
    empty_words: frozenset[str]
    """Words that say nothing when all else of a line is an unfilled token: those of scenarios and of story voice."""
    mentions: frozenset[str]
    announcements: Phrases
    conditions: Phrases
    consequences: Phrases
    beliefs: Phrases
    purposes: Phrases
    phrases: Mapping[str, Phrases]
    """All phrases by the name they stand under in the files, the longest first; in lower case, except those of ``*_keys``."""

    def named(self, name: str) -> Phrases:
        """The phrases under a name; none when no language has it."""
        return self.phrases.get(name, ())


@cache
def words_under(words: Lexicon, name: str) -> frozenset[str]:
    """The phrases under a name, to look one up."""
    return frozenset(words.named(name))


Added = Mapping[str, Mapping[str, Sequence[str]]]
"""Phrases that an administrator adds, by language and by the name they stand under."""


class _Spoken:
    """
    What this process reads texts by.

    One process serves one configuration, and what it measures is stored under that configuration's fingerprint; handing a
    lexicon through every detector would cost more than all of them.
    """

    words: Lexicon | None = None


def lexicon() -> Lexicon:
    """The joined lexicon of all languages, with what was added by ``speak``."""
    if _Spoken.words is None:
        _Spoken.words = shipped(LANGUAGES)
    return _Spoken.words


@cache
def shipped(languages: tuple[str, ...]) -> Lexicon:
    """The joined lexicon of some languages as they are shipped; read from the files once."""
    return joined([_read(language) for language in languages])


def speak(added: Added) -> None:
    """Read all texts from now on with these phrases too; with none, as shipped."""
    _Spoken.words = extended(added) if added else None


def extended(added: Added) -> Lexicon:
    """The shipped lexicon with more phrases; a language that is not shipped is one more."""
    sources = [_with(_read(language), added.get(language, {})) for language in LANGUAGES]
    return joined([*sources, *(words for language, words in added.items() if language not in LANGUAGES)])


def _with(source: Mapping[str, object], added: Mapping[str, Sequence[str]]) -> Mapping[str, object]:
    known = {name: phrases if isinstance(phrases := source.get(name, ()), list | tuple) else () for name in added}
    return {**source, **{name: (*known[name], *phrases) for name, phrases in added.items()}}


@cache
def _read(language: str) -> Mapping[str, object]:
    found: Mapping[str, object] = _parsed()[language]
    return found


@cache
def _parsed() -> Mapping[str, Any]:
    # Parsing the YAML takes half a second of every start; a test says when this file is not what it says any more.
    loaded: Mapping[str, Any] = json.loads(resources.files("safesync.facts.text").joinpath("lexicons.json").read_text("utf-8"))
    return loaded


def as_json() -> str:
    """All lexicons, read from their YAML, as the text of ``lexicons.json``; ``make lexicons`` writes it."""
    folder, yaml = resources.files("safesync.facts.text").joinpath("lexicons"), YAML(typ="safe")
    read = {language: yaml.load(folder.joinpath(f"{language}.yaml").read_text("utf-8")) for language in LANGUAGES}
    if strange := [language for language, words in read.items() if not isinstance(words, dict)]:
        raise TypeError(f"the lexicon {strange[0]!r} is no mapping of names to phrases")
    return json.dumps(read, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def joined(sources: Iterable[Mapping[str, object]]) -> Lexicon:
    """One lexicon out of many; where two disagree about a heading, criteria win over all, then benefits."""
    words = _Words(tuple(sources))
    steps, labels = _beginnings(words.sources), _labels(words)
    keys = dict.fromkeys(words.cased("done_keys"), Family.DONE) | dict.fromkeys(words.cased("acceptance_keys"), Family.ACCEPTANCE)
    return Lexicon(
        labels=labels,
        keys=keys,
        acceptance_phrases=tuple(phrase for phrase in words.of("acceptance") if len(phrase) > 12 or not phrase.isascii()),
        numbered_keys=frozenset(words.cased("numbered_keys")),
        longest_label=max(map(len, (*labels, *keys)), default=0),
        criteria_starts=frozenset(phrase.split(" ")[0] for phrase in (*words.of(Family.ACCEPTANCE), *words.of(Family.DONE))),
        steps=_by_first_word(steps),
        ideographic_steps=tuple(beginning for beginning in steps if is_ideographic(beginning.phrase)),
        consequence_signs=Signs(words.of(Step.THEN)),
        vague=words.of("vague"),
        fillers=frozenset(words.of("fillers")),
        comparisons=words.of("comparisons"),
        placeholders=frozenset(words.of("placeholders")),
        placeholder_starts=words.of("placeholder_starts"),
        placeholder_first_words=_first_words(words.of("placeholder_starts")),
        template_words=frozenset(words.of("template_words")),
        template_openers=frozenset(words.of("template_openers")),
        template_closers=frozenset(words.of("template_closers")),
        empty_words=frozenset(word for name in (*Step, "story_words", "fillers") for phrase in words.of(name) for word in phrase.split()),
        mentions=frozenset(words.of("mentions")),
        announcements=words.of("announcements"),
        conditions=words.of("if"),
        consequences=words.of("then_benefit"),
        beliefs=words.of("believe"),
        purposes=words.of("so_that"),
        phrases=_phrases(words),
    )


@dataclass(frozen=True, slots=True)
class _Words:
    sources: tuple[Mapping[str, object], ...]

    def cased(self, name: str) -> Phrases:
        """The phrases of all languages under a name, each once, the longest first."""
        found: set[str] = set()
        for source in self.sources:
            phrases = source.get(name, ())
            if not isinstance(phrases, list | tuple):
                raise TypeError(f"{name!r} in a lexicon is no list of phrases")
            found.update(one_space(clean(str(phrase))) for phrase in phrases)
        return tuple(sorted(found, key=lambda phrase: (-len(phrase), phrase)))

    def of(self, name: str) -> Phrases:
        """The same in lower case."""
        return tuple(dict.fromkeys(lowered(phrase) for phrase in self.cased(name)))


def _phrases(words: _Words) -> Mapping[str, Phrases]:
    names = dict.fromkeys(name for source in words.sources for name in source if name != "language")
    return {name: words.cased(name) if name.endswith("_keys") else words.of(name) for name in names}


def _labels(words: _Words) -> Mapping[str, Family]:
    labels: dict[str, Family] = {}
    for family in (Family.OTHER, Family.BENEFIT, Family.DONE, Family.ACCEPTANCE):
        labels.update(dict.fromkeys(words.of(family), family))
    return labels


def _first_words(phrases: Phrases) -> frozenset[str]:
    """First words with the signs that may follow them; a script without spaces has only whole phrases for words."""
    words = {phrase.split(" ")[0] for phrase in phrases}
    return frozenset(words | {word + sign for word in words for sign in ":,;."})


def _beginnings(sources: Iterable[Mapping[str, object]]) -> list[Beginning]:
    """The beginnings of steps, the longest first; 'als' is a When in one language and no word at all in another."""
    languages: dict[tuple[str, Step], set[str]] = {}
    for number, source in enumerate(sources):
        for step in Step:
            for phrase in _Words((source,)).of(step):
                languages.setdefault((phrase, step), set()).add(str(source.get("language", number)))
    found = [Beginning(phrase, step, frozenset(names)) for (phrase, step), names in languages.items()]
    return sorted(found, key=lambda beginning: -len(beginning.phrase))


def _by_first_word(steps: list[Beginning]) -> Mapping[str, tuple[Beginning, ...]]:
    found: dict[str, list[Beginning]] = {}
    for beginning in steps:
        found.setdefault(beginning.phrase.split()[0].rstrip(",:"), []).append(beginning)
    return {word: tuple(beginnings) for word, beginnings in found.items()}


def is_ideographic(text: str) -> bool:
    """Whether a text ends in a script that puts no spaces between words (Chinese, Japanese)."""
    return bool(text) and "\u2e80" <= text[-1] <= "\u9fff"
