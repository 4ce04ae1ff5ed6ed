"""Portfolio epics and the features below them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import count

from safesync.connectors.sandbox.meridian.calendar import CURRENT, NEXT, PAST, moment
from safesync.connectors.sandbox.meridian.draft import Draft, journey
from safesync.connectors.sandbox.meridian.people import ARCHITECTS, CARDS, COMPLIANCE, EPIC_OWNERS, PAYMENTS, PRODUCT_MANAGERS, Person
from safesync.connectors.sandbox.meridian.phrases import benefit, criteria, feature_description, feature_title
from safesync.connectors.sandbox.meridian.prose import says
from safesync.connectors.sandbox.meridian.topics import EPICS, TOPICS, Topic
from safesync.connectors.sandbox.meridian.work import Home, Remark, Touch, Work
from safesync.model.item import Kind, Stage, WorkClass

HOME = {PAYMENTS: Home.AZURE, CARDS: Home.CARDS}
SCALE = (1, 2, 3, 5, 8, 13, 20)
_F, _A, _R, _P, _V, _D, _C = (
    Stage.FUNNEL,
    Stage.ANALYSIS,
    Stage.READY,
    Stage.IN_PROGRESS,
    Stage.VALIDATING,
    Stage.DONE,
    Stage.CANCELLED,
)
_EPIC_STAGES = {
    PAYMENTS: (_P, _P, _P, _P, _P, _P, _P, _P, _P, _P, _D, _D, _A, _R, _F, _R, _F, _C),
    CARDS: (_P, _P, _P, _P, _P, _P, _P, _D, _A, _F, _R, _A),
}
_REMARKS = (
    "Talked to the business owners: the numbers hold, the date is fixed by the regulator.",
    "Die Fachseite hat den Umfang bestätigt; Schweiz bleibt vorerst außen vor.",
    "Split agreed at the last sync, the rest goes into the next interval.",
)
_ROADMAP = (PAST, CURRENT, NEXT, None, CURRENT, NEXT, None, CURRENT, NEXT, None, CURRENT, NEXT)
_FEATURE_STAGES: dict[str | None, tuple[Stage, ...]] = {
    PAST: (_D,),
    CURRENT: (_P, _P, _R, _V, _D),
    NEXT: (_R, _R, _A),
    None: (_F, _A, _R, _F, _A, _C),
}


@dataclass(frozen=True, slots=True)
class _Portfolio:
    """The epics of a train by what they fund: those with work, and the finished ones."""

    running: dict[WorkClass, list[Work]]
    finished: dict[WorkClass, list[Work]]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where a feature stands: its interval, its number within its class, and within its class and interval."""

    interval: str | None
    order: int
    place: int


def write_portfolio(draft: Draft) -> None:
    """Write the epics and features of both trains."""
    for train in (PAYMENTS, CARDS):
        portfolio = _write_epics(draft, train)
        places: dict[tuple[WorkClass, str | None], count[int]] = {}
        orders: dict[WorkClass, count[int]] = {}
        for topic in (topic for topic in TOPICS if topic.train == train):
            for part in range(3):
                order = next(orders.setdefault(topic.work_class, count()))
                interval = _ROADMAP[order % len(_ROADMAP)]
                place = next(places.setdefault((topic.work_class, interval), count()))
                _write_feature(draft, topic, part, portfolio, _Slot(interval, order, place))


def _write_epics(draft: Draft, train: str) -> _Portfolio:
    running: dict[WorkClass, list[Work]] = {}
    finished: dict[WorkClass, list[Work]] = {}
    for n, (row, stage) in enumerate(zip(EPICS[train], _EPIC_STAGES[train], strict=True)):
        title, work_class, theme = row
        created = draft.calendar.at(400 - 5 * n)
        owner = None if stage is Stage.FUNNEL else EPIC_OWNERS[n % len(EPIC_OWNERS)]
        epic = draft.add(
            HOME[train],
            Kind.EPIC,
            title,
            stage=stage,
            created_at=created,
            author=EPIC_OWNERS[(n + 1) % len(EPIC_OWNERS)],
            description=says(
                f"For clients of the {train.lower()} business, the epic “{title}” replaces separate local initiatives.",
                f"Leading indicator {n + 1}: share of volume moved, reported each month to the portfolio.",
            ),
            acceptance=says(f"At least {30 + n} percent of the volume has moved, and audit accepted report {n + 1}."),
            benefit=says(f"We believe that this epic lowers the cost per case by {9 + n} percent within four planning intervals."),
            work_class=work_class,
            owner=owner,
            themes=(theme,),
            moves=journey(stage, created, draft.calendar.at(28 if stage is Stage.DONE else 60 + n), owner or EPIC_OWNERS[0]),
            touches=_recent(draft, stage, n, owner),
            **_scores(n, work_class),
        )
        shelf = finished if stage is Stage.DONE else running
        if stage in {Stage.DONE, Stage.IN_PROGRESS}:
            shelf.setdefault(work_class, []).append(epic)
    return _Portfolio(running, finished)


def _write_feature(draft: Draft, topic: Topic, part: int, portfolio: _Portfolio, slot: _Slot) -> None:
    interval, order = slot.interval, slot.order
    stages = _FEATURE_STAGES[interval]
    stage = stages[slot.place % len(stages)]
    shelf = portfolio.finished.get(topic.work_class) if interval == PAST and slot.place % 2 else None
    epics = shelf or portfolio.running[topic.work_class]
    created = draft.calendar.at(300 - 2 * order, 8 + order % 9)
    owner = _owner(topic, order)
    feature = draft.add(
        HOME[topic.train],
        Kind.FEATURE,
        feature_title(topic, part),
        stage=stage,
        created_at=created,
        author=PRODUCT_MANAGERS[topic.train],
        description=feature_description(topic, part, order),
        acceptance=criteria(topic, part, order + 3),
        benefit=benefit(topic, part, order),
        work_class=topic.work_class,
        owner=owner,
        interval=interval,
        parent=epics[order % len(epics)].handle,
        labels=("regulatory",) if topic.work_class is WorkClass.COMPLIANCE else (),
        moves=journey(stage, created, _entered(draft, stage, interval, order), owner),
        touches=_recent(draft, stage, order, owner),
        remarks=(Remark(draft.calendar.at(44 - order % 5, 13), owner, _REMARKS[order // 5 % len(_REMARKS)]),) if order % 5 == 2 else (),
        **_scores(order, topic.work_class),
    )
    draft.subjects[feature.handle] = (topic, part)


def _owner(topic: Topic, order: int) -> Person:
    if topic.work_class in {WorkClass.ENABLER, WorkClass.TECH_DEBT}:
        return ARCHITECTS[topic.train]
    if topic.work_class is WorkClass.COMPLIANCE and order % 3 == 0:
        return COMPLIANCE
    return PRODUCT_MANAGERS[topic.train]


def _entered(draft: Draft, stage: Stage, interval: str | None, order: int) -> datetime:
    if stage is Stage.DONE and interval == PAST:
        return moment(draft.calendar.span(PAST)[1], 15)
    if stage in {Stage.IN_PROGRESS, Stage.VALIDATING, Stage.DONE}:
        return draft.calendar.at(16 + order % 12, 11)
    return draft.calendar.at(45 + order % 20, 14)


def _recent(draft: Draft, stage: Stage, n: int, owner: Person | None) -> tuple[Touch, ...]:
    """Active work is spoken of every other day."""
    if stage not in {Stage.IN_PROGRESS, Stage.VALIDATING} or owner is None:
        return ()
    return (Touch(draft.calendar.at(9 + n % 4, 10), owner), Touch(draft.calendar.at(1 + n % 2, 10 + n % 6), owner))


def _scores(n: int, work_class: WorkClass) -> dict[str, float]:
    """WSJF: regulation brings clients little and cannot wait."""
    regulated = work_class is WorkClass.COMPLIANCE
    return {
        "business_value": float((0, 1, 2)[n % 3] if regulated else SCALE[2 + n % 5]),
        "time_criticality": float(SCALE[3 + n % 4] if regulated else SCALE[n % 5]),
        "risk_reduction": float(SCALE[3 + (n + 1) % 4] if regulated else SCALE[(n + 2) % 5]),
        "job_size": float(SCALE[1 + n % 5]),
    }
