"""`photodesk demo`: the demo clinic in its windows, or every screen of it drawn into PNG files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from photodesk.app.command_desk import command_desk
from photodesk.app.command_line import Invocation
from photodesk.app.demo_clinic import DemoClinic, make_demo
from photodesk.app.paths import default_store
from photodesk.crypto import FLOOR_COST


def run_demo(invocation: Invocation, screenshots: Path | None, size_px: tuple[int, int]) -> int:
    """Make the demo clinic and open it; with `screenshots` draw its screens there and end."""
    if screenshots is not None:
        return _draw(invocation, screenshots, size_px)
    chosen = invocation.store
    store = default_store().with_name("demo") if chosen == default_store() else chosen
    clinic = make_demo(store, invocation.tell)
    return _open(clinic)


def _open(clinic: DemoClinic) -> int:
    """The windows. The password goes to each desk through an inherited file without a name."""
    from photodesk.app.keeper import main_with_windows

    with _unnamed() as file:
        file.write(clinic.password.encode("ascii"))
        file.flush()
        return main_with_windows(clinic.store, ("--demo-fd", str(file.fileno())), (file.fileno(),))


def _unnamed() -> BinaryIO:
    make = getattr(os, "memfd_create", None)
    return cast("BinaryIO", os.fdopen(make("demo"), "w+b") if make else tempfile.TemporaryFile())


def _draw(invocation: Invocation, folder: Path, size_px: tuple[int, int]) -> int:
    """In one process, without the keeper's spares: what is drawn is what the windows show."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="photodesk-demo-") as name:
        clinic = make_demo(Path(name) / "store", invocation.tell, fill_inbox=False)
        desk_of = Invocation(
            store=clinic.store, user=clinic.person, passwords=[clinic.password], quiet=True, cost=FLOOR_COST
        )
        with command_desk(desk_of, decoder=True) as desk:
            from photodesk.app.screenshots import draw_screens

            screens = draw_screens(desk, clinic, folder, size_px)
    invocation.show(
        {"store": None, "screens": [{"name": screen, "path": str(path)} for screen, path in screens]},
        "\n".join(str(path) for _, path in screens),
    )
    return 0
