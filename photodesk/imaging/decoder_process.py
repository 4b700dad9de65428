"""The decoder process: warm the codecs, close the sandbox, then one picture at a time until the owner is gone.

It holds no key. It is given an open file to read and memory to write into, and returns pixels and plain facts.
"""

from __future__ import annotations

import os

# one thread: Landlock covers the thread that closes it. The owner sets the same for BLAS, which is loaded before this.
os.environ["OMP_NUM_THREADS"] = "1"

import contextlib
import ctypes
import io
import signal
import socket
import sys

import rawpy
import simplejpeg
from PIL import Image

from photodesk.imaging import colour, limits
from photodesk.imaging.canvas import Canvas
from photodesk.imaging.decode import decode, prepare
from photodesk.imaging.decoder_messages import Ready, Reply, Request, receive_begin, receive_request, send
from photodesk.imaging.media_types import UNKNOWN
from photodesk.imaging.sandbox import close_sandbox
from photodesk.photos import PhotoFacts

_PR_SET_PDEATHSIG = 1


def main(fd: int) -> int:
    """Serve the owner at the other end of the stream socket `fd`. Returns the exit code: 0 when the owner closed."""
    _end_with_owner()
    with socket.socket(fileno=fd) as channel:
        begin = receive_begin(channel)
        if begin is None:
            return 0
        prepare()
        warm()
        if begin.dicom:
            warm_dicom()
        send(channel, Ready(close_sandbox()))
        while (received := receive_request(channel)) is not None:
            request, (source, target) = received
            try:
                reply = answer(request, source, target)
            finally:
                os.close(source)
                os.close(target)
            send(channel, reply)
    return 0


def answer(request: Request, source: int, target: int) -> Reply:
    """Decode `source` and write the pixels to the start of `target`."""
    try:
        data = _read(source, request.size_bytes)
    except OSError:
        return Reply(request.number, PhotoFacts(UNKNOWN, undecodable=limits.UNREADABLE), 0, 0)
    canvas = Canvas(target, request.capacity_bytes, painted=request.painted)
    pixels = None
    try:
        facts, pixels = decode(data, request.long_edge_px, read_codes=request.read_codes, canvas=canvas)
        if pixels is not None:
            canvas.put(pixels)
            return Reply(request.number, facts, pixels.shape[1], pixels.shape[0])
    except MemoryError:
        facts = PhotoFacts(UNKNOWN, undecodable=limits.TOO_MUCH_MEMORY)
    except Exception:  # noqa: BLE001 - codecs raise anything on hostile bytes, and one file must not end the others
        facts = PhotoFacts(UNKNOWN, undecodable="The picture data is damaged.")
    finally:
        pixels = None
        canvas.close()
    return Reply(request.number, facts, 0, 0)


def warm() -> None:
    """Use every codec once, so that nothing has to be loaded when no file can be opened any more."""
    sample = Image.effect_noise((32, 24), 40)
    for kind, mode, options in (
        ("JPEG", "RGB", {"quality": 80}),
        ("JPEG", "CMYK", {}),
        ("PNG", "RGBA", {}),
        ("TIFF", "RGB", {"compression": "tiff_lzw"}),
        ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", "L", {}),
        ("WEBP", "RGB", {}),
        ("HEIF", "RGB", {}),
    ):
        written = io.BytesIO()
        exif = Image.Exif()
        exif[271], exif[306] = "warm", "2026:01:01 00:00:00"
        profile = colour.adobe_rgb() if mode == "RGB" else None
        sample.convert(mode).save(written, kind, exif=exif, icc_profile=profile, **options)
        decode(written.getvalue(), None, read_codes=True)
        decode(written.getvalue()[:-40], 16)
    decode(b"II*\0\x08\0\0\0\0\0", None)
    with contextlib.suppress(rawpy.LibRawError), rawpy.RawPy() as raw:
        raw.open_buffer(io.BytesIO(b"II*\0\x10\0\0\0CR\x02\0" + bytes(256)))
    with contextlib.suppress(ValueError):
        simplejpeg.decode_jpeg(b"\xff\xd8\xff\xd9", "RGB")
    for encoding in ("ascii", "latin-1", "utf-8", "utf-16", "utf-16-be", "utf-16-le", "cp1252", "idna"):
        "a".encode(encoding)


def warm_dicom() -> None:
    """Load what DICOM needs and use each of its ways once."""
    from photodesk.imaging.dicom_warm import warm as use_once

    use_once()


def _end_with_owner() -> None:
    """Die when the owner dies, and be ended by the processor-time limit rather than handle it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C on a terminal is the owner's business


def _read(source: int, size_bytes: int) -> bytes:
    """The file from its start; fewer bytes where it has shrunk."""
    whole = os.pread(source, size_bytes, 0)  # one piece where the file lies in memory: nothing is copied again
    if len(whole) == size_bytes:
        return whole
    parts = bytearray(whole)
    while len(parts) < size_bytes:
        part = os.pread(source, min(size_bytes - len(parts), 16 << 20), len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)
