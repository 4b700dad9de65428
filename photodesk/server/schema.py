"""Tables of the clinic server: ids, sizes, times and ciphertext; every row belongs to one clinic."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

metadata = MetaData()
ID = String(32)


def _clinic(*, primary: bool = True) -> Column[str]:
    return Column("clinic_id", ID, ForeignKey("clinic.clinic_id"), primary_key=primary, nullable=False)


server = Table("server", metadata, Column("name", String(40), primary_key=True), Column("value", LargeBinary))

enrolment_code = Table(
    "enrolment_code",
    metadata,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("expires_ms", BigInteger, nullable=False),
    Column("clinic_id", ID),
)

clinic = Table(
    "clinic",
    metadata,
    Column("clinic_id", ID, primary_key=True),
    Column("founded_ms", BigInteger, nullable=False),
    Column("next_order", BigInteger, nullable=False),
    Column("order_head", LargeBinary, nullable=False),
    Column("members", Integer, nullable=False),
    Column("members_head", LargeBinary, nullable=False),
    Column("used_bytes", BigInteger, nullable=False),
    Column("promised_bytes", BigInteger, nullable=False, server_default="0"),
    Column("quota_bytes", BigInteger, nullable=False),
)

member_entry = Table(
    "member_entry",
    metadata,
    _clinic(),
    Column("sequence", Integer, primary_key=True),
    Column("record", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

workstation = Table(
    "workstation",
    metadata,
    _clinic(),
    Column("workstation_id", ID, primary_key=True),
    Column("signing_key", LargeBinary, nullable=False),
    Column("log_signing_key", LargeBinary, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("send_sequence", BigInteger, nullable=False),
    Column("parcel_head", LargeBinary, nullable=False),
    Column("last_contact_ms", BigInteger, nullable=False),
)

parcel = Table(
    "parcel",
    metadata,
    _clinic(),
    Column("workstation_id", ID, primary_key=True),
    Column("send_sequence", BigInteger, primary_key=True),
    Column("record", LargeBinary, nullable=False),
    Column("first_order", BigInteger, nullable=False),
    Column("last_order", BigInteger, nullable=False),
)

operation = Table(
    "operation",
    metadata,
    _clinic(),
    Column("place", BigInteger, primary_key=True),
    Column("operation_id", ID, nullable=False),
    Column("workstation_id", ID, nullable=False),
    Column("scope", ID, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("record_hash", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    UniqueConstraint("clinic_id", "operation_id"),
    Index("operation_scope", "clinic_id", "scope"),
)

evidence = Table(
    "evidence",
    metadata,
    Column("evidence_id", ID, primary_key=True),
    _clinic(primary=False),
    Column("workstation_id", ID, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

blob = Table(
    "blob",
    metadata,
    _clinic(),
    Column("blob_id", LargeBinary, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("stored_as", ID, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

upload = Table(
    "upload",
    metadata,
    Column("upload_id", ID, primary_key=True),
    _clinic(primary=False),
    Column("workstation_id", ID, nullable=False),
    Column("blob_id", LargeBinary, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("touched_ms", BigInteger, nullable=False),
    UniqueConstraint("clinic_id", "workstation_id", "blob_id"),
)

upload_part = Table(
    "upload_part",
    metadata,
    Column("upload_id", ID, ForeignKey("upload.upload_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("part_hash", LargeBinary, nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    _clinic(),
    Column("workstation_id", ID, primary_key=True),
    Column("sequence", BigInteger, primary_key=True),
    Column("record", LargeBinary, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
)

log_segment = Table(
    "log_segment",
    metadata,
    _clinic(),
    Column("workstation_id", ID, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("segment_hash", LargeBinary, nullable=False),
    Column("stored_as", ID, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
)

invitation = Table(
    "invitation",
    metadata,
    _clinic(primary=False),
    Column("invitation_id", ID, primary_key=True),
    Column("package", LargeBinary, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
)

key_record = Table(
    "key_record",
    metadata,
    _clinic(),
    Column("record_hash", LargeBinary, primary_key=True),
    Column("place", BigInteger, nullable=False),
    Column("record", LargeBinary, nullable=False),
    UniqueConstraint("clinic_id", "place"),
)

challenge = Table(
    "challenge",
    metadata,
    Column("challenge", LargeBinary, primary_key=True),
    Column("expires_ms", BigInteger, nullable=False),
)

erasure_metadata = MetaData()

erasure_key = Table(
    "erasure_key",
    erasure_metadata,
    Column("clinic_id", ID, primary_key=True),
    Column("scope", ID, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
)
