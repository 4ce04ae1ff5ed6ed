from __future__ import annotations

from html.parser import HTMLParser

import pytest
from said_in_languages import ENCODINGS, adf, kept, one, sections, shown

from safesync.connectors.azure.markup import html_of
from safesync.connectors.jira.markup_wiki import wiki_text
from safesync.feedback.voice import Voice
from safesync.languages.tongue import LANGUAGES, tongue
from safesync.model.message import straight

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "[~admin] *_{code} {{ label }} {remedy} %s {0}",
    "long " * 1_000,
    "\u202eRTL שלום\u202c",
    "🦩 emoji \U0001f468\u200d\U0001f4bb",
)
WORDS = (None, "{{ remedy }} · {{ evidence }} ({{ code }})")
"""As shipped, and an administrator's."""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as it is called
        self.found.add(tag)


@pytest.mark.parametrize(("name", "said"), [pytest.param(name, said, id=name) for name, said in sections()])
def test_a_comment_reads_as_it_did(name: str, said: str) -> None:
    assert said.strip("\n") == kept()[name], "right? then run: python tests/connectors/said_in_languages.py"


def test_the_snapshot_has_every_case_in_every_language_and_encoding_and_nothing_else() -> None:
    assert list(kept()) == [name for name, _ in sections()]
    assert len(kept()) == 3 * len(LANGUAGES) * len(ENCODINGS)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", HOSTILE, ids=["html", "markup", "long", "rtl", "emoji"])
def test_what_a_person_wrote_is_text_in_every_language(title: str, language: str, words: str | None) -> None:
    voice = Voice(tongue(language), (("entry", words),) if words else ())
    message = one(voice, "See the item.", title)
    seen = Tags()
    seen.feed(html_of(message))
    assert seen.found == {"p", "b", "ul", "li", "i", "a", "code", "small"}
    title = straight(title)
    assert title[:200] in shown(message)
    assert title[:80].strip() in adf(message) or "\\" in adf(message)
    assert "[~admin]" not in wiki_text(message)
    assert all(len(encode(message)) < 10_000 for encode in ENCODINGS.values())
