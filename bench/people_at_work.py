"""What the people of the sandbox organisation do in so many days, by a seed: the same for whoever answers them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.meridian.truth import Meridian, meridian
from safesync.connectors.sandbox.meridian.work import Work
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.shelf import RefusedError
from safesync.model.item import Kind

STATES = {"jira": ("Ready", "In Progress", "In Review", "Done"), "azure": ("Ready", "Active", "Resolved", "Closed")}
CRITERIA = "Given a paid order, when it is shipped, then a receipt is sent within 5 minutes."
HABITS = {"fix": 30, "advance": 25, "retitle": 14, "say": 12, "neglect": 7, "unestimate": 5, "create": 4, "waive": 2, "move": 1}
"""How often people do what, of a hundred times; a fix goes to an item with a planted flaw or one that was neglected, half the time."""
SAID = {"say": "Let us talk about this in the refinement.", "waive": "@safesync waive TM101: agreed in the refinement"}
_ON_PURPOSE = 0.5
_FIRST_HOUR, _LAST_HOUR = 8, 18
_FREE_DAYS = {5, 6}


class MovableSandbox(Sandbox):
    """The sandbox, with a clock that stands until somebody sets it. Its answers say that time too: SafeSync reads on from it."""

    def __init__(self, today: date) -> None:
        self.now = datetime.combine(today, time(6), UTC)
        super().__init__(today)

    def clock(self) -> datetime:
        """The time at which the trackers live."""
        return self.now

    def start(self) -> None:
        """As any sandbox."""
        self._server._server.config.date_header = False  # noqa: SLF001 - the server would tell the real time
        super().start()
        self._door.app = self._dated(self._door.app)

    def _dated(self, inner: ASGIApp) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            async def told(message: Message) -> None:
                if message["type"] == "http.response.start":
                    date_header = (b"date", format_datetime(self.now, usegmt=True).encode())
                    message = {**message, "headers": [*message["headers"], date_header]}
                await send(message)

            await inner(scope, receive, told)

        return app


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something to an item: sets values, says something, or moves or creates it (``key`` is a project then)."""

    at: datetime
    what: str
    key: str
    values: dict[str, str] = field(default_factory=dict)
    text: str = ""


def history(today: date, days: int, a_day: int, seed: int) -> tuple[Act, ...]:
    """Everything that is done in the days after ``today``: ``a_day`` things on a day of work, none at weekends."""
    return tuple(_acts(meridian(today), today, days, a_day, random.Random(seed)))  # noqa: S311 - a play, not a secret


def _acts(organisation: Meridian, today: date, days: int, a_day: int, chance: random.Random) -> Iterator[Act]:
    people = _People(organisation, chance)
    for day in range(days):
        on = today + timedelta(days=day)
        if on.weekday() in _FREE_DAYS:
            continue
        minutes = sorted(chance.randrange(_FIRST_HOUR * 60, _LAST_HOUR * 60) for _ in range(a_day))
        for minute in minutes:
            yield people.act(datetime.combine(on, time(), UTC) + timedelta(minutes=minute))


class _People:
    """Who knows by now how far each item is, and which were neglected."""

    def __init__(self, organisation: Meridian, chance: random.Random) -> None:
        self._chance = chance
        self._open = [
            work for work in organisation.works if work.open and _tracker(work) and work.kind in {Kind.STORY, Kind.BUG, Kind.FEATURE}
        ]
        self._flawed = [flaw.key for flaw in organisation.flaws if flaw.tracker in STATES and flaw.code.startswith(("TM", "PG"))]
        self._titles = {work.key: work.title for work in self._open}
        self._reached: dict[str, int] = {}

    def act(self, at: datetime) -> Act:
        """What somebody does next."""
        what = self._chance.choices(list(HABITS), list(HABITS.values()))[0]
        work = self._chance.choice(self._open)
        match what:
            case "fix":
                return Act(at, what, self._flawed_one(work), {"acceptance": CRITERIA, "points": "3"})
            case "neglect" | "unestimate":
                self._flawed.append(work.key)
                return Act(at, what, work.key, {"acceptance": ""} if what == "neglect" else {"points": ""})
            case "advance" | "retitle":
                return Act(at, what, work.key, self._edited(work, what))
            case "create" | "move":
                return self._moved(at, what)
            case _:
                return Act(at, what, work.key, text=SAID[what])

    def _flawed_one(self, work: Work) -> str:
        """An item that needs it, half the time."""
        if self._flawed and self._chance.random() < _ON_PURPOSE:
            return self._flawed.pop(self._chance.randrange(len(self._flawed)))
        return work.key

    def _edited(self, work: Work, what: str) -> dict[str, str]:
        if what == "advance":
            reached = self._reached.get(work.key, self._chance.randrange(2)) + 1
            self._reached[work.key] = min(3, reached)
            return {"state": STATES[_tracker(work)][self._reached[work.key]]}
        self._titles[work.key] = f"{self._titles[work.key].removesuffix(', again')}, again"
        return {"title": self._titles[work.key]}

    def _moved(self, at: datetime, what: str) -> Act:
        if what == "create":
            return Act(at, what, self._chance.choice(["PAY", "CARDS"]), text=f"Somebody's idea of {at:%d.%m. %H:%M}")
        work = self._chance.choice([each for each in self._open if _tracker(each) == "jira"])
        return Act(at, what, work.key, text="CARDS" if work.key.startswith("PAY") else "PAY")


def _tracker(work: Work) -> str:
    return "azure" if work.key.isdecimal() else "jira"


def carry_out(sandbox: MovableSandbox, act: Act) -> None:
    """Somebody does it; what a workflow or a tracker refuses is left, as it is in every copy."""
    sandbox.now = act.at
    try:
        if act.what == "create":
            site = sandbox.site
            author = next(user for user in sorted(site.users.values(), key=lambda user: user.name) if not user.name.startswith("SafeSync"))
            values = {"issuetype": site.issue_type("Story"), "summary": act.text, "assignee": author}
            writes.create(site, site.project(act.key), author, values)
        elif act.what == "move":
            sandbox.person_moves(act.key, act.text)
        elif act.text:
            sandbox.person_comments(act.key, act.text)
        else:
            sandbox.person_fixes(act.key, **act.values)
    except (RefusedError, StopIteration, ValueError):
        return
