"""What any tracker must do, whatever it is: run on every deployment that SafeSync knows, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from safesync import wiring
from safesync.configuration.read import parse_configuration
from safesync.connectors.mapping import FURTHER
from safesync.connectors.port import Identity, Page, Tracker
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.model.change import PostedComment
from safesync.model.errors import ItemError, RunError, SafeSyncError
from safesync.model.item import Item, Kind, Relation, Stage, WorkClass
from safesync.model.message import Bullets, Mark, Message, Paragraph, Span

HOSTILE = (
    "<b>bold</b> & [link|http://example.org] *strong* {code} h1. !image.png! @ann [~ann] #12 "
    "<script>alert(1)</script> |a|b| `x` ----- \u202eabc \U0001f680"
)
REFERENCE = "7f3a9c"
STEADY_CALLS = 6


def message(*lines: str, digest: str = "digest-1", reference: str = REFERENCE) -> Message:
    """A comment with these lines."""
    blocks = (Paragraph((Span("Not ready yet.", Mark.STRONG),)), Bullets(tuple((Span(line),) for line in lines or ("Add criteria.",))))
    return Message(blocks, reference, digest)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Which sandbox to start, and which of its trackers to look at."""

    title: str
    tracker: str
    """``"jira"`` or ``"azure"``, as the sandbox calls it."""
    deployment: str
    """How ``Identity.deployment`` begins."""
    version: str
    """How ``Identity.version`` begins."""
    sandbox: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the configuration calls the tracker."""
        return "jira-eu" if self.tracker == "jira" else "ado"


@dataclass(slots=True)
class World:
    """A running sandbox and, before anything was changed in it, all that a full pull brought."""

    deployment: Deployment
    sandbox: Sandbox
    identity: Identity
    pages: tuple[Page, ...]
    calls: int
    """How many requests the full pull took, proving who we are included."""
    taken: set[str] = field(default_factory=set)

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item of the first pull."""
        return tuple(item for page in self.pages for item in page.items)

    @property
    def cursor(self) -> str:
        """Where the first pull ended."""
        (cursor,) = [page.cursor for page in self.pages if page.cursor]
        return cursor

    def sent(self) -> int:
        """How many requests the sandbox saw so far."""
        return len(self.sandbox.calls(self.deployment.tracker))

    def take(self, kind: Kind | None = None) -> Item:
        """An open item that no other test of this world has touched."""
        kind = kind or (Kind.STORY if self.deployment.tracker == "jira" else Kind.FEATURE)
        free = (one for one in self.items if one.kind is kind and one.uid not in self.taken and one.stage < Stage.DONE)
        item = next(free)
        self.taken.add(item.uid)
        return item

    @contextmanager
    def tracker(self, *change: tuple[str, str]) -> Iterator[Tracker]:
        """The connector that the sandbox's own configuration asks for; ``change`` replaces parts of its text."""
        text = self.sandbox.configuration("sqlite:///unused.db")
        for old, new in change:
            assert old in text, old
            text = text.replace(old, new)
        (source,) = wiring.sources(parse_configuration(text).configuration, (self.deployment.name,))
        try:
            yield source.tracker
        finally:
            source.tracker.close()


@contextmanager
def opened(deployment: Deployment) -> Iterator[World]:
    """A sandbox of this deployment, read once."""
    with Sandbox(**deployment.sandbox) as sandbox:
        made = World(deployment, sandbox, _NOBODY, (), 0)
        with made.tracker() as tracker:
            made.identity = tracker.identify()
            made.pages = tuple(tracker.pull(None))
            made.calls = tracker.calls.total
        yield made


_NOBODY = Identity("", "", "", "", (), frozenset(), frozenset())


class TrackerContract:
    """The contract; a test module makes a class of it that has the fixture ``world``."""

    # --- who we are

    def test_it_says_which_deployment_it_is_and_what_we_may_do(self, world: World) -> None:
        identity = world.identity
        assert identity.deployment.startswith(world.deployment.deployment)
        assert world.deployment.version in identity.version
        assert identity.account_id
        assert identity.projects
        assert identity.may_comment == identity.may_label == frozenset(identity.projects)
        assert abs(identity.clock_skew_s) < 10
        assert identity.warnings == ()

    def test_a_wrong_token_ends_the_run_before_anything_is_believed(self, world: World) -> None:
        token = world.sandbox.jira_token if world.deployment.tracker == "jira" else world.sandbox.azure_token
        with world.tracker((token, "not-the-token")) as tracker:
            with pytest.raises(RunError) as told:
                tracker.identify()
            with pytest.raises(RunError):
                list(tracker.pull(world.cursor))
        assert "token" in str(told.value)
        assert "not-the-token" not in str(told.value)

    def test_a_project_that_we_cannot_see_ends_the_run_with_its_name(self, world: World) -> None:
        scope = "projects: [PAY, CARDS]" if world.deployment.tracker == "jira" else "projects: [Payments]"
        with world.tracker((scope, "projects: [NOSUCH]")) as tracker, pytest.raises(RunError, match="NOSUCH"):
            tracker.identify()

    # --- reading

    def test_a_full_pull_brings_every_item_once(self, world: World) -> None:
        uids = [item.uid for item in world.items]
        assert len(uids) == len(set(uids)) == (491 if world.deployment.tracker == "jira" else 117)
        assert not [page.refused for page in world.pages if page.refused]
        assert all(item.tracker == world.deployment.name and item.uid == f"{item.tracker}:{item.native_id}" for item in world.items)

    def test_the_census_and_the_cursor_come_last_and_once(self, world: World) -> None:
        *earlier, last = world.pages
        assert last.census == {item.uid for item in world.items}
        assert last.cursor
        assert all(page.census is None and page.cursor is None for page in earlier)
        assert len([page for page in world.pages if page.surroundings is not None]) == 1

    def test_a_full_pull_costs_a_call_a_page_and_a_constant(self, world: World) -> None:
        surroundings = [page.surroundings for page in world.pages if page.surroundings is not None]
        # Azure DevOps tells boards, areas and capacities team by team.
        teams = len(surroundings[0].teams) if world.deployment.tracker == "azure" else 0
        assert world.calls <= len(world.items) // 100 + 1 + 25 + 2 * teams

    def test_items_are_those_that_were_written(self, world: World) -> None:
        works = {work.key: work for work in world.sandbox.meridian.works}
        for item in world.items:
            work = works[item.key]
            assert (item.title, item.stage, item.owner) == (work.title, work.stage, work.owner.name if work.owner else None)
            assert item.created_at == work.created_at
            assert item.kind is work.kind or item.kind is Kind.TASK  # a sub-task is one too
            assert item.points == work.points or item.kind in {Kind.EPIC, Kind.FEATURE}  # whose effort is their job size
            assert item.work_class is (work.work_class or WorkClass.UNKNOWN)
            assert item.themes == work.themes
            assert (item.job_size, item.business_value, item.time_criticality, item.risk_reduction) == (
                work.job_size, work.business_value, work.time_criticality, work.risk_reduction
            )  # fmt: skip
            if not work.acceptance or any(any(block.lines) for block in work.acceptance):  # one that is blank is read as either
                assert (item.acceptance is not None and bool(item.acceptance.text)) == bool(work.acceptance)
            assert item.url.endswith((f"/browse/{item.key}", f"/{item.key}"))

    def test_parents_and_dependencies_lead_to_items_of_either_tracker(self, world: World) -> None:
        bank = world.sandbox.meridian
        works = {work.key: work for work in bank.works}
        known = {item.key: item.uid for item in world.items}
        named = {f"{item.tracker}:{item.key}": item.uid for item in world.items}  # a link may name a key where the tracker does
        other = "ado" if world.deployment.tracker == "jira" else "jira-eu"
        for item in world.items:
            work = works[item.key]
            parent = bank.work(work.parent) if work.parent else None
            targets = [named.get(link.target, link.target) for link in item.links if link.relation is Relation.PARENT]
            if parent is not None:
                assert targets == [known.get(parent.key) or f"{other}:{parent.key}"]
            needed = {known.get(bank.work(one).key) or f"{other}:{bank.work(one).key}" for one in work.needs}
            assert {link.target for link in item.links if link.relation is Relation.DEPENDS_ON} == needed

    def test_what_was_hidden_from_us_is_said_and_nothing_was_hidden(self, world: World) -> None:
        seldom_there = {*FURTHER, "tests", "evidence", "attachments", "board_lane", "criteria_editor", "commented_at"}
        hidden = {name for item in world.items for name in item.unseen} - seldom_there
        assert not hidden, hidden

    def test_a_pull_without_news_brings_nothing_and_is_cheap(self, world: World) -> None:
        with world.tracker() as tracker:
            *_, first = tracker.pull(world.cursor)
            assert first.cursor
            before, sent = tracker.calls.total, world.sent()
            tracker.identify()
            pages = list(tracker.pull(first.cursor))
            assert tracker.calls.total - before == world.sent() - sent <= STEADY_CALLS
        assert not any(page.gone or page.refused or page.census is not None for page in pages)

    def test_what_a_person_changed_comes_and_is_right(self, world: World) -> None:
        item = world.take()
        world.sandbox.person_fixes(item.key, title="Another title")
        with world.tracker() as tracker:
            changed = {one.uid: one for page in tracker.pull(world.cursor) for one in page.items}
        assert changed[item.uid].title == "Another title"
        assert changed[item.uid].revision != item.revision
        assert changed[item.uid].last_human_change_at is not None
        assert item.last_human_change_at is None or changed[item.uid].last_human_change_at > item.last_human_change_at

    def test_an_increment_and_a_full_pull_agree(self, world: World) -> None:
        item = world.take()
        world.sandbox.person_fixes(item.key, title="Agreed", points="13")
        with world.tracker() as tracker:
            known = {one.uid: one for one in world.items}
            known |= {one.uid: one for page in tracker.pull(world.cursor) for one in page.items}
            fresh = {one.uid: one for page in tracker.pull(None) for one in page.items}
        assert fresh[item.uid].points == 13
        assert known == fresh

    def test_a_cursor_that_nobody_wrote_means_everything(self, world: World) -> None:
        with world.tracker() as tracker:
            pages = list(tracker.pull("{not a cursor"))
        assert pages[-1].census == {item.uid for item in world.items}

    def test_revisions_are_those_of_the_items_and_gone_ones_are_absent(self, world: World) -> None:
        first, second = world.take(), world.take()
        stranger = replace(first.ref, uid=f"{first.tracker}:99999999", native_id="99999999", key="99999999")
        with world.tracker() as tracker:
            tracker.identify()
            assert tracker.revisions([first.ref, stranger, second.ref]) == {
                first.uid: first.revision, second.uid: second.revision
            }  # fmt: skip

    # --- comments

    def test_the_life_of_a_comment(self, world: World) -> None:
        ref = world.take().ref
        with world.tracker() as tracker:
            tracker.identify()
            assert tracker.find_comments(ref, REFERENCE) == ()
            posted = tracker.create_comment(ref, message())
            assert [one.comment_id for one in tracker.find_comments(ref, REFERENCE)] == [posted.comment_id]
            assert tracker.find_comments(ref, "0a0a0a") == ()
            edited = tracker.edit_comment(ref, posted.comment_id, message("Two", digest="digest-2"))
            assert edited == PostedComment(posted.comment_id, "digest-2")
            found = tracker.read_comment(ref, posted.comment_id)
            assert found is not None
            assert not found.edited_by_person
            double = tracker.create_comment(ref, message())
            tracker.delete_comment(ref, double.comment_id)
            assert tracker.read_comment(ref, double.comment_id) is None
            assert [one.comment_id for one in tracker.find_comments(ref, REFERENCE)] == [posted.comment_id]

    def test_a_comment_is_found_by_a_process_that_knows_nothing(self, world: World) -> None:
        ref = world.take().ref
        with world.tracker() as tracker:
            tracker.identify()
            posted = tracker.create_comment(ref, message())
        with world.tracker() as another:
            another.identify()
            (found,) = another.find_comments(ref, REFERENCE)
        assert found.comment_id == posted.comment_id
        assert found.digest in {None, posted.digest}

    def test_two_comments_are_found_oldest_first(self, world: World) -> None:
        ref = world.take().ref
        with world.tracker() as tracker:
            tracker.identify()
            posted = [tracker.create_comment(ref, message()).comment_id for _ in range(2)]
            assert [one.comment_id for one in tracker.find_comments(ref, REFERENCE)] == posted

    def test_a_persons_comment_is_never_ours(self, world: World) -> None:
        item = world.take()
        world.sandbox.person_comments(item.key, f"I quote: SafeSync ref {REFERENCE}")
        with world.tracker() as tracker:
            tracker.identify()
            assert tracker.find_comments(item.ref, REFERENCE) == ()

    def test_a_comment_that_a_person_deleted_is_gone(self, world: World) -> None:
        item = world.take()
        with world.tracker() as tracker:
            tracker.identify()
            posted = tracker.create_comment(item.ref, message())
            world.sandbox.person_deletes_comment(item.key, int(posted.comment_id))
            assert tracker.read_comment(item.ref, posted.comment_id) is None
            with pytest.raises(ItemError):
                tracker.edit_comment(item.ref, posted.comment_id, message("again"))
            assert all(one.edited_by_person for one in tracker.find_comments(item.ref, REFERENCE))

    def test_hostile_text_stays_text(self, world: World) -> None:
        item = world.take()
        with world.tracker() as tracker:
            tracker.identify()
            tracker.create_comment(item.ref, message(HOSTILE))
        shelf = world.sandbox._shelf(item.key)
        shown = shelf.shown(item.key)
        assert shown is not None
        html = shown.comments[-1].html
        assert "<script" not in html.lower()
        assert "<img" not in html.lower()
        assert "<b>bold" not in html
        assert "example.org" in html
        assert 'href="http://example.org"' not in html
        assert "\U0001f680" in html

    def test_a_comment_on_an_item_that_is_gone_is_refused(self, world: World) -> None:
        ref = replace(world.take().ref, uid=f"{world.deployment.name}:99999999", native_id="99999999", key="99999999")
        with world.tracker() as tracker:
            tracker.identify()
            with pytest.raises(SafeSyncError, match=r"gone|404"):
                tracker.create_comment(ref, message())

    # --- labels

    def test_labels_come_and_go_one_by_one(self, world: World) -> None:
        item = world.take()
        world.sandbox.person_fixes(item.key, labels=", ".join((*item.labels, "urgent")))
        with world.tracker() as tracker:
            tracker.identify()
            tracker.change_labels(item.ref, ["safesync-attention", "safesync-tm"], [])
            tracker.change_labels(item.ref, ["safesync-tm"], ["safesync-attention", "never-there"])
            (now,) = [one for page in tracker.pull(world.cursor) for one in page.items if one.uid == item.uid]
        assert set(now.labels) >= {"urgent", "safesync-tm"}
        assert "safesync-attention" not in now.labels

    def test_no_change_of_labels_is_no_write(self, world: World) -> None:
        item = world.take()
        with world.tracker() as tracker:
            tracker.identify()
            tracker.change_labels(item.ref, [], [])
            assert tracker.calls.writes == 0

    def test_our_own_writing_is_no_persons_change(self, world: World) -> None:
        item = world.take()
        with world.tracker() as tracker:
            tracker.identify()
            tracker.create_comment(item.ref, message())
            tracker.change_labels(item.ref, ["safesync-attention"], [])
            now = next(one for page in tracker.pull(world.cursor) for one in page.items if one.uid == item.uid)
        assert now.last_human_change_at == item.last_human_change_at

    # --- honesty

    def test_every_request_is_counted(self, world: World) -> None:
        item = world.take()
        sent = world.sent()
        with world.tracker() as tracker:
            tracker.identify()
            list(tracker.pull(None))
            tracker.create_comment(item.ref, message())
            tracker.change_labels(item.ref, ["x"], [])
            assert tracker.calls.total == world.sent() - sent
            writes = sum(one.is_write for one in world.sandbox.calls(world.deployment.tracker)[sent:])
            assert tracker.calls.writes == writes
