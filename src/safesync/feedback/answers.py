"""The words with which replies are answered, as a part of our one comment. No more than words: who is answered is not mentioned."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from safesync.facts.text.addressed import MOST_LINES
from safesync.feedback.commands import Command, Misread, Verb
from safesync.feedback.settings import OWNER
from safesync.languages.tongue import ENGLISH, Tongue
from safesync.model.message import Bullets, Mark, Paragraph, Span
from safesync.model.reply import Reply

_MOST = MOST_LINES
"""As many as one comment may ask for."""
_MOST_FACTS = 5
_LONGEST = 120
_LONGEST_ACCOUNT = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """
    One answer, to whom; ``about`` is the question, which is answered once, and ``said`` what decides whether it says something new.

    ``explains`` is the rule whose facts were asked for and are not looked up yet; empty for all findings. ``lines`` may be sent back,
    each alone or all of them.
    """

    to: str
    text: str
    about: str
    said: str
    lines: tuple[str, ...] = ()
    explains: str | None = None
    corrects: Correction | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """Who is asked to write which of their comments otherwise, until they do; ``verb`` is ``None`` where nobody knows what they want."""

    author: str
    comment_id: str
    verb: Verb | None

    def is_heeded(self, reply: Reply, said: Command) -> bool:
        """Whether that is what they wrote then; what stands beside it in the same comment does not mend it."""
        return (self.author == reply.author and self.comment_id != reply.comment_id) and self.verb in {None, said.verb}


def _answer(reply: Reply, about: str, text: str, lines: Sequence[str] = ()) -> Answer:
    return Answer(_cut(reply.name), text, f"{reply.author} {about}", f"{reply.name}: {text} {' '.join(lines)}", tuple(lines))


def misread(reply: Reply, said: Misread, tongue: Tongue = ENGLISH) -> Answer:
    """What was not understood, and how it may have been meant; what is the same of several lines is told once."""
    words = tongue.say(said.answer, said=_cut(said.said), **dict(said.values))
    lines = tuple(one.proposed(tongue) for one in said.proposals)
    answer = _answer(reply, said.said if "{said}" in said.answer else said.answer, words, lines)
    return replace(answer, corrects=Correction(reply.author, reply.comment_id, said.verb))


def refused(reply: Reply, verb: Verb, allowed: Collection[str], tongue: Tongue = ENGLISH) -> Answer:
    """Somebody without the role."""
    names = [(tongue.say("who answers for the item") if role == OWNER else role) for role in allowed]
    if names:
        text = "thank you, but “{verb}” can be asked here by {who}; nothing was changed."
        words = tongue.say(text, verb=verb.value, who=tongue.say(" or ").join(names))
    else:
        words = tongue.say("thank you, but “{verb}” is not asked in comments here; nothing was changed.", verb=verb.value)
    return _answer(reply, f"refused {verb}", words)


def unknown_rule(reply: Reply, said: Command, codes: Collection[str], tongue: Tongue = ENGLISH) -> Answer:
    """A code that no rule has."""
    code = said.code or ""
    words = tongue.say("no rule here is called {code}.", code=code)
    if near := get_close_matches(code, sorted(codes), n=1, cutoff=0.6):
        words = f"{words} {tongue.say('Perhaps you mean {code}.', code=near[0])}"
    return replace(_answer(reply, f"unknown {code}", words), corrects=Correction(reply.author, reply.comment_id, said.verb))


def unwaivable(reply: Reply, said: Command, tongue: Tongue = ENGLISH) -> Answer:
    """A rule that only the configuration waives."""
    text = "{code} cannot be waived by a comment; who looks after SafeSync sees what you wrote."
    return _answer(reply, f"unwaivable {said.code}", tongue.say(text, code=said.code))


def rechecked(reply: Reply, tongue: Tongue = ENGLISH) -> Answer:
    """Another look."""
    text = "looked again, as asked on {day}; what stands here is what was found."
    return _answer(reply, "recheck", tongue.say(text, day=reply.said_at.date().isoformat()))


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
    text = " ".join(one.text for one in facts[:_MOST_FACTS]) or tongue.say(nothing, code=answer.explains)
    text = text if len(text) <= _LONGEST_ACCOUNT else text[: _LONGEST_ACCOUNT - 1].rstrip() + "…"
    limits = "".join(f" {one.limits}" for one in facts[:_MOST_FACTS] if one.limits)
    return replace(answer, text=text, said=f"{answer.said} {answer.explains} {bool(facts)}{limits}", explains=None)


def section(answers: Sequence[Answer], tongue: Tongue = ENGLISH) -> tuple[Paragraph | Bullets, ...]:
    """The part of a comment that answers, nothing without answers; the last ones, when there are many."""
    if not answers:
        return ()
    entries = tuple(entry for answer in answers[-_MOST:] for entry in _entries(answer))
    return Paragraph((Span(tongue.say("Asked here:"), Mark.STRONG),)), Bullets(entries)


def _entries(answer: Answer) -> Iterator[tuple[Span, ...]]:
    """The answer, and in an entry of its own each line to send back: also copied together, with what stands around, each is one line."""
    yield Span(f"{answer.to}: ", Mark.EM), Span(answer.text)
    for line in answer.lines:
        yield (Span(line, Mark.CODE),)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
