"""The measures: pure functions from items to named, typed columns that rules are conditions over."""
