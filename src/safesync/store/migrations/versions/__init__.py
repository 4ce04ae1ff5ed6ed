"""The steps, one a version of the schema."""
