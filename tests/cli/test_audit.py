from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta

from desk import Desk

from safesync.cli.audit import lines
from safesync.store.sql import open_store

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_runs_are_listed_exported_and_undone(own_desk: Desk) -> None:
    first = own_desk.run("run", "--format", "json").value
    created = sum(each["comments_created"] for each in first["trackers"].values())
    (run,) = own_desk.run("runs", "--format", "json").value
    assert (run["run"], run["verb"], run["outcome"], run["figures"]["created"]) == (first["run"], "run", "done", created)
    assert len(run["written_by"].split()) == 2
    assert own_desk.run("runs").out.splitlines()[1].split()[:2] == [str(run["run"]), "run"]

    rows = [json.loads(line) for line in own_desk.run("export").out.splitlines()]
    comments = [row for row in rows if row["what"] == "comment"]
    assert len(comments) == created
    assert all(row["before"] is None and row["after"] and row["codes"] and row["written_by"] == run["written_by"] for row in comments)
    table = list(csv.DictReader(io.StringIO(own_desk.run("export", "--format", "csv", "--run", str(run["run"])).out)))
    assert [(row["key"], row["what"]) for row in table] == [(row["key"], row["what"]) for row in rows]

    planned = own_desk.run("undo", str(run["run"]), "--format", "json").value
    assert (len(planned["changes"]), planned["left"]) == (created, [])
    before = own_desk.writes()
    shown = own_desk.run("undo", str(run["run"]), "-o", "back.json")
    assert "as it was before the run; as of revision" in shown.out
    assert "nothing is found" not in shown.out, "that is not known of what is taken back"
    assert own_desk.writes() == before
    assert "Taken back on" in shown.out
    applied = own_desk.run("apply", "back.json", "--format", "json").value
    assert sum(each["comments_edited"] for each in applied["trackers"].values()) == created
    assert sum(each["labels_removed"] for each in applied["trackers"].values()) == run["figures"]["labels_added"]
    assert own_desk.run("undo", str(run["run"]), "--format", "json").value["changes"] == []


def test_a_run_that_never_was_is_refused(desk: Desk) -> None:
    for command in (("undo", "77"), ("export", "--run", "77")):
        refused = desk.run(*command)
        assert (refused.status, refused.err) == (2, "there is no run 77; 'safesync runs' shows them\n")


def test_what_a_run_wrote_to_a_tracker_that_is_not_configured_any_more_is_left(own_desk: Desk) -> None:
    run = str(own_desk.run("run", "--format", "json").value["run"])
    text = own_desk.text
    own_desk.text = (text.split("  - name: ado")[0] + text[text.index("organisation:") :]).replace(", anchor: ado:10", "")
    own_desk.write()
    planned = own_desk.run("undo", run, "--format", "json").value
    assert planned["changes"]
    assert {each["reason"] for each in planned["left"]} == {"its tracker, ado, is not in this configuration any more"}
    applied = own_desk.run("apply", "undo.json", "--format", "json")
    assert (applied.status, applied.value["trackers"].keys()) == (0, {"jira-eu"})


def test_a_run_whose_writes_are_forgotten_cannot_be_taken_back(own_desk: Desk) -> None:
    with closing(open_store(f"sqlite:///{own_desk.folder / 'safesync.db'}")) as store:
        run = store.start_run("run", datetime.now(UTC) - timedelta(days=731))
    answer = own_desk.run("undo", str(run))
    assert answer.status == 2
    assert "writes are remembered for 730 days (feedback.keep_writes_days)" in " ".join(answer.err.split())


def test_a_run_that_was_killed_has_not_ended(desk: Desk) -> None:
    with closing(open_store(f"sqlite:///{desk.folder / 'safesync.db'}")) as store:
        run = store.start_run("run", datetime.now(UTC))
        store.finish_run(store.start_run("apply", NOON), NOON + timedelta(seconds=200), "done", {"created": 4})
    (ended, killed) = desk.run("runs", "--format", "json").value
    assert (killed["run"], killed["outcome"], killed["finished_at"], killed["figures"]["created"]) == (run, None, None, 0)
    assert (ended["outcome"], ended["finished_at"]) == ("done", "2026-11-26T12:03:20+00:00")
    _, shown, cut = desk.run("runs").out.splitlines()
    assert shown.split()[1:] == ["apply", "2026-11-26", "12:00", "3", "min", "done", "4", "0", "0", "0"]
    assert cut.split()[4:] == ["not", "ended", "0", "0", "0", "0"]


def test_items_that_are_left_for_the_same_reason_are_told_in_one_sentence() -> None:
    said_since = [(f"PAY-{number}", "our comment says something else since") for number in range(1, 8)]
    assert list(lines([*said_since, ("12", "a person removed the label")])) == [
        "PAY-1, PAY-2, PAY-3, PAY-4, PAY-5 and 2 more are left as they are: our comment says something else since",
        "12 is left as it is: a person removed the label",
    ]
