"""A plan as it is shown, approved and refused at the command line."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from desk import Desk

from safesync.cli.plan_page import plan_page
from safesync.cli.plan_shown import comment_diff, plan_fields, print_plan
from safesync.cli.terminal import visible
from safesync.feedback.plan_file import sealed
from safesync.model.change import About, BatchBy, CommentAction, CommentChange, ItemChange, Plan, Reason
from safesync.model.item import ItemRef
from safesync.model.message import Bullets, Message, Paragraph, Span

HOSTILE = "<script>alert(1)</script> \x1b[2J\u202egnp.exe {{ 7*7 }} [red]x[/red]"


def message(*lines: str, digest: str = "new") -> Message:
    return Message((Paragraph((Span(lines[0]),)), Bullets(tuple((Span(line),) for line in lines[1:]))), "7f3a9c", digest)


def change(number: int = 1, before: Message | None = None, said: tuple[str, ...] = ("One point", HOSTILE)) -> ItemChange:
    ref = ItemRef(f"jira:{number}", "jira", str(number), f"PAY-{number}", "PAY", "javascript:alert(1)")
    action = CommentAction.EDIT if before else CommentAction.CREATE
    about = About(HOSTILE, "Ann", (Reason("TM101", "warning", HOSTILE, HOSTILE),), before, "the assignee (Ann)")
    comment = CommentChange(action, message(*said), "c1" if before else None, before.digest if before else None)
    return ItemChange(ref, "7", ("TM101",), comment, ("safesync-tm",), ("safesync-pg",), batch="Payments <b>", about=about)


def made_of(*changes: ItemChange) -> Plan:
    return sealed(Plan(datetime(2026, 11, 26, tzinfo=UTC), changes, batched_by=BatchBy.TRAIN))


def test_a_diff_shows_what_goes_and_comes_and_folds_what_stays() -> None:
    before = message("2 points", "a", "b", "c", "d", "gone", digest="old")
    lines = comment_diff(change(before=before, said=("2 points", "a", "b", "c", "d", "come")))
    assert [(line.sign, line.text) for line in lines] == [
        ("~", "4 lines stay"),
        (" ", "\N{BULLET} d"),
        ("-", "\N{BULLET} gone"),
        ("+", "\N{BULLET} come"),
    ]
    unknown = replace(change(before=before), about=About())
    assert [line.sign for line in comment_diff(unknown)] == ["~", "+", "+"]
    assert comment_diff(replace(unknown, comment=None)) == ()


def test_whatever_stands_in_a_plan_the_page_and_the_terminal_show_it_as_text(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = plan_page(made_of(change()), ["more than <b>50</b>"])
    assert "<script" not in page
    assert "javascript:" not in page
    assert "{{ 7*7 }}" in page
    assert "more than &lt;b&gt;50&lt;/b&gt;" in page
    assert visible("a\x1b[2Jb\u202ec\n") == "a\ufffd[2Jb\ufffdc\ufffd"
    print_plan(made_of(*(change(number) for number in range(1, 31))))
    told = capsys.readouterr().out
    assert told.startswith("plan: 30 items, 30 new comments, 0 edited, 30 labels added, 30 removed\n")
    assert "new comments are on items that 1 person answers for, 1 of them for three items or more" in told
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "[red]x[/red]" in told
    assert told.count("One point") == 30, "a pipe gets all of it"
    terminal = io.StringIO()
    terminal.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdout", terminal)
    print_plan(made_of(*(change(number) for number in range(1, 31))))
    assert terminal.getvalue().count("One point") == 20
    assert "10 more items are folded" in terminal.getvalue()


def test_a_plan_in_json_has_what_stands_there_now_and_why() -> None:
    (fields,) = plan_fields(made_of(change(before=message("before", digest="old"))))["changes"]
    assert (fields["comment"]["action"], fields["comment"]["before"]) == ("edit", "before")
    assert (fields["batch"], fields["revision"], fields["notifies"]) == ("Payments <b>", "7", "the assignee (Ann)")
    assert [one["code"] for one in fields["findings"]] == ["TM101"]


def test_a_plan_is_approved_batch_by_batch_and_a_run_is_taken_back_where_it_wrote(own_desk: Desk) -> None:
    own_desk.run("pull")
    shown = own_desk.run("plan", "-o", "plan.html", "--batch-by", "project")
    assert shown.status == 0
    assert "What SafeSync would write" in (own_desk.folder / "plan.html").read_text(encoding="utf-8")
    assert "the plan lies beside it: safesync apply plan.json" in own_desk.run("apply", "plan.html").err
    listed = own_desk.run("apply", "plan.json", "--list", "--format", "json").value["batches"]
    assert {one["batch"] for one in listed} == {"PAY", "CARDS", "Payments"}
    assert own_desk.writes() == 0
    refused = own_desk.run("apply", "plan.json", "--batch", "PAi")
    assert (refused.status, refused.err) == (2, "plan.json: there is no batch 'PAi', did you mean 'PAY'?\n")
    token = own_desk.sandbox.azure_token
    own_desk.write((token, "not-the-token"))
    first = own_desk.run("apply", "plan.json", "--batch", "PAY", "--format", "json")
    assert first.status == 0, "the other tracker is not needed"
    assert set(first.value["trackers"]) == {"jira-eu"}
    taken_back = own_desk.run("undo", str(first.value["run"]))
    assert taken_back.status == 0, "nor here"
    own_desk.write(("not-the-token", token))
    after = {one["batch"]: one["applied"] for one in own_desk.run("apply", "plan.json", "--list", "--format", "json").value["batches"]}
    assert after == {"PAY": next(one["items"] for one in listed if one["batch"] == "PAY"), "CARDS": 0, "Payments": 0}
    assert own_desk.run("apply", "plan.json", "--list").out.splitlines()[1].split()[-1] in {"applied", "open"}
    rest = own_desk.run("apply", "plan.json")
    assert "say already what this plan would write" in rest.out

    text = (own_desk.folder / "plan.json").read_text(encoding="utf-8")
    for damaged, said in ((text.replace("Add ", "Odd "), "was altered"), (text[:-200], "cut off or damaged"), ("{}", "is not a plan")):
        (own_desk.folder / "bad.json").write_text(damaged, encoding="utf-8")
        answer = own_desk.run("apply", "bad.json")
        assert answer.status == 2
        assert said in answer.err


def test_a_plan_above_a_limit_is_saved_told_and_ends_with_3(own_desk: Desk) -> None:
    own_desk.write(("items: 200", "items: 1"))
    own_desk.run("pull")
    first = own_desk.run("plan", "--format", "json")
    assert first.status == 3
    assert (first.value["first_run_in"], first.value["stopped"]) == (["ado", "jira-eu"], None)
    assert f"{first.value['baseline']} findings are older than SafeSync" in first.err
    assert own_desk.run("run", "--format", "json").value["baselined"] == first.value["baseline"]
    assert own_desk.writes() == 0
    assert own_desk.run("plan", "--format", "json").status == 0
    assert json.loads((own_desk.folder / "plan.json").read_text(encoding="utf-8"))["plan"]["changes"] == []


def test_nobody_is_judged_by_what_was_not_read(own_desk: Desk) -> None:
    own_desk.run("pull")
    before = own_desk.run("check", "--format", "json").value["findings"]
    token = own_desk.sandbox.jira_token
    own_desk.write((token, "not-the-token"))
    assert own_desk.run("pull").status == 4
    own_desk.write(("not-the-token", token))

    checked = own_desk.run("check", "--format", "json")
    assert checked.status == 4
    assert {one["tracker"] for one in checked.value["findings"]} == {"ado"}
    assert "jira-eu was not read to the end the last time" in checked.err
    assert checked.value["unread"] == [line for line in checked.err.splitlines() if line.startswith("jira-eu")]
    assert "jira-eu was not read to the end" in own_desk.run("check", "--format", "html").out
    assert own_desk.run("check", "--fail-on", "info").status == 1, "what is found stands"
    refused = own_desk.run("gate", "PAY-32")
    assert (refused.status, refused.out) == (4, "")
    assert "PAY-32: jira-eu was not read to the end the last time" in refused.err
    assert own_desk.run("gate", "ado:59").status == 1
    assert own_desk.run("baseline", "--take").status == 4
    assert own_desk.run("baseline").out == "the baseline is empty: every finding is told\n"
    planned = own_desk.run("plan", "--format", "json")
    assert planned.status == 4
    assert {one["item"].split(":")[0] for one in planned.value["changes"]} == {"ado"}

    own_desk.run("pull")
    after = own_desk.run("check", "--format", "json")
    assert (after.status, after.value["unread"]) == (0, [])
    assert [(one["code"], one["subject"]) for one in after.value["findings"]] == [(one["code"], one["subject"]) for one in before]
