"""
A Product Owner accepts a story by its criteria and by the Definition of Done. When the record says done and its own parts say
otherwise, nobody knows which of them is true.

We look at what was done in the last `history_days` days, `grace_days` after it was: open sub-tasks or tasks below it; criteria with a
checkbox that nobody ticked while others are ticked; no resolution, where most done items of the same type in its project have one;
and, where `checks` has `tests`, a linked test whose newest result is a failure. Where nothing tells the results of tests that are
linked, that cannot be judged.

How to fix: finish or close what is open, tick the criteria, make the tests pass, or open the item again.

Known false positives: checkboxes that are notes and not criteria (leave `boxes` out of `checks`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from safesync.model.finding import Severity
from safesync.model.item import Item, Kind, Stage
from safesync.rules.examples import a_test, bad, bug, good, story, task, unknown
from safesync.rules.rule import Level, NotAbove, Rule, RuleOptions


class Options(RuleOptions):
    """What is looked at."""

    checks: frozenset[Literal["tasks", "boxes", "resolution", "tests"]] = Field(
        default=frozenset({"tasks", "boxes", "resolution"}),
        min_length=1,
        description="What must be settled when an item is done; tests, that none failed.",
    )
    grace_days: Annotated[int, NotAbove("history_days")] = Field(
        default=1, ge=0, le=365, description="Days after an item was done in which its parts may be tidied up."
    )
    history_days: int = Field(default=60, ge=1, le=3650, description="What was done before that is history.")


def _done(number: int = 1, days: int = 2, resolution: str | None = None, criteria: str = "", **more: str) -> Item:
    return story(number, stage=Stage.DONE, days_in_stage=days, resolution=resolution, acceptance=criteria or None, **more)


_HALF = "- [x] Payers see the fee\n- [ ] Refused payments are logged"
_NONE = "- [ ] Payers see the fee\n- [ ] Refused payments are logged"
_TASK = task(parent="jira:1")

RULE = Rule(
    code="TM113",
    name="incomplete-done-item",
    level=Level.TEAM,
    judges=(Kind.STORY, Kind.BUG),
    source="SAFe, Built-In Quality: the Definition of Done; stories are accepted by their criteria",
    options=Options,
    when="stage = 'done' AND days_in_stage > :grace_days AND days_in_stage <= :history_days",
    flaw="'tasks' IN :checks AND open_tasks > 0"
    " OR 'boxes' IN :checks AND open_boxes > 0 AND open_boxes < boxes"
    " OR 'resolution' IN :checks AND resolution_missing"
    " OR 'tests' IN :checks AND tests_failed > 0",
    severity=Severity.WARNING,
    remedy="Finish or close what is open, tick the criteria, or open it again.",
    evidence="Done for {days_in_stage} days",
    figures=(
        "open tasks: {open_tasks}",
        "criteria not ticked: {open_boxes} of {boxes}",
        "resolution missing: {resolution_missing}",
        "tests that failed: {failed_test_keys}",
    ),
    examples=(
        bad("an open task", _done(), _TASK),
        bad("of a bug too", bug(1, stage=Stage.DONE, days_in_stage=2), _TASK),
        bad("a criterion that nobody ticked", _done(criteria=_HALF)),
        bad("no resolution, where it is usual", _done(), _done(7, resolution="Done"), _done(8, resolution="Fixed")),
        bad("a test failed", _done(tested_by="jira:90"), a_test(90, test_result="Failed"), options={"checks": {"tests"}}),
        good("half of the others have none either", _done(), _done(7, resolution="Done")),
        good("all in order", _done(resolution="Done", criteria="- [x] Payers see the fee"), task(parent="jira:1", stage=Stage.DONE)),
        good("a cancelled task is not open", _done(), task(parent="jira:1", stage=Stage.CANCELLED)),
        good("a team that ticks nothing", _done(criteria=_NONE)),
        good("done yesterday", _done(days=1), _TASK),
        bad("not history yet", _done(days=60), _TASK),
        good("history", _done(days=61), _TASK),
        good("not done", story(days_in_stage=5), _TASK),
    ),
    cases=(
        good("the test passed", _done(tested_by="jira:90"), a_test(90, test_result="Passed"), options={"checks": {"tests"}}),
        good("tests that do not count", _done(tested_by="jira:90"), a_test(90, test_result="Failed")),
        unknown("a test that nobody saw", _done(tested_by="jira:90"), options={"checks": {"tests"}}),
        good("tasks that do not count", _done(), _TASK, options={"checks": {"boxes"}}),
        good("boxes that do not count", _done(criteria=_HALF), options={"checks": {"tasks"}}),
        good(
            "a resolution that does not count",
            _done(),
            _done(7, resolution="Done"),
            _done(8, resolution="Fixed"),
            options={"checks": {"tasks"}},
        ),
    ),
)
