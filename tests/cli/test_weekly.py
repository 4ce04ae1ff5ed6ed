from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import requests
from desk import Desk

from safesync import wiring
from safesync.configuration.read import parse_configuration


def test_the_lists_of_a_week_are_queries_that_both_trackers_answer(desk: Desk) -> None:
    wording = wiring.wording(parse_configuration(desk.text))
    jira, azure = (urlsplit(wording.searches[name]("safesync-tm", keys)) for name, keys in (("jira-eu", ["PAY-32"]), ("ado", ["1", "20"])))
    (jql,) = parse_qs(jira.query)["jql"]
    found = requests.post(
        f"{desk.sandbox.jira_url}/rest/api/3/search/jql",
        json={"jql": jql, "fields": ["summary"]},
        auth=("safesync@meridian.example", desk.sandbox.jira_token),
        timeout=30,
    )
    assert [one["key"] for one in found.json()["issues"]] == ["PAY-32"]
    (wiql,) = parse_qs(azure.query)["wiql"]
    items = requests.post(
        f"{desk.sandbox.azure_url}/_apis/wit/wiql?api-version=7.1", json={"query": wiql}, auth=("", desk.sandbox.azure_token), timeout=30
    )
    assert [one["id"] for one in items.json()["workItems"]] == [1, 20]
    assert azure.path.endswith("/Payments/_workitems")


def test_more_items_than_an_address_holds_are_listed_by_their_label(desk: Desk) -> None:
    wording = wiring.wording(parse_configuration(desk.text))
    assert parse_qs(urlsplit(wording.searches["jira-eu"]("safesync-tm", ())).query)["jql"] == ['labels = "safesync-tm" ORDER BY key']
    assert "[System.Tags] CONTAINS 'safesync-tm'" in parse_qs(urlsplit(wording.searches["ado"]("safesync-tm", ())).query)["wiql"][0]


def test_a_week_is_told_on_the_anchor_and_a_second_run_writes_nothing(own_desk: Desk) -> None:
    own_desk.write(
        ("jql: 'key in (", "jql: 'key in (PAY-1, "),
        ("\nfeedback:\n", "\nfeedback:\n  digest: monday\n"),
        ("  Falcon: {", "  Falcon: {anchor: 'jira-eu:PAY-1', "),
    )
    assert own_desk.run("run").status == 0
    body = str([comment.body for comment in own_desk.sandbox.site.issue("PAY-1").comments])
    assert "Falcon, week from" in body
    assert "show in jira-eu" in body
    written = own_desk.writes()
    assert own_desk.run("run").status == 0
    assert own_desk.writes() == written
