"""The connector against a whole Jira site over HTTP: the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import ceil
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as Connection

from safesync.connectors.jira.tracker import JiraTracker
from safesync.connectors.mapping import Mapping
from safesync.connectors.patience import Patience
from safesync.connectors.port import Access, Addresses, Page, Scope
from safesync.connectors.sandbox.jira import enclosures, traffic, writes
from safesync.connectors.sandbox.jira.entities import Issue, Permission
from safesync.connectors.sandbox.jira.routes import routes
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.connectors.sandbox.server import Server
from safesync.model.errors import ItemError, RunError, UnknownOutcomeError
from safesync.model.item import Evidence, EvidenceKind, Item, ItemRef, Kind, Link, Relation, Stage, WorkClass
from safesync.model.message import Message, Paragraph, Span

START = datetime(2026, 11, 26, 9, 30, 40, tzinfo=UTC)
TOKEN = "sandbox-jira-token"
BOTH = Scope(("PAY", "CARDS"))
TEAMS = ("Falcon", "Heron", "Osprey", "Ibis", "Kestrel", "Merlin")
MESSAGE = Message((Paragraph((Span("All is well."),)),), "7f3a9c", "digest-1")
MAPPING = Mapping.model_validate(
    {
        "types": {"epic": ["Initiative"], "feature": ["Epic"], "story": ["Story"], "bug": ["Bug"], "task": ["Task", "Sub-task"]},
        "stages": {"ready": ["Ready"], "validating": ["In Review"], "cancelled": ["Cancelled"], "funnel": ["Funnel"]},
        "fields": {
            "acceptance": [{"name": "Acceptance criteria"}],
            "benefit": [{"name": "Benefit hypothesis"}],
            "points": [{"schema": "com.pyxis.greenhopper.jira:jsw-story-points"}],
            "job_size": [{"name": "Job Size"}],
            "business_value": [{"name": "Business Value"}],
            "time_criticality": [{"name": "Time Criticality"}],
            "risk_reduction": [{"name": "Risk Reduction"}],
            "interval": [{"name": "Program Increment"}],
            "team": [{"schema": "com.atlassian.teams:rm-teams-custom-field-team"}],
            "work_class": [{"name": "Work category"}],
            "parent": [{"name": "Azure DevOps feature"}],
            "depends_on": [{"name": "Depends on (Azure DevOps)"}],
            "target_start": [{"name": "Start date"}],
            "target_end": [{"id": "duedate"}],
        },
        "work_class": {"enabler": ["Enabler"], "feature": ["Feature"]},
        "links": {"depends_on": ["Blocks"]},
    }
)


class HandClock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class World:
    site: JiraSite
    clock: HandClock
    url: str
    pauses: list[float]
    story: Issue

    def tracker(self, token: str = TOKEN, scope: Scope = BOTH) -> JiraTracker:
        access = Access("jira", self.url, token, "safesync@meridian.example")
        addresses = Addresses((("jira", self.url), ("ado", "https://azure.example/meridian")))
        patience = Patience(sleep=self.pauses.append, monotonic=lambda: sum(self.pauses), jitter=lambda: 1.0)
        return JiraTracker(access, scope, MAPPING, addresses, clock=self.clock, patience=patience)

    @property
    def ref(self) -> ItemRef:
        issue = self.story
        return ItemRef(f"jira:{issue.id}", "jira", str(issue.id), issue.key, "PAY", f"{self.url}/browse/{issue.key}")


def dated(app: ASGIApp, clock: HandClock) -> ASGIApp:
    """The app with the date of the site's own clock on each answer, for that is the clock we go by."""

    async def answer(scope: Connection, receive: Receive, send: Send) -> None:
        async def stamped(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", format_datetime(clock(), usegmt=True).encode())]
            await send(message)

        await app(scope, receive, stamped)

    return answer


def people(site: JiraSite) -> None:
    site.add_user("5f0:ann", "Ann Lee", "ann@meridian.example", token="anns-token")
    site.add_user("5f0:safesync", "SafeSync", "safesync@meridian.example", token=TOKEN)
    site.add_user("5f0:flow", "Automation", "flow@meridian.example", bot=True)


def backlog(site: JiraSite) -> Issue:
    """250 issues, six teams with a board and two sprints each; the story that the tests speak of comes back."""
    for key, name in (("PAY", "Payments"), ("CARDS", "Cards")):
        site.add_project(key, name)
    for at, team in enumerate(TEAMS):
        columns = (("To do", ("Backlog", "Ready")), ("Doing", ("In Progress",), 1, 4), ("Done", ("Done",)))
        site.add_board(team, "PAY" if at < 3 else "CARDS", columns)
        site.add_sprint(team, f"{team} 26.4.2", "closed", START - timedelta(days=24), START - timedelta(days=10))
        site.add_sprint(team, f"{team} 26.4.3", "active", START - timedelta(days=10), START + timedelta(days=4))
    epic = site.add_issue("CARDS", "Epic", "Instant cards", created=START - timedelta(days=60), status="Analyzing")
    for number in range(248):
        project = "PAY" if number % 2 else "CARDS"
        site.add_issue(project, "Story", f"Story {number}", created=START - timedelta(days=50, minutes=-number), fields={"Story Points": 3})
    fields = {
        "Team": "Falcon",
        "Sprint": ["Falcon 26.4.2", "Falcon 26.4.3"],
        "Story Points": 5,
        "Acceptance criteria": "Given a paid order, a receipt is sent",
        "Program Increment": "PI 26.4",
        "Work category": "Enabler",
        "Azure DevOps feature": "https://azure.example/meridian/Payments/_workitems/edit/412",
        "labels": ["theme:trust"],
        "duedate": "2026-12-04",
    }
    history = [(START - timedelta(days=9), "Ann Lee", [("status", "Backlog", "In Progress")])]
    story = site.add_issue(
        "PAY",
        "Story",
        "Receipts",
        created=START - timedelta(days=20),
        status="In Progress",
        fields=fields,
        creator="Ann Lee",
        history=history,
    )
    site.link("Blocks", epic, story)
    return story


@pytest.fixture
def world() -> Iterator[World]:
    clock = HandClock()
    site = JiraSite(clock)
    people(site)
    story = backlog(site)
    server = Server(dated(Starlette(routes=[Mount("/jira", routes=routes(site))]), clock))
    server._server.config.date_header = False
    with server:
        yield World(site, clock, f"{server.url}/jira", [], story)


def item(pages: list[Page], uid: str) -> Item:
    return next(one for page in pages for one in page.items if one.uid == uid)


def test_a_full_pull_of_250_issues_is_complete_and_cheap(world: World) -> None:
    tracker = world.tracker()
    identity = tracker.identify()
    pages = list(tracker.pull(None))
    assert identity.projects == ("PAY", "CARDS")
    assert sum(len(page.items) for page in pages) == 250
    assert [page.refused for page in pages if page.refused] == []
    assert pages[-1].census == {f"jira:{number}" for number in world.site.issues}
    assert tracker.calls.total <= ceil(250 / 100) + 25
    assert tracker.calls.total == len(world.site.requests)
    assert tracker.warnings == ()


def test_the_story_arrives_with_everything_that_stands_on_it(world: World) -> None:
    found = item(list(world.tracker().pull(None)), world.ref.uid)
    assert (found.kind, found.stage, found.team, found.points, found.work_class) == (
        Kind.STORY, Stage.IN_PROGRESS, "Falcon", 5.0, WorkClass.ENABLER
    )  # fmt: skip
    assert (found.interval, found.board_column, found.themes, str(found.target_end)) == ("PI 26.4", "Doing", ("trust",), "2026-12-04")
    assert found.iteration == f"jira:iteration:{world.site.sprint('Falcon 26.4.3').id}"
    epic = next(issue for issue in world.site.issues.values() if issue.type.name == "Epic")
    assert set(found.links) == {Link(Relation.PARENT, "ado:412"), Link(Relation.DEPENDS_ON, f"jira:{epic.id}")}
    assert found.acceptance is not None
    assert "a receipt is sent" in found.acceptance.text
    assert [one.stage for one in found.transitions] == [Stage.ANALYSIS, Stage.IN_PROGRESS]
    assert found.last_human_change_at == START - timedelta(days=9)
    rarely_kept = Mapping().unmapped - {"resolution"}
    never_of_a_story = {"board_lane", "attachments", "criteria_editor"}
    assert found.unseen - rarely_kept - never_of_a_story == {"tests"}, "no link type of tests is mapped"
    assert found.ref == world.ref


def test_what_stands_around_the_issues_is_told_once_on_the_last_page(world: World) -> None:
    *pages, last = world.tracker().pull(None)
    assert all(page.surroundings is None and page.cursor is None for page in pages)
    assert last.surroundings is not None
    assert len(last.surroundings.iterations) == 12
    assert {one.name for one in last.surroundings.teams} == set(TEAMS)
    assert [(one.label, str(one.starts_on), str(one.ends_on)) for one in last.surroundings.intervals] == [
        ("PI 26.4", "2026-11-02", "2026-11-30")
    ]
    assert {(one.name, one.limit, one.active) for one in last.surroundings.columns} == {
        ("To do", None, False), ("Doing", 4, True), ("Done", None, False)
    }  # fmt: skip


def test_the_second_run_is_four_calls(world: World) -> None:
    cursor = list(world.tracker().pull(None))[-1].cursor
    world.clock.move(minutes=90)
    tracker = world.tracker()
    tracker.identify()
    (page,) = tracker.pull(cursor)
    assert tracker.calls.total == 4
    assert page.items == ()
    assert page.cursor is not None


def test_what_changed_comes_and_nothing_else(world: World) -> None:
    cursor = list(world.tracker().pull(None))[-1].cursor
    world.clock.move(minutes=30)
    writes.transition(world.site, world.story, "Ann Lee", "In Review")
    writes.edit(world.site, world.story, "Ann Lee", {"customfield_10016": None})
    world.clock.move(minutes=30)
    tracker = world.tracker()
    (page,) = tracker.pull(cursor)
    (found,) = page.items
    assert (found.uid, found.stage, found.points) == (world.ref.uid, Stage.VALIDATING, None)
    assert found.transitions[-1].at == found.last_human_change_at == START + timedelta(minutes=30)
    assert tracker.calls.total == 4
    assert page.census is None


def test_an_issue_indexed_late_is_caught_by_the_overlap(world: World) -> None:
    cursor = list(world.tracker().pull(None))[-1].cursor
    world.clock.move(minutes=30)
    world.site.index_lag_s = 120
    writes.edit(world.site, world.story, "Ann Lee", {"summary": "Receipts, late"})
    (blind,) = world.tracker().pull(cursor)
    assert blind.items == ()
    world.clock.move(minutes=3)
    (page,) = world.tracker().pull(blind.cursor)
    assert [one.title for one in page.items] == ["Receipts, late"]


def test_an_issue_that_moves_to_another_project_stays_the_same_item(world: World) -> None:
    cursor = list(world.tracker().pull(None))[-1].cursor
    world.clock.move(minutes=30)
    writes.move(world.site, world.story, "Ann Lee", "CARDS")
    (page,) = world.tracker().pull(cursor)
    (found,) = page.items
    assert found.uid == world.ref.uid
    assert found.project == "CARDS"


def test_short_and_empty_pages_end_nothing_early(world: World) -> None:
    world.site.short_pages = [7, 0, 100, 3]
    pages = list(world.tracker().pull(None))
    assert sum(len(page.items) for page in pages) == 250
    assert [page.cursor is not None for page in pages] == [False] * (len(pages) - 1) + [True]


@pytest.mark.parametrize(
    ("author", "last_by_a_person"), [("Ann Lee", START + timedelta(minutes=60)), ("Automation", START - timedelta(days=9))]
)
def test_a_history_longer_than_the_search_shows_is_completed(author: str, last_by_a_person: datetime, world: World) -> None:
    world.site.epoch_changelogs = True
    for number in range(60):
        world.clock.move(minutes=1)
        writes.edit(world.site, world.story, author, {"summary": f"Receipts {number}"})
    found = item(list(world.tracker().pull(None)), world.ref.uid)
    assert [one.stage for one in found.transitions] == [Stage.ANALYSIS, Stage.IN_PROGRESS]
    assert found.last_human_change_at == last_by_a_person
    assert sum("changelog/bulkfetch" in seen.path for seen in world.site.requests) == 1


def test_a_token_that_ends_between_two_pages_ends_the_run(world: World) -> None:
    def end(_request: object) -> None:
        world.site.user("SafeSync").token = "another"

    world.site.faults.append(traffic.Fault(traffic.calls("POST", "issue/bulkfetch"), "after", end))
    with pytest.raises(RunError, match="does not accept our token"):
        list(world.tracker().pull(None))


def test_a_wrong_token_is_told_before_anything_is_believed(world: World) -> None:
    with pytest.raises(RunError, match="does not accept our token"):
        world.tracker(token="wrong").identify()


def test_a_project_that_is_not_there_or_hidden_is_named_and_the_others_are_read(world: World) -> None:
    identity = world.tracker(scope=Scope(("PAY", "NOPE"))).identify()
    assert (identity.projects, identity.may_comment) == (("PAY",), {"PAY"})
    assert [one for one in identity.warnings if "cannot see the project NOPE" in one]
    world.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    tracker = world.tracker()
    assert tracker.identify().projects == ("PAY",)
    assert {item.project for page in tracker.pull(None) for item in page.items} == {"PAY"}


def test_where_no_project_can_be_seen_nothing_is_believed(world: World) -> None:
    for project in ("PAY", "CARDS"):
        world.site.deny("SafeSync", project, Permission.BROWSE)
    with pytest.raises(RunError, match="cannot see the project PAY, CARDS"):
        world.tracker().identify()


def test_what_changed_in_a_project_while_it_was_hidden_is_read_when_it_is_shown_again(world: World) -> None:
    tracker = world.tracker()
    tracker.identify()
    cursor = [page.cursor for page in tracker.pull(None)][-1]
    world.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    tracker.identify()
    hidden = [*tracker.pull(cursor)]
    assert hidden[-1].census is None, "less in sight is no reason to read everything"
    world.site.allow("SafeSync", "CARDS", Permission.BROWSE)
    tracker.identify()
    shown = [*tracker.pull(hidden[-1].cursor)]
    assert {item.project for page in shown for item in page.items} == {"PAY", "CARDS"}
    assert shown[-1].census is not None


def test_where_we_may_not_write_is_known(world: World) -> None:
    world.site.deny("SafeSync", "CARDS", Permission.EDIT)
    world.site.deny("SafeSync", "PAY", Permission.COMMENT)
    identity = world.tracker().identify()
    assert identity.may_comment == {"CARDS"}
    assert identity.may_label == {"PAY"}
    assert len(identity.warnings) == 2


def test_a_scope_is_narrowed_by_a_query(world: World) -> None:
    pages = list(world.tracker(scope=Scope(("PAY", "CARDS"), 'labels = "theme:trust" ORDER BY rank')).pull(None))
    assert [one.uid for page in pages for one in page.items] == [world.ref.uid]


def test_a_comment_lives_its_life(world: World) -> None:
    tracker = world.tracker()
    posted = tracker.create_comment(world.ref, MESSAGE)
    assert tracker.read_comment(world.ref, posted.comment_id) == posted
    edited = tracker.edit_comment(world.ref, posted.comment_id, Message(MESSAGE.blocks, "7f3a9c", "digest-2"))
    assert edited.comment_id == posted.comment_id
    assert tracker.find_comments(world.ref, "7f3a9c") == (edited,)
    assert tracker.find_comments(world.ref, "ffffff") == ()
    writes.edit_comment(world.site, int(posted.comment_id), "Ann Lee", "We know")
    found = tracker.read_comment(world.ref, posted.comment_id)
    assert found is not None
    assert found.edited_by_person
    tracker.delete_comment(world.ref, posted.comment_id)
    assert tracker.read_comment(world.ref, posted.comment_id) is None
    assert world.story.comments == []


def test_a_comment_whose_answer_was_lost_is_found_again(world: World) -> None:
    world.site.faults.append(traffic.Fault(traffic.calls("POST", "/comment$"), "after", traffic.no_answer))
    tracker = world.tracker()
    with pytest.raises(UnknownOutcomeError):
        tracker.create_comment(world.ref, MESSAGE)
    assert len(world.story.comments) == 1
    (found,) = tracker.find_comments(world.ref, "7f3a9c")
    assert found.digest == "digest-1"


def test_our_own_comment_makes_nobody_look_busy(world: World) -> None:
    tracker = world.tracker()
    cursor = list(tracker.pull(None))[-1].cursor
    world.clock.move(minutes=30)
    tracker.create_comment(world.ref, MESSAGE)
    tracker.change_labels(world.ref, ["safesync-tm101"], [])
    (page,) = tracker.pull(cursor)
    assert page.items[0].labels == ("theme:trust", "safesync-tm101")
    assert page.items[0].last_human_change_at == START - timedelta(days=9)
    assert tracker.revisions([world.ref]) == {world.ref.uid: page.items[0].revision}


def test_a_label_that_a_person_sets_meanwhile_stays(world: World) -> None:
    tracker = world.tracker()
    tracker.change_labels(world.ref, ["safesync-tm101", "safesync-tm102"], [])
    writes.edit(world.site, world.story, "Ann Lee", {"labels": ["theme:trust", "safesync-tm101", "safesync-tm102", "urgent"]})
    tracker.change_labels(world.ref, [], ["safesync-tm102"])
    assert world.story.values["labels"] == ["theme:trust", "safesync-tm101", "urgent"]


def test_watchers_are_spared_where_we_administer_and_asked_once_where_not(world: World) -> None:
    tracker = world.tracker()
    tracker.change_labels(world.ref, ["safesync-tm101"], [])
    tracker.change_labels(world.ref, ["safesync-tm102"], [])
    assert tracker.calls.writes == 3
    world.site.allow("SafeSync", "PAY", Permission.ADMINISTER)
    other = world.tracker()
    other.change_labels(world.ref, ["safesync-tm103"], [])
    assert other.calls.writes == 1


def test_an_item_that_is_gone_is_the_items_trouble(world: World) -> None:
    writes.delete(world.site, world.story)
    tracker = world.tracker()
    with pytest.raises(ItemError, match="404"):
        tracker.create_comment(world.ref, MESSAGE)
    assert tracker.revisions([world.ref]) == {}


def test_a_busy_site_is_waited_for(world: World) -> None:
    world.site.faults.append(traffic.Fault(traffic.calls("POST", "search/jql"), "before", traffic.too_many("jira-burst-based", "3")))
    world.site.faults.append(traffic.Fault(traffic.calls("POST", "search/jql"), "before", traffic.broken(502)))
    pages = list(world.tracker().pull(None))
    assert sum(len(page.items) for page in pages) == 250
    assert world.pauses[:2] == [3.0, 4.0]
    assert world.pauses[2:] == pytest.approx([0.2] * len(world.pauses[2:])), "then at half the rate for a while"


def test_a_sign_in_page_in_the_middle_ends_the_run(world: World) -> None:
    world.site.faults.append(traffic.Fault(traffic.calls("POST", "search/jql"), "before", traffic.sign_in_page))
    with pytest.raises(RunError):
        list(world.tracker().pull(None))


def test_files_web_links_and_tests_arrive_with_what_changed_and_cost_no_call(world: World) -> None:
    tracker = world.tracker()
    pages = list(tracker.pull(None))
    before, cursor = item(pages, world.ref.uid), pages[-1].cursor
    assert (before.evidence, {"evidence", "tests"} & before.unseen) == ((), {"tests"}), "that nothing hangs on it is known"
    asked = tracker.calls.total
    list(tracker.pull(cursor))
    idle, asked = tracker.calls.total - asked, tracker.calls.total
    world.clock.move(minutes=10)
    enclosures.attach(world.site, world.story, "Ann Lee", "report.pdf")
    enclosures.add_web_link(world.site, world.story, "Ann Lee", "https://docs.example/report", "Report")
    test = next(issue for issue in world.site.issues.values() if issue.values["summary"] == "Story 1")
    world.site.link("Tests", test, world.story)
    after = item(list(tracker.pull(cursor)), world.ref.uid)
    assert after.evidence == (Evidence(EvidenceKind.ATTACHMENT), Evidence(EvidenceKind.WEB_LINK))
    assert Link(Relation.TESTED_BY, f"jira:{test.id}") in after.links
    assert not {"evidence", "tests"} & after.unseen
    assert tracker.calls.total - asked == idle
