"""The page of ``check --format html``: whole, self-contained, and deaf to what a title would have it do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from desk import Desk

from safesync.cli.report_page import report_page
from safesync.languages.tongue import tongue
from safesync.model.finding import Finding, Point, Report, Severity, Unevaluated
from safesync.model.item import Gate
from safesync.rules.examples import story

EVIL = "<script>alert(1)</script>\"'&{{ 7 * 7 }}"
NAMES = {"TM101": "story without acceptance criteria", "GR503": "capacity allocation drift"}


class Page(HTMLParser):
    """What a browser makes of a page: its tags, its links, its text, and whether every tag that was opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag != "meta":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def finding(code: str = "TM101", subject: str = "jira:1", severity: Severity = Severity.ERROR) -> Finding:
    return Finding(code, subject, severity, Gate.CURRENT, "Add acceptance criteria.", "Field: empty.", (("Sum", "5 of 8"),))


def report(*findings: Finding, unevaluated: tuple[Unevaluated, ...] = ()) -> Report:
    subjects = frozenset(each.subject for each in findings)
    return Report(datetime(2026, 11, 18, 12, tzinfo=UTC), 12_000, frozenset(NAMES), subjects, findings, frozenset(), unevaluated)


def test_all_that_check_finds_is_on_the_page(desk: Desk) -> None:
    desk.run("pull")
    findings = desk.run("check", "--format", "json").value["findings"]
    answer = desk.run("check", "--format", "html")
    page = Page(answer.out)
    assert answer.status == 0
    for each in (one for one in findings if one["absorbed_by"] is None):
        assert each["remedy"] in page.text
        assert each["evidence"] in page.text
        assert f"({each['code']})" in page.text
        assert each["key"] is None or each["key"] in page.text
    assert {each["url"] for each in findings if each["url"]} <= set(page.links)
    assert desk.run("check", "--format", "html", "--fail-on", "error").status == 1


def test_nothing_is_loaded_and_no_script_runs(desk: Desk) -> None:
    desk.run("pull")
    page = Page(desk.run("check", "--format", "html").out)
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(page.tags)
    assert all(link.startswith(("http://127.0.0.1", "#team-")) for link in page.links)


def test_what_a_person_wrote_is_shown_and_does_nothing() -> None:
    item = story(title=EVIL, owner=EVIL, team=EVIL, url="javascript:alert(1)")
    text = report_page(report(finding()), {"jira:1": item}, {"TM101": EVIL})
    page = Page(text)
    assert "script" not in page.tags
    assert page.text.count(EVIL) >= 4
    assert not [link for link in page.links if "javascript" in link]


def test_the_most_urgent_comes_first_and_whoever_has_no_team_last() -> None:
    items = {f"jira:{number}": story(number, team=team) for number, team in ((1, None), (2, "Heron"), (3, "Falcon"), (4, "Falcon"))}
    severities = {1: Severity.ERROR, 2: Severity.INFO, 3: Severity.INFO, 4: Severity.WARNING}
    found = (finding(subject=f"jira:{number}", severity=severity) for number, severity in severities.items())
    page = Page(report_page(report(*found), items, NAMES))
    headings = re.findall(r"Falcon|Heron|Without a team|PAY-\d", page.text)
    assert headings == ["Falcon", "Heron", "Without a team", "Falcon", "PAY-4", "PAY-3", "Heron", "PAY-2", "Without a team", "PAY-1"]
    assert "4 of 12,000 items have something to be done about them." in page.text


def test_the_rows_of_the_table_add_up_to_the_figures_above_it() -> None:
    found = finding("GR503", "group:train_interval:Payments|PI 26.4"), finding()
    table = Page(report_page(report(*found), {"jira:1": story(1, team="Falcon")}, NAMES)).text
    assert re.search(r"2\s*to do now", table)
    assert re.search(r"Plans and boards\s*1\s*Falcon\s*1\s", table)


def test_what_another_finding_speaks_for_is_not_told_beside_it() -> None:
    points = (Point("an estimate", "TM105", remedy="Estimate it."), Point("an owner", "TM107"))
    whole = replace(finding("TM114"), remedy="Settle the open points.", points=points)
    both = report(whole, replace(finding("TM105"), remedy="Estimate the story in points."))
    told = Page(report_page(both, {"jira:1": story(team="Falcon")}, NAMES)).text
    assert re.search(r"1\s*to do now", told)
    assert "Estimate it." in told
    assert "Estimate the story in points." not in told
    alone = Page(report_page(both, {"jira:1": story(team="Falcon")}, NAMES, {("TM114", "jira:1"): "waived"})).text
    assert "Estimate the story in points." in alone, "where the checklist is waived, its part speaks for itself"


def test_the_plan_of_a_team_stands_with_what_else_the_team_has_to_do() -> None:
    subjects = ("group:team_iteration:Falcon|jira:iteration:4", "group:team_iteration:Heron|jira:iteration:5")
    found = (finding("GR503", subject) for subject in subjects)
    names = {"jira:iteration:4": "Falcon 26.4.4", "jira:iteration:5": "Heron 26.4.5"}
    text = report_page(report(finding(), *found), {"jira:1": story(team="Falcon")}, NAMES, iterations=names)
    headings = re.findall(r"<h[23]>([^<]*)", text)
    assert headings[:2] == ["Plans and boards", "Heron 26.4.5"], "Heron has nothing else to do"
    assert headings[2] == "Falcon"
    assert "Falcon 26.4.4" in headings[3:5]


def test_a_group_shows_its_arithmetic() -> None:
    page = Page(report_page(report(finding("GR503", "group:train_interval:Payments|PI 26.4")), {}, NAMES))
    assert "Payments, PI 26.4" in page.text
    assert "5 of 8" in page.text
    assert "0 of 12,000 items" in page.text


def test_what_could_not_be_judged_is_told_to_the_administrator() -> None:
    text = report_page(
        report(unevaluated=(Unevaluated("TM101", 7, ("acceptance_verdict",)), Unevaluated("GR503", 2, (), "KeyError: x"))), {}, NAMES
    )
    page = Page(text)
    assert "Nothing to do." in page.text
    assert "not seen: acceptance criteria" in page.text
    assert "KeyError: x" in page.text


def test_a_page_on_which_all_is_quiet_does_not_say_that_all_is_fine() -> None:
    text = report_page(report(finding()), {}, NAMES, {("TM101", "jira:1"): "old"})
    assert "Nothing new to do." in text
    assert "is fine" not in text


_ENGLISH = re.compile(r"\b(the|items?|rules?|of|what|now|soon|later|nothing|not|owner|planned|why)\b", re.IGNORECASE)


@pytest.mark.parametrize(("language", "shown"), [("de", "Was das Backlog braucht"), ("fr", "Ce dont le backlog a besoin")])
def test_the_frame_of_the_page_speaks_the_language_too(language: str, shown: str) -> None:
    said = Finding("TM101", "jira:1", Severity.ERROR, Gate.CURRENT, "X", "Y")
    groups = Finding("GR503", "group:train_interval:Payments|PI 26.4", Severity.INFO, None, "X", "Y")
    found = report(said, groups, replace(said, code="TM105"), replace(groups, code="GR504"))
    found = replace(found, unevaluated=(Unevaluated("TM101", 7, ("acceptance_verdict",)), Unevaluated("TM102", 7, ("points",))))
    quiet = {("TM105", "jira:1"): "old", ("GR504", groups.subject): "waived"}
    items = {"jira:1": story(1, title="X", owner="Ada")}
    text = report_page(found, items, {}, quiet, tongue=tongue(language))
    assert f'<html lang="{language}">' in text
    assert shown in Page(text).text
    assert _ENGLISH.findall(text.partition("<main>")[2].partition("</main>")[0].replace("team-", "").replace("class", "")) == []


def test_check_writes_its_page_in_the_language_that_is_configured(desk: Desk) -> None:
    desk.write(("language: en", "language: de"))
    desk.run("pull")
    text = desk.run("check", "--format", "html").out
    assert '<html lang="de">' in text
    assert "jetzt zu tun" in text
    assert "Story ohne Akzeptanzkriterien" in text
