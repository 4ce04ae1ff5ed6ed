from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from safesync.feedback.plan import Anchor, Situation, make_plan
from safesync.feedback.settings import FeedbackSettings
from safesync.model.change import CommentMark, ItemChange
from safesync.model.finding import Finding, Report, Severity
from safesync.model.item import Gate, Item, Kind, Stage
from safesync.model.message import Bullets, Message

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
QUIET = FeedbackSettings()


def item(number: int = 1, **fields: Any) -> Item:
    known: dict[str, Any] = {
        "uid": f"jira:{number}",
        "tracker": "jira",
        "native_id": str(number),
        "key": f"PAY-{number}",
        "url": f"https://meridian.example/browse/PAY-{number}",
        "project": "PAY",
        "kind": Kind.STORY,
        "native_type": "Story",
        "native_state": "Ready",
        "stage": Stage.READY,
        "title": "A story",
        "revision": "7",
        "created_at": NOON - timedelta(days=30),
        "updated_at": NOON,
    }
    return Item(**{**known, **fields})


def finding(code: str = "TM101", severity: Severity = Severity.WARNING, subject: str = "jira:1", **words: Any) -> Finding:
    known: dict[str, Any] = {"gate": Gate.NEXT, "remedy": f"Do what {code} asks.", "evidence": f"Looked for {code}."}
    return Finding(code=code, subject=subject, severity=severity, **{**known, **words})


def plan(
    *findings: Finding,
    items: tuple[Item, ...] = (item(),),
    marks: tuple[CommentMark, ...] = (),
    anchors: dict[str, Anchor] | None = None,
    settings: FeedbackSettings = QUIET,
    **report: Any,
) -> tuple[ItemChange, ...]:
    return make_plan(situation(*findings, items=items, marks=marks, anchors=anchors, **report), settings, NOON).changes


def situation(
    *findings: Finding,
    items: tuple[Item, ...] = (item(),),
    marks: tuple[CommentMark, ...] = (),
    anchors: dict[str, Anchor] | None = None,
    **report: Any,
) -> Situation:
    subjects = frozenset(one.uid for one in items)
    known: dict[str, Any] = {"items": len(items), "codes": frozenset({"TM101"}), "subjects": subjects}
    return Situation(
        findings=findings,
        report=Report(judged_at=NOON, flawed=findings, **{**known, **report}),
        items={one.uid: one for one in items},
        marks={mark.uid: mark for mark in marks},
        anchors=anchors or {},
        ahead={"jira:iteration:3": "Falcon 26.4.3", "PI 26.4": "PI 26.4"},
    )


def text_of(message: Message) -> list[str]:
    """One line a paragraph or list entry."""
    lines = []
    for block in message.blocks:
        entries = block.entries if isinstance(block, Bullets) else (block.spans,)
        lines += ["".join(span.text for span in spans) for spans in entries]
    return lines
