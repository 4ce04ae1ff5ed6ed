"""Rules for obligations: from the requirement to work, tests, evidence and approval, and back."""
