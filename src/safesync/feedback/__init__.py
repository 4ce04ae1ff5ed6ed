"""The replies: pure decisions about what is said on an item, how it is labelled, and how much at once."""
