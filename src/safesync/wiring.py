"""The only place that names concrete classes: from a configuration to the things that do its work."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from safesync.configuration.model import AzureTracker as AzurePart
from safesync.configuration.model import Configuration
from safesync.configuration.model import JiraTracker as JiraPart
from safesync.connectors.port import Access, Addresses, Scope, Tracker

if TYPE_CHECKING:
    from safesync.store.port import Store


def addresses(configuration: Configuration) -> Addresses:
    """Which tracker answers for which web address, so that a link into another tracker becomes a reference."""
    return Addresses(tuple((part.name, part.url) for part in configuration.trackers))


def trackers(configuration: Configuration) -> tuple[Tracker, ...]:
    """A connector for each configured tracker; nothing is sent yet."""
    return tuple(_tracker(part, addresses(configuration)) for part in configuration.trackers)


def fingerprint(part: JiraPart | AzurePart) -> str:
    """Changes when scope or mapping do: what was read before then means something else and is read again."""
    text = part.model_dump_json(include={"url", "scope", "mapping"}, by_alias=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def store(configuration: Configuration) -> Store:
    """The store, with its tables brought up to date."""
    from safesync.store.sql import open_store  # noqa: PLC0415 - SQLAlchemy takes a second to import

    return open_store(configuration.store)


def _tracker(part: JiraPart | AzurePart, known: Addresses) -> Tracker:
    access = Access(part.name, part.url, part.auth.token.get_secret_value(), part.auth.user)
    if isinstance(part, JiraPart):
        from safesync.connectors.jira.tracker import JiraTracker  # noqa: PLC0415 - only for who has a Jira

        return JiraTracker(access, Scope(part.scope.projects, part.scope.jql), part.mapping, known)
    # The client library opens its cache while it is imported, below a home that may not be writable.
    os.environ.setdefault("AZURE_DEVOPS_CACHE_DIR", str(Path(tempfile.gettempdir()) / f"safesync-azure-{os.getuid()}"))
    from safesync.connectors.azure.tracker import AzureTracker  # noqa: PLC0415 - only for who has an Azure DevOps

    return AzureTracker(access, Scope(part.scope.projects, part.scope.wiql), part.mapping, known)
