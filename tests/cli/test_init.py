"""``safesync init`` on the sandbox: what it proposes, what it prints, and how near its configuration comes to the shipped one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from desk import Answer, Desk

from safesync.configuration.read import read_configuration
from safesync.configuration.secrets import Secrets
from safesync.connectors.sandbox.jira.entities import Field, LinkType, Permission
from safesync.model.item import Kind, Stage

_TYPES = "com.atlassian.jira.plugin.system.customfieldtypes"


def init(desk: Desk, *more: str, projects: tuple[str, ...] = ("PAY", "CARDS", "Payments"), to: str = "proposed.yaml") -> Answer:
    desk.patch.setenv("JIRA_TOKEN", desk.sandbox.jira_token)
    desk.patch.setenv("ADO_TOKEN", desk.sandbox.azure_token)
    jira = ("--jira", desk.sandbox.jira_url, "--user", desk.sandbox.jira_user)
    named = [word for project in projects for word in ("--project", project)]
    return desk.run("init", *jira, "--azure", desk.sandbox.azure_url, *named, "-o", to, *more)


def found(desk: Desk, config: str) -> Counter[tuple[str, str]]:
    """(rule, key of the item) of every finding."""
    assert desk.run("pull", "-c", config).status == 0
    report = desk.run("check", "-c", config, "--format", "json").value
    return Counter((each["code"], each["key"] or each["subject"].replace("jira-eu", "jira")) for each in report["findings"])


def test_its_configuration_finds_what_the_shipped_one_finds(desk: Desk) -> None:
    assert init(desk).status == 0
    assert desk.run("validate", "-c", "proposed.yaml").status == 0
    # Else the end of an iteration, with more to tell than the quiet day before, stops the run.
    assert read_configuration(desk.folder / "proposed.yaml", secrets=Secrets.NONE).configuration.feedback.caps.day == 40
    (desk.folder / "shipped.yaml").write_text(desk.sandbox.configuration(f"sqlite:///{desk.folder / 'shipped.db'}"), encoding="utf-8")

    ours, theirs = found(desk, "proposed.yaml"), found(desk, "shipped.yaml")
    # The shipped one has a few rules, whose findings are known one by one; the proposed one has its whole pack.
    compared = {setting.rule.code for setting in read_configuration(desk.folder / "shipped.yaml", secrets=Secrets.NONE).rules}
    ours = Counter({each: count for each, count in ours.items() if each[0] in compared})

    missing, extra = Counter(code for code, _ in theirs - ours), Counter(code for code, _ in ours - theirs)
    # What only people know is in neither tracker: targets of the capacity, the list of themes in force, that a theme replaces an epic,
    # that features far down a train's order are scored too.
    assert missing.keys() <= {"GR503", "PF305", "PG203"}
    assert extra.keys() <= {"LK702"}
    by_rule = Counter(code for code, _ in theirs)
    same = Counter(code for code, _ in ours & theirs)
    near = {code: same[code] / by_rule[code] for code in by_rule}
    assert {code for code, share in near.items() if share < 1} <= {"GR503", "PF305", "PG203"}
    assert len(theirs) > 20


def test_it_recognises_how_both_trackers_model_safe(desk: Desk) -> None:
    told = init(desk, "--format", "json").value
    assert told["trackers"]["jira"]["preset"] == "jira-cloud-premium"
    assert told["trackers"]["ado"]["preset"] == "ado-agile"
    assert not told["doubts"]
    loaded = read_configuration(desk.folder / "proposed.yaml", secrets=Secrets.NONE)
    jira, azure = loaded.configuration.trackers
    assert jira.mapping.types[Kind.EPIC] == ("Initiative",)
    assert jira.mapping.types[Kind.FEATURE] == ("Epic",)
    assert jira.mapping.stages[Stage.VALIDATING] == ("In Review",)
    assert [choice.name for choice in jira.mapping.fields["parent"]] == ["Azure DevOps feature"]
    assert [choice.id for choice in azure.mapping.fields["risk_reduction"]] == ["Custom.RROEValue"]
    assert (azure.mapping.train_depth, azure.mapping.team_depth) == (1, 2)
    assert [train.teams for train in loaded.configuration.as_organisation().trains] == [("Ibis", "Kestrel", "Merlin")]


def test_it_says_rule_by_rule_what_it_could_judge_and_what_would_help(desk: Desk) -> None:
    answer = init(desk, "--format", "json")
    rules = {each["code"]: each for each in answer.value["rules"]}
    assert rules["TM101"]["share"] == 1
    assert rules["TM101"]["subjects"] == 50
    assert rules["GR503"]["helps"] == ["rules.GR503.options"]
    assert rules["GR503"]["share"] < 1
    shown = init(desk, "--force").out
    assert "rules.GR503.options" in shown
    assert "read as jira-cloud-premium: there are levels above the epic: Initiative" in shown


def test_a_field_that_is_missing_is_named_as_what_would_help(own_desk: Desk) -> None:
    site = own_desk.sandbox.site
    field = next(each for each in site.fields.values() if each.name == "Job Size")
    del site.fields[field.id]
    told = init(own_desk, "--format", "json").value
    assert told["trackers"]["jira"]["fields"]["job_size"] == []
    wsjf = next(each for each in told["rules"] if each["code"] == "PG203")
    assert wsjf["helps"] == ["mapping.fields.job_size"]
    assert wsjf["share"] < 1
    text = (own_desk.folder / "proposed.yaml").read_text(encoding="utf-8")
    assert "job_size: []    # nothing like it was found" in text


def test_no_token_is_in_the_file_and_none_is_asked_for_on_the_command_line(desk: Desk) -> None:
    init(desk, "--jira-token-env", "JIRA_TOKEN")
    text = (desk.folder / "proposed.yaml").read_text(encoding="utf-8")
    assert desk.sandbox.jira_token not in text
    assert desk.sandbox.azure_token not in text
    assert 'token: "${env:JIRA_TOKEN}"' in text
    assert 'token: "${env:ADO_TOKEN}"' in text


def test_without_a_token_it_says_which_variable_is_missing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    answer = desk.run("init", "--jira", desk.sandbox.jira_url, "--project", "PAY", "-o", "new.yaml")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == (
        f"the environment variable JIRA_TOKEN is not set; put the token for {desk.sandbox.jira_url} there, "
        "or name another with --jira-token-env\n"
    )


def test_a_file_that_is_there_is_overwritten_only_by_force(desk: Desk) -> None:
    before = (desk.folder / "safesync.yaml").read_text(encoding="utf-8")
    calls = len(desk.sandbox.calls("jira"))
    answer = init(desk, to="safesync.yaml")
    assert answer.status == 2
    assert "--force" in answer.err
    assert (desk.folder / "safesync.yaml").read_text(encoding="utf-8") == before
    assert len(desk.sandbox.calls("jira")) == calls, "nobody is asked for nothing"
    assert init(desk, "--force", to="safesync.yaml").status == 0
    assert (desk.folder / "safesync.yaml").read_text(encoding="utf-8") != before


@pytest.mark.parametrize(
    ("projects", "said"),
    [
        ((), "name the projects to read with --project (jira: CARDS, PAY; ado: Payments)"),
        (("PAY", "Paymets"), "no tracker has a project 'Paymets', did you mean 'Payments'?"),
        (("PAY",), "ado: none of its projects is named; there are Payments"),
    ],
)
def test_projects_are_told_apart_by_who_has_them(desk: Desk, projects: tuple[str, ...], said: str) -> None:
    answer = init(desk, projects=projects)
    assert answer.status == 2
    assert said in answer.err
    assert not (desk.folder / "proposed.yaml").exists()


def test_a_project_that_is_hidden_ends_in_a_sentence(own_desk: Desk) -> None:
    own_desk.sandbox.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    own_desk.patch.setenv("JIRA_TOKEN", own_desk.sandbox.jira_token)
    answer = own_desk.run(
        "init", "--jira", own_desk.sandbox.jira_url, "--user", own_desk.sandbox.jira_user, "--project", "CARDS", "-o", "new.yaml"
    )
    assert answer.status == 2
    assert "no tracker has a project 'CARDS'" in answer.err


def test_it_writes_nothing_to_a_tracker(desk: Desk) -> None:
    before = desk.writes()
    init(desk)
    assert desk.writes() == before


def test_a_type_that_nobody_knows_is_left_out_and_told(own_desk: Desk, tmp_path: Path) -> None:
    site = own_desk.sandbox.site
    story = next(each for each in site.types.values() if each.name == "Story")
    rename(site.types, story, "Wunschzettel")
    told: dict[str, Any] = init(own_desk, "--format", "json").value
    assert told["trackers"]["jira"]["unmapped_types"] == {"Wunschzettel": 360}
    assert told["doubts"][0]["question"].startswith("What is Wunschzettel in SAFe? (360 items)")
    concern = told["concerns"][0]
    assert (concern["tracker"], concern["code"], concern["items"]) == ("jira", "DQ001", 360)
    assert "# Wunschzettel (360 items) is read as 'other'" in (tmp_path / "proposed.yaml").read_text(encoding="utf-8")


def rename(types: dict[Any, Any], kind: Any, name: str) -> None:
    object.__setattr__(kind, "name", name)
    assert any(each.name == name for each in types.values())


def test_what_few_organisations_keep_is_proposed_in_comments_and_counted_rule_by_rule(own_desk: Desk) -> None:
    site = own_desk.sandbox.site
    with site.lock:
        site.add_field(Field("customfield_10300", "Investment Horizon", "option", custom=f"{_TYPES}:select"))
        site.link_types[10300] = LinkType(10300, "Prüfung", "wird geprüft von", "prüft")
    told = init(own_desk, "--format", "json").value
    assert told["trackers"]["jira"]["proposed"] == {"horizon": ["customfield_10300"]}
    assert told["trackers"]["jira"]["proposed_links"]["tests"] == ["prüft"]
    rules = {each["code"]: each for each in told["rules"]}
    assert rules["GR501"]["share"] < rules["GR501"]["share_with_proposals"]
    assert rules["TM101"]["share_with_proposals"] is None, "nothing more can be judged there"
    assert "in brackets: with what is proposed in comments" in init(own_desk, "--force").out
    written = (own_desk.folder / "proposed.yaml").read_text(encoding="utf-8")
    assert "        # horizon: {name: Investment Horizon}    # Investment Horizon is filled in 0 of " in written
    assert "prüft" in written
    assert read_configuration(own_desk.folder / "proposed.yaml", secrets=Secrets.NONE).configuration.trackers[0].mapping.further == ()
