"""The keeper as a real process of a real store: killed, told to end, and what its children can see."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from photodesk.background.keeper_link import KeeperLink
from photodesk.background.processes import end, spawn
from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.errors import Refused
from photodesk.log.entry import Action, Entry
from photodesk.log.verify import Result, verify
from photodesk.store.founding import found
from photodesk.store.keyring import LocalSecrets
from photodesk.store.layout import Layout
from photodesk.store.roles import FOUNDER_ROLES
from photodesk.store.signin import open_slot, people_for_signin
from photodesk.store.store_json import read_store

PASSWORD = "seven quiet lanterns drift"
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    made = Layout(tmp_path_factory.mktemp("clinic") / "store")
    secrets = LocalSecrets(made.secrets_local)
    found(made, "Clinic", "Desk", "Ada", PASSWORD, FOUNDER_ROLES, secrets, FLOOR_COST, SystemClock())
    return made


class Kept:
    """A keeper process and the link to it."""

    def __init__(self, layout: Layout) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = spawn(
                ["keeper", "--fd", str(theirs.fileno()), "--store", str(layout.root)], (theirs.fileno(),)
            )
        self.link = KeeperLink(ours, "command")

    def sign_in(self, layout: Layout) -> str:
        secrets = LocalSecrets(layout.secrets_local)
        who = people_for_signin(layout, secrets)[0]
        self.link.begin_attempt(who.slot_id, who.person_id)
        keyset = open_slot(layout, secrets, who.slot_id, PASSWORD)
        self.link.unlocked(keyset.person_id, tuple(sorted(keyset.roles)))
        return keyset.person_id

    def close(self) -> int:
        self.link.close()
        return self.process.wait(10)


@pytest.fixture
def kept(layout: Layout) -> Iterator[Kept]:
    made = Kept(layout)
    yield made
    made.link.close()
    end(made.process)


def intact(layout: Layout) -> bool:
    public = bytes.fromhex(read_store(layout).workstations[0].log_signing_key)
    return verify(layout.log, public).result is Result.INTACT


def test_the_end_of_the_pipe_ends_it_with_a_signed_log(layout: Layout, kept: Kept) -> None:
    person = kept.sign_in(layout)
    kept.link.append(Entry(Action.VIEW, person_id=person))
    assert kept.close() == 0
    assert intact(layout)


def test_sigterm_is_a_lock(layout: Layout, kept: Kept) -> None:
    kept.sign_in(layout)
    kept.process.terminate()
    assert kept.process.wait(10) == 0
    with pytest.raises(Refused, match="locked"):
        kept.link.append(Entry(Action.SEARCH))
    assert intact(layout)


def test_killed_it_loses_nothing_acknowledged_and_the_next_one_opens(layout: Layout, kept: Kept) -> None:
    person = kept.sign_in(layout)
    pending = [kept.link.append_async(Entry(Action.VIEW, person_id=person)) for _ in range(300)]
    last = pending[40].result().sequence
    kept.process.kill()
    kept.process.wait(10)
    acknowledged = [one.result().sequence for one in pending if one.exception(5) is None]
    assert max(acknowledged) >= last
    again = Kept(layout)
    receipt_person = again.sign_in(layout)
    assert again.link.append(Entry(Action.VIEW, person_id=receipt_person)).sequence > max(acknowledged)
    assert again.close() == 0
    assert intact(layout)


@linux
def test_its_children_die_with_it_and_hold_no_secret(layout: Layout, kept: Kept) -> None:
    kept.sign_in(layout)
    sock = kept.link.start_import("d" * 32)
    (importer,) = children(kept.process.pid)
    secrets = LocalSecrets(layout.secrets_local)
    seen = b"".join(Path(f"/proc/{importer}/{name}").read_bytes() for name in ("cmdline", "environ"))
    assert PASSWORD.encode() not in seen
    assert all(secret.hex().encode() not in seen and secret not in seen for secret in secrets._read().values())
    kept.process.kill()
    kept.process.wait(10)
    assert sock.recv(1) == b""
    sock.close()
    gone(importer)


def children(parent: int) -> list[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii")
    return [int(word) for word in text.split()]


def gone(pid: int) -> None:
    """Wait until the process has ended (a zombie that nobody collects counts)."""
    fd = None
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        subprocess.run(["timeout", "5", "tail", f"--pid={pid}", "-f", os.devnull], check=False)
        with pytest.raises(ProcessLookupError):
            signal.pidfd_send_signal(fd, signal.SIGCONT)
    finally:
        os.close(fd)
