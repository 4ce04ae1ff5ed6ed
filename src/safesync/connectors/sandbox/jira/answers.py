"""A request as the handlers see it, and the answers Jira gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from safesync.connectors.decoders import decoder
from safesync.connectors.sandbox.jira.entities import Comment, Issue, Permission, Project, User
from safesync.connectors.sandbox.jira.state import JiraSite

T = TypeVar("T")

JSON = "application/json;charset=UTF-8"
PROBLEM = "application/problem+json"
NO_ISSUE = "Issue does not exist or you do not have permission to see it."
HIDDEN_ISSUE = "You do not have the permission to see the specified issue."
BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


class JiraError(Exception):
    """An answer other than what was asked for: messages for the whole, ``errors`` by field."""

    def __init__(self, status: int, *messages: str, errors: dict[str, str] | None = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages
        self.errors = errors or {}

    def answer(self) -> Response:
        """The body as Jira writes it."""
        return respond({"errorMessages": list(self.messages), "errors": self.errors}, self.status)


class ProblemError(JiraError):
    """What the layer in front of Jira refuses, in its own form."""

    def __init__(self, status: int, title: str, detail: str, path: str) -> None:
        super().__init__(status, detail)
        self._body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": path}

    def answer(self) -> Response:
        """The body as the layer writes it."""
        return Response(msgspec.json.encode(self._body), self.status, media_type=PROBLEM)


class PlainError(JiraError):
    """A refusal whose body is any JSON, or text."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self._body = body

    def answer(self) -> Response:
        """The body as it is."""
        if isinstance(self._body, str):
            return Response(self._body, self.status, media_type="text/plain")
        return respond(self._body, self.status)


class LimitedError(JiraError):
    """Too much in too short a time."""

    def __init__(self, reason: str, wait_s: int) -> None:
        super().__init__(429, "Rate limit exceeded.")
        self._headers = {"RateLimit-Reason": reason, "Retry-After": str(wait_s)}

    def answer(self) -> Response:
        """The refusal, and when to come again."""
        response = JiraError.answer(self)
        response.headers.update(self._headers)
        return response


class BucketError(PlainError):
    """A Data Center's bucket is empty."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(429, {"message": "Rate limit exceeded.", "status-code": 429})
        self._headers = headers

    def answer(self) -> Response:
        """The refusal, with the state of the bucket."""
        response = PlainError.answer(self)
        response.headers.update(self._headers)
        return response


def respond(body: Any, status: int = 200) -> Response:
    """JSON, with Jira's own content type."""
    return Response(msgspec.json.encode(body), status, {"Content-Type": JSON})


def nothing(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status_code=status)


@dataclass(slots=True)
class Call:
    """One request; ``user`` is ``None`` for an anonymous caller, which a bad sign-in makes of anybody."""

    site: JiraSite
    request: Request
    content: bytes
    base: str
    """The site's own address, without a slash at the end."""
    now: datetime
    user: User | None
    searching: bool = False
    """Whether issues are shown by the index, which on a Data Center may lack what the issue itself has."""
    login_reason: str | None = None
    """Why nobody was recognised though somebody tried."""
    memory: dict[Any, Any] = field(default_factory=dict)
    """What was rendered already for this answer."""

    @property
    def rest(self) -> str:
        """Where the platform's REST API begins."""
        return f"{self.base}{self.site.edition.api}"

    @property
    def cloud(self) -> bool:
        """Whether the site is one of Jira Cloud."""
        return self.site.edition.cloud

    @property
    def path(self) -> str:
        """Below the site's address."""
        return self.request.url.path.removeprefix(self.request.scope.get("root_path", ""))

    def part(self, name: str) -> str:
        """A part of the path."""
        value: str = self.request.path_params[name]
        return value

    def text(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.query_params.get(name, default)

    def listed(self, name: str) -> list[str]:
        """A query parameter that may be repeated and may hold several values with commas."""
        return [each for value in self.request.query_params.getlist(name) for each in value.split(",") if each]

    def flag(self, name: str, default: bool = False) -> bool:
        """A query parameter that is true or false."""
        return self.text(name, str(default)).lower() == "true"

    def number(self, name: str, default: int) -> int:
        """A query parameter that is an integer; another text is refused before Jira sees it."""
        text = self.text(name, str(default))
        try:
            return int(text)
        except ValueError:
            raise ProblemError(400, "Bad Request", f"Failed to convert '{name}' with value: '{text}'", self.path) from None

    def body(self, bean: type[T]) -> T:
        """The JSON that was sent, as the bean it must be."""
        kind = self.request.headers.get("content-type")
        if kind is None or not kind.startswith("application/json"):
            raise ProblemError(415, "Unsupported Media Type", f"Content-Type '{kind or 'null'}' is not supported.", self.path)
        try:
            return decoder(bean).decode(self.content)
        except msgspec.DecodeError:
            self.refuse_payload()

    def refuse_payload(self) -> NoReturn:
        """What Jira says of a body that does not fit its bean."""
        raise PlainError(400, {"errorMessages": [BAD_PAYLOAD]})

    def signed_in(self) -> User:
        """The caller; an anonymous one is refused."""
        if self.user is None:
            raise PlainError(401, "Client must be authenticated to access this resource.")
        return self.user

    def sees(self, project: Project) -> bool:
        """Whether the caller may browse a project."""
        return self.site.may(self.user, Permission.BROWSE, project)

    def may(self, permission: Permission, issue: Issue) -> bool:
        """Whether the caller may do this to an issue; in an archived project nobody may do more than read."""
        return issue.project.status == "live" and self.site.may(self.user, permission, issue.project)

    def issue(self, known: str | None = None) -> Issue:
        """The issue of the path, or another; hidden and missing ones are the same to the caller."""
        name = known if known is not None else self.part("issue")
        found = self.found(name)
        if found is None and self.user is not None and self.site.tells_of_hidden and self._exists(name):
            raise JiraError(403, HIDDEN_ISSUE)
        return found or self.no_issue()

    def _exists(self, known: str) -> bool:
        return known.upper() in self.site.keys or (known.isdecimal() and int(known) in self.site.issues)

    def hears(self, comment: Comment, issue: Issue) -> bool:
        """Whether the caller may read a comment: one for a role or group is for its author and for administrators here."""
        return comment.visibility is None or comment.author is self.user or self.may(Permission.ADMINISTER, issue)

    def found(self, known: str) -> Issue | None:
        """An issue that the caller may see."""
        try:
            issue = self.site.issue(known)
        except (StopIteration, ValueError):
            return None
        return issue if self.site.shows(self.user, issue) else None

    def no_issue(self) -> NoReturn:
        """The answer for an issue that is not there, or hidden."""
        if self.cloud:
            raise JiraError(404, NO_ISSUE)
        if self.user is None:
            raise JiraError(401, HIDDEN_ISSUE, "Login Required")
        raise JiraError(404, "Issue Does Not Exist")


Handler = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An operation of the API; ``reads`` marks a POST that changes nothing."""

    method: str
    path: str
    handler: Handler
    reads: bool = False

    @property
    def is_write(self) -> bool:
        """Whether the site is another one after it."""
        return self.method != "GET" and not self.reads
