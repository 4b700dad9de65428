"""The disk service, played by a small one on a private bus."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from photodesk.background import volumes
from photodesk.background.udisks import ASKS, BUSY, DiskService
from photodesk.importing.volume import Volume

jeepney = pytest.importorskip("jeepney")
CARD = Volume(Path("/media/card"), "/dev/sdb1", "", "")
BLOCK, DRIVE = "/org/freedesktop/UDisks2/block_devices/sdb1", "/org/freedesktop/UDisks2/drives/reader"


@dataclass
class Service:
    """Answers as udisks does and remembers what it was asked."""

    refuse: str = ""
    asked: list[str] = field(default_factory=list)

    def serve(self, line: Any) -> None:
        from jeepney import HeaderFields, MessageType, new_error, new_method_return

        while True:
            try:
                message = line.receive()
            except (OSError, EOFError):
                return
            if message.header.message_type is not MessageType.method_call:
                continue
            method = message.header.fields[HeaderFields.member]
            self.asked.append(method)
            if method == "GetManagedObjects":
                line.send(new_method_return(message, "a{oa{sa{sv}}}", (_objects(),)))
            elif self.refuse and method == "Unmount":
                line.send(new_error(message, f"org.freedesktop.UDisks2.Error.{self.refuse}"))
            else:
                line.send(new_method_return(message))


def _objects() -> dict[str, Any]:
    return {
        BLOCK: {
            "org.freedesktop.UDisks2.Block": {
                "Device": ("ay", b"/dev/sdb1\0"),
                "IdLabel": ("s", "EOS_DIGITAL"),
                "IdUUID": ("s", "3A1F-09C2"),
                "IdType": ("s", "vfat"),
                "Size": ("t", 64_000_000_000),
                "ReadOnly": ("b", False),
                "Drive": ("o", DRIVE),
            },
        },
        DRIVE: {
            "org.freedesktop.UDisks2.Drive": {"Removable": ("b", True), "Ejectable": ("b", True)},
        },
    }


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"]
    try:
        bus = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    except OSError:
        pytest.skip("there is no dbus-daemon here")
    assert bus.stdout is not None
    address = bus.stdout.readline().strip()
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import open_dbus_connection

    played = Service()
    line = open_dbus_connection(bus=address)
    line.send_and_get_reply(message_bus.RequestName("org.freedesktop.UDisks2"))
    thread = threading.Thread(target=played.serve, args=(line,), daemon=True)
    thread.start()
    yield played
    bus.terminate()
    bus.wait()
    bus.stdout.close()
    thread.join(10)
    line.close()


def test_the_service_tells_label_serial_and_what_can_be_taken_out(service: Service) -> None:
    known = DiskService()
    card = known.add_facts(CARD)
    other = Volume(Path("/mnt/x"), "/dev/sdq1")
    assert known.add_facts(other) == other
    known.close()
    assert (card.label, card.serial, card.file_system, card.size_bytes) == (
        "EOS_DIGITAL",
        "3A1F-09C2",
        "vfat",
        64_000_000_000,
    )
    assert card.removable
    assert service.asked == ["GetManagedObjects"]


def test_ejecting_unmounts_first(service: Service) -> None:
    assert volumes.eject(CARD) == ""
    assert service.asked[-2:] == ["Unmount", "Eject"]


@pytest.mark.parametrize(("refusal", "sentence"), [("DeviceBusy", BUSY), ("NotAuthorizedCanObtain", ASKS)])
def test_a_card_in_use_stays_in_and_it_is_said(service: Service, refusal: str, sentence: str) -> None:
    service.refuse = refusal
    assert volumes.eject(CARD) == sentence
    assert "Eject" not in service.asked


def test_a_card_the_service_does_not_know_is_said(service: Service) -> None:
    assert "umount" in volumes.eject(Volume(Path("/mnt/x"), "/dev/sdq1"))
