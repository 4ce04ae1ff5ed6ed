"""What the newest results of linked tests say about the work they test, and where nobody knows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from linked_facts import seen

from safesync.facts.backlog import Backlog
from safesync.model.item import Item, Link, Relation
from safesync.model.organisation import Organisation
from safesync.model.registers import Entry, Register, Registers
from safesync.rules.examples import a_test, backlog_of, feature, story
from safesync.rules.rule import Surroundings

HIDDEN = frozenset({"test_result", "tested_on"})
FACTS = ("tests_failed", "tests_passed", "failed_test_keys", "days_since_test")
NOTHING_TELLS = ["unseen"] * 4


def told(*items: Item, uid: str = "jira:1", registers: Registers | None = None) -> list[Any]:
    around = Surroundings(organisation=Organisation(registers=registers or Registers()))
    backlog: Backlog = backlog_of(items, around, groups=frozenset())
    return [seen(backlog, fact, uid) for fact in FACTS]


def linked_to(*numbers: int) -> dict[str, Any]:
    return {"links": tuple(Link(Relation.TESTED_BY, f"jira:{number}") for number in numbers)}


def in_file(**results: str) -> Registers:
    names = {name.replace("_", "-"): result for name, result in results.items()}
    facts = frozenset({"test_result", "tested_on"})
    entries = tuple(Entry(name, (("test_result", result), ("tested_on", "2026-11-16"))) for name, result in names.items())
    return Registers(tests=Register(facts, entries))


def test_results_of_all_linked_tests_add_up_from_either_end():
    both = a_test(92, test_result="ABORTED", tested_on=date(2026, 11, 2), links=(Link(Relation.TESTS, "jira:1"),))
    items = (
        story(**linked_to(90, 91)),
        a_test(90, test_result="PASS", tested_on=date(2026, 11, 15)),
        a_test(91, test_result="Failed"),
        both,
    )
    assert told(*items) == [2, 1, "PAY-91, PAY-92", 3]


def test_a_story_that_its_tracker_calls_failed_has_failed_whatever_its_tests_say():
    assert told(story(test_result="NOK", **linked_to(90)), a_test(90, unseen=HIDDEN))[:2] == [1, 0]
    assert told(story(test_result="OK", **linked_to(90)), a_test(90, unseen=HIDDEN))[:2] == [0, 1]


def test_where_nothing_is_linked_nothing_failed_and_a_test_that_was_not_run_did_neither():
    assert told(story(unseen=HIDDEN)) == [0, 0, None, None]
    assert told(story(**linked_to(90)), a_test(90)) == [0, 0, None, None]


@pytest.mark.parametrize(
    "others",
    [(), (a_test(90, unseen=HIDDEN),), (a_test(90, test_result="Sunny"),)],
    ids=["a test that nobody saw", "no field for it", "a word that nobody knows"],
)
def test_what_nothing_tells_is_not_known(others: tuple[Item, ...]):
    assert told(story(unseen=HIDDEN, **linked_to(90)), *others) == NOTHING_TELLS


def test_links_that_were_not_shown_may_lead_to_a_test_that_failed():
    assert told(story(unseen=HIDDEN | {"tests"})) == NOTHING_TELLS


def test_one_failure_is_known_beside_a_test_that_is_not():
    items = (story(**linked_to(90, 91)), a_test(90, test_result="Failed"), a_test(91, unseen=HIDDEN))
    assert told(*items) == [1, "unseen", "unseen", "unseen"]


def test_a_file_tells_results_of_tests_and_of_what_they_test():
    hidden = {"unseen": HIDDEN}
    assert told(story(**hidden, **linked_to(90)), a_test(90, **hidden), registers=in_file(PAY_90="failed")) == [1, 0, "PAY-90", 2]
    assert told(story(**hidden, **linked_to(99)), registers=in_file(PAY_1="passed"))[:2] == [0, 1], "its test is in another tool"
    assert told(story(**hidden, **linked_to(99)), feature(), registers=in_file(PAY_2="passed")) == NOTHING_TELLS


def test_a_test_that_the_file_does_not_name_was_not_run():
    assert told(story(**linked_to(90)), a_test(90, unseen=HIDDEN), registers=in_file(PAY_91="failed"))[:2] == [0, 0]
