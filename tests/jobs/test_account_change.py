"""SafeSync gets another account in a tracker: what the old one said is still ours."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from fake_tracker import NOON, Comment, FakeTracker
from office import Office

from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Access, Addresses, Identity, Scope, Tracker
from safesync.connectors.sandbox.sandbox import Sandbox
from safesync.feedback.comment import reference_of
from safesync.jobs.apply import apply
from safesync.jobs.pull import prove
from safesync.jobs.recover import recover
from safesync.model.change import Applied, CommentAction, CommentChange, CommentMark, ItemChange, Outcome
from safesync.model.errors import ItemError
from safesync.model.item import ItemRef
from safesync.model.message import Message, Paragraph, Span
from safesync.store.port import IntentKind, Store

_places = itertools.count(5)
"""Each test writes on an item of its own."""
FIRST, SECOND, THIRD = "Two points open.", "One point open.", "All points are settled."


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as made:
        made.site.add_user("second-account", "SafeSync anew", "anew@meridian.example", bot=True, token="second")
        made.organisation.add_identity("SafeSync anew", "anew@meridian.example", bot=True, token="second")
        yield made


@dataclass(slots=True)
class Desk:
    """One of the sandbox's trackers, at which either account may sit."""

    sandbox: Sandbox
    kind: str
    store: Store
    ref: ItemRef | None = None

    def tracker(self, second: bool) -> Tracker:
        mapping, addresses = Mapping(), Addresses()
        if self.kind == "jira":
            token, user = ("second", "anew@meridian.example") if second else (self.sandbox.jira_token, self.sandbox.jira_user)
            return JiraTracker(Access("jira", self.sandbox.jira_url, token, user), Scope(("PAY",)), mapping, addresses)
        token = "second" if second else self.sandbox.azure_token
        project = next(iter(self.sandbox.organisation.projects.values())).name
        return AzureTracker(Access("ado", self.sandbox.azure_url, token), Scope((project,)), mapping, addresses)

    def sits(self, *, second: bool) -> tuple[Tracker, Identity]:
        tracker = self.tracker(second)
        identity = prove(tracker, self.store)
        if self.ref is None:
            self.ref = next(item.ref for page in tracker.pull(None) for item in page.items[next(_places) :])
        return tracker, identity

    def says(self, text: str, *, second: bool) -> tuple[Applied, int]:
        """What became of it, and the number of writes."""
        tracker, identity = self.sits(second=second)
        assert self.ref is not None
        mark = self.store.marks().get(self.ref.uid)
        message = Message((Paragraph((Span(text),)),), reference_of(self.ref.uid), hashlib.sha256(text.encode()).hexdigest()[:16])
        comment = CommentChange(CommentAction.EDIT if mark else CommentAction.CREATE, message, mark.comment_id if mark else None)
        change = ItemChange(self.ref, tracker.revisions([self.ref])[self.ref.uid], ("TM101",), comment)
        (done,) = apply(tracker, identity, [change], self.store, run_id=1, now=NOON).results
        tracker.close()
        return done, tracker.calls.writes

    def texts(self) -> list[str]:
        """Of the comments that stand on the item, as its readers see them."""
        assert self.ref is not None
        if self.kind == "jira":
            issue = next(one for one in self.sandbox.site.issues.values() if str(one.id) == self.ref.native_id)
            shown = [str(comment.body) for comment in issue.comments]
        else:
            shown = [one.last.text for one in self.sandbox.organisation.items[int(self.ref.native_id)].comments if not one.last.deleted]
        return [text for each in shown for text in (FIRST, SECOND, THIRD) if text in each]


@pytest.fixture(params=["jira", "azure"])
def desk(sandbox: Sandbox, new_store: Callable[[], Store], request: pytest.FixtureRequest) -> Desk:
    return Desk(sandbox, request.param, new_store())


def test_another_account_goes_on_where_the_first_one_stopped(desk: Desk) -> None:
    assert desk.says(FIRST, second=False)[0].comment_created
    assert desk.says(FIRST, second=True) == (Applied(desk.ref, Outcome.ALREADY), 0)  # type: ignore[arg-type]
    assert desk.texts() == [FIRST]
    done, _ = desk.says(SECOND, second=True)
    assert (done.outcome, done.comment_created) == (Outcome.DONE, True), "the old account's comment may not be edited"
    assert desk.texts() == [FIRST, SECOND]
    assert desk.says(SECOND, second=True)[1] == 0
    done, _ = desk.says(THIRD, second=True)
    assert (done.comment_created, done.comment_edited) == (False, True)
    assert desk.texts() == [FIRST, THIRD]
    assert [mark.silenced for mark in desk.store.marks().values()] == [False]


def test_the_comment_of_an_unknown_account_is_a_persons(desk: Desk, new_store: Callable[[], Store]) -> None:
    desk.says(FIRST, second=False)
    assert desk.ref is not None
    tracker, _ = replace(desk, store=new_store()).sits(second=True)
    assert tracker.find_comments(desk.ref, reference_of(desk.ref.uid)) == ()


def test_the_first_account_coming_back_finds_both_comments_its_own_first(desk: Desk) -> None:
    desk.says(FIRST, second=False)
    desk.says(SECOND, second=True)
    tracker, _ = desk.sits(second=False)
    assert desk.ref is not None
    found = tracker.find_comments(desk.ref, reference_of(desk.ref.uid))
    assert [(one.by_former, one.edited_by_person) for one in found[-2:]] == [(False, False), (True, False)]


def test_only_an_account_that_wrote_is_remembered(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "fine")
    office.run()
    assert office.store.accounts("jira") == frozenset()
    jira.put(2, "TM101")
    office.run()
    jira.account_id = "another"
    office.run()
    assert (office.store.accounts("jira"), jira.former) == ({"me"}, {"me"})


def test_a_new_comment_beside_the_old_accounts_that_got_no_answer_is_found(office: Office, jira: FakeTracker) -> None:
    ref = jira.items[jira.put(1)].ref
    message = Message((Paragraph((Span(SECOND),)),), reference_of(ref.uid), "new")
    jira.keeps_digest = False
    jira.comments[ref.uid] = [Comment("old", message, by_former=True), Comment("own", message)]
    office.store.save_mark(CommentMark(ref.uid, "old", "before"))
    office.store.intend(1, IntentKind.COMMENT, ref, message=Message((), "ref", "new"))
    assert recover(jira, office.store) == 1
    assert office.store.marks()[ref.uid] == CommentMark(ref.uid, "own", "new")


def test_a_refused_edit_of_our_own_comment_is_no_reason_for_a_second_one(office: Office, jira: FakeTracker) -> None:
    jira.put(1, "TM101")
    office.run()
    jira.retitle("jira:1", "TM105")
    jira.break_at("edit_comment", ItemError("not now"))
    office.run()
    assert len(jira.comments["jira:1"]) == 1
