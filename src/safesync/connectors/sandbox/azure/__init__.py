"""A small Azure DevOps organisation, kept in memory and served over its REST dialect."""
