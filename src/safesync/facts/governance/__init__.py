"""Money, approvals and obligations."""
