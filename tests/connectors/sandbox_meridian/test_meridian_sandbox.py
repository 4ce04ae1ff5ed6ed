"""Meridian as clients of the two trackers see it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Any

import pytest
import requests
from ruamel.yaml import YAML

from safesync.connectors.sandbox.meridian.prose import adf, html
from safesync.connectors.sandbox.meridian.truth import meridian
from safesync.connectors.sandbox.meridian.work import EVIDENCE, Home
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.model.item import Kind, Stage, WorkClass


def jira_issues(sandbox: Sandbox, jql: str = "project in (PAY, CARDS)"):
    body = {"jql": jql, "fields": ["*all"], "maxResults": 100}
    found = []
    while True:
        page = requests.post(
            f"{sandbox.jira_url}/rest/api/3/search/jql", json=body, auth=(sandbox.jira_user, sandbox.jira_token), timeout=30
        ).json()
        found += page["issues"]
        if not page.get("nextPageToken"):
            return found
        body["nextPageToken"] = page["nextPageToken"]


def work_items(sandbox: Sandbox, ids: list[int]):
    body = {"ids": ids, "$expand": "Relations"}
    address = f"{sandbox.azure_url}/_apis/wit/workitemsbatch?api-version=7.1"
    return requests.post(address, json=body, auth=("", sandbox.azure_token), timeout=30).json()["value"]


def azure_items(sandbox: Sandbox):
    query = {"query": "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = 'Payments' ORDER BY [System.Id]"}
    address = f"{sandbox.azure_url}/Payments/_apis/wit/wiql?api-version=7.1"
    found = requests.post(address, json=query, auth=("", sandbox.azure_token), timeout=30).json()["workItems"]
    return work_items(sandbox, [each["id"] for each in found])


def test_jira_answers_every_issue_once(sandbox: Sandbox):
    keys = [issue["key"] for issue in jira_issues(sandbox)]
    assert sorted(keys) == sorted(work.key for work in sandbox.meridian.works if work.home is not Home.AZURE)
    assert len(set(keys)) == 491


def test_met_obligations_have_their_evidence_in_both_trackers_except_where_it_was_forgotten(sandbox: Sandbox):
    met = [work for work in sandbox.meridian.works if work.work_class is WorkClass.COMPLIANCE and work.stage is Stage.DONE]
    with_evidence = {work.key for work in met if work.evidenced_at}
    assert 0 < len(with_evidence) < len(met)
    in_jira = {issue["key"] for issue in jira_issues(sandbox) if issue["fields"]["attachment"]}
    files = {str(one["id"]): [each for each in one.get("relations", ()) if each["rel"] == "AttachedFile"] for one in azure_items(sandbox)}
    assert in_jira | {key for key, found in files.items() if found} == with_evidence
    assert {each["attributes"]["name"] for found in files.values() for each in found} == {EVIDENCE}


def test_azure_devops_answers_every_work_item_once(sandbox: Sandbox):
    ids = [str(item["id"]) for item in azure_items(sandbox)]
    assert ids == [work.key for work in sandbox.meridian.works if work.home is Home.AZURE]
    assert len(set(ids)) == 117


def test_what_stands_in_jira_is_what_was_written(sandbox: Sandbox):
    raw = {issue["key"]: issue["fields"] for issue in jira_issues(sandbox)}
    for work in sandbox.meridian.works:
        if work.home is Home.AZURE:
            continue
        fields = raw[work.key]
        assert fields["summary"] == work.title
        assert (fields["assignee"] or {}).get("displayName") == (work.owner.name if work.owner else None)
        assert fields["customfield_10016"] == work.points
        assert [sprint["name"] for sprint in fields["customfield_10020"] or []] == [f"{work.team} {name}" for name in work.iterations]
        assert (fields["customfield_10101"] is None) == (not work.acceptance)


def test_what_stands_in_azure_devops_is_what_was_written(sandbox: Sandbox):
    raw = {str(item["id"]): item["fields"] for item in azure_items(sandbox)}
    for work in sandbox.meridian.works:
        if work.home is not Home.AZURE:
            continue
        fields = raw[work.key]
        assert fields["System.Title"] == work.title
        assert fields.get("System.AssignedTo", {}).get("displayName") == (work.owner.name if work.owner else None)
        assert fields.get("Microsoft.VSTS.Common.BusinessValue") == work.business_value
        assert fields.get("Custom.RROEValue") == work.risk_reduction
        assert fields["System.IterationPath"] == (rf"Payments\{work.interval}" if work.interval else "Payments")


def test_parents_and_dependencies_lead_into_the_other_tracker(sandbox: Sandbox):
    raw = {issue["key"]: issue["fields"] for issue in jira_issues(sandbox)}
    bank = sandbox.meridian
    for work in bank.works:
        parent = bank.work(work.parent) if work.parent else None
        if work.home is Home.PAY and parent and parent.home is Home.AZURE:
            assert raw[work.key]["customfield_10108"] == f"{sandbox.azure_url}/Payments/_workitems/edit/{parent.key}"
    needing = [work for work in bank.works if work.home is Home.AZURE and work.needs and bank.work(work.needs[0]).home is not Home.AZURE]
    assert len(needing) >= 3
    for item, work in zip(work_items(sandbox, [int(work.key) for work in needing]), needing, strict=True):
        links = [(each["url"], each["attributes"].get("comment")) for each in item["relations"] if each["rel"] == "Hyperlink"]
        assert links == [(f"{sandbox.jira_url}/browse/{bank.work(work.needs[0]).key}", "depends on")]


def test_blocks_reads_from_the_supplier_to_the_consumer(sandbox: Sandbox):
    consumer = next(
        work for work in sandbox.meridian.works if work.home is not Home.AZURE and work.needs and work.needs[0].startswith("jira:")
    )
    fields = next(issue["fields"] for issue in jira_issues(sandbox, f"key = {consumer.key}"))
    assert [link["inwardIssue"]["key"] for link in fields["issuelinks"]] == [consumer.needs[0].removeprefix("jira:")]


def test_boards_are_called_like_their_teams_and_have_limits(sandbox: Sandbox):
    auth = (sandbox.jira_user, sandbox.jira_token)
    boards = requests.get(f"{sandbox.jira_url}/rest/agile/1.0/board", auth=auth, timeout=10).json()["values"]
    assert sorted(board["name"] for board in boards) == ["Falcon", "Heron", "Ibis", "Kestrel", "Merlin", "Osprey"]
    falcon = next(board["id"] for board in boards if board["name"] == "Falcon")
    columns = requests.get(f"{sandbox.jira_url}/rest/agile/1.0/board/{falcon}/configuration", auth=auth, timeout=10).json()["columnConfig"][
        "columns"
    ]
    assert {column["name"]: column.get("max") for column in columns}["In Progress"] == sandbox.meridian.limits["Falcon", "In Progress"]


def test_velocity_exists_in_every_team(sandbox: Sandbox):
    finished = Counter(
        work.team
        for work in sandbox.meridian.works
        if work.kind is Kind.STORY and work.stage is Stage.DONE and work.points and work.iterations[-1] in {"26.4.1", "26.4.2"}
    )
    assert len(finished) == 6
    assert min(finished.values()) >= 8


def test_two_sandboxes_of_one_day_are_the_same_but_for_their_addresses():
    with Sandbox(date(2026, 5, 13)) as one, Sandbox(date(2026, 5, 13)) as two:
        both = [json.dumps(_stable(jira_issues(each), each), sort_keys=True) for each in (one, two)]
        assert both[0] == both[1]
        both = [json.dumps(azure_items(each)).replace(each.page_url, "") for each in (one, two)]
        assert both[0] == both[1]


def _stable(issues: list[dict[str, Any]], sandbox: Sandbox) -> Any:
    """Without the ids of nodes in documents, which Jira makes up each time."""
    text = json.dumps(issues).replace(sandbox.page_url, "")

    def without(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: without(value) for name, value in node.items() if name != "localId"}
        return [without(each) for each in node] if isinstance(node, list) else node

    return without(json.loads(text))


def test_no_two_items_say_the_same():
    titles = Counter(work.title for work in meridian(date(2026, 5, 13)).works)
    assert [title for title, count in titles.items() if count > 1 and "<script>" not in title] == []


def test_nothing_lies_in_the_future():
    today = date(2026, 5, 13)
    latest = max(event.at for work in meridian(today).works for event in (*work.moves, *work.touches, *work.remarks))
    assert latest.date() == today
    assert (latest.hour, latest.minute) == (0, 1)


def test_histories_run_forward():
    for work in meridian(date(2026, 5, 13)).works:
        moments = [work.created_at, *(move.at for move in work.moves)]
        assert moments == sorted(moments), work.key
        assert not work.moves or work.moves[-1].stage is work.stage
        assert all(event.at >= work.created_at for event in (*work.touches, *work.remarks)), work.key


def test_texts_come_in_three_languages_and_two_notations(sandbox: Sandbox):
    titles = " ".join(work.title for work in sandbox.meridian.works)
    assert titles.count("Spalten") >= 5
    assert titles.count("Exporter") >= 5
    sample = next(work for work in sandbox.meridian.works if "Spalten" in work.title)
    assert adf(sample.description)["content"][0]["type"] == "paragraph"
    assert html(sample.description).startswith("<div>Als ")


def test_a_person_fixes_an_item_at_the_present_time(sandbox: Sandbox):
    flaw = next(each for each in sandbox.truth if each.code == "TM101")
    sandbox.person_fixes(flaw.key, acceptance="- The list shows 20 rows\n- Guests get HTTP 403")
    issue = sandbox.site.issue(flaw.key)
    assert issue.values["customfield_10101"]["content"][0]["type"] == "bulletList"
    assert abs((sandbox.clock() - issue.history[-1].at).total_seconds()) < 60
    assert not issue.history[-1].author.bot


def test_the_trackers_live_on_the_given_day():
    with Sandbox(date(2026, 5, 13)) as sandbox:
        assert sandbox.clock().date() == date(2026, 5, 13)
        sandbox.person_fixes("30", title="Another title")
        assert sandbox.organisation.items[30].latest.at.date() == date(2026, 5, 13)


def test_every_call_of_a_client_is_counted_apart(sandbox: Sandbox):
    before = len(sandbox.calls("jira")), len(sandbox.calls("azure"))
    azure_items(sandbox)
    assert len(sandbox.calls("jira")) == before[0]
    assert [call.is_write for call in sandbox.calls("azure")[before[1] :]] == [False, False]


@pytest.mark.parametrize("tracker", ["jira", "azure"])
def test_a_wrong_token_opens_nothing(sandbox: Sandbox, tracker: str):
    address = f"{sandbox.jira_url}/rest/api/3/myself" if tracker == "jira" else f"{sandbox.azure_url}/_apis/projects?api-version=7.1"
    assert requests.get(address, auth=(sandbox.jira_user, "wrong"), timeout=10).status_code == 401


def test_the_configuration_reads_this_sandbox(sandbox: Sandbox):
    read = YAML(typ="safe").load(sandbox.configuration("sqlite:///x.db"))
    assert [(each["name"], each["url"]) for each in read["trackers"]] == [("jira-eu", sandbox.jira_url), ("ado", sandbox.azure_url)]
    assert set(read["teams"]) == {"Falcon", "Heron", "Osprey", "Ibis", "Kestrel", "Merlin"}
    assert all(sum(shares.values()) == 100 for shares in read["rules"]["GR503"]["options"]["targets"].values())
    assert all(team["velocity"] > 0 for team in read["teams"].values())
