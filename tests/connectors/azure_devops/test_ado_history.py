"""Transitions and changes by people, revision by revision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from safesync.connectors.azure.context import Context, Metadata
from safesync.connectors.azure.documents import Revision
from safesync.connectors.azure.history import Histories
from safesync.model.item import Stage, Transition

SITE = Context("ado", "https://x.test", Metadata((), {}, {}, {}, frozenset(), frozenset(), {}), bots=frozenset({"bot"}))


def revision(rev: int, day: int, state: str, by: str = "anna", item: int = 1, **more: str) -> Revision:
    fields = {
        "System.State": state,
        "System.WorkItemType": "User Story",
        "System.TeamProject": "P",
        "System.ChangedBy": {"id": by},
        "System.ChangedDate": f"2026-11-{day:02}T10:00:00.123Z",
        **{f"System.{name}" if name == "Tags" else f"Microsoft.VSTS.CMMI.{name}": value for name, value in more.items()},
    }
    return msgspec.convert({"id": item, "rev": rev, "fields": fields}, Revision)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 10, tzinfo=UTC)


def histories(*revisions: Revision, packed: str = "") -> Histories:
    grown = Histories(packed)
    for one in revisions:
        grown.take(one, SITE)
    return grown


def test_only_a_new_stage_is_a_transition():
    found = histories(
        revision(1, 1, "New"), revision(2, 2, "New"), revision(3, 3, "Active"), revision(4, 4, "Doing"), revision(5, 5, "New")
    ).of(1)
    assert found is not None
    assert found.transitions == (Transition(at(1), Stage.FUNNEL), Transition(at(3), Stage.IN_PROGRESS), Transition(at(5), Stage.FUNNEL))


def test_a_bot_s_change_moves_the_stage_but_is_no_person_s():
    found = histories(revision(1, 1, "New"), revision(2, 2, "Active", by="BOT")).of(1)
    assert found is not None
    assert found.last_human_change_at == at(1)
    assert found.transitions[-1] == Transition(at(2), Stage.IN_PROGRESS)


@pytest.mark.parametrize(
    "block",
    [lambda rev, day: revision(rev, day, "Active", Tags="x; Blocked"), lambda rev, day: revision(rev, day, "Active", Blocked="Yes")],
    ids=["a tag", "the field"],
)
def test_an_item_is_blocked_since_the_newest_time_began(block: Callable[[int, int], Revision]):
    free = revision(4, 5, "Active")
    steps = [revision(1, 1, "New"), block(2, 3), block(3, 4), free, block(5, 7), block(6, 8)]
    assert blocked_since(*steps[:3]) == at(3)
    assert blocked_since(*steps[:4]) is None
    assert blocked_since(*reversed(steps)) == at(7)
    assert blocked_since(block(7, 9), packed=histories(*steps).pack()) == at(7), "it goes on where it was packed"
    found = histories(*steps).of(1)
    assert found is not None
    assert found.transitions == (Transition(at(1), Stage.FUNNEL), Transition(at(3), Stage.IN_PROGRESS)), "which is no change of stage"


def blocked_since(*revisions: Revision, packed: str = "") -> datetime | None:
    found = histories(*revisions, packed=packed).of(1)
    assert found is not None
    return found.blocked_since


def test_what_was_packed_goes_on_as_if_it_had_never_stopped():
    steps = [revision(1, 1, "New"), revision(2, 3, "Active"), revision(3, 4, "Closed")]
    packed = histories(*steps[:2]).pack()
    assert histories(steps[2], packed=packed).of(1) == histories(*steps).of(1)


def test_a_revision_read_again_changes_nothing():
    steps = [revision(1, 1, "New"), revision(2, 3, "Active")]
    assert histories(*steps, steps[1]).of(1) == histories(*steps).of(1)


def test_an_item_never_seen_has_no_history():
    assert histories().of(1) is None


def test_ten_thousand_items_with_three_transitions_pack_into_less_than_half_a_megabyte():
    every = (
        revision(rev, 1 + (item * 7 + rev) % 27, state, item=item)
        for item in range(10_000)
        for rev, state in ((1, "New"), (2, "Active"), (3, "Closed"))
    )
    assert len(histories(*every).pack()) < 500_000


@pytest.mark.parametrize("told", ["12/1/2026 4:00:00 AM", "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00+01:00"])
def test_a_revision_with_a_date_out_of_this_world_costs_no_other_its_history(told: str):
    odd = msgspec.structs.replace(
        revision(2, 2, "Active"), fields=msgspec.structs.replace(revision(2, 2, "Active").fields, changed_at=told)
    )
    grown = histories(revision(1, 1, "New"), odd, revision(1, 3, "New", item=2))
    packed = Histories(grown.pack())
    assert [packed.of(item) for item in (1, 2)] == [grown.of(item) for item in (1, 2)]
    found = packed.of(2)
    assert found is not None
    assert found.transitions == (Transition(at(3), Stage.FUNNEL),)
