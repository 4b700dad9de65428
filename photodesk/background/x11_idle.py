"""How long nobody has touched this computer, from an X11 display's MIT-SCREEN-SAVER extension.

The few bytes of the X protocol that this takes are spoken here: Xlib ends the whole program when its display goes, and
the keeper must not end with a display. Only displays of this computer are asked, and none under Wayland, where the X
server hears only its own windows' input.

X protocol: a request is (code, data, length in 4-byte units); answers and events are 32 bytes, an answer's first byte
is 1, and it says how many 4-byte units follow. The screen saver's answer has the milliseconds since input at byte 16.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path

EXTENSION = b"MIT-SCREEN-SAVER"
COOKIE = b"MIT-MAGIC-COOKIE-1"
LOCAL_FAMILY, ANY_FAMILY = 256, 65535
QUERY_EXTENSION, QUERY_INFO = 98, 1
ANSWER_BYTES = 32
LONGEST_SETUP_BYTES = 1 << 18


def display_number() -> str:
    """The number of this computer's X display; "" where there is none, or where it does not hear everything."""
    display = os.environ.get("DISPLAY", "")
    wayland = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland"
    host, _, rest = display.partition(":")
    number = rest.partition(".")[0]
    return number if not wayland and host in {"", "unix"} and number.isdigit() else ""


class X11Idle:
    """Asks without waiting. `OSError` where the display cannot be reached, and from `turn` once it is gone."""

    name = "x11"
    greeted = False  # it tells of nothing that locks: its end is no reason to

    def __init__(self, number: str) -> None:
        self._socket = _connect(number)
        self._in, self._out = bytearray(), bytearray()
        self._answers: list[Callable[[bytes], None]] = []
        self._set_up = False
        self._root = self._code = 0
        self._asking = False
        name, data = _cookie(number)
        hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(data))
        self._out += hello + _padded(name) + _padded(data)

    @property
    def there(self) -> bool:
        """Whether it can be asked."""
        return bool(self._code)

    def fileno(self) -> int:
        """For a selector."""
        return self._socket.fileno()

    @property
    def wants_to_send(self) -> bool:
        """Whether something waits for room."""
        return bool(self._out)

    def close(self) -> None:
        """Leave the display."""
        self._socket.close()
        self._code = 0

    def ask(self, idle_ms: Callable[[int], None]) -> None:
        """How long nobody touched anything; nothing while an answer is still due."""
        if not self._code or self._asking:
            return
        self._asking = True

        def took(answer: bytes) -> None:
            self._asking = False
            idle_ms(struct.unpack_from("<I", answer, 16)[0])

        self._out += struct.pack("<BBHI", self._code, QUERY_INFO, 2, self._root)
        self._answers.append(took)

    def turn(self) -> None:
        """Read and write what can be done at once."""
        try:
            while data := self._socket.recv(65_536):
                self._in += data
            raise OSError("the display is gone")
        except BlockingIOError:
            try:
                self._took_all()
            except (struct.error, IndexError) as nonsense:
                raise OSError("the display was not understood") from nonsense
        try:
            while self._out:
                del self._out[: self._socket.send(self._out)]
        except BlockingIOError:
            return

    def _took_all(self) -> None:
        while (length := self._length()) and len(self._in) >= length:
            part = bytes(self._in[:length])
            del self._in[:length]
            if not self._set_up:
                self._begin(part)
            elif part[0] == 1:
                self._answers.pop(0)(part)
            elif part[0] == 0:
                raise OSError("the display refused")

    def _length(self) -> int:
        """How many bytes the next part has; 0 while that is not known."""
        if not self._set_up:
            length = 8 + 4 * int(struct.unpack_from("<H", self._in, 6)[0]) if len(self._in) >= 8 else 0
        elif len(self._in) < ANSWER_BYTES:
            return 0
        else:
            more = struct.unpack_from("<I", self._in, 4)[0] if self._in[0] == 1 else 0
            length = ANSWER_BYTES + 4 * int(more)
        if length > LONGEST_SETUP_BYTES:
            raise OSError("the display says too much")
        return length

    def _begin(self, setup: bytes) -> None:
        """The display's greeting: its first root window is what the screen saver is asked about."""
        if setup[0] != 1:
            raise OSError("the display refused")
        vendor_bytes, formats = struct.unpack_from("<H", setup, 24)[0], setup[29]
        first_screen = 40 + (vendor_bytes + 3) // 4 * 4 + 8 * formats
        self._root = struct.unpack_from("<I", setup, first_screen)[0]
        self._set_up = True
        name = _padded(EXTENSION)
        self._out += struct.pack("<BxHHxx", QUERY_EXTENSION, 2 + len(name) // 4, len(EXTENSION)) + name
        self._answers.append(self._extension)

    def _extension(self, answer: bytes) -> None:
        if not answer[8]:
            raise OSError("this display has no screen saver")
        self._code = answer[9]


def _connect(number: str) -> socket.socket:
    refused: OSError | None = None
    for path in (f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"):  # noqa: S108 - where X displays are
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.setblocking(False)
        try:
            line.connect(path)
        except OSError as error:
            line.close()
            refused = error
        else:
            return line
    raise refused or OSError("no display")


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _cookie(number: str) -> tuple[bytes, bytes]:
    """Name and data of what lets us in, from the person's X authority file; empty where none is needed."""
    path = Path(os.environ.get("XAUTHORITY") or Path.home() / ".Xauthority")
    try:
        data = path.read_bytes()
    except OSError:
        return b"", b""
    at = 0
    while at + 2 <= len(data):
        family = struct.unpack_from(">H", data, at)[0]
        at += 2
        fields = []
        for _ in range(4):
            if at + 2 > len(data):
                return b"", b""
            length = struct.unpack_from(">H", data, at)[0]
            fields.append(data[at + 2 : at + 2 + length])
            at += 2 + length
        _address, shown, name, secret = fields
        if family in {LOCAL_FAMILY, ANY_FAMILY} and shown in {b"", number.encode()} and name == COOKIE:
            return name, secret
    return b"", b""
