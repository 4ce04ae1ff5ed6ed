"""The organisation Meridian behind both REST dialects, on one loopback server, with a page for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from safesync.connectors.sandbox.azure.editions import EDITIONS, EditionName
from safesync.connectors.sandbox.azure.gateway import routes as azure_routes
from safesync.connectors.sandbox.azure.organisation import SANDBOX_TOKEN, Asked, AzureOrganisation
from safesync.connectors.sandbox.jira.edition import DEFAULT_VERSION, edition
from safesync.connectors.sandbox.jira.routes import routes as jira_routes
from safesync.connectors.sandbox.jira.state import JiraSite, utc_now
from safesync.connectors.sandbox.jira.traffic import Seen
from safesync.connectors.sandbox.meridian.configuration import configuration_text
from safesync.connectors.sandbox.meridian.draft import Planted
from safesync.connectors.sandbox.meridian.onto_azure import AzureWriter
from safesync.connectors.sandbox.meridian.onto_jira import JIRA_TOKEN, JIRA_USER, JiraWriter
from safesync.connectors.sandbox.meridian.people import PEOPLE
from safesync.connectors.sandbox.meridian.truth import meridian
from safesync.connectors.sandbox.misfortunes import SIGN_IN_PATH, sign_in_page
from safesync.connectors.sandbox.page import People
from safesync.connectors.sandbox.server import Server
from safesync.connectors.sandbox.shelf import Shelf
from safesync.connectors.sandbox.shelf_of_azure import AzureShelf
from safesync.connectors.sandbox.shelf_of_jira import JiraShelf

ORGANISATION = "meridian"
COLLECTION = "Meridian"


class _Door:
    """What the server lets in to: nothing yet, until the organisation is written."""

    def __init__(self) -> None:
        self.app: ASGIApp = PlainTextResponse("The sandbox is being set up.", 503)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class Sandbox:
    """
    Serves Meridian between ``start`` and ``stop``, or inside ``with``.

    With ``today`` the trackers live on that day, at the present time of day; without, now. Port 0 takes any free port.
    ``jira`` is "cloud", or "data-center" of ``jira_version``; ``azure`` says which Azure DevOps is played: the service, or a
    server of that year at ``/tfs/Meridian``. Each instance is an organisation of its own, always written the same.
    """

    jira_user = JIRA_USER
    jira_token = JIRA_TOKEN
    azure_token = SANDBOX_TOKEN

    def __init__(
        self,
        today: date | None = None,
        port: int = 0,
        *,
        jira: str = "cloud",
        jira_version: str = DEFAULT_VERSION,
        azure: EditionName = "services",
    ) -> None:
        now = utc_now()
        self.today = today or now.date()
        self._shift = datetime.combine(self.today, time(), UTC) - datetime.combine(now.date(), time(), UTC)
        self.meridian = meridian(self.today)
        self.site = JiraSite(self.clock, edition=edition(jira, jira_version))
        self.organisation = AzureOrganisation(ORGANISATION if azure == "services" else COLLECTION, edition=EDITIONS[azure])
        self._door = _Door()
        self._server = Server(self._door, port)
        self._shelves: tuple[Shelf, ...] = ()

    def clock(self) -> datetime:
        """The time at which the trackers live."""
        return utc_now() + self._shift if self._shift else utc_now()

    @property
    def truth(self) -> tuple[Planted, ...]:
        """Every flaw that a check must find."""
        return self.meridian.flaws

    @property
    def near_misses(self) -> tuple[Planted, ...]:
        """What no check may find."""
        return self.meridian.misses

    @property
    def page_url(self) -> str:
        """Where people look."""
        return f"{self._server.url}/"

    @property
    def jira_url(self) -> str:
        """The address of the Jira site."""
        return f"{self._server.url}/jira"

    @property
    def azure_url(self) -> str:
        """The address of the Azure DevOps organisation, or of the server's collection."""
        place = f"azure/{ORGANISATION}" if self.organisation.edition.hosted else f"tfs/{COLLECTION}"
        return f"{self._server.url}/{place}"

    def configuration(self, store: str) -> str:
        """A ``safesync.yaml`` that reads this sandbox and remembers in ``store``."""
        return configuration_text(self.jira_url, self.azure_url, store, self.meridian, data_center=not self.site.edition.cloud)

    def start(self) -> None:
        """
        Listen, write the organisation, then answer.

        In this order, because items name each other by address, and the address is known once a port is taken.
        """
        self._server.start()
        JiraWriter(self.site, self.meridian, self.azure_url).write()
        AzureWriter(self.organisation, self.meridian, self.jira_url).write()
        # In any upper and lower case: the client asks a server for what it has in lower case alone.
        azure_place = f"/azure/{ORGANISATION}" if self.organisation.edition.hosted else "/tfs/{collection}"
        jira, azure = JiraShelf(self.site, self.azure_url), AzureShelf(self.organisation, self.clock)
        self._shelves = (jira, azure)
        self._door.app = Starlette(
            routes=[
                Route(SIGN_IN_PATH, sign_in_page(200)),
                *People(self._shelves, sorted(person.name for person in PEOPLE)).routes(),
                Mount("/jira", routes=jira_routes(self.site, self.clock)),
                Mount(azure_place, routes=azure_routes(self.organisation, self.clock)),
            ]
        )

    def stop(self) -> None:
        """Stop listening; everything is forgotten with the object."""
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def calls(self, tracker: str) -> tuple[Seen | Asked, ...]:
        """Every request that ``"jira"`` or ``"azure"`` was sent, oldest first: method, path, status and whether it was a write."""
        return tuple(self.site.requests if tracker == "jira" else self.organisation.requests)

    def person_fixes(self, key: str, person: str | None = None, **values: str) -> None:
        """
        A person edits an item, now: ``title, description, acceptance, benefit, points, owner, labels, state, parent``.

        ``key`` is ``"PAY-12"`` or the number of a work item; ``person`` is its owner, or its author, when not given.
        """
        shelf = self._shelf(key)
        shelf.change(key, person or self._somebody(key), values)

    def person_comments(self, key: str, text: str, person: str | None = None) -> None:
        """A person says something on an item, now."""
        self._shelf(key).comment(key, person or self._somebody(key), text)

    def person_deletes_comment(self, key: str, comment_id: int, person: str | None = None) -> None:
        """A person takes a comment away, ours for example."""
        self._shelf(key).delete_comment(key, person or self._somebody(key), comment_id)

    def _shelf(self, key: str) -> Shelf:
        tracker = "azure" if key.isdecimal() else "jira"
        return next(shelf for shelf in self._shelves if shelf.tracker == tracker)

    def _somebody(self, key: str) -> str:
        work = self.meridian.work(f"{'azure' if key.isdecimal() else 'jira'}:{key}")
        return (work.owner or work.author).name
