"""A signed order of the clinic carried out: the store of a workstation that was shut out erases itself.

First what opens everything goes: the secrets in the keyring and the key files, overwritten before they are removed;
without them no file of the store can be read. Then the files. A plain notice is written before all that and stays; a
power cut is carried on from it at the next start.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from photodesk.errors import Fixable, Refused
from photodesk.store.files import sync_folder, write_atomically
from photodesk.store.keyring import Secrets, clinic_secret_account, workstation_secret_account
from photodesk.store.layout import Layout

NOTICE = "ERASED.txt"
_MOST_EPOCHS = 64
_WORDS = (
    "This PhotoDesk store was erased on an order signed by the clinic: this computer was shut out of it.\n"
    "Nothing that was here can be read any more. The clinic's photos are on its server and its other computers.\n"
)


def wipe_store(layout: Layout, secrets: Secrets, clinic_id: bytes, workstation_id: str) -> None:
    """Erase everything. A keyring that does not answer stops nothing: the key files go, and its secrets open nothing.

    Fixable `disk_failed` where a file cannot be removed; the next start tries again.
    """
    write_atomically(layout.root / NOTICE, _WORDS.encode())
    accounts = [clinic_secret_account(clinic_id, workstation_id, epoch) for epoch in range(1, _MOST_EPOCHS)]
    for account in (workstation_secret_account(clinic_id, workstation_id), *accounts):
        with contextlib.suppress(Fixable):
            secrets.forget(account)
    remove_rest(layout)


def remove_rest(layout: Layout) -> None:
    """The files, keys first. Fixable `wipe_unfinished`."""
    keys = (layout.workstation_key, layout.secrets_local, layout.keys, layout.slots, layout.members)
    try:
        for path in keys:
            _overwrite(path)
        for path in sorted(layout.root.iterdir()):
            if path.name == NOTICE or path == layout.lock:
                continue
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        sync_folder(layout.root)
    except OSError:
        raise Fixable(
            "wipe_unfinished",
            "Not every file of the erased store could be removed; without its keys none of them can be read.",
            "Delete the store's folder.",
        ) from None


def is_wiped(layout: Layout) -> bool:
    """Whether this store was erased on an order, perhaps not to its end."""
    return (layout.root / NOTICE).exists()


def wiped() -> Refused:
    """What a start says from then on."""
    return Refused(
        "wiped",
        "This computer was removed from the clinic, and what it held was erased on the clinic's signed order.",
        "The clinic's photos are on its server and its other computers. To work with the clinic again, ask an"
        " administrator for an invitation and join it with a new folder.",
    )


def _overwrite(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(os.urandom(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
