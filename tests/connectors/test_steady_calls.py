"""
What a run costs in which nothing has changed, with few projects and with many: every run is a process of its own.

Counted where the calls arrive.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from safesync.connectors.azure import library
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.jira.metadata import Cursor
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Access, Addresses, Scope, Tracker
from safesync.connectors.sandbox.jira.entities import Permission
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.jobs.pull import Pulled, pull
from safesync.jobs.source import Source
from safesync.store.port import Store
from safesync.store.sql import open_store

STEADY = 6
USER = "safesync@meridian.example"


MANY = 10


@dataclass(frozen=True, slots=True)
class Site:
    """A sandbox with ten projects in one of its trackers."""

    sandbox: Sandbox
    kind: str
    projects: tuple[str, ...]

    @contextmanager
    def tracker(self, projects: tuple[str, ...]) -> Iterator[Tracker]:
        library.forget()  # as in a new process
        made: Tracker
        if self.kind == "azure":
            access = Access("ado", self.sandbox.azure_url, self.sandbox.azure_token)
            made = AzureTracker(access, Scope(projects), Mapping(), Addresses())
        else:
            access = Access("jira", self.sandbox.jira_url, self.sandbox.jira_token, USER if self.sandbox.site.edition.cloud else None)
            made = JiraTracker(access, Scope(projects), Mapping(), Addresses())
        with closing(made):
            yield made

    def run(self, projects: tuple[str, ...], store: Store) -> tuple[Pulled, int]:
        """One pull, and how many calls arrived."""
        before = len(self.sandbox.calls(self.kind))
        with self.tracker(projects) as tracker:
            pulled = pull(Source(tracker, "the-scope", projects), store, datetime.now(UTC))
        return pulled, len(self.sandbox.calls(self.kind)) - before


@pytest.fixture(scope="module", params=["cloud", "data-center", "azure"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with Sandbox(**({"jira": "data-center"} if request.param == "data-center" else {})) as sandbox:
        if request.param == "azure":
            projects = ("Payments", *(f"Team {number}" for number in range(1, MANY)))
            for name in projects[1:]:
                sandbox.organisation.add_project(name)
        else:
            projects = ("PAY", *(f"P{number}" for number in range(1, MANY)))
            for key in projects[1:]:
                sandbox.site.add_project(key, f"Project {key}")
        yield Site(sandbox, "azure" if request.param == "azure" else "jira", projects)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as opened:
        yield opened


@pytest.mark.parametrize("count", [1, 4, MANY])
def test_a_steady_run_costs_at_most_six_calls_whatever_the_number_of_projects(site: Site, count: int, store: Store) -> None:
    projects = site.projects[:count]
    first, _ = site.run(projects, store)
    steady, calls = site.run(projects, store)
    assert (first.items > 0, steady.items) == (True, 0)
    assert steady.identity.projects == first.identity.projects == projects
    assert steady.identity.may_comment == first.identity.may_comment == set(projects)
    assert calls <= STEADY, site.sandbox.calls(site.kind)[-calls:]


@pytest.mark.parametrize("site", ["data-center"], indirect=True)
def test_a_project_of_many_that_is_hidden_later_is_found_out_and_told(site: Site, store: Store) -> None:
    site.run(site.projects, store)
    (us,) = [user for user in site.sandbox.site.users.values() if user.token == site.sandbox.jira_token]
    site.sandbox.site.deny(us, "P3", Permission.BROWSE)
    pulled, _ = site.run(site.projects, store)
    assert pulled.hidden == ("P3",)
    assert any("P3" in warning for warning in pulled.warnings)
    assert set(pulled.identity.projects) == set(site.projects) - {"P3"}


@pytest.mark.parametrize("site", ["data-center"], indirect=True)
def test_rights_that_were_told_to_another_account_are_asked_anew(site: Site, store: Store) -> None:
    site.run(site.projects, store)
    known = Cursor.read(store.tracker_state("jira").cursor)
    assert known is not None
    assert known.rights is not None
    with site.tracker(site.projects) as tracker:
        tracker.known = replace(known, rights=replace(known.rights, account="somebody else", comment=frozenset())).text()
        assert tracker.identify().may_comment >= {"PAY"}
    with site.tracker(site.projects) as tracker:
        tracker.known = replace(
            known, rights=replace(known.rights, as_of=known.rights.as_of - timedelta(days=2), comment=frozenset())
        ).text()
        assert tracker.identify().may_comment >= {"PAY"}
