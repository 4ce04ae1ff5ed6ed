"""Rules for planning intervals: objectives, risks, and what Inspect and Adapt is followed by."""
