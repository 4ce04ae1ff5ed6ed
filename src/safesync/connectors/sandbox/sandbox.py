"""The organisation Meridian behind both REST dialects, on one loopback server, with a page for people."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from types import TracebackType
from typing import Literal, Self

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from safesync.connectors.sandbox.azure.editions import EDITIONS, EditionName
from safesync.connectors.sandbox.azure.gateway import routes as azure_routes
from safesync.connectors.sandbox.azure.organisation import SANDBOX_TOKEN, Asked, AzureOrganisation
from safesync.connectors.sandbox.faults import Fault
from safesync.connectors.sandbox.jira import upheavals, writes
from safesync.connectors.sandbox.jira.edition import DEFAULT_VERSION, edition
from safesync.connectors.sandbox.jira.entities import Issue
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
from safesync.connectors.sandbox.page import People, Played
from safesync.connectors.sandbox.server import Server
from safesync.connectors.sandbox.shelf import RefusedError, Shelf
from safesync.connectors.sandbox.shelf_of_azure import AzureShelf
from safesync.connectors.sandbox.shelf_of_jira import JiraShelf
from safesync.connectors.sandbox.trouble import Trouble
from safesync.model.errors import ConfigurationError
from safesync.rules.complaint import one_of

ORGANISATION = "meridian"
COLLECTION = "Meridian"
Renamed = Literal["key", "project", "status", "field", "sprint", "type", "version"]


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
    server of that year at ``/tfs/Meridian``. ``trouble`` goes wrong by itself, from the start. Each instance is an
    organisation of its own, always written the same.
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
        trouble: Trouble | None = None,
    ) -> None:
        now = utc_now()
        self.today = today or now.date()
        self._shift = datetime.combine(self.today, time(), UTC) - datetime.combine(now.date(), time(), UTC)
        self.meridian = meridian(self.today)
        if azure not in EDITIONS:
            raise ConfigurationError(f"azure: {one_of(azure, [*EDITIONS])}")
        self.site = JiraSite(self.clock, edition=edition(jira, jira_version))
        self.organisation = AzureOrganisation(ORGANISATION if azure == "services" else COLLECTION, edition=EDITIONS[azure])
        self._door = _Door()
        self._server = Server(self._door, port)
        self._shelves: tuple[Shelf, ...] = ()
        self._troubles: list[tuple[list[Fault], Fault]] = []
        self.trouble = trouble

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

    def plays(self) -> Played:
        """Which deployments this is, and what goes wrong in it by itself."""
        return Played((self.site.edition.name, self.organisation.edition.name), str(self.trouble) if self.trouble else "")

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
                *People(self._shelves, sorted(person.name for person in PEOPLE), self.plays).routes(),
                Mount("/jira", routes=jira_routes(self.site, self.clock)),
                Mount(azure_place, routes=azure_routes(self.organisation, self.clock)),
            ]
        )

        self.cause(self.trouble)

    def cause(self, trouble: Trouble | None) -> None:
        """Let things go wrong by themselves from now on, in place of what did so far; ``None`` ends it."""
        for faults, fault in self._troubles:
            faults.remove(fault)
        self.trouble = trouble
        wanted = trouble or Trouble()
        jira = wanted.faults("jira", cloud=self.site.edition.cloud)
        azure = wanted.faults("azure", cloud=self.organisation.edition.hosted)
        places = [(self.site.faults, fault) for fault in jira] + [(self.organisation.faults, fault) for fault in azure]
        self._troubles = places if trouble else []
        for faults, fault in self._troubles:
            faults.append(fault)
        self.site.index_lag_s = self.organisation.manners.query_lag_s = wanted.lag

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

    def person_moves(self, key: str, project: str, person: str | None = None) -> str:
        """A person moves an issue to another project; its new key. The old one leads to it."""
        return writes.move(self.site, self._issue(key), person or self._somebody(key), project).key

    def person_deletes(self, key: str) -> None:
        """A person deletes an issue, and its sub-tasks with it."""
        writes.delete(self.site, self._issue(key))

    def person_hides(self, key: str, person: str | None = None) -> None:
        """A person gives an issue a security level that SafeSync is not in; ``person_reveals`` takes it off."""
        owner = person or self._somebody(key)
        upheavals.hide(self.site, self._issue(key), owner, [owner])

    def person_reveals(self, key: str, person: str | None = None) -> None:
        """A person takes the security level from an issue."""
        upheavals.reveal(self.site, self._issue(key), person or self._somebody(key))

    def person_links(self, key: str, blocked: str, kind: str = "Blocks", person: str | None = None) -> None:
        """A person links two issues: ``key`` blocks ``blocked``."""
        with self.site.lock:
            author, of = self.site.user(person or self._somebody(key)), self.site.link_type(kind)
            writes.connect(self.site, author, of, self._issue(key), self._issue(blocked))

    def person_unlinks(self, key: str, blocked: str, kind: str = "Blocks", person: str | None = None) -> bool:
        """A person takes such a link away; ``False`` when there was none."""
        return upheavals.unlink(self.site, person or self._somebody(key), kind, self._issue(key), self._issue(blocked))

    def administrator_archives(self, project: str) -> None:
        """A project of the Jira site is archived: its issues are there no more for searches; ``administrator_restores`` undoes it."""
        upheavals.set_aside(self.site, project, "archived")

    def administrator_restores(self, project: str) -> None:
        """An archived project is live again, and SafeSync may browse it."""
        upheavals.set_aside(self.site, project, "live")
        upheavals.open_project(self.site, project, JIRA_USER)

    def administrator_closes(self, project: str) -> None:
        """SafeSync may not browse a project of the Jira site any more; ``administrator_restores`` undoes it."""
        upheavals.close_project(self.site, project, JIRA_USER)

    def administrator_renames(self, what: Renamed, old: str, new: str) -> None:
        """Something of the Jira site gets another name; a ``key`` is that of a project, and all its issues' keys change."""
        if what == "key":
            writes.rename_project(self.site, old, new)
        else:
            upheavals.rename(self.site, what, old, new)

    def _issue(self, key: str) -> Issue:
        """An issue of the Jira site; what people do to work items beyond edits is not played yet."""
        found = self.site.keys.get(key.upper())
        if found is None:
            raise RefusedError(f"There is no issue {key} on the Jira site.")
        return found

    def _shelf(self, key: str) -> Shelf:
        tracker = "azure" if key.isdecimal() else "jira"
        return next(shelf for shelf in self._shelves if shelf.tracker == tracker)

    def _somebody(self, key: str) -> str:
        """Whoever owns an item now, by the organisation as it was written or, after a move, by the site."""
        if key.upper() in self.site.keys:
            issue = self.site.keys[key.upper()]
            return (issue.values.get("assignee") or issue.creator).name
        work = self.meridian.work(f"{'azure' if key.isdecimal() else 'jira'}:{key}")
        return (work.owner or work.author).name
