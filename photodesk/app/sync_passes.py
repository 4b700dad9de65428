"""Passes with the clinic server as this workstation makes them: the line, who signs, and the steps. Holds no key.

The syncer and `sync --once` both use it. The server is who the membership log says; its address and certificate in the
spool are of use only where they fit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from photodesk.background.clinic_http import Spend, fetch_certificate, freely, pin_wrong
from photodesk.background.clinic_line import ClinicLine
from photodesk.clock import Clock
from photodesk.errors import Fixable, PhotoDeskError, Refused
from photodesk.ids import to_bytes
from photodesk.progress import Cancel
from photodesk.store.layout import Layout
from photodesk.store.members import Members
from photodesk.store.members_log import MembersLog
from photodesk.sync.alarms import Alarms
from photodesk.sync.blob_step import BlobStep
from photodesk.sync.contradictions import Contradiction
from photodesk.sync.exchange import Exchange, OperationsStep, sign_in
from photodesk.sync.keys_step import ErasureStep, KeysStep
from photodesk.sync.line import Changed
from photodesk.sync.log_step import LogStep
from photodesk.sync.members_step import MembersStep, fetch_revocation
from photodesk.sync.members_step import Standing as Taken
from photodesk.sync.passing import Pass, Passed, Step
from photodesk.sync.server_facts import ServerFacts, SignedFacts
from photodesk.sync.server_restored import RestoredStep
from photodesk.sync.spool import Spool
from photodesk.sync.spool_blobs import BlobSpool
from photodesk.sync.spool_erasure import SpoolErasure
from photodesk.sync.spool_members import SpoolMembers
from photodesk.sync.standing import Standing

AHEAD_MS = 10 * 60_000
REQUESTS_AT_ONCE = 3


class PassKeeper(Protocol):
    """Who signs for this workstation and writes its key files: the keeper, or recovery while nobody uses the store."""

    clinic_id: str
    workstation_id: str

    def sign(self, kind: str, data: bytes) -> bytes:
        """The workstation's signature."""
        ...

    def take_members(self) -> Taken:
        """Write what lies in the spool."""
        ...


class ClinicPasses:
    """One workstation's passes, over one connection as long as it holds. Used by one thread; `is_news` by another."""

    def __init__(self, layout: Layout, keeper: PassKeeper, spool: Spool, clock: Clock, spend: Spend = freely) -> None:
        self._layout = layout
        self._keeper = keeper
        self._spool = spool
        self._clock = clock
        self._spend = spend
        self._alarms = Alarms(spool, clock)
        self._standing = Standing(spool, clock)
        self._line: ClinicLine | None = None
        self._ahead_ms = 0

    def members(self) -> Members:
        """The membership log as it is checked here."""
        return MembersLog.open(self._layout.members, to_bytes(self._keeper.clinic_id)).members

    def run(self, cancel: Cancel) -> Passed:
        """A whole pass. Fixable `clock_ahead` after all but the sending was done; Refused `revoked`.

        Whatever contradicts itself stands as an alarm, also where it was met while signing in.
        """
        try:
            line = self.line()
            try:
                return self._passed(line, cancel)
            except Refused as refused:
                self._learn_revoked(line, refused)
                raise
        except Contradiction as found:
            self._alarms.keep(found)
            raise

    def _passed(self, line: ClinicLine, cancel: Cancel) -> Passed:
        clinic_id, station = self._keeper.clinic_id, self._keeper.workstation_id
        exchange = Exchange(clinic_id, station, line, self._spool, self._keeper.sign, self.members, self._clock)
        with ThreadPoolExecutor(REQUESTS_AT_ONCE, "photos") as pool:
            steps: list[Step] = [
                MembersStep(clinic_id, line, self._spool, self._layout.members, self._keeper.take_members),
                self._restored(station),
                KeysStep(line, self._spool),
                OperationsStep(exchange, may_send=self._ahead_ms <= AHEAD_MS),
                ErasureStep(line, self._spool),
                LogStep(clinic_id, station, line, self._spool, self.members, self._layout.log),
                BlobStep(line, self._spool, pool=pool),
            ]
            passed = Pass(steps, self._alarms).run(cancel)
        self._standing.others(line.workstations(), station)
        if self._ahead_ms > AHEAD_MS:
            raise clock_ahead(self._ahead_ms)
        return passed

    def _restored(self, station: str) -> RestoredStep:
        file = self._spool.file
        again = (SpoolMembers(file).send_again, SpoolErasure(file).unsend, BlobSpool(file).ask_again)
        return RestoredStep(station, self._spool, self.members, self._clock.wall_ms, again)

    def line(self) -> ClinicLine:
        """The line, signed in. Fixable `no_server`; errors as `Line`."""
        if self._line is None:
            self._line = self._connected()
        return self._line

    def is_news(self, event: Changed) -> bool:
        """Whether the server is further than what was fetched."""
        return event.place > self._spool.order_head()[0] or event.members > self.members().sequence

    def hang_up(self) -> None:
        """The next pass connects anew."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _connected(self) -> ClinicLine:
        """A renewed certificate over the pinned key is taken as it is shown; any other key is refused."""
        signed = SignedFacts.of(self.members())
        if signed is None:
            raise no_server()
        facts = ServerFacts.of(self.members(), self._spool)
        if facts is None:
            return self._open(signed, self._shown(signed, ""))
        try:
            return self._open(signed, facts.certificate)
        except Refused as refused:
            if refused.code not in {"server_pin_wrong", "server_certificate_expired"}:
                raise
            try:
                certificate = self._shown(signed, facts.certificate)
            except PhotoDeskError:
                raise refused from None
            return self._open(signed, certificate)

    def _shown(self, signed: SignedFacts, known: str) -> str:
        """The certificate that the server shows now, kept. Refused `server_pin_wrong` for another key, or as known."""
        certificate, pin = fetch_certificate(signed.url)
        if pin != signed.pin or certificate == known:
            raise pin_wrong()
        signed.keep(self._spool, certificate)
        return certificate

    def _open(self, signed: SignedFacts, certificate: str) -> ClinicLine:
        line = ClinicLine(signed.url, certificate, signed.pin, self._spend)
        try:
            said = line.facts()
            self._ahead_ms = self._clock.wall_ms() - said.time_ms
            self._sign_in(line)
            line.keep_signed_in(lambda: self._sign_in(line))
        except BaseException:
            line.close()
            raise
        return line

    def _sign_in(self, line: ClinicLine) -> None:
        try:
            sign_in(line, self._keeper.clinic_id, self._keeper.workstation_id, self._keeper.sign)
        except Refused as refused:
            self._learn_revoked(line, refused)
            raise

    def _learn_revoked(self, line: ClinicLine, refused: Refused) -> None:
        """The server says that this workstation was shut out: the signed entries decide, and may order more."""
        if refused.code == "revoked":
            keeper, log = self._keeper, self._layout.members
            who = (keeper.clinic_id, keeper.workstation_id)
            fetch_revocation(*who, line, self._spool, log, keeper.sign, keeper.take_members)


def no_server() -> Fixable:
    """This store belongs to no server, or does not know its certificate."""
    return Fixable(
        "no_server",
        "This workstation has no clinic server.",
        "Connect it under Settings, Clinic server, or with `photodesk enrol`.",
    )


def clock_ahead(ahead_ms: int) -> Fixable:
    """What is made under a clock that runs ahead would outrank everybody else's changes."""
    minutes = f"{ahead_ms // 60_000:,} minutes"
    return Fixable(
        "clock_ahead",
        f"This computer's clock is {minutes} ahead of the clinic server's: nothing is sent until it is put right.",
        "Set the clock. What was made meanwhile is sent then, as it is.",
    )
