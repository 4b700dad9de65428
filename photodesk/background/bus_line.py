"""One connection to a message bus (D-Bus) that never waits: whoever watches its descriptor lets it take turns.

Signals are taken only from the process that owns the service's name on the bus at that moment: a signal that another
program sends straight to us is not heard. Dependency: `jeepney`, a small D-Bus client in plain Python, which is
installed with the keyring's back end anyway.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageType, Parser, new_method_call
from jeepney.auth import BEGIN, AuthenticationError, Authenticator
from jeepney.bus import get_connectable_addresses
from jeepney.fds import FileDescriptor, fds_buf_size

BUS = "org.freedesktop.DBus"
BUS_PATH = "/org/freedesktop/DBus"
SYSTEM_BUS = "unix:path=/var/run/dbus/system_bus_socket"
LONGEST_MESSAGE_BYTES = 1 << 20
Answered = Callable[[tuple[Any, ...] | None], None]
Heard = Callable[[tuple[Any, ...]], None]


def system_bus() -> str:
    """Where the system's bus is."""
    return os.environ.get("DBUS_SYSTEM_BUS_ADDRESS") or SYSTEM_BUS


def session_bus() -> str:
    """Where the bus of the person's session is; "" where nothing says it."""
    told = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return told or (f"unix:path={runtime}/bus" if runtime else "")


class BusLine:
    """`OSError` where there is no bus, and from `turn` once it is gone."""

    def __init__(self, address: str) -> None:
        try:
            path = next(get_connectable_addresses(address))
        except (RuntimeError, ValueError, StopIteration) as nowhere:
            raise OSError("no message bus") from nowhere
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
        self._greeting: Authenticator | None = Authenticator(enable_fds=True)
        self._parser = Parser()
        self._serials = itertools.count(1)
        self._out = bytearray(self._greeting.data_to_send() or b"")
        self._waiting: list[bytes] = []  # what is said once the greeting is over
        self._asked: dict[int, Answered] = {}
        self._heard: dict[tuple[str, str, str, str], Heard] = {}
        self._owners: dict[str, str] = {}
        self._followed: dict[str, list[Callable[[bool], None]]] = {}
        self.greeted = False
        self.call(BUS, BUS_PATH, BUS, "Hello", answered=self._welcome)

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    @property
    def wants_to_send(self) -> bool:
        """Whether something waits for room."""
        return bool(self._out)

    def close(self) -> None:
        """Leave the bus; answers still due do not come."""
        self._socket.close()

    def _welcome(self, body: tuple[Any, ...] | None) -> None:
        """From now on something is heard: its end would be missed."""
        self.greeted = body is not None

    # -- saying --

    def call(
        self,
        service: str,
        path: str,
        interface: str,
        method: str,
        kinds: str = "",
        body: tuple[Any, ...] = (),
        answered: Answered = lambda _body: None,
    ) -> None:
        """Call a method; `answered` gets the answer's body, or None where the service says no."""
        address = DBusAddress(path, bus_name=service, interface=interface)
        serial = next(self._serials)
        self._asked[serial] = answered
        data = new_method_call(address, method, kinds or None, body).serialise(serial=serial)
        if self._greeting is None:
            self._out += data
        else:
            self._waiting.append(data)

    def get(self, service: str, path: str, interface: str, name: str, answered: Callable[[Any], None]) -> None:
        """A property's value; None where there is none."""

        def took(body: tuple[Any, ...] | None) -> None:
            answered(body[0][1] if body else None)

        self.call(service, path, "org.freedesktop.DBus.Properties", "Get", "ss", (interface, name), took)

    def listen(self, service: str, path: str, interface: str, signal: str, heard: Heard) -> None:
        """`heard` gets the body of this signal of a service that is followed."""
        self._heard[service, path, interface, signal] = heard
        rule = MatchRule(type="signal", sender=service, path=path, interface=interface, member=signal)
        self._match(rule)

    def follow(self, service: str, owned: Callable[[bool], None]) -> None:
        """`owned` hears whether the service is there, now and whenever that changes."""
        self._followed.setdefault(service, []).append(owned)
        if service in self._owners:
            owned(bool(self._owners[service]))
        if len(self._followed[service]) == 1:
            rule = MatchRule(type="signal", sender=BUS, path=BUS_PATH, interface=BUS, member="NameOwnerChanged")
            rule.add_arg_condition(0, service)
            self._match(rule)
            self.call(BUS, BUS_PATH, BUS, "GetNameOwner", "s", (service,), lambda body: self._is_at(service, body))

    def _is_at(self, service: str, body: tuple[Any, ...] | None) -> None:
        self._owner(service, body[0] if body else "")

    def _match(self, rule: MatchRule) -> None:
        self.call(BUS, BUS_PATH, BUS, "AddMatch", "s", (rule.serialise(),))

    # -- hearing --

    def turn(self) -> None:
        """Read and write what can be done at once; `OSError` when the bus is gone or talks nonsense."""
        try:
            self._receive()
        except (AuthenticationError, ValueError, LookupError) as nonsense:
            raise OSError("the message bus was not understood") from nonsense
        self._send()

    def _send(self) -> None:
        try:
            while self._out:
                del self._out[: self._socket.send(self._out)]
        except BlockingIOError:
            return

    def _receive(self) -> None:
        while True:
            try:
                data, more, flags, _ = self._socket.recvmsg(self._parser.bytes_desired(), fds_buf_size())
            except BlockingIOError:
                return
            descriptors = FileDescriptor.from_ancdata(more)
            if not data or flags & socket.MSG_CTRUNC:
                raise OSError("the message bus is gone")
            if self._greeting is not None:
                self._greet(data)
                continue
            self._parser.add_data(data, fds=descriptors)
            if self._parser.bytes_desired() > LONGEST_MESSAGE_BYTES:
                raise OSError("the message bus says too much")
            while (message := self._parser.get_next_message()) is not None:
                self._took(message)

    def _greet(self, data: bytes) -> None:
        greeting = self._greeting
        if greeting is None:
            return
        greeting.feed(data)
        self._out += greeting.data_to_send() or b""
        if greeting.authenticated:
            self._greeting = None
            self._out += BEGIN + b"".join(self._waiting)
            self._waiting.clear()
        self._send()

    def _took(self, message: Message) -> None:
        kind, fields = message.header.message_type, message.header.fields
        if kind in {MessageType.method_return, MessageType.error}:
            answered = self._asked.pop(fields.get(HeaderFields.reply_serial, 0), None)
            if answered is not None:
                answered(message.body if kind is MessageType.method_return else None)
        elif kind is MessageType.signal:
            self._signal(message)

    def _signal(self, message: Message) -> None:
        fields = message.header.fields
        sender = fields.get(HeaderFields.sender, "")
        path, interface = fields.get(HeaderFields.path, ""), fields.get(HeaderFields.interface, "")
        member = fields.get(HeaderFields.member, "")
        if (sender, interface, member) == (BUS, BUS, "NameOwnerChanged"):
            name, _before, now = message.body
            self._owner(name, now)
            return
        for (service, *where), heard in list(self._heard.items()):
            if where == [path, interface, member] and sender and self._owners.get(service) == sender:
                heard(message.body)

    def _owner(self, service: str, owner: str) -> None:
        if self._owners.get(service, "") == owner and service in self._owners:
            return
        self._owners[service] = owner
        for owned in self._followed.get(service, []):
            owned(bool(owner))
