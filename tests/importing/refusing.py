"""Makes the disk refuse one write or sync after the other, and looks at the store afterwards.

    python -m tests.importing.refusing --errors ENOSPC,EIO
    python -m tests.importing.refusing --errors ENOSPC --calls fsync,fdatasync --from 1 --step 1 --lasting

For K = from, from + step, … a command imports a small card under `strace`, which lets the Kth call of a kind (counted
in each thread of every process: desk, keeper and importer) fail with the error; `--lasting` lets all later ones fail,
too, as a disk does that stays full. It goes on until no thread comes to its Kth call. Nothing of the product is changed
for this. After each: the command has ended by itself with a result or a sentence; the same order again, undisturbed,
ends well; each file is in the chart once; nothing waits in the inbox; `check` is clean (after `check --repair` where a
sentence asked for it, because the photo index could not be written). Needs `strace` and the right to trace.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tests.importing.shop import MRN, Shop, make_card

CALLS = ("fsync", "fdatasync", "ftruncate", "write", "pwrite64")
ERRORS = ("ENOSPC", "EIO")
INJECTED = "(INJECTED)"
REPAIR = "Run a check with --repair."
PHOTOS = 4


@dataclass
class Refusal:
    """What refused, and what the command said: `document` code or state, and where the call went."""

    call: str
    error: str
    at: int
    lasting: bool
    injected: int
    said: str
    paths: Counter[str] = field(default_factory=Counter)


class Refuser:
    """Imports one small card again and again, each time in a fresh copy of one store."""

    def __init__(self, folder: Path, photos: int = PHOTOS) -> None:
        self._folder = folder
        self._first = Shop(folder / "first")
        self._first.found()
        self._model = make_card(folder / "model", photos, large_every=1000)

    def refuse(self, call: str, error: str, at: int, *, lasting: bool) -> Refusal:
        """One import with refusals, one without; AssertionError where something is lost, doubled or unclean."""
        shop = Shop(self._folder / "store")
        card = self._folder / "card"
        trace = self._folder / "trace"
        shop.copy_of(self._first)
        shutil.copytree(self._model, card)
        when = f"{at}+" if lasting else str(at)
        inject = f"inject={call}:error={error}:when={when}"
        prefix = ["strace", "-f", "-y", "--seccomp-bpf", "-o", str(trace), "-e", f"trace={call}", "-e", inject]
        with tempfile.NamedTemporaryFile() as errors:
            child = shop.start("import", str(card), "--patient", MRN, prefix=prefix, errors=errors)
            status, document = shop.end_of(child)
            needs_repair = REPAIR in Path(errors.name).read_text("utf-8", "replace")
        rows = [row for row in trace.read_text(errors="replace").splitlines() if INJECTED in row]
        refusal = Refusal(call, error, at, lasting, len(rows), said(status, document), paths_of(rows))
        try:
            assert document, "the command ended without a word"
            assert refusal.said != "fault", document
            if needs_repair:
                refusal.said += ", and to repair"
            shop.believe(document)
            shop.want(card)
            shop.take_safe_files(card)
            shutil.copy(self._model / "IMG_0000.JPG", card / "AGAIN.JPG")
            shop.import_again(card)
            if needs_repair:
                shop.run("check", "--repair")
            shop.all_there()
        except AssertionError as lost:
            raise AssertionError(f"{call} {error} at {when} {refusal.paths}: {refusal.said}: {lost}") from lost
        finally:
            shutil.rmtree(card)
            kept = self._folder / f"kept-{call}-{error}-{at}"
            if sys.exc_info()[0] is None:
                shutil.rmtree(shop.store)
            else:
                shutil.rmtree(kept, ignore_errors=True)
                shop.store.rename(kept)
        return refusal


def said(status: int, document: dict[str, object]) -> str:
    """In a word: `through`, or the code of what stopped it."""
    for key in ("error", "stopped"):
        told = document.get(key)
        if isinstance(told, dict):
            return str(told["code"])
    return "through" if status == 0 else f"exit {status}"


def paths_of(rows: Sequence[str]) -> Counter[str]:
    """Which kinds of file the refused calls went to."""
    paths = [row.split("<", 1)[1].split(">", 1)[0] if "<" in row else "?" for row in rows]
    return Counter(Path(path).suffix or Path(path).name for path in paths)


def refuse_in_turn(
    refuser: Refusing,
    call: str,
    error: str,
    first: int,
    step: int,
    told: Callable[[Refusal], object],
    *,
    lasting: bool = False,
    last: int = 1 << 30,
) -> list[Refusal]:
    """K = first, first + step, … until no thread comes so far."""
    done: list[Refusal] = []
    for at in range(first, last + 1, step):
        refusal = refuser.refuse(call, error, at, lasting=lasting)
        told(refusal)
        if not refusal.injected:
            break
        done.append(refusal)
    return done


class Refusing(Protocol):
    """Imports once with refusals and once without."""

    def refuse(self, call: str, error: str, at: int, *, lasting: bool) -> Refusal:
        """AssertionError where something is lost, doubled or unclean."""
        ...


def command(words: list[str], refusing: Callable[[Path], Refusing], about: str) -> int:
    """The command in this module's docstring."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--errors", default=",".join(ERRORS))
    parser.add_argument("--calls", default=",".join(CALLS))
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--to", dest="last", type=int, default=1 << 30)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--lasting", action="store_true")
    parser.add_argument("--go-on", action="store_true", help="tell of a failure and go on")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(words)
    folder = given.keep or Path(tempfile.mkdtemp())

    def told(refusal: Refusal) -> None:
        what = f"{refusal.call} {refusal.error} at {refusal.at}{'+' if refusal.lasting else ''}"
        sys.stdout.write(f"{what}: {refusal.injected} refused {dict(refusal.paths)}, said {refusal.said}: all there\n")
        sys.stdout.flush()

    refuser = refusing(folder)
    total, failures = Counter[str](), 0
    for call in given.calls.split(","):
        for error in given.errors.split(","):
            first = given.first
            while True:
                try:
                    done = refuse_in_turn(
                        refuser, call, error, first, given.step, told, lasting=given.lasting, last=given.last
                    )
                    total[f"{call} {error}"] += len(done)
                    break
                except AssertionError as failure:
                    if not given.go_on:
                        raise
                    failures += 1
                    sys.stdout.write(f"FAILED {failure}\n")
                    sys.stdout.flush()
                    first = int(str(failure).split(" at ")[1].split()[0].rstrip("+")) + given.step
    sys.stdout.write(f"{total.total()} refusals in turn: {dict(total)}; {failures} failed\n")
    shutil.rmtree(folder)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:], Refuser, __doc__ or ""))
