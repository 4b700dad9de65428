"""The live audit feed (IHE ATNA): DICOM audit messages over TLS syslog, off unless policy `log.atna` names a receiver.

Which process: bodies can only be read back with LK, which privacy officers hold, so a feed that lives must see entries
before they are sealed. Only the keeper does. It hands ids and codes, never a name or a text somebody typed, to a child
of its own: this one, which holds no key but that of its spool, and is the only one of the two that touches the network.

Wire: RFC 5424 messages, octet-counted over TLS 1.2 or later (RFC 5425), the receiver's name checked against the
certificates of `log.atna-ca` or the system's. Delivery is at least once: what was sent in the last half minute before a
connection broke is sent again, with the same `sequenceId`. Without a receiver entries wait in `audit_spool`.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from photodesk.background.audit_spool import AuditSpool
from photodesk.clock import rfc3339
from photodesk.log.audit_codes import IdsAlone
from photodesk.log.audit_dicom import message
from photodesk.protocol.channel import ChannelClosed, Mailbox
from photodesk.protocol.feeding import FeedEntry, FeedSettings, ToFeeder

PRIORITY = 10 * 8 + 5  # security, notice
MESSAGE_ID = "DICOM+RFC3881"
BOM = b"\xef\xbb\xbf"
TIMEOUT_S = 5.0
LAST_WORDS_S = 1.5
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
UNSURE_S = 30.0
KEEP_EVERY_S = 5.0
STEP_S = 1.0
GAP = "feed_gap"

Monotonic = Callable[[], float]


def syslog_frame(entry: FeedEntry, clinic_id: str, workstation_id: str) -> bytes:
    """One entry as it goes over the wire: its length, a blank, the message."""
    told = IdsAlone(
        entry.sequence,
        entry.at_ms,
        workstation_id,
        entry.person_id,
        entry.role,
        entry.action,
        entry.patient_id,
        entry.photo_ids,
        entry.purpose,
        entry.outcome,
    )
    head = (
        f"<{PRIORITY}>1 {rfc3339(entry.at_ms)} {workstation_id} PhotoDesk {os.getpid()} {MESSAGE_ID} "
        f'[meta sequenceId="{entry.sequence % 2**31 or 1}"] '
    )
    data = head.encode("ascii") + BOM + message(told, clinic_id).encode("utf-8")
    return str(len(data)).encode("ascii") + b" " + data


class AuditFeed:
    """Sends what waits. `step` does what can be done now; one thread uses it."""

    def __init__(self, settings: FeedSettings, spool: AuditSpool, monotonic: Monotonic = time.monotonic) -> None:
        self._settings, self._spool, self._monotonic = settings, spool, monotonic
        self._trust = ssl.create_default_context(cadata=settings.trust or None)
        self._trust.minimum_version = ssl.TLSVersion.TLSv1_2
        self._line: ssl.SSLSocket | None = None
        self._sent: deque[tuple[float, FeedEntry]] = deque()
        self._wait_s, self._next_try, self._next_keep = FIRST_WAIT_S, 0.0, 0.0
        self._last = FeedEntry(0, 0, "", "", "DAMAGE", "")

    def add(self, entry: FeedEntry) -> None:
        """To be sent."""
        self._last = entry
        self._spool.add(entry)

    def step(self) -> None:
        """Send what can be sent; keep what can not."""
        self._hear()
        if len(self._spool) or self._spool.lost:
            self._send_all()
        self._keep()

    def end(self) -> None:
        """Nothing more comes: send the rest if a moment is enough, and close so that the receiver has it all."""
        self._next_try = 0.0
        self._send_all()
        if self._line is not None:
            try:
                self._line.settimeout(LAST_WORDS_S)
                self._line.unwrap().close()
                self._sent.clear()
            except (OSError, ValueError):
                self._broken()
        self._line = None
        self._next_keep = 0.0
        self._keep()

    @property
    def line(self) -> socket.socket | None:
        """What is listened to for the receiver's leaving."""
        return self._line

    # -- inside --

    def _send_all(self) -> None:
        if self._line is None and not self._connect():
            return
        try:
            if self._spool.lost:
                self._send(FeedEntry(self._last.sequence, self._last.at_ms, "", "", "DAMAGE", "", outcome=GAP))
                self._spool.lost = 0
            while len(self._spool):
                entry = self._spool.take()
                self._sent.append((self._monotonic(), entry))
                self._send(entry)
        except OSError:
            self._broken()

    def _send(self, entry: FeedEntry) -> None:
        if self._line is not None:
            self._line.sendall(syslog_frame(entry, self._settings.clinic_id, self._settings.workstation_id))

    def _connect(self) -> bool:
        now = self._monotonic()
        if now < self._next_try:
            return False
        try:
            plain = socket.create_connection((self._settings.host, self._settings.port), TIMEOUT_S)
            try:
                self._line = self._trust.wrap_socket(plain, server_hostname=self._settings.host)
            except BaseException:
                plain.close()
                raise
        except (OSError, ValueError):
            self._next_try = now + self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
            return False
        self._wait_s = FIRST_WAIT_S
        return True

    def _hear(self) -> None:
        """The receiver says nothing; the end of its stream means that it went."""
        while self._sent and self._sent[0][0] < self._monotonic() - UNSURE_S:
            self._sent.popleft()
        line = self._line
        if line is None:
            return
        line.settimeout(0)
        try:
            ended = not line.recv(4096)
        except (ssl.SSLWantReadError, BlockingIOError):
            ended = False
        except OSError:
            ended = True
        if ended:
            self._broken()
        else:
            line.settimeout(TIMEOUT_S)

    def _broken(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None
        self._next_try = self._monotonic() + self._wait_s
        self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        unsure = self._monotonic() - UNSURE_S
        self._spool.put_back(entry for at, entry in self._sent if at >= unsure)
        self._sent.clear()

    def _keep(self) -> None:
        """The file follows what waits, now and then."""
        if self._monotonic() < self._next_keep:
            return
        self._next_keep = self._monotonic() + KEEP_EVERY_S
        try:
            self._spool.keep()
        except OSError:
            self._next_keep += KEEP_EVERY_S  # a full disk: it waits in memory


def main(fd: int) -> int:
    """`photodesk audit-feed --fd N`: until the keeper's pipe ends."""
    pipe: Mailbox[ToFeeder] = Mailbox(socket.socket(fileno=fd), ToFeeder)
    feed: AuditFeed | None = None
    while True:
        listened = [pipe.fileno(), *([feed.line.fileno()] if feed is not None and feed.line is not None else [])]
        select.select(listened, [], [], STEP_S)
        try:
            arrived = pipe.arrived()
        except ChannelClosed:
            break
        for said in arrived:
            if isinstance(said, FeedSettings):
                spool = AuditSpool(Path(os.fsdecode(said.spool)), said.spool_key, bytes.fromhex(said.clinic_id))
                feed = AuditFeed(said, spool)
            elif feed is not None:
                feed.add(said)
        if feed is not None:
            feed.step()
    if feed is not None:
        feed.end()
    return 0
