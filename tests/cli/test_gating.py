from __future__ import annotations

import re

import pytest
from desk import Answer, Desk

from safesync.connectors.sandbox.azure import upheavals
from safesync.connectors.sandbox.azure.people import Stamp
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.jobs.astray import NOT_FOUND


def loud_of(told: Answer) -> set[str]:
    return {one["code"] for one in told.value["findings"] if one["severity"] in {"warning", "error"}}


def test_an_item_with_findings_does_not_pass_until_they_are_waived(own_desk: Desk) -> None:
    own_desk.run("pull")
    told = own_desk.run("gate", "PAY-32", "--format", "json")
    loud = loud_of(told)
    assert (told.status, told.value["passes"], told.value["key"]) == (1, False, "PAY-32")
    assert told.value["ready"] is False
    unready = {why.split()[0] for why in told.value["not_ready_because"]}
    assert loud <= unready <= loud | set(told.value["not_evaluable"])
    assert loud

    said = own_desk.run("gate", "PAY-32")
    assert said.status == 1
    assert said.out.startswith(f"PAY-32 does not pass: {len(loud)} point")
    assert own_desk.run("gate", "PAY-32", "--fail-on", "never").status == 0

    entries = "".join(f"\n    - {{rule: {code}, items: [PAY-32], until: 2099-01-15, reason: r}}" for code in sorted(unready))
    own_desk.write(("feedback:", f"feedback:\n  waivers:{entries}"))
    passed = own_desk.run("gate", "PAY-32", "--format", "json")
    assert (passed.status, passed.value["passes"], passed.value["ready"]) == (0, True, True)
    said = own_desk.run("gate", "PAY-32").out.splitlines()
    assert (said[0], said[-1].strip()) == ("PAY-32 passes", "safesync-ready: yes")


def test_an_item_that_nobody_read_is_no_answer(desk: Desk) -> None:
    desk.run("pull")
    refused = desk.run("gate", "PAY-99999")
    assert refused.status == 2
    assert "no item 'PAY-99999' was read" in refused.err


def test_an_item_of_a_tracker_that_is_not_configured_any_more_never_passes(own_desk: Desk) -> None:
    own_desk.run("pull")
    own_desk.write(("name: ado", "name: other"), ("ado:", "other:"))
    refused = own_desk.run("gate", "ado:1")
    assert refused.status == 2
    assert "was read from ado, which is not in this configuration any more" in refused.err


@pytest.mark.parametrize("command", ["gate", "explain"])
def test_an_item_that_is_gone_is_told_as_that_and_not_as_a_slip_of_the_pen(own_desk: Desk, command: str) -> None:
    own_desk.run("pull")
    organisation = own_desk.sandbox.organisation
    item = organisation.items[59]
    upheavals.recycle(organisation, item, Stamp(own_desk.sandbox.clock(), item.latest.by))
    own_desk.run("pull")
    refused = own_desk.run(command, "59")
    assert refused.status == 4
    assert re.match(r"59 is gone since \d{4}-\d\d-\d\d: it was deleted or moved", refused.err)


def deletes(sandbox: Sandbox, key: str) -> None:
    """For good: no tracker says that it was that."""
    if key.isdecimal():
        upheavals.destroy(sandbox.organisation, sandbox.organisation.items[int(key)])
    else:
        sandbox.person_deletes(key)


@pytest.mark.parametrize("key", ["PAY-32", "59"])
def test_an_item_that_was_not_found_when_it_was_asked_for_is_not_answered_for(own_desk: Desk, key: str) -> None:
    own_desk.run("pull")
    own_desk.run("plan")
    deletes(own_desk.sandbox, key)
    applied = own_desk.run("apply", "plan.json")
    assert (applied.status, applied.out.count(NOT_FOUND)) == (0, 1)
    refused = own_desk.run("gate", key)
    assert (refused.status, refused.out) == (4, "")
    assert refused.err.startswith(f"{key}: {NOT_FOUND} (since ")
    assert own_desk.run("explain", key).err.startswith(f"{key}: {NOT_FOUND} (since ")
    checked = own_desk.run("check")
    assert (checked.status, checked.err) == (0, f"not found any more, and not judged: {key}\n")
    assert f" {key} " not in checked.out
    again = own_desk.run("run", "--format", "json").value
    assert (again["refused"], [each["undone"] for each in again["trackers"].values()]) == (0, [[], []])
