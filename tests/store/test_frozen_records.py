"""Records that are final with their examples: an operation, a pack's seal, a wrapped chart key, a content id."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from photodesk.crypto import KemPrivateKey, SigningKey
from photodesk.store import chart_keys
from photodesk.store.keyset import KeySet
from photodesk.store.layout import Layout
from photodesk.store.operations import Compartment, open_operation, verify_operation
from photodesk.store.pack_files import read_seal
from tests.store.conftest import make_keyset

VECTORS = json.loads((Path(__file__).parent.parent / "vectors" / "store_records.json").read_text("ascii"))
KEY_48 = bytes(range(48))
EK = bytes([7]) * 32
JOB = "0b" * 16
CHART = "0c" * 16


def frozen_keyset() -> KeySet:
    """Every key a simple pattern, so that the examples can be checked by other programs."""
    inbox = KemPrivateKey(bytes([3]) * 96)
    return replace(
        make_keyset(),
        clinic_id=bytes([1]) * 16,
        workstation_id="02" * 16,
        person_id="0a" * 16,
        signing=SigningKey(bytes([4]) * 32),
        kem=KemPrivateKey(bytes([5]) * 96),
        desk_keys={1: bytes([8]) * 32},
        chart_keys={1: bytes([9]) * 32},
        inbox_keys={1: inbox},
        inbox_public=inbox.public,
    )


def raw(name: str) -> bytes:
    return bytes.fromhex(VECTORS[name])


def test_operation() -> None:
    keyset = frozen_keyset()
    operation = open_operation(raw("operation"), keyset, lambda scope: {CHART: EK}[scope])
    assert (operation.sequence, operation.previous, operation.scope) == (1, bytes(32), CHART)
    assert (operation.compartment, operation.person, operation.reason) == (Compartment.CLINICAL, "0a" * 16, "frozen")
    assert (operation.edit.entity, operation.edit.fields) == ("record", {"notes": "frozen with format version 1"})
    assert operation.clock == 1_700_000_000_000 << 16
    assert verify_operation(raw("operation"), SigningKey(bytes([6]) * 32).public, keyset.clinic_id)


def test_wrapped_chart_key() -> None:
    assert len(raw("chart_key")) == 76
    assert chart_keys.unwrap(frozen_keyset(), CHART, EK, 1, raw("chart_key")) == KEY_48


@pytest.mark.parametrize("without_inbox_key", [False, True])
def test_seal(tmp_path: Path, without_inbox_key: bool) -> None:
    layout = Layout(tmp_path)
    layout.inbox(JOB).mkdir(parents=True)
    layout.seal(JOB, 3).write_bytes(raw("seal"))
    keyset = frozen_keyset()
    changes: dict[str, Any] = {"inbox_keys": {}} if without_inbox_key else {}
    assert read_seal(layout, JOB, 3, replace(keyset, **changes)) == KEY_48


def test_content_id() -> None:
    assert frozen_keyset().content_id(bytes(32)) == raw("content_id")
