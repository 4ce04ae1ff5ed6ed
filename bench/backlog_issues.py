"""
The issues of a generated Jira backlog: a hundred are written once for each set of fields, and every issue is one of them with
its own id.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST = 10_001
STATES = (("1", "Backlog", "new"), ("3", "In Progress", "indeterminate"), ("5", "Done", "done"))
_VARIANTS = 100
_LONG = 50
"""One in so many variants has a history that an answer of Cloud does not show whole."""
_FAMILY = 20
"""One in so many issues is an epic, and has those before it as children."""
_WORDS = "The payment is booked once the bank has answered and the customer sees the balance at the same moment. "
_EVERYTHING = frozenset({"*all"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What an answer is asked to show of each issue."""

    fields: frozenset[str] = _EVERYTHING
    expand: frozenset[str] = frozenset()
    adf: bool = False

    @property
    def everything(self) -> bool:
        """Whether no field was named: then all are shown."""
        return not self.fields or "*all" in self.fields or "*navigable" in self.fields


@dataclass(slots=True)
class Issues:
    """The texts of all issues, and of which issues a whole one was given away: ``given``."""

    items: int
    cloud: bool
    touched: dict[int, datetime] = field(default_factory=dict)
    given: dict[str, set[int]] = field(default_factory=lambda: {"items": set(), "changelogs": set(), "comments": set()})
    _texts: dict[Wish, list[str]] = field(default_factory=dict)

    @property
    def every(self) -> range:
        """The ids of all issues."""
        return range(FIRST, FIRST + self.items)

    def shown(self, some: Iterable[int], wish: Wish) -> str:
        """The issues of a page, as the inside of a JSON list."""
        if wish.fields == {"id"}:
            return ",".join(f'{{"id":"{number}"}}' for number in some)
        numbers = list(some)
        texts = self._texts.get(wish) or self._written(wish)
        self._give(numbers, wish)
        return ",".join(self._issue(number, texts) for number in numbers)

    def comments(self, number: int, *, adf: bool) -> dict[str, Any]:
        """All comments of an issue, as the path for them answers."""
        self.given["comments"].add(number)
        return _comments(number % _VARIANTS, adf)

    def history(self, number: int) -> list[dict[str, Any]]:
        """Everything that happened to an issue, the oldest first."""
        self.given["changelogs"].add(number)
        if _is_long(number):
            return [*_histories(number, 40), *_histories(number, 20)][::-1]
        return _histories(number, number % _VARIANTS % 7)[::-1]

    def parent(self, number: int) -> int | None:
        """The epic of a story."""
        epic = number - number % -_FAMILY
        return epic if epic != number and epic in self.every else None

    def children(self, number: int) -> list[int]:
        """The stories of an epic; none for a story."""
        before = range(number - _FAMILY + 1, number) if number % _FAMILY == 0 else range(0)
        return [one for one in before if one in self.every]

    def _written(self, wish: Wish) -> list[str]:
        texts = [json.dumps(_cut(_variant(number, self.cloud, wish.adf), wish), separators=(",", ":")) for number in range(_VARIANTS)]
        self._texts[wish] = texts
        return texts

    def _give(self, numbers: list[int], wish: Wish) -> None:
        self.given["items"].update(numbers)
        if wish.everything or "comment" in wish.fields:
            self.given["comments"].update(numbers)
        if "changelog" in wish.expand:
            self.given["changelogs"].update(number for number in numbers if not (self.cloud and _is_long(number)))

    def _issue(self, number: int, texts: list[str]) -> str:
        text = texts[number % _VARIANTS].replace("@ID@", str(number))
        text = text.replace("@UPDATED@", _stamp(self.touched.get(number) or _before(number)))
        return text.replace('"@PARENT@"', _parent(self.parent(number))) if self.cloud else text


def _cut(issue: dict[str, Any], wish: Wish) -> dict[str, Any]:
    """An issue with what was asked for and nothing else."""
    if not wish.everything:
        issue["fields"] = {name: value for name, value in issue["fields"].items() if name in wish.fields}
    if "changelog" not in wish.expand:
        del issue["changelog"]
    if "transitions" in wish.expand:
        issue["transitions"] = [{"id": key, "name": name, "to": {"id": key, "name": name}} for key, name, _ in STATES]
    if "renderedFields" in wish.expand:
        issue["renderedFields"] = {"description": f"<p>{_WORDS * 4}</p>" * 2}
    return issue


def _variant(number: int, cloud: bool, adf: bool) -> dict[str, Any]:
    """An issue of about 6 kB; what stands between two ``@`` is put in later."""
    state, name, category = STATES[number % 3]
    epic = number % _FAMILY == 0
    kind = {"id": "10", "name": "Epic", "hierarchyLevel": 1} if epic else {"id": "11", "name": "Story", "hierarchyLevel": 0}
    histories = _histories(number, 40 if _is_long(number) else number % 7)
    shown = {
        "summary": f"Payment {number} is booked",
        "status": {"id": state, "name": name, "statusCategory": {"id": 2, "key": category, "name": name}},
        "issuetype": {**kind, "subtask": False, "iconUrl": "https://meridian.example/icon"},
        "project": {"id": "1", "key": "PAY", "name": "Payments"},
        "labels": ["payments", f"team-{number % 9}"],
        "assignee": _person(number),
        "creator": _person(number + 1),
        "created": "2025-03-01T10:00:00.000+0100",
        "updated": "@UPDATED@",
        "description": _text(f"{_WORDS * 4}{number}", adf),
        "issuelinks": [_link(number)] if number % 4 == 0 else [],
        "fixVersions": [],
        "duedate": None,
        "resolution": None,
        "comment": _comments(number, adf),
        "customfield_10016": float(number % 13),
        "customfield_10019": f"0|i{number:05d}:",
        "customfield_10020": [{"id": 7, "name": "Falcon 26.4.3", "state": "active", "boardId": 5, "goal": ""}],
        "customfield_10001": {"id": "t1", "name": "Falcon"},
        "customfield_10101": _text("Given a paid order, when it ships, a receipt is sent.", adf),
    }
    if cloud and not epic:
        shown["parent"] = "@PARENT@"
    total = 60 if _is_long(number) and cloud else len(histories)
    log = {"startAt": 0, "maxResults": len(histories), "total": total, "histories": histories}
    return {"id": "@ID@", "key": "PAY-@ID@", "self": "https://meridian.example/rest/api/3/issue/@ID@", "fields": shown, "changelog": log}


def _is_long(number: int) -> bool:
    return number % _LONG == 0


def _parent(number: int | None) -> str:
    if number is None:
        return "null"
    shown = {"summary": "an epic", "issuetype": {"id": "10", "name": "Epic", "subtask": False, "hierarchyLevel": 1}}
    return json.dumps({"id": str(number), "key": f"PAY-{number}", "fields": shown}, separators=(",", ":"))


def _text(text: str, adf: bool) -> Any:
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": text}]}] * 2
    return {"type": "doc", "version": 1, "content": paragraphs} if adf else f"{text}\n\n{text}"


def _person(number: int) -> dict[str, Any]:
    name = f"Person {number % 40}"
    return {"accountId": f"p{number % 40}", "name": f"p{number % 40}", "displayName": name, "active": True, "accountType": "atlassian"}


def _comments(number: int, adf: bool) -> dict[str, Any]:
    count = number % 3
    return {"comments": [_comment(number, adf)] * count, "total": count, "maxResults": count, "startAt": 0}


def _comment(number: int, adf: bool) -> dict[str, Any]:
    at = "2026-05-01T10:00:00.000+0200"
    return {"id": "1", "author": _person(number), "updateAuthor": _person(number), "body": _text(_WORDS, adf), "created": at, "updated": at}


def _link(number: int) -> dict[str, Any]:
    other = {"id": str(FIRST + number % _VARIANTS), "key": f"PAY-{FIRST + number % _VARIANTS}", "fields": {"summary": "another"}}
    return {"id": "1", "type": {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"}, "outwardIssue": other}


def _histories(number: int, count: int) -> list[dict[str, Any]]:
    """The newest first; where there are many, a robot wrote them and no state is among them."""
    robot = {"accountId": "robot", "name": "robot", "displayName": "Robot", "accountType": "app"}
    who = robot if count >= 40 else _person(number)
    ranked = {"field": "Rank", "fieldtype": "custom", "fieldId": "customfield_10019", "from": "", "to": "", "toString": "Ranked higher"}
    moved = {"field": "status", "fieldtype": "jira", "fieldId": "status", "from": "1", "to": STATES[number % 3][0], "toString": "x"}
    items = [ranked] if count >= 40 else [moved]
    return [
        {"id": str(at), "author": who, "created": f"2026-04-{28 - at % 28:02d}T10:00:00.000+0200", "items": items} for at in range(count)
    ]


def _before(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number % 100_000)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"
