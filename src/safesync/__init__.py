"""Keeps SAFe backlogs in Jira and Azure DevOps true: reads them, judges them by rules, answers in the tracker."""

__version__ = "0.1.0"
