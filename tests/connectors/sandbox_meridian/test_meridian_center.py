"""The same organisation on a Data Center: as people see it, what they do there, and that it is the same."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis.strategies import lists, sampled_from
from ruamel.yaml import YAML

from safesync.connectors.sandbox.meridian.prose import bullets, says, section, steps, wiki
from safesync.connectors.sandbox.meridian.work import Home
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.shelf import RefusedError
from safesync.connectors.sandbox.trouble import Trouble
from safesync.connectors.sandbox.view import prose_of, rich_text
from safesync.connectors.sandbox.wiki_view import wiki_html


@pytest.fixture(scope="module")
def center() -> Iterator[Sandbox]:
    with Sandbox(jira="data-center", jira_version="9.12.4", azure="2022.1") as running:
        yield running


def _get(sandbox: Sandbox, path: str, **params: Any) -> requests.Response:
    token = {"Authorization": f"Bearer {sandbox.jira_token}"}
    return requests.get(f"{sandbox.jira_url}/rest/api/2/{path}", params=params, headers=token, timeout=30)


def _found(sandbox: Sandbox, jql: str) -> list[str]:
    return [issue["key"] for issue in _get(sandbox, "search", jql=jql, fields="key", maxResults=1000).json()["issues"]]


def _page(sandbox: Sandbox, path: str = "") -> str:
    return requests.get(f"{sandbox.page_url}{path}", timeout=30).text


def test_every_issue_of_the_organisation_is_there_with_its_parent(center: Sandbox):
    fields = "issuetype,parent,customfield_10014,customfield_10018"
    issues = _get(center, "search", jql="project in (PAY, CARDS)", fields=fields, maxResults=1000).json()["issues"]
    above = {}
    for issue in issues:
        held = issue["fields"]
        above[issue["key"]] = held.get("parent", {}).get("key") or held["customfield_10014"] or held["customfield_10018"]
    parents = {work.key: center.meridian.work(work.parent) for work in center.meridian.works if work.parent and work.home is not Home.AZURE}
    expected = {key: parent.key for key, parent in parents.items() if parent.home is not Home.AZURE}
    assert {key: parent for key, parent in above.items() if parent} == expected
    assert len(above) == 491


def test_its_configuration_has_a_token_and_no_user_and_no_preset_of_cloud(center: Sandbox):
    jira = YAML(typ="safe").load(center.configuration("sqlite:///x.db"))["trackers"][0]
    assert jira["auth"] == {"token": center.jira_token}
    assert "preset" not in jira["mapping"]
    assert jira["mapping"]["types"]["feature"] == ["Epic"]


def test_the_page_says_what_is_played_and_what_goes_wrong(center: Sandbox):
    assert "Jira Data Center 9.12.4 and Azure DevOps Server 2022.1" in _page(center)
    assert "in trouble" not in _page(center)
    center.cause(Trouble(lag=5, seed=2))
    assert "in trouble: lag=5,seed=2" in _page(center)
    center.cause(None)


def test_what_stands_in_wiki_markup_is_shown_as_harmless_html(center: Sandbox):
    text = (
        "h3. Checked\n* one\n** deeper\n# first\n\n*bold* {{code}} [why|https://safesync.example/x] "
        "<script>alert(1)</script> [no|javascript:x]"
    )
    token = {"Authorization": f"Bearer {center.jira_token}"}
    requests.post(f"{center.jira_url}/rest/api/2/issue/PAY-3/comment", json={"body": text}, headers=token, timeout=30)
    page = _page(center, "item/jira/PAY-3")
    assert "<h4>Checked</h4><ul><li>one<ul><li>deeper</li></ul></li></ul><ol><li>first</li></ol>" in page
    assert '<strong>bold</strong> <code>code</code> <a href="https://safesync.example/x" rel="noreferrer">why</a>' in page
    assert "<script>" not in page
    assert "[no|javascript:x]" in page


def test_a_person_edits_on_the_page_and_wiki_markup_is_stored(center: Sandbox):
    center.person_fixes("PAY-4", acceptance="## Given\n- a card\n- a reader\n1. tap")
    assert _get(center, "issue/PAY-4").json()["fields"]["customfield_10101"] == "h3. Given\n\n* a card\n* a reader\n\n# tap"


@pytest.mark.parametrize(
    "text", ["Plain words", "## Head\n- one\n- two\n1. first\n2. second", "A {brace}, a [bracket] and a back\\slash", "- *not bold"]
)
def test_what_a_person_wrote_comes_back_into_the_form_as_it_was(text: str):
    assert rich_text(wiki(prose_of(text))) == text


def test_the_notation_of_prose():
    assert wiki((*section("Why", says("One {x}", "Two")), *bullets("a", "b"), *steps("c"))) == (
        "h3. Why\n\nOne \\{x\\}\n\nTwo\n\n* a\n* b\n\n# c"
    )


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("||a||b||\n|1|2|", "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"),
        ("{code:java}\nif (a < b) {\n{code}", "<pre>if (a &lt; b) {</pre>"),
        ("{quote}\nsaid\n{quote}\nafter", "<blockquote><p>said</p></blockquote><p>after</p>"),
        ("{panel:title=x}\nh1. In\n{panel}", "<div><h3>In</h3></div>"),
        ("{noformat}\nnever closed", "<pre>never closed</pre>"),
        ("bq. said\n----\none\ntwo", "<blockquote>said</blockquote><hr><p>one<br>two</p>"),
        ("_so_ a_b_c 2*3*4 {color:red}red{color}", "<p><em>so</em> a_b_c 2*3*4 red</p>"),
        ("# a\n#* b\n# c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("a &lt;b&gt; &#42; AT&T", "<p>a &lt;b&gt; * AT&amp;T</p>"),
        ("", ""),
        ("\\*no bold\\*", "<p>*no bold*</p>"),
        ("story\\_points", "<p>story_points</p>"),
    ],
)
def test_wiki_markup_is_read(markup: str, html: str):
    assert wiki_html(markup) == html


@pytest.fixture
def changed() -> Iterator[Sandbox]:
    """One of its own, for what cannot be undone."""
    with Sandbox(jira="data-center") as running:
        yield running


class _Tags(HTMLParser):
    """Every tag and address of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.addresses: set[str] = set()
        self.others: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.addresses |= {str(value) for name, value in attrs if name == "href"}
        self.others |= {name for name, _ in attrs} - {"href", "rel"}


_PIECES = (
    "*",
    "_",
    "{{",
    "}}",
    "[x|",
    "https://a.example",
    "javascript:x",
    "]",
    "|",
    "||",
    "\n",
    "\n* ",
    "\n## ",
    "{code}",
    "{quote}",
    "\\",
    "<b>",
    "&lt;b&gt;",
    '"',
    " h1. ",
    "a",
)


@given(lists(sampled_from(_PIECES), max_size=30).map("".join))
def test_whatever_is_written_no_tag_or_address_gets_through_that_is_not_harmless(text: str):
    tags = _Tags()
    tags.feed(wiki_html(text))
    harmless = {"p", "br", "ul", "ol", "li", "table", "tr", "td", "th", "pre", "blockquote", "div", "h3", "strong", "em", "code", "a", "hr"}
    assert tags.seen <= harmless
    assert all(address.startswith("https://a.example") for address in tags.addresses)
    assert not tags.others


def test_people_move_hide_link_and_delete_issues(changed: Sandbox):
    moved = changed.person_moves("PAY-10", "CARDS")
    assert _get(changed, "issue/PAY-10").json()["key"] == moved
    changed.person_hides("PAY-11")
    assert _get(changed, "issue/PAY-11").status_code == 404
    assert _found(changed, "project = PAY AND key <= PAY-12 AND key > PAY-9") == ["PAY-12"]
    changed.person_reveals("PAY-11")
    changed.person_links("PAY-11", "PAY-12")
    linked = _get(changed, "issue/PAY-12").json()["fields"]["issuelinks"]
    assert "PAY-11" in [link.get("inwardIssue", {}).get("key") for link in linked]
    assert (changed.person_unlinks("PAY-11", "PAY-12"), changed.person_unlinks("PAY-11", "PAY-12")) == (True, False)
    changed.person_deletes("PAY-12")
    assert _get(changed, "issue/PAY-12").status_code == 404
    with pytest.raises(RefusedError, match=r"There is no issue PAY-12 on the Jira site\."):
        changed.person_deletes("PAY-12")


def test_administrators_archive_close_restore_and_rename(changed: Sandbox):
    changed.administrator_archives("CARDS")
    assert [each["key"] for each in _get(changed, "project").json()] == ["PAY"]
    changed.administrator_restores("CARDS")
    changed.administrator_closes("CARDS")
    assert _get(changed, "project/CARDS").status_code == 404
    changed.administrator_restores("CARDS")
    changed.administrator_renames("status", "In Progress", "Doing")
    changed.administrator_renames("key", "CARDS", "KARTEN")
    assert _get(changed, "issue/CARDS-7").json()["key"] == "KARTEN-7"
    assert {"Doing"} <= {status["name"] for status in _get(changed, "status").json()}
