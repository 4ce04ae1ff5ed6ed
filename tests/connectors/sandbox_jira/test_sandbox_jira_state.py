from __future__ import annotations

from datetime import UTC, datetime, timedelta

from safesync.connectors.sandbox.jira.catalogue import SPRINT, TEAM
from safesync.connectors.sandbox.jira.state import JiraSite

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def test_a_seeded_issue_carries_its_old_dates_and_a_changelog_as_jira_writes_it():
    site = JiraSite(lambda: NOW)
    ann = site.add_user("ann", "Ann Lee", "ann@meridian.example")
    site.add_project("PAY", "Payments")
    site.add_version("PAY", "PI 26.4")
    site.add_board("Falcon", "PAY", [("To do", ["Backlog", "Ready"]), ("Doing", ["In Progress"], 1, 4)])
    first = site.add_sprint("Falcon", "Falcon 26.4.2", "closed", NOW - timedelta(days=20), NOW - timedelta(days=6))
    second = site.add_sprint("Falcon", "Falcon 26.4.3", "active", NOW - timedelta(days=6), NOW + timedelta(days=8), goal="Pay at once")
    epic = site.add_issue("PAY", "Epic", "Instant payments", created=NOW - timedelta(days=90))
    story = site.add_issue(
        "PAY",
        "Story",
        "Pay a bill",
        status="In Progress",
        parent=epic,
        created=NOW - timedelta(days=30),
        fields={
            "description": "As a payer\n\nI want it now",
            "Acceptance criteria": "- paid within ten seconds\n- receipt sent",
            "Sprint": [first, second],
            "Team": "Falcon",
            "Program Increment": "PI 26.4",
            "Story Points": 5,
            "labels": ["theme:trust"],
            "fixVersions": ["PI 26.4"],
            "assignee": "Ann Lee",
        },
        history=[
            (NOW - timedelta(days=9), ann, [("labels", [], ["theme:trust"]), ("parent", None, epic)]),
            (NOW - timedelta(days=8), ann, [("status", "Backlog", "In Progress"), ("Sprint", [first], [first, second])]),
            (NOW - timedelta(days=7), ann, [("fixVersions", [], ["PI 26.4"]), ("Story Points", 3, 5.0)]),
        ],
        comments=[(NOW - timedelta(days=3), ann, "Done soon")],
    )

    assert story.updated == NOW - timedelta(days=3)
    assert story.id != 2
    assert story.key == "PAY-2"
    assert story.values["statuscategorychangedate"] == NOW - timedelta(days=8)
    assert story.values[TEAM].name == "Falcon"
    assert [sprint.name for sprint in story.values[SPRINT]] == ["Falcon 26.4.2", "Falcon 26.4.3"]
    labels, parent = story.history[0].items
    assert (labels.before_text, labels.after_text) == ("", "theme:trust")
    assert (parent.field, parent.field_id, parent.after, parent.after_text) == ("IssueParentAssociation", None, str(epic.id), "PAY-1")
    status, sprint = story.history[1].items
    assert (status.before, status.after_text) == ("10102", "In Progress")
    assert (sprint.before, sprint.after) == (str(first.id), f"{first.id}, {second.id}")
    version, points = story.history[2].items
    assert (version.field, version.before, version.after_text) == ("Fix Version", None, "PI 26.4")
    assert (points.before_text, points.after_text) == ("3", "5")
