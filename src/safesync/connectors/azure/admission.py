"""Whether the reports are for us: who refuses them, and how often we ask again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.cursor import Cursor
from safesync.connectors.azure.streams import ProjectHiddenError, ReportsRefusedError, StaleTokenError, Stream
from safesync.connectors.patience import BarredError

_EVERY = timedelta(hours=1)
"""How often we ask whether the tracker still refuses them."""
_REFUSED = (
    "The reports of Azure DevOps are refused to our account: what changed is asked for by queries, deletions are seen once a day, and "
    "histories of states are not known. Give the token the scope Work items (read), and the account access to reporting."
)
_BARRED = (
    "The reports of Azure DevOps do not come through: {reason} What changed is asked for by queries until they do, deletions are seen once "
    "a day, and histories of states are not known. The next run asks for them again."
)


@dataclass(slots=True)
class Admission:
    """What one pull finds out about it; ``projects`` are those whose revisions it would ask for alone."""

    client: AzureClient
    projects: Collection[str]
    refused: bool = False
    barred: str | None = None
    """What something on the way said in place of the tracker."""

    def warnings(self) -> Iterator[str]:
        """What an administrator should do about it."""
        if self.barred:
            yield _BARRED.format(reason=self.barred)
        elif self.refused:
            yield _REFUSED

    def bar(self, barred: BarredError) -> None:
        """From now on nobody waits for the reports: neither in this pull nor, as its cursor tells, in the next ones."""
        self.barred = str(barred)

    def doubt(self, before: Cursor | None, since: datetime) -> None:
        """Before all is read: ``BarredError`` where something on the way keeps the reports from us, as it did a moment or a run ago."""
        if self.barred:
            raise BarredError(self.barred)
        if before is not None and before.barred:
            self._try(since)

    def asked_again(self, asked_at: datetime | None, now: datetime, since: datetime) -> datetime | None:
        """
        When the tracker refused its reports last: now, if an hour was over; ``None`` while something on the way keeps them from us.

        ``StaleTokenError`` when they are not refused any more.
        """
        if asked_at is None or abs(now - asked_at) >= _EVERY:
            try:
                self._try(since)
            except ReportsRefusedError:
                asked_at = now
            except BarredError as barred:
                self.bar(barred)
                asked_at = None
            else:
                raise StaleTokenError("The reports are not refused to us any more.")
        self.refused = True
        return asked_at

    def _try(self, since: datetime) -> None:
        """Nothing when all that a full read asks for comes through; what the first call is told otherwise is believed, without waiting."""
        with self.client.believing_strangers():
            for report in (Stream(self.client).links, Stream(self.client).revisions):
                next(iter(report(since)), None)
            for project in self.projects:
                with suppress(ProjectHiddenError):
                    next(Stream(self.client, project=project).revisions(since), None)
