"""
What a full pull of an Azure DevOps organisation costs: calls, seconds beside what latency alone takes, and memory.

    python bench/pull_azure.py [--items 10000] [--revisions 4] [--latency-ms 50] [--queries]

The organisation is generated and served by a process of its own on the loopback interface; each call takes the latency.
The pull runs through the whole of ``jobs.pull`` into a SQLite store, as ``safesync pull`` does. ``--queries`` refuses the
reports, as an organisation does to an account that may not use them.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "connectors" / "azure_devops"))

from ado_generated import Generated

from safesync.cli.garbage import collect_rarely
from safesync.connectors.azure.items import BATCH
from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.lanes import LANES
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Access, Addresses, Scope
from safesync.jobs.pull import pull
from safesync.jobs.source import Source
from safesync.store.sql import open_store

REPORT_PAGE = 1000


def _serve(end: Connection, items: int, revisions: int, latency_s: float, queries: bool) -> None:
    def refuses(address: str) -> int | None:
        return 403 if queries and "/reporting/" in address else None

    with Generated(items, revisions, latency_s=latency_s, page=REPORT_PAGE, refuses=refuses) as organisation:
        end.send(organisation.url)
        end.recv()
        end.send(organisation.most_at_once)


@dataclass(frozen=True, slots=True)
class Pulled:
    """A full pull: its seconds, those of our processor and of the thread that works in it; and the next one, which finds nothing new."""

    items: int
    calls: int
    full_s: float
    busy_s: float
    working_s: float
    quiet_calls: int
    quiet_s: float


def _pulled(url: str, folder: str) -> Pulled:
    collect_rarely()
    tracker = AzureTracker(Access("ado", url, "token"), Scope(("Generated",)), Mapping(), Addresses())
    store = open_store(f"sqlite:///{folder}/bench.db")
    source = Source(tracker, "bench", ("Generated",))
    started, idle, asleep = time.perf_counter(), time.process_time(), time.thread_time()
    first = pull(source, store, datetime.now(UTC))
    spent = (time.perf_counter() - started, time.process_time() - idle, time.thread_time() - asleep)
    full_calls, then = tracker.calls.total, time.perf_counter()
    pull(source, store, datetime.now(UTC))
    quiet = tracker.calls.total - full_calls, time.perf_counter() - then
    store.close()
    tracker.close()
    return Pulled(first.items, full_calls, *spent, *quiet)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--revisions", type=int, default=4)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--queries", action="store_true")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    ours, theirs = multiprocessing.Pipe()
    latency_s = asked.latency_ms / 1000
    server = multiprocessing.Process(target=_serve, args=(theirs, asked.items, asked.revisions, latency_s, asked.queries), daemon=True)
    server.start()
    url = ours.recv()
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with tempfile.TemporaryDirectory() as folder:
        one = _pulled(url, folder)
        stored_mb = Path(folder, "bench.db").stat().st_size / 2**20
    ours.send("enough")
    most_at_once = ours.recv()
    server.join(10)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    batches = math.ceil(asked.items / BATCH)
    # A report is read page after page: each names the place of the next.
    in_turn = one.calls - batches
    ideal_s = (in_turn + batches / LANES) * latency_s
    per_item, waited_s = one.calls / one.items, one.full_s - one.working_s
    print(f"items                    {one.items}")
    print(f"calls                    {one.calls} ({per_item:.4f} an item), {batches} of them batches of {BATCH}, {most_at_once} at a time")
    print(
        f"seconds                  {one.full_s:.1f} = {one.full_s / ideal_s:.2f} x what latency alone takes ({ideal_s:.1f} s)"
        if ideal_s
        else ""
    )
    print(f"processor                {1000 * one.busy_s / one.items:.2f} ms an item, with measuring and storing")
    print(f"waiting                  {waited_s:.1f} s nothing to do; the calls that need each other take {in_turn * latency_s:.1f} s")
    print(f"memory                   {peak_mb:.0f} MB at its peak, {before_mb:.0f} MB before; the store is {stored_mb:.0f} MB")
    print(f"a quiet cycle            {one.quiet_calls} calls, {one.quiet_s:.2f} s")


if __name__ == "__main__":
    main()
