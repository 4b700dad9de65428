"""A stand-in for an S3-compatible store, on this machine only: it speaks as much of the protocol as a backup uses.

It keeps objects in memory and takes every signature that names its key id; no real store was asked in these tests.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY_ID, SECRET, BUCKET = "AKPRETEND", "pretend-secret", "clinic"


class PretendS3(ThreadingHTTPServer):
    """`objects` by name; `fail_puts_after` makes every later write fail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.fail_puts_after = -1

    @property
    def place(self) -> str:
        """How a backup names it."""
        return f"s3://{BUCKET}/backups?endpoint=http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PretendS3

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _allowed(self) -> bool:
        if f"Credential={KEY_ID}/" in self.headers.get("Authorization", ""):
            return True
        self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        return False

    def _asked(self) -> tuple[str, dict[str, list[str]]]:
        parts = urlsplit(self.path)
        return unquote(parts.path).removeprefix(f"/{BUCKET}").lstrip("/"), parse_qs(parts.query, keep_blank_values=True)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self) -> None:
        if not self._allowed():
            return
        name, asked = self._asked()
        if "list-type" in asked:
            self._list(asked.get("prefix", [""])[0])
            return
        data = self.server.objects.get(name)
        if data is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>no</Message></Error>")
            return
        about = {"ETag": '"1"', "Last_Modified": "Sat, 21 Nov 2026 19:00:00 GMT", "Accept_Ranges": "bytes"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if wanted is None:
            self._answer(200, data, **about)
            return
        first, last = int(wanted[1]), min(int(wanted[2] or len(data) - 1), len(data) - 1)
        about["Content_Range"] = f"bytes {first}-{last}/{len(data)}"
        self._answer(206, data[first : last + 1], **about)

    do_HEAD = do_GET

    def _list(self, prefix: str) -> None:
        found = "".join(
            f"<Contents><Key>{escape(name)}</Key><LastModified>2026-11-21T19:00:00.000Z</LastModified>"
            f'<ETag>"1"</ETag><Size>{len(data)}</Size></Contents>'
            for name, data in sorted(self.server.objects.items())
            if name.startswith(prefix)
        )
        xml = f"<ListBucketResult><Name>{BUCKET}</Name><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
        self._answer(200, xml.encode())

    def do_PUT(self) -> None:
        body = self._body()
        if not self._allowed():
            return
        if self.server.fail_puts_after == 0:
            self._answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
            return
        self.server.fail_puts_after -= self.server.fail_puts_after > 0
        name, asked = self._asked()
        if "uploadId" in asked:
            self.server.parts[asked["uploadId"][0]][int(asked["partNumber"][0])] = body
        else:
            self.server.objects[name] = body
        self._answer(200, ETag='"1"')

    def do_POST(self) -> None:
        body = self._body()
        if not self._allowed():
            return
        name, asked = self._asked()
        if "delete" in asked:
            gone = [unescape(key) for key in re.findall(r"<Key>(.*?)</Key>", body.decode())]
            for key in gone:
                self.server.objects.pop(key, None)
            told = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in gone)
            xml = f"<DeleteResult>{told}</DeleteResult>"
        elif "uploads" in asked:
            upload = f"upload-{len(self.server.parts)}"
            self.server.parts[upload] = {}
            xml = f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        else:
            parts = self.server.parts.pop(asked["uploadId"][0])
            self.server.objects[name] = b"".join(parts[number] for number in sorted(parts))
            xml = '<CompleteMultipartUploadResult><ETag>"1"</ETag></CompleteMultipartUploadResult>'
        self._answer(200, xml.encode())

    def do_DELETE(self) -> None:
        if self._allowed():
            self.server.objects.pop(self._asked()[0], None)
            self._answer(204)


@contextmanager
def pretend_s3() -> Iterator[PretendS3]:
    """One for a test."""
    server = PretendS3()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
