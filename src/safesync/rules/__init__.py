"""The judgements: conditions over facts, one file a rule."""
