"""What a site says of itself."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from ado_meridian import TRAIN, Meridian, denied
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from safesync.connectors.azure import site
from safesync.connectors.azure.cursor import cursor_of
from safesync.connectors.port import Surroundings
from safesync.connectors.sandbox.azure.editions import SERVER_2020, SERVER_2022, SERVER_2022_1, SERVICES, Edition
from safesync.connectors.sandbox.azure.teams import Column
from safesync.connectors.sandbox.faults import Fault, broken, calls
from safesync.jobs.pull import with_known
from safesync.model.item import Stage
from safesync.model.organisation import BoardColumn

EVERYWHERE = [SERVICES, SERVER_2022_1, SERVER_2022, SERVER_2020]


def edition_name(edition: Edition) -> str:
    return edition.name.rpartition(" ")[2]


def surroundings(meridian: Meridian) -> Surroundings:
    return next(page.surroundings for page in meridian.tracker().pull(None) if page.surroundings)


def test_a_server_that_leaves_the_states_out_of_the_types_is_asked_type_by_type(meridian: Meridian) -> None:
    def without_states(request: Request) -> Response:
        body = json.loads(request.state.answer.body)
        for each in body["value"]:
            del each["states"]
        return JSONResponse(body)

    meridian.add(fields={"System.State": "New"}, revisions=[(meridian.now, meridian.ada, {"System.State": "Resolved"})])
    meridian.organisation.faults.append(Fault(calls("GET", "workitemtypes$"), "after", without_states))
    (item,) = [item for page in meridian.tracker().pull(None) for item in page.items]
    assert item.stage is Stage.VALIDATING
    assert any("/states" in asked.path for asked in meridian.organisation.requests)


def test_teams_are_read_to_the_last_page(meridian: Meridian, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "_TEAMS_PAGE", 1)
    assert [team.name for team in surroundings(meridian).teams] == ["Payments", "Falcon"]


def test_columns_of_one_name_are_one_with_the_sum_of_their_limits(meridian: Meridian) -> None:
    boards = {
        "Stories": [Column("New"), Column("Active", 5), Column("Review", 2), Column("Closed")],
        "Features": [Column("New"), Column("Active", 3), Column("Review"), Column("Closed")],
    }
    meridian.organisation.add_team("Heron", f"{TRAIN}\\Heron", [], boards)
    columns = [column for column in surroundings(meridian).columns if column.team == "Heron"]
    assert columns == [
        BoardColumn("ado", "Heron", "New", None, active=False),
        BoardColumn("ado", "Heron", "Active", 8, active=True),
        BoardColumn("ado", "Heron", "Review", None, active=True),
        BoardColumn("ado", "Heron", "Closed", None, active=False),
    ]


def test_a_team_is_called_like_its_area_as_its_items_call_it(meridian: Meridian) -> None:
    meridian.organisation.add_team("Heron Team", f"{TRAIN}\\Heron", [], {"Stories": [Column("New"), Column("Closed")]})
    around = surroundings(meridian)
    assert "Heron" in {team.name for team in around.teams}
    assert "Heron" in {column.team for column in around.columns}


def test_a_train_s_node_that_two_teams_own_belongs_to_neither(meridian: Meridian) -> None:
    feature = meridian.add("Feature", area=TRAIN)
    meridian.organisation.add_team("Payments Two", TRAIN)
    (item,) = [item for page in meridian.tracker().pull(None) for item in page.items]
    assert (item.uid, item.team, item.train) == (f"ado:{feature.id}", None, "Payments")


def test_names_with_blanks_and_umlauts_are_asked_for_and_shown(meridian: Meridian) -> None:
    organisation = meridian.organisation
    organisation.add_project("Zahlungen Süd")
    organisation.add_area("Zahlungen Süd\\Zug 1\\Möwe & Co")
    organisation.add_team("Möwe & Co", "Zahlungen Süd\\Zug 1\\Möwe & Co", [], {"User Stories": [Column("New"), Column("Closed")]})
    story = meridian.add(area="Zahlungen Süd\\Zug 1\\Möwe & Co")
    tracker = meridian.tracker(("Zahlungen Süd",))
    assert tracker.identify().projects == ("Zahlungen Süd",)
    (item,) = [item for page in tracker.pull(None) for item in page.items]
    assert (item.team, item.train) == ("Möwe & Co", "Zug 1")
    assert item.url.endswith(f"/Zahlungen%20S%C3%BCd/_workitems/edit/{story.id}")
    tracker.change_labels(item.ref, ["grün & gut"], [])
    assert story.fields["System.Tags"] == "grün & gut"


def test_two_projects_are_read_as_one_tracker(meridian: Meridian) -> None:
    here, there = meridian.add(), meridian.add(area="Elsewhere")
    tracker = meridian.tracker(("Payments", "Elsewhere"))
    assert tracker.identify().projects == ("Payments", "Elsewhere")
    assert {item.uid for page in tracker.pull(None) for item in page.items} == {f"ado:{here.id}", f"ado:{there.id}"}


@pytest.mark.parametrize(("comment", "what"), [(True, "change tags"), (False, "comment or change tags")])
def test_of_two_projects_the_one_we_may_not_write_to_is_told(meridian: Meridian, comment: bool, what: str) -> None:
    permissions = meridian.organisation.project("Elsewhere").permissions
    permissions.edit, permissions.comment = False, comment
    identity = meridian.tracker(("Payments", "Elsewhere")).identify()
    assert (identity.may_label, "Elsewhere" in identity.may_comment) == ({"Payments"}, comment)
    assert identity.warnings == (f"The token may not {what} in Elsewhere: 'Edit work items in this node' is missing.",)


@pytest.mark.parametrize("reports", [True, False])
def test_a_project_that_is_hidden_after_we_were_let_in_is_told_and_the_other_is_read(meridian: Meridian, reports: bool) -> None:
    here, _ = meridian.add(), meridian.add(area="Elsewhere")
    if not reports:
        meridian.organisation.faults.append(Fault(calls("GET", "/reporting/"), "before", denied(403), times=10**6))
    tracker = meridian.tracker(("Payments", "Elsewhere"))
    tracker.identify()
    meridian.organisation.project("Elsewhere").permissions.read = False
    pages = list(tracker.pull(None))
    assert pages[-1].census == {f"ado:{here.id}"}
    assert [warning for warning in tracker.warnings if warning.startswith("Project Elsewhere was hidden from us while")]
    cursor = cursor_of(pages[-1].cursor)
    assert cursor is not None
    assert not cursor.covers(("Payments", "Elsewhere")), "shown again, it is read as a whole"


def test_a_project_that_vanishes_while_its_revisions_are_read_is_told_and_the_reports_still_count(meridian: Meridian) -> None:
    here, _ = meridian.add(), meridian.add(area="Elsewhere")
    meridian.organisation.faults.append(Fault(calls("GET", "/Elsewhere/_apis/wit/reporting/"), "before", denied(404)))
    tracker = meridian.tracker(("Payments", "Elsewhere"))
    tracker.identify()
    pages = list(tracker.pull(None))
    assert pages[-1].census == {f"ado:{here.id}"}
    assert len([warning for warning in tracker.warnings if "hidden" in warning or "reports" in warning]) == 1


@pytest.mark.parametrize("path", ["/_apis/projects/[^/]+$", "/teams", "/teamsettings/", "/boards"])
def test_a_token_for_work_items_alone_reads_all_that_it_may(meridian: Meridian, path: str) -> None:
    meridian.add()
    meridian.organisation.faults.append(Fault(calls("GET", path), "before", broken(401), times=10**6))
    pages = list(meridian.tracker().pull(None))
    assert pages[-1].census == {"ado:1"}


@pytest.mark.parametrize("meridian", EVERYWHERE, indirect=True, ids=edition_name)
@pytest.mark.parametrize("status", [403, 404])
@pytest.mark.parametrize("path", ["/boards$", "/teamsettings/teamfieldvalues$", "/boards/.+/columns$"])
def test_a_team_that_is_refused_costs_its_columns_and_nothing_else(meridian: Meridian, path: str, status: int) -> None:
    meridian.add()
    meridian.organisation.faults.append(Fault(calls("GET", path), "before", denied(status)))
    pages = list(meridian.tracker().pull(None))
    around = next(page.surroundings for page in pages if page.surroundings)
    assert {column.team for column in around.columns} == {"Falcon"}
    assert pages[-1].census == {"ado:1"}


@pytest.mark.parametrize("act", [broken(403), broken(500)], ids=["a page of a gateway", "Azure DevOps fails"])
def test_a_team_that_is_not_told_keeps_what_was_known_of_it_and_is_named(meridian: Meridian, act: Callable[[Request], Response]) -> None:
    meridian.add()
    tracker = meridian.tracker()
    before = next(page.surroundings for page in tracker.pull(None) if page.surroundings)
    meridian.organisation.faults.append(Fault(calls("GET", "/boards$"), "before", act, times=5))
    pages = list(tracker.pull(None))
    around = next(page.surroundings for page in pages if page.surroundings)
    assert not around.whole
    assert {column.team for column in around.columns} == {"Falcon"}
    kept = with_known(around, before)
    assert (set(kept.columns), set(kept.teams), kept.iterations) == (set(before.columns), set(before.teams), before.iterations)
    assert ["What was known of the team Payments in Payments stays." in warning for warning in tracker.warnings] == [True]
    assert pages[-1].census == {"ado:1"}


@pytest.mark.parametrize("meridian", EVERYWHERE, indirect=True, ids=edition_name)
def test_paths_iterations_columns_and_people_are_the_same_on_every_edition(meridian: Meridian) -> None:
    around = surroundings(meridian)
    assert [(one.name, one.starts_on is not None) for one in around.iterations] == [(f"Iteration 26.4.{n}", True) for n in (1, 2, 3)]
    assert [(one.team, one.name, one.limit, one.active) for one in around.columns if one.limit] == [
        ("Payments", "Doing", 3, True),
        ("Falcon", "Active", 5, True),
    ]
    assert [(team.name, team.members) for team in around.teams] == [("Payments", None), ("Falcon", 1)]


@pytest.mark.parametrize("meridian", EVERYWHERE, indirect=True, ids=edition_name)
def test_a_team_whose_capacities_we_may_not_know_has_an_unknown_number_of_people(meridian: Meridian) -> None:
    meridian.organisation.faults.append(Fault(calls("GET", "/capacities$"), "before", denied(403), times=2))
    assert [team.members for team in surroundings(meridian).teams] == [None, None]


def test_between_iterations_nobody_is_asked_for_capacities(meridian: Meridian) -> None:
    meridian.now = meridian.now.replace(month=12, day=24)
    assert [team.members for team in surroundings(meridian).teams] == [None, None]
    assert not [one.path for one in meridian.organisation.requests if "capacities" in one.path]
