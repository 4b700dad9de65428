"""Alembic steps of the clinic server, one numbered file each, forward only."""
