"""The connector and the sandbox's REST dialect, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from ado_meridian import SPRINT, TODAY, TRAIN, Meridian, Shelf
from starlette.requests import Request
from starlette.responses import Response

from safesync.connectors.azure.tracker import AzureTracker
from safesync.connectors.port import Refusal
from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVER_2022, SERVER_2022_1, SERVICES
from safesync.connectors.sandbox.azure.process import ItemType
from safesync.connectors.sandbox.faults import Fault, calls, delayed, no_answer
from safesync.model.change import PostedComment
from safesync.model.errors import ItemError, RunError, UnknownOutcomeError
from safesync.model.item import Kind, Link, Relation, Stage, Transition
from safesync.model.message import Message
from safesync.model.organisation import BoardColumn, Team

EVERYWHERE = (SERVICES, SERVER_2022_1, SERVER_2022, SERVER_2020)
pytestmark = pytest.mark.parametrize("meridian", EVERYWHERE, indirect=True, ids=lambda edition: edition.name.rpartition(" ")[2])
PARENT = "System.LinkTypes.Hierarchy-Reverse"


def counted(tracker: AzureTracker, work: Callable[[], object]) -> int:
    before = tracker.calls.total
    work()
    return tracker.calls.total - before


def test_we_are_who_the_token_says_and_may_do_what_the_project_allows(meridian: Meridian) -> None:
    identity = meridian.tracker().identify()
    assert (identity.account_id, identity.display_name) == (meridian.bot.id, "SafeSync")
    assert (identity.projects, identity.may_comment, identity.may_label) == (("Payments",), {"Payments"}, {"Payments"})
    permissions = meridian.organisation.project("Payments").permissions
    permissions.edit = False
    assert meridian.tracker().identify().may_label == frozenset()
    of_its_own = meridian.organisation.edition.comment_right
    assert meridian.tracker().identify().may_comment == ({"Payments"} if of_its_own else frozenset())
    permissions.comment = False
    assert meridian.tracker().identify().may_comment == frozenset()


def test_a_wrong_token_and_an_unknown_project_are_said_so(meridian: Meridian) -> None:
    with pytest.raises(RunError, match="token is not accepted"):
        meridian.tracker(token="wrong").identify()
    if meridian.organisation.edition.hosted:
        meridian.organisation.manners.sign_in_page = True
        with pytest.raises(RunError, match="sign-in page"):
            meridian.tracker(token="wrong").identify()
    with pytest.raises(RunError, match="Project Payment does not exist"):
        meridian.tracker(("Payment",)).identify()


def test_identifying_again_takes_two_calls(meridian: Meridian) -> None:
    tracker = meridian.tracker()
    tracker.identify()
    assert counted(tracker, tracker.identify) == 2


def test_a_full_read_tells_everything(meridian: Meridian) -> None:
    epic = meridian.add("Epic", area=TRAIN)
    feature = meridian.add(
        "Feature", area=TRAIN, fields={"System.IterationPath": "Payments\\PI 26.4", "Custom.BenefitHypothesis": "<p>Why</p>"}
    )
    story = meridian.add(
        fields={"System.IterationPath": SPRINT, "Microsoft.VSTS.Scheduling.StoryPoints": 5, "System.Tags": "theme:trust; ui"},
        revisions=[
            (TODAY - timedelta(days=20), meridian.ada, {"System.State": "Active"}),
            (TODAY - timedelta(days=10), meridian.build, {"System.State": "Resolved"}),
        ],
    )
    meridian.add("User Story", area="Elsewhere")
    meridian.organisation.link(feature, PARENT, epic)
    meridian.organisation.link(story, PARENT, feature)
    meridian.organisation.add_hyperlink(story, "https://meridian.test/jira/browse/PAY-1", "depends on")
    shelf = Shelf()
    tracker = meridian.tracker()
    tracker.identify()
    pages = shelf.take(tracker.pull(None))
    assert [page.cursor is None for page in pages] == [True, False]
    assert pages[-1].census == {f"ado:{epic.id}", f"ado:{feature.id}", f"ado:{story.id}"} == shelf.items.keys()
    read = shelf.items[f"ado:{story.id}"]
    assert (read.kind, read.stage, read.team, read.train, read.interval) == (Kind.STORY, Stage.VALIDATING, "Falcon", "Payments", "PI 26.4")
    assert (read.points, read.labels, read.themes) == (5, ("theme:trust", "ui"), ("trust",))
    assert set(read.links) == {Link(Relation.PARENT, f"ado:{feature.id}"), Link(Relation.DEPENDS_ON, "jira:PAY-1")}
    days = (30, 20, 10)
    stages = (Stage.FUNNEL, Stage.IN_PROGRESS, Stage.VALIDATING)
    assert read.transitions == tuple(Transition(TODAY - timedelta(days=day), stage) for day, stage in zip(days, stages, strict=True))
    assert read.last_human_change_at == TODAY - timedelta(days=20)
    assert "transitions" not in read.unseen
    above = shelf.items[f"ado:{feature.id}"]
    assert (above.iteration, above.interval, above.team, above.train) == (None, "PI 26.4", "Payments", "Payments")
    assert above.benefit is not None


def test_the_surroundings_come_once_and_whole(meridian: Meridian) -> None:
    meridian.add()
    (around,) = [page.surroundings for page in meridian.tracker().pull(None) if page.surroundings]
    first = around.iterations[0]
    assert (first.name, first.interval, first.starts_on) == ("Iteration 26.4.1", "PI 26.4", date(2026, 10, 26))
    assert [(one.label, one.starts_on, one.ends_on) for one in around.intervals] == [("PI 26.4", date(2026, 10, 26), date(2026, 12, 4))]
    assert around.teams == (Team("Payments", "Payments"), Team("Falcon", "Payments", members=1))
    assert BoardColumn("ado", "Payments", "Doing", 3, active=True) in around.columns
    assert BoardColumn("ado", "Falcon", "New", None, active=False) in around.columns


def test_a_full_read_takes_one_call_a_page_and_a_constant(meridian: Meridian) -> None:
    for _ in range(450):
        meridian.add()
    meridian.organisation.manners.page_size = 1000
    tracker = meridian.tracker()
    tracker.identify()
    # 5 for the project and one for its teams, 3 for each of two teams and one a board, a page of links.
    constant = 1 + 5 + 2 * 3 + 2 + 1
    assert counted(tracker, lambda: list(tracker.pull(None))) <= constant + 0.02 * 450


def test_a_cycle_without_news_takes_two_calls(meridian: Meridian) -> None:
    meridian.add()
    tracker = meridian.tracker()
    tracker.identify()
    shelf = Shelf()
    shelf.take(tracker.pull(None))
    for _ in range(2):
        assert counted(tracker, lambda: shelf.take(tracker.pull(shelf.cursor))) == 2


def test_a_changed_item_comes_alone_with_its_whole_history(meridian: Meridian) -> None:
    story = meridian.add(revisions=[(TODAY - timedelta(days=20), meridian.ada, {"System.State": "Active"})])
    meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__State="Closed")
    assert counted(tracker, lambda: shelf.take(tracker.pull(shelf.cursor))) == 3
    read = shelf.items[f"ado:{story.id}"]
    assert [one.stage for one in read.transitions] == [Stage.FUNNEL, Stage.IN_PROGRESS, Stage.DONE]
    fresh = Shelf()
    fresh.take(meridian.tracker().pull(None))
    assert fresh.items == shelf.items


def test_a_link_that_no_revision_tells_of_brings_both_ends(meridian: Meridian) -> None:
    feature, story = meridian.add("Feature", area=TRAIN), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.organisation.link(story, PARENT, feature, meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert {item.uid for page in pages for item in page.items} == {f"ado:{feature.id}", f"ado:{story.id}"}
    assert shelf.items[f"ado:{story.id}"].links == (Link(Relation.PARENT, f"ado:{feature.id}"),)
    with meridian.organisation.lock:
        meridian.organisation.ledger.unrelate(story, story.relations[0], meridian.stamp())
    shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items[f"ado:{story.id}"].links == ()


def test_a_deleted_item_is_gone_and_a_restored_one_is_back(meridian: Meridian) -> None:
    story, other = meridian.add(revisions=[(TODAY - timedelta(days=20), meridian.ada, {"System.State": "Active"})]), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    with meridian.organisation.lock:
        meridian.organisation.ledger.delete(story, meridian.stamp())
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert [page.gone for page in pages if page.gone] == [(f"ado:{story.id}",)]
    assert shelf.items.keys() == {f"ado:{other.id}"}
    with meridian.organisation.lock:
        meridian.organisation.ledger.restore(story, meridian.stamp())
    shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items.keys() == {f"ado:{story.id}", f"ado:{other.id}"}
    assert [one.stage for one in shelf.items[f"ado:{story.id}"].transitions] == [Stage.FUNNEL, Stage.IN_PROGRESS]


def test_an_item_that_moved_away_is_missing_in_the_next_census_and_not_before(meridian: Meridian) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.change(story, System__TeamProject="Elsewhere", System__AreaPath="Elsewhere", System__IterationPath="Elsewhere")
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert not any(page.gone or page.items or page.census for page in pages)
    meridian.now += timedelta(hours=25)
    pages = shelf.take(tracker.pull(shelf.cursor))
    assert pages[-1].census == frozenset()
    assert shelf.items == {}


def test_a_day_later_everything_is_read_again(meridian: Meridian) -> None:
    meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.now += timedelta(hours=23)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census is None
    meridian.now += timedelta(hours=2)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census is not None


def test_a_cursor_of_tomorrow_is_not_believed(meridian: Meridian) -> None:
    meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.now -= timedelta(minutes=5)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census is None
    meridian.now -= timedelta(hours=30)
    assert shelf.take(tracker.pull(shelf.cursor))[-1].census is not None


@pytest.mark.parametrize("cursor", ["", "not json", "{}", '{"form":0}', "null"])
def test_a_cursor_of_another_version_means_everything(meridian: Meridian, cursor: str) -> None:
    meridian.add()
    assert list(meridian.tracker().pull(cursor))[-1].census is not None


def test_a_path_made_since_brings_the_surroundings_again_once(meridian: Meridian) -> None:
    story, other = meridian.add(), meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    shelf.take(tracker.pull(None))
    meridian.organisation.add_iteration("Payments\\PI 27.1\\Iteration 27.1.1", date(2027, 1, 4), date(2027, 1, 15))
    meridian.change(story, System__IterationPath="Payments\\PI 27.1\\Iteration 27.1.1")
    pages = shelf.take(tracker.pull(shelf.cursor))
    (around,) = [page.surroundings for page in pages if page.surroundings]
    assert around.intervals[-1].label == "PI 27.1"
    read = shelf.items[f"ado:{story.id}"]
    assert read.iteration == "ado:iteration:Payments\\PI 27.1\\Iteration 27.1.1"
    assert "iteration" not in read.unseen
    meridian.change(other, System__IterationPath="Payments\\PI 27.1\\Iteration 27.1.1")
    assert not any(page.surroundings for page in shelf.take(tracker.pull(shelf.cursor)))


def test_our_own_writing_is_no_change_by_a_person(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    tracker, shelf = meridian.tracker(), Shelf()
    tracker.identify()
    shelf.take(tracker.pull(None))
    before = shelf.items[f"ado:{story.id}"]
    tracker.create_comment(before.ref, message)
    tracker.change_labels(before.ref, ["safesync-attention"], [])
    shelf.take(tracker.pull(shelf.cursor))
    after = shelf.items[before.uid]
    assert after.labels == ("safesync-attention",)
    assert after.revision != before.revision
    assert after.last_human_change_at == before.last_human_change_at == TODAY - timedelta(days=30)


def test_short_pages_of_reports_lose_nothing(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(7)]
    meridian.organisation.manners.page_size = 3
    meridian.organisation.manners.short_pages = True
    shelf = Shelf()
    shelf.take(meridian.tracker().pull(None))
    assert shelf.items.keys() == {f"ado:{item.id}" for item in items}


def test_a_query_narrows_what_is_read_and_counted(meridian: Meridian) -> None:
    wanted = meridian.add(fields={"System.Tags": "wanted"})
    unwanted = meridian.add()
    tracker, shelf = meridian.tracker(query="[System.Tags] CONTAINS 'wanted'"), Shelf()
    assert shelf.take(tracker.pull(None))[-1].census == {f"ado:{wanted.id}"}
    meridian.change(unwanted, System__Title="Changed")
    meridian.change(wanted, System__Title="Changed")
    shelf.take(tracker.pull(shelf.cursor))
    assert shelf.items.keys() == {f"ado:{wanted.id}"}


def test_a_type_that_nobody_mapped_is_counted_and_told(meridian: Meridian) -> None:
    process = meridian.organisation.project("Payments").process
    story_type = process.types["User Story"]
    process.types["Dream"] = ItemType("Dream", "Microsoft.DreamCategory", "000000", story_type.states)
    meridian.add("Dream")
    tracker = meridian.tracker()
    (item,) = [item for page in tracker.pull(None) for item in page.items]
    assert item.kind is Kind.OTHER
    assert tracker.identify().warnings == ("1 items of the type Dream are read as 'other', because no kind in mapping.types names it.",)


def test_revisions_are_read_two_hundred_a_call(meridian: Meridian) -> None:
    items = [meridian.add() for _ in range(201)]
    tracker = meridian.tracker()
    tracker.identify()
    refs = [meridian.ref(item) for item in items]
    gone = replace(refs[0], uid="ado:99999", native_id="99999")
    before = tracker.calls.total
    found = tracker.revisions([*refs, gone])
    assert tracker.calls.total - before == 2
    assert found == {ref.uid: "1" for ref in refs}


def test_the_life_of_a_comment(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    ref, tracker = meridian.ref(story), meridian.tracker()
    posted = tracker.create_comment(ref, message)
    assert tracker.find_comments(ref, "7f3a9c") == (posted,)
    assert tracker.find_comments(ref, "7f3a9") == ()
    edited = tracker.edit_comment(ref, posted.comment_id, replace(message, digest="digest-2"))
    assert edited == PostedComment(posted.comment_id, "digest-2")
    assert tracker.read_comment(ref, posted.comment_id) == edited
    comment = story.comments[0]
    with meridian.organisation.lock:
        meridian.organisation.ledger.edit_comment(story, comment, comment.last.text, meridian.stamp())
    found = tracker.read_comment(ref, posted.comment_id)
    assert found is not None
    assert found.edited_by_person
    tracker.delete_comment(ref, posted.comment_id)
    assert tracker.read_comment(ref, posted.comment_id) is None
    assert [one.edited_by_person for one in tracker.find_comments(ref, "7f3a9c")] == [True], "it is remembered"


def test_a_person_s_comment_is_never_taken_for_ours(meridian: Meridian) -> None:
    story = meridian.add(comments=[(TODAY - timedelta(days=1), meridian.ada, "<p>SafeSync ref 7f3a9c</p>")])
    assert meridian.tracker().find_comments(meridian.ref(story), "7f3a9c") == ()


def test_a_comment_whose_answer_was_lost_is_there_once_and_found(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    ref, tracker = meridian.ref(story), meridian.tracker()
    meridian.organisation.faults.append(Fault(calls("POST", "/comments"), "after", no_answer))
    with pytest.raises(UnknownOutcomeError):
        tracker.create_comment(ref, message)
    assert len(tracker.find_comments(ref, "7f3a9c")) == 1
    assert len(story.comments) == 1


def test_a_read_whose_answer_was_lost_is_read_again(meridian: Meridian) -> None:
    meridian.add()
    meridian.organisation.faults.append(Fault(calls("POST", "workitemsbatch"), "after", no_answer, times=2))
    meridian.organisation.faults.append(Fault(calls("GET", "workitemlinks"), "after", delayed("3")))
    assert sum(len(page.items) for page in meridian.tracker().pull(None)) == 1


def test_a_tag_that_somebody_sets_at_the_same_moment_stays(meridian: Meridian) -> None:
    story = meridian.add(fields={"System.Tags": "ui; SafeSync-Old"})
    ref, tracker = meridian.ref(story), meridian.tracker()

    def somebody(_request: Request) -> Response | None:
        meridian.change(story, System__Tags="ui; SafeSync-Old; urgent")
        return None

    meridian.organisation.faults.append(Fault(calls("PATCH", "/workitems/"), "before", somebody))
    tracker.change_labels(ref, ["safesync-attention"], ["safesync-old"])
    assert sorted(story.fields["System.Tags"].split("; ")) == ["safesync-attention", "ui", "urgent"]


def test_the_last_tag_of_an_item_can_be_taken_off(meridian: Meridian) -> None:
    story = meridian.add(fields={"System.Tags": "safesync-attention"})
    meridian.tracker().change_labels(meridian.ref(story), [], ["safesync-attention"])
    assert not story.fields.get("System.Tags")


def test_a_project_where_we_may_not_write_refuses_item_by_item(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    permissions = meridian.organisation.project("Payments").permissions
    permissions.edit = permissions.comment = False
    with pytest.raises(ItemError):
        meridian.tracker().create_comment(meridian.ref(story), message)
    with pytest.raises(ItemError):
        meridian.tracker().change_labels(meridian.ref(story), ["x"], [])


def test_every_request_that_the_site_saw_was_counted(meridian: Meridian, message: Message) -> None:
    story = meridian.add()
    tracker = meridian.tracker()
    tracker.identify()
    list(tracker.pull(None))
    tracker.create_comment(meridian.ref(story), message)
    tracker.change_labels(meridian.ref(story), ["x"], [])
    asked = meridian.organisation.requests
    assert (tracker.calls.reads, tracker.calls.writes) == (sum(not one.is_write for one in asked), sum(one.is_write for one in asked))


def test_a_project_is_called_as_its_items_call_it(meridian: Meridian) -> None:
    meridian.add()
    tracker = meridian.tracker(("payments",))
    identity = tracker.identify()
    (item,) = [item for page in tracker.pull(None) for item in page.items]
    assert item.project in identity.may_comment
    assert identity.projects == ("Payments",)


def test_a_mapped_field_that_the_site_lacks_is_told_after_the_pull(meridian: Meridian) -> None:
    del meridian.organisation.fields["Custom.BenefitHypothesis"]
    meridian.add()
    tracker = meridian.tracker()
    assert tracker.identify().warnings == ()
    list(tracker.pull(None))
    assert tracker.identify().warnings == ("mapping.fields.benefit names no field that this site has.",)


def test_a_query_that_is_none_is_said_so(meridian: Meridian) -> None:
    meridian.add()
    with pytest.raises(RunError, match=r"scope\.query is not accepted"):
        list(meridian.tracker(query="nonsense !").pull(None))


def test_an_item_that_cannot_be_read_is_refused_by_name_and_stays_in_the_census(meridian: Meridian) -> None:
    story = meridian.add()
    with meridian.organisation.lock:
        del story.latest.fields["System.CreatedDate"]
    pages = list(meridian.tracker().pull(None))
    assert [refusal for page in pages for refusal in page.refused] == [Refusal(str(story.id), "it has no System.CreatedDate")]
    assert pages[-1].census == {f"ado:{story.id}"}


def test_connections_are_kept_one_for_each_area_of_the_interface_and_one_for_what_is_read_ahead(
    meridian: Meridian, caplog: pytest.LogCaptureFixture
) -> None:
    meridian.add()
    caplog.set_level("DEBUG", logger="urllib3")
    tracker = meridian.tracker()
    tracker.identify()
    list(tracker.pull(None))
    assert tracker.calls.total > 10
    in_line, reading_ahead, both_reports = 4, 1, 2
    assert in_line < caplog.text.count("Starting new HTTP connection") <= in_line + reading_ahead + both_reports
    tracker.close()
