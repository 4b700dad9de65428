"""The bare operation of `bench sync`: bytes over TLS 1.3 on loopback, received, hashed, written and synced. No more.

`python -m photodesk.app.bench.bare_upload FOLDER CERTIFICATE KEY` receives: each connection sends lengths and bytes,
and hears one byte once they are on the disk. Files are written as the clinic server's folder of objects has them.
"""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from photodesk.background.processes import clean_environment

PIECE_BYTES = 256 << 10


@contextmanager
def bare_server(folder: Path, certificate: Path, key: Path) -> Iterator[int]:
    """A receiving process; its port."""
    folder.mkdir()
    command = [sys.executable, "-m", __name__, str(folder), str(certificate), str(key)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=clean_environment())
    try:
        if process.stdout is None:
            raise RuntimeError("no standard output")
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def bare_upload(port: int, certificate: Path, files: Sequence[Path], connections: int) -> None:
    """Send these files over so many connections at once; returns when all of them are on the other's disk."""
    shares = [files[start::connections] for start in range(connections)]
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(lambda share: _send(port, certificate, share), shares))


def _send(port: int, certificate: Path, files: Sequence[Path]) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain) as line,
    ):
        for path in files:
            line.sendall(path.stat().st_size.to_bytes(8, "little"))
            with path.open("rb") as file:
                while piece := file.read(PIECE_BYTES):
                    line.sendall(piece)
            if line.recv(1) != b"+":
                raise RuntimeError("the bare upload broke off")


def _receive(folder: Path, certificate: Path, key: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(16) as pool:
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            plain, _ = listening.accept()
            pool.submit(_take, context, plain, folder)


def _take(context: ssl.SSLContext, plain: socket.socket, folder: Path) -> None:
    with context.wrap_socket(plain, server_side=True) as line:
        while head := line.recv(8):
            left, digest = int.from_bytes(head, "little"), hashlib.sha256()
            path = folder / os.urandom(8).hex()
            with path.open("wb", buffering=0) as file:
                while left:
                    piece = line.recv(min(left, PIECE_BYTES))
                    if not piece:
                        return
                    digest.update(piece)
                    file.write(piece)
                    left -= len(piece)
                os.fsync(file.fileno())
            line.sendall(b"+")


if __name__ == "__main__":
    _receive(*(Path(argument) for argument in sys.argv[1:4]))
