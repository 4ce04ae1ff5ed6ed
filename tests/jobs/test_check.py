from __future__ import annotations

from dataclasses import replace

import pytest
from fake_tracker import NOON, FakeTracker
from office import Office, TitleJudge

from safesync.jobs.check import check
from safesync.jobs.pull import pull
from safesync.model.finding import Finding, Severity

GROUP = "group:team_column:jira|Falcon|Build"
WIP = Finding("FL401", GROUP, Severity.WARNING, None, "Finish before you start.", "7 of 5.")
STRICT = TitleJudge(groups=(WIP,), known_groups=frozenset({GROUP}))
LENIENT = TitleJudge(lenient=True)


@pytest.fixture
def both(office: Office, jira: FakeTracker) -> Office:
    azure = FakeTracker("ado")
    jira.put(1, "TM101")
    azure.put(1, "TM101")
    whole = replace(office, trackers=[jira, azure])
    for source in whole.sources:
        pull(source, whole.store, NOON)
    return whole


def left(office: Office, judge: TitleJudge, *, trackers: tuple[str, ...] = ("ado", "jira"), failed: tuple[str, ...] = ()) -> list[str]:
    check(office.store, judge, office.organisation, NOON, trackers=trackers, failed=failed)
    return sorted(known.finding.subject for known in office.store.findings())


def test_everything_that_was_looked_at_and_is_fine_is_over_also_groups_that_are_no_more(both: Office) -> None:
    assert left(both, STRICT) == ["ado:1", GROUP, "jira:1"]
    assert left(both, LENIENT) == []


def test_a_tracker_that_could_not_be_read_clears_nothing_and_finds_nothing(both: Office) -> None:
    assert left(both, STRICT, failed=("ado",)) == ["jira:1"]
    assert left(both, STRICT) == ["ado:1", GROUP, "jira:1"]
    assert left(both, LENIENT, failed=("ado",)) == ["ado:1", GROUP]


def test_findings_are_counted_on_the_items_that_were_within_reach(both: Office) -> None:
    for failed, found in (((), (3, 2)), (("ado",), (1, 1)), (("ado", "jira"), (0, 0))):
        report = check(both.store, STRICT, both.organisation, NOON, trackers=("ado", "jira"), failed=failed).report
        assert (len(report.flawed), report.items) == found


def test_items_of_a_tracker_that_is_not_configured_any_more_are_not_judged(both: Office) -> None:
    assert left(both, STRICT, trackers=("jira",)) == [GROUP, "jira:1"]
