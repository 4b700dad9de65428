"""A clinic that is here comes onto a server: its membership log, then what its people need to sign in elsewhere."""

from __future__ import annotations

from contextlib import closing

from photodesk.app.clinic_publisher import send_key_records
from photodesk.background.clinic_line import ClinicLine, fetch_certificate
from photodesk.background.keeper_link import KeeperLink
from photodesk.desk.session import Session
from photodesk.errors import Refused
from photodesk.sync.enrolling import check_clock, found_on_server
from photodesk.sync.exchange import sign_in
from photodesk.sync.server_facts import SignedFacts
from photodesk.sync.spool import Spool


def found_here(session: Session, link: KeeperLink, url: str, code: str, pin: str = "") -> SignedFacts:
    """Found this desk's clinic on a server. Refused `server_pin_wrong` where `pin` is another key."""
    certificate, seen = fetch_certificate(url)
    if pin and pin.strip().lower().replace(":", "") != seen.hex():
        raise Refused("server_pin_wrong", "The server shows another key than the one you gave.", "Nothing was sent.")
    with closing(Spool(session.layout.spool)) as spool, ClinicLine(url, certificate, seen) as line:
        said = line.facts()
        check_clock(session.clock, said.time_ms)
        facts = SignedFacts(url, seen, said.receipt_key)

        def signed_in() -> None:
            sign_in(line, link.clinic_id, link.workstation_id, link.sign)

        found_on_server(session, spool, line, facts, certificate, code, signed_in)
        send_key_records(session.layout, link, spool, line)
    return facts
