"""How our comments speak: the phrases that stand in the code, in the language of the item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter

from safesync.languages.tongue import ENGLISH as ENGLISH_TONGUE
from safesync.languages.tongue import Tongue
from safesync.model.message import Mark, Span

Said = str | int | Span


@dataclass(frozen=True, slots=True)
class Voice:
    """A language; a phrase is known by its name and stands where it is said, in English."""

    tongue: Tongue = ENGLISH_TONGUE

    @property
    def wording(self) -> str:
        """Part of every digest: in another language everything is something new to say, once."""
        return "" if self.tongue.code == "en" else self.tongue.code

    def spans(self, name: str, text: str, /, **values: Said) -> tuple[Span, ...]:  # noqa: ARG002 - by which it may be replaced
        """A phrase with these values in the place of the names in braces; a span among them keeps its looks."""
        return joined(_filled(self.tongue.say(text), values))

    def line(self, name: str, text: str, /, **values: str | int) -> str:
        """A phrase that looks the same all through."""
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
