"""The condition language: SQL boolean expressions over facts, read by an allow-list and compiled to columns."""
