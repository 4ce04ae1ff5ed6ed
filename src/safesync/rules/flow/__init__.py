"""Rules for the flow of work through boards."""
