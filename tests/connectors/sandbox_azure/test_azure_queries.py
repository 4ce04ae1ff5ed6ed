from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests
from azure.devops.v7_1.work_item_tracking.models import TeamContext, Wiql
from azure_world import World

TODAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
PARENT = "System.LinkTypes.Hierarchy-Reverse"


def _days_ago(days: int) -> datetime:
    return TODAY - timedelta(days=days)


def _refused(answer: requests.Response, *words: str) -> bool:
    message = answer.json()["message"]
    return answer.status_code == 400 and all(word in message for word in words)


def test_the_client_package_gets_ids_only_whatever_it_selects(world: World):
    item = world.story()
    query = Wiql(query="select [System.Id], [System.Title] from WorkItems where [System.TeamProject] = @project")
    result = world.client().get_work_item_tracking_client().query_by_wiql(query, TeamContext(project="Payments"), time_precision=True)
    assert ([row.id for row in result.work_items], [column.name for column in result.columns]) == ([item.id], ["ID", "Title"])
    assert result.as_of > TODAY


@pytest.fixture
def three(world: World):
    one = world.story("Pay it's due", _days_ago(30), fields={"System.Tags": "red; deep red", "Microsoft.VSTS.Scheduling.StoryPoints": 3})
    two = world.story("Refund", _days_ago(20), fields={"System.State": "Active", "System.AreaPath": "Payments\\Payments\\Heron"})
    three = world.story(
        "A big thing", _days_ago(10), kind="Feature", fields={"System.AreaPath": "Payments\\Payments", "System.AssignedTo": "Ada Amber"}
    )
    return one.id, two.id, three.id


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        ("[System.Title] = 'pay IT''s due'", [0]),
        ("[System.Title] contains 'und'", [1]),
        ("[System.Title] not contains 'und'", [0, 2]),
        ("[System.Tags] CONTAINS 'Red'", [0]),
        ("[System.Tags] CONTAINS 'ed'", []),
        ("NOT [System.Tags] CONTAINS 'red'", [1, 2]),
        ("[System.State] <> 'New'", [1]),
        ("[System.State] IN ('new', 'Active') AND [System.WorkItemType] NOT IN ('Feature')", [0, 1]),
        ("[System.AreaPath] UNDER 'Payments\\Payments\\Heron' OR [System.WorkItemType] = 'Feature'", [1, 2]),
        ("[System.AreaPath] = 'Payments\\Payments'", [2]),
        ("[Microsoft.VSTS.Scheduling.StoryPoints] >= 3", [0]),
        ("[Story Points] IS EMPTY", [1, 2]),
        ("[Microsoft.VSTS.Scheduling.StoryPoints] IS NOT EMPTY", [0]),
        ("[System.AssignedTo] = 'ada@meridian.example'", [2]),
        ("[System.AssignedTo] <> @me", [0, 1, 2]),
        ("[System.ChangedDate] >= '2026-11-06'", [1, 2]),
        ("[System.ChangedDate] >= @today - 12", [2]),
        ("[System.CreatedDate] = '2026-11-06'", [1]),
        ("([System.Id] > 1 AND [System.Id] < 3) OR [System.Title] = 'none'", [1]),
    ],
)
def test_conditions_find_what_they_say(world: World, three: tuple[int, int, int], condition: str, places: list[int]):
    assert world.found(condition) == [three[place] for place in places]


def test_dates_are_days_unless_precision_is_asked_for(world: World, three: tuple[int, int, int]):
    noon = "[System.ChangedDate] > '2026-11-06T09:00:00Z'"
    answer = world.wiql(f"SELECT [System.Id] FROM WorkItems WHERE {noon}")
    assert _refused(answer, "You cannot supply a time with the date when running a query using date precision.", "System.ChangedDate")
    assert world.found(noon, timePrecision="true") == [three[1], three[2]]
    assert world.found("[System.ChangedDate] > '2026-11-06T09:30:00Z'", timePrecision="true") == [three[2]]
    assert world.found("[System.ChangedDate] > '2026-11-06'") == [three[2]]


def test_the_order_is_by_id_unless_asked_otherwise_and_top_cuts_it(world: World, three: tuple[int, int, int]):
    assert world.found("[System.Id] > 0 ORDER BY [System.CreatedDate] DESC") == list(three[::-1])
    assert world.found("[System.Id] > 0 ORDER BY [System.WorkItemType], [System.Id] desc") == [three[2], three[1], three[0]]
    assert world.found("[System.Id] > 0", **{"$top": 2}) == list(three[:2])


def test_the_past_can_be_asked(world: World, three: tuple[int, int, int]):
    item = world.organisation.items[three[0]]
    world.patch(item, ("add", "/fields/System.State", "Closed"))
    assert world.found("[System.State] = 'Closed'") == [three[0]]
    assert world.found("[System.State] = 'Closed' ASOF '2026-11-20'") == []
    assert world.found("[System.State] = 'New' ASOF '2026-11-01'") == [three[0]]


def test_too_many_results_are_an_error_and_no_shorter_list(world: World, three: tuple[int, int, int]):
    world.organisation.manners.result_limit = 2
    answer = world.wiql("SELECT [System.Id] FROM WorkItems")
    assert _refused(answer, "VS402337: The number of work items returned exceeds the size limit of 2.")
    assert world.found("[System.Id] > 0", **{"$top": 2}) == list(three[:2])
    assert world.found("[System.Id] > 1") == list(three[1:])


def test_deleted_and_hidden_items_are_silently_missing(world: World, three: tuple[int, int, int]):
    world.ask("DELETE", f"_apis/wit/workitems/{three[0]}")
    assert world.found("[System.Id] > 0") == list(three[1:])
    world.project.permissions.read = False
    assert world.found("[System.Id] > 0", scope="") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT [System.Id] FROM WorkItems WHERE [Custom.Nothing] = 1", ["TF51005", "Custom.Nothing"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'it's'", ["Expecting closing quote."]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.State] WAS EVER 'New'", ["not played"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.Title] CONTAINS WORDS 'x'", ["not played"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.IterationPath] = @currentIteration", ["macro"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.AreaPath] UNDER 'Payments\\Nowhere'", ["TF51011"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.Id] = 'many'", ["number"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.Id] =", ["value"]),
        ("SELECT [System.Id] FROM Somewhere", ["FROM"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.Id] > 1 GROUP BY [System.Id]", ["not understood"]),
        ("FROM WorkItems", ["SELECT"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [Source].[System.Id] > 1", ["mixed"]),
        ("SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] > 1 MODE (Recursive)", ["MustContain"]),
        ("SELECT [System.Id] FROM WorkItems WHERE [System.Title] = '" + "x" * 32_000 + "'", ["32000"]),
    ],
)
def test_what_is_wrong_or_not_played_is_refused_aloud(world: World, text: str, words: list[str]):
    assert _refused(world.wiql(text), *words)


def test_a_query_without_a_project_has_no_project_to_name(world: World):
    assert _refused(world.wiql("SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project", scope=""), "@project")


def test_links_are_asked_from_source_to_target(world: World, three: tuple[int, int, int]):
    one, two, feature = (world.organisation.items[number] for number in three)
    world.organisation.link(one, PARENT, feature)
    world.organisation.link(two, PARENT, feature)
    world.organisation.link(one, "System.LinkTypes.Related", two)
    text = (
        "SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.WorkItemType] = 'Feature' AND "
        "[System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' AND Target.[System.State] <> 'Removed' MODE (MustContain)"
    )
    body = world.wiql(text).json()
    assert (body["queryType"], body["queryResultType"]) == ("oneHop", "workItemLink")
    rows = [(row.get("rel"), row.get("source", {}).get("id"), row["target"]["id"]) for row in body["workItemRelations"]]
    forward = "System.LinkTypes.Hierarchy-Forward"
    assert rows == [(None, None, feature.id), (forward, feature.id, one.id), (forward, feature.id, two.id)]
