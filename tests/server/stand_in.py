"""moto as an S3-compatible store on loopback: a stand-in that every machine has; Swift is the real one (`swift.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from moto.server import ThreadedMotoServer

from tests.server.swift import S3Place, make_bucket, s3_place


@contextmanager
def stand_in() -> Iterator[S3Place]:
    """A store in a thread of this process, with one bucket; it forgets everything at the end."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        place = s3_place(f"http://{host}:{port}", "stand-in", "stand-in")
        make_bucket(place)
        yield place
    finally:
        server.stop()
