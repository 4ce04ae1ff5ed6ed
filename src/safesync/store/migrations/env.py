"""What Alembic runs for each command; the store hands over a connection inside a guarded transaction."""

from __future__ import annotations

from alembic import context

from safesync.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
