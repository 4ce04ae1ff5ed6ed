"""The connector against a whole Jira Data Center over HTTP: the sandbox, which plays the same organisation as a Cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil

import pytest

from safesync.configuration import presets
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Scope
from safesync.connectors.sandbox.jira.entities import Comment, Permission
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.model.change import PostedComment
from safesync.model.errors import ItemError, RunError
from safesync.model.item import Item, ItemRef, Kind, Markup, Relation
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

VERSION = "9.12.4"
START = datetime(2026, 11, 26, tzinfo=UTC)
BOTH = Scope(("PAY", "CARDS"))
MAPPING = Mapping.model_validate(
    presets.over_preset(
        {
            "fields": {
                "parent": {"name": "Azure DevOps feature"},
                "target_start": [{"name": "Start date"}, {"name": "Target start"}],
                "target_end": {"id": "duedate"},
            },
            "bots": ["Automation for Jira"],
        },
        "jira-cloud-premium",
    )
)
ENTRY = (Span("See ", Mark.STRONG), Span("{code}[~ann] *x* !a.png! h1. (x)", href="https://meridian.example/a|b"))
MESSAGE = Message((Paragraph((Span("Two things: {panel}"),)), Bullets((ENTRY,))), "7f3a9c", "digest-1")


@contextmanager
def tracker_of(sandbox: Sandbox, token: str | None = None, scope: Scope = BOTH) -> Iterator[JiraTracker]:
    user = sandbox.jira_user if sandbox.site.edition.cloud else None
    access = Access("jira", sandbox.jira_url, token or sandbox.jira_token, user)
    addresses = Addresses((("jira", sandbox.jira_url), ("ado", sandbox.azure_url)))
    tracker = JiraTracker(access, scope, MAPPING, addresses, clock=sandbox.clock, patience=Patience(sleep=lambda _: None))
    try:
        yield tracker
    finally:
        tracker.close()


@pytest.fixture(scope="module")
def whole() -> Iterator[Sandbox]:
    """Read only: shared by the tests of this module."""
    with Sandbox(jira="data-center", jira_version=VERSION) as sandbox:
        yield sandbox


@pytest.fixture
def own() -> Iterator[Sandbox]:
    with Sandbox(jira="data-center", jira_version=VERSION) as sandbox:
        yield sandbox


def items_of(sandbox: Sandbox) -> tuple[list[Item], JiraTracker]:
    with tracker_of(sandbox) as tracker:
        pages = list(tracker.pull(None))
    assert [page.refused for page in pages if page.refused] == []
    return [one for page in pages for one in page.items], tracker


def ref_of(sandbox: Sandbox, key: str) -> ItemRef:
    issue = next(one for one in sandbox.site.issues.values() if one.key == key)
    return ItemRef(f"jira:{issue.id}", "jira", str(issue.id), key, issue.project.key, f"{sandbox.jira_url}/browse/{key}")


def comments_of(sandbox: Sandbox, ref: ItemRef) -> list[Comment]:
    return sandbox.site.issues[int(ref.native_id)].comments


def alike(items: list[Item], site: str) -> dict[str, Item]:
    """What both deployments must agree on: ids, addresses, ranks, revisions and the notation of texts are each one's own."""
    keys = {one.uid: f"jira:{one.key}" for one in items}

    def known(one: Item) -> Item:
        links = tuple(replace(link, target=keys.get(link.target, link.target)) for link in one.links)
        told = dict.fromkeys(("rank", "revision", "created_at", "updated_at", "last_human_change_at"))
        moves = tuple(replace(move, at=START) for move in one.transitions)
        texts = dict.fromkeys(("description", "acceptance", "benefit"))
        return replace(one, uid="", native_id="", url=one.url.removeprefix(site), links=links, transitions=moves, **told, **texts)

    return {one.key: known(one) for one in items}


def test_a_data_center_and_a_cloud_with_the_same_backlog_are_read_alike(whole: Sandbox) -> None:
    with Sandbox(today=whole.today) as cloud:
        there, _ = items_of(cloud)
        expected = alike(there, cloud.jira_url)
    here, _ = items_of(whole)
    found = alike(here, whole.jira_url)
    assert found.keys() == expected.keys()
    assert [key for key in found if found[key] != expected[key]] == []
    assert sum(link.target.startswith("ado:") for one in found.values() for link in one.links) > 10


def test_a_pull_of_a_data_center_is_cheap_and_the_next_one_steady(own: Sandbox) -> None:
    with tracker_of(own) as tracker:
        tracker.identify()
        pages = list(tracker.pull(None))
        assert tracker.calls.total <= ceil(len(own.site.issues) / 100) + 25
        before = tracker.calls.total
        (page,) = tracker.pull(pages[-1].cursor)
        assert (tracker.calls.total - before, page.items) == (1, ())
    assert pages[-1].census == {f"jira:{one}" for one in own.site.issues}


def test_texts_are_wiki_and_states_types_and_links_have_their_meaning(whole: Sandbox) -> None:
    items, tracker = items_of(whole)
    assert {one.description.markup for one in items if one.description} == {Markup.WIKI}
    assert {one.kind for one in items} == {Kind.EPIC, Kind.FEATURE, Kind.STORY, Kind.BUG, Kind.TASK}
    keys = {one.key for one in items}
    epics = {one.key for one in items if one.kind is Kind.EPIC}
    parents = {one.key: link.target.removeprefix("jira:") for one in items for link in one.links if link.relation is Relation.PARENT}
    assert {parents[one.key] for one in items if one.kind is Kind.FEATURE and parents.get(one.key) in keys} <= epics
    assert any(one.kind is Kind.FEATURE and parents.get(one.key) in epics for one in items)
    assert tracker.warnings == ()


def test_parents_above_the_epic_are_found_where_the_search_hides_them(own: Sandbox) -> None:
    told, _ = items_of(own)
    own.site.parent_link_in_search = False
    hidden, _ = items_of(own)
    assert {one.uid: one.links for one in hidden} == {one.uid: one.links for one in told}
    asked = [one for one in own.calls("jira") if one.method == "GET" and one.path.rsplit("/", 2)[-2] == "issue"]
    above = [one for one in hidden if one.kind in (Kind.EPIC, Kind.FEATURE)]
    assert 0 < len(asked) <= len(above)


def test_a_missing_permission_is_told_project_by_project(own: Sandbox) -> None:
    safesync = next(one for one in own.site.users.values() if one.token == own.jira_token)
    own.site.deny(safesync, "PAY", Permission.EDIT)
    with tracker_of(own) as tracker:
        identity = tracker.identify()
    assert (identity.may_comment, identity.may_label) == ({"PAY", "CARDS"}, {"CARDS"})
    assert any("change labels in PAY" in one for one in identity.warnings)


def test_a_project_that_is_not_there_is_named_and_the_other_is_read(own: Sandbox) -> None:
    with tracker_of(own, scope=Scope(("PAY", "NOPE"))) as tracker:
        identity = tracker.identify()
        assert identity.projects == ("PAY",)
        assert [one for one in identity.warnings if "cannot see the project NOPE" in one]
        assert {item.project for page in tracker.pull(None) for item in page.items} == {"PAY"}


def test_a_wrong_token_is_called_so(own: Sandbox) -> None:
    with tracker_of(own, token="wrong") as tracker, pytest.raises(RunError, match="does not accept our token"):
        tracker.identify()


def test_a_comment_lives_its_life_in_wiki_markup(own: Sandbox) -> None:
    ref = ref_of(own, "PAY-1")
    with tracker_of(own) as tracker:
        posted = tracker.create_comment(ref, MESSAGE)
        (stored,) = (one for one in comments_of(own, ref) if str(one.id) == posted.comment_id)
        assert isinstance(stored.body, str)
        assert "SafeSync ref 7f3a9c" in stored.body
        assert "{panel}" not in stored.body.replace("\\{", "")
        assert tracker.read_comment(ref, posted.comment_id) == PostedComment(posted.comment_id, "digest-1")
        assert tracker.find_comments(ref, "7f3a9c") == (PostedComment(posted.comment_id, "digest-1"),)
        edited = tracker.edit_comment(ref, posted.comment_id, replace(MESSAGE, digest="digest-2"))
        assert edited == PostedComment(posted.comment_id, "digest-2")
        assert tracker.find_comments(ref, "7f3a9c") == (edited,)
        tracker.delete_comment(ref, posted.comment_id)
        assert tracker.read_comment(ref, posted.comment_id) is None


def test_labels_change_one_by_one_and_everybody_elses_stay(own: Sandbox) -> None:
    ref = ref_of(own, "PAY-1")
    before = set(own.site.issues[int(ref.native_id)].values.get("labels") or ())
    with tracker_of(own) as tracker:
        tracker.change_labels(ref, ["safesync-tm101", "safesync-tm102"], [])
        tracker.change_labels(ref, [], ["safesync-tm102"])
        assert set(own.site.issues[int(ref.native_id)].values["labels"]) == before | {"safesync-tm101"}
        assert tracker.calls.writes == 3  # whose watchers may not be spared is learned once


def test_an_item_that_is_gone_is_the_items_trouble(own: Sandbox) -> None:
    ref = replace(ref_of(own, "PAY-1"), native_id="999999")
    with tracker_of(own) as tracker, pytest.raises(ItemError, match="404"):
        tracker.create_comment(ref, MESSAGE)
