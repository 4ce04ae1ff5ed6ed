from __future__ import annotations

from desk import Desk


def test_a_first_run_on_an_old_backlog_shows_its_baseline_and_writes_nothing(own_desk: Desk) -> None:
    own_desk.write(("items: 200", "items: 1"))
    before = own_desk.writes()
    first = own_desk.run("run")
    assert (first.status, own_desk.writes()) == (0, before)
    assert "findings are older than the first run: the baseline" in first.out
    assert not list(own_desk.folder.glob("stopped-plan-*.json"))

    shown = own_desk.run("baseline")
    assert shown.out.splitlines()[0].split() == ["train", "taken", "settled", "touched", "left", "at", "the", "end", "of", "each", "week"]
    told = own_desk.run("baseline", "--format", "json").value
    assert told["taken"] is None
    assert sum(train["left"] for train in told["trains"]) == own_desk.run("run", "--format", "json").value["quiet"] > 1
    assert own_desk.writes() == before


def test_taking_says_how_many_and_a_rule_must_be_one_that_judges(own_desk: Desk) -> None:
    assert own_desk.run("baseline").out == "the baseline is empty: every finding is told\n"
    own_desk.run("pull")
    refused = own_desk.run("baseline", "--take", "--rule", "TM1O1")
    assert refused.status == 2
    assert "no rule that judges here is called 'TM1O1', did you mean 'TM101'?" in refused.err
    one = own_desk.run("baseline", "--take", "--rule", "TM101", "--format", "json").value["taken"]
    rest = own_desk.run("baseline", "--take", "--format", "json").value["taken"]
    assert one > 0
    assert rest > 0
    assert own_desk.run("run", "--format", "json").value["planned_items"] == 0
    assert own_desk.run("baseline", "--rule", "TM101").status == 2


def test_waivers_are_listed_and_a_wrong_one_is_refused_at_its_place(own_desk: Desk) -> None:
    own_desk.run("pull")
    assert own_desk.run("waivers").out == "nothing is waived\n"
    own_desk.write(
        (
            "feedback:",
            "feedback:\n  waivers:\n    - {rule: TM101, items: [PAY-32, NOPE-1], until: 2099-01-15, reason: 'see [/docs] [old]'}",
        )
    )
    told = own_desk.run("waivers", "--format", "json").value
    assert told["unknown"] == [{"rule": "TM101", "item": "NOPE-1"}]
    assert [(each["key"], each["until"], each["said"]) for each in told["waivers"]] == [("PAY-32", "2099-01-15", "configuration")]
    shown = own_desk.run("waivers").out
    assert "NOPE-1 is no item that was read" in shown
    assert "see [/docs] [old]" in shown

    own_desk.write(("rule: TM101, items: [PAY-32, NOPE-1]", "rule: TM1O1, items: []"))
    refused = own_desk.run("validate")
    assert refused.status == 2
    lines = [line.partition("safesync.yaml:")[2].partition(": ")[2] for line in refused.err.splitlines()]
    assert any(line.startswith("there is no rule 'TM1O1', did you mean 'TM101'?") for line in lines)
    assert "must not be empty" in lines


def test_what_people_said_in_replies_is_listed_with_what_they_call_wrong_and_where_they_want_quiet(own_desk: Desk) -> None:
    own_desk.sandbox.person_comments("PAY-32", "safesync wrong TM101: the criteria are in the picture\n\nsafesync snooze 5d")
    own_desk.run("pull")
    told = own_desk.run("waivers", "--format", "json").value
    (one,) = told["waivers"]
    assert (one["key"], one["rule"], one["said"], one["wrong"], one["reason"]) == (
        "PAY-32",
        "TM101",
        "reply",
        True,
        "the criteria are in the picture",
    )
    assert told["called_wrong"] == {"TM101": 1}
    assert [each["key"] for each in told["snoozed"]] == ["PAY-32"]
    shown = own_desk.run("waivers").out
    assert "TM101: 1 finding is called wrong by people" in shown
    assert "PAY-32: snoozed until " in shown
    assert "people say that TM101 is wrong about PAY-32 (the criteria are in the picture; " in own_desk.run("check").out


def test_what_is_quiet_is_marked_in_every_form_of_a_report_and_counted_on_the_page(own_desk: Desk) -> None:
    own_desk.run("pull")
    own_desk.run("baseline", "--take", "--rule", "TM101")
    before = own_desk.run("check", "--format", "json").value["findings"]
    one = next(each for each in before if each["key"] and each["quiet"] is None and each["tracker"] == "jira-eu")
    entry = f"{{rule: {one['code']}, items: [{one['key']}], until: 2099-01-15, reason: old contract}}"
    own_desk.write(("feedback:", f"feedback:\n  waivers:\n    - {entry}"))

    told = {(each["code"], each["key"]): each["quiet"] for each in own_desk.run("check", "--format", "json").value["findings"]}
    assert told[one["code"], one["key"]] == f"waived: {one['code']} until 2099-01-15 (old contract)"
    old = [pair for pair, why in told.items() if why == "old"]
    assert old
    assert {code for code, _ in old} == {"TM101"}

    human = own_desk.run("check").out
    assert human.count("older than SafeSync, and quiet") == len(old)
    assert "until 2099-01-15 (old contract)" in human
    page = own_desk.run("check", "--format", "html").out
    assert f"Not shown, for they are older than SafeSync: {len(old)}. " in page
    assert "Not shown, for they are waived or snoozed: 1." in page
    assert "(TM101)" not in page

    own_desk.run("baseline", "--take")
    findings = own_desk.run("check", "--format", "json").value["findings"]
    assert all(each["quiet"] or each["subject"].startswith("group:") for each in findings)
    loud = any(each["quiet"] is None for each in findings)
    assert own_desk.run("check", "--fail-on", "info").status == int(loud), "what is quiet breaks no pipeline"
