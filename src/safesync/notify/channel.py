"""A channel to people: one address of a mail server, a chat or a webhook, and what is told there."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Collection
from dataclasses import dataclass, field

import apprise

from safesync.model.errors import ConfigurationError, RetryableError, SafeSyncError
from safesync.model.notice import Cause, Notice

_KINDS = {
    Cause.STOPPED: apprise.NotifyType.WARNING,
    Cause.TROUBLE: apprise.NotifyType.FAILURE,
    Cause.DIGEST: apprise.NotifyType.INFO,
}
_READS_MARKUP = frozenset({"Discord", "Mattermost"})
"""Services to which apprise sends an ``@all`` or a Markdown link as it stands; others have it escaped, or make nothing of it."""
_LIVE = re.compile(r"(?<!\w)@(?=\w)|(?<=<)@(?=[!&\d])|\](?=\()")
"""What calls somebody there, or hides an address behind other words."""
_STATUS = re.compile(r"^WARNING .*?error\s*=\s*(\d{3})\b|^DEBUG Socket Exception: .*?\((\d{3}), b", re.MULTILINE)
"""What a web server answered, or a mail server."""
_IN_PART = re.compile(r"^(?:INFO Sent |WARNING SMTP recipient \S+ was refused)", re.MULTILINE)
"""What apprise logs of an address that took it, and where a mail went to some of its recipients."""
_TOO_MANY = "429"
# Its messages may hold the address, and with it the secret; what went wrong is told by ``NotSentError``.
logging.getLogger("apprise").propagate = False


_ANSWERS_WITHIN_S = 20.0
"""A flow of Teams takes its time; told off after the four seconds of apprise, it would have sent it all the same, and be told again."""
_DEADLINE_S = 60.0


class NotSentError(SafeSyncError):
    """The other side did not take it; it is told again after the next run."""


class NotReachedError(NotSentError, RetryableError):
    """Nobody there took anything: whatever else there is to tell will fare no better now."""


@dataclass(frozen=True, slots=True)
class Channel:
    """``url`` is an address in apprise's notation; ``teams`` are those whose digests are told, all when it is empty."""

    name: str
    url: str = field(repr=False)
    causes: frozenset[Cause] = frozenset(Cause)
    teams: frozenset[str] = frozenset()
    deadline_s: float = _DEADLINE_S

    def wants(self, notice: Notice) -> bool:
        """Whether this is to be told here."""
        return notice.cause in self.causes and (notice.team is None or not self.teams or notice.team in self.teams)

    def send(self, notice: Notice) -> str:
        """
        Tell it, once and for at most a minute; ``NotSentError`` when it did not arrive as far as we know.

        Not empty, but a sentence, when some of several addresses took it and others did not: those that did shall not hear it again.
        """
        sending = _Sending(self.name, self.url, notice)
        # Whoever answers a byte a second never runs into a limit for silence, and a process must be able to end before them.
        thread = threading.Thread(target=sending.go, name=f"tell {self.name}", daemon=True)
        thread.start()
        thread.join(self.deadline_s)
        if thread.is_alive():
            raise NotReachedError(f"{sending}: it had not done with it after {self.deadline_s:g} s.")
        if sending.crash is not None:
            raise NotSentError(f"{sending}: sending ended with an unexpected {type(sending.crash).__name__}.")
        if sending.taken:
            return ""
        found = _STATUS.search(sending.said)
        status = found[1] or found[2] if found else ""
        why = f"it answered {status}" if status else "it was not reached, or did not take it"
        if _IN_PART.search(sending.said):
            return f"{sending} in part: not all of its addresses took it ({why}), and it is not told again."
        kind = NotReachedError if not status or status == _TOO_MANY or status >= "500" else NotSentError
        raise kind(f"{sending}: {why}.")


@dataclass(slots=True)
class _Sending:
    """A notice on its way, in a thread of its own."""

    name: str
    url: str = field(repr=False)
    notice: Notice
    taken: bool = False
    said: str = field(default="", repr=False)
    """What apprise logged; it may hold the address."""
    crash: Exception | None = None

    def __str__(self) -> str:
        return f"notify: {self.name} was not told '{self.notice.title}'"

    def go(self) -> None:
        kind = apprise.NotifyType.SUCCESS if self.notice.over else _KINDS[self.notice.cause]
        try:
            with apprise.LogCapture(level=logging.DEBUG, name="apprise", fmt="%(levelname)s %(message)s") as said:  # type: ignore[no-untyped-call]
                # As text: a title from a tracker shall not become markup or a mention.
                service, plain = _service(self.name, self.url), apprise.NotifyFormat.TEXT
                title, body = (_said_to(service, each) for each in (self.notice.title, self.notice.text))
                answer = service.notify(body=body, title=title, notify_type=kind, body_format=plain)
                self.taken, self.said = bool(answer), said.getvalue()
        except Exception as crashed:  # noqa: BLE001 - the boundary of one channel: a defect in one service ends no run
            self.crash = crashed


def _said_to(service: apprise.Apprise, text: str) -> str:
    """A text in which nobody is called and nothing is a link but what looks like one: a sign that is not seen stands in between."""
    reads = any(each.service_name in _READS_MARKUP for each in service)
    return _LIVE.sub(lambda found: f"{found[0]}\u2060", text) if reads else text


def opened(channels: Collection[Channel]) -> tuple[Channel, ...]:
    """The same channels; ``ConfigurationError`` when an address is none that can be told anything."""
    for channel in channels:
        _service(channel.name, channel.url)
    return tuple(channels)


def _service(name: str, url: str) -> apprise.Apprise:
    # Who follows a redirection sends the notice nowhere: what is posted is only asked for at the next address, a page to sign in often.
    service = apprise.Apprise(asset=apprise.AppriseAsset(app_id="SafeSync", http_redirects=False))
    if not service.add(url):
        scheme = url.partition("://")[0]
        raise ConfigurationError(
            f"notify.{name}: its url, which begins with {scheme}, is no complete address of a service that is known. "
            "Write it in apprise's notation, such as mailtos://, slack://, workflows:// (Teams) or jsons:// (a webhook)."
        )
    for each in service:
        if each.socket_read_timeout == apprise.URLBase.socket_read_timeout:  # nobody said otherwise: ?rto=
            each.socket_read_timeout = _ANSWERS_WITHIN_S
    return service
