"""The same as `refusing` for desk and importer alone, in one process and therefore twenty times as fast.

    python -m tests.importing.refusing_within --calls pwrite64 --errors ENOSPC,EIO

Options as there. A forked child imports on threads of its own, `strace` attaches to it and lets the Kth call of each
thread fail; the parent then opens the store and imports again. The keeper's part is a stand-in here.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import traceback
from contextlib import ExitStack, suppress
from pathlib import Path

from photodesk.errors import PhotoDeskError
from photodesk.store.health import Parts, check
from tests.importing.conftest import clinic_again, clinic_in
from tests.importing.pulling import all_there
from tests.importing.refusing import INJECTED, PHOTOS, Refusal, command, paths_of, said
from tests.importing.shop import make_card

PATIENCE_S = 120.0


class RefuserWithin:
    """Imports one small card again and again, each time in a fresh copy of one store."""

    def __init__(self, folder: Path, photos: int = PHOTOS) -> None:
        self._folder = folder
        self._model = make_card(folder / "model", photos, large_every=1000)
        with ExitStack() as stack:
            self._first = stack.enter_context(clinic_in(folder / "first"))

    def refuse(self, call: str, error: str, at: int, *, lasting: bool) -> Refusal:
        """One import with refusals, one without; AssertionError where something is lost, doubled or unclean."""
        store, card, told = (self._folder / name for name in ("store", "card", "told"))
        shutil.copytree(self._folder / "first" / "store", store)
        shutil.copytree(self._model, card)
        told.unlink(missing_ok=True)
        when = f"{at}+" if lasting else str(at)
        rows = self._traced(call, f"inject={call}:error={error}:when={when}", store, card, told)
        document = json.loads(told.read_text()) if told.exists() else {}
        refusal = Refusal(call, error, at, lasting, len(rows), said(document.get("exit", 1), document), paths_of(rows))
        try:
            assert document, "the import ended without a word"
            assert refusal.said != "fault", document
            self._look(store, card, document)
        except (AssertionError, PhotoDeskError) as lost:
            kept = self._folder / f"kept-{call}-{error}-{at}"
            shutil.rmtree(kept, ignore_errors=True)
            store.rename(kept)
            raise AssertionError(f"{call} {error} at {when} {refusal.paths}: {refusal.said}: {lost}") from lost
        finally:
            shutil.rmtree(card)
            shutil.rmtree(store, ignore_errors=True)
        return refusal

    def _traced(self, call: str, inject: str, store: Path, card: Path, told: Path) -> list[str]:
        """Run the import in a child under `strace`: the calls that were refused."""
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.read(read, 1)
            self._child(store, card, told)
        trace = self._folder / "trace"
        words = ["strace", "-f", "-y", "-o", str(trace), "-e", f"trace={call}", "-e", inject, "-p", str(child)]
        with subprocess.Popen(words, stderr=subprocess.PIPE) as tracer:
            assert tracer.stderr is not None
            assert b"attached" in tracer.stderr.readline()
            os.write(write, b"!")
            try:
                tracer.communicate(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                os.kill(child, 9)
                tracer.communicate()
        os.close(read)
        os.close(write)
        os.waitpid(child, 0)
        return [row for row in trace.read_text(errors="replace").splitlines() if INJECTED in row]

    def _child(self, store: Path, card: Path, told: Path) -> None:
        """Import, write what it said, end."""
        document: dict[str, object] = {}
        try:
            with clinic_again(self._first, store) as clinic:
                result = clinic.run(card)
                document = {**result.document(), "exit": result.exit_code}
        except PhotoDeskError as error:
            document = document or {"error": {"code": error.code}}
        except BaseException:  # noqa: BLE001 - it is told to the parent
            document = {"error": {"code": "fault"}, "trace": traceback.format_exc()}
        with suppress(OSError):
            aside = told.with_suffix(".new")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.writev(descriptor, [json.dumps(document).encode()])
            os.close(descriptor)
            aside.replace(told)
        os._exit(0)

    def _look(self, store: Path, card: Path, document: dict[str, object]) -> None:
        with clinic_again(self._first, store) as clinic:
            again = clinic.run(card)
            assert again.exit_code == 0, again.document()
            place = clinic.workplace
            parts = Parts(place.layout, place.keyset, place.catalog, place.charts, clinic.keeper, {})
            if any(one.kind == "index_differs" for one in check(parts).problems):
                check(parts, repair=True)
            all_there(clinic, card)
            safe = [one for one in document.get("files", ()) if one["stage"] in {"verified", "assigned", "filed"}]  # type: ignore[attr-defined]
            there = {one.sha256 for photo in clinic.chart.photos() for one in photo.originals}
            there |= {one.original.sha256 for one in clinic.chart.attachments()}
            assert all(one["sha256"] in there for one in safe)


if __name__ == "__main__":
    sys.exit(command(sys.argv[1:], RefuserWithin, __doc__ or ""))
