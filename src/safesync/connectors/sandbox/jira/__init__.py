"""A Jira Cloud site in memory, as faithful to the real one as the tests of the connector need."""
