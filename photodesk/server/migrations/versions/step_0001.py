"""Step 1: every table of the first version."""

from __future__ import annotations

from alembic import op

from photodesk.server.schema import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    metadata.create_all(op.get_bind(), checkfirst=False)


def downgrade() -> None:
    """Forward only: a server goes back by restoring its backup."""
    raise RuntimeError("steps go forward only")
