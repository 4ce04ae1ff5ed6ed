"""The verbs: each gathers through the ports, lets a pure function decide, and acts."""
