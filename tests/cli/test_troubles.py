"""When something is wrong: one sentence that says what to do, nothing written, the other tracker still read."""

from __future__ import annotations

import json
import re
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from desk import Desk
from starlette.responses import HTMLResponse, JSONResponse

from safesync.connectors.patience import Patience
from safesync.connectors.sandbox.faults import Fault, calls
from safesync.connectors.sandbox.jira.entities import Permission
from safesync.store import database
from safesync.store.sql import open_store


def _counted(patience: Patience, pause_s: float) -> None:
    patience.waited.total_s += pause_s


SIGN_IN = "<html><head><title>Sign In</title></head><body>Please sign in</body></html>"


def sentence(desk: Desk, tracker: str, said: str) -> None:
    """``run`` and ``pull`` end with 4, say one sentence about one tracker, write nothing to it, and go on with the other."""
    other = {"jira-eu": "ado", "ado": "jira-eu"}[tracker]
    sent = len(desk.sandbox.calls("jira" if tracker == "jira-eu" else "azure"))

    answer = desk.run("run", "--format", "json")

    assert answer.status == 4
    told = answer.value["trackers"]
    assert said in told[tracker]["error"]
    assert "\n" not in told[tracker]["error"]
    assert len(told[tracker]["error"]) < 300
    assert told[tracker]["items"] == 0
    assert told[other]["error"] is None
    assert told[other]["items"] == 6
    seen = desk.sandbox.calls("jira" if tracker == "jira-eu" else "azure")[sent:]
    assert not any(call.is_write for call in seen)
    pulled = desk.run("pull", "--format", "json")
    assert pulled.status == 4
    assert set(pulled.value["trackers"]) == {other}
    assert said in pulled.value["errors"][0]
    assert desk.run("doctor", "--format", "json").value[tracker]["error"]
    for command in ("run", "pull", "doctor"):
        (line,) = [line for line in desk.run(command).out.splitlines() if line.startswith(f"{tracker}: ") and said in line]
        assert f"{tracker}:" not in line.removeprefix(f"{tracker}: "), "named once"
    (unread,) = [line for line in desk.run("check").err.splitlines() if said in line]
    assert f"{tracker}:" not in unread


def test_a_wrong_token_of_jira(desk: Desk) -> None:
    desk.write((desk.sandbox.jira_token, "wrong-token"))
    sentence(desk, "jira-eu", "token")


def test_a_wrong_token_of_azure(desk: Desk) -> None:
    desk.write((desk.sandbox.azure_token, "wrong-token"))
    sentence(desk, "ado", "token")


@pytest.mark.parametrize(("tracker", "path"), [("jira-eu", "/jira"), ("ado", "/azure/meridian")])
def test_a_tracker_that_is_not_there(desk: Desk, tracker: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Patience, "_rest", _counted)  # it asks for over a minute; here it only counts
    url = desk.sandbox.jira_url if tracker == "jira-eu" else desk.sandbox.azure_url
    desk.write((f"url: {url}", f"url: http://127.0.0.1:9{path}"))
    sentence(desk, tracker, "could not be reached" if tracker == "ado" else "cannot be reached")


@pytest.mark.parametrize("tracker", ["jira-eu", "ado"])
def test_a_page_to_sign_in_instead_of_an_answer(own_desk: Desk, tracker: str) -> None:
    sandbox = own_desk.sandbox
    faults = sandbox.site.faults if tracker == "jira-eu" else sandbox.organisation.faults
    faults.append(Fault(calls("*"), "before", lambda _request: HTMLResponse(SIGN_IN), times=1000))
    sentence(own_desk, tracker, "sign")


def test_projects_that_may_not_be_seen(own_desk: Desk) -> None:
    for project in ("PAY", "CARDS"):
        own_desk.sandbox.site.deny("SafeSync", project, Permission.BROWSE)
    sentence(own_desk, "jira-eu", "PAY")


def test_a_project_that_is_hidden_beside_one_that_is_not_is_told_and_the_other_read(own_desk: Desk) -> None:
    own_desk.write((", CARDS-34, CARDS-53, CARDS-1", ""))  # a query that names what is hidden is refused as a whole
    own_desk.sandbox.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    for command in ("pull", "run"):
        answer = own_desk.run(command, "--format", "json")
        told = answer.value["trackers"]["jira-eu"]
        assert answer.status == 4
        assert told["items"] > 0 or command == "run"
        assert any("CARDS" in warning for warning in told["warnings"]), told["warnings"]


@pytest.mark.parametrize("fault", ["refused", "not answered", "a gateway's"])
@pytest.mark.parametrize(("tracker", "key", "path"), [("jira-eu", "PAY-32", "/comment$"), ("ado", "59", "/comments$")])
def test_what_could_not_be_written_names_tracker_and_item_once(own_desk: Desk, tracker: str, key: str, path: str, fault: str) -> None:
    site, organisation = own_desk.sandbox.site, own_desk.sandbox.organisation
    answers = {
        "refused": JSONResponse({"errorMessages": ["no"], "message": "TF401320: no", "typeKey": "RuleValidationException"}, 400),
        "not answered": JSONResponse({}, 500),
        "a gateway's": HTMLResponse("no", 403),
    }
    item = rf"/issue/{site.issue(key).id}" if tracker == "jira-eu" else rf"/workitems/{key}"
    one = Fault(calls("POST", item + path), "before", lambda _request: answers[fault])
    (site if tracker == "jira-eu" else organisation).faults.append(one)
    (line,) = [line for line in own_desk.run("run").out.splitlines() if f"{key} could not be written" in line]
    begins = f"{tracker}: {key} could not be written: "
    assert line.startswith(begins)
    assert not any(name in line.removeprefix(begins) for name in (f"{tracker}:", f"{key}:", f"Item {key}"))


def test_a_project_that_does_not_exist_is_named(desk: Desk) -> None:
    desk.write(("projects: [Payments]", "projects: [Paymets]"))
    sentence(desk, "ado", "Paymets")


def test_a_type_that_nobody_mapped_is_a_warning(own_desk: Desk) -> None:
    own_desk.write(("story: [Story], bug: [Bug]", "story: [Storey], bug: [Bug]"))
    answer = own_desk.run("run", "--format", "json")
    assert answer.status == 0
    assert answer.value["trackers"]["jira-eu"]["error"] is None
    (warning,) = [one for one in answer.value["trackers"]["jira-eu"]["warnings"] if "Story" in one]
    assert warning.startswith("the type Story is not mapped; "), "whoever shows it names the tracker"


# --- limits and saved plans -------------------------------------------------------------------------------------


def test_a_limit_stops_the_run_and_the_saved_plan_can_be_applied(own_desk: Desk) -> None:
    own_desk.write(("items: 200", "items: 1"))
    store = open_store(f"sqlite:///{own_desk.folder / 'safesync.db'}")
    store.save_baseline((), datetime.now(UTC), met=["jira-eu", "ado"])  # no run is the first one
    store.close()
    before = own_desk.writes()

    stopped = own_desk.run("run")

    assert stopped.status == 3
    assert own_desk.writes() == before
    assert "more than 1 in one run (feedback.limits.items); nothing was written" in stopped.out
    (saved,) = own_desk.folder.glob("stopped-plan-*.json")
    assert str(saved) in stopped.err

    again = own_desk.run("run", "--format", "json")
    assert again.status == 3
    assert again.value["stopped"]
    assert list(own_desk.folder.glob("stopped-plan-*.json")) == [saved], "the same plan is saved once"

    applied = own_desk.run("apply", str(saved), "--format", "json")
    assert applied.status == 0
    assert sum(each["comments_created"] for each in applied.value["trackers"].values()) == again.value["planned_items"]
    assert own_desk.run("run").status == 0


def test_a_plan_that_was_altered_is_refused(desk: Desk, tmp_path: Path) -> None:
    desk.run("pull")
    desk.run("plan")
    file = tmp_path / "plan.json"
    text = file.read_text(encoding="utf-8")
    before = desk.writes()

    for altered, said in (
        (text.replace("acceptance", "acceptence", 1), "altered after it was written"),
        (text.replace('"safesync_plan": 2', '"safesync_plan": 3'), "another version"),
        ("{}", "not a plan of SafeSync"),
        ("not json", "not a plan of SafeSync"),
        (json.dumps({"safesync_plan": 2, "plan": 3}), "damaged"),
    ):
        file.write_text(altered, encoding="utf-8")
        answer = desk.run("apply", "plan.json")
        assert answer.status == 2, altered[:40]
        assert said in answer.err
        assert answer.err.count("\n") == 1
    assert desk.writes() == before


def test_a_plan_for_an_unknown_tracker_and_one_that_is_not_there_are_refused(desk: Desk) -> None:
    desk.run("pull")
    desk.run("plan")
    text = desk.text
    desk.text = text.split("  - name: ado")[0] + text[text.index("organisation:") :]
    desk.text = desk.text.replace(", anchor: ado:10", "")
    desk.write()
    answer = desk.run("apply", "plan.json")
    assert (answer.status, answer.err) == (2, "plan.json: the plan writes to ado, which this configuration does not know\n")
    answer = desk.run("apply", "nowhere.json")
    assert answer.status == 2
    assert "write a plan with: safesync plan -o nowhere.json" in answer.err
    assert desk.run("apply", ".").status == 2


def test_two_runs_at_once_are_refused(desk: Desk) -> None:
    store = open_store(f"sqlite:///{desk.folder}/safesync.db")
    with closing(store), store.only_run_of("ado"):
        sentence_of = desk.run("run", "--format", "json")
    assert sentence_of.status == 4
    assert "another run is at work" in sentence_of.value["trackers"]["ado"]["error"]


def test_a_store_that_cannot_be_opened_is_told(desk: Desk) -> None:
    desk.write((f"sqlite:///{desk.folder}/safesync.db", "sqlite:////nowhere/at/all/safesync.db"))
    answer = desk.run("run")
    assert answer.status == 2
    assert answer.err.startswith("store: ")


UNUSABLE = "store: the database cannot be used"
COMMANDS = (
    ("run",),
    ("pull",),
    ("check",),
    ("plan",),
    ("apply", "plan.json"),
    ("gate", "PAY-32"),
    ("explain", "PAY-32"),
    ("config", "show", "--item", "PAY-32"),
    ("runs",),
    ("export",),
    ("undo", "1"),
    ("baseline",),
    ("baseline", "--take"),
    ("waivers",),
    ("replay", "--rules", "safesync.yaml", "--since", "2026-11-01"),
)


def test_a_store_that_a_newer_version_wrote_is_told_by_every_command(desk: Desk) -> None:
    desk.run("pull")
    desk.run("plan")
    with closing(sqlite3.connect(desk.folder / "safesync.db")) as file, file:
        file.execute("update alembic_version set version_num = '9999'")
    for command in COMMANDS:
        refused = desk.run(*command)
        said = "store: the database was written by a newer version of SafeSync; use that version or another store\n"
        assert (refused.status, refused.out, refused.err) == (2, "", said), command


def test_a_store_that_another_program_holds_is_told_by_every_command_that_writes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_BUSY_MS", 10)
    desk.run("pull")
    desk.run("plan")
    desk.run("check")  # what is made anew of what was read
    with closing(sqlite3.connect(desk.folder / "safesync.db", isolation_level=None)) as other:
        other.execute("begin exclusive")
        told = {command: desk.run(*command) for command in COMMANDS}
    for command, answer in told.items():
        assert answer.status in {0, 1, 2, 4}, command
        if command[0] in {"run", "pull", "apply", "check", "gate", "waivers"}:
            assert answer.status == 4, command
            assert f"{UNUSABLE} (another program has held its lock for two minutes)" in answer.err + answer.out, command


def test_a_store_whose_file_is_none_is_told(desk: Desk) -> None:
    (desk.folder / "safesync.db").write_bytes(b"no database" * 4_000)
    answer = desk.run("runs")
    assert (answer.status, answer.err) == (2, f"{UNUSABLE} (its file is no database); restore it, or begin with an empty one\n")


def test_a_plan_that_cannot_be_saved_is_told(desk: Desk) -> None:
    desk.run("pull")
    answer = desk.run("plan", "-o", ".")
    assert answer.status == 2
    assert "cannot be written" in answer.err


def test_a_schedule_is_needed_to_serve(desk: Desk) -> None:
    answer = desk.run("serve")
    assert answer.status == 2
    assert "there is no schedule to follow" in answer.err


def test_who_starts_a_schedule_is_told_when_it_begins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safesync.serve.serve", lambda *_: None)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    desk.write(("schedule: []", 'schedule: [{cron: "30 6 29 2 *", timezone: Europe/Berlin}]'))
    answer = desk.run("serve")
    assert answer.status == 0
    assert re.search(r"The first run is on \d{4}-02-29 at 06:30 CET", answer.err)


def test_a_sandbox_configuration_overwrites_no_other_file(desk: Desk) -> None:
    file = desk.folder / "mine.yaml"
    file.write_text("version: 1\n", encoding="utf-8")
    answer = desk.run("sandbox", "--port", "0", "--write-config", "mine.yaml")
    assert answer.status == 2
    assert "there is another file of this name" in answer.err
    assert file.read_text(encoding="utf-8") == "version: 1\n"


# --- defects ----------------------------------------------------------------------------------------------------


def test_a_defect_prints_where_and_never_what(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise KeyError("Authorization: Basic " + desk.sandbox.jira_token)

    monkeypatch.setattr("safesync.cli.looking.json_schema", broken)
    answer = desk.run("schema")
    assert (answer.status, answer.out) == (70, "")
    assert answer.err.startswith("an unexpected KeyError ended this; it is a defect of SafeSync")
    assert "looking.py" in answer.err


def test_an_interrupt_ends_in_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object, **_named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("safesync.cli.looking.json_schema", interrupted)
    answer = desk.run("schema")
    assert answer.status == 130
    assert "looked up in the next run" in answer.err


def test_a_defect_in_one_tracker_does_not_stop_the_pull_of_the_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from safesync.connectors.jira.tracker import JiraTracker  # noqa: PLC0415

    def broken(_tracker: object) -> None:
        raise KeyError(desk.sandbox.jira_token)

    monkeypatch.setattr(JiraTracker, "identify", broken)
    answer = desk.run("pull", "--format", "json")
    assert answer.status == 4
    assert set(answer.value["trackers"]) == {"ado"}
    (said,) = answer.value["errors"]
    assert said.startswith("jira-eu: an unexpected KeyError ended this; it is a defect of SafeSync")
