"""The hands that speak to trackers; the only importers of ``jira`` and ``azure-devops``."""
