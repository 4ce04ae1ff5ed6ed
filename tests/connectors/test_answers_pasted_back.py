"""Our answer as each tracker shows it, pasted into a comment: whole, or one line of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from said_in_languages import ENCODINGS, finding

from safesync.facts.text.addressed import addressed
from safesync.feedback.answers import misread
from safesync.feedback.commands import Misread, parse
from safesync.feedback.comment import Topic, comment_of
from safesync.feedback.voice import Voice
from safesync.languages.tongue import LANGUAGES, tongue
from safesync.model.item import Kind, Markup, RichText
from safesync.model.reply import Reply

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
MARKUPS = {"adf": Markup.ADF, "wiki": Markup.WIKI, "html": Markup.HTML, "text": Markup.MARKDOWN}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_our_comment_pasted_whole_says_each_line_that_was_proposed_and_nothing_else(encoding: str, language: str) -> None:
    voice = Voice(tongue(language))
    asked = [parse(line, NOON.date(), ("PG202", "TM105")) for line in ("waive all", "snooze for ever")]
    reply = Reply("c1", NOON, "robin", "Robin", ("waive all", "snooze for ever"))
    answers = tuple(misread(reply, one, voice.tongue) for one in asked if isinstance(one, Misread))
    message = comment_of(Topic("jira:1", Kind.STORY, answers=answers, voice=voice), [finding("PG202", "Add a benefit.")])
    heard = addressed(RichText(ENCODINGS[encoding](message), MARKUPS[encoding])).lines
    assert [f"safesync {line}" for line in heard] == [line for answer in answers for line in answer.lines]
    assert [line.startswith("waive") for line in heard] == [True, True, False, False]
