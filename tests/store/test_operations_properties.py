"""Tables are projections of operations: any order, any repetition, the same tables; and the bytes are as laid out."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlcipher3 import dbapi2

from photodesk import ids
from photodesk.errors import Damaged, Refused
from photodesk.patients import PatientDraft, Sex
from photodesk.store.catalog_schema import CATALOG_TABLES
from photodesk.store.chart_schema import CHART_FORMAT, CHART_TABLES
from photodesk.store.operations import (
    Compartment,
    Operation,
    check_chain,
    open_operation,
    verify_operation,
)
from photodesk.store.projection import Edit, apply
from tests.store.conftest import Store, front_desk
from tests.store.inbox import RENDITIONS, shot_of

WORKSTATIONS = ("aa" * 16, "bb" * 16, "cc" * 16)
PROJECTED = ("photo", "original", "attachment", "visit_text", "record", "field_clock")


def opened(store: Store, connection_rows: list[Any]) -> list[Operation]:
    def erasure_key(scope: str) -> bytes:
        return bytes(32) if scope == ids.NO_ID.hex() else store.catalog.erasure.key(scope)

    return [open_operation(bytes(row[0]), store.keyset, erasure_key) for row in connection_rows]


def empty_chart() -> Any:
    connection = dbapi2.connect(":memory:", isolation_level=None)
    for statements in CHART_FORMAT.steps:
        for statement in statements:
            connection.execute(statement)
    return connection


def tables_of(connection: Any) -> dict[str, list[Any]]:
    return {name: connection.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in PROJECTED}  # noqa: S608


def test_replaying_the_operations_of_a_chart_gives_its_tables(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id)
    for place in range(4):
        shot, source = shot_of(bytes([place]) * 100)
        chart.file_shot(store.change, shot, source, RENDITIONS, f"v{place}", "45206002")
    photo = chart.photos()[0].photo_id
    raw, raw_source = shot_of(b"raw")
    chart.add_original(store.change, photo, raw, raw_source)
    chart.set_photo(store.change, photo, site="", view="frontal", tags=["a", "b"])
    chart.set_visit_text(store.change, "v1", "title", "reason")
    chart.set_notes(store.change, "note")
    chart.set_notes(store.change, "another")
    with chart.ledger.database.reader() as connection:
        expected = tables_of(connection)
        operations = opened(store, connection.execute("SELECT record FROM operation").fetchall())
    assert {o.compartment for o in operations} == {Compartment.CLINICAL}
    assert {o.scope for o in operations} == {chart.chart_id}
    for seed in range(5):
        replayed = empty_chart()
        shuffled = operations * 2
        random.Random(seed).shuffle(shuffled)  # noqa: S311
        for operation in shuffled:
            apply(replayed, CHART_TABLES, operation.edit, operation.clock, operation.workstation)
        assert tables_of(replayed) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("p1", "p2")),
            st.dictionaries(
                st.sampled_from(("body_site", "standard_view", "tags", "unknown_field")),
                st.text(max_size=3),
                min_size=1,
            ),
            st.integers(1, 6),
            st.sampled_from(WORKSTATIONS),
        ),
        max_size=12,
        unique_by=lambda row: (row[2], row[3]),
    ),
    st.randoms(use_true_random=False),
)
def test_any_order_of_any_workstations_converges(edits: list[Any], chance: random.Random) -> None:
    results = []
    for _ in range(2):
        connection = empty_chart()
        for entity_id, fields, clock, workstation in edits:
            apply(connection, CHART_TABLES, Edit("photo", entity_id, "set", fields), clock, workstation)
        results.append(tables_of(connection))
        edits = edits + edits[:3]
        chance.shuffle(edits)
    assert results[0] == results[1]


def test_the_record_is_laid_out_signed_and_chained(store: Store) -> None:
    patient = store.patient()
    draft = PatientDraft("4711", "Neu", "Anna", date(1980, 5, 12), Sex.FEMALE)
    store.catalog.edit_patient(store.change, patient.patient_id, draft)
    rows = store.catalog.ledger.database.rows("SELECT record, clock FROM operation ORDER BY sequence")
    fields = msgspec.msgpack.decode(rows[1][0])
    assert len(fields) == 13
    assert fields[:2] == [1, 1]
    assert fields[3] == bytes.fromhex(store.keyset.workstation_id)
    assert (fields[4], fields[6], fields[8], fields[9]) == (2, rows[1][1], 1, 1)
    assert fields[7].hex() == store.catalog.chart_pointer(patient.patient_id).chart_id
    assert verify_operation(bytes(rows[1][0]), store.keeper.key.public, store.keyset.clinic_id)
    first, second = opened(store, rows)
    assert (first.person, first.reason, first.edit.verb) == (store.keyset.person_id, "test", "add")
    assert second.edit.fields == {"family": "Neu", "sex": "female"}
    assert second.replaced == {"family": first.clock, "sex": first.clock}
    assert second.clock > first.clock
    records = [(n, bytes(row[0])) for n, row in enumerate(rows, start=1)]
    check_chain(records)
    with pytest.raises(Damaged):
        check_chain([(1, records[1][1])])
    altered = bytearray(records[0][1])
    altered[-100] ^= 1
    assert not verify_operation(bytes(altered), store.keeper.key.public, store.keyset.clinic_id)
    with pytest.raises(Damaged):
        open_operation(bytes(altered), store.keyset, store.catalog.erasure.key)


def test_forgetting_the_erasure_key_or_lacking_the_role_key_closes_an_operation(store: Store) -> None:
    chart = store.charts.open(store.patient().patient_id)
    chart.set_notes(store.change, "clinical")
    record = bytes(chart.ledger.database.rows("SELECT record FROM operation")[0][0])
    with pytest.raises(Damaged):
        open_operation(record, store.keyset, lambda _: bytes(32))
    with pytest.raises(Refused, match="not among this person's keys"):
        open_operation(record, front_desk(store.keyset), store.catalog.erasure.key)
    newer = bytearray(record)
    newer[1] = 2
    with pytest.raises(Refused) as caught:
        open_operation(bytes(newer), store.keyset, store.catalog.erasure.key)
    assert caught.value.code == "newer_format"


def test_sequence_and_clock_go_on_after_reopening(store: Store) -> None:
    store.catalog.set_setting(store.change, "a", "1")
    there = store.reopened()
    there.catalog.set_setting(there.change, "a", "2")
    there.catalog.set_setting(there.change, "a", "2")
    rows = there.catalog.ledger.database.rows("SELECT sequence, clock, record FROM operation ORDER BY sequence")
    assert [row[0] for row in rows] == [1, 2]
    assert rows[1][1] > rows[0][1]
    check_chain([(row[0], bytes(row[2])) for row in rows])
    assert {"patient", "visit", "job", "assignment", "setting"} <= set(CATALOG_TABLES)
    there.close()
