"""
Each kind of read is refused, with 403 and with 404, by the tracker or by a gateway, in every call of a run: who may not look has not seen.

Nothing may be cleared, and no refusal is swallowed unless it is about somebody's own board or the like (``QUIET``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from fault_weather import Fault, is_a_write, page, refused
from fault_world import HOSTED, OWN, Deployment, World, opened
from starlette.requests import Request
from starlette.responses import Response

from safesync.model.change import Outcome

BOARDS = ("/board", "/boards", "/sprint", "/configuration", "/columns", "/capacities", "/teamfieldvalues", "/teams")
QUIET = (*BOARDS, "/versions", "/version", "/tokens", "OPTIONS /_apis", "/ResourceAreas", "/bulkfetch")
"""
What may be refused without a word.

Boards, sprints and versions of others are none of a team's; when a token ends need not be told; a gateway that knows no reading by
id is read by searches; and without discovery the addresses are those of the documents.
"""
QUIET_ON_THE_WAY = ("/capacities", "/tokens", "OPTIONS /_apis", "/ResourceAreas", "/bulkfetch")
"""The same where something on the way refuses, which proves nothing: boards are told then."""


@pytest.fixture(scope="module", params=[*HOSTED, OWN[0]], ids=lambda one: one.title)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    deployment: Deployment = request.param
    with opened(deployment, tmp_path_factory.mktemp("refusals")) as made:
        yield made


@pytest.mark.parametrize(
    ("answer", "quiet"),
    [
        pytest.param(refused(403), QUIET, id="403"),
        pytest.param(refused(404), QUIET, id="404", marks=pytest.mark.deep),
        pytest.param(page(404), QUIET_ON_THE_WAY, id="a page with 404"),
    ],
)
def test_a_read_that_is_refused_clears_nothing_and_is_told(
    world: World, answer: Callable[[Request], Response], quiet: tuple[str, ...]
) -> None:
    world.start_again()
    world.retitle("TM101", "TM101 and TM105", "PG202", "Fine")
    assert world.run().error is None
    kinds, expected = frozenset(world.weather.sent), world.state()
    known, there = world.findings(), world.store.uids(world.deployment.name)
    swallowed = []
    for kind in sorted(kind for kind in kinds if not is_a_write(kind) and "comment" not in kind):
        world.forget_how_far()
        world.weather.closed = (kind, Fault("closed", answer))
        told = world.run()
        world.weather.closed = None
        assert (world.findings(), world.store.uids(world.deployment.name)) >= (known, there), kind
        assert world.writes == 0, kind
        assert told.error is None or "unexpected" not in told.error, (kind, told.error)
        if not (told.error or told.warnings or told.hidden) and not kind.endswith(quiet):
            swallowed.append(kind)
    assert swallowed == []
    world.forget_how_far()
    assert world.run().error is None
    assert (world.state(), world.writes) == (expected, 0)


def test_a_comment_that_the_tracker_refuses_for_good_is_sent_once_and_again_after_a_person_was_there(world: World) -> None:
    (posting,) = {kind for kind in _sent_by_a_first_run(world) if kind.startswith("POST ") and kind.endswith(("/comment", "/comments"))}
    key = world.deployment.keys[0]
    for answer in (refused(429), page(400), page(503)):
        world.weather.closed = (posting, Fault("for now", answer))
        world.run()
        assert world.writes > 0
    world.weather.closed = (posting, Fault("for good", refused(400)))
    told = world.run()
    assert [(one.ref.key, one.outcome) for one in told.undone] == [(key, Outcome.FAILED)]
    for _ in range(2):
        assert (world.run().undone, world.writes) == ((), 0)
    world.weather.closed = None
    assert (world.run().undone, world.writes, world.our_comments(key)) == ((), 0, [])
    world.sandbox._shift += timedelta(seconds=2)  # histories of Azure DevOps are known to the second
    world.sandbox.person_fixes(key, points="3")
    assert world.run().created == 1
    assert (len(world.our_comments(key)), world.run().undone, world.writes) == (1, (), 0)


def _sent_by_a_first_run(world: World) -> frozenset[str]:
    """Which kinds of calls; then all is as it was before, and one item will be spoken of."""
    world.start_again()
    world.retitle("TM101", "Fine", "Fine", "Fine")
    assert world.run().created == 1
    kinds = frozenset(world.weather.sent)
    world.start_again()
    world.retitle("TM101", "Fine", "Fine", "Fine")
    return kinds
