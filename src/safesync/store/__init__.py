"""Where SafeSync remembers: items, facts, findings, what it said, and what it was about to say."""
