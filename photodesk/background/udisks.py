"""The desktop's disk service (udisks2) over D-Bus: what it knows of a volume, and letting go of it.

Everything works without the service, except ejecting. Dependency: `jeepney`, a small D-Bus client in plain Python that
is installed with the keyring's back end anyway.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from photodesk.importing.volume import Volume

SERVICE = "org.freedesktop.UDisks2"
BLOCK, FILE_SYSTEM, DRIVE = f"{SERVICE}.Block", f"{SERVICE}.Filesystem", f"{SERVICE}.Drive"
ANSWER_S = 20.0
BUSY = "Something still uses the card. Close what shows its files, then eject again."
ASKS = "This account may not eject it. Ask whoever looks after the computer, or unmount it with umount."


@dataclass(frozen=True)
class Block:
    """A block device as udisks names it."""

    path: str
    drive: str
    facts: dict[str, Any]


class DiskService:
    """A connection to the service. `OSError` where there is none."""

    def __init__(self, bus: str = "SYSTEM") -> None:
        from jeepney.io.blocking import open_dbus_connection

        try:
            self._line = open_dbus_connection(bus=bus)
        except (KeyError, RuntimeError) as missing:  # no address, or the bus said no
            raise OSError("no message bus") from missing
        try:
            self._objects = self._call("/org/freedesktop/UDisks2", _MANAGER, "GetManagedObjects")[0]
        except BaseException:
            self._line.close()
            raise

    def close(self) -> None:
        """Leave the bus."""
        self._line.close()

    def add_facts(self, volume: Volume) -> Volume:
        """The volume with what the service knows better."""
        block = self.block_of(volume)
        if block is None:
            return volume
        drive = self._facts(block.drive, DRIVE)
        return replace(
            volume,
            label=str(block.facts.get("IdLabel") or volume.label),
            serial=str(block.facts.get("IdUUID") or volume.serial),
            file_system=str(block.facts.get("IdType") or volume.file_system),
            size_bytes=int(block.facts.get("Size") or volume.size_bytes),
            read_only=volume.read_only or bool(block.facts.get("ReadOnly")),
            removable=volume.removable or bool(drive.get("Removable") or drive.get("MediaRemovable")),
        )

    def block_of(self, volume: Volume) -> Block | None:
        """The device a volume lies on."""
        wanted = volume.device.encode()
        for path, interfaces in self._objects.items():
            facts = _plain(interfaces.get(BLOCK, {}))
            if facts and bytes(facts.get("Device", b"")).rstrip(b"\0") == wanted:
                return Block(path, str(facts.get("Drive", "/")), facts)
        return None

    def eject(self, volume: Volume) -> str:
        """Unmount, then eject or power off the drive. "" when done, else the sentence that says why not."""
        block = self.block_of(volume)
        if block is None:
            return "The disk service does not know this card. Unmount it with umount before you take it out."
        try:
            self._call(block.path, FILE_SYSTEM, "Unmount", "a{sv}", ({},))
            drive = self._facts(block.drive, DRIVE)
            if drive.get("Ejectable"):
                self._call(block.drive, DRIVE, "Eject", "a{sv}", ({},))
            elif drive.get("CanPowerOff"):
                self._call(block.drive, DRIVE, "PowerOff", "a{sv}", ({},))
        except OSError as refused:
            return ASKS if "NotAuthorized" in str(refused) else BUSY
        return ""

    def _facts(self, path: str, interface: str) -> dict[str, Any]:
        return _plain(self._objects.get(path, {}).get(interface, {}))

    def _call(
        self, path: str, interface: str, method: str, kinds: str | None = None, body: tuple[Any, ...] = ()
    ) -> Any:
        """One call; `OSError` with the error's name where the service says no or does not answer."""
        from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call

        address = DBusAddress(path, bus_name=SERVICE, interface=interface)
        answer = self._line.send_and_get_reply(new_method_call(address, method, kinds, body), timeout=ANSWER_S)
        if answer.header.message_type is MessageType.error:
            raise OSError(str(answer.header.fields.get(HeaderFields.error_name, "refused")))
        return answer.body


_MANAGER = "org.freedesktop.DBus.ObjectManager"


def _plain(properties: dict[str, Any]) -> dict[str, Any]:
    """Properties without their variants' signatures."""
    return {name: value[1] for name, value in properties.items()}
