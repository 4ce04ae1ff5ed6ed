"""Whom Azure DevOps tells of our writes."""

from __future__ import annotations

from safesync.feedback.audience import Audience

_CHANGED = "{owner} and the followers, and whoever subscribes to changed work items"

AUDIENCE = Audience(
    created="{owner} and the followers, as their notification settings have it",
    edited=f"{_CHANGED}, where an edited comment counts as a change",
    labelled=_CHANGED,
)
"""No call that writes a comment lets us spare anybody; nobody is mentioned."""
