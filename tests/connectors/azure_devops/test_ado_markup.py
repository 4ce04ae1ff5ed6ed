"""Comments as Azure DevOps keeps them: nothing that a title holds becomes markup, a link or a mention."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from safesync.connectors.azure.markup import digest_in, has_footer, html_of
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

JOINER = "\u2060"


def said(*spans: Span) -> str:
    return html_of(Message((Paragraph(spans),), "7f3a9c", "d"))


def test_a_message_becomes_paragraphs_lists_and_a_footer():
    message = Message(
        (
            Paragraph((Span("Not ready", Mark.STRONG), Span(" yet"))),
            Bullets(
                ((Span("Add criteria. "), Span("Looked in: nothing.", Mark.EM), Span("TM101", href="https://safesync.example/TM101")),)
            ),
            Bullets(((Span("one"),), (Span("two"),)), numbered=True),
            Paragraph((Span("safesync-waive-tm101", Mark.CODE),)),
        ),
        "7f3a9c",
        "d",
    )
    assert html_of(message) == (
        "<p><b>Not ready</b> yet</p>"
        '<ul><li>Add criteria. <i>Looked in: nothing.</i><a href="https://safesync.example/TM101">TM101</a></li></ul>'
        "<ol><li>one</li><li>two</li></ol>"
        "<p><code>safesync-waive-tm101</code></p>"
        "<p><small>SafeSync ref 7f3a9c-d</small></p>"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("if (a<b", "if (a&lt;b"),
        ("R&D &amp; co", "R&amp;D &amp;amp; co"),
        ("see #412", f"see #{JOINER}412"),
        ("see !77", f"see !{JOINER}77"),
        ("ask @anna", f"ask @{JOINER}anna"),
        ("C# and # alone", "C# and # alone"),
        ("two\nlines\x00", "two<br>lines"),
        ("emoji \U0001f680 stays", "emoji \U0001f680 stays"),
    ],
)
def test_text_is_shown_and_calls_nothing(text: str, shown: str):
    assert said(Span(text)).startswith(f"<p>{shown}</p>")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "https://a.test/ onclick=x", 'https://a.test/"><script>'])
def test_only_a_web_address_becomes_a_link_and_stays_inside_its_attribute(href: str):
    tree = LexborHTMLParser(said(Span("here", href=href)))
    assert not tree.css("script")
    assert all((node.attributes.get("href") or "").startswith("https://") and "onclick" not in node.attributes for node in tree.css("a"))


@given(st.text())
def test_whatever_is_said_no_tag_of_it_reaches_the_page(text: str):
    tree = LexborHTMLParser(said(Span(text)))
    assert {node.tag for node in tree.css("body *")} <= {"p", "small", "br"}


@given(st.text())
def test_whatever_is_said_the_reference_is_found_again(text: str):
    assert has_footer(said(Span(text)), "7f3a9c")


@given(st.text(alphabet="#!@0123456789ab "))
def test_no_number_and_no_name_is_called(text: str):
    shown = re.sub(r"&[#\w]+;", "", said(Span(text)))
    assert not re.search(r"[#!]\d|@[^\s<\u2060]", shown)


def test_a_reference_that_only_begins_alike_is_another_one():
    assert not has_footer("<p>SafeSync ref 7f3a9c1</p>", "7f3a9c")
    assert has_footer("<div>SafeSync&nbsp;ref 7f3a9c<br></div>", "7f3a9c")


@given(st.text(), st.text("0123456789abcdef", min_size=16, max_size=16))
def test_whatever_is_said_its_digest_is_read_off_the_end(text: str, digest: str):
    assert digest_in(html_of(Message((Paragraph((Span(text),)),), "7f3a9c", digest))) == digest


def test_a_footer_inside_of_what_is_said_is_not_taken_for_ours():
    assert digest_in(said(Span("SafeSync ref 7f3a9c-0000"))) == "d"


def test_a_comment_from_before_there_were_digests_is_found_and_tells_none():
    old = "<p>hello</p><p>SafeSync ref 7f3a9c</p>"
    assert has_footer(old, "7f3a9c")
    assert digest_in(old) is None
    assert digest_in("<p>hello</p>") is None
