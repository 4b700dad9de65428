"""A process behind the decoder's walls gets nowhere."""

from __future__ import annotations

import io
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from photodesk.background.decoders import DecoderPool
from photodesk.background.processes import clean_environment
from photodesk.imaging import seccomp

linux = pytest.mark.skipif(sys.platform != "linux", reason="the walls of other systems are not run here")

_REFUSED = {"EPERM", "EACCES", "ENOSYS"}


@linux
@pytest.mark.skipif(platform.machine() != "x86_64", reason="raw system-call numbers of this machine")
def test_nothing_gets_out() -> None:
    folder = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        (sys.executable, "-m", "tests.imaging.behind_the_walls"),
        capture_output=True,
        check=True,
        cwd=folder,
        timeout=60,
    )
    found = json.loads(done.stdout)
    walls = found.pop("walls")
    assert {"no-new-privileges", "resource-limits", "seccomp"} <= set(walls)
    assert found.pop("still working") == "yes"
    assert found.pop("memory") == "MemoryError"
    assert {name: answer for name, answer in found.items() if answer not in _REFUSED} == {}


@linux
def test_the_running_decoder_has_the_walls(pool: DecoderPool) -> None:
    """What the kernel says about a live decoder: filters, no new privileges, no files, its limits."""
    assert pool.decode(b"nothing").pixels is None
    with pool._child() as turn:
        child = turn.child
        assert child is not None
        process = Path(f"/proc/{child._process.pid}")
        status = dict(line.split(":\t", 1) for line in (process / "status").read_text().splitlines() if ":\t" in line)
        assert status["Seccomp"].strip() == "2"
        assert status["NoNewPrivs"].strip() == "1"
        assert status["Threads"].strip() == "1"
        rows = (process / "limits").read_text().splitlines()
        space = next(row for row in rows if row.startswith("Max address space"))
        assert space.split()[3:5] == [str(6 << 30)] * 2
        processor = next(row for row in rows if row.startswith("Max cpu time"))
        assert processor.split()[3].isdigit()
        assert "seccomp" in child.walls


@linux
@pytest.mark.skipif(os.geteuid() != 0, reason="every other test is this one already")
def test_every_kind_decodes_for_an_ordinary_person() -> None:
    """Limits that root is exempt from must not stop a codec: the sandbox closes under another user here."""
    program = (
        "import os, resource, sys, pillow_heif\n"
        "from photodesk.imaging.decoder_process import main, prepare, warm\n"
        "prepare(); warm(); os.setgid(65534); os.setuid(65534); sys.exit(main(int(sys.argv[1])))"
    )

    def spawn(fd: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen((sys.executable, "-c", program, str(fd)), pass_fds=(fd,), env=clean_environment())

    sample = Path(__file__).parent / "samples" / "ten_bits.heif"
    with DecoderPool(1, spawn) as ordinary:
        assert ordinary.decode(sample.read_bytes(), 64).facts.undecodable == ""
        for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
            written = io.BytesIO()
            Image.new("RGB", (300, 200), "salmon").save(written, kind)
            assert ordinary.decode(written.getvalue(), 64).facts.undecodable == "", kind


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_well_formed(machine: str) -> None:
    """Every jump stays inside, the last step refuses, and the program fits what the kernel takes."""
    code = seccomp.program(machine, os.getpid())
    steps = [code[at : at + 8] for at in range(0, len(code), 8)]
    assert len(steps) < 4096
    assert steps[-1][4:] == (0x00050001).to_bytes(4, "little")
    for at, step in enumerate(steps):
        assert at + 1 + max(step[2], step[3]) <= len(steps) - (step[:2] != b"\x06\0")
