"""What the clinic server keeps of this workstation's log, as an anchor for `log verify`. No password; no entry.

The workstation's key signs one sign-in and is dropped. The server is the one that the membership log names: where the
spool is gone, its certificate is fetched again and compared with the signed pin.
"""

from __future__ import annotations

from dataclasses import dataclass

from photodesk.app.sync_passes import no_server
from photodesk.background.clinic_line import ClinicLine, fetch_certificate
from photodesk.background.processes import harden
from photodesk.clock import rfc3339
from photodesk.errors import PhotoDeskError
from photodesk.log.records import encode_anchor, read_anchor
from photodesk.log.recovery import find_end
from photodesk.store.keyring import secrets_of
from photodesk.store.layout import Layout
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.store.store_json import read_store
from photodesk.store.workstation import WorkstationSigner, open_workstation_keys
from photodesk.sync.checkpoints import checked_page
from photodesk.sync.exchange import sign_in
from photodesk.sync.server_facts import CERTIFICATE, SignedFacts
from photodesk.sync.spool import Spool
from photodesk.ui.words import counted

WINDOW = 1_000


@dataclass(frozen=True)
class Held:
    """What the server said: its checkpoints as an anchor, or why it could not be asked."""

    anchor: bytes | None
    error: PhotoDeskError | None = None

    @property
    def words(self) -> str:
        """What a log was compared with."""
        if self.error is not None:
            return f"Not compared with the clinic server: {self.error}"
        found = read_anchor(self.anchor or b"")
        if not found:
            return "The clinic server holds nothing of this log yet, so it was compared with nothing elsewhere."
        newest = max(found, key=lambda one: one.sequence)
        return (
            f"Compared with {counted(len(found), 'checkpoint')} that the clinic server keeps, the newest at entry "
            f"{newest.sequence:,} of {rfc3339(newest.at_ms)}."
        )

    def document(self) -> dict[str, object]:
        """For `--json`."""
        count = None if self.error is not None else len(read_anchor(self.anchor or b""))
        return {"asked": self.error is None, "checkpoints": count}


def held_by_server(layout: Layout) -> Held:
    """What the server keeps of this log; whatever hinders asking is told, beside what can be checked here."""
    try:
        return Held(server_anchor(layout))
    except PhotoDeskError as error:
        return Held(None, error)


def server_anchor(layout: Layout) -> bytes:
    """An anchor of the newest checkpoints in this log, and of those behind its end; errors as `Line`, `Contradiction`.

    Fixable `no_server`.
    """
    harden(die_with_parent=False)
    store = read_store(layout)
    members = MembersLog.open(layout.members, store.clinic).members
    with _line(layout, members) as line:
        _sign_in(line, layout)
        end = find_end(layout.log, store.workstation_id).next_sequence - 1
        after, width = max(0, end - WINDOW), WINDOW
        page = line.checkpoints(store.workstation_id, after)
        while not page and after:
            width *= 10
            after = max(0, end - width)
            page = line.checkpoints(store.workstation_id, after)
        found = checked_page(members, store.workstation_id, after, page)
        beyond = checked_page(members, store.workstation_id, end, line.checkpoints(store.workstation_id, end))
    return encode_anchor({one.encoded: None for one in (*found, *beyond)})


def _sign_in(line: ClinicLine, layout: Layout) -> None:
    keys = open_workstation_keys(layout, secrets_of(layout))
    signer = WorkstationSigner(keys.workstation_signing, keys.clinic_id)
    sign_in(line, keys.clinic_id.hex(), keys.workstation_id, signer.sign)


def _line(layout: Layout, members: Members) -> ClinicLine:
    facts = SignedFacts.of(members)
    if facts is None:
        raise no_server()
    spool = Spool(layout.spool)
    try:
        certificate = spool.fact(CERTIFICATE).decode("ascii", "replace")
    finally:
        spool.close()
    if not certificate:
        certificate, _ = fetch_certificate(facts.url)
    return ClinicLine(facts.url, certificate, facts.pin)
