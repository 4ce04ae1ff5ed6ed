from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from safesync.connectors.jira import jql
from safesync.connectors.jira.fields import locate
from safesync.connectors.jira.values import instant, number, sprint
from safesync.connectors.mapping import Mapping
from safesync.connectors.port import Scope

NOW = datetime(2026, 11, 26, 10, 0, 30, tzinfo=UTC)


def test_what_changed_is_asked_in_minutes_with_an_overlap() -> None:
    query = jql.changed(Scope(("PAY", "CARDS")), NOW - timedelta(minutes=10, seconds=1), NOW)
    assert query == 'project in ("PAY", "CARDS") AND updated >= "-16m" ORDER BY created ASC, key ASC'


@pytest.mark.parametrize(
    ("query", "bounds"),
    [
        ("labels = safe OR team = 1", 'project in ("PAY") AND (labels = safe OR team = 1)'),
        ("type = Bug order  by rank desc", 'project in ("PAY") AND (type = Bug)'),
        ("ORDER BY created", 'project in ("PAY")'),
        ('summary ~ "order by me" ORDER BY created', 'project in ("PAY") AND (summary ~ "order by me")'),
        ("summary ~ 'x \\' order by' ", "project in (\"PAY\") AND (summary ~ 'x \\' order by')"),
    ],
)
def test_an_administrators_query_narrows_and_its_order_is_dropped(query: str, bounds: str) -> None:
    assert jql.everything(Scope(("PAY",), query)) == f"{bounds} ORDER BY created ASC, key ASC"


def test_a_project_name_cannot_leave_its_quotes() -> None:
    assert jql.everything(Scope(('A" OR 1',))).startswith('project in ("A\\" OR 1") ')


def test_fields_are_found_by_id_name_or_type_and_each_is_asked_once() -> None:
    listed = [
        {"id": "customfield_1", "name": "Story Points", "schema": {"custom": "com.pyxis.greenhopper.jira:jsw-story-points"}},
        {"id": "customfield_2", "name": "story points", "schema": {"custom": "float"}},
        {"id": "customfield_3", "name": "Mannschaft", "untranslatedName": "Team", "schema": {"custom": "com.atlassian.teams:rm"}},
    ]
    mapping = Mapping.model_validate(
        {
            "fields": {
                "points": [{"schema": "com.pyxis.greenhopper.jira:jsw-story-points"}, {"name": "Story Points"}],
                "team": [{"name": "team"}],
                "job_size": [{"id": "customfield_2"}],
                "benefit": [{"name": "Benefit"}],
                "acceptance": [],
            }
        }
    )
    located = locate(mapping, listed)
    assert located.ids["points"] == ("customfield_1", "customfield_2")
    assert located.ids["team"] == ("customfield_3",)
    assert set(located.absent) == {"benefit", "sprint", "rank", "flagged"}
    assert "acceptance" not in located.ids
    assert len(located.asked) == len(set(located.asked))


@pytest.mark.parametrize("value", ["2026-11-26T12:00:30.000+0200", "2026-11-26T10:00:30Z", 1795687230, 1795687230000])
def test_every_form_of_time_is_the_same_moment(value: object) -> None:
    assert instant(value) == NOW


@pytest.mark.parametrize("value", [True, "much", {"value": "XL"}, float("inf")])
def test_what_is_no_number_is_not_read_as_one(value: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        number(value)


def test_a_sprint_that_ends_at_midnight_ends_with_the_day_before() -> None:
    shown = {"id": 1, "name": "s", "startDate": "2026-11-16T09:00:00.000Z", "endDate": "2026-11-29T00:00:00.000Z"}
    assert str(sprint(shown).ends_on) == "2026-11-28"
    assert str(sprint({**shown, "endDate": "2026-11-29T17:00:00.000Z"}).ends_on) == "2026-11-29"
