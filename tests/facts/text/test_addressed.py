"""Which lines of a comment speak to us, in every notation, and what never does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safesync.facts.text.addressed import MOST_LETTERS, MOST_LINES, addressed
from safesync.model.item import Markup, RichText

ME = "5b10ac8d-82e0-5b22-cc7d-4ef5aaaaaaaa"
LINE_NOTATIONS = (Markup.WIKI, Markup.MARKDOWN, Markup.PLAIN)


def adf(*content: dict[str, Any]) -> str:
    return json.dumps({"type": "doc", "version": 1, "content": content})


def paragraph(*parts: dict[str, Any] | str) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": part} if isinstance(part, str) else part for part in parts]}


def said(text: str, markup: Markup, *accounts: str) -> tuple[str, ...]:
    return addressed(RichText(text, markup), accounts).lines


@pytest.mark.parametrize("markup", LINE_NOTATIONS)
@pytest.mark.parametrize("begin", ["safesync ", "SafeSync: ", "@SafeSync, ", "**safesync** ", "  `safesync` ", "- safesync "])
def test_a_line_that_begins_with_our_name_speaks_to_us(markup: Markup, begin: str) -> None:
    assert said(f"We agreed.\n\n{begin}waive TM101 until 2027-01-15: it is done", markup) == ("waive TM101 until 2027-01-15: it is done",)


@pytest.mark.parametrize("text", ["@SafeSync:\n\nrecheck", "“safesync recheck”", "„SafeSync recheck“", "« safesync recheck »"])
def test_our_name_alone_speaks_to_us_on_the_next_line_and_quotation_marks_may_stand_around_all_of_it(text: str) -> None:
    assert said(f"{text}\n\nWe agreed.", Markup.PLAIN) == ("recheck",)


@pytest.mark.parametrize("markup", LINE_NOTATIONS)
@pytest.mark.parametrize("text", ["“safesync waive all” was not understood.", "'safesync recheck' does nothing"])
def test_who_speaks_of_a_command_in_quotation_marks_gives_none(markup: Markup, text: str) -> None:
    assert said(text, markup) == ()


@pytest.mark.parametrize("markup", LINE_NOTATIONS)
@pytest.mark.parametrize(
    "text", ["I asked safesync recheck", "safesync-waive-tm101 is set", "SafeSync ref 7f3a9c-bc3a0bea7d04a391", "safesync", "safesyncs x"]
)
def test_no_other_line_does(markup: Markup, text: str) -> None:
    assert said(text, markup) == ()


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.MARKDOWN, "> safesync recheck\n\nsafesync snooze 5d\n\n```\nsafesync explain\n```"),
        (Markup.PLAIN, "> safesync recheck\n\nsafesync snooze 5d"),
        (
            Markup.WIKI,
            "{quote}\nsafesync recheck\n{quote}\nsafesync snooze 5d\nbq. safesync explain\n{code}\nsafesync wrong TM101: x\n{code}",
        ),
        (Markup.HTML, "<blockquote>safesync recheck<blockquote>x</blockquote>safesync recheck</blockquote><div>safesync snooze 5d</div>"),
        (
            Markup.ADF,
            adf(
                {"type": "blockquote", "content": [paragraph("safesync recheck")]},
                {"type": "codeBlock", "content": [{"type": "text", "text": "safesync recheck"}]},
                paragraph("safesync snooze 5d"),
            ),
        ),
        (Markup.ADF, adf(paragraph("> safesync recheck"), paragraph("safesync snooze 5d"))),
        (Markup.HTML, "<div>&gt; safesync recheck</div><p>&gt;&gt; <code>safesync recheck</code><br>safesync snooze 5d</p>"),
    ],
)
def test_what_is_quoted_or_code_is_said_by_nobody(markup: Markup, text: str) -> None:
    assert said(text, markup) == ("snooze 5d",)


@pytest.mark.parametrize("markup", [Markup.WIKI, Markup.PLAIN, Markup.HTML])
@pytest.mark.parametrize(
    "head",
    [
        "-----Ursprüngliche Nachricht-----",
        "-----Original Message-----",
        "Von: Robin Meyer\nGesendet: Freitag, 27. November 2026 10:00",
        "From: Robin Meyer\nSent: Friday",
        "De : Robin Meyer\nEnvoyé : vendredi",
        "Am Fr., 27. Nov. 2026 um 10:00 Uhr schrieb Robin Meyer:",
        "On Fri, Nov 27, 2026 at 10:00 AM Robin Meyer\nwrote:",
        "Le ven. 27 nov. 2026 à 10:00, Robin Meyer a écrit :",
    ],
)
def test_what_a_mail_program_quotes_without_a_sign_is_said_by_somebody_else(markup: Markup, head: str) -> None:
    text = f"safesync snooze 5d\n\nThat cannot be.\n\n{head}\n\nsafesync waive TM101 until 2027-01-15: x"
    assert said(text.replace("\n", "<br>") if markup is Markup.HTML else text, markup) == ("snooze 5d",)


@pytest.mark.parametrize("line", ["On Monday the client wrote:", "Am Telefon schrieb sie mit:", "From: here", "De: la"])
def test_a_person_who_tells_is_no_mail(line: str) -> None:
    assert said(f"{line}\nsafesync snooze 5d", Markup.PLAIN) == ("snooze 5d",)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.ADF, adf(paragraph({"type": "text", "text": "safesync recheck", "marks": [{"type": "strike"}]}), paragraph("x"))),
        (Markup.WIKI, "-safesync recheck-\n{-}safesync recheck{-}\n* -{{safesync recheck}}-\n*-safesync recheck-*\n@safesync -recheck-"),
        (Markup.WIKI, "-safesync waive TM101 until 2027-01-15 - agreed by e-mail- and not again"),
        (Markup.HTML, "<p style='text-decoration: line-through'>safesync recheck</p><code><s>safesync recheck</s></code>"),
        (Markup.HTML, "<ul><li style='text-decoration-line:line-through'>safesync recheck</li></ul>"),
        (Markup.MARKDOWN, "~~safesync recheck~~"),
        (Markup.MARKDOWN, "~~safesync ~recheck~~\n<s>safesync <b>recheck</b></s>"),
        (Markup.HTML, "<p><del>safesync recheck</del></p><s>safesync recheck</s>"),
        (Markup.HTML, "<p><del>safesync <i>recheck</i></del></p><s><b>safesync recheck</b></s><strike>one<br>safesync recheck</strike>"),
        (
            Markup.HTML,
            "<s>x<s>y</s><br>safesync recheck</s><span style='text-decoration: line-through'>safesync <span>re</span>check</span>",
        ),
    ],
)
def test_what_is_struck_out_was_taken_back(markup: Markup, text: str) -> None:
    assert said(text, markup) == ()


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.MARKDOWN, "<pre>safesync recheck</pre>\n<pre><code>\nsafesync recheck\n</code></pre>"),
        (Markup.HTML, "<pre>safesync recheck</pre><pre><code>safesync recheck</code></pre>"),
        (Markup.WIKI, "{noformat}safesync recheck{noformat}\n{code:java}safesync recheck{code}"),
    ],
)
def test_what_is_a_block_of_code_by_its_tags_is_shown_and_not_said(markup: Markup, text: str) -> None:
    last = "<br>safesync snooze 5d" if markup is Markup.HTML else "\n\nsafesync snooze 5d"
    assert said(f"{text}{last}", markup) == ("snooze 5d",)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.ADF, adf(paragraph({"type": "text", "text": "safesync snooze 5d", "marks": [{"type": "code"}]}))),
        (Markup.WIKI, "{{safesync snooze 5d}}"),
        (Markup.HTML, "<ul><li><code>safesync snooze 5d</code></li></ul>"),
        (Markup.MARKDOWN, "- `safesync snooze 5d`"),
        (Markup.MARKDOWN, "<code>safesync snooze 5d</code>"),
    ],
)
def test_a_line_in_monospace_is_said_as_people_paste_what_we_proposed(markup: Markup, text: str) -> None:
    assert said(text, markup) == ("snooze 5d",)


@pytest.mark.parametrize(
    "text",
    [
        "Use `<s>` and `<code>` there.\nsafesync snooze 5d",
        "<s>safesync recheck</s>\nsafesync snooze 5d",
        "<s><b>x</s></b>\n\nsafesync snooze 5d\n\n</s>",
    ],
)
def test_what_stands_behind_it_is_heard(text: str) -> None:
    assert said(text, Markup.MARKDOWN) == ("snooze 5d",)


def test_many_tags_that_never_end_cost_a_look_each() -> None:
    assert said("<s>" * 20_000 + "<br>safesync snooze 5d", Markup.HTML) == ("snooze 5d",)


def test_a_point_of_a_list_is_not_struck_out() -> None:
    assert said("- safesync wrong TM101: it is a spike -", Markup.WIKI) == ("wrong TM101: it is a spike -",)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.ADF, adf(paragraph({"type": "mention", "attrs": {"id": ME, "text": "@Quality Bot"}}, " recheck"))),
        (Markup.ADF, adf(paragraph({"type": "mention", "attrs": {"id": ME, "text": "@Quality Bot"}}, "recheck"))),
        (Markup.HTML, f'<div><a data-vss-mention="version:2.0,{ME.upper()}" href="#"><b>@Quality Bot</b></a></div><div>recheck</div>'),
        (Markup.WIKI, f"[~accountid:{ME}] recheck"),
        (Markup.WIKI, f"[~{ME}]: recheck"),
        (Markup.WIKI, f"[~{ME}] recheck"),
        (Markup.HTML, f'<div><a href="#" data-vss-mention="version:2.0,{ME}">@Quality Bot</a>&nbsp;recheck</div>'),
        (Markup.MARKDOWN, f"@<{ME.upper()}> recheck"),
    ],
)
def test_a_mention_of_our_account_is_our_name_and_one_of_another_is_not(markup: Markup, text: str) -> None:
    assert said(text, markup, ME) == ("recheck",)
    assert said(text, markup, "another") == ()


def mention(account: str) -> dict[str, Any]:
    return {"type": "mention", "attrs": {"id": account}}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (Markup.ADF, adf(paragraph(mention("bo"), ", ", mention("al"), " ", mention(ME), " recheck"))),
        (Markup.WIKI, f"[~bo], [~al] [~{ME}] recheck"),
        (Markup.HTML, "".join(f'<a data-vss-mention="version:2.0,{one}">@X</a>&nbsp;' for one in ("0" * 36, ME)) + "recheck"),
        (Markup.MARKDOWN, f"@<{'0' * 36}> @<{ME}> recheck"),
    ],
)
def test_who_is_mentioned_before_us_is_called_beside_us(markup: Markup, text: str) -> None:
    assert said(text, markup, ME) == ("recheck",)
    assert said(text.replace("recheck", "agreed"), markup, "another") == ()


def test_what_the_visual_editor_escapes_is_what_was_typed() -> None:
    """A person types it into Jira Data Center, or pastes what we proposed."""
    typed = r"{{safesync waive TM101 until 2027\-01\-15: see \[risks\] of my\_team in C:\\temp}}"
    assert said(typed, Markup.WIKI) == ("waive TM101 until 2027-01-15: see [risks] of my_team in C:\\temp",)
    assert said("{{safesync waive TM101 until 2027&#45;01&#45;15: R&amp;D}}", Markup.WIKI) == ("waive TM101 until 2027-01-15: R&D",)
    assert said(r"safesync wrong TM101: \*", Markup.PLAIN) == (r"wrong TM101: \*",)


def test_a_day_that_was_picked_and_what_was_escaped_in_markdown_are_what_people_see() -> None:
    def until(**attrs: object) -> str:
        return adf(paragraph("safesync waive TM101 until ", {"type": "date", "attrs": attrs}, ": agreed"))

    assert said(until(timestamp="1799971200000"), Markup.ADF) == ("waive TM101 until 2027-01-15: agreed",)
    assert said(until(timestamp="soon"), Markup.ADF) == said(until(), Markup.ADF) == ("waive TM101 until : agreed",)
    assert said(r"safesync wrong TM101: see my\_page in C:\\temp", Markup.MARKDOWN) == (r"wrong TM101: see my_page in C:\temp",)


def test_a_line_is_cut_and_so_are_many_lines() -> None:
    assert said("safesync " + "x" * (MOST_LETTERS + 1), Markup.PLAIN) == ("x" * MOST_LETTERS,)
    assert len(said("safesync recheck\n\n" * (MOST_LINES + 1), Markup.PLAIN)) == MOST_LINES


@given(text=st.text(st.sampled_from("safeync >`{}[]<>/\n@~quotebl\u202e\ud800\x00&;:"), max_size=200), markup=st.sampled_from(Markup))
def test_any_text_can_be_read(text: str, markup: Markup) -> None:
    assert all(0 < len(line) <= MOST_LETTERS for line in said(f"{text}\nsafesync {text}", markup, ME))


def test_a_document_that_is_too_deep_says_nothing() -> None:
    deep = '{"type":"doc","content":[' * 3_000 + '"safesync recheck"' + "]}" * 3_000
    assert said(deep, Markup.ADF) == ()
