"""The only place that names concrete classes: from a configuration to the things that do its work."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path
from typing import Literal

from safesync.configuration.model import AzureTracker as AzurePart
from safesync.configuration.model import Configuration
from safesync.configuration.model import JiraTracker as JiraPart
from safesync.configuration.read import Loaded
from safesync.configuration.words import near
from safesync.connectors.azure.address import listed, spellings
from safesync.connectors.azure.audience import AUDIENCE as AZURE_AUDIENCE
from safesync.connectors.gate import Gate, Rates, gate_name
from safesync.connectors.inspection import Inspector
from safesync.connectors.jira import jql
from safesync.connectors.jira.audience import AUDIENCE as JIRA_AUDIENCE
from safesync.connectors.ledger import FileLedger, Ledger, MemoryLedger
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Entra, Scope, Tracker
from safesync.facts.text.lexicon import Added, speak
from safesync.feedback.audience import Audience
from safesync.feedback.digest import Search, Wording
from safesync.jobs.source import Source, fingerprint
from safesync.jobs.telling import Channel
from safesync.model.errors import ConfigurationError
from safesync.rules.engine import Judge
from safesync.rules.page import said_name
from safesync.store.port import Store


def addresses(configuration: Configuration) -> Addresses:
    """Which tracker answers for which web address, so that a link into another tracker becomes a reference."""
    return Addresses(tuple((part.name, url) for part in configuration.trackers for url in _spellings(part)))


def _spellings(part: JiraPart | AzurePart) -> tuple[str, ...]:
    return spellings(part.url) if isinstance(part, AzurePart) else (part.url,)


def sources(configuration: Configuration, only: tuple[str, ...] = ()) -> tuple[Source, ...]:
    """A connector for each configured tracker (of those named in ``only``, when any is); nothing is sent yet."""
    names = [part.name for part in configuration.trackers]
    if unknown := sorted(set(only) - set(names)):
        raise ConfigurationError(near("there is no tracker", unknown[0], names))
    known = addresses(configuration)
    doors = _Doors(_ledger(configuration))
    added = configuration.added_words()
    speak(added)  # facts are measured as items are read, by the words of this configuration
    return tuple(_source(part, known, doors, added) for part in configuration.trackers if not only or part.name in only)


def audiences(configuration: Configuration) -> dict[str, Audience]:
    """Whom each tracker tells of what is written there."""
    return {part.name: JIRA_AUDIENCE if isinstance(part, JiraPart) else AZURE_AUDIENCE for part in configuration.trackers}


def _ledger(configuration: Configuration) -> Ledger:
    """With the store that runs share; a command that opened none leaves no file behind."""
    if not configuration.store.startswith("sqlite"):
        from safesync.store.ledger import PostgresLedger  # noqa: PLC0415 - SQLAlchemy takes a second to import

        return PostgresLedger(configuration.store)
    file = Path(configuration.store.removeprefix("sqlite:///"))
    return FileLedger(file.absolute().parent / ".safesync-gate.db") if file.is_file() else MemoryLedger()


class _Doors:
    """The gate before each site and identity, one for all trackers of a run that are the same site."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._gates: dict[str, Gate] = {}

    def gate(self, part: JiraPart | AzurePart) -> Gate:
        name = gate_name(part.url, part.auth.user)
        rates = Rates(part.limits.reads_per_s, part.limits.writes_per_s)
        return self._gates.setdefault(name, Gate(name, self._ledger, time.time, rates))


def inspectors(configuration: Configuration) -> tuple[Inspector, ...]:
    """For each configured tracker somebody who looks around there, and does not wait for one that cannot be reached."""
    known, doors = addresses(configuration), _Doors(_ledger(configuration))
    return tuple(
        inspector_of(part.kind, access_of(part), _scope(part), known, Patience.hurried(doors.gate(part))) for part in configuration.trackers
    )


def inspector_of(kind: str, access: Access, scope: Scope, known: Addresses, patience: Patience | None = None) -> Inspector:
    """The same where there is no configuration yet; ``kind`` as it would stand there."""
    if kind == "jira":
        from safesync.connectors.jira.inspection import JiraInspector  # noqa: PLC0415 - only for who has a Jira

        return JiraInspector(access, scope, known, patience=patience)
    from safesync.connectors.azure.inspection import AzureInspector  # noqa: PLC0415 - only for who has an Azure DevOps

    return AzureInspector(access, scope, known, patience=patience)


def _source(part: JiraPart | AzurePart, known: Addresses, doors: _Doors, added: Added) -> Source:
    read_as = fingerprint(_scope(part), part.mapping, added)
    return Source(_tracker(part, known, Patience(doors.gate(part))), read_as, part.scope.projects)


def _scope(part: JiraPart | AzurePart) -> Scope:
    return Scope(part.scope.projects, part.scope.jql if isinstance(part, JiraPart) else part.scope.wiql)


def judge(loaded: Loaded) -> Judge:
    """The judge that a configuration asks for."""
    configuration = loaded.configuration
    return Judge(loaded.rules, configuration.feedback.spoken(configuration.as_organisation()))


def wording(loaded: Loaded) -> Wording:
    """What digests take from elsewhere."""
    names = {setting.rule.code: said_name(setting.rule) for setting in loaded.rules}
    searches = {part.name: _search(part) for part in loaded.configuration.trackers}
    return Wording(names, searches, loaded.configuration.feedback.labels)


def _search(part: JiraPart | AzurePart) -> Search:
    if isinstance(part, JiraPart):
        return partial(jql.listed, part.url)
    return partial(listed, part.url, part.scope.projects)


def channels(configuration: Configuration) -> tuple[Channel, ...]:
    """Who is told outside the trackers; ``ConfigurationError`` when an address is none."""
    if not configuration.notify:
        return ()
    try:
        from safesync.notify import channel  # noqa: PLC0415 - only for who notifies: apprise is an extra
    except ModuleNotFoundError as error:
        raise ConfigurationError("notify: it needs apprise. Install it with: pip install 'safesync[notify]'") from error
    return channel.opened([channel.Channel(part.name, part.url.get_secret_value(), part.on, part.teams) for part in configuration.notify])


def plan_folder(configuration: Configuration) -> Path:
    """Where plans that were stopped are kept: beside a store in a file, else in the working folder."""
    name = configuration.store.removeprefix("sqlite:///") if configuration.store.startswith("sqlite") else ""
    return Path(name).absolute().parent if name else Path.cwd()


def store(configuration: Configuration) -> Store:
    """The store, with its tables brought up to date."""
    from safesync.store.sql import open_store  # noqa: PLC0415 - SQLAlchemy takes a second to import

    return open_store(configuration.store)


def _tracker(part: JiraPart | AzurePart, known: Addresses, patience: Patience) -> Tracker:
    access = access_of(part)
    if isinstance(part, JiraPart):
        from safesync.connectors.jira.tracker import JiraTracker  # noqa: PLC0415 - only for who has a Jira

        return JiraTracker(access, _scope(part), part.mapping, known, patience=patience, lanes=part.limits.at_once)
    from safesync.connectors.azure.tracker import AzureTracker  # noqa: PLC0415 - only for who has an Azure DevOps

    return AzureTracker(access, _scope(part), part.mapping, known, patience=patience, lanes=part.limits.at_once)


def access_of(part: JiraPart | AzurePart) -> Access:
    """Where a tracker is and how we enter it."""
    token = part.auth.token.get_secret_value() if part.auth.token is not None else ""
    return Access(part.name, part.url, token, part.auth.user, _entra(part) if isinstance(part, AzurePart) else None)


def _entra(part: AzurePart) -> Entra | None:
    told = part.auth.entra
    if told is None or isinstance(told, str):
        return None if told is None else Entra(told)
    secret = told.client_secret.get_secret_value() if told.client_secret else None
    source: Literal["secret", "certificate", "managed-identity"] = (
        "secret" if secret else "certificate" if told.certificate else "managed-identity"
    )
    return Entra(source, told.tenant, told.client_id, secret, told.certificate)
