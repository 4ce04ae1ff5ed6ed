from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jira_raw import ME, change, log, moved, person, status

from safesync.connectors.jira import translate
from safesync.connectors.jira.context import Context
from safesync.connectors.jira.fields import Located
from safesync.connectors.jira.metadata import IssueType, Metadata, Status
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Refusal
from safesync.model.item import Evidence, EvidenceKind, Item, Kind, Link, Markup, Relation, Stage, Transition, WorkClass

Raw = Callable[..., dict[str, Any]]
DOCUMENT = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Given a paid order"}]}]}


def read(raw: dict[str, Any], context: Context) -> Item:
    found = translate.issue(raw, context)
    assert isinstance(found, Item), found
    return found


def test_identity_is_the_number_and_not_the_key(raw: Raw, context: Context) -> None:
    item = read(raw("1001"), context)
    assert (item.uid, item.native_id, item.key, item.url) == ("jira:1001", "1001", "PAY-1001", "https://meridian.example/browse/PAY-1001")
    assert item.revision == "2026-09-20T10:00:00.000+0200"
    assert item.created_at == datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("issuetype", "kind"),
    [
        ({"id": "10", "name": "epic", "hierarchyLevel": 1}, Kind.FEATURE),
        ({"id": "13", "name": "Initiative", "hierarchyLevel": 2}, Kind.EPIC),
        ({"id": "77", "name": "故事", "untranslatedName": "Story", "hierarchyLevel": 0}, Kind.STORY),
        ({"id": "12", "name": "Task", "hierarchyLevel": 0}, Kind.OTHER),
        ({"id": "14", "name": "Sub-task", "hierarchyLevel": -1}, Kind.OTHER),
        ({"id": "15", "name": "Odd"}, Kind.OTHER),
    ],
)
def test_a_type_is_what_the_mapping_calls_it(issuetype: dict[str, Any], kind: Kind, raw: Raw, context: Context) -> None:
    assert read(raw(issuetype=issuetype), context).kind is kind


def test_a_type_and_a_state_that_the_site_translates_are_known_by_their_own_names(raw: Raw, context: Context) -> None:
    metadata = dataclasses.replace(
        context.metadata, types={"11": IssueType("故事", 0, "Story")}, statuses={"2": Status("就绪", "new", "Ready")}
    )
    localised = dataclasses.replace(context, metadata=metadata)
    shown = {"id": "2", "name": "就绪", "statusCategory": {"key": "new"}}
    item = read(raw(issuetype={"id": "11", "name": "故事", "hierarchyLevel": 0}, status=shown), localised)
    assert (item.kind, item.stage) == (Kind.STORY, Stage.READY)
    task = read(raw(issuetype={"id": "12", "name": "任务", "hierarchyLevel": 0}), localised)
    assert task.kind is Kind.OTHER, "its level has a mapped type, although the site shows that one translated"


@pytest.mark.parametrize(("level", "kind"), [(0, Kind.STORY), (1, Kind.FEATURE), (2, Kind.EPIC), (3, Kind.EPIC), (-1, Kind.OTHER)])
def test_without_a_mapped_type_of_its_level_the_level_decides(level: int, kind: Kind, raw: Raw, context: Context) -> None:
    unmapped = dataclasses.replace(context, mapping=Mapping())
    assert read(raw(issuetype={"id": "90", "name": "任务", "hierarchyLevel": level}), unmapped).kind is kind


@pytest.mark.parametrize(
    ("state", "stage"),
    [("1", Stage.ANALYSIS), ("2", Stage.READY), ("3", Stage.IN_PROGRESS), ("4", Stage.VALIDATING), ("5", Stage.DONE)],
)
def test_a_state_is_what_the_mapping_calls_it_else_its_category(state: str, stage: Stage, raw: Raw, context: Context) -> None:
    assert read(raw(status=status(state)), context).stage is stage


def test_a_new_feature_is_in_the_funnel(raw: Raw, context: Context) -> None:
    feature = {"id": "10", "name": "Epic", "hierarchyLevel": 1}
    assert read(raw(issuetype=feature, status=status("1")), context).stage is Stage.FUNNEL


def test_done_without_having_been_done_is_cancelled(raw: Raw, context: Context) -> None:
    given_up = raw(
        status=status("5"), resolution={"id": "10001", "name": "Won't Do"}, changelog=log(moved("2026-09-03T10:00:00Z", "3", "5"))
    )
    item = read(given_up, context)
    assert item.stage is Stage.CANCELLED
    assert item.transitions[-1].stage is Stage.CANCELLED
    assert read(raw(status=status("5"), resolution={"name": "Done"}), context).stage is Stage.DONE


def test_texts_keep_their_document_and_an_empty_one_is_none(raw: Raw, context: Context) -> None:
    item = read(raw(customfield_10101=DOCUMENT, description={"type": "doc", "version": 1, "content": []}), context)
    assert item.acceptance is not None
    assert item.acceptance.markup is Markup.ADF
    assert '"Given a paid order"' in item.acceptance.text
    assert item.description is None
    assert not {"acceptance", "description"} & item.unseen


def test_a_single_line_field_is_plain_and_on_a_wiki_site_everything_is_wiki(raw: Raw, context: Context) -> None:
    plain = read(raw(customfield_10101="one line"), context)
    wiki = read(raw(customfield_10101="h3. one"), dataclasses.replace(context, markup=Markup.WIKI))
    assert plain.acceptance is not None
    assert plain.acceptance.markup is Markup.PLAIN
    assert wiki.acceptance is not None
    assert wiki.acceptance.markup is Markup.WIKI


def test_a_field_that_is_absent_is_unseen_and_one_that_is_null_is_empty(raw: Raw, context: Context) -> None:
    empty = read(raw(), context)
    absent = read(raw(without=("customfield_10101", "customfield_10016", "customfield_10026", "labels")), context)
    assert not {"acceptance", "points", "labels", "themes"} & empty.unseen
    assert {"acceptance", "points", "labels", "themes"} <= absent.unseen


def test_a_mapped_field_that_the_site_does_not_show_is_unseen(raw: Raw, context: Context) -> None:
    located = Located({}, absent=("acceptance", "points"))
    item = read(raw(), dataclasses.replace(context, metadata=dataclasses.replace(context.metadata, located=located)))
    assert {"acceptance", "points"} <= item.unseen


def test_a_field_of_which_an_administrator_says_that_there_is_none_is_empty(raw: Raw, context: Context) -> None:
    fields = {**context.mapping.fields, "controls": (), "hypothesis": ()}
    item = read(raw(), dataclasses.replace(context, mapping=context.mapping.model_copy(update={"fields": fields})))
    assert item.controls is None
    assert not {"controls", "hypothesis"} & item.unseen
    assert "horizon" in item.unseen, "nobody said anything of it"


def test_unmapped_criteria_have_their_place_in_the_description(raw: Raw, context: Context) -> None:
    bare = dataclasses.replace(context, metadata=dataclasses.replace(context.metadata, located=Located({})))
    item = read(raw(), bare)
    assert not {"acceptance", "benefit", "interval", "themes"} & item.unseen
    assert {"points", "job_size", "team", "target_end", "iteration", "blocked", "board_column"} <= item.unseen


def test_of_several_estimates_the_first_that_holds_one_counts(raw: Raw, context: Context) -> None:
    assert read(raw(customfield_10026=5.0), context).points == 5.0
    assert read(raw(customfield_10016=0.0, customfield_10026=5.0), context).points == 0.0
    assert "points" not in read(raw(without=("customfield_10016",), customfield_10026=3), context).unseen


def test_an_estimate_that_is_no_number_is_unseen_and_loses_no_item(raw: Raw, context: Context) -> None:
    item = read(raw(customfield_10016={"value": "XL"}), context)
    assert item.points is None
    assert "points" in item.unseen
    assert read(raw(customfield_10016={"value": "8"}), context).points == 8.0


def test_the_team_is_an_object_or_a_text(raw: Raw, context: Context) -> None:
    assert read(raw(customfield_10001={"id": "t-1", "name": "Falcon"}), context).team == "Falcon"
    assert read(raw(customfield_10001="Falcon"), context).team == "Falcon"


def test_the_column_is_that_of_the_teams_own_board(raw: Raw, context: Context) -> None:
    assert read(raw(customfield_10001={"name": "Falcon"}), context).board_column == "Doing"
    assert read(raw(customfield_10001={"name": "Heron"}), context).board_column is None


def test_the_iteration_is_the_newest_sprint_that_is_not_closed(raw: Raw, context: Context) -> None:
    closed = {"id": 9, "name": "Falcon 26.4.2", "state": "closed", "startDate": "2026-10-01T09:00:00.000Z"}
    older = {"id": 3, "name": "Falcon 26.4.1", "state": "closed", "startDate": "2026-09-01T09:00:00.000Z"}
    active = {"id": 4, "name": "Falcon 26.4.3", "state": "active", "startDate": "2026-09-15T09:00:00.000Z"}
    assert read(raw(customfield_10020=[closed, active, older]), context).iteration == "jira:iteration:4"
    assert read(raw(customfield_10020=[older, closed]), context).iteration == "jira:iteration:9"
    assert read(raw(customfield_10020=None), context).iteration is None


def test_a_sprint_of_an_old_server_is_read_from_its_printed_object(raw: Raw, context: Context) -> None:
    printed = (
        "com.atlassian.greenhopper.service.sprint.Sprint@1a2b[id=37,rapidViewId=5,state=ACTIVE,name=Falcon, west,startDate=<null>,goal=]"
    )
    assert read(raw(customfield_10020=[printed]), context).iteration == "jira:iteration:37"


@pytest.mark.parametrize(
    ("fields", "interval"),
    [
        ({"customfield_10102": {"value": "PI-26.4"}}, "PI 26.4"),
        ({"customfield_10102": {"value": "Autumn"}}, "Autumn"),
        ({"fixVersions": [{"name": "PI 26.3"}, {"name": "PI 26.4"}, {"name": "hotfix"}]}, "PI 26.4"),
        ({"fixVersions": [{"name": "PI 9"}, {"name": "PI 10"}, {"name": "PI 8"}]}, "PI 10"),
        ({"fixVersions": [{"name": "hotfix"}]}, None),
    ],
)
def test_the_interval_is_the_mapped_field_else_a_version_called_like_one(
    fields: dict[str, Any], interval: str | None, raw: Raw, context: Context
) -> None:
    assert read(raw(**fields), context).interval == interval


def test_the_work_class_comes_from_field_type_or_label(raw: Raw, context: Context) -> None:
    assert read(raw(customfield_10103={"value": "enabler"}), context).work_class is WorkClass.ENABLER
    assert read(raw(labels=["enabler-work"]), context).work_class is WorkClass.ENABLER
    assert read(raw(), context).work_class is WorkClass.UNKNOWN
    assert "work_class" not in read(raw(), context).unseen
    assert "work_class" in read(raw(without=("customfield_10103",)), context).unseen


def test_an_epic_is_answered_for_by_its_epic_owner(raw: Raw, context: Context) -> None:
    initiative = {"id": "13", "name": "Initiative", "hierarchyLevel": 2}
    owned = {"customfield_10111": person("Grace"), "assignee": person("Ada")}
    assert read(raw(issuetype=initiative, **owned), context).owner == "Grace"
    assert read(raw(**owned), context).owner == "Ada"


def test_a_mapped_field_names_who_works_on_it_where_nobody_is_assigned(raw: Raw, context: Context) -> None:
    pair = [person("Grace"), person("Edsger")]
    assert read(raw(customfield_10112=pair), context).owner == "Grace"
    assert read(raw(customfield_10112=pair, assignee=person("Ada")), context).owner == "Ada"
    assert "owner" in read(raw(without=("customfield_10112",)), context).unseen
    assert "owner" not in read(raw(without=("customfield_10112",), assignee=person("Ada")), context).unseen


@pytest.mark.parametrize(("active", "left"), [({"active": False}, True), ({"active": True}, False), ({}, False)])
def test_an_owner_whose_account_is_out_of_use_has_left(raw: Raw, context: Context, active: dict[str, bool], left: bool) -> None:
    item = read(raw(assignee=person("Ada") | active), context)
    assert (item.owner, item.owner_left) == ("Ada", left)


def test_the_parent_in_the_other_tracker_is_a_reference(raw: Raw, context: Context) -> None:
    address = "https://azure.example/meridian/Payments/_workitems/edit/412"
    assert read(raw(customfield_10108=address), context).links == (Link(Relation.PARENT, "ado:412"),)
    assert read(raw(parent={"id": "900", "key": "PAY-900"}), context).links == (Link(Relation.PARENT, "jira:900"),)


def test_a_parent_that_jira_leaves_out_is_none_and_not_unseen(raw: Raw, context: Context) -> None:
    metadata = dataclasses.replace(context.metadata, located=Located({"parent": ("parent", "customfield_10108")}))
    item = read(raw(without=("customfield_10108",)), dataclasses.replace(context, metadata=metadata))
    assert item.links == ()
    assert "links" not in item.unseen


def test_a_parent_at_an_unknown_address_is_still_a_parent(raw: Raw, context: Context) -> None:
    assert read(raw(customfield_10108="https://elsewhere.example/x/1"), context).links == (
        Link(Relation.PARENT, "https://elsewhere.example/x/1"),
    )


def test_who_is_blocked_depends_and_who_blocks_does_not(raw: Raw, context: Context) -> None:
    blocks = {"id": "1", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
    blocked = raw(issuelinks=[{"type": blocks, "inwardIssue": {"id": "7", "key": "PAY-7"}}])
    blocking = raw(issuelinks=[{"type": blocks, "outwardIssue": {"id": "7", "key": "PAY-7"}}])
    assert read(blocked, context).links == (Link(Relation.DEPENDS_ON, "jira:7"),)
    assert read(blocking, context).links == ()


def test_a_link_type_that_depends_outwards_is_read_outwards(raw: Raw, context: Context) -> None:
    depends = {"id": "2", "name": "Dependency", "inward": "is depended on by", "outward": "depends on"}
    mapped = dataclasses.replace(context, mapping=Mapping.model_validate({"links": {"depends_on": ["dependency"]}}))
    worded = dataclasses.replace(context, mapping=Mapping.model_validate({"links": {"depends_on": ["depends on"]}}))
    needing = raw(issuelinks=[{"type": depends, "outwardIssue": {"id": "7"}}])
    needed = raw(issuelinks=[{"type": depends, "inwardIssue": {"id": "7"}}])
    for one in (mapped, worded):
        assert read(needing, one).links == (Link(Relation.DEPENDS_ON, "jira:7"),)
        assert read(needed, one).links == ()


XRAY = {"id": "3", "name": "Test", "inward": "is tested by", "outward": "tests"}
BACKWARDS = {"id": "4", "name": "Verification", "inward": "verifies", "outward": "is verified by"}


@pytest.mark.parametrize(
    ("links", "kind", "both"),
    [
        ({"tested_by": ["Test"]}, XRAY, True),
        ({"tests": ["Test"]}, XRAY, True),
        ({"tested_by": ["is tested by"]}, XRAY, False),
        ({"tested_by": ["Tests", "is tested by"]}, XRAY, False),
        ({"tests": ["tests"], "tested_by": ["is tested by"]}, XRAY, True),
        ({}, XRAY, True),
        ({"tested_by": ["Verification"]}, BACKWARDS, True),
        ({"tests": ["Verification"]}, BACKWARDS, True),
        ({}, BACKWARDS, True),
    ],
)
def test_a_link_to_a_test_is_told_from_one_of_a_test(
    links: dict[str, list[str]], kind: dict[str, str], both: bool, raw: Raw, context: Context
) -> None:
    """Whoever names the words of one end alone (not ``both``) says nothing of the other."""
    there, back = ("outwardIssue", "inwardIssue") if kind is BACKWARDS else ("inwardIssue", "outwardIssue")
    mapped = dataclasses.replace(context, mapping=Mapping.model_validate({"links": links}))
    tested = read(raw(issuelinks=[{"type": kind, there: {"id": "7"}}]), mapped)
    testing = read(raw(issuelinks=[{"type": kind, back: {"id": "8"}}]), mapped)
    assert tested.links == (Link(Relation.TESTED_BY, "jira:7"),)
    assert testing.links == ((Link(Relation.TESTS, "jira:8"),) if both else ())
    assert "tests" not in tested.unseen


def test_where_nobody_says_which_links_lead_to_tests_their_absence_means_nothing(raw: Raw, context: Context) -> None:
    unmapped, without = (
        dataclasses.replace(context, mapping=Mapping.model_validate({"links": links})) for links in ({}, {"tested_by": []})
    )
    assert "tests" not in read(raw(), context).unseen
    assert "tests" in read(raw(), unmapped).unseen
    assert "tests" in read(raw(), without).unseen
    assert {"tests", "links"} <= read(raw(without=("issuelinks",)), context).unseen


CLOUD_CODE = (
    "{pullrequest={dataType=pullrequest, state=MERGED, stateCount=2}, json={"
    '"cachedValue":{"errors":[],"summary":{"pullrequest":{"overall":{"count":2,"state":"MERGED"},"byInstanceType":{}},'
    '"build":{"overall":{"count":1}},"branch":{"overall":{"count":4}}}},"isStale":true}}'
)
SERVER_CODE = (
    "{summaryBean=com.atlassian.jira.plugin.devstatus.rest.SummaryBean@1f[summary={pullrequest=...,errors=[]], "
    'devSummaryJson={"cachedValue":{"errors":[],"configErrors":[],"summary":{"pullrequest":{"overall":{"count":0}},'
    '"repository":{"overall":{"count":%d,"lastUpdated":null}},"branch":{"overall":{"count":1}}}},"isStale":false}}'
)


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        (CLOUD_CODE, (Evidence(EvidenceKind.PULL_REQUEST, 2), Evidence(EvidenceKind.BUILD, 1))),
        (SERVER_CODE % 3, (Evidence(EvidenceKind.COMMIT, 3),)),
        (SERVER_CODE % 0, ()),
        ("{}", ()),
        (CLOUD_CODE[:170], ()),
        ('{json={"cachedValue":[]}}', ()),
        ({"unheard": "of"}, ()),
        (None, ()),
    ],
)
def test_code_is_counted_as_the_development_field_says_it(shown: object, found: tuple[Evidence, ...], raw: Raw, context: Context) -> None:
    assert read(raw(customfield_10000=shown), context).evidence == found


def web_link(at: str, before: str | None, after: str | None, field: str = "RemoteIssueLink") -> dict[str, Any]:
    """An entry of a history as Jira writes it, in the language of whoever made the link."""
    words = 'This issue links to "Report (Web Link)"'
    texts = {"fromString": before and words, "toString": after and words}
    return change(at, person("Ada"), field=field, fieldtype="jira", **{"from": before, "to": after}, **texts)


def test_attachments_and_web_links_are_evidence(raw: Raw, context: Context) -> None:
    links = log(web_link("2026-09-05T10:00:00Z", None, "17"), web_link("2026-09-04T10:00:00Z", None, "16", "RemoteWorkItemLink"))
    found = read(raw(attachment=[{"id": "1"}, {"id": "2"}], changelog=links), context)
    assert found.evidence == (Evidence(EvidenceKind.ATTACHMENT, 2), Evidence(EvidenceKind.WEB_LINK, 2))
    assert "evidence" not in found.unseen


def test_a_web_link_that_was_taken_away_is_none_and_one_that_was_edited_is_one(raw: Raw, context: Context) -> None:
    gone = log(web_link("2026-09-06T10:00:00Z", "17", None), web_link("2026-09-05T10:00:00Z", None, "17"))
    edited = log(web_link("2026-09-06T10:00:00Z", "17", "17"), web_link("2026-09-05T10:00:00Z", None, "17"))
    back = log(web_link("2026-09-05T10:00:00Z", "17", None), web_link("2026-09-06T10:00:00Z", None, "17"))
    assert read(raw(changelog=gone), context).evidence == ()
    assert read(raw(changelog=edited), context).evidence == (Evidence(EvidenceKind.WEB_LINK),)
    assert read(raw(changelog=back), context).evidence == (Evidence(EvidenceKind.WEB_LINK),), "by time, not in the order of the answer"
    assert read(raw(changelog=log(web_link("2026-09-06T10:00:00Z", None, "17", "Link"))), context).evidence == ()


def test_no_evidence_is_known_only_where_all_of_its_places_were_looked_at(raw: Raw, context: Context) -> None:
    elsewhere = change("2026-09-05T10:00:00Z", person("Ada"), field="labels", **{"from": None, "to": None})
    for unread in (raw(without=("attachment",)), raw(changelog=log(elsewhere, total=41)), raw() | {"changelog": None}):
        assert "evidence" in read(unread, context).unseen
    assert "evidence" not in read(raw(changelog=log(elsewhere)), context).unseen
    newest = log(web_link("2026-09-05T10:00:00Z", None, "17"), total=41)
    assert "evidence" not in read(raw(changelog=newest), context).unseen, "one that is there is there, whatever else is held back"


def test_dependencies_in_a_field_are_all_read(raw: Raw, context: Context) -> None:
    text = "https://azure.example/meridian/_workitems/edit/5, https://meridian.example/browse/PAY-3"
    assert read(raw(customfield_10110=text), context).links == (Link(Relation.DEPENDS_ON, "ado:5"), Link(Relation.DEPENDS_ON, "jira:PAY-3"))


def test_labels_with_the_prefix_name_themes(raw: Raw, context: Context) -> None:
    item = read(raw(labels=["theme:trust", "chore"]), context)
    assert item.themes == ("trust",)
    assert item.labels == ("theme:trust", "chore")


def test_a_flag_blocks_and_dates_are_days(raw: Raw, context: Context) -> None:
    item = read(raw(customfield_10021=[{"value": "Impediment"}], duedate="2026-12-01"), context)
    assert item.blocked
    assert item.due_on == date(2026, 12, 1)


def test_transitions_begin_with_the_creation_and_skip_moves_within_a_stage(raw: Raw, context: Context) -> None:
    newest_first = log(moved("2026-09-10T10:00:00Z", "3", "4"), moved("2026-09-05T10:00:00Z", "1", "3"))
    item = read(raw(status=status("4"), changelog=newest_first), context)
    assert item.transitions == (
        Transition(datetime(2026, 9, 1, 8, 0, tzinfo=UTC), Stage.ANALYSIS),
        Transition(datetime(2026, 9, 5, 10, 0, tzinfo=UTC), Stage.IN_PROGRESS),
        Transition(datetime(2026, 9, 10, 10, 0, tzinfo=UTC), Stage.VALIDATING),
    )


def test_a_part_of_the_changelog_tells_the_entry_into_the_present_state(raw: Raw, context: Context) -> None:
    part = log(moved("2026-09-05T10:00:00Z", "1", "3"), total=300)
    assert [one.stage for one in read(raw(changelog=part), context).transitions] == [Stage.IN_PROGRESS]
    silent = log(change("2026-09-05T10:00:00Z", person("Ada"), field="summary", fieldId="summary"), total=300)
    assert "transitions" in read(raw(changelog=silent), context).unseen


def test_without_a_changelog_its_facts_are_unseen(raw: Raw, context: Context) -> None:
    bare = raw()
    del bare["changelog"]
    assert {"transitions", "last_human_change_at"} <= read(bare, context).unseen


def test_a_changelog_that_contradicts_the_state_is_not_believed(raw: Raw, context: Context) -> None:
    item = read(raw(status=status("5"), changelog=log(moved("2026-09-05T10:00:00Z", "1", "3"))), context)
    assert item.transitions == ()
    assert "transitions" in item.unseen


def test_machines_do_not_count_as_people(raw: Raw, context: Context) -> None:
    us = {"accountId": ME, "displayName": "SafeSync", "accountType": "atlassian"}
    histories = log(
        change("2026-09-09T10:00:00Z", us, field="labels", fieldId="labels"),
        change("2026-09-08T10:00:00Z", person("Deployer"), field="Workflow"),
        change("2026-09-07T10:00:00Z", person("Automation", "app"), field="summary", fieldId="summary"),
        change("2026-09-03T10:00:00Z", person("Ada"), field="summary", fieldId="summary"),
    )
    assert read(raw(changelog=histories), context).last_human_change_at == datetime(2026, 9, 3, 10, 0, tzinfo=UTC)


def test_a_persons_comment_is_a_persons_change(raw: Raw, context: Context) -> None:
    said = {"created": "2026-09-15T10:00:00Z", "updated": "2026-09-16T10:00:00Z", "author": person("Ada"), "updateAuthor": person("Ada")}
    ours = {
        "created": "2026-09-18T10:00:00Z",
        "updated": "2026-09-18T10:00:00Z",
        "author": {"accountId": ME},
        "updateAuthor": {"accountId": ME},
    }
    item = read(raw(comment={"comments": [said, ours], "total": 2}), context)
    assert item.last_human_change_at == datetime(2026, 9, 16, 10, 0, tzinfo=UTC)


def test_a_word_to_us_is_neither_a_change_nor_a_reason_and_one_with_a_reason_is(raw: Raw, context: Context) -> None:
    def item(*texts: str, total: int | None = None) -> Item:
        said = [
            {
                "id": str(day),
                "created": f"2026-09-{day}T10:00:00Z",
                "updated": f"2026-09-{day}T11:00:00Z",
                "author": person("Ada"),
                "updateAuthor": person("Ada"),
                "body": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]},
            }
            for day, text in enumerate(texts, 15)
        ]
        return read(raw(labels=["blocked"], comment={"comments": said, "total": total or len(said)}), context)

    assert item("We wait.", "safesync recheck").last_human_change_at == datetime(2026, 9, 15, 11, 0, tzinfo=UTC)
    assert item("We wait.", "safesync recheck").commented_at == datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
    assert item("safesync explain").commented_at is None
    assert "commented_at" not in item("safesync explain").unseen
    assert {"commented_at", "last_human_change_at"} <= item("safesync explain", total=40).unseen
    waived = item("safesync waive TM110 until 2099-01-15: waiting for the vendor")
    assert (waived.last_human_change_at, waived.commented_at) == (
        datetime(2026, 9, 15, 11, 0, tzinfo=UTC),
        datetime(2026, 9, 15, 10, 0, tzinfo=UTC),
    )


def test_when_the_newest_comments_are_not_shown_nobody_is_called_idle(raw: Raw, context: Context) -> None:
    said = {"created": "2026-09-15T10:00:00Z", "author": person("Ada")}
    item = read(raw(comment={"comments": [said], "total": 40}), context)
    assert item.last_human_change_at is None
    assert "last_human_change_at" in item.unseen


def test_histories_that_are_held_back_make_nobody_look_idle(raw: Raw, context: Context) -> None:
    robot = person("Automation", "app")
    newest = (change("2026-09-19T10:00:00Z", robot, field="Rank"), change("2026-09-18T10:00:00Z", robot, field="Rank"))
    part = read(raw(changelog=log(*newest, total=90)), context)
    assert part.last_human_change_at is None
    assert "last_human_change_at" in part.unseen
    said = {"created": "2026-09-18T12:00:00Z", "author": person("Ada")}
    later = read(raw(changelog=log(*newest, total=90), comment={"comments": [said], "total": 1}), context)
    assert later.last_human_change_at == datetime(2026, 9, 18, 12, 0, tzinfo=UTC)
    assert read(raw(changelog=log(*newest)), context).last_human_change_at == datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_a_persons_change_that_made_the_last_update_is_told_whatever_is_held_back(raw: Raw, context: Context) -> None:
    changed = log(change("2026-09-20T10:00:00.000+0200", person("Ada"), field="summary", fieldId="summary"))
    shown = {"created": "2026-09-15T10:00:00Z", "author": person("Ada")}
    item = read(raw(changelog=changed, comment={"comments": [shown], "total": 40}), context)
    assert item.last_human_change_at == item.updated_at


@pytest.mark.parametrize("name", ["summary", "status", "issuetype", "project", "created", "updated"])
def test_an_issue_without_what_every_item_has_is_refused_by_name(name: str, raw: Raw, context: Context) -> None:
    assert translate.issue(raw(without=(name,)), context) == Refusal("1001", f"field {name} is not visible")


def test_an_odd_shape_is_refused_with_the_name_of_its_field(raw: Raw, context: Context) -> None:
    found = translate.issue(raw(issuelinks=[17]), context)
    assert found == Refusal("1001", "field issuelinks has a shape that SafeSync does not know")


SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text("ab:/[]=,1", max_size=8)
NAMES = st.sampled_from(["id", "name", "value", "type", "content", "key", "x"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6)
FIELDS = ["summary", "status", "issuetype", "project", "labels", "comment", "customfield_10020", "customfield_10108", "parent"]


@given(st.dictionaries(st.sampled_from(FIELDS), VALUES))
def test_no_value_makes_translation_fail(odd: dict[str, Any]) -> None:
    good = {
        "summary": "x",
        "status": status("3"),
        "issuetype": {"id": "11", "name": "Story"},
        "project": {"key": "PAY"},
        "created": "2026-09-01T10:00:00Z",
        "updated": "2026-09-01T10:00:00Z",
        "labels": [],
    }
    located = Located({"sprint": ("customfield_10020",), "parent": ("customfield_10108",)})
    context = Context("jira", "https://meridian.example", Mapping(), metadata=Metadata(located=located))
    found = translate.issue({"id": "1", "key": "PAY-1", "fields": good | odd}, context)
    assert isinstance(found, Item) or found.reason
