"""Every write, sync and rename below a folder, in order, as `strace` saw them of all threads of a command.

Nothing of the product is changed for this. What is mapped into memory is not seen: SQLite's shared memory files, which
hold nothing that outlives a power cut.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CALLS = (
    "openat,open,creat,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,sync_file_range,lseek,link,linkat,symlink,symlinkat,"
    "copy_file_range,sendfile"
)
UNHEARD = frozenset({"writev", "pwritev", "pwritev2", "truncate", "fallocate", "link", "linkat", "copy_file_range"})
_LINE = re.compile(r"^(\d+) +(.*)$")
_CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)(?:<(.*?)>)?")
_UNFINISHED = re.compile(r"^(\w+)\((.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
_FD = re.compile(r"^(\d+)<(.*?)>(?:, |$)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HEX = re.compile(r"\\x([0-9a-f]{2})")


@dataclass(frozen=True)
class Step:
    """One call that succeeded. `kind`: make, write, cut, sync, rename, remove, folder. Paths as they were then."""

    kind: str
    path: str
    data: bytes = b""
    at: int = 0
    to: str = ""


def record(command: Sequence[str], trace: Path, **more: object) -> int:
    """Run a command under `strace`: its exit status."""
    words = ["strace", "-f", "-y", "-xx", "--seccomp-bpf", "-s", "1000000000", "-o", str(trace), "-e", f"trace={CALLS}"]
    return subprocess.run([*words, *command], check=False, **more).returncode  # type: ignore[call-overload]


def steps(trace: Path, below: Sequence[Path], sizes: Mapping[str, int]) -> Iterator[Step]:
    """What happened below these folders (or to these files), each when it was over. `sizes` of files before."""
    reader = _Reader(tuple(str(path) for path in below), dict(sizes))
    with trace.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            yield from reader.line(line.rstrip("\n"))


class _Reader:
    def __init__(self, below: tuple[str, ...], sizes: dict[str, int]) -> None:
        self._below = below
        self.sizes = sizes
        self._begun: dict[str, str] = {}
        self._offsets: dict[tuple[str, str], int] = {}
        self._appending: set[tuple[str, str]] = set()

    def line(self, line: str) -> Iterator[Step]:
        found = _LINE.match(line)
        if found is None:
            return
        thread, rest = found.groups()
        begun = _UNFINISHED.match(rest)
        if begun is not None:
            self._begun[thread] = f"{begun[1]}({begun[2]}"
            return
        resumed = _RESUMED.match(rest)
        if resumed is not None:
            rest = self._begun.pop(thread, "") + resumed[2]
        call = _CALL.match(rest)
        if call is not None and int(call[3]) >= 0:
            yield from self._call(call[1], call[2], int(call[3]), _plain(call[4] or ""))

    def _call(self, name: str, arguments: str, result: int, opened: str) -> Iterator[Step]:
        if name in {"openat", "open", "creat"}:
            yield from self._opened(arguments, str(result), opened)
        elif name in {"rename", "renameat", "renameat2"}:
            old, new = (_text(one) for one in _TEXT.findall(arguments)[:2])
            if self._is_ours(old) or self._is_ours(new):
                self.sizes[new] = self.sizes.pop(old, 0)
                yield Step("rename", old, to=new)
        elif name in {"unlink", "unlinkat", "rmdir"}:
            path = _text(_TEXT.findall(arguments)[0])
            if self._is_ours(path):
                self.sizes.pop(path, None)
                yield Step("remove", path)
        elif name in {"mkdir", "mkdirat"}:
            path = _text(_TEXT.findall(arguments)[0])
            if self._is_ours(path):
                yield Step("folder", path)
        else:
            yield from self._on_file(name, arguments, result)

    def _opened(self, arguments: str, fd: str, path: str) -> Iterator[Step]:
        if not self._is_ours(path):
            return
        key = (fd, path)
        self._offsets[key] = 0
        self._appending.discard(key)
        if "O_APPEND" in arguments:
            self._appending.add(key)
        if "O_CREAT" in arguments:
            self.sizes.setdefault(path, 0)
            yield Step("make", path)
        if "O_TRUNC" in arguments:
            self.sizes[path] = 0
            yield Step("cut", path, at=0)

    def _on_file(self, name: str, arguments: str, result: int) -> Iterator[Step]:
        named = _FD.match(arguments)
        path = _plain(named[2]) if named is not None else ""
        if named is None or not self._is_ours(path):
            return
        key = (named[1], path)
        if name in UNHEARD:
            raise AssertionError(f"{name} to {path} is not known to the recording")
        if name == "lseek":
            self._offsets[key] = result
        elif name in {"fsync", "fdatasync"}:
            yield Step("sync", path)
        elif name == "ftruncate":
            size = int(arguments.rsplit(", ", 1)[1])
            self.sizes[path] = size
            yield Step("cut", path, at=size)
        elif name in {"write", "pwrite64"}:
            data = _bytes(_TEXT.findall(arguments)[0])[:result]
            at = int(arguments.rsplit(", ", 1)[1]) if name == "pwrite64" else self._place(key)
            if name == "write":
                self._offsets[key] = at + len(data)
            self.sizes[path] = max(self.sizes.get(path, 0), at + len(data))
            yield Step("write", path, data, at)

    def _place(self, key: tuple[str, str]) -> int:
        return self.sizes.get(key[1], 0) if key in self._appending else self._offsets.get(key, 0)

    def _is_ours(self, path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in self._below)


def _plain(text: str) -> str:
    return _HEX.sub(lambda found: chr(int(found[1], 16)), text)


def _text(quoted: str) -> str:
    return _bytes(quoted).decode("utf-8")


def _bytes(quoted: str) -> bytes:
    """`\\x41\\x42…`, as `-xx` writes every string."""
    return bytes.fromhex(quoted.replace("\\x", "")) if quoted else b""
