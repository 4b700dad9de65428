"""One decoder process seen from its owner: start, ask, watch, end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from photodesk.background.pixel_memory import BufferShelf, PixelBuffer
from photodesk.background.processes import spawn
from photodesk.errors import Fixable
from photodesk.imaging import limits
from photodesk.imaging.decoder_messages import Begin, Ready, Reply, Request, receive_from_decoder, send

START_S = 60
_TICKS_PER_S = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100

Spawn = Callable[[int], "subprocess.Popen[bytes]"]
"""Starts a decoder that inherits the given descriptor as its channel."""


def spawn_decoder(fd: int) -> subprocess.Popen[bytes]:
    """`python -m photodesk decoder --fd N` with nothing of ours but the channel."""
    return spawn(("decoder", "--fd", str(fd)), (fd,), quiet_errors=True)


@dataclass(frozen=True)
class Picture:
    """A file to decode: an open descriptor, its size in bytes, its type by its bytes, and what is wanted of it."""

    source: int
    size_bytes: int
    media_type: str
    long_edge_px: int | None
    read_codes: bool
    painted: bool = False

    @property
    def dicom(self) -> bool:
        """Whether only a decoder that has loaded DICOM can read it."""
        return self.media_type == "application/dicom"


@dataclass(frozen=True)
class Ended:
    """The decoder did not answer. `reason` is the sentence about the file; `hung` when the clock ran out."""

    reason: str
    hung: bool = False


class DecoderChild:
    """A running decoder with its own shelf of pixel memory. Used by one thread at a time."""

    def __init__(self, start: Spawn, *, dicom: bool = False) -> None:
        """Start it; `wait_ready` tells when it can be asked. `Fixable("decoder_unavailable")` where it cannot start.

        `dicom`: it also reads DICOM, whose library costs every start half a second.
        """
        self.dicom = dicom
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with theirs:
                self._process = start(theirs.fileno())
        except OSError as problem:
            ours.close()
            raise _unavailable(problem.strerror or "it cannot be started") from problem
        self._channel = ours
        with contextlib.suppress(OSError):  # gone already: `wait_ready` will see that
            send(ours, Begin(dicom))
        self._number = 0
        self.shelf = BufferShelf()
        self.walls: tuple[str, ...] = ()

    def wait_ready(self) -> None:
        """Until its codecs are warm and its sandbox closed; `Fixable("decoder_unavailable")` when it ends first."""
        self._channel.settimeout(START_S)
        try:
            message = receive_from_decoder(self._channel)
        except (OSError, msgspec.DecodeError) as problem:
            self.end()
            raise _unavailable("it did not get ready") from problem
        if not isinstance(message, Ready):
            self.end()
            raise _unavailable("it ended while starting")
        self.walls = message.walls

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def ask(self, picture: Picture, buffer: PixelBuffer, cpu_s: float, clock_s: float) -> Reply | Ended:
        """One picture. After `Ended` the decoder is gone and must be replaced."""
        self._number += 1
        request = Request(
            self._number,
            picture.size_bytes,
            buffer.capacity_bytes,
            picture.long_edge_px,
            picture.read_codes,
            picture.painted,
        )
        self._limit_processor(cpu_s)
        self._channel.settimeout(clock_s)
        try:
            send(self._channel, request, (picture.source, buffer.fd))
            reply = self._reply(clock_s)
        except TimeoutError:
            self.end()
            return Ended(limits.TOO_LONG, hung=True)
        except (OSError, msgspec.DecodeError):
            reply = None
        if not isinstance(reply, Reply) or reply.number != self._number:
            return Ended(self._cause_of_end())
        return reply

    def _reply(self, clock_s: float) -> Ready | Reply | None:
        """The answer, within one deadline even when it trickles in."""
        deadline = time.monotonic() + clock_s
        self._channel.settimeout(max(0.01, deadline - time.monotonic()))
        return receive_from_decoder(self._channel)

    def end(self) -> None:
        """Kill it, if it still runs, and free what is not lent."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._channel.close()
        self.shelf.close()

    def _cause_of_end(self) -> str:
        """Why it stopped: by the processor-time limit, or by the file. Kills what only pretends to be gone."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        code = self._process.poll()
        self.end()
        return limits.TOO_MUCH_CPU if code == -getattr(signal, "SIGXCPU", 24) else limits.CRASHED

    def _limit_processor(self, cpu_s: float) -> None:
        """`cpu_s` from what it has used so far. Set from outside: inside it could be raised again."""
        if sys.platform != "linux":
            return
        import resource

        with contextlib.suppress(OSError, IndexError, ValueError):  # gone already: `ask` will see that
            stat = Path(f"/proc/{self._process.pid}/stat").read_text("ascii", "replace")
            user, system = stat.rpartition(")")[2].split()[11:13]
            used = (int(user) + int(system)) / _TICKS_PER_S
            allowed = int(used + cpu_s) + 1
            resource.prlimit(self._process.pid, resource.RLIMIT_CPU, (allowed, resource.RLIM_INFINITY))


def _unavailable(why: str) -> Fixable:
    return Fixable(
        "decoder_unavailable",
        f"No decoder for photos could be started: {why}.",
        "Photos are kept safely and shown once decoding works. Check that PhotoDesk is installed completely.",
    )
