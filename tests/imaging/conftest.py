"""A pool of real, sandboxed decoders for the whole run, started without the command line around them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from photodesk.background.decoders import DecoderPool
from photodesk.background.processes import clean_environment

_MAIN = "import sys; from photodesk.imaging.decoder_process import main; sys.exit(main(int(sys.argv[1])))"


def spawn_plain(fd: int) -> subprocess.Popen[bytes]:
    """The decoder's `main`, sandbox and all."""
    return subprocess.Popen(
        (sys.executable, "-c", _MAIN, str(fd)),
        pass_fds=(fd,),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )


@pytest.fixture(scope="session")
def pool() -> Iterator[DecoderPool]:
    with DecoderPool(2, spawn_plain) as decoders:
        yield decoders
