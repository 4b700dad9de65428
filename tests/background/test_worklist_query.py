"""The modality worklist query against dcmtk's worklist server, and against a server with TLS made here."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import tag_for_keyword
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.dsutils import decode, encode
from pynetdicom.sop_class import ModalityWorklistInformationFind

from photodesk.background import worklist_query
from photodesk.background.worklist_query import ask_worklist
from photodesk.errors import Fixable
from photodesk.interop.query_rows import row_of
from photodesk.visits.worklist import RowProblem, WorklistRow
from photodesk.visits.worklist_source import WorklistServer

DAY = date(2026, 11, 20)


def item(mrn: str, name: str, at: str, day: str = "20261120", charset: str = "ISO_IR 192") -> Dataset:
    step = Dataset()
    step.Modality = "XC"
    step.ScheduledStationAETitle = "ROOM2"
    step.ScheduledProcedureStepStartDate = day
    step.ScheduledProcedureStepStartTime = at
    step.ScheduledPerformingPhysicianName = "Sample^Iris"
    step.ScheduledProcedureStepDescription = "Photography"
    step.ScheduledStationName = "CAMERA"
    step.ScheduledProcedureStepLocation = "Room 2"
    step.ScheduledProcedureStepID = f"S{mrn}"
    made = Dataset()
    made.SpecificCharacterSet = charset
    made.AccessionNumber = f"A{mrn}"
    made.PatientName = name
    made.PatientID = mrn
    made.PatientBirthDate = "19680512"
    made.PatientSex = "F"
    made.StudyInstanceUID = f"1.2.826.0.1.3680043.8.498.{int(mrn)}"
    made.RequestedProcedureDescription = "Photography"
    made.RequestedProcedureID = f"R{mrn}"
    made.ScheduledProcedureStepSequence = Sequence([step])
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def dcmtk(tmp_path: Path) -> Iterator[WorklistServer]:
    """`wlmscpfs` over three worklist files, two of them of the day."""
    if shutil.which("wlmscpfs") is None:
        pytest.skip("dcmtk is not installed")
    folder = tmp_path / "PHOTO"
    folder.mkdir()
    (folder / "lockfile").touch()
    items = (
        item("000123", "Müller^Ada", "0910"),
        item("000147", "Łukasz^Ben=山田^太郎", "0940"),
        item("000255", "Later^Cleo", "1000", "20261121"),
    )
    for number, one in enumerate(items):
        one.file_meta = FileMetaDataset()
        one.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one.file_meta.MediaStorageSOPClassUID = ModalityWorklistInformationFind
        one.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        one.save_as(folder / f"item{number}.wl", enforce_file_format=True)
    port = free_port()
    process = subprocess.Popen(
        ["wlmscpfs", "-s", "-csk", "-dfp", str(tmp_path), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield WorklistServer("127.0.0.1", port, "PHOTO", "PHOTODESK")
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < end, "the worklist server did not start"
            time.sleep(0.05)
        else:
            return


def test_the_days_visits_come_from_dcmtk(dcmtk: WorklistServer) -> None:
    first, second = sorted(ask_worklist(dcmtk, DAY), key=lambda row: getattr(row, "mrn", ""))
    assert first == WorklistRow(
        0,
        "1.2.826.0.1.3680043.8.498.123 S000123",
        "000123",
        "Müller",
        "Ada",
        date(1968, 5, 12),
        "female",
        DAY,
        dt.time(9, 10),
        "Room 2",
        "Sample, Iris",
    )
    assert isinstance(second, WorklistRow)
    assert (second.family, second.given) == ("Łukasz", "Ben")
    assert ask_worklist(dcmtk, date(2026, 11, 22)) == ()
    assert ask_worklist(replace(dcmtk, station="ROOM9"), DAY) == ()


def test_a_wrong_title_or_no_server_is_said(dcmtk: WorklistServer) -> None:
    for server, code in (
        (replace(dcmtk, called="NOBODY"), "worklist_refused"),
        (replace(dcmtk, port=free_port()), "worklist_unreachable"),
        (replace(dcmtk, tls=True, authority_file="/does/not/exist"), "certificate_unusable"),
    ):
        with pytest.raises(Fixable) as refused:
            ask_worklist(server, DAY)
        assert refused.value.code == code
        assert refused.value.remedy


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, private, plain))
    secret.chmod(0o600)
    return pem, secret


def serve(answers: list[Dataset], context: ssl.SSLContext | None = None) -> Any:
    def on_find(_event: Any) -> Iterator[tuple[int, Dataset | None]]:
        for answer in answers:
            yield 0xFF00, answer

    entity = AE(ae_title="PHOTO")
    entity.add_supported_context(ModalityWorklistInformationFind)
    handlers = [(evt.EVT_C_FIND, on_find)]
    return entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers, ssl_context=context)


def test_tls_with_both_certificates_and_no_trust_without_them(tmp_path: Path) -> None:
    pem, key = certificate(tmp_path, "server")
    ours, our_key = certificate(tmp_path, "workstation")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(pem, key)
    context.load_verify_locations(ours)
    context.verify_mode = ssl.CERT_REQUIRED
    running = serve([item("000123", "Test^Ada", "0910")], context)
    try:
        port = running.server_address[1]
        server = WorklistServer("localhost", port, "PHOTO", tls=True, authority_file=str(pem))
        with_ours = replace(server, certificate_file=str(ours), key_file=str(our_key))
        (row,) = ask_worklist(with_ours, DAY)
        assert isinstance(row, WorklistRow)
        assert row.mrn == "000123"
        with pytest.raises(Fixable) as untrusted:
            ask_worklist(replace(with_ours, authority_file=str(ours)), DAY)
        assert untrusted.value.code == "worklist_untrusted"
        our_key.chmod(0o644)
        with pytest.raises(Fixable) as open_key:
            ask_worklist(with_ours, DAY)
        assert open_key.value.code == "certificate_unusable"
    finally:
        running.shutdown()


def test_too_many_answers_are_cut_off_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worklist_query, "MOST_ANSWERS", 3)
    running = serve([item(f"{number:06}", "Test^Ada", "0910") for number in range(1, 9)])
    try:
        read = ask_worklist(WorklistServer("127.0.0.1", running.server_address[1], "PHOTO"), DAY)
        assert [type(row) for row in read] == [WorklistRow] * 3 + [RowProblem]
    finally:
        running.shutdown()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyInstanceUID")),
    st.binary(max_size=40),
    st.sampled_from((b"ISO_IR 192", b"ISO_IR 100", b"\\ISO 2022 IR 87", b"no such set", b"")),
)
def test_bent_answers_never_raise(keyword: str, value: bytes, charset: bytes) -> None:
    answer = item("000123", "Test^Ada", "0910")
    tag = tag_for_keyword(keyword) or 0
    raw = encode(answer, is_implicit_vr=True, is_little_endian=True)
    assert raw is not None
    bent = decode(BytesIO(raw), is_implicit_vr=True, is_little_endian=True)
    for at, data in ((tag, value), (0x00080005, charset)):
        bent[at] = RawDataElement(BaseTag(at), None, len(data), data, 0, True, True)
    row = row_of(bent, 1)
    assert isinstance(row, WorklistRow | RowProblem)


def test_odd_answers_are_lines_that_need_a_look() -> None:
    nothing = row_of(Dataset(), 1)
    assert isinstance(nothing, RowProblem)
    assert nothing.code == "mrn_missing"
    odd = item("000123", "Test^Ada", "0910")
    odd.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate = ""
    answer = row_of(odd, 2)
    assert isinstance(answer, RowProblem)
    assert (answer.code, answer.place) == ("date_unclear", 2)
    empty = item("000124", "", "")
    row = row_of(empty, 3)
    assert isinstance(row, WorklistRow)
    assert (row.family, row.at) == ("", None)
