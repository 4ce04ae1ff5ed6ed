"""What the replies on an item come to: waivers, a pause, another look, and answers. Pure, and the same for the same comments."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from safesync.feedback import answers
from safesync.feedback.answers import Account, Answer
from safesync.feedback.commands import PLACE, Command, Misread, Verb, parse
from safesync.feedback.settings import ANYONE, OWNER, FeedbackSettings
from safesync.languages.tongue import ENGLISH, Tongue
from safesync.model.item import Item
from safesync.model.reply import Reply
from safesync.model.waiver import Waiver

ANSWERED = timedelta(days=14)
"""For how long an answer stands: who asked has read it by then."""


@dataclass(frozen=True, slots=True)
class Snooze:
    """A pause on an item: its last day, and who asked for it."""

    until: date
    by: str

    def __str__(self) -> str:
        """As reports say it."""
        return f"snoozed until {self.until.isoformat()} ({self.by})"


@dataclass(frozen=True, slots=True)
class Heard:
    """
    What holds on an item because people said so.

    ``asked`` says when and by which comment somebody asked last for another look, so that a later one is greater; ``None`` when
    nobody did within the time of an answer. ``replied`` says so of the last reply that is answered at all. ``disturbed``: something that
    is answered was asked since the snooze.
    """

    waivers: tuple[Waiver, ...] = ()
    snooze: Snooze | None = None
    disturbed: bool = False
    asked: str | None = None
    replied: str | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def questions(self) -> bool:
        """Whether an answer needs to be looked up."""
        return any(answer.explains is not None for answer in self.answers)

    def told(self, why: Callable[[str], Sequence[Account]], tongue: Tongue = ENGLISH) -> Heard:
        """With what was asked for looked up: ``why`` gives the facts behind a rule, or behind all findings for no code."""
        told = (answers.explained(one, why(one.explains), tongue) if one.explains is not None else one for one in self.answers)
        return replace(self, answers=tuple(told))


def hear(
    item: Item,
    settings: FeedbackSettings,
    today: date,
    codes: Collection[str] = (),
    tongue: Tongue = ENGLISH,
    *,
    here: Sequence[str] = (),
) -> Heard:
    """
    What the replies on an item come to today; of several that contradict each other the last one counts.

    ``codes`` are the rules that there are; without any, nobody is told that one does not exist. ``tongue`` is what is spoken there,
    and ``here`` are the rules that speak on it.
    """
    heard = Heard()
    law = _Law(settings, today, codes, tongue)
    for reply, said in _said(item.replies or (), [code for code in here if code not in settings.unwaivable]):
        heard = _with(heard, item, reply, said, law)
    return heard


@dataclass(frozen=True, slots=True)
class _Law:
    """By what a reply is answered."""

    settings: FeedbackSettings
    today: date
    codes: Collection[str]
    tongue: Tongue


def _said(replies: Sequence[Reply], here: Sequence[str]) -> Iterator[tuple[Reply, Command | Misread]]:
    for reply in sorted(replies, key=lambda one: (one.said_at, one.comment_id)):
        for line in reply.lines:
            if said := parse(line, reply.said_at.date(), here):
                yield reply, said


def _with(heard: Heard, item: Item, reply: Reply, said: Command | Misread, law: _Law) -> Heard:
    if no := _refusal(reply, said, law):
        return _answered(heard, reply, no, law)
    assert isinstance(said, Command)  # noqa: S101 - all else was refused
    heard = replace(heard, answers=tuple(one for one in heard.answers if not (one.corrects and one.corrects.is_heeded(reply, said))))
    match said.verb:
        case Verb.WAIVE | Verb.WRONG:
            return _waived(heard, item, reply, said, law)
        case Verb.SNOOZE:
            until = said.last_day(reply.said_at.date())
            return replace(heard, snooze=Snooze(until, reply.name) if until and until >= law.today else None, disturbed=False)
        case Verb.RECHECK:
            asked = _place(reply) if _is_recent(reply, law) else heard.asked
            return _answered(replace(heard, snooze=None, asked=asked), reply, answers.rechecked(reply, law.tongue), law)
        case Verb.EXPLAIN:
            return _answered(heard, reply, answers.question(reply, said.code or ""), law)


def _refusal(reply: Reply, said: Command | Misread, law: _Law) -> Answer | None:
    if said.verb is not None:
        allowed = law.settings.commands.of(said.verb)
        if not may(reply, allowed, law.settings):
            return answers.refused(reply, said.verb, allowed, law.tongue)
        asked = said.proposals if isinstance(said, Misread) else (said,)
        known = tuple(one for one in asked if one.code in {None, PLACE} or not law.codes or one.code in law.codes)
        if asked and not known:
            return answers.unknown_rule(reply, asked[0], law.codes, law.tongue)
        said = replace(said, proposals=known) if isinstance(said, Misread) else said
    return answers.misread(reply, said, law.tongue) if isinstance(said, Misread) else None


def may(reply: Reply, allowed: Collection[str], settings: FeedbackSettings) -> bool:
    """Whether the author of a reply has one of the roles."""
    known_as = {name.casefold() for name in (reply.author, reply.name, *reply.names) if name}
    for role in allowed:
        if role == ANYONE or (role == OWNER and reply.by_owner):
            return True
        if any(member.casefold() in known_as for member in settings.roles.get(role, ())):
            return True
    return False


def _waived(heard: Heard, item: Item, reply: Reply, said: Command, law: _Law) -> Heard:
    waiver = Waiver(said.code or "", item.uid, said.until, said.reason, reply.name, by_reply=True, wrong=said.verb is Verb.WRONG)
    others = tuple(one for one in heard.waivers if one.code != waiver.code)
    known = replace(heard, waivers=(*others, waiver))
    if waiver.code not in law.settings.unwaivable:
        return known
    return _answered(known, reply, answers.unwaivable(reply, said, law.tongue), law)


def _answered(heard: Heard, reply: Reply, answer: Answer, law: _Law) -> Heard:
    """With an answer, for as long as one stands; the same question again is not answered twice."""
    if not _is_recent(reply, law):
        return heard
    others = tuple(one for one in heard.answers if one.about != answer.about)
    return replace(heard, answers=(*others, answer), replied=_place(reply), disturbed=heard.snooze is not None)


def _place(reply: Reply) -> str:
    return f"{reply.said_at:%Y-%m-%dT%H:%M:%S.%fZ} {reply.comment_id}"


def _is_recent(reply: Reply, law: _Law) -> bool:
    return reply.said_at.date() >= law.today - ANSWERED
