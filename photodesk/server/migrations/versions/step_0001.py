"""Step 1: every table of the first version. Written out, so that later changes of `schema` leave it as it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    _server()
    _clinics()
    _invitations()
    _operations()
    _blobs()
    _logs()


def _server() -> None:
    """What the server keeps about itself."""
    op.create_table(
        "challenge",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("challenge"),
    )
    op.create_table(
        "server",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "enrolment_code",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("clinic_id", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("code_hash"),
    )


def _clinics() -> None:
    """Clinics and who belongs to them."""
    op.create_table(
        "clinic",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("founded_ms", sa.BigInteger(), nullable=False),
        sa.Column("next_order", sa.BigInteger(), nullable=False),
        sa.Column("order_head", sa.LargeBinary(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("members_head", sa.LargeBinary(), nullable=False),
        sa.Column("used_bytes", sa.BigInteger(), nullable=False),
        sa.Column("quota_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("clinic_id"),
    )
    op.create_table(
        "member_entry",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "sequence"),
    )
    op.create_table(
        "workstation",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("log_signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("send_sequence", sa.BigInteger(), nullable=False),
        sa.Column("parcel_head", sa.LargeBinary(), nullable=False),
        sa.Column("last_contact_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "workstation_id"),
    )


def _invitations() -> None:
    """Sealed packages for new workstations, and what people's keys are wrapped in."""
    op.create_table(
        "key_record",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("record_hash", sa.LargeBinary(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.clinic_id"]),
        sa.PrimaryKeyConstraint("clinic_id", "record_hash"),
        sa.UniqueConstraint("clinic_id", "place"),
    )
    op.create_table(
        "invitation",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("invitation_id", sa.String(length=32), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("invitation_id"),
    )


def _operations() -> None:
    """What workstations sent, in its order."""
    op.create_table(
        "operation",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("operation_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("record_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "place"),
        sa.UniqueConstraint("clinic_id", "operation_id"),
    )
    op.create_index("operation_scope", "operation", ["clinic_id", "scope"], unique=False)
    op.create_table(
        "parcel",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("send_sequence", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("first_order", sa.BigInteger(), nullable=False),
        sa.Column("last_order", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "workstation_id", "send_sequence"),
    )
    op.create_table(
        "evidence",
        sa.Column("evidence_id", sa.String(length=32), nullable=False),
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("evidence_id"),
    )


def _blobs() -> None:
    """Sealed photos."""
    op.create_table(
        "blob",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("blob_id", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "blob_id"),
    )
    op.create_table(
        "upload",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("blob_id", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("touched_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("upload_id"),
        sa.UniqueConstraint("clinic_id", "workstation_id", "blob_id"),
    )
    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"],
            ["upload.upload_id"],
        ),
        sa.PrimaryKeyConstraint("upload_id", "number"),
    )


def _logs() -> None:
    """The logs of workstations."""
    op.create_table(
        "checkpoint",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "workstation_id", "sequence"),
    )
    op.create_table(
        "log_segment",
        sa.Column("clinic_id", sa.String(length=32), nullable=False),
        sa.Column("workstation_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("segment_hash", sa.LargeBinary(), nullable=False),
        sa.Column("stored_as", sa.String(length=32), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clinic_id"],
            ["clinic.clinic_id"],
        ),
        sa.PrimaryKeyConstraint("clinic_id", "workstation_id", "number"),
    )


def downgrade() -> None:
    """Forward only: a server goes back by restoring its backup."""
    raise RuntimeError("steps go forward only")
