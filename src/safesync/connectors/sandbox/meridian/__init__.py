"""Meridian: a bank with about 600 backlog items in two trackers, and a list of everything that is wrong with them."""
