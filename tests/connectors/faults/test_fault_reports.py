"""Faults on the second page of what Azure DevOps reports as changed: the first was read, and neither cursor may move past the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fault_weather import Fault, faults, refused
from fault_world import HOSTED, World, opened, struck_until_done

REPORTS = frozenset({"GET /_apis/wit/reporting/workItemRevisions", "GET /_apis/wit/reporting/workItemLinks"})
PASSING = [each.name for each in faults("") if not (each.ends or each.slow or each.mild)]
FORGOTTEN = tuple(Fault(f"{status}, as if the place were not known any more", refused(status), ends=True) for status in (400, 404, 410))
ALONE = (
    *("an empty object", "an empty list", "null", "empty", "another content type", "a page to sign in", "a page with 203"),
    *("sent to a sign-in here", "401", "the token ends", "we are nobody", "down", "429, the quota is used up"),
    *(each.name for each in FORGOTTEN),
)
FEW = {"an empty list", "the token ends", FORGOTTEN[1].name}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened(HOSTED[1], tmp_path_factory.mktemp("reports")) as made:
        yield made


def _changed_since_a_run(world: World) -> None:
    """Both reports have several pages of what is new."""
    manners, feature = world.sandbox.organisation.manners, world.deployment.keys[3]
    manners.page_size = 200
    world.start_again()
    world.sandbox.person_fixes(feature, parent="1")
    world.retitle("TM101", "TM101 and TM105", "PG202", "Fine")
    assert world.run().error is None
    manners.page_size = 2
    world.retitle("TM105", "Settled", "", "TM101")
    for parent in ("2", "14", "2"):
        world.sandbox.person_fixes(feature, parent=parent)


@pytest.fixture(scope="module")
def expected(world: World) -> dict[str, Any]:
    """How it ends when nothing happens."""
    _changed_since_a_run(world)
    assert world.run().error is None
    assert all(world.weather.sent[kind] > 2 for kind in REPORTS), world.weather.sent
    assert world.store.item("ado:20").links != ()  # type: ignore[union-attr]
    return world.state()


@pytest.mark.parametrize(
    "names",
    [
        *(PASSING[start : start + 3] for start in range(0, len(PASSING), 3)),
        *(pytest.param([name], marks=() if name in FEW else pytest.mark.deep) for name in ALONE),
    ],
    ids=" + ".join,
)
def test_after_a_fault_on_a_later_page_of_a_report_nothing_of_what_changed_is_lost(
    world: World, expected: dict[str, Any], names: list[str]
) -> None:
    _changed_since_a_run(world)
    world.weather.met.clear()
    world.weather.after = dict.fromkeys(REPORTS, 1)
    befalling = [replace(each, alike=False) for each in (*faults(""), *FORGOTTEN) if each.name in names]
    try:
        for told in struck_until_done(world, befalling, REPORTS):
            assert told.error is None or "unexpected" not in told.error, (told.error, world.weather.struck)
    finally:
        world.weather.after = {}
    assert told.error is None
    assert world.state() == expected
    assert world.weather.met == {(kind, name) for kind in REPORTS for name in names}
