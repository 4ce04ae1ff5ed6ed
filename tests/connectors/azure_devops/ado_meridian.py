"""A made-up organisation that is small enough to say what must come out of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.mapping import FieldChoice, Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Entra, Page
from safesync.connectors.port import Scope as WorkScope
from safesync.connectors.sandbox.azure.editions import SERVICES, Edition
from safesync.connectors.sandbox.azure.gateway import routes
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.organisation import SANDBOX_TOKEN, AzureOrganisation
from safesync.connectors.sandbox.azure.people import Stamp
from safesync.connectors.sandbox.azure.process import FieldKind
from safesync.connectors.sandbox.azure.teams import Column
from safesync.jobs.replies import with_known_replies
from safesync.model.item import Item, ItemRef, Kind, Relation

TODAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TRAIN = "Payments\\Payments"
SPRINT = "Payments\\PI 26.4\\Iteration 26.4.2"
SPRINTS = [f"Payments\\PI 26.4\\Iteration 26.4.{number}" for number in (1, 2, 3)]
MAPPING = Mapping(
    types={Kind.EPIC: ("Epic",), Kind.FEATURE: ("Feature",), Kind.STORY: ("User Story",)},
    fields={"benefit": (FieldChoice(id="Custom.BenefitHypothesis"),), "risk_reduction": (FieldChoice(name="RR/OE value"),), "outcome": ()},
    links={Relation.DEPENDS_ON: ("depends on",)},
    bots=("Nightly Build",),
)


def denied(status: int) -> Callable[[Request], Response]:
    """A refusal in the tracker's own words; ``broken`` is what something on the way to it says."""
    return lambda _request: JSONResponse({"message": "VS403496: no", "typeKey": "AccessDeniedException", "errorCode": 0}, status)


class Meridian:
    """The organisation, its clock, and trackers that read it."""

    def __init__(self, edition: Edition = SERVICES) -> None:
        self.now = TODAY
        self.url = ""
        self.pauses_s: list[float] = []
        """How long trackers would have waited."""
        organisation = self.organisation = AzureOrganisation(edition=edition)
        organisation.add_project("Payments")
        organisation.add_project("Elsewhere")
        for team in ("Falcon", "Heron"):
            organisation.add_area(f"{TRAIN}\\{team}")
        for number in (1, 2, 3):
            first = date(2026, 10, 12) + timedelta(days=14 * number)
            organisation.add_iteration(f"Payments\\PI 26.4\\Iteration 26.4.{number}", first, first + timedelta(days=11))
        organisation.add_field(FieldKind("Custom.BenefitHypothesis", "Benefit Hypothesis", "html"))
        organisation.add_field(FieldKind("Custom.RROEValue", "RR/OE Value", "double"))
        self.bot = organisation.add_identity("SafeSync", "safesync@meridian.example", bot=True)
        self.ada = organisation.add_identity("Ada Amber", "ada@meridian.example")
        self.build = organisation.add_identity("Nightly Build", "build@meridian.example", bot=True, token="other")
        columns = [
            Column("New", 0, {"Feature": "New"}),
            Column("Doing", 3, {"Feature": "Active"}),
            Column("Done", 0, {"Feature": "Closed"}),
        ]
        organisation.add_team("Payments", TRAIN, SPRINTS, {"Features": columns}, include_children=False)
        stories = [Column("New"), Column("Active", 5), Column("Closed")]
        organisation.add_team("Falcon", f"{TRAIN}\\Falcon", SPRINTS, {"Stories": stories}, members=[self.ada])

    def clock(self) -> datetime:
        """One second further each time somebody looks."""
        self.now += timedelta(seconds=1)
        return self.now

    def add(self, kind: str = "User Story", days: float = 30, area: str = f"{TRAIN}\\Falcon", **more: Any) -> WorkItem:
        """An item that Ada made some days ago."""
        fields = {"System.Title": f"A {kind}", "System.AreaPath": area, **more.pop("fields", {})}
        return self.organisation.add_work_item(kind, fields, TODAY - timedelta(days=days), self.ada, **more)

    def change(self, item: WorkItem, by: Any = None, **fields: Any) -> None:
        """A revision, now."""
        named = {name.replace("__", "."): value for name, value in fields.items()}
        with self.organisation.lock:
            self.organisation.ledger.change(item, named, self.stamp(by))

    def stamp(self, by: Any = None) -> Stamp:
        """Now, by Ada or somebody else."""
        return Stamp(self.clock(), by or self.ada)

    def tracker(
        self, projects: tuple[str, ...] = ("Payments",), token: str = SANDBOX_TOKEN, query: str | None = None, entra: Entra | None = None
    ) -> AzureTracker:
        """A tracker that does not really wait."""
        patience = Patience(sleep=self.pauses_s.append, monotonic=lambda: 0.0, jitter=lambda: 1.0)
        addresses = Addresses((("ado", self.url), ("jira", "https://meridian.test/jira")))
        scope = WorkScope(projects, query)
        return AzureTracker(
            Access("ado", self.url, token, entra=entra), scope, MAPPING, addresses, clock=lambda: self.now, patience=patience
        )

    def ref(self, item: WorkItem) -> ItemRef:
        """How the jobs speak of an item."""
        return ItemRef(f"ado:{item.id}", "ado", str(item.id), str(item.id), item.project, f"{self.url}/x")


class Stage:
    """What one server serves: the organisation of the test that runs."""

    def __init__(self) -> None:
        self._plays = 0
        self._app: ASGIApp = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def play(self, meridian: Meridian) -> str:
        """The path at which this organisation is served from now on."""
        self._plays += 1
        place = f"/play-{self._plays}/{'azure' if meridian.organisation.edition.hosted else 'tfs'}"
        self._app = Starlette(routes=[Mount(place + "/{collection}", routes=routes(meridian.organisation, meridian.clock))])
        return f"{place}/Meridian"


class Shelf:
    """What somebody who reads the pages knows: a store in two dictionaries."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.cursor: str | None = None

    def take(self, pages: Iterable[Page]) -> list[Page]:
        """Keep what the pages say, in their order."""
        taken = list(pages)
        for page in taken:
            self.items |= {item.uid: with_known_replies(item, self.items.get(item.uid)) for item in page.items}
            gone = set(page.gone) | (self.items.keys() - page.census if page.census is not None else set())
            self.items = {uid: item for uid, item in self.items.items() if uid not in gone}
            self.cursor = page.cursor or self.cursor
        return taken
