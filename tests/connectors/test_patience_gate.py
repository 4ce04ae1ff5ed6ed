"""One gate for all who ask a site as the same account, threads and processes."""

from __future__ import annotations

import multiprocessing
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pyrate_limiter import Rate

from safesync.connectors.gate import Errand, Gate, Rates, errand, gate_name
from safesync.connectors.ledger import FORGOTTEN_S, NO_PAUSE, FileLedger, Ledger, MemoryLedger, Pause
from safesync.connectors.patience import Patience
from safesync.connectors.throttle import Reach, Throttle
from safesync.model.errors import RetryableError, RunError

READ = Errand("jira: GET search", "GET search")
OTHER = Errand("jira: GET field", "GET field")
WRITE = Errand("jira: POST issue/7/comment", "POST issue/#/comment", writes=True, item="7")
ELSEWHERE = Errand("jira: POST issue/8/comment", "POST issue/#/comment", writes=True, item="8")
ACCOUNT = "safesync@meridian.example"


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000_000.0
        self.pauses: list[float] = []

    def sleep(self, pause_s: float) -> None:
        self.pauses.append(round(pause_s, 3))
        self.now_s += pause_s

    def gate(self, ledger: Ledger | None = None, rates: Rates | None = None) -> Gate:
        return Gate("site", ledger or MemoryLedger(), lambda: self.now_s, rates)

    def patience(self, gate: Gate, budget_s: float = 300.0) -> Patience:
        return Patience(gate, budget_s=budget_s, sleep=self.sleep, jitter=lambda: 1.0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_passes_at_once_and_then_the_rate_holds(clock: Clock) -> None:
    patience = clock.patience(clock.gate(rates=Rates(reads=2.0, writes=1.0)))
    for _ in range(120):
        patience.ask(lambda: None, READ)
    assert clock.pauses == []
    for _ in range(4):
        patience.ask(lambda: None, READ)
    assert clock.pauses == [0.5] * 4
    patience.ask(lambda: None, ELSEWHERE)
    assert len(clock.pauses) == 4, "writes have a rate of their own"
    assert patience.waited_s == 0.0, "our own rate is no trouble of the tracker's"


def test_two_trackers_at_one_site_share_its_rate(clock: Clock, tmp_path: Path) -> None:
    ledgers = [FileLedger(tmp_path / "gate.db") for _ in range(2)]
    first, second = (clock.patience(clock.gate(ledger, Rates(reads=1.0))) for ledger in ledgers)
    for patience in (first, second) * 30:
        patience.ask(lambda: None, READ)
    assert clock.pauses == []
    second.ask(lambda: None, READ)
    assert clock.pauses == [1.0]
    assert FileLedger(tmp_path / "gate.db").take("another site", Rate(1, 1000), clock.now_s) == 0.0


def _take(path: Path, admitted: multiprocessing.Queue[int]) -> None:
    ledger = FileLedger(path)
    admitted.put(sum(ledger.take("site", Rate(100, 60_000), 5_000.0) == 0.0 for _ in range(80)))


def test_processes_together_take_no_more_places_than_there_are(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    admitted: multiprocessing.Queue[int] = context.Queue()
    workers = [context.Process(target=_take, args=(tmp_path / "gate.db", admitted)) for _ in range(2)]
    for worker in workers:
        worker.start()
    counts = [admitted.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join(timeout=60)
    assert sum(counts) == 100


def test_threads_together_take_no_more_places_than_there_are(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "gate.db")
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: ledger.take("site", Rate(100, 60_000), 5_000.0), range(200)))
    assert sum(wait == 0.0 for wait in waits) == 100


def test_a_pause_of_the_site_outlives_the_process_and_the_next_run_does_not_ask(clock: Clock, tmp_path: Path) -> None:
    clock.gate(FileLedger(tmp_path / "gate.db")).heed(READ, Throttle(3600.0, reason="jira-quota-tenant-based"))
    asked: list[str] = []
    later = clock.patience(clock.gate(FileLedger(tmp_path / "gate.db")))
    with pytest.raises(RunError, match=r"^jira: GET search: not sent, .* come back at .* \(jira-quota-tenant-based\)\. Run again then\.$"):
        later.ask(lambda: asked.append("a"), READ)
    assert asked == []
    assert clock.pauses == []
    clock.now_s += 3601
    later.ask(lambda: asked.append("b"), READ)
    assert asked == ["b"]


def test_a_longer_pause_is_not_shortened_by_a_later_answer(clock: Clock, tmp_path: Path) -> None:
    for ledger in (MemoryLedger(), FileLedger(tmp_path / "gate.db")):
        gate = clock.gate(ledger)
        gate.heed(READ, Throttle(50.0))
        gate.heed(READ, Throttle(5.0))
        assert gate.held(OTHER).until_s == clock.now_s + 50


def test_a_burst_limit_holds_and_slows_its_endpoint_alone(clock: Clock) -> None:
    gate = clock.gate()
    patience = clock.patience(gate)
    patience.heed(READ, Throttle(4.0, Reach.ENDPOINT))
    patience.ask(lambda: None, OTHER)
    assert clock.pauses == []
    for _ in range(3):
        patience.ask(lambda: None, READ)
    assert clock.pauses == [4.0, 0.2], "the first waits, and those that follow stand apart; the pause is distance enough"
    clock.now_s += 120
    for _ in range(3):
        patience.ask(lambda: None, READ)
    assert len(clock.pauses) == 2


def test_a_limit_of_one_issue_lets_that_issue_wait(clock: Clock) -> None:
    patience = clock.patience(clock.gate())
    patience.heed(WRITE, Throttle(9.0, Reach.ITEM))
    patience.ask(lambda: None, ELSEWHERE)
    patience.ask(lambda: None, READ)
    assert clock.pauses == []
    patience.ask(lambda: None, WRITE)
    assert clock.pauses == [9.0]


def _heed(path: Path) -> None:
    gate = Gate("site", FileLedger(path), lambda: 5_000.0)
    gate.heed(READ, Throttle(40.0, Reach.ENDPOINT, reason="jira-burst-based"))
    gate.heed(WRITE, Throttle(9.0, Reach.ITEM, reason="jira-per-issue-on-write"))
    gate.close()


def test_what_one_process_is_asked_for_an_endpoint_or_an_item_holds_for_another(tmp_path: Path) -> None:
    other = multiprocessing.get_context("spawn").Process(target=_heed, args=(tmp_path / "gate.db",))
    other.start()
    other.join(timeout=60)
    assert other.exitcode == 0
    mine = Gate("site", FileLedger(tmp_path / "gate.db"), lambda: 5_000.0)
    assert mine.held(READ) == Pause(5_040.0, "jira-burst-based")
    assert mine.held(WRITE) == Pause(5_009.0, "jira-per-issue-on-write")
    assert mine.held(OTHER) == mine.held(ELSEWHERE) == NO_PAUSE
    assert Gate("another site", FileLedger(tmp_path / "gate.db"), lambda: 5_000.0).held(READ) == NO_PAUSE


def test_pauses_that_ended_long_ago_are_forgotten(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "gate.db")
    for number in range(3):
        ledger.pause(f"site {number}", Pause(1_000.0 + number))
    ledger.pause("site", Pause(1_002.0 + FORGOTTEN_S))
    assert [ledger.paused(f"site {number}").until_s for number in range(3)] == [0.0, 0.0, 1_002.0]


def test_near_a_limit_everybody_goes_at_half_the_rate_for_a_while(clock: Clock) -> None:
    patience = clock.patience(clock.gate(rates=Rates(reads=4.0)))
    patience.heed(READ, Throttle(near_s=60.0))
    for about in (READ, OTHER, READ):
        patience.ask(lambda: None, about)
    assert clock.pauses == [0.5, 0.5]


def test_near_a_limit_all_processes_together_go_at_half_the_rate(clock: Clock, tmp_path: Path) -> None:
    one, other = (clock.patience(clock.gate(FileLedger(tmp_path / "gate.db"), Rates(reads=4.0))) for _ in range(2))
    one.heed(READ, Throttle(near_s=60.0))
    for patience in (one, other, one, other):
        patience.ask(lambda: None, READ)
    assert clock.pauses == [0.5, 0.5, 0.5], "none of them at its own half"
    clock.now_s += 60
    for patience in (one, other, one, other):
        patience.ask(lambda: None, READ)
    assert len(clock.pauses) == 3


def test_after_a_burst_limit_all_processes_together_go_slowly_at_that_endpoint(clock: Clock, tmp_path: Path) -> None:
    one, other = (clock.patience(clock.gate(FileLedger(tmp_path / "gate.db"), Rates(reads=4.0))) for _ in range(2))
    one.heed(READ, Throttle(0.0, Reach.ENDPOINT))
    for patience in (one, other):
        patience.ask(lambda: None, OTHER)
    assert clock.pauses == []
    for patience in (one, other, one):
        patience.ask(lambda: None, READ)
    assert clock.pauses == [0.5, 0.5]


def test_one_item_takes_twenty_writes_in_two_seconds(clock: Clock) -> None:
    patience = clock.patience(clock.gate())
    for _ in range(20):
        patience.ask(lambda: None, WRITE)
        patience.ask(lambda: None, ELSEWHERE)
    assert clock.pauses == []
    patience.ask(lambda: None, WRITE)
    assert clock.pauses == [2.001]


def test_never_two_writes_to_one_item_at_once() -> None:
    patience = Patience()
    under_way: dict[str, int] = {"7": 0, "8": 0}
    most = dict(under_way)
    together = threading.Barrier(2, timeout=10)

    def write(about: Errand) -> None:
        def call() -> None:
            item = about.item or ""
            under_way[item] += 1
            most[item] = max(most[item], under_way[item])
            together.wait()  # the other item's write is under way at the same time
            under_way[item] -= 1

        patience.ask(call, about)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, [WRITE, ELSEWHERE] * 8))
    assert most == {"7": 1, "8": 1}


def test_threads_that_rest_together_use_up_the_budget_once() -> None:
    clock = Clock()
    patience = Patience(clock.gate(), budget_s=50.0, sleep=lambda _: None, jitter=lambda: 1.0)
    patience._rest(30.0)
    patience._rest(30.0)
    assert patience.waited_s == 30.0
    clock.now_s += 30
    patience._rest(10.0)
    assert patience.waited_s == 40.0


def test_a_command_that_a_person_waits_for_tries_once() -> None:
    asked: list[str] = []

    def call() -> None:
        asked.append("a")
        raise RetryableError("no answer (ConnectTimeout).")

    with pytest.raises(RunError, match="no answer"):
        Patience.hurried().ask(call, READ)
    assert asked == ["a"]


def test_a_file_that_cannot_be_used_leaves_a_gate_for_this_process(tmp_path: Path) -> None:
    broken = tmp_path / "gate.db"
    broken.write_text("this is no database, and long enough to be seen as none " * 20, encoding="utf-8")
    for path in (broken, tmp_path / "nowhere" / "gate.db"):
        ledger = FileLedger(path)
        assert [ledger.take("site", Rate(1, 1000), 10.0) for _ in range(2)] == [0.0, 1.0]
        ledger.pause("site", Pause(99.0, "quota"))
        assert ledger.paused("site") == Pause(99.0, "quota")


def test_a_closed_file_is_opened_again(tmp_path: Path) -> None:
    ledger = FileLedger(tmp_path / "gate.db")
    ledger.pause("site", Pause(99.0))
    ledger.close()
    assert ledger.paused("site") == Pause(99.0)
    ledger.close()


def test_the_name_of_a_gate_tells_nothing_and_is_the_same_however_the_address_is_written() -> None:
    name = gate_name("https://Meridian.atlassian.net/", ACCOUNT)
    assert name == gate_name("https://meridian.atlassian.net", ACCOUNT.upper())
    assert name != gate_name("https://meridian.atlassian.net", "other@meridian.example")
    assert "meridian" not in name


def test_an_errand_knows_its_item_and_has_no_number_in_its_endpoint() -> None:
    items = re.compile(r"^issue/([^/]+)")
    assert errand("jira", "PUT", "issue/10007/comment/3", writes=True, items=items) == Errand(
        "PUT issue/10007/comment/3", "PUT issue/#/comment/#", writes=True, item="10007", tracker="jira"
    )
    assert errand("jira", "GET", "issue/10007", writes=False, items=items).item is None
