"""The page for people, over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
import requests

from safesync.connectors.sandbox.jira import writes
from safesync.connectors.sandbox.meridian.prose import adf, html
from safesync.connectors.sandbox.meridian.work import Work
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.connectors.sandbox.view import adf_html, clean_html, html_text, prose_of, rich_text
from safesync.model.item import Kind, Stage

HOSTILE = "<script>alert('paid')</script>"


def get(sandbox: Sandbox, path: str, **query: str):
    answer = requests.get(sandbox.page_url + path, params=query, timeout=10)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    return answer


def post(sandbox: Sandbox, path: str, headers: dict[str, str] | None = None, **values: str):
    return requests.post(sandbox.page_url + path, data=values, headers=headers, timeout=10, allow_redirects=False)


def keys(page: requests.Response):
    return re.findall(r'<td class="key"><a href="/item/\w+/([\w-]+)"', page.text)


def open_story(sandbox: Sandbox, nth: int):
    return [work for work in sandbox.meridian.works if work.kind is Kind.STORY and work.stage is Stage.READY and work.parent][nth]


def every_page(sandbox: Sandbox, **query: str):
    found = []
    for page in range(1, 100):
        more = keys(get(sandbox, "", page=page, **query))
        if more == found[-len(more) :]:
            return found
        found += more
    return found


def test_paging_through_the_list_shows_every_item_once(sandbox: Sandbox):
    found = every_page(sandbox)
    assert len(found) == len(set(found)) == len(sandbox.meridian.works)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"tracker": "azure", "type": "Epic"}, lambda work: work.home.tracker == "azure" and work.kind is Kind.EPIC),
        ({"project": "PAY", "type": "Bug"}, lambda work: work.key.startswith("PAY-") and work.kind is Kind.BUG),
        ({"label": "theme:open-banking"}, lambda work: "open-banking" in work.themes),
        ({"q": "zwei virtuelle"}, lambda _work: False),
        ({"q": "wallet in travel"}, lambda work: all(word in f"{work.key} {work.title}".lower() for word in ("wallet", "in", "travel"))),
    ],
)
def test_filters_and_words_narrow_the_list(sandbox: Sandbox, query: dict[str, str], fits: Callable[[Work], bool]):
    assert sorted(every_page(sandbox, **query)) == sorted(work.key for work in sandbox.meridian.works if fits(work))


def test_a_page_number_that_makes_no_sense_is_the_first_or_the_last(sandbox: Sandbox):
    assert keys(get(sandbox, "", page="many")) == keys(get(sandbox, ""))
    assert len(keys(get(sandbox, "", page="9999"))) == len(sandbox.meridian.works) % 25


def test_every_item_has_a_page(sandbox: Sandbox):
    for work in sandbox.meridian.works[::29]:
        answer = get(sandbox, f"item/{work.home.tracker}/{work.key}")
        assert answer.status_code == 200
        assert f"<h1>{work.title}</h1>" in unescape(answer.text)


def test_the_addresses_that_comments_and_links_use_lead_to_the_page(sandbox: Sandbox):
    assert requests.get(f"{sandbox.jira_url}/browse/PAY-3", timeout=10).url.endswith("/item/jira/PAY-3")
    assert requests.get(f"{sandbox.azure_url}/Payments/_workitems/edit/30", timeout=10).url.endswith("/item/azure/30")


@pytest.mark.parametrize("path", ["item/jira/PAY-99999", "item/azure/99999", "item/azure/PAY-1", "item/elsewhere/1"])
def test_an_item_that_is_not_there_is_said_so(sandbox: Sandbox, path: str):
    answer = get(sandbox, path)
    assert answer.status_code == 404
    assert "There is no item" in answer.text


def test_hostile_titles_and_texts_stay_text(sandbox: Sandbox):
    hostile = [work for work in sandbox.meridian.works if HOSTILE in work.title]
    assert {work.home.tracker for work in hostile} == {"jira", "azure"}
    for work in hostile:
        text = get(sandbox, f"item/{work.home.tracker}/{work.key}").text
        assert "<script" not in text
        assert "<img" not in text
        assert HOSTILE in unescape(text)


def test_a_persons_edit_is_seen_by_clients_of_jira(sandbox: Sandbox):
    story = open_story(sandbox, 5)
    answer = post(
        sandbox,
        f"item/jira/{story.key}",
        **{"as": "Amira Keller", "acceptance": "- Guests get HTTP 403\r\n- Staff get HTTP 200", "points": "8"},
    )
    assert answer.status_code == 303
    raw = requests.get(
        f"{sandbox.jira_url}/rest/api/3/issue/{story.key}?expand=changelog", auth=(sandbox.jira_user, sandbox.jira_token), timeout=10
    ).json()
    assert raw["fields"]["customfield_10101"]["content"][0]["type"] == "bulletList"
    assert raw["fields"]["customfield_10016"] == 8
    newest = raw["changelog"]["histories"][0]
    assert newest["author"]["displayName"] == "Amira Keller"
    assert {item["field"] for item in newest["items"]} >= {"Acceptance criteria"}


def test_a_persons_edit_is_seen_by_clients_of_azure_devops(sandbox: Sandbox):
    feature = next(work for work in sandbox.meridian.works if work.home.tracker == "azure" and work.kind is Kind.FEATURE and work.owner)
    answer = post(
        sandbox, f"item/azure/{feature.key}", **{"as": "Victoria Hale", "owner": "", "labels": "one, two", "benefit": "If A then B"}
    )
    assert answer.status_code == 303
    raw = requests.get(
        f"{sandbox.azure_url}/_apis/wit/workitems/{feature.key}?api-version=7.1", auth=("", sandbox.azure_token), timeout=10
    ).json()
    assert "System.AssignedTo" not in raw["fields"]
    assert raw["fields"]["System.Tags"] == "one; two"
    assert raw["fields"]["Custom.BenefitHypothesis"] == "<div>If A then B</div>"
    assert raw["fields"]["System.ChangedBy"]["displayName"] == "Victoria Hale"


def test_saving_an_untouched_form_changes_nothing(sandbox: Sandbox):
    for work in (open_story(sandbox, 7), next(work for work in sandbox.meridian.works if work.home.tracker == "azure")):
        shelf = sandbox._shelf(work.key)
        before = shelf.shown(work.key)
        assert post(sandbox, f"item/{work.home.tracker}/{work.key}", **{"as": "Amira Keller", **before.form}).status_code == 303
        assert shelf.shown(work.key) == before


def test_a_form_that_makes_no_sense_is_given_back_with_the_reason(sandbox: Sandbox):
    story = open_story(sandbox, 9)
    for values, reason in (
        ({"points": "many"}, "Points are a number"),
        ({"owner": "Nobody Known"}, "is called"),
        ({"parent": "somewhere"}, "A parent is a key"),
        ({"parent": "PAY-99999"}, "There is no issue"),
        ({"title": " "}, "needs a title"),
    ):
        answer = post(sandbox, f"item/jira/{story.key}", **{"as": "Amira Keller", **values})
        assert answer.status_code == 400
        assert reason in unescape(answer.text)
    assert "Choose who you are" in post(sandbox, f"item/jira/{story.key}", points="3").text
    assert sandbox._shelf(story.key).shown(story.key).form["points"] == f"{story.points:g}"


def test_a_story_moves_below_another_feature_of_either_tracker(sandbox: Sandbox):
    story = next(work for work in sandbox.meridian.works if work.key.startswith("CARDS-") and work.kind is Kind.STORY and work.parent)
    for parent, relation in (("CARDS-20", "parent"), ("35", "parent in Azure DevOps"), ("", None)):
        sandbox.person_fixes(story.key, parent=parent)
        meanings = [pointer.meaning for pointer in sandbox._shelf(story.key).shown(story.key).pointers if "parent" in pointer.meaning]
        assert meanings == ([relation] if relation else [])


def test_people_comment_and_delete_the_comments_of_bots(sandbox: Sandbox):
    story = open_story(sandbox, 11)
    before = len(story.remarks)
    said = writes.add_comment(sandbox.site, story.key, "SafeSync", "One point before this can be planned")
    assert post(sandbox, f"item/jira/{story.key}/comment", **{"as": "Kai Petersen", "text": "- agreed"}).status_code == 303
    page = get(sandbox, f"item/jira/{story.key}").text
    assert page.count('<article class="said') == before + 2
    assert "<li><p>agreed</p></li>" in page
    assert post(sandbox, f"item/jira/{story.key}/comment/{said.id}/delete", **{"as": "Kai Petersen"}).status_code == 303
    assert post(sandbox, f"item/jira/{story.key}/comment/{said.id}/delete", **{"as": "Kai Petersen"}).status_code == 400
    assert "One point before" not in get(sandbox, f"item/jira/{story.key}").text


def test_people_comment_in_azure_devops_and_delete_it_again(sandbox: Sandbox):
    assert post(sandbox, "item/azure/40/comment", **{"as": "Victoria Hale", "text": "1. first\n2. <b>second</b>"}).status_code == 303
    said = sandbox._shelf("40").shown("40").comments[-1]
    assert (said.by, said.html) == ("Victoria Hale", "<ol><li>first</li><li>&lt;b&gt;second&lt;/b&gt;</li></ol>")
    sandbox.person_deletes_comment("40", said.id)
    assert said not in sandbox._shelf("40").shown("40").comments


def test_another_site_can_post_nothing_here(sandbox: Sandbox):
    answer = post(
        sandbox, "item/azure/41", headers={"Origin": "http://elsewhere.example"}, **{"as": "Victoria Hale", "title": "taken over"}
    )
    assert answer.status_code == 403
    assert "taken over" not in get(sandbox, "item/azure/41").text
    own = sandbox.page_url.rstrip("/")
    assert post(sandbox, "item/azure/41", headers={"Origin": own}, **{"as": "Victoria Hale", "title": "renamed"}).status_code == 303


def test_what_the_page_shows_of_html_is_harmless():
    hostile = '<p onclick="x()">a<script>b</script><a href="javascript:c()">d</a><a href="https://e.example/">e</a><b>f'
    shown = clean_html(hostile)
    assert shown == '<p>ab<a>d</a><a href="https://e.example/" rel="noreferrer">e</a><b>f</b></p>'


def test_what_the_page_shows_of_documents_is_harmless():
    link = {"type": "text", "text": "<b>", "marks": [{"type": "link", "attrs": {"href": "javascript:x()"}}, {"type": "strong"}]}
    assert adf_html({"type": "doc", "content": [{"type": "paragraph", "content": [link]}]}) == "<p><strong>&lt;b&gt;</strong></p>"


@pytest.mark.parametrize("text", ["one\ntwo", "## Head\n- a\n- b\n1. c\n2. d\nend", "a < b & c"])
def test_text_of_a_form_survives_both_notations(text: str):
    assert rich_text(adf(prose_of(text))) == text
    assert html_text(html(prose_of(text))) == text
