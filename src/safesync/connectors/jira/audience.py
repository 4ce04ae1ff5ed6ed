"""Whom Jira tells of our writes."""

from __future__ import annotations

from safesync.feedback.audience import Audience

_QUIETLY = "nobody where our account administers the project, elsewhere"

AUDIENCE = Audience(
    created="{owner}, the reporter and the watchers, as the project's notification scheme has it",
    edited=f"on Jira Cloud {_QUIETLY}, and on Data Center always, whom the notification scheme names for edited comments",
    labelled=f"{_QUIETLY} whom the notification scheme names for updated issues",
)
"""A comment is posted without the wish to spare anybody: no Jira knows such a wish. Data Center knows none for edited comments either."""
