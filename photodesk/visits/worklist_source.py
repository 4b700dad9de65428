"""Where a workstation's worklist comes from, as an administrator set it up: plain values, kept in the catalog.

Nothing secret is here: a certificate's file is named, never its key's contents, and there are no passwords.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class SourceKind(StrEnum):
    """Where rows come from besides the people at the desk."""

    BY_HAND = "by-hand"
    CSV = "csv"
    HL7 = "hl7"
    DICOM = "dicom"


class AfterReading(StrEnum):
    """What becomes of a file in the drop folder once it was read. It is somebody else's file and holds names."""

    REMOVE = "remove"
    LEAVE = "leave"


class DateOrder(StrEnum):
    """How a table writes its dates."""

    YEAR_FIRST = "year-first"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class Column(StrEnum):
    """What a column of a table can mean."""

    MRN = "record-number"
    FAMILY = "family"
    GIVEN = "given"
    NAME = "name"
    BIRTH = "birth"
    SEX = "sex"
    DAY = "date"
    AT = "time"
    MOMENT = "date-time"
    ROOM = "room"
    CLINICIAN = "clinician"
    STATUS = "status"
    KEY = "visit-number"


@dataclass(frozen=True)
class TableFormat:
    """How a CSV is read, confirmed by a person. `columns`: for each meaning the column's heading, or its number from 1.

    `headings` tells whether the first row names the columns. `encoding` is a Python codec's name.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    dates: DateOrder = DateOrder.YEAR_FIRST
    headings: bool = True
    columns: dict[Column, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MessageFormat:
    """How HL7 files are read. `authority` picks the record number among several (PID-3.4); "" takes type `MR`.

    `encoding` holds for messages that name no character set (MSH-18).
    """

    authority: str = ""
    encoding: str = "utf-8"


@dataclass(frozen=True)
class WorklistServer:
    """A DICOM modality worklist. With `tls`, `authority_file` is the certificate that the server's must be signed by
    ("" for the system's); `certificate_file` and `key_file` are this workstation's, where the server asks for one.
    """

    host: str = ""
    port: int = 104
    called: str = "ANY-SCP"
    calling: str = "PHOTODESK"
    station: str = ""
    tls: bool = False
    authority_file: str = ""
    certificate_file: str = ""
    key_file: str = ""


@dataclass(frozen=True)
class WorklistSource:
    """All of it. `after_reading` has no default in set-up: the person chooses."""

    kind: SourceKind = SourceKind.BY_HAND
    folder: str = ""
    after_reading: AfterReading = AfterReading.LEAVE
    table: TableFormat = field(default_factory=TableFormat)
    messages: MessageFormat = field(default_factory=MessageFormat)
    server: WorklistServer = field(default_factory=WorklistServer)
