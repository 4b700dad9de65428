"""A new store that joins a clinic over its server: the line to it, the person's password, then everything in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from photodesk.background.clinic_line import ClinicLine, fetch_certificate
from photodesk.clock import Clock
from photodesk.desk.entrance import SignInPerson
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


class Attempt:
    """Joining in two steps, for a window that asks who joins in between. A context manager: it hangs up at its end."""

    def __init__(self, store: Path, url: str, code: str, clock: Clock, *, password_only: bool) -> None:
        """Look at the invitation and take the folder. Errors as `open_joining`.

        Refused `server_pin_wrong` where the server that answers is not the one of the invitation.
        """
        self._layout = Layout(store)
        self._certificate, pin = fetch_certificate(url)
        self._line = ClinicLine(url, self._certificate, pin)
        try:
            check_clock(clock, self._line.facts().time_ms)
            self._invited = InvitationLine(self._line, code)
            if self._invited.package.pin != pin:
                raise _another_server()
            secrets = LocalSecrets(self._layout.secrets_local) if password_only else Secrets()
            package, invitation = self._invited.package, self._invited.keys
            self._joining = open_joining(self._layout, secrets, package, invitation, self._invited, pin, clock)
        except BaseException:
            self._line.close()
            raise

    def __enter__(self) -> Attempt:
        return self

    def __exit__(self, *_ended: object) -> None:
        self._line.close()

    def people(self) -> tuple[SignInPerson, ...]:
        """Who may sign in here then."""
        return self._joining.people()

    def finish(self, user_name: str, password: str, workstation_name: str, keys: KeyReader | None = None) -> Joined:
        """Make the store; errors as `open_person` and `Joining.finish`. Nothing counts until its end."""
        opened = open_person(self._joining, user_name, password, keys)
        joined = self._joining.finish(self._invited, opened, workstation_name)
        facts = SignedFacts.of(self._joining.members)
        if facts is not None:
            spool = Spool(self._layout.spool)
            try:
                facts.keep(spool, self._certificate)
            finally:
                spool.close()
        return joined


def join_clinic(plan: JoinPlan, password: str, clock: Clock, keys: KeyReader | None = None) -> Joined:
    """Make the store, all at once. Errors as `Attempt`."""
    with Attempt(plan.store, plan.url, plan.code, clock, password_only=plan.password_only) as attempt:
        return attempt.finish(plan.user_name, password, plan.workstation_name, keys)


def _another_server() -> Refused:
    return Refused(
        "server_pin_wrong",
        "Another computer answers in place of the clinic server: its key is not the one the invitation names.",
        "Check the address. Call your administrator before you type the code again.",
    )
