"""The only place that names concrete classes: from a configuration to the things that do its work."""

from __future__ import annotations

from pathlib import Path

from safesync.configuration.model import AzureTracker as AzurePart
from safesync.configuration.model import Configuration
from safesync.configuration.model import JiraTracker as JiraPart
from safesync.configuration.read import Loaded
from safesync.configuration.words import near
from safesync.connectors.inspection import Inspector
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Scope, Tracker
from safesync.jobs.source import Source, fingerprint
from safesync.model.errors import ConfigurationError
from safesync.rules.engine import Judge
from safesync.store.port import Store


def addresses(configuration: Configuration) -> Addresses:
    """Which tracker answers for which web address, so that a link into another tracker becomes a reference."""
    return Addresses(tuple((part.name, part.url) for part in configuration.trackers))


def sources(configuration: Configuration, only: tuple[str, ...] = ()) -> tuple[Source, ...]:
    """A connector for each configured tracker (of those named in ``only``, when any is); nothing is sent yet."""
    names = [part.name for part in configuration.trackers]
    if unknown := sorted(set(only) - set(names)):
        raise ConfigurationError(near("there is no tracker", unknown[0], names))
    known = addresses(configuration)
    return tuple(_source(part, known) for part in configuration.trackers if not only or part.name in only)


def inspector(part: JiraPart | AzurePart, known: Addresses) -> Inspector:
    """Somebody who looks around in a configured tracker, and does not wait for one that cannot be reached."""
    kind = "jira" if isinstance(part, JiraPart) else "azure-devops"
    return inspector_of(kind, access_of(part), _scope(part), known, Patience(attempts=1, budget_s=5.0))


def inspector_of(kind: str, access: Access, scope: Scope, known: Addresses, patience: Patience | None = None) -> Inspector:
    """The same where there is no configuration yet; ``kind`` as it would stand there."""
    if kind == "jira":
        from safesync.connectors.jira.inspection import JiraInspector  # noqa: PLC0415 - only for who has a Jira

        return JiraInspector(access, scope, known, patience=patience)
    from safesync.connectors.azure.inspection import AzureInspector  # noqa: PLC0415 - only for who has an Azure DevOps

    return AzureInspector(access, scope, known, patience=patience)


def _source(part: JiraPart | AzurePart, known: Addresses) -> Source:
    return Source(_tracker(part, known), fingerprint(_scope(part), part.mapping))


def _scope(part: JiraPart | AzurePart) -> Scope:
    return Scope(part.scope.projects, part.scope.jql if isinstance(part, JiraPart) else part.scope.wiql)


def judge(loaded: Loaded) -> Judge:
    """The judge that a configuration asks for."""
    return Judge(loaded.rules)


def lock_folder(configuration: Configuration) -> Path:
    """Where locks are held: beside a store in a file, else in the working folder."""
    name = configuration.store.removeprefix("sqlite:///") if configuration.store.startswith("sqlite") else ""
    return Path(name).absolute().parent if name else Path.cwd()


def store(configuration: Configuration) -> Store:
    """The store, with its tables brought up to date."""
    from safesync.store.sql import open_store  # noqa: PLC0415 - SQLAlchemy takes a second to import

    return open_store(configuration.store)


def _tracker(part: JiraPart | AzurePart, known: Addresses) -> Tracker:
    access = access_of(part)
    if isinstance(part, JiraPart):
        from safesync.connectors.jira.tracker import JiraTracker  # noqa: PLC0415 - only for who has a Jira

        return JiraTracker(access, _scope(part), part.mapping, known)
    from safesync.connectors.azure.tracker import AzureTracker  # noqa: PLC0415 - only for who has an Azure DevOps

    return AzureTracker(access, _scope(part), part.mapping, known)


def access_of(part: JiraPart | AzurePart) -> Access:
    """Where a tracker is and how we enter it."""
    return Access(part.name, part.url, part.auth.token.get_secret_value(), part.auth.user)
