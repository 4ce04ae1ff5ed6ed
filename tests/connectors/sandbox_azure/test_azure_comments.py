from __future__ import annotations

from typing import Any

import pytest
import requests
from azure.devops.v7_1.work_item_tracking.models import CommentCreate, CommentUpdate
from azure_world import World

from safesync.connectors.sandbox.azure.editions import SERVER_2020
from safesync.connectors.sandbox.azure.items import WorkItem

PREVIEW = "7.1-preview.4"


def _comments(world: World, item: WorkItem, **params: Any) -> dict[str, Any]:
    return world.get(f"Payments/_apis/wit/workItems/{item.id}/comments", PREVIEW, **params)


def _write(world: World, method: str, item: WorkItem, text: str, comment: int | None = None, **params: Any) -> requests.Response:
    path = f"Payments/_apis/wit/workItems/{item.id}/comments" + (f"/{comment}" if comment else "")
    return world.ask(method, path, PREVIEW, json={"text": text}, params=params, headers={"Content-Type": "application/json"})


def test_the_client_package_posts_reads_edits_and_deletes(world: World):
    item = world.story()
    tracking = world.client().get_work_item_tracking_client()
    posted = tracking.add_work_item_comment(CommentCreate(text="**one**"), "Payments", item.id, format="markdown")
    assert (posted.version, posted.format, posted.text, posted.created_by.id) == (1, "markdown", "**one**", world.bot.id)
    edited = tracking.update_work_item_comment(CommentUpdate(text="two"), "Payments", item.id, posted.id, format="markdown")
    assert (edited.id, edited.version, edited.text) == (posted.id, 2, "two")
    assert tracking.get_comment("Payments", item.id, posted.id).text == "two"
    tracking.delete_comment("Payments", item.id, posted.id)
    assert tracking.get_comments("Payments", item.id).comments == []


def test_writing_editing_and_deleting_a_comment_are_three_revisions(world: World):
    item = world.story()
    posted = _write(world, "POST", item, "one").json()
    body = world.get(f"_apis/wit/workitems/{item.id}")
    assert (body["rev"], body["fields"]["System.CommentCount"], body["fields"]["System.History"]) == (2, 1, "one")
    assert body["fields"]["System.ChangedBy"]["id"] == world.bot.id
    assert (body["commentVersionRef"]["commentId"], body["commentVersionRef"]["version"]) == (posted["id"], 1)
    _write(world, "PATCH", item, "two", posted["id"])
    body = world.get(f"_apis/wit/workitems/{item.id}")
    assert (body["rev"], body["fields"]["System.CommentCount"], body["commentVersionRef"]["version"]) == (3, 1, 2)
    deleted = world.ask("DELETE", f"Payments/_apis/wit/workItems/{item.id}/comments/{posted['id']}", PREVIEW).json()
    assert (deleted["isDeleted"], deleted["version"]) == (True, 3)
    assert (item.rev, item.fields["System.CommentCount"]) == (4, 0)


def test_the_history_of_a_comment_does_not_stick_to_the_next_change(world: World):
    item = world.story()
    _write(world, "POST", item, "one")
    body = world.patch(item, ("add", "/fields/System.Title", "New")).json()
    assert "System.History" not in body["fields"]
    assert "commentVersionRef" not in body
    assert body["fields"]["System.CommentCount"] == 1


def test_a_deleted_comment_is_hidden_unless_asked_for_and_keeps_its_versions(world: World):
    item = world.story()
    posted = _write(world, "POST", item, "one").json()
    _write(world, "PATCH", item, "two", posted["id"])
    address = f"Payments/_apis/wit/workItems/{item.id}/comments/{posted['id']}"
    world.ask("DELETE", address, PREVIEW)
    assert world.ask("GET", address, PREVIEW).status_code == 404
    assert world.get(address, PREVIEW, includeDeleted="true")["isDeleted"] is True
    assert _comments(world, item)["totalCount"] == 0
    assert _comments(world, item, includeDeleted="true")["comments"][0]["id"] == posted["id"]
    assert [row["text"] for row in world.get(f"{address}/versions", "7.1-preview.1")["value"]] == ["one", "two", "two"]
    assert world.get(f"{address}/versions/1", "7.1-preview.1")["text"] == "one"
    assert _write(world, "PATCH", item, "three", posted["id"]).status_code == 404


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("List<String> & a <placeholder>; if (a<b) {..}", "List &amp; a ; if (a"),
        ("if (a < b, and all the rest", "if (a "),
        ("<!-- mark -->seen", "seen"),
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', "<a>a</a>"),
        (
            '<a href="https://x.example" data-vss-mention="version:2.0,1">@Ada</a>',
            '<a href="https://x.example" data-vss-mention="version:2.0,1">@Ada</a>',
        ),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("<script>alert(1)</script>b", "b"),
        ("<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td></tr></table>"),
    ],
)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_only_what_the_list_of_tags_knows_survives_in_either_format(world: World, text: str, kept: str, form: str):
    item = world.story()
    posted = _write(world, "POST", item, text, format=form).json()
    assert (posted["text"], posted["format"]) == (kept, form)


def test_html_is_the_format_unless_another_is_asked_for_by_name_or_number(world: World):
    item = world.story()
    assert _write(world, "POST", item, "a").json()["format"] == "html"
    assert _write(world, "POST", item, "a", format="0").json()["format"] == "markdown"
    assert _write(world, "POST", item, "a", format="Markdown").json()["format"] == "markdown"
    assert _write(world, "POST", item, "a", format="wiki").status_code == 400


def test_pages_go_on_from_their_token_in_both_orders_newest_first_unless_told(world: World):
    item = world.story()
    ids = [_write(world, "POST", item, f"comment {number}").json()["id"] for number in range(5)]
    for order, expected in ((None, ids[::-1]), ("asc", ids), ("desc", ids[::-1])):
        seen, token, calls = [], None, 0
        while calls == 0 or token:
            params = {"$top": 2} | ({"order": order} if order else {}) | ({"continuationToken": token} if token else {})
            page = _comments(world, item, **params)
            assert page["totalCount"] == 5
            seen += [comment["id"] for comment in page["comments"]]
            token, calls = page.get("continuationToken"), calls + 1
        assert (seen, calls) == (expected, 3)


def test_rendered_text_comes_only_when_asked_for(world: World):
    item = world.story()
    _write(world, "POST", item, "a\n\nb", format="markdown")
    assert "renderedText" not in _comments(world, item)["comments"][0]
    assert _comments(world, item, **{"$expand": "renderedText"})["comments"][0]["renderedText"] == "<p>a</p><p>b</p>"


def test_only_the_author_edits_or_deletes_a_comment(world: World):
    item = world.story()
    posted = _write(world, "POST", item, "mine").json()
    world.session.auth = ("", "ada-token")
    assert _write(world, "PATCH", item, "yours", posted["id"]).status_code == 403
    assert world.ask("DELETE", f"Payments/_apis/wit/workItems/{item.id}/comments/{posted['id']}", PREVIEW).status_code == 403
    assert item.comments[0].last.text == "mine"


def test_commenting_is_a_right_of_its_own_beside_editing(world: World):
    item = world.story()
    world.project.permissions.edit = False
    assert _write(world, "POST", item, "allowed").status_code == 200
    world.project.permissions.edit, world.project.permissions.comment = True, False
    assert _write(world, "POST", item, "forbidden").status_code == 403
    assert world.patch(item, ("add", "/fields/System.Title", "New")).status_code == 200
    assert len(item.comments) == 1


def test_an_empty_comment_is_refused_and_so_is_one_without_a_project(world: World):
    item = world.story()
    assert _write(world, "POST", item, "  ").status_code == 400
    answer = world.ask("POST", f"_apis/wit/workItems/{item.id}/comments", PREVIEW, json={"text": "a"})
    assert answer.status_code == 404
    assert item.comments == []


def test_the_history_field_of_a_patch_is_a_comment_in_the_same_revision(world: World):
    item = world.story()
    body = world.patch(item, ("add", "/fields/System.Title", "New"), ("add", "/fields/System.History", "said")).json()
    assert (body["rev"], body["fields"]["System.Title"], item.comments[0].last.text) == (2, "New", "said")


def test_an_old_server_takes_markdown_for_html(world: World):
    world.organisation.edition = SERVER_2020
    item = world.story()
    posted = (
        world.client()
        .get_work_item_tracking_client()
        .add_work_item_comment(CommentCreate(text="**a**"), "Payments", item.id, format="markdown")
    )
    assert posted.format is None
    assert item.comments[0].format == "html"
