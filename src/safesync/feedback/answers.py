"""The words with which replies are answered, as a part of our one comment. No more than words: who is answered is not mentioned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from safesync.feedback.commands import Command, Misread
from safesync.feedback.settings import OWNER
from safesync.model.message import Bullets, Mark, Paragraph, Span
from safesync.model.reply import Reply

_MOST = 5
_LONGEST = 120
_LONGEST_ACCOUNT = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One answer, to whom; ``about`` is the question, which is answered once, and ``said`` what decides whether it says something new.

    ``explains`` is the rule whose facts were asked for and are not looked up yet; empty for all findings.
    """

    to: str
    text: str
    about: str
    said: str
    code: str = ""
    explains: str | None = None
    corrects: str = ""
    """Whom it asks to write otherwise; until they do."""


def _answer(reply: Reply, about: str, text: str, code: str = "") -> Answer:
    return Answer(_cut(reply.name), text, f"{reply.author} {about}", f"{reply.name}: {text} {code}", code)


def misread(reply: Reply, said: Misread) -> Answer:
    """What was not understood, and how it may have been meant."""
    words = f"“{_cut(said.said)}” was not understood. Perhaps you mean: "
    return replace(_answer(reply, said.said, words, said.nearest), corrects=reply.author)


def refused(reply: Reply, said: Command, allowed: Collection[str]) -> Answer:
    """Somebody without the role."""
    names = [("who answers for the item" if role == OWNER else role) for role in allowed]
    who = f"can be asked here by {' or '.join(names)}" if names else "is not asked in comments here"
    return _answer(reply, f"refused {said.verb}", f"thank you, but “{said.verb.value}” {who}; nothing was changed.")


def unknown_rule(reply: Reply, code: str, codes: Collection[str]) -> Answer:
    """A code that no rule has."""
    near = get_close_matches(code, sorted(codes), n=1, cutoff=0.6)
    meant = f" Perhaps you mean {near[0]}." if near else ""
    return replace(_answer(reply, f"unknown {code}", f"no rule here is called {code}.{meant}"), corrects=reply.author)


def unwaivable(reply: Reply, said: Command) -> Answer:
    """A rule that only the configuration waives."""
    return _answer(
        reply, f"unwaivable {said.code}", f"{said.code} cannot be waived by a comment; who looks after SafeSync sees what you wrote."
    )


def rechecked(reply: Reply) -> Answer:
    """Another look."""
    return _answer(reply, "recheck", f"looked again, as asked on {reply.at.date().isoformat()}; what stands here is what was found.")


def question(reply: Reply, code: str) -> Answer:
    """A question that is still to be looked up."""
    return replace(_answer(reply, f"explain {code}", ""), explains=code)


def explained(answer: Answer, facts: Sequence[str]) -> Answer:
    """
    The question with its answer.

    Values that change by the day do not make it a new one: it would be edited every morning.
    """
    nothing = f"{answer.explains} finds nothing here." if answer.explains else "no rule finds anything here."
    text = " ".join(facts[:_MOST]) or nothing
    text = text if len(text) <= _LONGEST_ACCOUNT else text[: _LONGEST_ACCOUNT - 1].rstrip() + "…"
    return replace(answer, text=text, said=f"{answer.said} {answer.explains} {bool(facts)}", explains=None)


def section(answers: Sequence[Answer]) -> tuple[Paragraph | Bullets, ...]:
    """The part of a comment that answers, nothing without answers; the last ones, when there are many."""
    if not answers:
        return ()
    entries = tuple(_entry(answer) for answer in answers[-_MOST:])
    return Paragraph((Span("Asked here:", Mark.STRONG),)), Bullets(entries)


def _entry(answer: Answer) -> tuple[Span, ...]:
    spans = Span(f"{answer.to}: ", Mark.EM), Span(answer.text)
    return (*spans, Span(answer.code, Mark.CODE)) if answer.code else spans


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
