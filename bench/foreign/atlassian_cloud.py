"""What atlassian-python-api reads and writes on Jira Cloud. Prints one JSON object; runs in its own environment."""

import json
import sys

from atlassian.jira import JiraCloud, JiraSoftware

url, user, token, key = sys.argv[1:5]
jira = JiraCloud(url=url, username=user, password=token)
software = JiraSoftware(url=url, username=user, password=token)

body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "From another client."}]}]}
comment = jira.add_comment(key, data={"body": body})
jira.edit_issue(key, data={"update": {"labels": [{"add": "foreign"}]}})
print(
    json.dumps(
        {
            "account": jira.get_current_user()["accountId"],
            "keys": [one["key"] for one in jira.enhanced_jql_get_list_of_tickets("project in (PAY, CARDS) ORDER BY key", fields="summary")],
            "summary": jira.get_issue(key)["fields"]["summary"],
            "bulk": [one["key"] for one in jira.bulk_fetch_issues(data={"issueIdsOrKeys": [key], "fields": ["summary"]})["issues"]],
            "fields": len(jira.get_fields()),
            "commented": comment["id"] in [one["id"] for one in jira.get_comments(key)["comments"]],
            "labels": jira.get_issue(key)["fields"]["labels"],
            "boards": [one["name"] for one in software.get_all_boards()["values"]],
        }
    )
)
