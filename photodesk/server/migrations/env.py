"""Runs Alembic's steps on the connection that `database.Database.bring_up` gives."""

from __future__ import annotations

from alembic import context

from photodesk.server.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
