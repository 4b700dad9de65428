"""A new store that joins a clinic over its server: the line to it, the person's password, then everything in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from photodesk.background.clinic_line import ClinicLine, fetch_certificate
from photodesk.clock import Clock
from photodesk.desk.joining import open_person
from photodesk.desk.security_key import KeyReader
from photodesk.errors import Refused
from photodesk.store.joining import Joined, open_joining
from photodesk.store.keyring import LocalSecrets, Secrets
from photodesk.store.layout import Layout
from photodesk.sync.enrolling import InvitationLine, check_clock
from photodesk.sync.server_facts import SignedFacts
from photodesk.sync.spool import Spool


@dataclass(frozen=True)
class JoinPlan:
    """What is asked before. `workstation_name`: what this computer will be called."""

    store: Path
    url: str
    code: str = field(repr=False)
    user_name: str
    workstation_name: str
    password_only: bool = False


def join_clinic(plan: JoinPlan, password: str, clock: Clock, keys: KeyReader | None = None) -> Joined:
    """Make the store. Errors as `open_joining`, `open_person` and `Joining.finish`; nothing counts until its end.

    Refused `server_pin_wrong` where the server that answers is not the one of the invitation.
    """
    layout = Layout(plan.store)
    certificate, pin = fetch_certificate(plan.url)
    with ClinicLine(plan.url, certificate, pin) as line:
        check_clock(clock, line.facts().time_ms)
        invited = InvitationLine(line, plan.code)
        if invited.package.pin != pin:
            raise _another_server()
        secrets = LocalSecrets(layout.secrets_local) if plan.password_only else Secrets()
        joining = open_joining(layout, secrets, invited.package, invited.keys, invited, pin, clock)
        opened = open_person(joining, plan.user_name, password, keys)
        joined = joining.finish(invited, opened, plan.workstation_name)
    facts = SignedFacts.of(joining.members)
    if facts is not None:
        spool = Spool(layout.spool)
        try:
            facts.keep(spool, certificate)
        finally:
            spool.close()
    return joined


def _another_server() -> Refused:
    return Refused(
        "server_pin_wrong",
        "Another computer answers in place of the clinic server: its key is not the one the invitation names.",
        "Check the address. Call your administrator before you type the code again.",
    )
