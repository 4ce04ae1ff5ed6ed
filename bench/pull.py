"""
Pulls a generated backlog from a tracker on the loopback interface that takes 50 ms for each answer.

``python bench/pull.py [--items N] [--latency MS] [--lanes N]``: calls, seconds as ratios, memory. The tracker is a process
of its own, and so is each pull. The ratio is that of the seconds to what the latency alone would take: the calls for full
pages, divided by the calls that may be under way together. ``waited`` is how long the thread that translates, measures and stores did
nothing: for answers, or, on a busy machine, for its turn.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from subprocess import PIPE, Popen, run
from tempfile import TemporaryDirectory
from typing import Any

from clock import peak_mb, timed
from jira_backlog import FIRST

from safesync.cli.garbage import collect_rarely
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Access, Addresses, Scope
from safesync.jobs.pull import pull
from safesync.jobs.source import Source
from safesync.logs import configure_logs
from safesync.store.sql import open_store

HERE = Path(__file__).parent
MAPPING = Mapping.model_validate(
    {
        "types": {"feature": ["Epic"], "story": ["Story"]},
        "links": {"depends_on": ["Blocks"]},
        "fields": {
            "points": [{"schema": "com.pyxis.greenhopper.jira:jsw-story-points"}],
            "team": [{"schema": "com.atlassian.teams:rm-teams-custom-field-team"}],
            "acceptance": [{"name": "Acceptance criteria"}],
        },
        "bots": ["Robot"],
    }
)
_PAGE = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 when every pull was complete."""
    asked = _asked(arguments)
    if asked.once:
        print(json.dumps({"items": _once(asked.once, asked.lanes, stored=not asked.alone)}))
        return 0
    if asked.pull:
        print(json.dumps(_measured(asked.pull, asked.lanes)))
        return 0
    print(f"{asked.items} items, {asked.latency} ms an answer, {asked.lanes} calls at a time")
    complete = [_told(kind, asked) for kind in ("cloud", "data-center")]
    return 0 if all(complete) else 1


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--latency", type=float, default=50.0)
    parser.add_argument("--lanes", type=int, default=4)
    parser.add_argument("--pull", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--once", metavar="URL", help="one full pull of the site that is there already, as bench/peers does it")
    parser.add_argument("--alone", action="store_true", help="with --once: read and translate, and keep nothing")
    return parser.parse_args(arguments)


def _told(kind: str, asked: argparse.Namespace) -> bool:
    """One table: whether all pulls brought what they should."""
    with _tracker(kind, asked.items, asked.latency) as (url, account):
        command = [sys.executable, __file__, "--pull", url, "--lanes", str(asked.lanes)]
        rows = json.loads(run(command, check=True, stdout=PIPE).stdout)  # noqa: S603  # ourselves
    pages = ceil(asked.items / _PAGE)
    ideal = pages * asked.latency / 1000 / asked.lanes
    print(f"\nJira {kind}: {pages} full pages, {ideal:.2f} s of latency")
    for row in rows:
        ratio = f"{row['wall'] / ideal:.2f} x" if row["name"].startswith("full") else f"{row['wall']:.2f} s"
        own = f"{row['cpu'] / row['items'] * 1e6:.0f} us an item, waited {row['waited']:.2f} s" if row["items"] else "-"
        print(
            f"  {row['name']:<28}{row['items']:>8} items{row['calls']:>6} calls  {ratio:>8}  own work {own}, peak {row['peak_mb']:.0f} MB"
        )
    print(f"  {account['together']} calls were under way together at most")
    return [row["items"] for row in rows] == [asked.items, asked.items, 0, 100]


@contextmanager
def _tracker(kind: str, items: int, latency_ms: float) -> Iterator[tuple[str, dict[str, Any]]]:
    """An address, and an account that is filled in when the tracker closes."""
    account: dict[str, Any] = {}
    command = [sys.executable, str(HERE / "jira_backlog.py"), str(items), str(latency_ms), kind]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603  # a module of this bench
        assert process.stdout is not None
        yield process.stdout.readline().strip(), account
        account.update(json.loads(process.communicate()[0]))


def _measured(url: str, lanes: int) -> list[dict[str, Any]]:
    """The connector alone, the whole pull into a store, one when nothing changed, one when a hundred items did."""
    configure_logs("WARNING")
    collect_rarely()
    with TemporaryDirectory() as folder, closing(_connected(url, lanes)) as tracker:
        store = open_store(f"sqlite:///{folder}/bench.db")

        def whole() -> int:
            return pull(Source(tracker, "bench"), store, datetime.now(UTC)).items

        rows = [
            _row("full, connector alone", tracker, lambda: _read(tracker)),
            _row("full, into the store", tracker, whole),
            _row("nothing changed", tracker, whole),
        ]
        touched = json.dumps(list(range(FIRST, FIRST + 100))).encode()
        urllib.request.urlopen(f"{url}/bench/touch", touched).close()  # noqa: S310  # our own loopback address
        rows.append(_row("100 changed", tracker, whole))
        store.close()
    return rows


def _once(url: str, lanes: int, *, stored: bool) -> int:
    """A full pull and nothing else; how many items it brought."""
    configure_logs("ERROR")
    collect_rarely()  # as the command line does
    with TemporaryDirectory() as folder, closing(_connected(url, lanes)) as tracker:
        if not stored:
            return _read(tracker)
        store = open_store(f"sqlite:///{folder}/bench.db")
        items = pull(Source(tracker, "bench"), store, datetime.now(UTC)).items
        store.close()
    return items


def _read(tracker: JiraTracker) -> int:
    tracker.identify()
    return sum(len(page.items) for page in tracker.pull(None))


def _connected(url: str, lanes: int) -> JiraTracker:
    access = Access("jira", url, "bench-token", "bench@meridian.example")
    return JiraTracker(access, Scope(("PAY",)), MAPPING, Addresses((("jira", url),)), lanes=lanes)


def _row(name: str, tracker: JiraTracker, measured: Callable[[], int]) -> dict[str, Any]:
    before, busy_s = tracker.calls.total, time.thread_time()
    took, items = timed(measured)
    waited = took.wall - (time.thread_time() - busy_s)
    spent = {"wall": took.wall, "cpu": took.cpu, "waited": waited, "peak_mb": peak_mb()}
    return {"name": name, "items": items, "calls": tracker.calls.total - before, **spent}


if __name__ == "__main__":
    raise SystemExit(main())
