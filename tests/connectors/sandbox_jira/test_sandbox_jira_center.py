"""How a Data Center is not Cloud: what it calls people and parents, how it pages, signs in, refuses and counts."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from jira_world import TOKEN, World

from safesync.connectors.sandbox.jira.allowance import Allowance
from safesync.connectors.sandbox.jira.edition import DEFAULT_VERSION, data_center, edition
from safesync.connectors.sandbox.jira.entities import Permission
from safesync.connectors.sandbox.jira.state import JiraSite
from safesync.model.errors import ConfigurationError

API = "/rest/api/2"
EPIC_LINK, PARENT_LINK, SPRINT = "customfield_10014", "customfield_10018", "customfield_10020"


def _fields(world: World, key: str) -> dict[str, Any]:
    fields: dict[str, Any] = world.api.get(f"{API}/issue/{key}").json()["fields"]
    return fields


def _bearer(world: World, token: str, path: str = f"{API}/myself") -> Any:
    return world.client(None).get(path, headers={"Authorization": f"Bearer {token}"})


# --- who one is -------------------------------------------------------------------------------------------------


def test_a_token_alone_signs_in_and_every_answer_says_as_whom(center: World):
    answer = center.api.get(f"{API}/myself")
    assert (answer.json()["name"], answer.json()["key"]) == ("safesync", "5f0:bot")
    assert (answer.headers["X-AUSERNAME"], answer.headers["X-Seraph-LoginReason"]) == ("safesync", "OK")


def test_a_name_and_a_password_sign_in_and_a_mail_address_does_not(center: World):
    assert center.client(("safesync", TOKEN)).get(f"{API}/myself").status_code == 200
    assert center.client(("safesync@meridian.example", TOKEN)).get(f"{API}/myself").status_code == 401


@pytest.mark.parametrize(
    "path", [f"{API}/serverInfo", f"{API}/myself", f"{API}/search?jql=project=PAY", f"{API}/issue/PAY-3", f"{API}/project"]
)
def test_a_token_that_is_not_known_is_refused_everywhere_and_never_answered_with_nothing(center: World, path: str):
    answer = _bearer(center, "expired", path)
    assert answer.status_code == 401
    assert (answer.headers["X-AUSERNAME"], answer.headers["X-Seraph-LoginReason"]) == ("anonymous", "AUTHENTICATED_FAILED")


def test_a_wrong_password_is_answered_with_a_page_for_people(center: World):
    answer = center.client(("safesync", "wrong")).get(f"{API}/search?jql=project=PAY")
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "text/html; charset=utf-8")
    assert "Reason : AUTHENTICATED_FAILED" in answer.text


def test_after_too_many_attempts_a_person_must_solve_a_puzzle(center: World):
    center.site.user("SafeSync").locked = True
    assert center.api.get(f"{API}/myself").headers["X-Seraph-LoginReason"] == "AUTHENTICATION_DENIED"


def test_who_does_not_sign_in_is_anonymous_and_sees_no_project(center: World):
    nobody = center.client(None)
    assert nobody.get(f"{API}/serverInfo").json()["deploymentType"] == "DataCenter"
    assert nobody.get(f"{API}/project").json() == []
    assert nobody.get(f"{API}/myself").status_code == 401
    assert nobody.get(f"{API}/search", params={"jql": "project = PAY"}).status_code == 400
    assert nobody.get(f"{API}/search", params={"jql": "updated >= -1d"}).json()["total"] == 0
    assert nobody.get(f"{API}/issue/PAY-3").json()["errorMessages"][1] == "Login Required"


def test_a_garbled_login_is_refused(center: World):
    for secret in ("%%%", base64.b64encode(b"\xff\xfe").decode()):
        assert center.client(None).get(f"{API}/myself", headers={"Authorization": f"Basic {secret}"}).status_code == 401


# --- what it is -------------------------------------------------------------------------------------------------


def test_it_says_its_version(center: World):
    told = center.api.get(f"{API}/serverInfo").json()
    assert (told["version"], told["versionNumbers"], told["serverTitle"]) == ("9.12.4", [9, 12, 4], "Meridian")
    assert center.api.get("/rest/api/latest/serverInfo").json() == told


@pytest.mark.parametrize("version", ["nine", "9", "9.12.4.1", "8.13.9", ""])
def test_a_version_that_is_none_or_too_old_is_refused(version: str):
    with pytest.raises(ConfigurationError):
        data_center(version)


def test_editions_go_by_name():
    assert (edition("cloud").cloud, edition("data-center").text) == (True, DEFAULT_VERSION)
    assert data_center("8.20").version == (8, 20, 0)
    with pytest.raises(ConfigurationError, match="did you mean 'data-center'"):
        edition("datacenter")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{API}/issue/bulkfetch"),
        ("POST", f"{API}/changelog/bulkfetch"),
        ("POST", f"{API}/comment/list"),
        ("GET", f"{API}/issue/PAY-3/changelog"),
        ("POST", f"{API}/search/jql"),
        ("GET", f"{API}/project/search"),
        ("POST", f"{API}/permissions/check"),
        ("GET", "/rest/api/3/myself"),
    ],
)
def test_what_only_cloud_has_is_not_there(center: World, method: str, path: str):
    assert center.api.request(method, path, json={} if method == "POST" else None).status_code in {404, 405}


def test_old_versions_print_sprints_and_a_switch_makes_them_objects(center: World):
    printed = _fields(center, "PAY-3")[SPRINT]
    assert all(each.startswith("com.atlassian.greenhopper.service.sprint.Sprint@") for each in printed)
    assert [re.search(r"state=(\w+),name=([^,]+)", each).groups() for each in printed] == [  # type: ignore[union-attr]
        ("CLOSED", "Falcon 26.4.2"),
        ("ACTIVE", "Falcon 26.4.3"),
    ]
    assert "completeDate=<null>" in printed[1]
    center.site.sprints_as_text = False
    assert [each["state"] for each in _fields(center, "PAY-3")[SPRINT]] == ["closed", "active"]
    assert [JiraSite(edition=data_center(version)).sprints_as_text for version in ("9.17.5", "10.0")] == [True, False]


# --- people, parents, texts -------------------------------------------------------------------------------------


def test_people_have_a_name_and_a_key_and_types_have_no_level(center: World):
    fields = _fields(center, "PAY-3")
    assert {name: fields["assignee"][name] for name in ("name", "key", "displayName", "emailAddress")} == {
        "name": "ann",
        "key": "5f0:ann",
        "displayName": "Ann Lee",
        "emailAddress": "ann@meridian.example",
    }
    assert "accountId" not in fields["assignee"]
    assert all("hierarchyLevel" not in kind for kind in center.api.get(f"{API}/issuetype").json())


def test_each_level_names_its_parent_in_a_field_of_its_own(center: World):
    above = {}
    for key in ("PAY-7", "PAY-3", "PAY-2", "PAY-1"):
        fields = _fields(center, key)
        above[key] = (fields.get("parent", {}).get("key"), fields[EPIC_LINK], fields[PARENT_LINK])
    assert above == {
        "PAY-7": ("PAY-3", None, None),
        "PAY-3": (None, "PAY-2", None),
        "PAY-2": (None, None, "PAY-1"),
        "PAY-1": (None, None, None),
    }


def test_a_switch_hides_the_parent_link_from_the_search_alone(center: World):
    center.site.parent_link_in_search = False
    asked = {"jql": "key = PAY-2", "fields": f"{PARENT_LINK},{EPIC_LINK}"}
    assert center.api.get(f"{API}/search", params=asked).json()["issues"][0]["fields"][PARENT_LINK] is None
    assert _fields(center, "PAY-2")[PARENT_LINK] == "PAY-1"


def test_an_epic_link_is_written_as_a_key_and_taken_away_with_null(center: World):
    put = lambda **fields: center.api.put(f"{API}/issue/PAY-5", json={"fields": fields})  # noqa: E731
    assert put(**{EPIC_LINK: "PAY-2"}).status_code == 204
    assert _fields(center, "PAY-5")[EPIC_LINK] == "PAY-2"
    assert put(**{EPIC_LINK: "PAY-3"}).json()["errors"] == {EPIC_LINK: "Issue 'PAY-3' is not an epic."}
    assert put(**{EPIC_LINK: {"key": "PAY-2"}}).json()["errors"] == {EPIC_LINK: "data was not a string"}
    assert put(**{EPIC_LINK: None}).status_code == 204
    changes = center.api.get(f"{API}/issue/PAY-5", params={"expand": "changelog"}).json()["changelog"]["histories"]
    assert [(item["field"], item["fromString"], item["toString"]) for entry in changes for item in entry["items"]] == [
        ("Epic Link", None, "PAY-2"),
        ("Epic Link", "PAY-2", None),
    ]


def test_queries_find_children_by_the_field_of_their_level(center: World):
    find = lambda jql: [issue["key"] for issue in center.api.get(f"{API}/search", params={"jql": jql}).json()["issues"]]  # noqa: E731
    assert find('"Epic Link" = PAY-2 ORDER BY key') == ["PAY-3", "PAY-4"]
    assert find('"Parent Link" = PAY-1') == ["PAY-2"]
    assert find("parent = PAY-3") == ["PAY-7"]
    assert find("parent = PAY-2") == []
    assert find("assignee = ann") == ["PAY-3"]


def test_the_changelog_stands_in_the_issue_whole_the_oldest_first_and_without_ids_of_fields(center: World):
    entries = center.api.get(f"{API}/issue/PAY-3", params={"expand": "changelog"}).json()["changelog"]
    assert entries["total"] == len(entries["histories"]) == 2
    assert [entry["created"] for entry in entries["histories"]] == sorted(entry["created"] for entry in entries["histories"])
    assert not any("fieldId" in item for entry in entries["histories"] for item in entry["items"])


def test_texts_are_wiki_markup_given_back_as_they_were_sent(center: World):
    text = "h3. Checked\n* {{TM101}} *add* criteria\n\n[why|https://safesync.example/TM101]"
    said = center.api.post(f"{API}/issue/PAY-4/comment", json={"body": text, "properties": [{"key": "safesync", "value": {"v": 1}}]}).json()
    assert said["body"] == text
    listed = center.api.get(f"{API}/issue/PAY-4/comment", params={"expand": "properties"}).json()["comments"]
    assert [(each["body"], each["properties"]) for each in listed] == [(text, [{"key": "safesync", "value": {"v": 1}}])]
    center.api.put(f"{API}/issue/PAY-4/comment/{said['id']}", json={"body": "h3. Done"})
    assert center.api.get(f"{API}/issue/PAY-4/comment/{said['id']}").json()["body"] == "h3. Done"
    assert center.api.put(f"{API}/issue/PAY-4", json={"fields": {"description": "h2. Why"}}).status_code == 204
    assert _fields(center, "PAY-4")["description"] == "h2. Why"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"type": "doc", "version": 1, "content": []}, "Comment body is not valid!"),
        ("  ", "Comment body can not be empty!"),
        ("x" * 32_768, "The entered text is too long."),
    ],
)
def test_a_comment_that_is_no_text_or_too_long_is_refused(center: World, body: Any, words: str):
    answer = center.api.post(f"{API}/issue/PAY-4/comment", json={"body": body})
    assert answer.status_code == 400
    assert words in answer.json()["errors"]["comment"]


def test_all_comments_come_at_once_and_fewer_when_asked(center: World):
    for number in range(130):
        center.api.post(f"{API}/issue/PAY-4/comment", json={"body": f"{number}"})
    get = lambda **asked: center.api.get(f"{API}/issue/PAY-4/comment", params=asked).json()  # noqa: E731
    assert len(get()["comments"]) == 130
    assert [each["body"] for each in get(startAt=128, maxResults=5)["comments"]] == ["128", "129"]
    inline = center.api.get(f"{API}/search", params={"jql": "key = PAY-4", "fields": "comment"}).json()["issues"][0]["fields"]["comment"]
    assert (inline["total"], len(inline["comments"])) == (130, 130)


# --- the search -------------------------------------------------------------------------------------------------


def test_pages_are_numbered_and_have_a_total(center: World):
    seen: list[str] = []
    while True:
        page = center.api.get(f"{API}/search", params={"jql": "project = PAY ORDER BY key", "startAt": len(seen), "maxResults": 3}).json()
        assert (page["total"], page["startAt"], page["maxResults"]) == (7, len(seen), 3)
        seen += [issue["key"] for issue in page["issues"]]
        if not page["issues"]:
            break
    assert seen == [f"PAY-{number}" for number in range(1, 8)]


def test_the_default_is_fifty_issues_with_every_navigable_field(center: World):
    page = center.api.post(f"{API}/search", json={"jql": "project = PAY"}).json()
    assert page["maxResults"] == 50
    assert {"summary", "customfield_10016", "issuelinks"} <= page["issues"][0]["fields"].keys()
    assert not {"comment", "statusCategory", "statuscategorychangedate"} & page["issues"][0]["fields"].keys()


def test_a_page_is_never_longer_than_the_site_allows(center: World):
    ask = lambda most: center.api.get(f"{API}/search", params={"jql": "", "maxResults": most}).json()  # noqa: E731
    assert ask(5000)["maxResults"] == 1000
    center.site.page_limit = 2
    for most in (5000, -1):
        assert (ask(most)["maxResults"], len(ask(most)["issues"]), ask(most)["total"]) == (2, 2, 8)
    assert (ask(0)["issues"], ask(0)["total"]) == ([], 8)


def test_ids_alone_are_told_without_fields(center: World):
    page = center.api.get(f"{API}/search", params={"jql": "project = CARDS", "fields": "id"}).json()
    assert page["issues"][0].keys() == {"expand", "id", "self", "key"}


def test_a_body_of_cloud_is_no_body_here(center: World):
    for body in ({"jql": "project = PAY", "nextPageToken": "x"}, {"jql": "project = PAY", "expand": "names"}, {"jql": 5}):
        assert center.api.post(f"{API}/search", json=body).status_code == 400


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"jql": "project = NOPE"}, "The value 'NOPE' does not exist for the field 'project'."),
        ({"jql": "project ="}, "Error in JQL Query"),
        ({"jql": "", "startAt": -1}, "startAt"),
    ],
)
def test_a_wrong_question_is_refused(center: World, params: dict[str, Any], words: str):
    answer = center.api.get(f"{API}/search", params=params)
    assert answer.status_code == 400
    assert words in answer.json()["errorMessages"][0]


def test_boards_and_sprints_list_their_issues(center: World):
    board, sprint = (next(iter(held)) for held in (center.site.boards, center.site.sprints))
    of_board = center.api.get(f"/rest/agile/1.0/board/{board}/issue", params={"jql": "issuetype = Bug", "fields": "key"}).json()
    of_sprint = center.api.get(f"/rest/agile/1.0/sprint/{sprint}/issue").json()
    assert [[issue["key"] for issue in page["issues"]] for page in (of_board, of_sprint)] == [["PAY-6"], ["PAY-3"]]


# --- refusals and limits ----------------------------------------------------------------------------------------


def test_a_label_with_a_space_is_refused_in_other_words(center: World):
    answer = center.api.put(f"{API}/issue/PAY-3", json={"update": {"labels": [{"add": "a b"}, {"add": "good"}]}})
    assert (answer.status_code, answer.json()["errors"]) == (400, {"labels": "The label 'a b' contains spaces which is invalid."})
    assert "good" not in _fields(center, "PAY-3")["labels"]


def test_quiet_edits_are_for_administrators_and_others_are_forbidden(center: World):
    quiet = lambda: center.api.put(f"{API}/issue/PAY-3", params={"notifyUsers": "false"}, json={"fields": {"labels": []}}).status_code  # noqa: E731
    assert quiet() == 403
    center.site.allow("SafeSync", "PAY", Permission.ADMINISTER)
    assert quiet() == 204


def test_hidden_and_missing_are_the_same_unless_a_switch_tells_of_them(center: World):
    center.site.deny("SafeSync", "CARDS", Permission.BROWSE)
    statuses = lambda: [center.api.get(f"{API}/issue/{key}").status_code for key in ("CARDS-1", "CARDS-99")]  # noqa: E731
    assert statuses() == [404, 404]
    center.site.tells_of_hidden = True
    assert statuses() == [403, 404]


def test_permissions_are_told_all_at_once_for_one_project(center: World):
    center.site.deny("SafeSync", "CARDS", Permission.EDIT)
    told = {
        project: center.api.get(f"{API}/mypermissions", params={"projectKey": project}).json()["permissions"]
        for project in ("PAY", "CARDS")
    }
    assert [told[project]["EDIT_ISSUES"]["havePermission"] for project in ("PAY", "CARDS")] == [True, False]
    assert told["CARDS"]["ADD_COMMENTS"]["havePermission"] is True


def test_the_bucket_of_an_account_empties_is_told_and_fills_again(center: World):
    center.site.allowance = Allowance(limit=3, fill_rate=2, interval_s=10)
    answers = [center.api.get(f"{API}/serverInfo") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert [answer.headers["Retry-After"] for answer in answers] == ["0", "0", "10", "10"]
    center.clock.move(seconds=4)
    assert center.api.get(f"{API}/serverInfo").headers["Retry-After"] == "6"
    center.clock.move(seconds=6)
    assert [center.api.get(f"{API}/serverInfo").status_code for _ in range(3)] == [200, 200, 429]


def test_the_token_tells_when_it_ends_and_not_what_it_is(center: World):
    answer = center.api.get("/rest/pat/latest/tokens")
    assert [each["expiringAt"][:4] for each in answer.json()] == ["2027"]
    assert TOKEN not in answer.text


def test_fields_are_known_by_their_schema_keys(center: World):
    customs = {field["schema"].get("custom", "").rpartition(":")[2] for field in center.api.get(f"{API}/field").json()}
    assert {"gh-sprint", "gh-epic-link", "gh-epic-label", "gh-lexo-rank", "jpo-custom-field-parent", "float"} <= customs
    assert not {"jsw-story-points", "rm-teams-custom-field-team"} & customs


def test_what_is_needed_to_create_an_issue_is_told(center: World):
    kinds = center.api.get(f"{API}/issue/createmeta/PAY/issuetypes").json()
    assert [kind["name"] for kind in kinds["values"]] == ["Initiative", "Epic", "Story", "Task", "Bug", "Sub-task"]
    story = center.api.get(f"{API}/issue/createmeta/PAY/issuetypes/10002").json()["values"]
    assert {field["fieldId"] for field in story if field["required"]} == {"summary", "issuetype"}
    assert [each["value"] for field in story if field["name"] == "Program Increment" for each in field["allowedValues"]] == ["PI 26.4"]
