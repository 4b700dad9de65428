"""Two private message buses with pretended services on them: logind, UPower, a screen saver, GNOME's idle monitor.

The services are Debian's `python3-dbusmock`, run by the system's Python: its own dependencies (dbus-python, PyGObject)
have no wheels. Where it is not installed, the tests that need it are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import unwrap_msg

PYTHON = "/usr/bin/python3"
MOCK = "org.freedesktop.DBus.Mock"
LOGIND, LOGIND_PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
SESSION = f"{LOGIND_PATH}/session/c1"
UPOWER, UPOWER_PATH = "org.freedesktop.UPower", "/org/freedesktop/UPower"
NETWORK, NETWORK_PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
SAVER, SAVER_PATH = "org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"
FREE_SAVER, FREE_SAVER_PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"
MUTTER, MUTTER_PATH = "org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core"


def available() -> bool:
    """Whether this machine can pretend."""
    if not shutil.which("dbus-daemon") or not os.access(PYTHON, os.X_OK):
        return False
    return subprocess.run([PYTHON, "-c", "import dbusmock"], capture_output=True, check=False).returncode == 0


def wait_until(true: Callable[[], bool], what: str, seconds: float = 15) -> None:
    """Poll until `true()`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.02)


class Bus:
    """One private bus, and a connection to it from the test."""

    def __init__(self) -> None:
        read, write = os.pipe()
        command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--print-address={write}"]
        self.daemon = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.address = pipe.readline().strip()
        self.line: DBusConnection = open_dbus_connection(bus=self.address)

    def call(self, service: str, path: str, interface: str, method: str, kinds: str = "", *body: Any) -> Any:
        """A method's answer; jeepney's error where the service says no."""
        address = DBusAddress(path, bus_name=service, interface=interface)
        asked = new_method_call(address, method, kinds or None, body)
        return unwrap_msg(self.line.send_and_get_reply(asked, timeout=10))

    def mock(self, service: str, path: str, method: str, kinds: str, *body: Any) -> Any:
        """Steer a pretended object."""
        return self.call(service, path, MOCK, method, kinds, *body)

    def signal(self, service: str, path: str, interface: str, name: str, kinds: str, *values: Any) -> None:
        """Let a pretended object send a signal."""
        typed = [(kind, value) for kind, value in zip(kinds, values, strict=True)]
        self.mock(service, path, "EmitSignal", "sssav", interface, name, kinds, typed)

    def has(self, service: str) -> bool:
        """Whether somebody owns the name."""
        return bool(self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", "s", service)[0])

    def close(self) -> None:
        """End the bus; who is on it hears that."""
        self.line.close()
        self.daemon.terminate()
        self.daemon.wait(10)


class Buses:
    """A system's bus and a session's. Use as a context manager."""

    def __init__(self) -> None:
        self.system, self.session = Bus(), Bus()
        self._services: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Buses:
        return self

    def __exit__(self, *_: object) -> None:
        for service in self._services:
            service.terminate()
            service.wait(10)
        self.system.close()
        self.session.close()

    def environment(self) -> dict[str, str]:
        """Where a program finds them."""
        return {
            "DBUS_SYSTEM_BUS_ADDRESS": self.system.address,
            "DBUS_SESSION_BUS_ADDRESS": self.session.address,
            "XDG_RUNTIME_DIR": "",
        }

    def pretend_logind(self) -> None:
        """logind with one session, `c1`, which is everybody's, and an open lid."""
        self._start("--system", "--template", "logind")
        wait_until(lambda: self.system.has(LOGIND), "logind")
        bus = self.system
        bus.mock(LOGIND, LOGIND_PATH, "AddSession", "ssusb", "c1", "seat0", os.getuid(), "ada", True)
        code = f'ret = dbus.ObjectPath("{SESSION}")'
        manager = f"{LOGIND}.Manager"
        bus.mock(LOGIND, LOGIND_PATH, "AddMethod", "sssss", manager, "GetSessionByPID", "u", "o", code)
        bus.mock(LOGIND, LOGIND_PATH, "AddProperty", "ssv", manager, "LidClosed", ("b", False))

    def pretend_upower(self) -> None:
        """UPower with an open lid."""
        self._start("--system", UPOWER, UPOWER_PATH, UPOWER)
        wait_until(lambda: self.system.has(UPOWER), "UPower")
        self.system.mock(UPOWER, UPOWER_PATH, "AddProperty", "ssv", UPOWER, "LidIsClosed", ("b", False))

    def pretend_network(self) -> None:
        """NetworkManager on a network of which nobody knows whether it is metered."""
        self._start("--system", NETWORK, NETWORK_PATH, NETWORK)
        wait_until(lambda: self.system.has(NETWORK), "NetworkManager")
        self.system.mock(NETWORK, NETWORK_PATH, "AddProperty", "ssv", NETWORK, "Metered", ("u", 0))

    def set_metered(self, value: int) -> None:
        """It knows now."""
        self.system.mock(NETWORK, NETWORK_PATH, "UpdateProperties", "sa{sv}", NETWORK, {"Metered": ("u", value)})

    def pretend_savers(self) -> None:
        """GNOME's screen saver and the common one."""
        self._start("--session", "--template", "gnome_screensaver")
        self._start("--session", FREE_SAVER, FREE_SAVER_PATH, FREE_SAVER)
        wait_until(lambda: self.session.has(SAVER) and self.session.has(FREE_SAVER), "the screen savers")

    def pretend_mutter(self, idle_ms: int) -> None:
        """GNOME's idle monitor."""
        self._start("--session", MUTTER, MUTTER_PATH, MUTTER)
        wait_until(lambda: self.session.has(MUTTER), "the idle monitor")
        self.idle(idle_ms)

    def idle(self, idle_ms: int) -> None:
        """Nobody touched the computer for so long."""
        code = f"ret = {idle_ms}"
        self.session.mock(MUTTER, MUTTER_PATH, "AddMethod", "sssss", MUTTER, "GetIdletime", "", "t", code)

    # -- what happens to the computer --

    def update(self, path: str, interface: str, name: str, value: bool | str) -> None:
        """A property of logind's changes, and is told."""
        kind = "b" if isinstance(value, bool) else "s"
        self.system.mock(LOGIND, path, "UpdateProperties", "sa{sv}", interface, {name: (kind, value)})

    def lock_session(self) -> None:
        """`loginctl lock-session`."""
        self.system.call(LOGIND, SESSION, f"{LOGIND}.Session", "Lock")

    def prepare(self, what: str, *, begins: bool) -> None:
        """`PrepareForSleep` or `PrepareForShutdown`."""
        self.system.signal(LOGIND, LOGIND_PATH, f"{LOGIND}.Manager", what, "b", begins)

    def shut_lid(self, *, shut: bool) -> None:
        """UPower tells of the lid."""
        self.system.mock(UPOWER, UPOWER_PATH, "UpdateProperties", "sa{sv}", UPOWER, {"LidIsClosed": ("b", shut)})

    def inhibitors(self) -> list[tuple[Any, ...]]:
        """Who holds sleep back."""
        return list(self.system.call(LOGIND, LOGIND_PATH, f"{LOGIND}.Manager", "ListInhibitors")[0])

    def _start(self, *words: str) -> None:
        environment = {**os.environ, **self.environment()}
        command = [PYTHON, "-m", "dbusmock", *words]
        nowhere = subprocess.DEVNULL
        self._services.append(subprocess.Popen(command, env=environment, stdout=nowhere, stderr=nowhere))
