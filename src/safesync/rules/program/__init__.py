"""Rules for features: what Product Management looks after."""
