"""A house whose items are moved, deleted, barred and edited by people at the moment in which SafeSync writes to them, on any deployment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from house import House
from starlette.requests import Request

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.azure import upheavals
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.people import Stamp
from safesync.connectors.sandbox.faults import Fault, calls
from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.shelf import labels_of
from safesync.jobs.result import RunResult
from safesync.model.change import Applied

OURS = re.compile(r"SafeSync ref [0-9a-f]{6}")
MARK = "scene"
"""The label by which items are in scope."""
SECOND = {"jira": "CARDS", "azure": "Lending"}
OUTSIDE = {"jira": "OUT", "azure": "Elsewhere"}
KINDS = {
    "cloud": {"jira": "cloud", "azure": "services"},
    "8.20": {"jira": "data-center", "jira_version": "8.20.30", "azure": "2020"},
    "9.12": {"jira": "data-center", "jira_version": "9.12.4", "azure": "2022"},
    "10.3": {"jira": "data-center", "jira_version": "10.3.24", "azure": "2022.1"},
}


@dataclass(slots=True)
class Scenery:
    """The sandbox, what SafeSync reads of it, and who speaks when."""

    sandbox: Sandbox
    folder: Path
    jira: tuple[str, ...]
    azure: tuple[str, ...]
    ids: dict[str, str] = field(default_factory=dict)
    """Native id by the key that an item had at first."""

    def text(self, *change: tuple[str, str], store: str = "safesync.db") -> str:
        text = self.sandbox.configuration(f"sqlite:///{self.folder / store}")
        both = (
            ("share: 0.5", "share: 1.0"),
            ("scope: {projects: [PAY, CARDS]}", f"scope: {{projects: [PAY, CARDS], jql: 'labels = {MARK}'}}"),
            ("scope: {projects: [Payments]}", f"scope: {{projects: [Payments, Lending], wiql: \"[System.Tags] CONTAINS '{MARK}'\"}}"),
        )
        for old, new in (*both, *change):
            assert old in text, old
            text = text.replace(old, new)
        return text

    @contextmanager
    def house(self, *change: tuple[str, str], store: str = "safesync.db") -> Iterator[House]:
        with opened_from(parse_configuration(self.text(*change, store=store))) as job:
            yield House(self.sandbox, job, self.folder)

    def item(self, key: str) -> WorkItem:
        return self.sandbox.organisation.items[int(key)]

    def stamp(self, key: str) -> Stamp:
        return Stamp(self.sandbox.clock(), self.sandbox.organisation.person(self.sandbox._somebody(key)))

    def moves(self, key: str, project: dict[str, str]) -> None:
        if key.isdecimal():
            upheavals.move(self.sandbox.organisation, self.item(key), project["azure"], self.stamp(key))
        else:
            self.sandbox.person_moves(key, project["jira"])

    def deletes(self, key: str) -> None:
        if key.isdecimal():
            upheavals.recycle(self.sandbox.organisation, self.item(key), self.stamp(key))
        else:
            self.sandbox.person_deletes(key)

    def relabels(self, key: str, add: Sequence[str] = (), remove: Sequence[str] = ()) -> None:
        kept = [one for one in self.labels(key) if one not in remove]
        self.sandbox.person_fixes(key, labels=",".join([*kept, *add]))

    def labels(self, key: str) -> set[str]:
        shown = self.sandbox._shelf(key).shown(key)
        assert shown is not None, key
        return set(labels_of(shown.form["labels"]))

    def ours(self, key: str) -> set[str]:
        return {one for one in self.labels(key) if one.startswith("safesync-")}

    def bodies(self, key: str) -> list[str]:
        """Comments on an item, as they stand."""
        if key.isdecimal():
            return [one.last.text for one in self.item(key).comments if not one.last.deleted]
        return [str(one.body) for one in self.sandbox.site.issue(key).comments]

    def comment_id(self, key: str) -> int:
        """Of ours."""
        comments = self.item(key).comments if key.isdecimal() else self.sandbox.site.issue(key).comments
        return next(one.id for one in comments if "SafeSync ref" in (one.last.text if key.isdecimal() else str(one.body)))  # type: ignore[union-attr]

    def deletes_comment(self, key: str) -> None:
        self.sandbox.person_deletes_comment(key, self.comment_id(key))

    def edits_comment(self, key: str) -> None:
        somebody = self.sandbox._somebody(key)
        if key.isdecimal():
            comment = self.item(key).comment(self.comment_id(key))
            assert comment is not None
            with self.sandbox.organisation.lock:
                text = comment.last.text + "<p>mine</p>"
                self.sandbox.organisation.ledger.edit_comment(self.item(key), comment, text, self.stamp(key))
        else:
            body = self.sandbox._shelf(key)._written("mine SafeSync ref")  # type: ignore[attr-defined]
            writes.edit_comment(self.sandbox.site, self.comment_id(key), somebody, body)

    def when(self, key: str, step: str, act: Callable[[str], object]) -> None:
        """At the next call of a step, ``say``, ``look``, ``edit`` or ``label``, on this item, somebody acts first."""
        azure = key.isdecimal()
        of_item = rf"/workitems/{key}" if azure else rf"/issue/{self.ids[key]}"
        method, rest = {
            "say": ("POST", "/comments?$"),
            "look": ("GET", r"/comments?/\d+$"),
            "edit": ("PATCH" if azure else "PUT", r"/comments?/\d+$"),
            "label": ("PATCH" if azure else "PUT", "$"),
        }[step]

        def do(_request: Request) -> None:
            act(key)

        fault = Fault(calls(method, of_item + rest), "before", do)
        (self.sandbox.organisation if azure else self.sandbox.site).faults.append(fault)

    def waiting(self) -> int:
        """How many of these have not come to pass."""
        return sum(fault.times for fault in (*self.sandbox.site.faults, *self.sandbox.organisation.faults))

    def comments(self) -> dict[str, int]:
        """How many of ours stand on each item that is there, by the key that it had at first."""
        there = [
            key
            for key in (*self.jira, *self.azure)
            if (key.isdecimal() and self.item(key).deleted is None) or key in self.sandbox.site.keys
        ]
        return {key: sum(bool(OURS.search(body)) for body in self.bodies(key)) for key in there}


@contextmanager
def scenery(folder: Path, kind: str, jira: Sequence[str], azure: Sequence[str]) -> Iterator[Scenery]:
    """A sandbox of this kind in which these items, and no others, are in scope; with a second project in scope and one outside."""
    with Sandbox(**KINDS[kind]) as sandbox:  # type: ignore[arg-type]
        made = Scenery(sandbox, folder, tuple(jira), tuple(azure))
        sandbox.site.add_project("OUT", "Outside")
        process = sandbox.organisation.project("Payments").process
        for name in ("Lending", "Elsewhere"):
            sandbox.organisation.add_project(name).process = process
        for key in (*jira, *azure):
            made.ids[key] = key if key.isdecimal() else str(sandbox.site.issue(key).id)
            made.relabels(key, [MARK])
        yield made


def writes_of(result: RunResult) -> int:
    return sum(each.created + each.edited + each.labels_added + each.labels_removed for each in result.trackers)


def undone(result: RunResult) -> dict[str, str]:
    """Why, by the key that the plan knew."""
    found: list[Applied] = [one for each in result.trackers for one in each.undone]
    return {one.ref.key: one.reason for one in found}
