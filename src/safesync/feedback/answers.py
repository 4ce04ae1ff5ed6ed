"""The words with which replies are answered, as a part of our one comment. No more than words: who is answered is not mentioned."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from safesync.feedback.commands import Command, Misread
from safesync.feedback.settings import OWNER
from safesync.languages.tongue import ENGLISH, Tongue
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


def misread(reply: Reply, said: Misread, tongue: Tongue = ENGLISH) -> Answer:
    """What was not understood, and how it may have been meant."""
    words = tongue.say("“{said}” was not understood. Perhaps you mean:", said=_cut(said.said)) + " "
    nearest = tongue.say(said.nearest, **dict(said.values))
    return replace(_answer(reply, said.said, words, nearest), corrects=reply.author)


def refused(reply: Reply, said: Command, allowed: Collection[str], tongue: Tongue = ENGLISH) -> Answer:
    """Somebody without the role."""
    names = [(tongue.say("who answers for the item") if role == OWNER else role) for role in allowed]
    if names:
        text = "thank you, but “{verb}” can be asked here by {who}; nothing was changed."
        words = tongue.say(text, verb=said.verb.value, who=tongue.say(" or ").join(names))
    else:
        words = tongue.say("thank you, but “{verb}” is not asked in comments here; nothing was changed.", verb=said.verb.value)
    return _answer(reply, f"refused {said.verb}", words)


def unknown_rule(reply: Reply, code: str, codes: Collection[str], tongue: Tongue = ENGLISH) -> Answer:
    """A code that no rule has."""
    words = tongue.say("no rule here is called {code}.", code=code)
    if near := get_close_matches(code, sorted(codes), n=1, cutoff=0.6):
        words = f"{words} {tongue.say('Perhaps you mean {code}.', code=near[0])}"
    return replace(_answer(reply, f"unknown {code}", words), corrects=reply.author)


def unwaivable(reply: Reply, said: Command, tongue: Tongue = ENGLISH) -> Answer:
    """A rule that only the configuration waives."""
    text = "{code} cannot be waived by a comment; who looks after SafeSync sees what you wrote."
    return _answer(reply, f"unwaivable {said.code}", tongue.say(text, code=said.code))


def rechecked(reply: Reply, tongue: Tongue = ENGLISH) -> Answer:
    """Another look."""
    text = "looked again, as asked on {day}; what stands here is what was found."
    return _answer(reply, "recheck", tongue.say(text, day=reply.at.date().isoformat()))


def question(reply: Reply, code: str) -> Answer:
    """A question that is still to be looked up."""
    return replace(_answer(reply, f"explain {code}", ""), explains=code)


@dataclass(frozen=True, slots=True)
class Account:
    """What a finding hangs on, as a sentence, and in it the limits that somebody configured."""

    text: str
    limits: str = ""


def explained(answer: Answer, facts: Sequence[Account], tongue: Tongue = ENGLISH) -> Answer:
    """
    The question with its answer.

    Values that change by the day do not make it a new one: it would be edited every morning. Limits that change do.
    """
    nothing = "{code} finds nothing here." if answer.explains else "no rule finds anything here."
    text = " ".join(one.text for one in facts[:_MOST]) or tongue.say(nothing, code=answer.explains)
    text = text if len(text) <= _LONGEST_ACCOUNT else text[: _LONGEST_ACCOUNT - 1].rstrip() + "…"
    limits = "".join(f" {one.limits}" for one in facts[:_MOST] if one.limits)
    return replace(answer, text=text, said=f"{answer.said} {answer.explains} {bool(facts)}{limits}", explains=None)


def section(answers: Sequence[Answer], tongue: Tongue = ENGLISH) -> tuple[Paragraph | Bullets, ...]:
    """The part of a comment that answers, nothing without answers; the last ones, when there are many."""
    if not answers:
        return ()
    entries = tuple(_entry(answer) for answer in answers[-_MOST:])
    return Paragraph((Span(tongue.say("Asked here:"), Mark.STRONG),)), Bullets(entries)


def _entry(answer: Answer) -> tuple[Span, ...]:
    spans = Span(f"{answer.to}: ", Mark.EM), Span(answer.text)
    return (*spans, Span(answer.code, Mark.CODE)) if answer.code else spans


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
