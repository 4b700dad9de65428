"""Run as a program in a decoder's place: does what a decoder taken over by a file might do, as its argument says."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time

from photodesk.imaging.decoder_messages import Ready, Reply, receive_begin, receive_request, send
from photodesk.photos import CameraTime, CaptureFacts, Code, IdentityInFile, PhotoFacts


def main(behaviour: str, fd: int) -> None:
    channel = socket.socket(fileno=fd)
    if behaviour == "never ready":
        return
    receive_begin(channel)
    send(channel, Ready(()))
    received = receive_request(channel)
    if received is None:
        return
    request, _ = received
    match behaviour:
        case "hang":
            threading.Event().wait()
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "burn":
            while True:
                time.process_time()
        case "garbage":
            channel.sendall((9).to_bytes(4, "little") + b"garbage!!")
        case "endless":
            channel.sendall((1 << 31).to_bytes(4, "little"))
        case "other number":
            send(channel, Reply(request.number + 7, PhotoFacts("image/jpeg", 1, 1), 1, 1))
        case "too large":
            send(channel, Reply(request.number, PhotoFacts("image/jpeg", 99_999, 99_999), 99_999, 99_999))
        case "wild facts":
            capture = CaptureFacts(make="a\n\x1b[31m" * 100, exposure_s=float("nan"), iso=-4)
            time_written = CameraTime("<script>")
            facts = PhotoFacts(
                "text/html",
                2,
                1,
                99,
                "p" * 999,
                time_written,
                capture,
                codes=(Code("QR\n", "\x1b[2J" + "A" * 5000),) * 20,
                pixel_spacing_mm=(float("inf"), 1.0),
                identity=IdentityInFile("N\x07" * 500),
            )
            send(channel, Reply(request.number, facts, 2, 1))
    receive_request(channel)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
