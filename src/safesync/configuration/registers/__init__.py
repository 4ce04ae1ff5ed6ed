"""Files that an administrator names beside the trackers: tables of objectives, budgets, approvals and key results."""
