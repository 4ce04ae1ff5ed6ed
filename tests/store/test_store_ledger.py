"""The gates before trackers when the store is PostgreSQL: machines share them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pyrate_limiter import Rate

from safesync.connectors.ledger import NO_PAUSE, Pause
from safesync.store.ledger import PostgresLedger

FEW = Rate(20, 3_600_000)


def test_machines_together_take_no_more_places_than_there_are(postgres_url: str) -> None:
    machines = [PostgresLedger(postgres_url) for _ in range(3)]
    begin = threading.Barrier(3, timeout=30)

    def ask(machine: PostgresLedger) -> int:
        begin.wait()
        return sum(machine.take("site reads", FEW, 0.0) == 0.0 for _ in range(12))

    with ThreadPoolExecutor(3) as threads:
        assert sum(threads.map(ask, machines)) == 20
    assert machines[0].take("site reads", FEW, 0.0) > 100
    assert machines[0].take("site writes", FEW, 0.0) == 0.0
    for machine in machines:
        machine.close()


def test_a_pause_is_known_to_all_and_never_shortened(postgres_url: str) -> None:
    first, second = PostgresLedger(postgres_url), PostgresLedger(postgres_url)
    assert second.paused("site") == NO_PAUSE
    first.pause("site", Pause(2_000.5, "quota"))
    second.pause("site", Pause(1_000.0, "less"))
    assert second.paused("site") == first.paused("site") == Pause(2_000.5, "quota")
    assert second.paused("another") == NO_PAUSE
    second.close()
    assert second.paused("site") == Pause(2_000.5, "quota"), "closed, and opened again"
    first.close()
    second.close()


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:9/none"])
def test_without_a_server_a_process_keeps_its_own(url: str) -> None:
    ledger = PostgresLedger(url)
    assert ledger.take("site", Rate(1, 1000), 10.0) == 0.0
    assert ledger.take("site", Rate(1, 1000), 10.0) == 1.0
    ledger.pause("site", Pause(99.0))
    assert ledger.paused("site") == Pause(99.0)
    ledger.close()
