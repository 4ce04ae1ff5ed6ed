from __future__ import annotations

import pytest
from feedback_values import finding

from safesync.feedback.readiness import readiness
from safesync.model.finding import Finding, Point, Severity
from safesync.model.item import Gate, Kind

WHOLE = finding("TM114", points=(Point("criteria", "TM101", "Add them."), Point("size", "TM105", "Estimate it.")), severity=Severity.INFO)


@pytest.mark.parametrize(
    ("gate", "ready"),
    [
        (Gate.BACKLOG, False),
        (Gate.READY, True),
        (Gate.NEXT, True),
        (Gate.CURRENT, True),
        (Gate.ACTIVE, True),
        (Gate.DONE, False),
        (None, False),
    ],
)
def test_an_item_is_ready_from_the_gate_on_at_which_it_is_asked_until_it_is_done(gate: Gate | None, ready: bool) -> None:
    assert readiness(Kind.STORY, gate, ()).ready is ready


@pytest.mark.parametrize(
    ("kind", "ready"), [(Kind.EPIC, True), (Kind.SPIKE, True), (Kind.TASK, False), (Kind.RISK, False), (Kind.THEME, False)]
)
def test_only_what_is_taken_up_by_itself_is_ready(kind: Kind, ready: bool) -> None:
    assert readiness(kind, Gate.NEXT, ()).ready is ready


@pytest.mark.parametrize(
    ("found", "why_not"),
    [
        ((finding(severity=Severity.INFO),), ()),
        ((finding(severity=Severity.WARNING),), ("TM101 stands against it",)),
        ((finding(severity=Severity.ERROR), finding("PG202")), ("TM101 stands against it", "PG202 stands against it")),
        ((WHOLE, finding(severity=Severity.ERROR)), ()),
    ],
)
def test_a_warning_stands_against_it_and_what_another_finding_tells_does_not(found: tuple[Finding, ...], why_not: tuple[str, ...]) -> None:
    assert readiness(Kind.STORY, Gate.NEXT, found).why_not == why_not


def test_what_is_waived_neither_stands_against_it_nor_leaves_a_doubt() -> None:
    found = (finding(), finding("PG202", Severity.INFO))
    about = readiness(Kind.STORY, Gate.NEXT, found, doubted=["TM105"], waived={"TM101", "TM105"})
    assert (about.ready, [one.code for one in about.found]) == (True, ["PG202"])


def test_what_could_not_be_judged_or_run_is_a_reason() -> None:
    about = readiness(Kind.STORY, Gate.NEXT, (), doubted=["TM105", "TM101"], crashed=["X101"])
    assert [why.split()[0] for why in about.why_not] == ["TM101", "TM105", "X101"]
