"""Where a store lies when nobody says otherwise."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from photodesk.errors import Fixable
from photodesk.store.layout import Layout, refuse_network
from photodesk.store.unfinished import refuse_unfinished
from photodesk.store.wiping import is_wiped, wiped


def default_store() -> Path:
    """The platform's data folder of this user, such as `~/.local/share/PhotoDesk/store`."""
    return Path(platformdirs.user_data_dir("PhotoDesk", appauthor=False)) / "store"


def existing_store(folder: Path) -> Layout:
    """The store of a folder.

    Fixable `store_missing`, `store_unfinished`; Refused `network_folder`, `synced_folder`, `wiped`.
    """
    refuse_network(folder)
    layout = Layout(folder)
    if is_wiped(layout):
        raise wiped()
    if not layout.store_json.is_file():
        refuse_unfinished(layout)
        raise Fixable(
            "store_missing",
            "There is no PhotoDesk store in this folder.",
            "Name the right folder with --store, or set up a new store with: photodesk init",
        )
    return layout
