"""Step 2: what uploads under way will use counts against a clinic's quota."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Uploads that are under way now are counted from their next beginning on."""
    op.add_column("clinic", sa.Column("promised_bytes", sa.BigInteger(), nullable=False, server_default="0"))
