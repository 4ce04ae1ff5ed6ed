"""What a work item means."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from ado_wire import Shared, load
from hypothesis import given
from hypothesis import strategies as st

from safesync.connectors.azure import values
from safesync.connectors.azure.context import Context, Metadata, TypeKnowledge, chosen, context_of
from safesync.connectors.azure.history import History
from safesync.connectors.azure.translate import work_item
from safesync.connectors.mapping import FieldChoice, FieldName, Mapping
from safesync.connectors.port import Addresses, Refusal
from safesync.model.item import Item, Kind, Link, Markup, Relation, RichText, Stage, Transition, WorkClass

STATES = {
    "new": "Proposed",
    "ready for pi": "Proposed",
    "active": "InProgress",
    "resolved": "Resolved",
    "closed": "Completed",
    "removed": "Removed",
}
NAMES = {
    "Microsoft.VSTS.Common.AcceptanceCriteria": "Acceptance Criteria",
    "Microsoft.VSTS.Scheduling.StoryPoints": "Story Points",
    "Microsoft.VSTS.Scheduling.Effort": "Effort",
    "Microsoft.VSTS.Common.BusinessValue": "Business Value",
    "Microsoft.VSTS.Common.TimeCriticality": "Time Criticality",
    "Microsoft.VSTS.Scheduling.StartDate": "Start Date",
    "Microsoft.VSTS.Scheduling.TargetDate": "Target Date",
    "Custom.BenefitHypothesis": "Benefit Hypothesis",
    "Custom.RROEValue": "RR/OE Value",
    "Custom.WorkCategory": "Work Category",
    "Custom.JiraParent": "Jira parent",
    "Custom.Developer": "Developer",
}
MAPPING = Mapping(
    fields={
        "benefit": (FieldChoice(name="benefit hypothesis"),),
        "risk_reduction": (FieldChoice(id="Custom.RROEValue"),),
        "work_class": (FieldChoice(name="Work Category"),),
        "parent": (FieldChoice(id="custom.jiraparent"),),
        "epic_owner": (FieldChoice(id="Custom.EpicOwner"),),
    },
    stages={Stage.READY: ("Ready for PI",)},
    work_class={WorkClass.TECH_DEBT: ("Refactoring",), WorkClass.COMPLIANCE: ("reg",)},
    links={Relation.DEPENDS_ON: ("depends on",), Relation.EVIDENCE: ("Affects",)},
)


def context(mapping: Mapping = MAPPING, **changes: object) -> Context:
    every = frozenset(NAMES) | {"Microsoft.VSTS.Common.ValueArea"}
    without_points = every - {"Microsoft.VSTS.Scheduling.StoryPoints"}
    metadata = Metadata(
        projects=("Payments",),
        types={
            "payments/feature": TypeKnowledge("Microsoft.VSTS.WorkItemTypes.Feature", STATES, without_points),
            "payments/epic": TypeKnowledge("Microsoft.VSTS.WorkItemTypes.Epic", STATES, without_points),
            "payments/user story": TypeKnowledge("Microsoft.VSTS.WorkItemTypes.UserStory", STATES, every),
            "payments/task": TypeKnowledge("Microsoft.VSTS.WorkItemTypes.Task", STATES, frozenset()),
        },
        choices=chosen(mapping, NAMES),
        formats={"Custom.BenefitHypothesis": "plainText"},
        iterations=frozenset({"payments\\pi 26.4\\iteration 26.4.3", "payments\\sprint 9"}),
        paths=frozenset(
            {"payments", "payments\\pi 26.4", "payments\\pi 26.4\\iteration 26.4.3", "payments\\sprint 9", "payments\\payments\\falcon"}
        ),
        owners={"payments\\payments": "Payments"},
    )
    addresses = Addresses((("ado", "https://dev.azure.com/meridian"), ("jira", "https://meridian.test/jira")))
    return Context("ado", "https://dev.azure.com/meridian", metadata, mapping, addresses, frozenset({"bot-id", "pipeline"}), **changes)


def raw(
    type_name: str = "User Story", relations: list[dict[str, object]] | None = None, formats: dict[str, str] | None = None, **fields: object
) -> dict[str, object]:
    named = {
        "System.TeamProject": "Payments",
        "System.WorkItemType": type_name,
        "System.State": "Active",
        "System.CreatedDate": "2026-03-31T18:36:26.23Z",
        "System.ChangedDate": "2026-11-20T08:00:00Z",
        "System.ChangedBy": {"id": "person-id", "displayName": "Anna Example"},
        "System.Title": "Receipts",
        "System.AreaPath": "Payments\\Payments\\Falcon",
        "System.IterationPath": "Payments\\PI 26.4\\Iteration 26.4.3",
    }
    named |= {name.replace("__", "."): value for name, value in fields.items()}
    return {"id": 412, "rev": 7, "fields": named, "relations": relations or [], "multilineFieldsFormat": formats or {}}


def read(*args: object, mapping: Mapping = MAPPING, **kwargs: object) -> Item:
    item = work_item(raw(*args, **kwargs), context(mapping))
    assert isinstance(item, Item), item
    return item


def test_a_story_has_its_names_places_and_times():
    item = read(System__AssignedTo={"displayName": "Anna Example", "id": "a"}, System__Tags="theme:trust; ui")
    assert (item.uid, item.key, item.native_id, item.revision) == ("ado:412", "412", "412", "7")
    assert item.url == "https://dev.azure.com/meridian/Payments/_workitems/edit/412"
    assert (item.kind, item.native_type, item.stage, item.native_state) == (Kind.STORY, "User Story", Stage.IN_PROGRESS, "Active")
    assert (item.team, item.train, item.owner) == ("Falcon", "Payments", "Anna Example")
    assert (item.iteration, item.interval) == ("ado:iteration:Payments\\PI 26.4\\Iteration 26.4.3", "PI 26.4")
    assert (item.labels, item.themes) == (("theme:trust", "ui"), ("trust",))
    assert item.created_at == datetime(2026, 3, 31, 18, 36, 26, 230000, UTC)


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("New", Stage.FUNNEL),
        ("Ready for PI", Stage.READY),
        ("Active", Stage.IN_PROGRESS),
        ("RESOLVED", Stage.VALIDATING),
        ("Closed", Stage.DONE),
        ("Removed", Stage.CANCELLED),
    ],
)
def test_a_state_is_read_by_the_mapping_then_by_its_category(state: str, stage: Stage):
    assert read(System__State=state).stage is stage


def test_a_second_proposed_state_is_analysis():
    assert read(mapping=Mapping(), System__State="Ready for PI").stage is Stage.ANALYSIS


def test_a_state_that_nobody_knows_is_unseen_not_guessed():
    item = read(System__State="Parked")
    assert "stage" in item.unseen


def test_an_item_on_the_planning_interval_itself_has_no_iteration():
    item = read(System__IterationPath="Payments\\PI 26.4")
    assert (item.iteration, item.interval) == (None, "PI 26.4")
    assert "iteration" not in item.unseen


def test_an_item_on_the_project_s_own_iteration_is_not_planned():
    item = read(System__IterationPath="Payments")
    assert (item.iteration, item.interval) == (None, None)


def test_a_path_that_the_site_did_not_show_leaves_the_iteration_unseen():
    item = read(System__IterationPath="Payments\\PI 27.1\\Iteration 27.1.1")
    assert "iteration" in item.unseen
    assert item.interval == "PI 27.1"


def test_an_item_on_the_train_s_own_node_belongs_to_the_team_that_owns_it():
    item = read("Feature", System__AreaPath="Payments\\Payments")
    assert (item.team, item.train) == ("Payments", "Payments")


def test_an_item_on_the_project_s_own_node_belongs_to_nobody():
    item = read(System__AreaPath="Payments")
    assert (item.team, item.train) == (None, None)


def test_with_depth_zero_the_project_is_the_train():
    item = read(mapping=Mapping(train_depth=0, team_depth=1), System__AreaPath="Payments\\Falcon")
    assert (item.team, item.train) == ("Falcon", "Payments")


def test_a_field_left_out_of_the_answer_is_empty_where_the_type_has_it():
    item = read()
    assert item.acceptance is None
    assert item.points is None
    assert item.unseen == {"due_on", "transitions", "attachments", "criteria_editor", *Mapping().unmapped}


def test_a_field_that_the_type_does_not_have_is_unseen():
    item = read("Task")
    assert {"acceptance", "points", "business_value", "benefit", "target_end"} <= item.unseen


def test_a_field_mapped_to_one_that_the_site_lacks_is_unseen():
    item = read(mapping=Mapping(fields={"points": (FieldChoice(name="Storypunkte"),)}), Microsoft__VSTS__Scheduling__StoryPoints=5)
    assert item.points is None
    assert "points" in item.unseen


def test_a_field_of_which_an_administrator_says_that_there_is_none_is_empty():
    item = read(mapping=Mapping(fields={"controls": (), "hypothesis": ()}))
    assert item.controls is None
    assert not {"controls", "hypothesis"} & item.unseen
    assert "horizon" in item.unseen, "nobody said anything of it"


def test_a_parent_field_mapped_to_nothing_makes_the_links_unseen():
    assert "links" in read(mapping=Mapping(fields={"parent": (FieldChoice(name="typo"),)})).unseen


def test_estimates_come_from_the_first_field_that_holds_one():
    assert read(Microsoft__VSTS__Scheduling__StoryPoints=5.0).points == 5
    assert read("Feature", Microsoft__VSTS__Scheduling__Effort=13).points == 13
    assert read("Feature", Microsoft__VSTS__Scheduling__Effort=13).job_size == 13
    assert read(Microsoft__VSTS__Scheduling__StoryPoints=0).points == 0


def test_the_parts_of_wsjf_are_read():
    item = read("Feature", Microsoft__VSTS__Common__BusinessValue=8, Microsoft__VSTS__Common__TimeCriticality=3.0, Custom__RROEValue="5")
    assert (item.business_value, item.time_criticality, item.risk_reduction) == (8, 3, 5)


def test_texts_carry_the_markup_that_the_site_says():
    item = read(
        formats={"System.Description": "markdown"},
        System__Description="# Why",
        Microsoft__VSTS__Common__AcceptanceCriteria="<ul><li>x</li></ul>",
        Custom__BenefitHypothesis="plain & simple",
    )
    assert item.description == RichText("# Why", Markup.MARKDOWN)
    assert item.acceptance == RichText("<ul><li>x</li></ul>", Markup.HTML)
    assert item.benefit == RichText("plain & simple", Markup.PLAIN)


@pytest.mark.parametrize(
    ("type_name", "fields", "expected"),
    [
        ("Feature", {"Microsoft__VSTS__Common__ValueArea": "Business"}, WorkClass.FEATURE),
        ("User Story", {"Microsoft__VSTS__Common__ValueArea": "Business"}, WorkClass.UNKNOWN),
        ("User Story", {"Microsoft__VSTS__Common__ValueArea": "Architectural"}, WorkClass.ENABLER),
        ("User Story", {"Microsoft__VSTS__Common__ValueArea": "Business", "System__Tags": "Enabler"}, WorkClass.ENABLER),
        ("User Story", {"Custom__WorkCategory": "Refactoring", "System__Tags": "enabler"}, WorkClass.TECH_DEBT),
        ("User Story", {"Custom__WorkCategory": "Maintenance"}, WorkClass.MAINTENANCE),
        ("User Story", {"System__Tags": "REG"}, WorkClass.COMPLIANCE),
        ("User Story", {}, WorkClass.UNKNOWN),
    ],
)
def test_the_work_class_is_the_field_s_the_tag_s_the_value_area_s(type_name: str, fields: dict[str, Any], expected: WorkClass):
    assert read(type_name, **fields).work_class is expected


def test_who_answers_for_an_item_may_be_written_in_the_old_way():
    assert read(System__AssignedTo="Person 12 <person12@example.com>").owner == "Person 12"
    assert read().owner is None


def test_a_mapped_field_names_who_works_on_it_where_nobody_is_assigned():
    mapping = MAPPING.model_copy(update={"fields": {**MAPPING.fields, "owner": (FieldChoice(id="Custom.Developer"),)}})
    pair = {"displayName": "Grace", "id": "g"}
    assert read(Custom__Developer=pair, mapping=mapping).owner == "Grace"
    assert read(Custom__Developer=pair, System__AssignedTo="Ada", mapping=mapping).owner == "Ada"


@pytest.mark.parametrize(("inactive", "left"), [({"inactive": True}, True), ({"inactive": False}, False), ({}, False)])
def test_an_owner_who_was_taken_out_of_the_organisation_has_left(inactive: dict[str, bool], left: bool):
    item = read(System__AssignedTo={"displayName": "Anna Example", "id": "a", **inactive})
    assert (item.owner, item.owner_left) == ("Anna Example", left)


def relation(rel: str, url: str, **attributes: object) -> dict[str, object]:
    return {"rel": rel, "url": url, "attributes": attributes}


def test_relations_become_links_in_their_direction():
    api = "https://dev.azure.com/meridian/_apis/wit/workItems"
    item = read(
        System__Parent=400,
        Custom__JiraParent="https://meridian.test/jira/browse/PORT-1",
        relations=[
            relation("System.LinkTypes.Hierarchy-Reverse", f"{api}/400", name="Parent"),
            relation("System.LinkTypes.Hierarchy-Forward", f"{api}/500", name="Child"),
            relation("System.LinkTypes.Dependency-Reverse", f"{api}/401", name="Predecessor"),
            relation("System.LinkTypes.Dependency-Forward", f"{api}/402", name="Successor"),
            relation("Microsoft.VSTS.Common.Affects-Forward", f"{api}/403", name="Affects"),
            relation("Hyperlink", "https://meridian.test/jira/browse/PAY-12", comment="Depends on"),
            relation("Hyperlink", "https://meridian.test/jira/browse/PAY-13", comment="see also"),
            relation("Hyperlink", "https://elsewhere.test/browse/PAY-14", comment="depends on"),
            relation("ArtifactLink", "vstfs:///Git/Commit/1", name="Fixed in Commit"),
        ],
    )
    assert item.links == (
        Link(Relation.PARENT, "ado:400"),
        Link(Relation.DEPENDS_ON, "ado:401"),
        Link(Relation.EVIDENCE, "ado:403"),
        Link(Relation.DEPENDS_ON, "jira:PAY-12"),
        Link(Relation.PARENT, "jira:PORT-1"),
    )


def test_tests_are_told_from_what_they_test():
    api = "https://dev.azure.com/meridian/_apis/wit/workItems"
    item = read(
        relations=[
            relation("Microsoft.VSTS.Common.TestedBy-Forward", f"{api}/701", name="Getestet von"),
            relation("Microsoft.VSTS.Common.TestedBy-Reverse", f"{api}/702", name="Tests"),
        ]
    )
    assert item.links == (Link(Relation.TESTED_BY, "ado:701"), Link(Relation.TESTS, "ado:702"))


def test_what_hangs_on_an_item_is_evidence_by_its_kind():
    artifacts = (
        "Git/Commit/repo%2Fproject%2F1",
        "Git/PullRequestId/p%2Fr%2F7",
        "Git/Ref/p%2Fr%2FGBmain",
        "VersionControl/Changeset/12",
        "Build/Build/88",
        "TestManagement/TcmResult/1.2",
        "Wiki/WikiPage/p%2Fw%2FHome",
        "Unheard/Of/1",
    )
    item = read(
        relations=[
            *(relation("ArtifactLink", f"vstfs:///{address}", name="Fixed in Commit") for address in artifacts),
            relation("AttachedFile", "https://dev.azure.com/meridian/_apis/wit/attachments/1", name="signed.pdf"),
            relation("Hyperlink", "https://meridian.test/wiki/1", comment="see also"),
            relation("Hyperlink", "https://meridian.test/jira/browse/PAY-12", comment="Depends on"),
        ]
    )
    assert {one.kind.value: one.count for one in item.evidence} == {
        "attachment": 1,
        "commit": 2,
        "pull_request": 1,
        "build": 1,
        "test_result": 1,
        "page": 1,
        "web_link": 1,
    }
    assert not item.unseen & {"evidence", "tests"}
    assert read().evidence == ()


@pytest.mark.parametrize("stored", ["2026-12-11T00:00:00Z", "2026-12-10T23:00:00Z", "2026-12-11T05:00:00Z", "2026-12-10T13:00:00Z"])
def test_a_day_is_the_one_the_planner_chose_in_any_zone(stored: str):
    assert read("Feature", Microsoft__VSTS__Scheduling__TargetDate=stored).target_end == date(2026, 12, 11)


def test_the_swimlane_and_the_names_of_files_are_read():
    assert read(System__BoardLane="Expedite").board_lane == "Expedite"
    assert read().board_lane is None
    files = [{"rel": "AttachedFile", "url": "x", "attributes": {"name": "LBC.pdf"}}, {"rel": "AttachedFile", "url": "y"}]
    assert read("Epic", relations=files).attachments == ("LBC.pdf",)
    assert "attachments" not in read("Epic").unseen
    assert "attachments" in read(relations=files).unseen, "of a story nobody asks for a document"


def test_since_when_it_is_blocked_only_a_history_tells():
    since = datetime(2026, 11, 3, 10, tzinfo=UTC)
    blocked = raw(System__Tags="Blocked")
    told = work_item(blocked, context(), History((), None, since))
    assert isinstance(told, Item)
    assert (told.blocked_since, "blocked_since" in told.unseen) == (since, False)
    assert "blocked_since" in read(System__Tags="Blocked").unseen
    assert "blocked_since" not in read().unseen


def test_blocked_is_a_field_a_tag_or_the_name_of_a_state():
    assert read(System__State="Blocked").blocked
    assert read(Microsoft__VSTS__CMMI__Blocked="Yes").blocked
    assert read(System__Tags="Blocked; x").blocked
    assert not read(System__Tags="unblocked").blocked


def test_without_a_history_the_present_state_s_date_is_the_one_transition():
    item = read(Microsoft__VSTS__Common__StateChangeDate="2026-11-01T10:00:00.5Z")
    assert item.transitions == (Transition(datetime(2026, 11, 1, 10, tzinfo=UTC), Stage.IN_PROGRESS),)


@pytest.mark.parametrize("who", [{"id": "BOT-ID"}, {"displayName": "Pipeline", "id": "x"}, "Pipeline <p@example.test>"])
def test_a_change_by_a_bot_is_none_of_a_person(who: Any):
    item = read(System__ChangedBy=who)
    assert item.last_human_change_at is None
    assert "last_human_change_at" in item.unseen


@pytest.mark.parametrize(
    ("type_name", "types", "kind"),
    [
        ("Epic", {}, Kind.EPIC),
        ("Product Backlog Item", {}, Kind.STORY),
        ("Enabler", {Kind.STORY: ("enabler",)}, Kind.STORY),
        ("Feature", {Kind.CAPABILITY: ("Microsoft.VSTS.WorkItemTypes.Feature",)}, Kind.CAPABILITY),
        ("Something Else", {}, Kind.OTHER),
    ],
)
def test_the_kind_is_the_mapping_s_else_the_processes(type_name: str, types: dict[Kind, tuple[str, ...]], kind: Kind):
    assert read(type_name, mapping=Mapping(types=types)).kind is kind


def test_an_issue_is_a_story_only_in_the_basic_process():
    assert read("Issue").kind is Kind.OTHER
    basic = context_of([raw("Issue")])
    item = work_item(raw("Issue"), basic)
    assert isinstance(item, Item)
    assert item.kind is Kind.STORY


def test_ranks_compare_as_text_as_they_do_as_numbers():
    ranks = [read(Microsoft__VSTS__Common__StackRank=rank).rank or "" for rank in (9.5, 10, 1999999999)]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("name", ["System.State", "System.CreatedDate", "System.WorkItemType", "System.TeamProject"])
def test_an_item_without_what_is_needed_is_refused_by_name(name: str):
    one = raw()
    del one["fields"][name]
    assert work_item(one, context()) == Refusal("412", f"it has no {name}")


@pytest.mark.parametrize(
    "one",
    [
        {},
        {"id": 1},
        {"id": 1, "fields": None},
        raw(System__CreatedDate="yesterday"),
        raw(Microsoft__VSTS__Scheduling__StoryPoints="many"),
        raw(relations=[None]),
    ],
)
def test_a_broken_item_is_refused_not_raised(one: dict[str, Any]):
    assert isinstance(work_item(one, context()), Refusal)


_VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.dictionaries(st.text(), st.text())


@given(
    st.dictionaries(st.sampled_from([*raw()["fields"], *NAMES, "System.Tags", "System.Parent", "System.AssignedTo"]), _VALUES),
    st.lists(_VALUES),
)
def test_whatever_stands_in_an_item_it_is_read_or_refused(fields: dict[str, Any], relations: list[Any]):
    one = raw()
    one["fields"].update(fields)
    one["relations"] = relations
    assert isinstance(work_item(one, context()), Item | Refusal)


@pytest.mark.shared
def test_1835_real_items_are_read_or_refused_by_name(shared: Shared):
    items, refused = [], []
    for backlog in sorted(shared("data/azure-devops/exported-backlogs").iterdir()):
        files = [*backlog.glob("WorkItems/*.json"), *backlog.glob("*fromTemplate.json")] if backlog.is_dir() else []
        raws = [one for file in files for one in load(file).get("value") or () if "fields" in one]
        site = context_of(raws)
        for one in raws:
            read_one = work_item(one, site)
            (items if isinstance(read_one, Item) else refused).append(read_one)
    assert len(items) + len(refused) == 1835
    # Five were written by hand into their templates, without dates.
    assert {one.reason for one in refused} == {"it has no System.CreatedDate", "it has no System.ChangedDate"}
    assert len(refused) == 5
    assert sum(bool(item.links) for item in items) > 800
    assert all("acceptance" in item.unseen for item in items)
    assert not any("stage" in item.unseen for item in items)


@pytest.mark.shared
def test_the_work_items_of_real_recordings_are_read(shared: Shared):
    samples = shared("data/azure-devops/recordings/samples")
    body = load(samples / "wit_get_expand_all_child_with_parent.json")["response"]["body"]
    item = work_item(body, context_of([body], tracker="ado"))
    assert isinstance(item, Item)
    assert item.links == (Link(Relation.PARENT, f"ado:{body['fields']['System.Parent']}"),)
    assert (item.kind, item.stage) == (Kind.TASK, Stage.FUNNEL)
    assert item.last_human_change_at is not None


@pytest.mark.parametrize(
    ("name", "shown", "value"),
    [
        ("cost_estimate", 1200, 1200.0),
        ("horizon", "H2", "H2"),
        ("approver", {"displayName": "Nadia Roth", "uniqueName": "n@meridian.example"}, "Nadia Roth"),
        ("approved_on", "2026-09-29T22:00:00Z", date(2026, 9, 30)),
        ("committed", True, True),
        ("committed", "stretch", False),
        ("hypothesis", "<p>For payers</p>", RichText("<p>For payers</p>", Markup.HTML)),
        ("mvp", None, None),
    ],
)
def test_a_field_that_few_keep_is_read_by_its_form_where_it_is_mapped(name: FieldName, shown: object, value: object):
    place = "Microsoft.VSTS.Common.AcceptanceCriteria"
    item = read(mapping=Mapping(fields={name: (FieldChoice(id=place),)}), Microsoft__VSTS__Common__AcceptanceCriteria=shown)
    assert getattr(item, name) == value
    assert name not in item.unseen
    assert item.unseen >= Mapping().unmapped - {name}


@pytest.mark.parametrize(("told", "due"), [("9999-12-31T23:59:59Z", date(9999, 12, 31)), ("0001-01-01T00:00:00+01:00", date(1, 1, 1))])
def test_a_date_at_the_end_of_time_is_a_date(told: str, due: date):
    assert values.day(told) == due


def test_when_somebody_wrote_a_comment_no_work_item_tells():
    assert "commented_at" not in read(System__Tags="Blocked", System__CommentCount=0).unseen, "where there is none, nobody did"
    assert "commented_at" in read(System__Tags="Blocked", System__CommentCount=1).unseen
    assert "commented_at" not in read(System__CommentCount=1).unseen, "of what is not blocked nobody asks"
