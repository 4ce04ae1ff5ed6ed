"""People who edit at the very moment in which an approved plan is written: their values survive, in both trackers, at every call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from house import House, house, our_comments
from starlette.requests import Request

from safesync.connectors.sandbox.faults import Fault
from safesync.connectors.sandbox.shelf import labels_of
from safesync.jobs.astray import NOT_FOUND
from safesync.jobs.check import check
from safesync.jobs.plan import plan
from safesync.jobs.pull import pull
from safesync.jobs.result import RunResult
from safesync.jobs.run import apply_once
from safesync.model.change import Outcome, Plan

FEW = (
    ("share: 0.5", "share: 1.0"),
    ("scope: {projects: [PAY, CARDS]}", "scope: {projects: [PAY, CARDS], jql: 'key in (PAY-32, PAY-174)'}"),
    ("scope: {projects: [Payments]}", "scope: {projects: [Payments], wiql: '[System.Id] IN (26, 59)'}"),
)
CRITERION = "Given a blocked card, when it is used, then the payment is refused within 2 seconds."
KEYS = ("PAY-32", "59")
"""An issue without criteria and a feature without a benefit hypothesis."""
MOST_CALLS = 8


def planned(home: House) -> Plan:
    """The plan after everything was read."""
    job, now = home.job, home.sandbox.clock()
    organisation, feedback = job.configuration.as_organisation(), job.configuration.feedback
    for source in job.sources:
        pull(source, job.store, now)
    checked = check(job.store, job.judge, organisation, now, trackers=job.names, rules=job.rules)
    return plan(job.store, checked, organisation, feedback, now, trackers=job.names).plan


def applied(home: House, made: Plan) -> RunResult:
    return apply_once(made, home.job.sources, home.job.store, home.sandbox.clock())


def labels(home: House, key: str) -> set[str]:
    shown = home.sandbox._shelf(key).shown(key)
    assert shown is not None
    return set(labels_of(shown.form["labels"]))


def title(home: House, key: str) -> str:
    shown = home.sandbox._shelf(key).shown(key)
    assert shown is not None
    return shown.form["title"]


def at_call(home: House, number: int, when: Literal["before", "after"], act: Callable[[str], None]) -> list[Fault]:
    """A person acts on an item of each tracker at the call with this number that is sent there from now on."""
    faults = []
    for key, faulty in zip(KEYS, (home.sandbox.site.faults, home.sandbox.organisation.faults), strict=True):
        seen = Counter[str]()

        def due(_request: Request, seen: Counter[str] = seen) -> bool:
            seen["calls"] += 1
            return seen["calls"] == number

        fault = Fault(due, when, lambda _request, key=key: act(key))  # type: ignore[misc]
        faulty.append(fault)
        faults.append(fault)
    return faults


@pytest.mark.slow  # some thirty plans over real HTTP
def test_whoever_edits_at_any_call_of_an_apply_keeps_what_they_wrote(tmp_path: Path) -> None:
    with house(tmp_path, change=FEW) as home:
        home.run()
        reached = skipped = 0
        for number in range(1, MOST_CALLS + 1):
            when: Literal["before", "after"] = "before" if number % 2 else "after"
            text = CRITERION if number % 2 else ""
            home.sandbox.person_fixes(KEYS[0], acceptance=text)
            home.sandbox.person_fixes(KEYS[1], benefit=f"If we build this, then clients save 5 minutes a payment. {number}" if text else "")
            made = planned(home)
            mine = f"Title of call {number}", f"mine-{number}"

            def edit(key: str, mine: tuple[str, str] = mine) -> None:
                kept = labels(home, key) | {mine[1]}
                home.sandbox.person_fixes(key, title=mine[0], labels=",".join(sorted(kept)))
                home.sandbox.person_comments(key, "I am on it.")

            faults = at_call(home, number, when, edit)
            result = applied(home, made)
            results = [one for each in result.trackers for one in each.results]
            assert {one.outcome for one in results} <= {Outcome.DONE, Outcome.SKIPPED}
            assert result.errors == ()
            for key, fault in zip(KEYS, faults, strict=True):
                if fault.times == 0:
                    reached += 1
                    assert title(home, key) == mine[0]
                    assert mine[1] in labels(home, key)
            skipped += sum(one.outcome is Outcome.SKIPPED for one in results)
            assert set(our_comments(home.sandbox).values()) == {1}
            home.run()
            written = home.run()
            assert [each.created + each.edited + each.labels_added + each.labels_removed for each in written.trackers] == [0, 0]
        assert reached >= MOST_CALLS, "half of the calls at least were met by somebody"
        assert skipped > 0, "who was there before we looked again is skipped"


def test_an_item_that_moves_or_goes_while_a_plan_waits_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    with house(tmp_path, change=FEW) as home:
        made = planned(home)
        assert {change.ref.key for change in made.changes} == {"PAY-32", "PAY-174", "26", "59"}
        home.sandbox.person_moves("PAY-174", "CARDS")
        home.sandbox.person_deletes("PAY-32")
        home.sandbox.person_fixes("26", labels="mine")
        result = applied(home, made)
        told = {one.ref.key: (one.outcome, one.reason) for each in result.trackers for one in each.results}
        assert told == {
            "PAY-32": (Outcome.SKIPPED, NOT_FOUND),
            "PAY-174": (Outcome.SKIPPED, "it changed since the plan was made"),
            "26": (Outcome.SKIPPED, "it changed since the plan was made"),
            "59": (Outcome.DONE, ""),
        }
        assert our_comments(home.sandbox) == {"59": 1}
        assert labels(home, "26") == {"mine"}
        again = applied(home, made)
        assert {one.ref.key: one.outcome for each in again.trackers for one in each.results}["59"] is Outcome.ALREADY


def test_a_run_begins_nothing_before_people_have_left_an_item_alone_for_as_long_as_is_set(tmp_path: Path) -> None:
    busy = ("grace: {new_hours: 0, busy_hours: 0}", "grace: {new_hours: 0, busy_hours: 2}")
    with house(tmp_path, change=(*FEW, busy)) as home:
        uids = ("jira-eu:20593", "ado:59")
        home.sandbox.person_fixes(KEYS[0], acceptance=CRITERION)
        home.sandbox.person_fixes(KEYS[1], benefit="If we build this, then clients save 5 minutes a payment.")
        home.run()
        assert not our_comments(home.sandbox).keys() & set(KEYS)
        home.sandbox.person_fixes(KEYS[0], acceptance="")
        home.sandbox.person_fixes(KEYS[1], benefit="")
        for key in KEYS:
            home.sandbox.person_comments(key, "I am on it.")  # what was said last counts
        home.run()
        left = [item.last_human_change_at for uid in uids if (item := home.job.store.item(uid)) and item.last_human_change_at]
        assert not our_comments(home.sandbox).keys() & set(KEYS)
        too_early = sum(each.created for each in home.run(min(left) + timedelta(hours=2, microseconds=-1)).trackers)
        in_time = [each.created for each in home.run(max(left) + timedelta(hours=2)).trackers]
        assert (len(left), too_early, in_time) == (2, 0, [1, 1])
        assert set(our_comments(home.sandbox).values()) == {1}
