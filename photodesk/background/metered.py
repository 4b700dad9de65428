"""Whether the network is paid by what goes over it, as NetworkManager says it on the system's bus (Linux).

A telephone's hotspot is metered; elsewhere, and where nobody says anything, a network counts as not metered.
Dependency: `jeepney`, as in `bus_line`.
"""

from __future__ import annotations

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection

from photodesk.background.bus_line import system_bus

SERVICE, PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
YES, GUESS_YES = 1, 3  # NMMetered of NetworkManager's D-Bus interface
LOOK_EVERY_MS = 30_000
ANSWER_S = 2.0


class Metered:
    """Asks at most twice a minute."""

    def __init__(self, bus: str = "") -> None:
        self._bus = bus or system_bus()
        self._looked_ms: int | None = None
        self._metered = False

    def now(self, monotonic_ms: int) -> bool:
        """Whether it is now."""
        if self._looked_ms is None or monotonic_ms - self._looked_ms >= LOOK_EVERY_MS:
            self._looked_ms, self._metered = monotonic_ms, self._ask()
        return self._metered

    def _ask(self) -> bool:
        address = DBusAddress(PATH, SERVICE, "org.freedesktop.DBus.Properties")
        asked = new_method_call(address, "Get", "ss", (SERVICE, "Metered"))
        try:
            with open_dbus_connection(self._bus) as line:
                answer = line.send_and_get_reply(asked, timeout=ANSWER_S)
            return answer.body[0][1] in {YES, GUESS_YES}
        except Exception:  # noqa: BLE001 - no bus, no NetworkManager, an error in its place: jeepney has many
            return False
