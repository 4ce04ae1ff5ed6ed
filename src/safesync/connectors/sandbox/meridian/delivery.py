"""What the teams work on: stories below the features, bugs, tasks and sub-tasks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from safesync.connectors.sandbox.meridian.calendar import CURRENT, NEXT, PAST, moment
from safesync.connectors.sandbox.meridian.draft import Draft, journey
from safesync.connectors.sandbox.meridian.people import CARDS, PAYMENTS, TEAMS, Person, Team
from safesync.connectors.sandbox.meridian.phrases import StoryText, inside_description, story_text
from safesync.connectors.sandbox.meridian.prose import bullets, says, steps
from safesync.connectors.sandbox.meridian.work import Home, Remark, Touch, Work
from safesync.model.item import Kind, Stage, WorkClass

_F, _B, _R, _P, _V, _D, _C = (
    Stage.FUNNEL,
    Stage.ANALYSIS,
    Stage.READY,
    Stage.IN_PROGRESS,
    Stage.VALIDATING,
    Stage.DONE,
    Stage.CANCELLED,
)
WORKLOAD: tuple[tuple[str | None, tuple[Stage, ...]], ...] = (
    ("26.3.2", (_D, _D)),
    ("26.3.3", (_D, _D, _D)),
    ("26.3.4", (_D, _D, _C, _D)),
    ("26.4.1", (_D, _D, _D, _D, _D, _D)),
    ("26.4.2", (_D, _D, _D, _C, _D, _D)),
    ("26.4.3", (_D, _P, _R, _P, _V, _R, _P, _D, _V, _R, _P)),
    ("26.4.4", (_R, _R, _R, _R, _B, _R, _R)),
    ("26.4 IP", (_R,)),
    ("27.1.1", (_R, _B, _R, _B, _R)),
    ("27.1.2", (_B, _B, _R, _B)),
    ("27.1.3", (_B, _B)),
    (None, (_R, _F, _B, _R, _F, _B, _R, _R, _B)),
)
"""(iteration, the stages of a team's stories in it)."""
_CC, _FF, _EE, _TT, _MM = WorkClass.COMPLIANCE, WorkClass.FEATURE, WorkClass.ENABLER, WorkClass.TECH_DEBT, WorkClass.MAINTENANCE
TARGETS = {
    PAYMENTS: {_CC: 35, _FF: 35, _EE: 15, _TT: 10, _MM: 5},
    CARDS: {_CC: 25, _FF: 45, _EE: 15, _TT: 10, _MM: 5},
}
"""Percent of points that each train agreed to spend on each class."""
SHARES = {
    (PAYMENTS, PAST): {_CC: 32, _FF: 36, _EE: 16, _TT: 11, _MM: 5},
    (PAYMENTS, CURRENT): {_CC: 62, _FF: 18, _EE: 8, _TT: 5, _MM: 7},
    (PAYMENTS, NEXT): {_CC: 57, _FF: 30, _EE: 5, _TT: 5, _MM: 3},
    (PAYMENTS, None): {_CC: 50, _FF: 30, _EE: 10, _TT: 5, _MM: 5},
    (CARDS, PAST): {_CC: 24, _FF: 46, _EE: 15, _TT: 9, _MM: 6},
    (CARDS, CURRENT): {_CC: 30, _FF: 41, _EE: 13, _TT: 9, _MM: 7},
    (CARDS, NEXT): {_CC: 10, _FF: 68, _EE: 10, _TT: 7, _MM: 5},
    (CARDS, None): {_CC: 30, _FF: 40, _EE: 15, _TT: 10, _MM: 5},
}
"""What they really spend: compliance crowds out innovation in Payments, Cards neglects the rest in the next interval."""
_POINTS = (3.0, 5.0, 2.0, 8.0, 3.0, 5.0, 1.0, 5.0)
_SYMPTOMS = (
    "Time zone shifts the value date by one day",
    "Amount field accepts a second decimal comma",
    "Search drops entries with an umlaut",
    "List jumps to the top after each refresh",
    "PDF shows the old logo on page 2",
    "Approval mail carries a link that ended",
    "Counter shows 101 of 100 entries",
    "Session ends while a file is uploading",
    "Screen reader skips the amount column",
    "Duplicate entry after a double click",
    "Export stops at 65,536 rows",
    "Limit of the previous day is still in force",
)
_CHORES = (
    "Book the room for the interval demo",
    "Renew the test certificates",
    "Update the runbook of the desk",
    "Archive the old test accounts",
)
_REMARKS = (
    "Spoke with operations: the volumes are confirmed, numbers are in the linked sheet.",
    "Legal is fine with this wording. Can we take it into the next iteration?",
    "Ich habe das mit der Fachseite abgestimmt, die Fristen stimmen.",
    "Reviewed together; two open questions are settled, see the history.",
    "D'accord pour l'équipe, nous commençons lundi.",
)


@dataclass(slots=True)
class _Balance:
    """Deals classes to stories so that the points of a train and interval come out as ``shares`` says."""

    shares: dict[WorkClass, int]
    spent: dict[WorkClass, float]

    def deal(self, points: float) -> WorkClass:
        total = sum(self.spent.values()) + points
        return max(self.shares, key=lambda kind: self.shares[kind] * total / 100 - self.spent[kind])


class _Desk:
    """Hands out features to write stories below, and titles that nobody has yet."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.balances = {place: _Balance(shares, defaultdict(float)) for place, shares in SHARES.items()}
        self.turns: dict[tuple[str, ...], count[int]] = {}
        self.serials: dict[str, count[int]] = {}
        self.titles: set[str] = set()

    def feature(self, train: str, interval: str | None, work_class: WorkClass, *, done: bool) -> Work:
        """The next feature of this class that a story in this state can stand below."""
        fitting = [
            feature
            for feature in self.draft.all(Kind.FEATURE)
            if self.draft.subjects[feature.handle][0].train == train
            and (feature.interval, feature.work_class) == (interval, work_class)
            and (feature.open or (done and feature.stage is Stage.DONE))
        ]
        turn = next(self.turns.setdefault((train, str(interval), work_class, str(done)), count()))
        return fitting[turn % len(fitting)]

    def text(self, feature: Work, language: str) -> StoryText:
        """A story about the feature."""
        topic, part = self.draft.subjects[feature.handle]
        for serial in self.serials.setdefault(topic.thing, count()):
            text = story_text(topic, part, serial, language)
            if text.title not in self.titles:
                self.titles.add(text.title)
                return inside_description(text, language) if serial % 6 == 4 else text
        raise AssertionError


def write_delivery(draft: Draft) -> None:
    """Write what stands on the boards and backlogs of all teams."""
    desk = _Desk(draft)
    serial = count()
    for team in TEAMS:
        for iteration, stages in WORKLOAD:
            for stage in stages:
                _write_story(desk, team, iteration, stage, next(serial))
        for n, symptom in enumerate(_SYMPTOMS[:6] if TEAMS.index(team) % 2 else _SYMPTOMS[6:]):
            _write_bug(desk, team, symptom, n)
        _write_chores(draft, team)
    _write_subtasks(draft)


def _write_story(desk: _Desk, team: Team, iteration: str | None, stage: Stage, n: int) -> None:
    draft = desk.draft
    interval = draft.calendar.iteration(iteration).interval if iteration else None
    points = _points(stage, iteration, n)
    balance = desk.balances[team.train, interval]
    work_class = balance.deal(points or 3)
    balance.spent[work_class] += points or 0
    finished = stage in {Stage.DONE, Stage.CANCELLED}
    feature = desk.feature(team.train, interval, work_class, done=finished)
    text = desk.text(feature, team.language if n % 3 != 1 else "en")
    entered = _entered(draft, iteration, stage, n)
    created = draft.calendar.at(120 + n % 40, 8 + n % 9)
    owner = team.members[n % len(team.members)]
    draft.add(
        Home(team.project),
        Kind.STORY,
        text.title,
        stage=stage,
        created_at=created,
        author=team.owner,
        description=text.description,
        acceptance=text.acceptance,
        owner=owner if stage not in {Stage.FUNNEL, Stage.ANALYSIS} else None,
        team=team.name,
        interval=interval,
        iterations=_iterations(iteration, stage, n),
        points=points,
        parent=feature.handle,
        labels=_labels(feature, n),
        moves=journey(stage, created, entered, owner),
        touches=_touches(draft, stage, n, owner),
        remarks=_remarks(draft, team, n),
        flagged=stage is Stage.IN_PROGRESS and n % 13 == 5,
    )


def _points(stage: Stage, iteration: str | None, n: int) -> float | None:
    if iteration is None and stage in {Stage.FUNNEL, Stage.ANALYSIS} and n % 2:
        return None
    if stage is Stage.CANCELLED:
        return 1.0
    return _POINTS[n % len(_POINTS)]


def _iterations(iteration: str | None, stage: Stage, n: int) -> tuple[str, ...]:
    """Now and then a story was carried over from the iteration before."""
    if iteration is None:
        return ()
    carried = iteration == "26.4.3" and stage is Stage.VALIDATING and n % 2 == 0
    return ("26.4.2", iteration) if carried else (iteration,)


def _labels(feature: Work, n: int) -> tuple[str, ...]:
    labels = ["regulatory"] if feature.work_class is WorkClass.COMPLIANCE and n % 2 else []
    labels += [("mobile",), ("api",), ("reporting",), (), ()][n % 5]
    return tuple(labels)


def _entered(draft: Draft, iteration: str | None, stage: Stage, n: int) -> datetime:
    """When it came into its stage: in the course of its iteration, or a while ago for what is still planned."""
    if iteration and stage in {Stage.DONE, Stage.CANCELLED}:
        named = draft.calendar.iteration(iteration)
        day = min(named.ends_on, draft.calendar.at(2).date())
        return moment(day, 9 + n % 7) if named.ends_on <= day else draft.calendar.at(2 + n % 4, 9 + n % 7)
    if stage in {Stage.IN_PROGRESS, Stage.VALIDATING}:
        return draft.calendar.at(3 + n % 3, 8 + n % 8)
    return draft.calendar.at(20 + n % 30, 8 + n % 8)


def _touches(draft: Draft, stage: Stage, n: int, owner: Person) -> tuple[Touch, ...]:
    return (Touch(draft.calendar.at(1 + n % 2, 10 + n % 6), owner),) if stage in {Stage.IN_PROGRESS, Stage.VALIDATING} else ()


def _remarks(draft: Draft, team: Team, n: int) -> tuple[Remark, ...]:
    if n % 5:
        return ()
    first = Remark(draft.calendar.at(30 - n % 9, 13), team.owner, _REMARKS[n // 5 % len(_REMARKS)])
    second = Remark(draft.calendar.at(19 - n % 7, 15), team.members[n % 4], _REMARKS[(n // 5 + 2) % len(_REMARKS)])
    return (first, second) if n % 10 == 0 else (first,)


def _write_bug(desk: _Desk, team: Team, symptom: str, n: int) -> None:
    draft = desk.draft
    iteration, stage = (("26.4.1", _D), ("26.4.3", _P), ("26.4.3", _V), ("26.4.4", _R), (None, _B), (None, _F))[n]
    interval = draft.calendar.iteration(iteration).interval if iteration else None
    owner = team.members[n % len(team.members)]
    created = draft.calendar.at(50 + n, 11)
    points = 1.0 if iteration else 2.0
    desk.balances[team.train, interval].spent[WorkClass.MAINTENANCE] += points
    draft.add(
        Home(team.project),
        Kind.BUG,
        f"{symptom} ({team.name} desk)",
        stage=stage,
        created_at=created,
        author=team.owner,
        description=says(f"Seen on build 4.{n + 11} by the {team.name} desk.", "Expected: the value as entered. Seen: as in the title."),
        acceptance=steps(f"Repeat the steps of build 4.{n + 11}", "The value of the database equals the value on screen"),
        work_class=WorkClass.MAINTENANCE,
        owner=owner if stage not in {Stage.FUNNEL, Stage.ANALYSIS} else None,
        team=team.name,
        interval=interval,
        iterations=(iteration,) if iteration else (),
        points=points,
        labels=("production",) if n % 2 else (),
        moves=journey(stage, created, _entered(draft, iteration, stage, n), owner),
        touches=_touches(draft, stage, n, owner),
    )


def _write_chores(draft: Draft, team: Team) -> None:
    for n, chore in enumerate(_CHORES[:2] if team.language == "en" else _CHORES[2:]):
        created = draft.calendar.at(25 + n)
        draft.add(
            Home(team.project),
            Kind.TASK,
            f"{chore} ({team.name})",
            stage=Stage.READY if n else Stage.DONE,
            created_at=created,
            author=team.owner,
            description=bullets("Ask the desk lead first", "Write the date into the team calendar"),
            team=team.name,
            moves=journey(Stage.READY if n else Stage.DONE, created, draft.calendar.at(8), team.members[0]),
        )


def _write_subtasks(draft: Draft) -> None:
    active = [story for story in draft.all(Kind.STORY) if story.stage is Stage.IN_PROGRESS]
    for n, story in enumerate(active[::3]):
        created = draft.calendar.at(12, 10)
        draft.add(
            story.home,
            Kind.OTHER,
            f"Write the test for step {n + 1} of “{story.title[:48].rstrip()}”",
            stage=Stage.ANALYSIS,
            created_at=created,
            author=story.owner or story.author,
            parent=story.handle,
            moves=(),
        )
