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


def _pulled(url: str, folder: str) -> tuple[int, int, float, float, int, float]:
    """Items, calls, seconds and seconds of our processor of a full pull; calls and seconds of the next, which finds nothing new."""
    collect_rarely()
    tracker = AzureTracker(Access("ado", url, "token"), Scope(("Generated",)), Mapping(), Addresses())
    store = open_store(f"sqlite:///{folder}/bench.db")
    source = Source(tracker, "bench", ("Generated",))
    started, idle = time.perf_counter(), time.process_time()
    first = pull(source, store, datetime.now(UTC))
    full_s, busy_s, full_calls, then = time.perf_counter() - started, time.process_time() - idle, tracker.calls.total, time.perf_counter()
    pull(source, store, datetime.now(UTC))
    quiet = tracker.calls.total - full_calls, time.perf_counter() - then
    store.close()
    tracker.close()
    return first.items, full_calls, full_s, busy_s, *quiet


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
        items, calls, full_s, busy_s, quiet_calls, quiet_s = _pulled(url, folder)
        stored_mb = Path(folder, "bench.db").stat().st_size / 2**20
    ours.send("enough")
    server.join(10)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    batches = math.ceil(asked.items / BATCH)
    # A report is read page after page: each names the place of the next.
    in_turn = calls - batches
    ideal_s = (in_turn + batches / LANES) * latency_s
    print(f"items                    {items}")
    print(f"calls                    {calls} ({calls / items:.4f} an item), {batches} of them batches of {BATCH}, {LANES} at a time")
    print(f"seconds                  {full_s:.1f} = {full_s / ideal_s:.2f} x what latency alone takes ({ideal_s:.1f} s)" if ideal_s else "")
    print(f"processor                {1000 * busy_s / items:.2f} ms an item, with measuring and storing")
    print(f"memory                   {peak_mb:.0f} MB at its peak, {before_mb:.0f} MB before; the store is {stored_mb:.0f} MB")
    print(f"a quiet cycle            {quiet_calls} calls, {quiet_s:.2f} s")


if __name__ == "__main__":
    main()
