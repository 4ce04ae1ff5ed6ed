"""What our comments are made of in these tests, and how each tracker is told it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

from safesync.connectors.azure.markup import html_of
from safesync.connectors.jira.markup import document
from safesync.connectors.jira.markup_wiki import wiki_text
from safesync.feedback.comment import Topic, comment_of, resolved
from safesync.feedback.voice import Voice
from safesync.languages.tongue import LANGUAGES, tongue
from safesync.model.finding import Finding, Point, Severity
from safesync.model.item import Gate, Kind
from safesync.model.message import Bullets, Message

SNAPSHOT = Path(__file__).with_name("said_in_languages.txt")
DOCS = "https://safesync.example/rules"
OPEN = Point("acceptance criteria", "TM101", "Add acceptance criteria.", "Looked in: field (empty).")
CHECKLIST = (OPEN, Point("an estimate", "TM105", "Estimate it."), Point("an owner", "TM107"))


def shown(message: Message) -> str:
    """The text alone, a line for each line."""
    lines = []
    for block in message.blocks:
        entries = block.entries if isinstance(block, Bullets) else (block.spans,)
        lines += ["".join(span.text for span in spans) for spans in entries]
    return "\n".join(lines)


def adf(message: Message) -> str:
    return json.dumps(document(message), ensure_ascii=False)


ENCODINGS: Mapping[str, Callable[[Message], str]] = {"adf": adf, "wiki": wiki_text, "html": html_of, "text": shown}


def finding(code: str, remedy: str, evidence: str = "", **more: object) -> Finding:
    return Finding(code, "jira:1", Severity.WARNING, Gate.NEXT, remedy, evidence, **more)  # type: ignore[arg-type]


def one(voice: Voice, remedy: str = "Add acceptance criteria.", evidence: str = "Looked in: field (empty).") -> Message:
    return comment_of(Topic("jira:1", Kind.STORY, "Iteration 26.4-3", voice=voice), [finding("TM101", remedy, evidence)], DOCS)


def several(voice: Voice) -> Message:
    found = [
        finding("PG201", "Settle the open points.", points=CHECKLIST, least=2),
        finding("LK709", "Plan it later.", "PAY-412 comes after it."),
    ]
    return comment_of(Topic("jira:1", Kind.FEATURE, "PI 27.1", waived=("TM105 (agreed)",), voice=voice), found)


def settled(voice: Voice) -> Message:
    return resolved(Topic("jira:1", Kind.STORY, voice=voice), date(2026, 11, 24))


CASES: Mapping[str, Callable[[Voice], Message]] = {"one finding": one, "several findings": several, "resolved": settled}


def sections() -> Iterator[tuple[str, str]]:
    """Each comment in each language as each tracker is told it, by its name."""
    for case, made in CASES.items():
        for language in LANGUAGES:
            message = made(Voice(tongue(language)))
            for encoding, encode in ENCODINGS.items():
                yield f"{case}, {language}, {encoding}", encode(message)


def kept() -> dict[str, str]:
    """What the snapshot says, by name."""
    parts = SNAPSHOT.read_text(encoding="utf-8").split("\n== ")[1:]
    return {name: body.strip("\n") for name, _, body in (part.partition(" ==\n") for part in parts)}


if __name__ == "__main__":
    SNAPSHOT.write_text("".join(f"\n== {name} ==\n{body}\n" for name, body in sections()), encoding="utf-8")
