"""
Comments in wiki markup: whatever a title or a name holds is shown as it is.

The judge is a reader of its own: it takes escaped characters and entities for text, as Jira's renderer does, and then
looks for anything that still means something. The patterns follow Jira's notation guide.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safesync.connectors.jira.brevity import fitting
from safesync.connectors.jira.markup import shows
from safesync.connectors.jira.markup_wiki import wiki_text
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

HOSTILE = (
    "{code}", "{", "}", "[", "]", "[~ada]", "|", "||", "*", "_", "-", "--", "----", "+", "^", "~", "!", "!i.png!", "#", "# ",
    "?", "??", "(", ")", "(x)", "(on)", "(/)", ":)", ";)", ":", ":P", ":D", "\\", "\\\\", "&", "amp;", "&#42;", "h1.", "h2. ",
    "bq. ", ".", " ", "a", "b1", "word", "PAY-12", "http://", "mailto:", "mailto: ", "@", "{{", "}}", "'", '"', "<b>", "é", "1",
    "{color:red}", "{noformat}", "{quote}", "{*}", "\n", "\r\n", "\u2028", "\x00", "\x0b", "😀", ";",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3), max_size=6).map("".join)
SPANS = st.builds(Span, TEXTS, st.sampled_from(Mark), st.sampled_from([None, "https://x.example/a|b]?q={x}*#y", "javascript:alert(1)"]))
LINES = st.lists(SPANS, max_size=4).map(tuple)
BLOCKS = st.builds(Paragraph, LINES) | st.builds(Bullets, st.lists(LINES, max_size=3).map(tuple), st.booleans())
MESSAGES = st.builds(Message, st.lists(BLOCKS, max_size=3).map(tuple), st.just("7f3a9c"), st.just("digest"))

_KEPT = re.compile(r"(?<!\\)\\([-#*_+?^~|%{}\[\]()!@])|&(?:#(\d+)|amp);")
_OURS = re.compile(r"\[([^\]|]+)\|((?:https?://|mailto:)[^\]|\s]+)\]|\{\{([^{}]+)\}\}")
_MARKED = re.compile(r"(?<![^\W_])([*_])(?=\S)([^*_]+?)(?<=\S)\1(?![^\W_])")
_VEIL, _EDGE = "\x01", "\x02"
"""Signs that we write nowhere."""
MEANINGFUL = re.compile(
    r"""(?x)
    [{}\[\]|\\^~!] | \?\? | -- | (?<!\w)-\w | (?<!\w)\+\S | (?<!\w)[*_]\S
    | ^(?:[*\#-]+\s|h[1-6]\.|bq\.) | [a-z]+:// | mailto: | \b[A-Z][A-Z0-9]+-\d
    | :-?[()pPD] | ;-?\) | \((?:[xyni/!?+*-]|on|off|\*[rgby]|flag|flagoff)\)
    """
)


def shown(line: str) -> str:
    """What a reader of the line sees; fails where anything in it means more than itself."""
    kept = iter([one[1] or chr(int(one[2] or ord("&"))) for one in _KEPT.finditer(line)])
    veiled = _KEPT.sub(_VEIL, line)
    assert all(re.fullmatch(r"[\w:/?#@$&+,;=%.~-]+", address) for _, address, _ in _OURS.findall(veiled) if address)
    bare = _OURS.sub(lambda one: f"{_EDGE}{one[1] or one[3]}{_EDGE}", veiled)
    bare = _MARKED.sub(lambda one: f"{_EDGE}{one[2]}{_EDGE}", bare)
    assert not MEANINGFUL.search(bare), (line, bare)
    return "".join(next(kept) if one == _VEIL else one for one in bare.replace(_EDGE, ""))


def squeezed(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff]", "", re.sub(r"[\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+", " ", text)).split())


def said(message: Message) -> list[str]:
    lines = [line for block in message.blocks for line in ((block.spans,) if isinstance(block, Paragraph) else block.entries)]
    texts = [squeezed("".join(span.text for span in line)) for line in lines]
    return [*filter(None, texts), f"SafeSync ref {message.reference}"]


def only(text: str, mark: Mark = Mark.PLAIN, href: str | None = None) -> str:
    return wiki_text(Message((Paragraph((Span(text, mark, href),)),), "7f3a9c", "digest")).split("\n\n")[0]


@given(MESSAGES)
@settings(deadline=None)
def test_any_text_stays_text(message: Message) -> None:
    lines = [re.sub(r"^[*#] ", "", line) for line in wiki_text(message).split("\n") if line]
    assert [squeezed(shown(line)) for line in lines] == said(message)
    assert shows(wiki_text(message), message.reference)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{code}x{code}", r"\{code\}x\{code\}"),
        ("[link|http://x.example]", r"\[link\|http&#58;//x.example\]"),
        ("*bold* !image.png! ~a~ ??b??", r"\*bold\* \!image.png\! \~a\~ \?\?b?\?"),
        ("[~ada]", r"\[\~ada\]"),
        ("h1. Title", "h1&#46; Title"),
        ("bq. Quote", "bq&#46; Quote"),
        ("- a", r"\- a"),
        ("# a", r"\# a"),
        ("----", r"\-\-\-\-"),
        ("||head||", r"\|\|head\|\|"),
        ("(x) :) ;) (!)", r"\(x) &#58;\) ;\) \(\!\)"),
        (r"C:\dir", "C&#58;&#92;dir"),
        ("&amp; R&D a & b", "&amp;amp; R&amp;D a & b"),
        ("PAY-12", r"PAY\-12"),
        ("😀", "&#128512;"),
        ("a\nb", "a b"),
    ],
)
def test_what_would_mean_something_is_escaped(text: str, written: str) -> None:
    assert only(text) == written


@pytest.mark.parametrize("text", ["A well-known word, (like this one).", "Looked in: description. Why? 100 % of it; a/b = 'c'"])
def test_plain_words_stay_readable_for_who_edits_them(text: str) -> None:
    assert only(text) == text


def test_a_message_becomes_lines_lists_marks_and_links() -> None:
    message = Message(
        (
            Paragraph((Span("Please ", Mark.STRONG), Span("read", href="https://x.example/r?a=1&b=2#c"), Span(" it"))),
            Bullets(((Span("first", Mark.EM),), (), (Span("TM101", Mark.CODE), Span(": why"))), numbered=True),
            Bullets(((Span("one"),),)),
        ),
        "7f3a9c",
        "digest",
    )
    assert wiki_text(message) == (
        "*Please* [read|https://x.example/r?a=1&b=2#c] it\n\n# _first_\n# {{TM101}}: why\n\n* one\n\nSafeSync ref 7f3a9c"
    )


def test_a_mark_that_would_touch_a_letter_is_left_out() -> None:
    touching = Message((Paragraph((Span("un"), Span("believ", Mark.STRONG), Span("able"))),), "7f3a9c", "digest")
    assert wiki_text(touching).split("\n")[0] == "unbelievable"


def test_only_addresses_that_open_a_page_become_links_and_none_breaks_out() -> None:
    assert only("click", href="javascript:alert(1)") == "click"
    assert only("a|b]", href="https://x.example/a|b]{c}!") == "[a&#124;b&#93;|https://x.example/a%7Cb%5D%7Bc%7D%21]"


def test_a_comment_that_is_too_long_loses_its_last_lines_and_says_so() -> None:
    entries = tuple((Span(f"entry {number} " + "{" * 40),) for number in range(60))
    message = Message((Paragraph((Span("First"),)), Bullets(entries)), "7f3a9c", "digest")
    kept = fitting(message, lambda one: len(wiki_text(one)), 2_000)
    text = wiki_text(kept)
    assert 1_900 < len(text) <= 2_000
    assert text.startswith("First\n\n* entry 0")
    assert text.endswith("There is more than a comment can hold.\n\nSafeSync ref 7f3a9c")
    assert kept.digest == message.digest
    assert fitting(replace(message, blocks=message.blocks[:1]), lambda one: len(wiki_text(one))).blocks == message.blocks[:1]
