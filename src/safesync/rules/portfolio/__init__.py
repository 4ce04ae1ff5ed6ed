"""Rules for epics: what an Epic Owner and Lean Portfolio Management look after."""
