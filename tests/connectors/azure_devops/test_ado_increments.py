"""Whatever happens in an organisation, following its reports ends where reading everything ends."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from ado_meridian import SPRINT, TODAY, TRAIN, Meridian, Shelf

from safesync.connectors.sandbox.azure.items import WorkItem

LINKS = ("System.LinkTypes.Hierarchy-Reverse", "System.LinkTypes.Dependency-Reverse", "System.LinkTypes.Related")


class Life:
    """Things that happen to items, one after the other, by chance but always the same for one seed."""

    def __init__(self, meridian: Meridian, seed: int) -> None:
        self.meridian, self.chance = meridian, random.Random(seed)  # noqa: S311  # decides nothing but a test
        self.items = [meridian.add(kind, area=TRAIN) for kind in ("Epic", "Feature", "Feature")] + [meridian.add() for _ in range(9)]
        self.deleted: list[WorkItem] = []
        self.iterations = 0
        self.events: tuple[Callable[[], None], ...] = (
            self.state, self.state, self.state, self.tags, self.team, self.link, self.link, self.unlink, self.delete, self.restore,
            self.birth, self.remark, self.plan, self.arrive,
        )  # fmt: skip

    def happens(self) -> None:
        with self.meridian.organisation.lock:
            self.chance.choice(self.events)()

    def one(self) -> WorkItem:
        return self.chance.choice(self.items)

    def who(self) -> object:
        return self.chance.choice([self.meridian.ada, self.meridian.bot, self.meridian.build])

    def state(self) -> None:
        self.meridian.change(self.one(), self.who(), System__State=self.chance.choice(["New", "Active", "Resolved", "Closed"]))

    def tags(self) -> None:
        self.meridian.change(self.one(), self.who(), System__Tags=self.chance.choice(["a; theme:trust", "", "b"]))

    def team(self) -> None:
        self.meridian.change(self.one(), self.who(), System__AreaPath=f"{TRAIN}\\{self.chance.choice(['Falcon', 'Heron'])}")

    def link(self) -> None:
        source, target, rel = self.one(), self.one(), self.chance.choice(LINKS)
        taken = rel == LINKS[0] and any(relation.rel == rel for relation in source.relations)
        if source.id > target.id and not taken and all(relation.target != target.id for relation in source.relations):
            self.meridian.organisation.link(source, rel, target, self.meridian.stamp())

    def unlink(self) -> None:
        item = self.one()
        if item.relations:
            self.meridian.organisation.ledger.unrelate(item, self.chance.choice(item.relations), self.meridian.stamp())

    def delete(self) -> None:
        if len(self.items) > 4:
            item = self.one()
            self.items.remove(item)
            self.deleted.append(item)
            self.meridian.organisation.ledger.delete(item, self.meridian.stamp())

    def restore(self) -> None:
        if self.deleted:
            item = self.deleted.pop()
            self.items.append(item)
            self.meridian.organisation.ledger.restore(item, self.meridian.stamp())

    def birth(self) -> None:
        self.items.append(self.meridian.add(days=0))

    def remark(self) -> None:
        self.meridian.organisation.ledger.comment(self.one(), "<p>hello</p>", "html", self.meridian.stamp(self.who()))

    def plan(self) -> None:
        self.iterations += 1
        path = f"Payments\\PI 27.1\\Iteration 27.1.{self.iterations}"
        first = date(2027, 1, 4) + timedelta(days=14 * self.iterations)
        self.meridian.organisation.add_iteration(path, first, first + timedelta(days=11))
        self.meridian.change(self.one(), System__IterationPath=self.chance.choice([path, SPRINT]))

    def arrive(self) -> None:
        item = self.meridian.add(days=3, area="Elsewhere")
        self.meridian.change(item, System__TeamProject="Payments", System__AreaPath=f"{TRAIN}\\Heron", System__IterationPath="Payments")
        self.items.append(item)


@pytest.mark.parametrize("seed", range(6))
def test_following_the_reports_ends_where_reading_everything_ends(meridian: Meridian, seed: int) -> None:
    life, shelf, tracker = Life(meridian, seed), Shelf(), meridian.tracker()
    meridian.organisation.manners.page_size = 5
    meridian.organisation.manners.short_pages = seed % 2 == 1
    shelf.take(tracker.pull(None))
    for _ in range(8):
        for _ in range(life.chance.randint(1, 6)):
            life.happens()
        shelf.take(tracker.pull(shelf.cursor))
    fresh = Shelf()
    pages = fresh.take(meridian.tracker().pull(None))
    assert shelf.items == fresh.items
    assert fresh.items.keys() == {f"ado:{item.id}" for item in life.items} == pages[-1].census


def test_a_crash_before_the_last_page_loses_nothing(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(3)]
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(items[0], System__State="Active")
    half = Shelf()
    half.items, half.cursor = dict(shelf.items), shelf.cursor
    half.take([next(tracker.pull(half.cursor))])
    assert half.cursor == shelf.cursor
    half.take(tracker.pull(half.cursor))
    fresh = Shelf()
    fresh.take(meridian.tracker().pull(None))
    assert half.items == fresh.items


def test_a_place_that_the_report_no_longer_knows_means_everything(meridian: Meridian) -> None:
    meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    assert shelf.cursor is not None
    (links,) = {part for part in shelf.cursor.split(",") if part.startswith('"links"')}
    pages = list(tracker.pull(shelf.cursor.replace(links, '"links":"lost"')))
    assert pages[-1].census == {"ado:1"}


def test_many_changes_cost_a_call_for_two_hundred(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(250)]
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    for item in items:
        meridian.change(item, System__Title="Changed")
    meridian.organisation.manners.page_size = 1000
    before = tracker.calls.total
    shelf.take(tracker.pull(shelf.cursor))
    assert tracker.calls.total - before == 2 + 2


def test_a_change_since_is_last_made_by_a_person_at_its_time(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__Title="Changed")
    shelf.take(tracker.pull(shelf.cursor))
    changed = shelf.items[f"ado:{story.id}"].last_human_change_at
    assert changed is not None
    assert changed > TODAY
