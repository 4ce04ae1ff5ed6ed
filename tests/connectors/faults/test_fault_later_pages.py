"""
Faults on the last call of a kind, where there are several: the page of a list that a broken read would take for its end.

The pages are made so small that four items fill two of them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fault_weather import faults
from fault_world import HOSTED, OWN, Deployment, World, opened, struck_until_done

from safesync.connectors.azure import comments as azure_comments
from safesync.connectors.azure import items as azure_items
from safesync.connectors.jira import comments as jira_comments
from safesync.connectors.jira import scan

TOGETHER = ("429, come in two seconds", "reset after it was done", "cut short")
ALONE = ("an empty object", "an empty list", "null", "the token ends", "we are nobody", "down")
FEW = ("an empty list", "the token ends")
PAGED = {
    "Jira Cloud": {"POST /rest/api/#/search/jql", "POST /rest/api/#/issue/bulkfetch", "GET /rest/api/#/issue/#/comment"},
    "Jira Data Center": {"POST /rest/api/#/search", "GET /rest/api/#/issue/#/comment"},
    "Azure DevOps Services": {
        "GET /Payments/_apis/wit/reporting/workItemRevisions",
        "POST /_apis/wit/workItemsBatch",
        "GET /Payments/_apis/wit/workItems/#/comments",
    },
}
"""Lists that have a second page here."""


@pytest.fixture(scope="module", params=[*HOSTED, OWN[0]], ids=lambda one: one.title)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    deployment: Deployment = request.param
    with pytest.MonkeyPatch.context() as patch, opened(deployment, tmp_path_factory.mktemp("pages")) as made:
        for module, name in ((scan, "PAGE"), (scan, "_IDS"), (azure_items, "BATCH")):
            patch.setattr(module, name, 2)
        for module in (jira_comments, azure_comments):
            patch.setattr(module, "_PAGE", 1)
        yield made


def _fresh(world: World) -> None:
    """Items of which one has four comments of ours, and a store that knows nothing."""
    world.start_again()
    world.retitle("TM101", "TM105", "PG202", "Fine")
    assert world.run().error is None
    for _ in range(3):
        world.doubled(2)
    world.new_store()


@pytest.fixture(scope="module")
def several(world: World) -> dict[str, int]:
    """Which kinds of call a clean run sends several times, and how often."""
    _fresh(world)
    assert world.run().error is None
    return {kind: count for kind, count in world.weather.sent.items() if count > 1}


@pytest.mark.parametrize(
    "names",
    [TOGETHER, *(pytest.param((name,), marks=() if name in FEW else pytest.mark.deep) for name in ALONE)],
    ids=" + ".join,
)
def test_after_a_fault_on_the_last_page_the_next_run_ends_as_if_nothing_had_happened(
    world: World, several: dict[str, int], names: tuple[str, ...]
) -> None:
    assert several.keys() >= PAGED[world.deployment.title], several
    _fresh(world)
    assert world.run().error is None
    expected, there = world.state(), world.store.uids(world.deployment.name)
    _fresh(world)
    world.weather.met.clear()
    # How often an item is asked for its comments depends on what was written before: there it is the second page.
    world.weather.after = {kind: 1 if "comment" in kind else count - 1 for kind, count in several.items()}
    paged = PAGED[world.deployment.title]
    try:
        for told in struck_until_done(world, [each for each in faults("") if each.name in names], frozenset(paged)):
            assert told.error is None or "unexpected" not in told.error, (told.error, world.weather.struck)
            assert world.store.uids(world.deployment.name) <= there
    finally:
        world.weather.after = {}
    assert told.error is None
    assert world.state() == expected
    assert world.weather.met >= {(kind, name) for kind in paged for name in names}
