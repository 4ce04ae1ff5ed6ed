"""How our comments speak: in the language of the item, and in an administrator's words where there are some."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from safesync.feedback.templates import MAY_BE_EMPTY, said
from safesync.languages.tongue import ENGLISH as ENGLISH_TONGUE
from safesync.languages.tongue import Tongue
from safesync.model.message import Mark, Span

Said = str | int | Span


@dataclass(frozen=True, slots=True)
class Voice:
    """
    A language, and the words of an administrator in the place of ours: (name of a part, template).

    Our own stand where they are said, in English.
    """

    tongue: Tongue = ENGLISH_TONGUE
    templates: tuple[tuple[str, str], ...] = ()

    @property
    def wording(self) -> str:
        """Part of every digest: in another language, or in other words, everything is something new to say, once."""
        words = hashlib.sha256(repr(self.templates).encode("utf-8", "replace")).hexdigest()[:8] if self.templates else ""
        return ("" if self.tongue.code == "en" else self.tongue.code) + words

    def spans(self, name: str, text: str, /, **values: Said) -> tuple[Span, ...]:
        """A part of a comment with these values in the place of their names; a span among them keeps its looks."""
        template = dict(self.templates).get(name)
        if template is not None and ((made := said(template, values)) or name in MAY_BE_EMPTY):
            return joined(made)
        return joined(_filled(self.tongue.say(text), values))

    def line(self, name: str, text: str, /, **values: str | int) -> str:
        """A part that looks the same all through."""
        return "".join(span.text for span in self.spans(name, text, **values))


def _filled(text: str, values: dict[str, Said]) -> Iterator[Span]:
    for before, name, _, _ in Formatter().parse(text):
        yield Span(before)
        if name:
            value = values[name]
            yield value if isinstance(value, Span) else Span(str(value))


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """What looks alike in one span, and none without text: trackers refuse these."""
    made: list[Span] = []
    for span in spans:
        if made and made[-1].mark is span.mark is Mark.PLAIN and made[-1].href is span.href is None:
            made[-1] = Span(made[-1].text + span.text)
        elif span.text:
            made.append(span)
    return tuple(made)


ENGLISH = Voice()
