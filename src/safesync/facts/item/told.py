"""What the texts of one item say, as facts: each group with whether it is known."""

from __future__ import annotations

from functools import lru_cache
from zlib import crc32

from safesync.facts.text import acceptance, benefit, flatten, hypothesis, invest, ticks, voice, words
from safesync.facts.text import title as of_title
from safesync.facts.text.digest import digest, digests
from safesync.facts.text.exactness import control_ids, names_measure
from safesync.facts.text.lexicon import Lexicon, lexicon
from safesync.facts.text.line import LineKind, clean, lowered
from safesync.facts.text.reading import NOTHING, UNSEEN, Found, Place, Reading, Verdict, place
from safesync.facts.text.voice import SILENT, Spoken, Voice
from safesync.model.item import Item, Kind, RichText, Stage

TOGETHER = ("acceptance_", "benefit_", "story_voice", "epic_hypothesis_", "measure_named", "control_ids")
"""How the names of the facts of each group begin, in the order in which ``texts`` tells whether they are known."""
_LISTS_OF_CRITERIA = frozenset({Kind.STORY, Kind.FEATURE, Kind.CAPABILITY, Kind.REQUIREMENT, Kind.IMPROVEMENT})
"""Kinds whose bare checkboxes are criteria; in bugs and tasks they are lists of things to do."""
_PROMISES = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE, Kind.OBJECTIVE, Kind.KEY_RESULT, Kind.PI_OBJECTIVE})
_DESCRIBED = frozenset({Kind.STORY, Kind.BUG, Kind.FEATURE, Kind.CAPABILITY, Kind.EPIC})
"""Kinds of which the lines of a description are learned: most of all other items are tasks, and no rule asks for them."""
_HAS_HYPOTHESIS = frozenset({Kind.EPIC, Kind.CAPABILITY, Kind.FEATURE})
_REPEATED_CHARACTERS = 2_000
_CLOSED, _ONE_IN = frozenset({Stage.DONE, Stage.CANCELLED}), 8
_MOST_LINES, _LONGEST_TEMPLATE = 12, 4_000
"""What says more than this is no template that nobody filled in; the lines of long texts are most of all lines."""

Row = dict[str, object]


def texts(item: Item) -> tuple[Row, tuple[bool, ...]]:
    """
    The facts of an item's texts, and for each group of ``TOGETHER`` whether they are known.

    Facts that are not known have no value, except the places: there stands what was looked at.
    """
    unseen, title = item.unseen, clean(item.title)
    description = _place(item.description, seen="description" not in unseen)
    field = _field(item.benefit, seen="benefit" not in unseen)
    criteria = acceptance.read(
        _criteria(item.acceptance, seen="acceptance" not in unseen), description, boxes_count=item.kind in _LISTS_OF_CRITERIA
    )
    promise = benefit.read(field, description)
    spoken = voice.fuller(voice.read(lowered(title)), description.spoken)
    said = description.said
    count = words.in_text(said)
    row: Row = {
        "title_verdict": str(of_title.verdict(title)),
        "title_words": float(words.in_text(title)),
        "description_words": float(count),
        "description_digest": digest(description.low),
        "description_line_digests": _line_digests(item, description, said),
        "invest_hints": None,
        "description_links": float(_addresses(item.description)),
        "description_code": LineKind.CODE in description.kinds,
    }
    _add_boxes(row, item)
    if item.kind is Kind.STORY and unseen.isdisjoint(("acceptance", "description")):
        row["invest_hints"] = invest.hints(spoken, description_words=count, criteria=criteria.count)
    known = (
        _acceptance_facts(row, criteria, seen=unseen.isdisjoint(("acceptance", "description"))),
        _benefit_facts(row, item, promise, seen=unseen.isdisjoint(("benefit", "description"))),
        _voice_facts(row, spoken, seen="description" not in unseen),
        _hypothesis_facts(row, item, field, description),
        _measure_facts(row, item, (lowered(title), field.low, description.low)),
        _control_facts(row, item, (title, *item.labels, description.text)),
    )
    return row, known


def _line_digests(item: Item, description: Place, said: str) -> str | None:
    if item.kind not in _DESCRIBED or len(said) > _LONGEST_TEMPLATE or said.count("\n") >= _MOST_LINES or not _is_learned_from(item):
        return None
    return digests((description.low if said is description.text else lowered(said)).split("\n"))


def _is_learned_from(item: Item) -> bool:
    """Most of a backlog is done, and nobody asks it to write more: some of that is enough to know a template by, and stays so."""
    return item.stage not in _CLOSED or crc32(item.uid.encode()) % _ONE_IN == 0


def _acceptance_facts(row: Row, found: Reading, *, seen: bool) -> bool:
    known = seen or found.found
    row["acceptance_verdict"] = str(found.verdict) if known else None
    row["acceptance_count"] = float(found.count) if known else None
    row["acceptance_vague_share"] = found.vague_share if known else None
    row["acceptance_words"] = float(found.words) if known else None
    row["acceptance_places"] = found.places
    row["acceptance_digest"] = row["acceptance_line_digests"] = None
    if found.lines:
        lows = [lowered(text) for _, text, _ in found.lines]
        row["acceptance_digest"], row["acceptance_line_digests"] = digest("\n".join(lows)), digests(lows)
    return known


def _benefit_facts(row: Row, item: Item, found: Reading, *, seen: bool) -> bool:
    known = seen or found.found
    row["benefit_verdict"] = str(found.verdict) if known else None
    row["benefit_places"] = found.places
    row["benefit_line_digests"] = None
    if found.lines and item.kind in _PROMISES and _is_learned_from(item):
        row["benefit_line_digests"] = digests([lowered(line.text) for line in found.lines])
    return known


def _voice_facts(row: Row, spoken: Spoken, *, seen: bool) -> bool:
    voice_ = Voice.NONE if spoken is SILENT else spoken.voice
    known = seen or voice_ is Voice.WELL_FORMED
    row["story_voice"] = str(voice_) if known else None
    row["story_voice_parts"] = ", ".join(spoken.parts) if known and spoken is not SILENT else None
    return known


def _hypothesis_facts(row: Row, item: Item, field: Place, description: Place) -> bool:
    known = item.unseen.isdisjoint(("benefit", "description", "hypothesis"))
    if item.kind not in _HAS_HYPOTHESIS:
        row.update(_NO_HYPOTHESIS)
        return known
    headed = hypothesis.sections(description)
    found = hypothesis.read((_field(item.hypothesis, seen="hypothesis" not in item.unseen), field, description), headed)
    known = known or found.verdict is Verdict.OK
    row["epic_hypothesis_verdict"] = str(found.verdict) if known else None
    row["epic_hypothesis_parts"] = float(len(found.parts)) if known else None
    row["epic_hypothesis_missing"] = ", ".join(found.missing) or None if known else None
    row["mvp_words"] = _words_of(item.mvp) or headed.mvp_words
    row["business_case_words"] = _words_of(item.business_case) or headed.business_case_words
    row["nfr_named"] = headed.nfr_named if "description" not in item.unseen else None
    return known


def _words_of(text: RichText | None) -> float | None:
    if text is None:
        return None
    return float(place(flatten.flatten(text)).words)


_NO_HYPOTHESIS: Row = dict.fromkeys(
    ("epic_hypothesis_verdict", "epic_hypothesis_parts", "epic_hypothesis_missing", "mvp_words", "business_case_words", "nfr_named")
)


def _measure_facts(row: Row, item: Item, lows: tuple[str, ...]) -> bool:
    known = item.unseen.isdisjoint(("benefit", "description"))
    row["measure_named"] = None
    if item.kind not in _PROMISES:
        return known
    named = any(map(names_measure, lows))
    if known or named:
        row["measure_named"] = named
    return known or named


def _control_facts(row: Row, item: Item, texts: tuple[str, ...]) -> bool:
    row["control_ids"] = named = control_ids(texts)
    return named is not None or item.unseen.isdisjoint(("description", "labels"))


def _addresses(text: RichText | None) -> int:
    if text is None or ":" not in text.text or "://" not in text.text:
        return 0
    return text.text.count("http://") + text.text.count("https://")


def _add_boxes(row: Row, item: Item) -> None:
    """A description counts where boxes are criteria: in a bug it has a list of things to try."""
    places = (item.acceptance, item.description if item.kind in _LISTS_OF_CRITERIA else None)
    counts = [ticks.counted(text) for text in places if text is not None]
    row["boxes"] = float(sum(boxes for boxes, _ in counts))
    row["open_boxes"] = float(sum(open_ones for _, open_ones in counts))


def _place(text: RichText | None, *, seen: bool) -> Place:
    if text is not None:
        return place(flatten.flatten(text))
    return NOTHING if seen else UNSEEN


def _field(text: RichText | None, *, seen: bool) -> Place:
    """Fields are short and often the same (a template, 'n/a'), so they are kept; descriptions are all different."""
    if text is not None and len(text.text) <= _REPEATED_CHARACTERS:
        return _kept(text, lexicon())
    return _place(text, seen=seen)


def _criteria(text: RichText | None, *, seen: bool) -> Place | Found:
    if text is not None and len(text.text) <= _REPEATED_CHARACTERS:
        return _kept_criteria(text, lexicon())
    return _place(text, seen=seen)


@lru_cache(maxsize=512)
def _kept_criteria(text: RichText, _read_by: Lexicon) -> Found:
    return acceptance.in_field(place(flatten.flatten(text)))


@lru_cache(maxsize=512)
def _kept(text: RichText, _read_by: Lexicon) -> Place:
    return place(flatten.flatten(text))
