"""The first two fields of every record: version and suite. Unknown ones are refused, never guessed."""

from __future__ import annotations

from typing import Any, TypeVar, get_args

import msgspec

from photodesk.crypto import SUITE, VERSION
from photodesk.errors import Damaged, Refused
from photodesk.store.records import pack

_Shape = TypeVar("_Shape", bound=tuple[Any, ...])


def check_version(version: object, suite: object) -> None:
    """Refused `newer_format` where either is not known here. The file stays untouched."""
    if version != VERSION or suite != SUITE:
        raise newer_format()


def newer_format() -> Refused:
    """The sentence for a store that this program is too old for."""
    return Refused(
        "newer_format",
        "This store was written by a newer PhotoDesk.",
        "Update PhotoDesk on this computer; nothing was changed.",
    )


def read_record(record: bytes, kind: str, length: int) -> list[Any]:
    """The fields of `[version, suite, …]`, version and suite included, in its one exact encoding.

    Refused `newer_format`, or Damaged `bad_record` for another length or anything that is no such array.
    """
    try:
        fields = msgspec.msgpack.decode(record)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        fields = None
    if not isinstance(fields, list) or len(fields) < 2 or not all(type(field) is int for field in fields[:2]):
        raise bad_record(kind)
    check_version(*fields[:2])
    if len(fields) != length or pack(fields) != record:
        raise bad_record(kind)
    return fields


def read_typed(record: bytes, kind: str, shape: type[_Shape], sizes: dict[int, int]) -> _Shape:
    """The fields after version and suite as a tuple of this shape; `sizes` says how long binary fields are, by place.

    Errors as `read_record`.
    """
    fields = read_record(record, kind, len(get_args(shape)) + 2)[2:]
    try:
        typed: _Shape = msgspec.convert(fields, shape)
    except msgspec.ValidationError:
        raise bad_record(kind) from None
    if any(len(fields[place]) != size for place, size in sizes.items()):
        raise bad_record(kind)
    return typed


def bad_record(kind: str) -> Damaged:
    """The sentence for a record that is not what was written."""
    return Damaged("bad_record", f"A {kind} record is not what was written.")
