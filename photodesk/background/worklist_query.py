"""Asking a DICOM modality worklist: one association, one C-FIND, on the caller's thread (pynetdicom starts its own).

Limits: 10 s to connect and to agree, 30 s between answers, 2,000 answers. With TLS at least version 1.2, and the
server's certificate and name are checked. Nothing of an answer is logged.
"""

from __future__ import annotations

import socket
import ssl
from datetime import date
from pathlib import Path

from pydicom.dataset import Dataset

from photodesk.errors import Fixable
from photodesk.interop.query_rows import question, row_of
from photodesk.visits.worklist import Read, RowProblem, WorklistRow
from photodesk.visits.worklist_source import WorklistServer

CONNECT_S, ANSWER_S = 10, 30
MOST_ANSWERS = 2_000
_PENDING = frozenset({0xFF00, 0xFF01})
_CALL = "Check host, port and both AE titles, and whether the server runs."


def ask_worklist(server: WorklistServer, day: date) -> Read:
    """The server's rows of a day.

    Fixable `worklist_unreachable`, `worklist_untrusted`, `worklist_refused`, `worklist_failed`, `certificate_unusable`.
    """
    from pynetdicom import AE  # takes half a second to import
    from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

    context = _tls_context(server) if server.tls else None
    _knock(server, context)
    entity = AE(ae_title=server.calling)
    entity.connection_timeout = entity.acse_timeout = CONNECT_S
    entity.dimse_timeout = entity.network_timeout = ANSWER_S
    entity.add_requested_context(ModalityWorklistInformationFind)
    link = entity.associate(
        server.host, server.port, ae_title=server.called, tls_args=(context, server.host) if context else None
    )
    if not link.is_established:
        raise Fixable("worklist_refused", "The worklist server refused the connection.", _CALL)
    rows: list[WorklistRow | RowProblem] = []
    try:
        for status, answer in link.send_c_find(
            question(day, server.station), ModalityWorklistInformationFind, msg_id=1
        ):
            code = getattr(status, "Status", None)
            if code in _PENDING:
                rows.append(row_of(Dataset() if answer is None else answer, len(rows) + 1))
                if len(rows) >= MOST_ANSWERS:
                    link.send_c_cancel(1, None, ModalityWorklistInformationFind)
                    rows.append(_too_many())
                    return tuple(rows)
            elif code != 0:
                raise Fixable("worklist_failed", "The worklist server ended its answer with a failure.", _CALL)
    except (ValueError, RuntimeError):
        what = "The worklist server does not offer a modality worklist."
        raise Fixable("worklist_refused", what, _CALL) from None
    finally:
        if len(rows) > MOST_ANSWERS:
            link.abort()
        else:
            link.release()
    return tuple(rows)


def _too_many() -> RowProblem:
    what = f"The server has more than {MOST_ANSWERS:,} visits for the day."
    return RowProblem(0, "too_many_rows", what, "Name the station whose visits are wanted.")


def _tls_context(server: WorklistServer) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=server.authority_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if server.certificate_file:
            _refuse_open_key(Path(server.key_file))
            context.load_cert_chain(server.certificate_file, server.key_file, password=_no_password)
    except (OSError, ssl.SSLError, ValueError):
        what = "A certificate file for the worklist server cannot be used."
        raise Fixable("certificate_unusable", what, "Choose PEM files; the key must not ask for a password.") from None
    return context


def _no_password() -> str:
    raise ValueError("the key asks for a password")


def _refuse_open_key(key_file: Path) -> None:
    if key_file.stat().st_mode & 0o077:
        what = "The key file of this workstation's certificate can be read by others."
        raise Fixable("certificate_unusable", what, "Let only this computer's user read it (chmod 600).")


def _knock(server: WorklistServer, context: ssl.SSLContext | None) -> None:
    """Connect once and hang up: says plainly why a server cannot be reached, which an association does not tell."""
    try:
        with socket.create_connection((server.host, server.port), CONNECT_S) as plain:
            if context is not None:
                context.wrap_socket(plain, server_hostname=server.host).close()
    except ssl.SSLCertVerificationError:
        what = "The worklist server's certificate is not trusted, or names another server."
        raise Fixable("worklist_untrusted", what, "Choose the certificate of the authority that signed it.") from None
    except ssl.SSLError:
        what = "The worklist server does not speak TLS 1.2 or 1.3 at this port."
        raise Fixable("worklist_untrusted", what, "Ask who runs the server.") from None
    except (OSError, UnicodeError):
        raise Fixable("worklist_unreachable", "The worklist server cannot be reached.", _CALL) from None
