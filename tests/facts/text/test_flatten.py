from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from safesync.facts.text.line import MOST_LINES, Lines


def shape(lines: Lines):
    return [(line.kind.value, line.text) for line in lines]


STORY = [
    ("H", "Acceptance criteria"),
    ("B", "the total includes tax"),
    ("C", "the currency is shown"),
    ("P", "Prices are gross."),
]


HTML = (
    "<h2>Acceptance criteria</h2><ul><li>the total <b>includes tax</b></ul>"
    "<div><input type=checkbox>the currency is shown</div><p>Prices\nare gross."
)


def adf(*content: object):
    return json.dumps({"type": "doc", "version": 1, "content": content})


def node(kind: str, *content: object, **attrs: object):
    return {"type": kind, "attrs": attrs, "content": list(content)}


def words(text: str, *marks: str):
    return {"type": "text", "text": text, "marks": [{"type": mark} for mark in marks]}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "adf",
            adf(
                node("heading", words("Acceptance criteria"), level=2),
                node("bulletList", node("listItem", node("paragraph", words("the total "), words("includes tax", "strong")))),
                node("taskList", node("taskItem", words("the currency is shown"), state="TODO")),
                node("paragraph", words("Prices are gross.")),
            ),
        ),
        (
            "html",
            HTML,
        ),
        ("wiki", "h2. Acceptance criteria\n* the total includes tax\n* [ ] the currency is shown\n\n{color:red}Prices are gross.{color}"),
        ("markdown", "## Acceptance criteria\n* the total **includes tax**\n- [x] the currency is shown\n\nPrices are gross."),
        ("plain", "h2. Acceptance criteria\n- the total includes tax\n[ ] the currency is shown\nPrices are gross."),
    ],
)
def test_the_same_story_gives_the_same_lines_in_every_notation(markup: str, text: str, lines_of: Callable[[str, str], Lines]):
    assert shape(lines_of(text, markup)) == STORY


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("adf", adf(node("paragraph", words("Notes", "strong"), words(":")))),
        ("html", "<div><b>Notes</b>:</div>"),
        ("html", "<p><span style='font-weight: 700'>Notes:</span></p>"),
        ("wiki", "*Notes*:"),
        ("wiki", "+*Notes:*+"),
        ("markdown", "**Notes:**"),
        ("markdown", "Notes:\n======"),
    ],
)
def test_a_line_that_is_all_bold_or_underlined_is_a_heading(markup: str, text: str, lines_of: Callable[[str, str], Lines]):
    assert [(kind, said.rstrip(":")) for kind, said in shape(lines_of(text, markup))] == [("H", "Notes")]


def test_a_number_sign_is_a_list_in_wiki_and_a_heading_in_markdown(lines_of: Callable[[str, str], Lines]):
    assert shape(lines_of("# provide docs", "wiki")) == [("B", "provide docs")]
    assert shape(lines_of("# provide docs", "markdown")) == [("H", "provide docs")]


def test_code_is_marked_as_code(lines_of: Callable[[str, str], Lines]):
    expected = [("K", "print(1)"), ("P", "after it")]

    assert shape(lines_of("{code:python}\nprint(1)\n{code}\nafter it", "wiki")) == expected
    assert shape(lines_of("```python\nprint(1)\n```\nafter it", "markdown")) == expected
    assert shape(lines_of("<pre>print(1)</pre>after it", "html")) == expected
    assert shape(lines_of(adf(node("codeBlock", words("print(1)")), node("paragraph", words("after it"))), "adf")) == expected


def test_lists_in_lists_keep_each_item_on_its_line(lines_of: Callable[[str, str], Lines]):
    text = "<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>four"

    assert shape(lines_of(text, "html")) == [("B", "one"), ("B", "two"), ("B", "three"), ("P", "four")]


def test_an_item_goes_on_behind_a_break(lines_of: Callable[[str, str], Lines]):
    expected = [("B", "one"), ("P", "goes on"), ("B", "two")]
    item = node("listItem", node("paragraph", words("one"), node("hardBreak"), words("goes on")))

    assert shape(lines_of("<ul><li>one<br>goes on</li><li>two</li></ul>", "html")) == expected
    assert shape(lines_of(adf(node("bulletList", item, node("listItem", node("paragraph", words("two"))))), "adf")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "<div>one <a href='x'>two</a><span style='color:red'> three</span></div>\n<div><br></div><p>four\nfive",
            ["one two three", "four five"],
        ),
        ("one<br/>a &lt;br&gt; of its own<BR>two", ["one", "a <br> of its own", "two"]),
        ("<div>one</div><style>p {}</style><div>two &amp; three</div>", ["one", "two & three"]),
    ],
)
def test_tags_that_only_end_a_line_or_change_nothing_leave_no_trace(text: str, expected: list[str], lines_of: Callable[[str, str], Lines]):
    assert [said for _, said in shape(lines_of(text, "html"))] == expected


def test_a_heading_as_a_tag_is_one_in_markdown(lines_of: Callable[[str, str], Lines]):
    assert shape(lines_of("<h3 align='left'>Notes</h3> ask them", "markdown")) == [("H", "Notes"), ("P", "ask them")]


def test_a_list_of_tasks_in_a_fence_is_no_code(lines_of: Callable[[str, str], Lines]):
    assert shape(lines_of("```[tasklist]\n### Tasks\n- [ ] ask\n```", "markdown"))[:2] == [("H", "Tasks"), ("C", "ask")]


def test_macros_on_the_line_of_a_block_of_code_are_read(lines_of: Callable[[str, str], Lines]):
    text = "see {code}a{b}\n  c   d\n{code} then\n{panel:title=Notes}{color:red}ask them{color}{panel}"

    assert shape(lines_of(text, "wiki")) == [("P", "see"), ("K", "a{b}"), ("K", "c d"), ("P", "then"), ("H", "Notes"), ("P", "ask them")]


def test_characters_are_brought_into_one_form(lines_of: Callable[[str, str], Lines]):
    text = "crite\u0300re\u00a0d\u2019acceptation\u200b \uff1a"

    assert shape(lines_of(text, "plain")) == [("P", "critère d'acceptation :")]


def test_line_breaks_that_an_import_squashed_are_put_back(lines_of: Callable[[str, str], Lines]):
    text = "Ten workers are enough for the first step.  h3. Acceptance Criteria # register a worker # remove a worker"

    assert shape(lines_of(text, "wiki"))[1:] == [("H", "Acceptance Criteria"), ("B", "register a worker"), ("B", "remove a worker")]


def test_a_text_with_its_breaks_is_left_alone(lines_of: Callable[[str, str], Lines]):
    text = "the first line has  two spaces in it and is long enough to look squashed\nsecond\nthird"

    assert len(lines_of(text, "plain")) == 3


@pytest.mark.parametrize("text", ["{", '{"type":', "null", "17", "[]", '{"no": "type"}', '{"type": "doc", "content": 5}'])
def test_what_is_no_document_is_read_as_text_or_as_nothing(text: str, lines_of: Callable[[str, str], Lines]):
    assert all(line.text in text for line in lines_of(text, "adf"))


@pytest.mark.parametrize("markup", ["plain", "wiki", "markdown", "html", "adf"])
def test_an_enormous_text_has_an_end(markup: str, lines_of: Callable[[str, str], Lines]):
    assert len(lines_of("a\n" * 100_000, markup)) == MOST_LINES
    assert len(lines_of("<p>a</p>" * 100_000, markup)) <= MOST_LINES


def test_the_name_in_a_monospaced_sign_of_a_wiki_is_read(lines_of: Callable[..., Lines]):
    assert shape(lines_of("{color:red}Set{color} {{font}} and {{a.b}}", "wiki")) == [("P", "Set `font` and `a.b`")]
