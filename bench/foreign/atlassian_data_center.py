"""What atlassian-python-api reads and writes on Jira Data Center. Prints one JSON object; runs in its own environment."""

import json
import sys

from atlassian import Jira

url, token, key = sys.argv[1:4]
jira = Jira(url=url, token=token)

comment = jira.issue_add_comment(key, "From another client.")
jira.edit_issue(key, {"labels": [{"add": "foreign"}]})
found, total = [], None
while total is None or len(found) < total:
    page = jira.jql("project in (PAY, CARDS) ORDER BY key", fields="summary", start=len(found), limit=200)
    total = page["total"]
    found += page["issues"]
issue = jira.issue(key, expand="changelog")
print(
    json.dumps(
        {
            "account": jira.myself()["name"],
            "keys": [one["key"] for one in found],
            "summary": issue["fields"]["summary"],
            "histories": issue["changelog"]["total"],
            "fields": len(jira.get_all_fields()),
            "commented": comment["id"] in [one["id"] for one in jira.issue_get_comments(key)["comments"]],
            "labels": issue["fields"]["labels"],
            "projects": [one["key"] for one in jira.projects()],
            "boards": [one["name"] for one in jira.get_all_agile_boards(limit=50)["values"]],
        }
    )
)
