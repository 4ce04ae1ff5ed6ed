from __future__ import annotations

from datetime import date

import pytest
from feedback_values import finding, text_of
from hypothesis import given, settings
from hypothesis import strategies as st

from safesync.feedback.comment import Topic, comment_of, resolved, resting, withdrawn
from safesync.feedback.hearing import Snooze
from safesync.feedback.settings import FeedbackSettings
from safesync.feedback.templates import MAY_BE_EMPTY, NUMBERS, VALUES, PhrasesPart, said, slips
from safesync.feedback.voice import Voice
from safesync.languages.tongue import LANGUAGES, tongue
from safesync.model.finding import Point
from safesync.model.item import Gate, Kind
from safesync.model.message import Mark, Message, Paragraph, Span

DAY = date(2026, 11, 24)
CHECKLIST = finding("PG201", points=(Point("criteria", "TM101", "Add them."), Point("an owner", "TM107")))


def messages(voice: Voice) -> list[Message]:
    """Comments in which every part of a comment is said."""
    many = [finding(f"TM10{number}") for number in range(1, 8)]
    story = Topic("jira:1", Kind.STORY, "PI 27.1", waived=("TM109",), voice=voice)
    gates = [comment_of(story, [finding(gate=gate)], unwaivable={"TM101"}) for gate in (Gate.NEXT, Gate.ACTIVE, Gate.DONE)]
    many[0] = finding(evidence="Unchanged for 15 days.")
    about = comment_of(Topic("jira:1", Kind.STORY, groups=("Falcon",), voice=voice), many, on=DAY)
    ends = [resolved(story, DAY, waived=waived, labelled=labelled) for waived, labelled in ((False, False), (True, False), (True, True))]
    rest = resting(ends[0], Snooze(DAY, "Robin"), voice)
    return [*gates, about, comment_of(story, [CHECKLIST]), *ends, rest, withdrawn("jira:1", DAY, voice)]


def spoken(**templates: str) -> Voice:
    return FeedbackSettings.model_validate({"templates": templates}).voice("en")


def test_what_may_be_replaced_is_what_has_values() -> None:
    assert tuple(PhrasesPart.model_fields) == tuple(VALUES)
    for name, values in VALUES.items():
        assert all(value in str(PhrasesPart.model_fields[name].description) for value in values)


def test_every_part_is_given_all_its_values() -> None:
    """A strict template fails where one is missing."""
    templates = {name: " ".join((name, *(f"{{{{ {value} }}}}" for value in values))) for name, values in VALUES.items()}
    told = "\n".join(line for message in messages(spoken(**templates)) for line in text_of(message))
    assert {name for name in VALUES if f"{name} " in told or name in told.split()} == VALUES.keys() - {"resolved_quiet"}


def test_words_of_an_administrator_stand_in_the_place_of_ours_and_keep_codes_and_labels_as_they_look() -> None:
    voice = spoken(headline="{{ count }} Dinge, {{ place }}", entry="{{ code }}: {{ remedy }}", footer="Nein? {{ label }}!")
    message = comment_of(Topic("jira:1", Kind.STORY, "PI 27.1", voice=voice), [finding()])
    assert text_of(message) == ["1 Dinge, PI 27.1", "TM101: Do what TM101 asks.", "Nein? safesync-waive-tm101!"]
    assert isinstance(message.blocks[-1], Paragraph)
    assert Span("safesync-waive-tm101", Mark.CODE) in message.blocks[-1].spans


def test_words_for_one_language_count_before_those_for_all() -> None:
    feedback = FeedbackSettings.model_validate({"templates": {"more": "all", "settled": "all", "de": {"more": "de"}}})
    assert [dict(feedback.voice(language).templates)["more"] for language in LANGUAGES] == ["all", "de", "all"]
    assert dict(feedback.voice("de").templates)["settled"] == "all"


def test_other_words_are_something_new_to_say_once() -> None:
    topics = [Topic("jira:1", Kind.STORY, voice=voice) for voice in (Voice(), spoken(more="x"), spoken(more="x"), spoken(more="y"))]
    shipped, one, same, other = (comment_of(topic, [finding()]).digest for topic in topics)
    assert (one == same, len({shipped, one, other})) == (True, 3)


def test_an_optional_part_that_says_nothing_is_left_out_and_any_other_is_said_as_shipped() -> None:
    empty = spoken(**dict.fromkeys(VALUES, "{% if 1 == 2 %}x{% endif %}"))
    shipped, told = messages(Voice()), messages(empty)
    for before, after in zip(shipped, told, strict=True):
        assert 0 < len(after.blocks) <= len(before.blocks)
        assert set(text_of(after)[:1]) <= {line.partition(" Last change")[0].partition(" Waived")[0] for line in text_of(before)[:1]}
    assert {"more", "settled", "waived", "footer", "counted", "last_change"} == MAY_BE_EMPTY


def test_what_a_template_makes_is_bounded() -> None:
    for length, end in ((499, "…"), (500, "w"), (501, "…")):
        whole = said("{{ remedy }}" * 40, {"remedy": Span("w" * length, Mark.EM)})
        assert sum(len(span.text) for span in whole) == 1_500
        assert (whole[-1].text[-1], whole[-1].mark) == (end, Mark.EM)


def test_a_value_is_never_a_template_itself() -> None:
    assert "".join(span.text for span in said("{{ remedy }}", {"remedy": "{{ code }} {% for %}"})) == "{{ code }} {% for %}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{{ point }}", "the part headline has no value"),
        ("{{ self }}", "the part headline has no value"),
        ("{{ range }}", "the part headline has no value"),
        ("{% for x in points %}{{ x }}{% endfor %}", "loops"),
        ("{{ points() }}", "calls"),
        ("{{ points.__class__ }}", "dots behind a value"),
        ("{{ points['a'] }}", "brackets behind a value"),
        ("{{ points | upper }}", "filters"),
        ("{% filter upper %}x{% endfilter %}", "filters"),
        ("{% include 'x' %}", "other files"),
        ("{% import 'x' as y %}", "other files"),
        ("{% extends 'x' %}", "other files"),
        ("{% if count < 1e309 %}x{% endif %}", "a number is too large"),
        ("{% set points = 1 %}{{ points }}", "names of one's own"),
        ("{% macro m() %}{% endmacro %}", "macros"),
        ("{% block b %}{% endblock %}", "arithmetic and the like"),
        ("{{ points is defined }}", "tests with is"),
        ("{{ 'x' * 9 }}", "arithmetic and the like"),
        ("{{ points ~ points }}", "arithmetic and the like"),
        ("{{ [points] }}", "arithmetic and the like"),
        ("{{ points if count }}", "needs an else"),
        ("{{ 1 if points > 3 else 2 }}", "only numbers are compared"),
        ("{{ 1 if 'a' in points else 2 }}", "only numbers are compared"),
        ("{{ points", "this is no template: what begins with {{ or {% does not end"),
        ("{% if", "this is no template: what begins with {{ or {% does not end"),
        ("{% if count %}x", "this is no template: an {% if %} has no {% endif %}"),
        ("{% fro %}", "this is no template"),
        ("{{" + "(" * 400, "nested too deeply"),
        ("{{" + "(" * 21 + "points" + ")" * 21 + "}}", "nested too deeply"),
        ("one\ntwo", "one line"),
    ],
)
def test_what_a_template_must_not_be(text: str, wrong: str) -> None:
    assert wrong in "; ".join(slip.message for slip in slips("headline", text))


def test_a_template_may_have_twenty_parentheses() -> None:
    assert list(slips("headline", "{{" + "(" * 20 + "points" + ")" * 20 + "}}")) == []


_TEXT = st.text(alphabet="abc <&>[~]*_\u202e🦩ä.", max_size=8)


@st.composite
def templates(draw: st.DrawFn) -> dict[str, str]:
    """Any template of any part that is let in."""
    chosen = draw(st.sets(st.sampled_from(sorted(VALUES)), min_size=1))
    return {name: " ".join(draw(st.lists(_pieces(VALUES[name]), max_size=4))) for name in sorted(chosen)}


def _pieces(values: tuple[str, ...]) -> st.SearchStrategy[str]:
    if not values:
        return _TEXT
    value = st.sampled_from(values)
    shown = value.map(lambda name: f"{{{{ {name} }}}}")
    asked = st.tuples(value, _TEXT).map(lambda pair: f"{{% if {pair[0]} %}}{pair[1]}{{% endif %}}")
    chosen = st.tuples(value, value, _TEXT).map(lambda three: f"{{{{ {three[0]} if {three[1]} == 'x' else {three[1]} }}}}{three[2]}")
    sized = value.filter(NUMBERS.__contains__).map(lambda name: f"{{% if {name} >= 2 %}}{{{{ {name} }}}}{{% endif %}}")
    return st.one_of(_TEXT, shown, asked, chosen, *([sized] if NUMBERS & set(values) else []))


@settings(max_examples=30)  # each compiles a few templates
@given(templates(), st.sampled_from(LANGUAGES))
def test_whatever_the_words_every_comment_says_something_that_trackers_take(words: dict[str, str], language: str) -> None:
    assert [slip for name, text in words.items() for slip in slips(name, text)] == []
    for message in messages(Voice(tongue(language), tuple(words.items()))):
        lines = [line for block in message.blocks for line in ((block.spans,) if isinstance(block, Paragraph) else block.entries)]
        spans = [span for line in lines for span in line]
        assert all(span.text for span in spans)
        assert spans[0].text.strip()
        assert all(lines)
        assert sum(len(span.text) for span in spans) < 20_000
