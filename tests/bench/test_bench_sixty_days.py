"""What the play of sixty days counts: a few days of two items, of which everything is known."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import structlog

BENCH = Path(__file__).resolve().parents[2] / "bench"
NARROW = (
    ("{projects: [PAY, CARDS]}", "{projects: [PAY, CARDS], jql: 'key = PAY-32'}"),
    ("{projects: [Payments]}", "{projects: [Payments], wiql: '[System.Id] = 26'}"),
)
"""A story without acceptance criteria (TM101), and a feature with a flaw of its own that nobody touches."""
GOOD = "Given a paid order, when it is shipped, then a receipt is sent within 5 minutes."


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    sys.path.insert(0, str(BENCH))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield import_module("sixty_days")
    structlog.reset_defaults()
    sys.path.remove(str(BENCH))


@pytest.fixture(scope="module")
def told(bench: ModuleType) -> dict[str, Any]:
    people = import_module("people_at_work")
    first = datetime.combine(bench.FIRST_DAY, bench.MORNING, UTC)
    acts = [
        people.Act(first + timedelta(days=day, hours=4), "fix", "PAY-32", {"acceptance": text}) for day, text in enumerate([GOOD, "", GOOD])
    ]
    names = ("a bot that flags", "a bot that tells changes", "SafeSync, all told at once")
    return {name: bench.answered(name, acts, 4, bench.CONTESTANTS[name], *NARROW) for name in names}


def test_who_flags_says_each_turn_in_a_new_comment(told: dict[str, Any]) -> None:
    for name in ("a bot that flags", "a bot that tells changes"):
        tally = told[name]
        assert tally.events == {"comment": 5, "labels": 5}
        assert sorted(tally.comments.values()) == [1, 4]
        assert tally.a_day == [2, 1, 1, 1]


def test_ours_says_it_in_one_that_is_edited(told: dict[str, Any]) -> None:
    tally = told["SafeSync, all told at once"]
    assert tally.events == {"comment": 2, "edit": 3, "labels": 5}
    assert sorted(tally.comments.values()) == [1, 1]
    assert (tally.comments_an_item, tally.a_day, tally.stopped) == (1.0, [2, 1, 1, 1], 0)


def test_a_mail_is_an_item_and_a_morning_for_each_who_is_told(told: dict[str, Any]) -> None:
    bot, ours = told["a bot that flags"], told["SafeSync, all told at once"]
    assert bot.mails == ours.mails == bot.mails_as_administrator
    assert 5 <= ours.mails <= 9, "five mornings, of one or two people each"
    assert ours.mails_as_administrator < ours.mails, "edits on Jira spare people where that is granted"


def test_what_is_told_is_counted_each_time_it_is_new(told: dict[str, Any]) -> None:
    for tally in told.values():
        (story,) = {uid for uid, code in tally.told if uid.startswith("jira") and code == "TM101"}
        assert tally.told[story, "TM101"] == 2
        assert tally.untold == 0


@pytest.mark.parametrize(
    ("request_line", "found"),
    [
        ("POST /rest/api/3/issue/10032/comment", ("comment", "10032")),
        ("PUT /rest/api/3/issue/10032/comment/7?notifyUsers=false", ("edit", "10032")),
        ("PUT /rest/api/3/comment/7/properties/safesync", None),
        ("PUT /rest/api/3/issue/PAY-32", ("labels", "PAY-32")),
        ("POST /Payments/_apis/wit/workItems/26/comments?format=html", ("comment", "26")),
        ("PATCH /Payments/_apis/wit/workItems/26/comments/3?format=html", ("edit", "26")),
        ("PATCH /Payments/_apis/wit/workitems/26?api-version=7.1", ("labels", "26")),
        ("POST /_apis/wit/workitemsbatch", None),
    ],
)
def test_a_write_is_known_by_its_request(bench: ModuleType, request_line: str, found: tuple[str, str] | None) -> None:
    assert bench.event(request_line) == found


def test_the_same_seed_is_the_same_history(bench: ModuleType) -> None:
    people = import_module("people_at_work")
    one, same, other = (people.history(bench.FIRST_DAY, 14, 5, seed) for seed in (1, 1, 2))
    assert one == same != other
    assert len(one) == 5 * sum((bench.FIRST_DAY + timedelta(days=day)).weekday() < 5 for day in range(14))
