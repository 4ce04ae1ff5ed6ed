"""A channel to people: one address of a mail server, a chat or a webhook, and what is told there."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import apprise

from safesync.model.errors import ConfigurationError, SafeSyncError
from safesync.model.notice import Cause, Notice

_KINDS = {
    Cause.STOPPED: apprise.NotifyType.WARNING,
    Cause.TROUBLE: apprise.NotifyType.FAILURE,
    Cause.DIGEST: apprise.NotifyType.INFO,
}
_STATUS = re.compile(r"error\s*=\s*(\d{3})\b")
# Its messages may hold the address, and with it the secret; what went wrong is told by ``NotSentError``.
logging.getLogger("apprise").propagate = False


class NotSentError(SafeSyncError):
    """The other side did not take it, or was not reached; it is told again after the next run."""


@dataclass(frozen=True, slots=True)
class Channel:
    """``url`` is an address in apprise's notation; ``teams`` are those whose digests are told, all when it is empty."""

    name: str
    url: str = field(repr=False)
    causes: frozenset[Cause] = frozenset(Cause)
    teams: frozenset[str] = frozenset()

    def wants(self, notice: Notice) -> bool:
        """Whether this is to be told here."""
        return notice.cause in self.causes and (notice.team is None or not self.teams or notice.team in self.teams)

    def send(self, notice: Notice) -> None:
        """Tell it, once and for at most some seconds; ``NotSentError`` when it did not arrive as far as we know."""
        kind = apprise.NotifyType.SUCCESS if notice.over else _KINDS[notice.cause]
        with apprise.LogCapture(level=logging.WARNING, name="apprise") as said:  # type: ignore[no-untyped-call]
            # As text: a title from a tracker shall not become markup or a mention.
            taken = _service(self.name, self.url).notify(
                body=notice.text, title=notice.title, notify_type=kind, body_format=apprise.NotifyFormat.TEXT
            )
            status = _STATUS.search(said.getvalue())
        if not taken:
            reason = f"it answered {status[1]}" if status else "it was not reached, or did not take it"
            raise NotSentError(f"notify: {self.name} was not told '{notice.title}': {reason}.")


def opened(channels: Collection[Channel]) -> tuple[Channel, ...]:
    """The same channels; ``ConfigurationError`` when an address is none that can be told anything."""
    for channel in channels:
        _service(channel.name, channel.url)
    return tuple(channels)


def _service(name: str, url: str) -> apprise.Apprise:
    service = apprise.Apprise()
    if not service.add(url):
        scheme = urlsplit(url).scheme or "nothing"
        raise ConfigurationError(
            f"notify.{name}: its url, which begins with {scheme}, is no complete address of a service that is known. "
            "Write it in apprise's notation, such as mailtos://, slack://, workflows:// (Teams) or jsons:// (a webhook)."
        )
    return service
