"""What people write to SafeSync on an item, in each tracker as companies have it: heard, answered in the one comment, and once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from house import House, only_few, our_comments
from test_whole_job import writes

from safesync.cli.opening import opened_from
from safesync.configuration.read import parse_configuration
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.shelf import Said
from safesync.jobs.result import RunResult
from safesync.store.sql import open_store

ITEMS = ("PAY-32", "1")
"""A story of Jira and a feature of Azure DevOps, each with something to say about it."""


def few(sandbox: Sandbox, folder: Path) -> str:
    """A configuration of a few items: what is written to the others says nothing of replies."""
    return only_few(sandbox.configuration(f"sqlite:///{folder / 'safesync.db'}"))


def comments(home: House, key: str) -> list[Said]:
    shown = home.sandbox._shelf(key).shown(key)
    assert shown is not None
    return list(shown.comments)


def ours(home: House, key: str) -> str:
    """The words of our one comment."""
    (one,) = [comment for comment in comments(home, key) if comment.bot]
    return " ".join(re.sub(r"<[^>]+>", " ", one.html).split())


def everybody_says(home: House, *texts: str) -> RunResult:
    """People say it on both items, and the next run."""
    for key in ITEMS:
        for text in texts:
            home.sandbox.person_comments(key, text)
    result = home.run()
    assert not result.errors
    return result


def nothing_more(home: House) -> None:
    """Another run writes nothing and hardly reads."""
    again = home.run()
    assert writes(again) == 0
    assert max(each.calls for each in again.trackers) <= 6


@pytest.mark.parametrize("deployments", [{}, {"jira": "data-center", "azure": "2020"}], ids=["services", "servers"])
def test_replies_are_heard_and_answered_in_the_one_comment(tmp_path: Path, deployments: dict[str, str]) -> None:
    with Sandbox(**deployments) as sandbox, opened_from(parse_configuration(few(sandbox, tmp_path))) as job:  # type: ignore[arg-type]
        home = House(sandbox, job, tmp_path)
        home.run()
        findings = {home.job.store.item(key): key for key in ITEMS}
        codes = {
            key: next(known.finding.code for known in home.job.store.findings() if item and known.finding.subject == item.uid)
            for item, key in findings.items()
        }
        asked = everybody_says(home, "We talked about it.\n\nsafesync explain\n\nsafesync wave it")
        assert [each.edited for each in asked.trackers] == [1, 1]
        assert [each.created for each in asked.trackers] == [0, 0]
        for key in ITEMS:
            assert "Asked here:" in ours(home, key)
            assert "“safesync wave it” was not understood." in ours(home, key)
            assert f"{codes[key]}: " in ours(home, key)
        nothing_more(home)

        for key in ITEMS:
            home.sandbox.person_comments(key, f"safesync waive {codes[key]} until 2099-01-15: <b>agreed</b> & done")
        everybody_says(home)
        for key in ITEMS:
            assert f"Waived: {codes[key]} until 2099-01-15 (&lt;b&gt;agreed&lt;/b&gt; &amp; done; " in ours(home, key)
            assert "was not understood" not in ours(home, key)  # they have written it as we read it since

        everybody_says(home, "safesync snooze 2w")
        assert all("Quiet until " in ours(home, key) for key in ITEMS)

        everybody_says(home, "safesync recheck")
        nothing_more(home)
        assert all("Quiet until " not in ours(home, key) and "looked again" in ours(home, key) for key in ITEMS)
        before = {key: ours(home, key) for key in ITEMS}

        # the store is lost: the same is read out of the trackers again, and nothing is to be said
        counted = our_comments(home.sandbox)
        object.__setattr__(home.job, "store", open_store(f"sqlite:///{tmp_path / 'another.db'}"))
        assert writes(home.run()) == 0
        assert ({key: ours(home, key) for key in ITEMS}, our_comments(home.sandbox)) == (before, counted)

        # a reply that is deleted is heard no more
        for key in ITEMS:
            for comment in comments(home, key):
                if "safesync waive" in comment.html and not comment.bot:
                    home.sandbox.person_deletes_comment(key, comment.id)
        everybody_says(home)
        assert all("Waived" not in ours(home, key) for key in ITEMS)
        home.job.store.close()
