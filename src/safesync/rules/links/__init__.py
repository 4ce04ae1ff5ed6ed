"""Rules for the hierarchy and for dependencies."""
