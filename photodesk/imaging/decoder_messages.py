"""What owner and decoder say to each other: u32 little-endian length, msgpack; descriptors ride on the length.

A request carries two descriptors: the file to decode and the memory the pixels go into, made by the owner.
The owner trusts no reply: lengths, sizes and texts are checked again in `background.decoders`.
"""

from __future__ import annotations

import os
import socket

import msgspec

from photodesk.photos import PhotoFacts

MAX_MESSAGE_BYTES = 256 << 10


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """The first message to a decoder: what to load before its sandbox closes. DICOM costs half a second and is rare."""

    dicom: bool


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The codecs are warm and the sandbox is closed. `walls` names what encloses the decoder."""

    walls: tuple[str, ...]


class Request(msgspec.Struct, frozen=True, tag="decode"):
    """Decode `size_bytes` of the first descriptor into the second, which holds `capacity_bytes`.

    `painted`: four bytes a pixel as screens paint them (`canvas`).
    """

    number: int
    size_bytes: int
    capacity_bytes: int
    long_edge_px: int | None
    read_codes: bool
    painted: bool = False


class Reply(msgspec.Struct, frozen=True, tag="decoded"):
    """Facts, and the extent of the pixels written (0 × 0 when `facts.undecodable`)."""

    number: int
    facts: PhotoFacts
    width_px: int
    height_px: int


_BEGIN = msgspec.msgpack.Decoder(Begin)
_REQUEST = msgspec.msgpack.Decoder(Request)
_FROM_DECODER = msgspec.msgpack.Decoder(Ready | Reply)


def send(channel: socket.socket, message: Begin | Ready | Request | Reply, descriptors: tuple[int, ...] = ()) -> None:
    """Send one message; OSError when the other side is gone."""
    body = msgspec.msgpack.encode(message)
    head = len(body).to_bytes(4, "little")
    if descriptors:
        socket.send_fds(channel, [head], list(descriptors))
        channel.sendall(body)
    else:
        channel.sendall(head + body)


def receive_begin(channel: socket.socket) -> Begin | None:
    """The first message of an owner; None when it is gone."""
    body = _body(channel, _exactly(channel, 4))
    return None if body is None else _BEGIN.decode(body)


def receive_request(channel: socket.socket) -> tuple[Request, list[int]] | None:
    """The next request with its two descriptors, which the caller closes; None when the owner is gone."""
    head, descriptors, _, _ = socket.recv_fds(channel, 4, 2)
    body = _body(channel, head)
    if body is None or len(descriptors) != 2:
        for descriptor in descriptors:
            os.close(descriptor)
        return None
    return _REQUEST.decode(body), list(descriptors)


def receive_from_decoder(channel: socket.socket) -> Ready | Reply | None:
    """The next message of a decoder, or None when it is gone. Descriptors it might send are dropped by the kernel.

    TimeoutError as the socket's timeout says; msgspec.DecodeError for anything that is no such message.
    """
    body = _body(channel, _exactly(channel, 4))
    return None if body is None else _FROM_DECODER.decode(body)


def _body(channel: socket.socket, head: bytes) -> bytes | None:
    if len(head) < 4:
        head += _exactly(channel, 4 - len(head)) if head else b""
    length = int.from_bytes(head, "little")
    if len(head) < 4 or length > MAX_MESSAGE_BYTES:
        return None
    body = _exactly(channel, length)
    return body if len(body) == length else None


def _exactly(channel: socket.socket, length: int) -> bytes:
    """`length` bytes, or fewer when the other side has closed."""
    parts = bytearray()
    while len(parts) < length:
        part = channel.recv(length - len(parts))
        if not part:
            break
        parts += part
    return bytes(parts)
