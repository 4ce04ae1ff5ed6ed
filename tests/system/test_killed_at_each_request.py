"""A process that dies at each request of a whole job, at trackers that are not our sandbox."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from forked import Forks, said
from independent import AzureServer, JiraDataCenter, Place, Site, served

from safesync.store.sql import open_store

_WRITE = re.compile(r"(PUT|PATCH|DELETE) |POST .*/comments?$", re.IGNORECASE)
_TEXT = """
version: 1
store: sqlite:///safesync.db
trackers: [{{name: own, url: "{url}", {site}}}]
rules: {{extends: [essential]}}
feedback: {{limits: {{items: 50, share: 1.0}}}}
"""
State = tuple[dict[str, int], dict[str, list[str]]]


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as started:
        yield started


@dataclass(slots=True)
class Job:
    """One SafeSync and one tracker, begun anew as often as is asked."""

    forks: Forks
    place: Place
    new: Callable[[], Site]
    folder: Path
    empty: Path

    def begin_anew(self) -> None:
        self.place.site = self.new()
        self.lose_the_store()

    def lose_the_store(self) -> None:
        for file in self.folder.glob("safesync.db*"):
            file.unlink()
        shutil.copy(self.empty, self.folder / "safesync.db")

    def run(self, kill_at: int | None = None, *, after: bool = False) -> bool:
        """Whether it was killed; otherwise it has ended well."""
        self.place.expect(kill_at, after=after)
        self.place.begun(self.forks.start("run", folder=self.folder))
        status = self.forks.status()
        assert status in {0, -signal.SIGKILL}, said(self.folder)
        return status != 0

    def state(self) -> State:
        """How many comments of ours are on each item, and its labels."""
        ours = {item: sum("SafeSync ref" in one for one in texts) for item, texts in self.place.site.comments().items()}
        return ours, self.place.site.labels()

    def dies_and_goes_on(self, point: int, expected: State, *, after: bool) -> None:
        """With its store, and without."""
        for lost in (False, True):
            self.begin_anew()
            assert self.run(point, after=after)
            if lost:
                self.lose_the_store()
            assert not self.run()
            if lost and self.state() != expected:
                assert not self.run()  # whoever finds labels and no store looks first, and says it in the next run
            assert self.state() == expected, (self.place.asked, point, after, lost)


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("new", [JiraDataCenter, AzureServer])
def test_killed_at_each_request_there_is_one_comment_an_item_and_no_label_is_lost(
    new: Callable[[], Site], forks: Forks, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.db"
    open_store(f"sqlite:///{empty}").close()
    with served(new()) as place:
        job = Job(forks, place, new, tmp_path, empty)
        (tmp_path / "safesync.yaml").write_text(_TEXT.format(url=place.url, site=new().configuration), encoding="utf-8")
        job.begin_anew()
        assert not job.run()
        expected, points = job.state(), list(place.asked)
        assert set(expected[0].values()) <= {0, 1}
        assert sum(expected[0].values()) >= 1
        assert any("safesync-attention" in labels and "ui" in labels for labels in expected[1].values())
        writes = [number for number, asked in enumerate(points) if _WRITE.match(asked)]

        # Before anything is written a run may go on from any of these deaths: one that goes on from the last stands for all.
        job.begin_anew()
        before = job.state()
        for point in range(writes[0] + 1):
            job.lose_the_store()
            assert job.run(point)
            assert job.state() == before
        assert not job.run()
        assert job.state() == expected
        for point in range(writes[0] + 1, len(points)):
            job.dies_and_goes_on(point, expected, after=False)
        for point in writes:
            job.dies_and_goes_on(point, expected, after=True)
        assert not job.run()
        assert not [asked for asked in place.asked if _WRITE.match(asked)]
