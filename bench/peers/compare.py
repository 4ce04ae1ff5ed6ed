"""
A full pull by SafeSync and by peers, each from a site of its own kind that takes 50 ms for each answer: calls, seconds, memory.

``bench/peers/run.sh [--items N] [--by-item N] [--latency MS] [--only TEXT]``. The site is a process on the loopback interface, one
for each pull, with a certificate made for this run: two peers insist on TLS, so all speak it. Seconds are those of the whole
process, those from its first request to the last answer, and those of its processor (own work); all are told per item, as ratios
to SafeSync's whole pull. Peers that make a call for each issue may be given fewer issues (``--by-item``): their calls and seconds
grow with the issues. ``changelogs`` and ``comments`` tell of how many issues the site gave away a whole one. Exit status: 0 when
everybody handed over every issue, nobody asked for another host, and none was faster than SafeSync reads and translates.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from resource import struct_rusage
from subprocess import PIPE, Popen, run
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Any

from peers import OURS, PEERS, ROOT, Peer

_LONGEST_S = 3600.0
_HEAD = f"{'':<31}{'items':>7}{'calls':>8}{'an item':>9}{'changelogs':>12}{'comments':>10}" + "".join(
    f"{name:>10}" for name in ("process", "on wire", "own work", "peak MB")
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a pull took: ``account`` is the site's."""

    handed: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    status: int
    outside: tuple[str, ...]
    account: dict[str, Any]

    def per_item(self, seconds: float) -> float:
        """Seconds of one issue."""
        return seconds / max(self.handed, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """One table; the paths that were asked for follow it."""
    asked = _asked(arguments)
    print(f"{asked.items:,} items ({asked.by_item:,} for those that call by item), {asked.latency:g} ms an answer\n{_HEAD}", flush=True)
    outcomes: list[tuple[Peer, Outcome]] = []
    wrong: list[str] = []
    with TemporaryDirectory() as folder:
        certificate = _certificate(Path(folder))
        for peer in (*OURS, *(peer for peer in PEERS if asked.only in peer.name)):
            items = asked.by_item if peer.by_item else asked.items
            outcome = _pulled(peer, items, asked.latency, certificate, asked.show)
            outcomes.append((peer, outcome))
            print(_row(peer, outcome, outcomes[0][1]), flush=True)
            wrong += [f"{peer.name.strip()} {what}" for what in _wrong(outcome, items)]
    wrong += [f"{peer.name} was faster than we read and translate" for peer, one in outcomes[len(OURS) :] if _faster(one, outcomes[1][1])]
    for peer, outcome in outcomes:
        print(f"\n{peer.name.strip()}: " + ", ".join(f"{count:,} {path}" for path, count in _busiest(outcome.account["paths"])))
    for one in wrong:
        print(f"\nWRONG: {one}")
    return 1 if wrong else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--by-item", type=int, help="how many issues peers read that call for each; as many as all without it")
    parser.add_argument("--latency", type=float, default=50.0)
    parser.add_argument("--only", default="", help="only peers with this in their name, beside SafeSync")
    parser.add_argument("--show", action="store_true", help="show what peers say on standard error")
    asked = parser.parse_args(arguments)
    asked.by_item = asked.by_item or asked.items
    return asked


def _certificate(folder: Path) -> Path:
    """Key and certificate of 127.0.0.1 in one file, good for two days."""
    key, file, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    named = ("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", str(key), "-out", str(file), *named]
    run(command, check=True, capture_output=True)  # noqa: S603  # no part of it comes from outside
    both.write_text(key.read_text() + file.read_text())
    return both


@contextmanager
def _site(items: int, latency_ms: float, certificate: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """An address, and an account that is filled in when the site closes."""
    program = ROOT / "bench" / "jira_backlog.py"
    command = [sys.executable, str(program), str(items), str(latency_ms), "cloud", str(certificate)]
    account: dict[str, Any] = {}
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:  # noqa: S603  # a module of this bench
        assert process.stdout is not None
        yield process.stdout.readline().strip(), account
        account.update(json.loads(process.communicate()[0]))


def _pulled(peer: Peer, items: int, latency_ms: float, certificate: Path, show: bool) -> Outcome:
    with TemporaryDirectory() as name, _site(items, latency_ms, certificate) as (url, account):
        folder = Path(name)
        command = peer.command(url, folder)
        status, wall, used = _run(command, folder, certificate, show)
        with (folder / "out").open(encoding="utf-8") as printed:
            handed = sum(peer.handed(line) for line in printed) if status == 0 else 0
        outside = folder / "outside"
        hosts = tuple(outside.read_text().split()) if outside.exists() else ()
    return Outcome(handed, wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6, status, hosts, account)


def _run(command: list[str], folder: Path, certificate: Path, show: bool) -> tuple[int, float, struct_rusage]:
    """Exit status, seconds, and what the process used."""
    around = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    told = {"SSL_CERT_FILE": str(certificate), "REQUESTS_CA_BUNDLE": str(certificate), "BENCH_OUTSIDE": str(folder / "outside")}
    told |= {"PYTHONPATH": str(ROOT / "src") if "pull.py" in " ".join(command) else ""}
    with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
        began = time.monotonic()
        process = Popen(command, stdout=out, stderr=None if show else err, env=around | told, cwd=folder)  # noqa: S603  # a peer, on purpose
        bound = Timer(_LONGEST_S, process.kill)
        bound.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()  # whoever interrupts the comparison does not leave a peer behind
            raise
        finally:
            bound.cancel()
        wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, wall, used


def _row(peer: Peer, outcome: Outcome, ours: Outcome) -> str:
    account, given = outcome.account, outcome.account["given"]
    process = outcome.per_item(outcome.wall_s) / ours.per_item(ours.wall_s)
    work = outcome.per_item(outcome.cpu_s) / ours.per_item(ours.cpu_s)
    wire = outcome.per_item(account["span_s"]) / ours.per_item(ours.account["span_s"])
    return (
        f"{peer.name:<31}{outcome.handed:>7}{account['calls']:>8}{account['calls'] / max(outcome.handed, 1):>9.4f}"
        f"{given['changelogs']:>12}{given['comments']:>10}{process:>8.2f} x{wire:>8.2f} x{work:>8.2f} x{outcome.peak_mb:>10.0f}"
    )


def _wrong(outcome: Outcome, items: int) -> list[str]:
    wrong = []
    if outcome.status or outcome.handed != items:
        wrong.append(f"handed over {outcome.handed} of {items} items, exit status {outcome.status}; --show tells why")
    if outcome.outside:
        wrong.append(f"asked for other hosts: {', '.join(sorted(set(outcome.outside)))}")
    return wrong


def _faster(one: Outcome, other: Outcome) -> bool:
    """From the first request to the last answer, an item."""
    return one.per_item(one.account["span_s"]) < other.per_item(other.account["span_s"])


def _busiest(paths: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(paths.items(), key=lambda path: -path[1])[:5]


if __name__ == "__main__":
    raise SystemExit(main())
