"""What people say to us on work items: whose comments are read for it, and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from ado_meridian import Meridian, Shelf, denied
from msgspec import structs

from safesync.connectors.azure.client import AzureClient
from safesync.connectors.azure.cursor import cursor_of
from safesync.connectors.azure.replies import Known
from safesync.connectors.azure.resources import UPDATES, Resource
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.azure.updates import Update, Updates, Work
from safesync.connectors.sandbox.azure.items import WorkItem
from safesync.connectors.sandbox.azure.people import Person
from safesync.connectors.sandbox.faults import Fault, calls

SNOOZE = "<div>safesync snooze 5d</div>"


class Talk:
    """Two items, a shelf with what is known of them, and people who talk."""

    def __init__(self, meridian: Meridian) -> None:
        self.meridian, self.shelf = meridian, Shelf()
        self.first, self.second = meridian.add(fields={"System.AssignedTo": meridian.ada}), meridian.add()
        self.tracker: AzureTracker = meridian.tracker()

    def says(self, item: WorkItem, text: str, by: Person | None = None, form: str = "html") -> None:
        with self.meridian.organisation.lock:
            self.meridian.organisation.ledger.comment(item, text, form, self.meridian.stamp(by))  # type: ignore[arg-type]

    def rewrites(self, item: WorkItem, text: str | None, by: Person | None = None) -> None:
        """The last comment says something else, or nothing any more."""
        ledger, comment, stamp = self.meridian.organisation.ledger, item.comments[-1], self.meridian.stamp(by)
        with self.meridian.organisation.lock:
            ledger.delete_comment(item, comment, stamp) if text is None else ledger.edit_comment(item, comment, text, stamp)

    def pull(self, *, anew: bool = False) -> int:
        """One more; how many times comments were read for it."""
        before = len(self.meridian.organisation.requests)
        self.shelf.take(self.tracker.pull(None if anew else self.shelf.cursor))
        return sum("/comments" in one.path.lower() for one in self.meridian.organisation.requests[before:])

    def heard(self, item: WorkItem) -> list[tuple[str, ...]]:
        return [one.lines for one in self.shelf.items[f"ado:{item.id}"].replies or ()]

    def worked_at(self, item: WorkItem) -> datetime | None:
        """When a person last worked on an item, by what the next pull tells."""
        self.pull()
        return self.shelf.items[f"ado:{item.id}"].last_human_change_at


@pytest.fixture
def talk(meridian: Meridian) -> Talk:
    return Talk(meridian)


def test_comments_are_read_where_a_person_added_one_and_nowhere_else(talk: Talk) -> None:
    assert talk.pull() == 0
    talk.says(talk.first, SNOOZE)
    talk.meridian.change(talk.second, System__Title="Another")
    assert (talk.pull(), talk.heard(talk.first), talk.heard(talk.second)) == (1, [("snooze 5d",)], [])
    (reply,) = talk.shelf.items[f"ado:{talk.first.id}"].replies or ()
    ada = talk.meridian.ada
    assert (reply.author, reply.name, reply.by_owner) == (ada.id, "Ada Amber", True)
    assert ada.email in reply.names
    talk.says(talk.second, "<div>A remark.</div>")
    assert (talk.pull(), talk.pull()) == (1, 0)


@pytest.mark.parametrize("days", [0, 2], ids=["what changed is read", "all is read again"])
def test_who_deletes_a_comment_and_then_asks_for_something_is_heard(talk: Talk, days: int) -> None:
    talk.says(talk.first, "<div>Two points before this story is ready</div>", talk.meridian.bot)
    talk.says(talk.second, "<div>A remark.</div>")
    talk.pull()
    talk.meridian.now += timedelta(days=days, hours=1)
    talk.rewrites(talk.first, None)
    talk.says(talk.first, "<div>safesync recheck</div>")
    talk.meridian.change(talk.second, System__Title="Another")
    assert (talk.pull(), talk.heard(talk.first)) == (1, [("recheck",)])


def test_our_own_comments_and_those_of_bots_cost_nothing_and_command_nothing(talk: Talk) -> None:
    talk.pull()
    talk.says(talk.first, SNOOZE, talk.meridian.bot)
    talk.says(talk.second, SNOOZE, talk.meridian.build)
    assert (talk.pull(), talk.heard(talk.first), talk.heard(talk.second)) == (0, [], [])
    talk.says(talk.second, "<div>A remark of a person.</div>")
    assert (talk.pull(), talk.heard(talk.second)) == (1, [])


@pytest.mark.parametrize("text", [None, "<div>never mind</div>"])
def test_a_reply_that_is_deleted_or_says_something_else_is_heard_no_more(talk: Talk, text: str | None) -> None:
    talk.pull()
    talk.says(talk.first, SNOOZE)
    talk.pull()
    talk.rewrites(talk.first, text)
    assert (talk.pull(), talk.heard(talk.first)) == (1, [])


def test_what_a_comment_is_edited_into_is_said_then(talk: Talk) -> None:
    talk.says(talk.first, SNOOZE)
    talk.pull()
    (reply,) = talk.shelf.items[f"ado:{talk.first.id}"].replies or ()
    assert reply.edited_at is None
    talk.meridian.now += timedelta(hours=1)
    talk.rewrites(talk.first, "<div>safesync recheck</div>")
    talk.pull()
    (reply,) = talk.shelf.items[f"ado:{talk.first.id}"].replies or ()
    assert (reply.lines, reply.said_at) == (("recheck",), talk.first.latest.at)
    assert reply.at < reply.said_at


def test_what_another_person_wrote_into_a_comment_is_not_its_authors_word(talk: Talk) -> None:
    talk.pull()
    talk.says(talk.first, "<div>A remark.</div>")
    talk.rewrites(talk.first, SNOOZE, talk.meridian.organisation.add_identity("Bo Brown", "bo@meridian.example"))
    talk.pull()
    assert talk.heard(talk.first) == []


def test_reading_all_again_reads_comments_only_where_people_were_since(talk: Talk) -> None:
    talk.says(talk.first, SNOOZE)
    talk.says(talk.second, "<div>A remark.</div>")
    assert (talk.pull(), talk.heard(talk.first)) == (1, [("snooze 5d",)])  # by our name, which stands there
    talk.meridian.now += timedelta(days=2)
    assert (talk.pull(), talk.heard(talk.first)) == (0, [("snooze 5d",)])
    talk.meridian.now += timedelta(days=2)
    talk.says(talk.second, "safesync recheck", form="markdown")
    assert (talk.pull(), talk.heard(talk.second)) == (1, [("recheck",)])


def test_what_was_said_before_anybody_listened_is_heard_with_the_next_full_read(talk: Talk) -> None:
    talk.says(talk.first, SNOOZE)
    talk.pull()
    read = cursor_of(talk.shelf.cursor)
    assert read is not None
    talk.shelf = Shelf()
    talk.shelf.cursor = structs.replace(read, comments=None).text()
    talk.meridian.change(talk.second, System__Title="Another")
    assert (talk.pull(), talk.pull()) == (0, 0)
    talk.meridian.now += timedelta(days=2)
    assert (talk.pull(), talk.heard(talk.first)) == (1, [("snooze 5d",)])


def test_without_a_search_in_comments_those_from_now_on_are_heard(talk: Talk) -> None:
    talk.says(talk.first, SNOOZE)
    fault = Fault(calls("POST", "/wiql"), "before", denied(400), times=1)
    talk.meridian.organisation.faults.append(fault)
    assert (talk.pull(), talk.heard(talk.first)) == (0, [])
    talk.says(talk.first, "<div>and more</div>")
    assert (talk.pull(), talk.heard(talk.first)) == (1, [("snooze 5d",)])


def test_comments_that_cannot_be_read_leave_what_was_known(talk: Talk) -> None:
    talk.pull()
    talk.says(talk.first, SNOOZE)
    talk.pull()
    talk.says(talk.first, "<div>safesync recheck</div>")
    talk.meridian.organisation.faults.append(Fault(calls("GET", "/comments"), "before", denied(403), times=1))
    talk.pull()
    assert talk.heard(talk.first) == [("snooze 5d",)]
    talk.meridian.change(talk.first, System__Title="Another")
    talk.pull()
    assert talk.heard(talk.first) == [("snooze 5d",), ("recheck",)]


def test_replies_are_heard_where_queries_tell_what_changed(talk: Talk) -> None:
    talk.meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", denied(403), times=10**6))
    talk.pull()
    talk.says(talk.first, SNOOZE)
    talk.pull()
    assert talk.heard(talk.first) == [("snooze 5d",)]


@pytest.mark.parametrize("by_queries", [False, True], ids=["reports", "queries"])
def test_a_word_to_us_is_no_work_on_an_item_and_what_is_said_of_it_is(talk: Talk, by_queries: bool) -> None:
    if by_queries:
        talk.meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", denied(403), times=10**6))
    before = talk.worked_at(talk.first)
    talk.meridian.now += timedelta(hours=1)
    talk.says(talk.first, "<div>safesync explain</div>")
    talk.meridian.now += timedelta(hours=1)
    talk.says(talk.first, "`safesync recheck`", form="markdown")
    assert (talk.worked_at(talk.first), talk.heard(talk.first)) == (before, [("explain",), ("recheck",)])
    talk.meridian.now += timedelta(days=2)
    assert talk.worked_at(talk.first) == before  # all is read again, and their comments are not
    talk.says(talk.first, "<div>safesync waive TM110 until 2099-01-15: waiting for the vendor</div>")
    waived = talk.first.latest.at.replace(microsecond=0)
    assert talk.worked_at(talk.first) == waived != before
    talk.meridian.now += timedelta(hours=1)
    talk.rewrites(talk.first, "<div>safesync waive all</div>")
    assert talk.worked_at(talk.first) == waived
    talk.meridian.now += timedelta(hours=1)
    talk.meridian.change(talk.first, System__Title="Another", System__History="<div>safesync explain</div>")
    assert talk.worked_at(talk.first) == talk.first.latest.at.replace(microsecond=0)


def test_where_a_person_changed_an_item_too_many_updates_ago_a_word_to_us_counts_as_work(talk: Talk) -> None:
    for number in range(201):
        talk.meridian.change(talk.first, talk.meridian.bot, System__Title=f"Title {number}")
    talk.says(talk.first, SNOOZE)
    assert talk.worked_at(talk.first) == talk.first.latest.at.replace(microsecond=0)


def test_of_updates_that_never_end_some_are_read_and_nothing_is_known(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    # As from a server that skips nothing: a full page, again and again.
    change = {name: {"newValue": new} for name, new in (("System.ChangedDate", "2026-11-20T08:00:00Z"), ("System.Title", "Another"))}
    read, asked = AzureClient.read, []

    def endless(client: AzureClient, resource: Resource, shape: Any, **call: Any) -> Any:
        if resource is not UPDATES:
            return read(client, resource, shape, **call)
        asked.append(call["query"]["$skip"])
        return Updates(value=(Update({"id": talk.meridian.ada.id}, change),) * 200)

    monkeypatch.setattr(AzureClient, "read", endless)
    talk.pull()
    talk.meridian.now += timedelta(hours=1)
    talk.says(talk.first, SNOOZE)
    assert talk.worked_at(talk.first) == talk.first.latest.at.replace(microsecond=0)
    assert asked == list(range(0, 2_000, 200))


def test_where_what_was_changed_cannot_be_read_a_word_to_us_is_heard_and_counts_as_work(talk: Talk) -> None:
    before = talk.worked_at(talk.first)
    talk.meridian.now += timedelta(hours=1)
    talk.meridian.organisation.faults.append(Fault(calls("GET", "/updates"), "before", denied(403), times=1))
    talk.says(talk.first, SNOOZE)
    assert talk.worked_at(talk.first) != before
    assert talk.heard(talk.first) == [("snooze 5d",)]


@pytest.mark.parametrize("counts", [{}, {7: 3}, {1: 1, 900: 2, 901: 40}])
def test_what_is_known_survives_in_the_cursor(counts: dict[int, int]) -> None:
    known = Known(dict(counts), set(counts), dict.fromkeys(counts, Work(7, 0)))
    assert Known.unpacked(known.pack()) == known
    asks: Callable[[int, int], bool] = Known(dict(counts)).asks
    assert [asks(one, count + more) for one, count in counts.items() for more in (0, 1)] == [False, True] * len(counts)
