"""Jira Cloud: how to speak to it (client), what it means (translate), what we say in it (markup, comments)."""
