"""Whatever the bytes are, the readers end, soon, with rows and problems whose texts are bounded."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from photodesk.interop.csv_proposal import preview, proposed
from photodesk.interop.csv_table import read_table
from photodesk.interop.messages import read_messages
from photodesk.interop.texts import MAX_BYTES
from photodesk.visits.worklist import MAX_FIELD, Read, RowProblem
from photodesk.visits.worklist_source import Column, DateOrder, MessageFormat, TableFormat
from tests.interop.test_csv_table import ENGLISH
from tests.interop.test_messages import adt, siu

COLUMNS = {column: str(place) for place, column in enumerate(Column, start=1)}
SEEDS = (ENGLISH, siu().encode(), adt("A04").encode())
JUNK = st.one_of(
    st.binary(max_size=400),
    st.text(alphabet='",;\t|\r\n0123456789-./:ab\0\u202e', max_size=300).map(str.encode),
    st.text(alphabet="MSHPIDC|^~\\&\r\n0123456789X.", max_size=300).map(lambda text: b"MSH|^~\\&|" + text.encode()),
)


def bounded(read: Read) -> None:
    for row in read:
        texts = (row.message,) if isinstance(row, RowProblem) else (row.mrn, row.family, row.given, row.room, row.key)
        assert all(len(text) <= 2 * MAX_FIELD for text in texts)
        assert not any("\0" in text for text in texts)


@settings(max_examples=300, deadline=None)
@given(JUNK, st.sampled_from(("utf-8", "utf-16", "cp1252", "gb18030", "no-such-codec")), st.sampled_from(",;\t|"))
def test_tables_of_junk(data: bytes, encoding: str, delimiter: str) -> None:
    for headings in (True, False):
        form = TableFormat(encoding, delimiter, DateOrder.DAY_FIRST, headings, COLUMNS)
        bounded(read_table(data, form))
        preview(data, form)
    proposal = proposed(data)
    bounded(read_table(data, proposal.table))


@settings(max_examples=300, deadline=None)
@given(JUNK)
def test_messages_of_junk(data: bytes) -> None:
    bounded(read_messages(data, MessageFormat()))
    bounded(read_messages(data, MessageFormat("A", "cp932")))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SEEDS), st.data())
def test_bent_files(seed: bytes, data: st.DataObject) -> None:
    bent = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(bent) - 1))
        bent[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        if not bent:
            return
    bounded(read_table(bytes(bent), proposed(ENGLISH).table))
    bounded(read_messages(bytes(bent), MessageFormat()))


def test_long_lines_and_large_files_end_soon() -> None:
    form = TableFormat(columns=COLUMNS, headings=False)
    for unit in (b"x", b",", b'"', b"\n", b'"\n', b"\0", b'a,"', b"MSH|^~\\&|\r", b"|", b"\\", b"\\X41\\"):
        data = unit * (2_000_000 // len(unit))
        bounded(read_table(data, form))
        bounded(read_messages(data, MessageFormat()))
        proposed(data)
    hundred = b"x" * 100_000_000
    assert [row.code for row in read_table(hundred, form) if isinstance(row, RowProblem)] == ["file_too_large"]
    assert len(read_messages(hundred, MessageFormat())) == 1
    assert len(hundred) > MAX_BYTES
