"""What is known about Meridian: the whole organisation on a given day, its flaws and its near misses."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from safesync.connectors.sandbox.meridian.calendar import CURRENT, NEXT, Calendar
from safesync.connectors.sandbox.meridian.delivery import write_delivery
from safesync.connectors.sandbox.meridian.draft import Draft, Planted
from safesync.connectors.sandbox.meridian.flaws import plant
from safesync.connectors.sandbox.meridian.near_misses import place
from safesync.connectors.sandbox.meridian.people import CARDS, PAYMENTS, TEAMS
from safesync.connectors.sandbox.meridian.portfolio import write_portfolio
from safesync.connectors.sandbox.meridian.work import Home, Work
from safesync.model.item import Kind, Stage

JIRA, AZURE = "jira-eu", "ado"
"""What SafeSync's configuration calls the two trackers."""
IN_PROGRESS, IN_REVIEW = "In Progress", "In Review"
COLUMN = {Stage.IN_PROGRESS: IN_PROGRESS, Stage.VALIDATING: IN_REVIEW}
"""The columns of a team's board that hold work under way."""
TRAIN_COLUMN = {Stage.IN_PROGRESS: "Active", Stage.VALIDATING: "Resolved"}
"""The same of the board of features in Azure DevOps, which is the train's own."""
_OVERFULL = (
    ("Falcon", IN_PROGRESS),
    ("Heron", IN_PROGRESS),
    ("Osprey", IN_REVIEW),
    ("Kestrel", IN_PROGRESS),
    ("Merlin", IN_REVIEW),
    (PAYMENTS, "Active"),
)
_FULL = ("Ibis", IN_PROGRESS)
GROUP = "group"
"""Stands for the tracker of a flaw that is a group's: its key is "train|interval", or "tracker|team|column"."""


@dataclass(frozen=True)
class Meridian:
    """The organisation as written; ``limits`` are (team, column) -> how many items the column may hold."""

    calendar: Calendar
    works: tuple[Work, ...]
    limits: dict[tuple[str, str], int]
    flaws: tuple[Planted, ...]
    misses: tuple[Planted, ...]

    def work(self, handle: str) -> Work:
        """The item of that handle."""
        return self._by_handle[handle]

    @cached_property
    def _by_handle(self) -> dict[str, Work]:
        return {work.handle: work for work in self.works}


@lru_cache(maxsize=8)
def meridian(today: date) -> Meridian:
    """Meridian on that day; the same in every call."""
    draft = Draft(Calendar(today))
    write_portfolio(draft)
    write_delivery(draft)
    plant(draft)
    place(draft)
    limits = _limits(draft)
    return Meridian(draft.calendar, tuple(draft.works.values()), limits, (*draft.flaws, *_group_flaws()), (*draft.misses, *_group_misses()))


def truth(today: date) -> tuple[Planted, ...]:
    """Every flaw that a check must find on that day, and nothing else may it find of these rules."""
    return meridian(today).flaws


def near_misses(today: date) -> tuple[Planted, ...]:
    """What looks like a flaw and must not be found; every other item must not be found either."""
    return meridian(today).misses


def _limits(draft: Draft) -> dict[tuple[str, str], int]:
    """Limits of the boards, made to fit what stands on them: two below it where a flaw is meant, two above elsewhere."""
    counts = Counter((work.team, COLUMN[work.stage]) for work in draft.all(Kind.STORY, Kind.BUG) if work.stage in COLUMN)
    features = [work for work in draft.all(Kind.FEATURE) if work.home is Home.AZURE and work.active]
    counts.update((PAYMENTS, TRAIN_COLUMN[work.stage]) for work in features)
    places = [(team.name, column) for team in TEAMS for column in COLUMN.values()]
    places += [(PAYMENTS, column) for column in TRAIN_COLUMN.values()]
    return {place: counts[place] + (-2 if place in _OVERFULL else 0 if place == _FULL else 2) for place in places}


def _group_flaws() -> tuple[Planted, ...]:
    drift = (
        (PAYMENTS, CURRENT, "compliance takes far more than its share, features far less"),
        (PAYMENTS, NEXT, "compliance takes far more than its share"),
        (CARDS, NEXT, "features take far more than their share, compliance far less"),
    )
    return (
        *(Planted("GR503", GROUP, f"{train}|{interval}", why) for train, interval, why in drift),
        *(Planted("FL401", GROUP, _column(*place), "two items more than the column's limit") for place in _OVERFULL),
    )


def _group_misses() -> tuple[Planted, ...]:
    return (
        Planted("GR503", GROUP, f"{CARDS}|{CURRENT}", "no class is off by more than ten points"),
        Planted("FL401", GROUP, _column(*_FULL), "exactly at the limit"),
    )


def _column(team: str, column: str) -> str:
    return f"{AZURE if team == PAYMENTS else JIRA}|{team}|{column}"
