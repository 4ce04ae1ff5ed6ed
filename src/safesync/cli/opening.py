"""What every command opens first."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from safesync import __version__, wiring
from safesync.configuration.model import Configuration
from safesync.configuration.read import Loaded, read_configuration
from safesync.configuration.secrets import Secrets
from safesync.feedback.digest import Wording
from safesync.jobs.anchors import item_of
from safesync.jobs.check import Checked, check
from safesync.jobs.reach import Unread, unread
from safesync.jobs.source import Source
from safesync.jobs.telling import Channel
from safesync.model.errors import ConfigurationError, RunError
from safesync.model.item import Item
from safesync.model.registers import REGISTERS
from safesync.rules.catalog import shipped
from safesync.rules.engine import Judge
from safesync.rules.rule import RuleSetting
from safesync.store.port import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """A configuration with the things that do its work."""

    configuration: Configuration
    store: Store
    sources: tuple[Source, ...]
    judge: Judge
    rules: tuple[RuleSetting, ...]
    configuration_hash: str
    channels: tuple[Channel, ...] = ()
    wording: Wording = field(default_factory=Wording)

    @property
    def names(self) -> tuple[str, ...]:
        """The trackers of the configuration."""
        return tuple(part.name for part in self.configuration.trackers)

    @property
    def never_read(self) -> str:
        """What to do where no tracker was read yet; empty otherwise."""
        states = {name: self.store.tracker_state(name) for name in self.names}
        known = any(state.cursor or state.trouble or self.store.projects(name) for name, state in states.items())
        return "" if known else "nothing was read yet: run 'safesync pull' first"

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all rules that there are, whether they judge here or not, with those that some had before."""
        rules = {**shipped(), **{setting.rule.code: setting.rule for setting in self.rules}}.values()
        return frozenset(code for rule in rules for code in (rule.code, *rule.aliases))

    def item(self, reference: str) -> Item:
        """
        The item that a person means, read from a tracker or kept in a file.

        ``ConfigurationError`` when there is none, or its tracker is not configured any more; ``RunError`` when it is gone.
        """
        item = item_of(self.store, self.configuration.as_organisation(), reference)
        if item is None and (at := self.store.gone_at(reference)) is not None:
            raise RunError(f"{reference} is gone since {at:%Y-%m-%d}: it was deleted or moved, or the scope does not select it any more")
        if item is None:
            how = "write KEY, tracker:KEY or tracker:id, and run 'safesync pull' first"
            raise ConfigurationError(f"no item {reference!r} was read; {how}")
        if item.tracker not in {REGISTERS, *self.names}:
            raise ConfigurationError(f"{item.key} was read from {item.tracker}, which is not in this configuration any more")
        return item

    def unread(self) -> Unread:
        """What of the trackers the last readings did not bring."""
        return unread(self.store, self.names)

    def checked(self, now: datetime, also: Collection[str] = ()) -> Checked:
        """What was read, judged and recorded; with the measured facts in ``also``. Of what was not read nothing is found or cleared."""
        missing = self.unread()
        return check(
            self.store,
            self.judge,
            self.configuration.as_organisation(),
            now,
            trackers=self.names,
            failed=missing.trackers.keys(),
            lost=missing.projects,
            rules=self.rules,
            also=also,
            # A day that begins with a store that nothing was read into would be remembered as one without flaws.
            keep_days=0 if self.never_read else self.configuration.snapshots.keep_days,
        )

    @property
    def written_by(self) -> str:
        """What a run is remembered with: the version, and which configuration it was."""
        return f"{__version__} {self.configuration_hash}"

    @property
    def plan_folder(self) -> Path:
        """Where plans that were stopped are kept."""
        return wiring.plan_folder(self.configuration)


@contextmanager
def opened(path: Path, *, trackers: bool = True, only: tuple[str, ...] = ()) -> Iterator[Opened]:
    """Everything a command needs, closed again afterwards; ``trackers`` False for commands that speak to none."""
    loaded = read_configuration(path, secrets=Secrets.ALL if trackers else Secrets.STORE)
    with opened_from(loaded, trackers=trackers, only=only) as everything:
        yield everything


@contextmanager
def opened_from(loaded: Loaded, *, trackers: bool = True, only: tuple[str, ...] = ()) -> Iterator[Opened]:
    """The same for a configuration that is already read."""
    judge = wiring.judge(loaded)
    store = wiring.store(loaded.configuration)
    try:
        sources = wiring.sources(loaded.configuration, only) if trackers else ()
        try:
            channels = wiring.channels(loaded.configuration) if trackers else ()
            yield Opened(loaded.configuration, store, sources, judge, loaded.rules, loaded.source.digest, channels, wiring.wording(loaded))
        finally:
            for source in sources:
                source.tracker.close()
    finally:
        store.close()
