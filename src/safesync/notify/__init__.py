"""Telling people outside the tracker: mail, chat, webhooks. The only importer of apprise."""
