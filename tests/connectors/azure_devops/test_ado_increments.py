"""Whatever happens in an organisation, following its reports ends where reading everything ends."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

import msgspec
import pytest
from ado_meridian import SPRINT, TODAY, TRAIN, Meridian, Shelf, denied
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from safesync.connectors.azure.context import Context, Metadata
from safesync.connectors.azure.documents import Revision
from safesync.connectors.azure.history import Histories, History
from safesync.connectors.azure.sighting import Sightings
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.sandbox.azure.gateway import routes
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.faults import Fault, calls
from safesync.connectors.sandbox.server import Server

SITE = Context("ado", "https://x.test", Metadata((), {}, {}, {}, frozenset(), frozenset(), {}), bots=frozenset({"bot"}))
STATES = ("New", "Active", "Resolved", "Closed", "!New", "?Active")
"""As told_revision reads them: one that is deleted begins with !, one in a project that is none of ours with ?."""
LINKS = ("System.LinkTypes.Hierarchy-Reverse", "System.LinkTypes.Dependency-Reverse", "System.LinkTypes.Related")


@pytest.fixture(scope="module")
def organised() -> Iterator[Callable[[], Meridian]]:
    """As many organisations as a test needs, all behind one server, each at an address of its own."""
    app, numbers = Starlette(), itertools.count(1)
    with Server(app) as server:

        def made() -> Meridian:
            meridian, place = Meridian(), f"/azure/moving{next(numbers)}"
            app.router.routes.append(Mount(place, routes=routes(meridian.organisation, meridian.clock)))
            meridian.url = f"{server.url}{place}"
            return meridian

        yield made


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
        now = self.meridian.clock()
        self.items.append(self.meridian.add(days=(TODAY - now) / timedelta(days=1)))

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


@settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10**6),
    page_size=st.sampled_from([2, 5, 200]),
    short_pages=st.booleans(),
    skew_s=st.sampled_from([0, -7200, -45, 45, 7200]),
    runs=st.lists(st.integers(1, 6), min_size=3, max_size=5),
    dies=st.sets(st.integers(0, 4)),
)
def test_following_the_reports_ends_where_reading_everything_ends(  # noqa: PLR0917
    organised: Callable[[], Meridian],
    seed: int,
    page_size: int,
    short_pages: bool,
    skew_s: int,
    runs: list[int],
    dies: set[int],
) -> None:
    meridian = organised()
    life, shelf, tracker = Life(meridian, seed), Shelf(), skewed(meridian, skew_s)
    meridian.organisation.manners.page_size = page_size
    meridian.organisation.manners.short_pages = short_pages
    shelf.take(tracker.pull(None))
    for number, events in enumerate(runs):
        for _ in range(events):
            life.happens()
        pages = tracker.pull(shelf.cursor)
        shelf.take(itertools.islice(pages, 1) if number in dies else pages)
    shelf.take(tracker.pull(shelf.cursor))
    fresh = Shelf()
    pages = fresh.take(meridian.tracker().pull(None))
    assert shelf.items == fresh.items
    assert fresh.items.keys() == {f"ado:{item.id}" for item in life.items} == pages[-1].census


@settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10**6),
    result_limit=st.sampled_from([60, 200, 20_000]),
    lag_s=st.sampled_from([0, 3]),
    skew_s=st.sampled_from([0, -7200, 7200]),
    runs=st.lists(st.integers(1, 6), min_size=3, max_size=5),
    dies=st.sets(st.integers(0, 4)),
)
def test_following_queries_ends_where_reading_everything_ends(  # noqa: PLR0917
    organised: Callable[[], Meridian],
    seed: int,
    result_limit: int,
    lag_s: int,
    skew_s: int,
    runs: list[int],
    dies: set[int],
) -> None:
    meridian = organised()
    meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", denied(403), times=10**6))
    meridian.organisation.manners.query_lag_s = lag_s
    life, shelf, tracker = Life(meridian, seed), Shelf(), skewed(meridian, skew_s)
    meridian.organisation.manners.result_limit = result_limit
    shelf.take(tracker.pull(None))
    for number, events in enumerate(runs):
        meridian.now += timedelta(minutes=life.chance.choice([0, 3, 12, 70]))
        for _ in range(events):
            life.happens()
        pages = tracker.pull(shelf.cursor)
        shelf.take(itertools.islice(pages, 1) if number in dies else pages)
    meridian.now += timedelta(minutes=1)
    shelf.take(tracker.pull(shelf.cursor))
    fresh = Shelf()
    pages = fresh.take(meridian.tracker().pull(None))
    assert fresh.items.keys() == {f"ado:{item.id}" for item in life.items} == pages[-1].census
    # What was deleted queries do not tell: it stays until the next census.
    assert {uid: item for uid, item in shelf.items.items() if uid in fresh.items} == fresh.items


def skewed(meridian: Meridian, skew_s: int) -> AzureTracker:
    """A tracker whose machine's clock is wrong."""
    tracker = meridian.tracker()
    tracker._clock = tracker._client._clock = lambda: meridian.now + timedelta(seconds=skew_s)
    return tracker


@settings(deadline=None)
@given(data=st.data())
def test_the_order_and_number_of_revisions_change_nothing(data: st.DataObject) -> None:
    told = data.draw(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(STATES), st.sampled_from(["anna", "bot"])), max_size=12))
    stream = [told_revision(rev, item, state, by) for rev, (item, state, by) in enumerate(told, start=1)]
    mixed = data.draw(st.permutations(stream + data.draw(st.lists(st.sampled_from(stream), max_size=5) if stream else st.just([]))))
    cut = data.draw(st.integers(0, len(stream)))
    assert known(stream) == known(mixed)
    first = Histories()
    for one in stream[:cut]:
        first.take(one, SITE)
    later = Histories(first.pack())
    for one in stream[max(0, cut - 3) :]:
        later.take(one, SITE)
    assert [later.of(item) for item in (1, 2, 3)] == known(stream)[0]


def known(stream: Iterable[Revision]) -> tuple[list[History | None], set[int], set[int]]:
    histories, sightings = Histories(), Sightings()
    for one in stream:
        histories.take(one, SITE)
        sightings.take(one, mine=one.fields.project == "P")
    return [histories.of(item) for item in (1, 2, 3)], sightings.there(), sightings.deleted()


def told_revision(rev: int, item: int, state: str, by: str) -> Revision:
    fields = {
        "System.State": state.removeprefix("!").removeprefix("?"),
        "System.WorkItemType": "User Story",
        "System.TeamProject": "Q" if state.startswith("?") else "P",
        "System.ChangedBy": {"id": by},
        "System.ChangedDate": (TODAY + timedelta(minutes=rev)).isoformat(),
        "System.IsDeleted": state.startswith("!"),
    }
    return msgspec.convert({"id": item, "rev": rev, "fields": fields}, Revision)


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
