"""Rules for the lean budget guardrails."""
