"""A few items of the sandbox in one tracker, whole runs over them, and all that can be seen afterwards."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fault_weather import Fault, Weather, struck_by

from safesync import wiring
from safesync.configuration.model import Configuration
from safesync.configuration.read import parse_configuration
from safesync.connectors.azure import library
from safesync.connectors.patience import Patience
from safesync.connectors.port import Tracker
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.facts.backlog import Backlog
from safesync.feedback.comment import reference_of
from safesync.feedback.settings import FeedbackSettings, Grace, Limits
from safesync.jobs.result import TrackerResult
from safesync.jobs.run import run_once
from safesync.jobs.source import Source
from safesync.model.finding import Finding, Report, Severity
from safesync.model.item import Gate, Item
from safesync.model.message import Message, Paragraph, Span
from safesync.model.organisation import Organisation
from safesync.store.port import Store
from safesync.store.sql import open_store

FREE = FeedbackSettings(limits=Limits(items=1000, share=1.0, jump=1000), grace=Grace(new_hours=0, busy_hours=0))
CODES = frozenset({"TM101", "TM105", "PG202"})
MOVING = frozenset({"revision", "updated_at", "last_human_change_at", "labels"})
"""What moves with each life of the items, and with our own writes. Labels are looked at where they are."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Which sandbox to start, which of its trackers to look at, and four items there."""

    title: str
    tracker: str
    keys: tuple[str, ...]
    sandbox: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the sandbox's configuration calls the tracker."""
        return "jira-eu" if self.tracker == "jira" else "ado"


OF_JIRA = ("PAY-32", "PAY-174", "CARDS-34", "CARDS-53")
OF_AZURE = ("1", "2", "14", "20")
HOSTED = (Deployment("Jira Cloud", "jira", OF_JIRA), Deployment("Azure DevOps Services", "azure", OF_AZURE))
OWN = (
    Deployment("Jira Data Center", "jira", OF_JIRA, {"jira": "data-center"}),
    Deployment("Azure DevOps Server 2020", "azure", OF_AZURE, {"azure": "2020"}),
)


class TitleJudge:
    """Every code in a title is a finding."""

    reads = frozenset({"title"})
    reads_groups = frozenset[str]()

    def judge(self, backlog: Backlog, now: datetime, open_ones: object = ()) -> Report:  # noqa: ARG002 - as every judge
        rows = backlog.frame.select("uid", "title").rows()
        flawed = [
            Finding(code, uid, Severity.WARNING, Gate.NEXT, f"Do what {code} asks.", "Looked at the title.")
            for uid, title in rows
            for code in re.findall(r"\b[A-Z]{2}\d{3}\b", title)
            if code in CODES
        ]
        subjects = frozenset(uid for uid, _ in rows)
        return Report(now, len(rows), CODES, subjects, tuple(flawed), frozenset())


class FakeTime:
    """Waiting that takes no time."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def sleep(self, pause_s: float) -> None:
        self.now_s += pause_s


@dataclass(slots=True)
class World:
    """A deployment with weather before its tracker."""

    deployment: Deployment
    sandbox: Sandbox
    weather: Weather
    folder: Path
    template: Path
    configuration: Configuration
    humans: dict[str, str] = field(default_factory=dict)
    """The labels that people had set, by key."""
    stores: int = 0
    writes: int = 0
    """How many the last run sent."""
    store: Store = field(init=False)

    def start_again(self) -> None:
        """As it was before the first run: nothing of ours on the items, nothing in the store."""
        self.new_store()
        shelf = self.sandbox._shelf(self.deployment.keys[0])
        for key in self.deployment.keys:
            for comment in self.our_comments(key):
                shelf.delete_comment(key, self.sandbox._somebody(key), comment.id)
            if self.deployment.tracker == "azure":
                shelf._item(key).comments.clear()  # type: ignore[attr-defined]  # it would remember that a person did it
            self.sandbox.person_fixes(key, title=f"Item {key}", labels=self.humans[key])

    def new_store(self) -> None:
        """An empty store, as after the old one was lost."""
        if self.stores:
            self.store.close()
        self.stores += 1
        path = self.folder / f"{self.stores}.db"
        shutil.copy(self.template, path)
        self.store = open_store(f"sqlite:///{path}")

    def forget_how_far(self) -> None:
        """The next run reads everything."""
        with self.store._database.writing() as connection:
            connection.exec_driver_sql("update trackers set cursor = null")

    @contextmanager
    def tracker(self) -> Iterator[Tracker]:
        """The connector that the configuration asks for; it does not really wait."""
        tracker = self._made()
        try:
            yield tracker
        finally:
            tracker.close()

    def run(self) -> TrackerResult:
        """One whole run."""
        self.weather.new_run()
        with self.tracker() as tracker:
            result = run_once([Source(tracker, "scope-1")], self.store, TitleJudge(), Organisation(), FREE, datetime.now(UTC))
        (told,) = result.trackers
        self.writes = tracker.calls.writes
        return told

    def retitle(self, *titles: str) -> None:
        """People name the items anew, in their order; an empty title leaves one alone."""
        for key, title in zip(self.deployment.keys, titles, strict=True):
            if title:
                self.sandbox.person_fixes(key, title=f"{title} {key}")

    def doubled(self, at: int) -> None:
        """One more comment of ours stands on an item, as after a crash on another machine."""
        with self.tracker() as tracker:
            tracker.identify()
            uid = self.uids()[self.deployment.keys[at]]
            item = self.store.item(uid)
            assert item is not None
            tracker.create_comment(item.ref, Message((Paragraph((Span("Said twice."),)),), reference_of(uid), "digest-of-a-double"))

    def uids(self) -> dict[str, str]:
        """By key."""
        return {item.key: uid for uid, item in self.store.items(sorted(self.store.uids(self.deployment.name))).items()}

    def our_comments(self, key: str) -> Sequence[Any]:
        """What stands on an item, as people see it."""
        shown = self.sandbox._shelf(key).shown(key)
        assert shown is not None
        return [said for said in shown.comments if said.by == "SafeSync"]

    def labels(self, key: str) -> tuple[str, ...]:
        """As people see them."""
        shown = self.sandbox._shelf(key).shown(key)
        assert shown is not None
        return tuple(sorted(shown.row.labels))

    def labels_known(self) -> dict[str, tuple[str, ...]]:
        """As the store has them, by key."""
        return {item.key: tuple(sorted(item.labels)) for item in self.store.items(sorted(self.store.uids(self.deployment.name))).values()}

    def findings(self) -> frozenset[tuple[str, str, str]]:
        """What the store says is wrong."""
        return frozenset((one.finding.code, one.finding.subject, str(one.finding.severity)) for one in self.store.findings())

    def state(self) -> dict[str, Any]:
        """Everything that must be the same however a run came to it."""
        name, keys = self.deployment.name, self.deployment.keys
        items = self.store.items(sorted(self.store.uids(name)))
        return {
            "items": {uid: _lasting(item) for uid, item in items.items()},
            "findings": self.findings(),
            "comments": {key: [re.sub(r"\s+", " ", said.html) for said in self.our_comments(key)] for key in keys},
            "labels": {key: self.labels(key) for key in keys},
            "marks": {uid: (mark.comment_id is not None, mark.silenced, mark.labels) for uid, mark in self.store.marks().items()},
            "open": self.store.open_intents(name),
            "cursor": self.store.tracker_state(name).cursor is not None,
        }

    def _made(self) -> Tracker:
        library.forget()  # each run is a process of its own, and discovers the services anew
        time = FakeTime()
        patience = Patience(sleep=time.sleep, monotonic=lambda: time.now_s, jitter=lambda: 1.0)
        (part,) = [one for one in self.configuration.trackers if one.name == self.deployment.name]
        return wiring._tracker(part, wiring.addresses(self.configuration), patience)


def _narrowed(sandbox: Sandbox, keys: Sequence[str]) -> Configuration:
    """The sandbox's own configuration, for these few items."""
    text, few = sandbox.configuration("sqlite:///unused.db"), ", ".join(keys)
    text = text.replace("projects: [PAY, CARDS]", f"projects: [PAY, CARDS], jql: 'key in ({few})'")
    text = text.replace("projects: [Payments]", f"projects: [Payments], wiql: '[System.Id] IN ({few})'")
    return parse_configuration(text).configuration


@contextmanager
def opened(deployment: Deployment, folder: Path) -> Iterator[World]:
    """A sandbox of this deployment, nothing of which was read yet."""
    template = folder / "template.db"
    open_store(f"sqlite:///{template}").close()
    with Sandbox(**deployment.sandbox) as sandbox:
        url = sandbox.jira_url if deployment.tracker == "jira" else sandbox.azure_url
        weather = Weather(sandbox._door.app, urlsplit(url).path)
        sandbox._door.app = weather
        world = World(deployment, sandbox, weather, folder, template, _narrowed(sandbox, deployment.keys))
        world.humans = {key: ", ".join(world.labels(key)) for key in deployment.keys}
        yield world
        if world.stores:
            world.store.close()


def phases(world: World) -> Iterator[str]:
    """The life of a few items: each phase begins with what people do, and then SafeSync runs."""
    world.start_again()
    world.retitle("TM101", "TM101 and TM105", "PG202", "Fine")
    yield "everything is new"
    world.retitle("TM105", "Settled", "", "TM101")
    yield "a few items changed"
    for _ in range(3):
        world.doubled(2)
    world.new_store()
    world.retitle("TM101", "", "", "")
    yield "the store was lost, and a comment stands four times"


def struck_until_done(world: World, faults: Sequence[Fault], kinds: frozenset[str]) -> Iterator[TrackerResult]:
    """Runs in which each kind of call meets each fault once; the last of them met none, and is a clean run."""
    met = world.weather.met
    # Those first that an earlier phase had no call left for.
    world.weather.pending = {
        kind: sorted((each for each in faults if kind in struck_by(each, kinds)), key=lambda each: (kind, each.name) in met)
        for kind in kinds
    }
    for _ in range(len(faults) * len(kinds) + 1):
        yield world.run()
        if not world.weather.struck:
            world.weather.pending = {}
            return
    raise AssertionError("it does not come to rest")


def _lasting(item: Item) -> dict[str, Any]:
    told = {each.name: getattr(item, each.name) for each in fields(item) if each.name not in MOVING}
    # The lives of an item make its history long, and only as much of it is read as is needed to understand the present: how it came
    # there, and not whether a web link was added long ago.
    return told | {"transitions": item.transitions[-1:], **_by_history(item)}


class Unless:
    """A value that the whole history alone tells: equal to every other one where one of the two was not seen."""

    def __init__(self, value: object, *, seen: bool) -> None:
        self.value, self.seen = value, seen

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unless) and (self.value == other.value or not (self.seen and other.seen))

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return repr(self.value) if self.seen else "not seen"


def _by_history(item: Item) -> dict[str, Any]:
    names = ("criteria_editor", "blocked_since")
    values = {name: Unless(getattr(item, name), seen=name not in item.unseen) for name in names}
    return values | {"unseen": item.unseen.difference(names, {"evidence"})}
