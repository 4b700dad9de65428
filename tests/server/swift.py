"""OpenStack Swift's S3 interface from Debian's packages: a proxy, account, container and object server in a folder.

    apt-get install swift swift-proxy swift-account swift-container swift-object

It is the S3-compatible store that really runs here. Where it is not installed, what needs it is skipped. Swift runs
under the system's Python, on free ports of loopback, with a ring of one device, and is ended with the test.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PYTHON = "/usr/bin/python3"
KINDS = ("account", "container", "object")
ACCOUNT, USER, SECRET = "clinic", "photos", "swift-secret"
BUCKET = "photodesk"
START_S = 60
_RUN = """
import sys
from swift.common import utils
utils.SWIFT_CONF_FILE = sys.argv[1]
from swift.common.wsgi import run_wsgi
sys.exit(run_wsgi(sys.argv[2], sys.argv[3]))
"""
_PROXY = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
log_level = ERROR
[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
allow_multipart_uploads = false
auth_pipeline_check = false
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin
"""
_STORAGE = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
log_level = ERROR
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""


@dataclass(frozen=True)
class S3Place:
    """An S3-compatible store that runs: `objects` for `serve --objects`, `environment` with its address and keys."""

    objects: str
    environment: dict[str, str]


def installed() -> bool:
    """Whether Debian's Swift is here."""
    return all(shutil.which(f"swift-{kind}-server") for kind in (*KINDS, "proxy"))


@contextmanager
def swift(folder: Path) -> Iterator[S3Place]:
    """Start it with one bucket; end it with the block."""
    ports = dict(zip((*KINDS, "proxy"), _free_ports(4), strict=True))
    (folder / "devices" / "d1").mkdir(parents=True)
    (folder / "swift.conf").write_text("[swift-hash]\nswift_hash_path_suffix = test\n[storage-policy:0]\nname = one\n")
    facts = {"folder": folder, "user": _me(), "account": ACCOUNT, "name": USER, "secret": SECRET}
    for kind in KINDS:
        (folder / f"{kind}.conf").write_text(_STORAGE.format(kind=kind, port=ports[kind], **facts))
        _ring(folder, kind, ports[kind])
    (folder / "proxy.conf").write_text(_PROXY.format(port=ports["proxy"], **facts))
    with (folder / "log").open("wb") as log:
        processes = [_start(folder, kind, log.fileno()) for kind in ports]
        try:
            for port in ports.values():
                _wait_for(port)
            place = s3_place(f"http://127.0.0.1:{ports['proxy']}", f"{ACCOUNT}:{USER}", SECRET)
            make_bucket(place)
            yield place
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                process.wait(20)


def s3_place(address: str, key_id: str, secret: str) -> S3Place:
    """How S3 tools are told of a store: by the environment."""
    environment = {
        "AWS_ENDPOINT": address,
        "AWS_ACCESS_KEY_ID": key_id,
        "AWS_SECRET_ACCESS_KEY": secret,
        "AWS_REGION": "us-east-1",
        "AWS_ALLOW_HTTP": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "false",
    }
    return S3Place(f"s3://{BUCKET}/clinic-server", environment)


def make_bucket(place: S3Place) -> None:
    """The one bucket, made by Amazon's own client."""
    import boto3
    from botocore.config import Config

    told = place.environment
    config = Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required", proxies={})
    client = boto3.client(
        "s3",
        endpoint_url=told["AWS_ENDPOINT"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        region_name=told["AWS_REGION"],
        config=config,
    )
    client.create_bucket(Bucket=BUCKET)
    client.close()


def _ring(folder: Path, kind: str, port: int) -> None:
    builder = str(folder / f"{kind}.builder")
    for words in (["create", "4", "1", "0"], ["add", f"r1z1-127.0.0.1:{port}/d1", "1"], ["rebalance"]):
        subprocess.run(["swift-ring-builder", builder, *words], check=True, capture_output=True, timeout=START_S)


def _start(folder: Path, kind: str, log: int) -> subprocess.Popen[bytes]:
    command = [PYTHON, "-c", _RUN, str(folder / "swift.conf"), str(folder / f"{kind}.conf"), f"{kind}-server"]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)


def _free_ports(count: int) -> list[int]:
    taken = [socket.socket() for _ in range(count)]
    try:
        for one in taken:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in taken]
    finally:
        for one in taken:
            one.close()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _me() -> str:
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name
