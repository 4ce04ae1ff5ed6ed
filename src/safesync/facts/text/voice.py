"""The voice of a story: who wants what, and why, in the languages people write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from safesync.facts.text.gates import gates
from safesync.facts.text.lexicon import Lexicon, Phrases, is_ideographic, lexicon
from safesync.facts.text.phrases import PARTS_OF_VOICE
from safesync.facts.text.placeholder import is_placeholder, without_tokens
from safesync.facts.text.signs import Signs
from safesync.facts.text.words import in_text

_MARKS = str.maketrans(dict.fromkeys('*_"`,;:~|', " "))
_BEFORE = "\n.!?>([-\u2013\u2014\u2022/:\u3002\uff0c\uff1a"
"""What a sentence or a line begins behind."""
_WIDEST_ROLE = 160
_WIDEST = 700
_MOST_LINES = 4
_MOST_ROLE_WORDS = 16
_FEWEST_BENEFIT_WORDS = 2
_MOST_TRIES = 20
_SHORT = 4
"""'so' and 'to' stand in the middle of any sentence."""
_SENTENCE_ENDS = (". ", ".\n", "? ", "?\n", "! ", "!\n", ";\n", "\n-", "\n*")


class Voice(StrEnum):
    """How much of story voice there is; partial has a role and a goal, and nobody says why."""

    NONE = "none"
    PARTIAL = "partial"
    WELL_FORMED = "well_formed"


@dataclass(frozen=True, slots=True)
class Spoken:
    """The parts of a story's voice, each in lower case; empty when they are not there."""

    role: str = ""
    goal: str = ""
    benefit: str = ""

    @property
    def voice(self) -> Voice:
        """The verdict."""
        if not self.role:
            return Voice.NONE
        return Voice.WELL_FORMED if self.benefit else Voice.PARTIAL

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of what was found."""
        return tuple(name for name in PARTS_OF_VOICE if getattr(self, name))


SILENT = Spoken()


_Turn = tuple[str, str, str, bool]
"""What a phrase begins with, the gap in it and what stands behind that, and whether its beginning is long."""
_Turns = tuple[tuple[Callable[[str], bool], tuple[_Turn, ...]], ...]
"""Some phrases together with whether a text holds any of them: most are passed by at one look."""
_TOGETHER = 16


@dataclass(frozen=True, slots=True)
class _Words:
    roles: Phrases
    suffixes: Phrases
    goals: Phrases
    benefits: Phrases
    no_roles: frozenset[str]
    wishes: Signs
    """``goals``, to look for all at once."""
    reasons: Signs
    """What ``benefits`` begin with."""
    to_wishes: _Turns
    to_reasons: _Turns
    """``goals`` and ``benefits``, taken apart."""


@cache
def _words(words: Lexicon) -> _Words:
    roles, goals, suffixes = (words.named(f"story_{name}") for name in ("role", "goal", "role_suffix"))
    benefits = words.named("story_benefit")
    to_wishes, to_reasons = _turns(goals), _turns(benefits)
    reasons = Signs(head for _, turns in to_reasons for head, *_ in turns)
    return _Words(roles, suffixes, goals, benefits, frozenset(words.named("no_roles")), Signs(goals), reasons, to_wishes, to_reasons)


def _turns(phrases: Phrases) -> _Turns:
    turns = tuple(map(_turn, phrases))
    groups = (turns[at : at + _TOGETHER] for at in range(0, len(turns), _TOGETHER))
    return tuple((Signs(head for head, *_ in group).holds, group) for group in groups)


def _turn(phrase: str) -> _Turn:
    head, gap, rest = phrase.partition(" ... ") if " ... " in phrase else phrase.partition("*")
    return head.rstrip(), gap, rest, len(head) > _SHORT


def read(low: str) -> Spoken:
    """
    The first role that wants something, with the benefit when it is told, of a text in lower case.

    Role, goal and benefit stand in one sentence or at the beginnings of neighbouring lines. What is only a template
    ("As a <role> ...") is silent, and so is "as a result".
    """
    known = lexicon()
    if not low or not gates(known).roles(low):
        return SILENT
    words = _words(known)
    if not words.wishes.holds(low):
        return SILENT
    best, plain = SILENT, low.translate(_MARKS)
    for start, end in _roles(low, words):
        spoken = _spoken(plain, start, end, words)
        if spoken.benefit:
            return spoken
        best = best if best.role else spoken
    return best if best.role else _suffixed(plain, words)


def _roles(low: str, words: _Words) -> list[tuple[int, int]]:
    """Where a role may begin: the phrase in front of it, at the beginning of a sentence. To ask a line is quicker than to search it."""
    found: dict[int, int] = {}
    tries = dict.fromkeys(words.roles, _MOST_TRIES)
    may_begin, start = gates(lexicon()).roles, 0
    for line in low.split("\n"):
        stop = start + len(line)
        for phrase in words.roles if may_begin(line) else ():
            at = low.find(phrase, start, stop)
            while at >= 0 and tries[phrase]:
                end = at + len(phrase)
                if at not in found and _is_whole(low, at, end, phrase) and _begins(low, at, words):
                    found[at] = end
                at, tries[phrase] = low.find(phrase, end, stop), tries[phrase] - 1
        start = stop + 1
    return sorted(found.items())


def _begins(low: str, at: int, words: _Words) -> bool:
    before = low[max(0, at - 300) : at].rstrip(" *_\"'`#~").rpartition("\n")
    if before[2]:
        # "In order to pay at once, as a customer, I want ...": the benefit stands in front.
        return before[2][-1] in _BEFORE or (before[2][-1] == "," and before[2].lstrip(" *_\"'`").startswith(words.benefits))
    return True


def _is_whole(low: str, start: int, end: int, phrase: str) -> bool:
    """Whether a phrase is no part of a longer word."""
    if is_ideographic(phrase):
        return True
    return not low[start - 1 : start].isalnum() and (phrase[-1] == "'" or not low[end : end + 1].isalnum())


def _spoken(plain: str, start: int, end: int, words: _Words) -> Spoken:
    window = plain[end : end + _WIDEST]
    near = window[: _WIDEST_ROLE + 40]
    goal = _first(near, words.to_wishes, 0) if words.wishes.holds(near) else None
    if goal is None or goal[0] > _WIDEST_ROLE:
        return SILENT
    if not _is_one_breath(window[: goal[0]].strip()):
        return SILENT
    role, reason = _role_and_reason(window[: goal[0]], words)
    if not role or not _is_role(role, words):
        return SILENT
    benefit = _first(window, words.to_reasons, goal[1], goes_on=True) if words.reasons.holds(window) else None
    wish = _said(window[goal[1] : benefit[0] if benefit else _end(window, goal[1])])
    if not wish:
        return SILENT
    return Spoken(role, wish, _benefit(window, benefit) or reason or _benefit_in_front(plain, start, words))


def _role_and_reason(text: str, words: _Words) -> tuple[str, str]:
    """A role, and a benefit that stands between it and the wish: 'As a clerk, in order to find them, I want ...'."""
    found = _first(text, words.to_reasons, 1) if words.reasons.holds(text) else None
    if found is None or found[1] - found[0] <= _SHORT:
        return _said(text), ""
    reason = _said(text[found[1] :])
    return (_said(text[: found[0]]), reason) if in_text(reason) >= _FEWEST_BENEFIT_WORDS else (_said(text), "")


def _is_one_breath(role: str) -> bool:
    """Whether a role ends where the wish begins: no sentence ends between them, and no more than one line."""
    return "\n" not in role and not any(end in role for end in (". ", "? ", "! "))


def _benefit(window: str, found: tuple[int, int] | None) -> str:
    if found is None:
        return ""
    said = _said(window[found[1] : _end(window, found[1])])
    return said if in_text(said) >= _FEWEST_BENEFIT_WORDS else ""


def _benefit_in_front(plain: str, start: int, words: _Words) -> str:
    begin = plain.rfind("\n", 0, start) + 1
    front = plain[begin:start].strip(" -'") or plain[plain.rfind("\n", 0, max(0, begin - 1)) + 1 : begin].strip(" -'\n")
    if not front.startswith(words.benefits):
        return ""
    said = _said(front)
    return said if in_text(said) > _FEWEST_BENEFIT_WORDS + 1 else ""


def _end(window: str, at: int) -> int:
    """The end of the line that something is said on; the next one when nothing follows on its own."""
    end = window.find("\n", at)
    if end >= 0 and not window[at:end].strip(" .-"):
        end = window.find("\n", end + 1)
    return len(window) if end < 0 else end


def _first(window: str, groups: _Turns, start: int, *, goes_on: bool = False) -> tuple[int, int] | None:
    """
    Where the first of the phrases stands, on the same line or at the beginning of one of the next.

    ``goes_on`` says whether a sentence that was broken into lines may hold it too, in the middle of one.
    """
    best, last = None, len(window)
    for head, gap, rest, is_long in (turn for holds, turns in groups if holds(window) for turn in turns):
        at = window.find(head, start, last + len(head) - 1)
        while at >= 0:
            end = at + len(head)
            if (
                _is_whole(window, at, end, head)
                and _is_near(window, start, at, goes_on=goes_on and is_long)
                and _goes_on(window, end, gap, rest)
            ):
                best, last = (at, end), at
                break
            at = window.find(head, at + 1, last + len(head) - 1)
    return best


def _goes_on(window: str, end: int, gap: str, rest: str) -> bool:
    if not gap:
        return True
    line = window[end : _end(window, end)]
    if gap == "*":
        return line.split(maxsplit=1)[0].endswith(rest) if line.strip() else False
    return f" {rest} " in line or any(rest in word[2:-2] for word in line.split())


def _is_near(window: str, start: int, at: int, *, goes_on: bool) -> bool:
    between = window[start:at]
    breaks = between.count("\n")
    if not breaks:
        return True
    if goes_on and breaks < _MOST_LINES and not any(end in between for end in _SENTENCE_ENDS):
        return True
    return breaks <= _MOST_LINES and not between.rpartition("\n")[2].strip(" -'#.>\u2022\u2026")


def _is_role(role: str, words: _Words) -> bool:
    said = role.split()
    if said[0].partition("-")[0].strip(".'") in words.no_roles or " ".join(said[:2]) in words.no_roles:
        return False
    return in_text(role) <= _MOST_ROLE_WORDS


def _said(text: str) -> str:
    """A part as somebody filled it in; nothing when only the tokens of a template stand there."""
    said = " ".join(without_tokens(text).split()).strip(" .-'/\u2026()")
    return "" if not said or not in_text(said) or is_placeholder(said) or _is_template(said) else said


def _is_template(said: str) -> bool:
    """'user persona', 'to capability 1': words of a template and others that say nothing."""
    words = lexicon()
    known = [word for word in said.replace("(", " ").replace(")", " ").split() if word not in words.empty_words and word.isalpha()]
    return bool(known) and all(word in words.template_words or word in words.named("role_templates") for word in known)


def _suffixed(plain: str, words: _Words) -> Spoken:
    """A language that puts the sign of a role behind it."""
    for suffix in words.suffixes:
        at = plain.find(suffix)
        if at < 0:
            continue
        role = _said(plain[max(plain.rfind("\n", 0, at) + 1, at - 30) : at])
        rest = plain[at + len(suffix) : at + len(suffix) + _WIDEST_ROLE]
        if role and (goal := next((phrase for phrase in words.goals if is_ideographic(phrase) and phrase in rest), None)):
            wish, _, behind = rest.partition(goal)
            reason = next((phrase for phrase in words.benefits if is_ideographic(phrase) and phrase in wish + behind), "")
            return Spoken(role, wish + goal, wish + behind if reason else "")
    return SILENT


def fuller(one: Spoken, other: Spoken) -> Spoken:
    """The fuller of two voices; of two alike the first."""
    return other if other is not SILENT and len(other.parts) > len(one.parts) else one
