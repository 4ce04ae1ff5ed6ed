"""
What people ask of SafeSync in a reply, such as ``safesync waive TM101 until 2027-01-15: agreed with the risk office``. Pure.

A command holds for as long as the comment that says it stands as it is: what follows from it is derived from the comments anew in
every run, so nothing is executed twice, and nothing is lost with the store.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import cache

from safesync.facts.text.addressed import Addressed
from safesync.languages.tongue import LANGUAGES, Tongue, tongue

_CODE = r"[A-Za-z]{1,4}\d{1,5}"
_DAY = r"\d{4}-\d{2}-\d{2}"
_WAIVE = re.compile(rf"(?P<code>{_CODE})\s+until\s+(?P<until>{_DAY})\s*[:,\u2013\u2014-]\s*(?P<reason>\S.*)", re.IGNORECASE | re.DOTALL)
_WRONG = re.compile(rf"(?P<code>{_CODE})\s*[:,\u2013\u2014-]\s*(?P<reason>\S.*)", re.IGNORECASE | re.DOTALL)
_SNOOZE = re.compile(
    rf"(?:until\s+(?P<until>{_DAY})|(?:for\s+)?(?P<number>\d{{1,3}})\s*(?P<unit>d|days?|w|weeks?))\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_FIND_CODE = re.compile(rf"\b{_CODE}\b")
_FIND_DAY = re.compile(r"\b(?P<y>\d{4})\W(?P<m>\d{1,2})\W(?P<d>\d{1,2})\b|\b(?P<d2>\d{1,2})\.[ ]?(?P<m2>\d{1,2})\.[ ]?(?P<y2>\d{4})\b")
"""A day as people write it who were not told how; slashes that begin with the day or the month are left, as nobody knows which."""
_LOOSE_CODE = re.compile(r"\b([A-Za-z]{1,4})[ -](\d{1,5})\b")
_REASON = re.compile(r"(?:(?<!\d):|:(?!\d))\s*(?P<colon>\S.*)|\s[\u2013\u2014-]\s+(?P<dash>\S.*)", re.DOTALL)
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
PLACE = "CODE"
"""Where a code belongs and nobody knows which."""
_MOST_PROPOSED = 10
"""As many lines of one comment are heard."""
_MOST_REASON = 200
_MOST_WORDS = 5
"""A line of more words that begins with our name and with no verb of ours speaks about us, and not to us."""
MOST_DAYS = 366


class Verb(StrEnum):
    """What can be asked for."""

    WAIVE = "waive"
    SNOOZE = "snooze"
    RECHECK = "recheck"
    EXPLAIN = "explain"
    WRONG = "wrong"


_VERBS = tuple(verb.value for verb in Verb)
_TAKES_BACK = frozenset({*(f"un{verb}" for verb in _VERBS), "undo", "revoke", "cancel", "withdraw"})
_POLITE = frozenset({"", "please", "pls", "bitte", "svp"})
"""What may stand between our name and what is asked for, a dash among it."""
_COURTEOUS = frozenset({"thanks", "thank", "thx", "danke", "merci", "ok", "okay"})


@dataclass(frozen=True, slots=True)
class Command:
    """
    One thing that is asked for; ``str`` writes it as it is best written.

    ``until`` is a last day. Of a snooze either ``until`` or ``days`` is given. ``code`` is ``None`` where all rules are meant.
    """

    verb: Verb
    code: str | None = None
    until: date | None = None
    days: int | None = None
    reason: str = ""

    def last_day(self, said_on: date) -> date | None:
        """The last day of what was said on that day."""
        return said_on + timedelta(days=self.days) if self.days is not None else self.until

    def __str__(self) -> str:
        """As people write it."""
        words = [
            self.verb.value,
            self.code or "",
            f"{self.days}d" if self.days is not None else "",
            f"until {self.until}" if self.until else "",
        ]
        said = " ".join(word for word in words if word)
        return f"safesync {said}: {self.reason}" if self.reason else f"safesync {said}"

    def proposed(self, spoken: Tongue) -> str:
        """A line to send back; where its reason is missing stands a word that is none, in a language."""
        reasoned = self.verb in _REASONED and not self.reason
        return str(replace(self, reason=_no_reason(spoken)) if reasoned else self)


_REASONED = frozenset({Verb.WAIVE, Verb.WRONG})


@dataclass(frozen=True, slots=True)
class Misread:
    """
    A line that asks for something and cannot be read: what it said, what is to be told about it, and how it may have been meant.

    ``answer`` is a sentence with ``values`` in it. Of ``proposals`` each is a line of its own; one without its reason is to get one.
    ``verb`` is ``None`` where nobody knows what was asked for.
    """

    said: str
    answer: str
    verb: Verb | None = None
    proposals: tuple[Command, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


def parse(line: str, said_on: date, here: Sequence[str] = ()) -> Command | Misread | None:
    """
    What a line asks for, behind our name; ``None`` when it asks for nothing. Never raises.

    ``here`` are the rules that speak on the item: who named none may have meant these.
    """
    words = _words(line)
    line, word = " ".join(words), _bare(words[0]) if words else ""
    verb = _verb(word)
    if verb is None or (verb.value != word and len(words) > _MOST_WORDS and not _FIND_CODE.search(line)):
        return _no_command(words, said_on, here)
    if word in _TAKES_BACK:
        return _taking_back(line)
    rest = line.partition(" ")[2]
    made = _read(verb, rest.strip()) if verb.value == word else None
    if made is None or not _in_time(made, said_on):
        nearest = _nearest(f"safesync {line}", verb, rest, said_on, here)
        over = made is not None and made.until is not None and made.until < said_on
        return replace(nearest, answer="“{said}” names a day that is over. Perhaps you mean:") if over else nearest
    if _is_no_reason(made.reason):
        text = "nothing was changed yet; please write your reason in the place of “{why}”."
        return Misread(f"safesync {line}", text, verb, values=(("why", made.reason),))
    return made


def _words(line: str) -> list[str]:
    """The words from the one that asks for something on."""
    words = line.split()
    while len(words) > 1 and _bare(words[0]) in _POLITE:
        del words[0]
    return words


def _bare(word: str) -> str:
    return _AROUND.sub("", word).lower()


def _no_command(words: Sequence[str], said_on: date, here: Sequence[str]) -> Misread | None:
    """A line that begins with none of our verbs: it may hold one all the same, or be talk."""
    bare = [_bare(word) for word in words]
    if not words or len(words) > _MOST_WORDS or bare[0] in _COURTEOUS:
        return None
    said = f"safesync {' '.join(words)}"
    if bare[0] in _TAKES_BACK:
        return _taking_back(" ".join(words))
    if found := next(((at, Verb(word)) for at, word in enumerate(bare) if word in _VERBS), None):
        return _nearest(said, found[1], " ".join(words[found[0] + 1 :]), said_on, here)
    text = "“{said}” was not understood. Perhaps you mean safesync followed by {verbs}."
    return Misread(said, text, values=(("verbs", ", ".join(_VERBS)),))


def _taking_back(line: str) -> Misread:
    text = "what somebody asked for holds for as long as their comment stands as it is: delete or rewrite that one to take it back."
    return Misread(f"safesync {line}", text)


def is_only_for_us(said: Addressed, said_on: date) -> bool:
    """Whether a comment is a word to us alone: commands, and nothing about the item, neither beside them nor as their reason."""
    return said.alone and all(_has_no_reason(line, said_on) for line in said.lines)


def _has_no_reason(line: str, said_on: date) -> bool:
    words, read_as = _words(line), parse(line, said_on)
    if len(words) == 1 or (len(words) <= _MOST_WORDS and _bare(words[0]) in _TAKES_BACK | _COURTEOUS):
        return True
    if read_as is None or read_as.verb is None or _verb(_bare(words[0])) is None:
        return False
    asked = read_as.proposals if isinstance(read_as, Misread) else (read_as,)
    return not any(one.reason for one in asked) and not _reason_in(" ".join(words[1:]))


def _no_reason(spoken: Tongue) -> str:
    """What stands in a proposal where a reason belongs."""
    return spoken.say("why")


@cache
def _no_reasons() -> frozenset[str]:
    return frozenset(_no_reason(tongue(language)).casefold() for language in LANGUAGES)


def _is_no_reason(text: str) -> bool:
    """Whether a reason is the word that we propose in its place, in whatever language."""
    return _AROUND.sub("", text).casefold() in _no_reasons()


def _in_time(command: Command, said_on: date) -> bool:
    """Whether its last day was not over when it was said; nobody sleeps for longer than a year."""
    if command.until is None:
        return True
    return command.until >= said_on and (command.verb is not Verb.SNOOZE or (command.until - said_on).days <= MOST_DAYS)


def _verb(word: str) -> Verb | None:
    found = get_close_matches(word, [verb.value for verb in Verb], n=1, cutoff=0.7)
    return Verb(found[0]) if found else None


def _read(verb: Verb, rest: str) -> Command | None:
    match verb:
        case Verb.WAIVE:
            found = _WAIVE.fullmatch(rest)
            until = _day(found["until"]) if found else None
            return Command(verb, found["code"].upper(), until, reason=_cut(found["reason"])) if found and until else None
        case Verb.WRONG:
            found = _WRONG.fullmatch(rest)
            return Command(verb, found["code"].upper(), reason=_cut(found["reason"])) if found else None
        case Verb.SNOOZE:
            return _snooze(rest)
        case Verb.RECHECK:
            return Command(verb)
        case Verb.EXPLAIN:
            found = re.match(rf"({_CODE})\b", rest)
            slip = (not found and any(sign.isdigit() for sign in rest)) or len(_FIND_CODE.findall(rest)) > 1  # no code, or several
            return None if slip else Command(verb, found[1].upper() if found else None)


def _snooze(rest: str) -> Command | None:
    found = _SNOOZE.fullmatch(rest)
    if found is None:
        return None
    if found["until"]:
        until = _day(found["until"])
        return Command(Verb.SNOOZE, until=until) if until else None
    days = int(found["number"]) * (7 if found["unit"].lower().startswith("w") else 1)
    return Command(Verb.SNOOZE, days=days) if 0 < days <= MOST_DAYS else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_of(found: re.Match[str]) -> date | None:
    year, month, day = (int(found[name] or found[f"{name}2"]) for name in ("y", "m", "d"))
    return _day(f"{year:04}-{month:02}-{day:02}")


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _MOST_REASON else text[: _MOST_REASON - 1].rstrip() + "…"


def _nearest(said: str, verb: Verb, rest: str, said_on: date, here: Sequence[str]) -> Misread:
    """The command as it may have been meant, with what can be read of it; the day is one of the future, so that it can be sent as it is."""
    text = "“{said}” was not understood. Perhaps you mean:"
    later = said_on + timedelta(days=28)
    until = next((day for found in _FIND_DAY.finditer(rest) if (day := _day_of(found)) and day >= said_on), later)
    match verb:
        case Verb.WAIVE | Verb.WRONG:
            codes = _codes_in(rest, here) or tuple(here)
            behind = _FIND_DAY if verb is Verb.WAIVE else _FIND_CODE
            command = Command(verb, PLACE, until if verb is Verb.WAIVE else None, reason=_reason_in(rest, behind))
            if not codes:
                text = "“{said}” was not understood. Perhaps you mean, with the code of a point in the place of CODE:"
            return Misread(said, text, verb, tuple(replace(command, code=code) for code in codes[:_MOST_PROPOSED]) or (command,))
        case Verb.SNOOZE:
            until = until if (until - said_on).days <= MOST_DAYS else later
            text = "“{said}” was not understood. Perhaps you mean, for a year at most:"
            return Misread(said, text, verb, (Command(verb, days=5), Command(verb, until=until)))
        case Verb.EXPLAIN if codes := _codes_in(rest, here):
            return Misread(said, text, verb, tuple(Command(verb, code) for code in codes[:_MOST_PROPOSED]))
        case _:
            return Misread(said, text, verb, (Command(verb),))


def _codes_in(rest: str, here: Sequence[str]) -> tuple[str, ...]:
    """The codes that are named, before the reason or, where none is, in it; written as two words they are known by those that are here."""
    found = _REASON.search(rest)
    named = _FIND_CODE.findall(rest[: found.start()] if found else rest)
    loose = [code for one in _LOOSE_CODE.findall(rest) if (code := "".join(one).upper()) in here]
    return tuple(dict.fromkeys(code.upper() for code in named or loose or _FIND_CODE.findall(rest)[:1]))


def _reason_in(rest: str, behind: re.Pattern[str] | None = None) -> str:
    """What stands behind a colon or a dash, else ``behind`` the last of what is found there."""
    if found := _REASON.search(rest):
        reason = found["colon"] or found["dash"]
    else:
        last = [one.end() for one in behind.finditer(rest)] if behind else []
        reason = re.sub(r"^[\W_]+", "", rest[last[-1] :]) if last else ""
    reason = _cut(reason)
    return "" if _is_no_reason(reason) else reason
