"""The first thing any process of ours does: look at the first argument and load only what that part needs.

Hidden parts: `keeper --fd N --store S`, `desk --keeper-fd N --store S`, `syncer --fd N --store S`, `importer --fd N`,
`decoder --fd N`, `listener --fd N`, `audit-feed --fd N`. No argument, or only `--store`, opens the window; anything
else is the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from photodesk.app import crash


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the part that the arguments name; its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    part = PARTS.get(given[0]) if given else None
    crash.install(given[0] if part else "window")
    if part is not None:
        return part(given[1:])
    if _opens_the_window(given):
        return _windows(given)
    from photodesk.app.cli import main as command_line

    return command_line(given)


def _keeper(given: list[str]) -> int:
    from photodesk.app.keeper import main_for_command

    return main_for_command(int(_value(given, "--fd")), Path(_value(given, "--store")))


def _desk(given: list[str]) -> int:
    from photodesk.app.desk_process import main as desk

    demo_fd = int(_value(given, "--demo-fd")) if "--demo-fd" in given else None
    return desk(int(_value(given, "--keeper-fd")), Path(_value(given, "--store")), demo_fd)


def _importer(given: list[str]) -> int:
    from photodesk.app.importer import main as importer

    return importer(int(_value(given, "--fd")))


def _listener(given: list[str]) -> int:
    from photodesk.background.processes import harden
    from photodesk.background.watch_child import main as listener

    harden()
    return listener(int(_value(given, "--fd")))


def _audit_feed(given: list[str]) -> int:
    from photodesk.background.audit_feed import main as audit_feed
    from photodesk.background.processes import harden

    harden(die_with_parent=False)  # it sends or keeps what it was told last, then ends
    return audit_feed(int(_value(given, "--fd")))


def _syncer(given: list[str]) -> int:
    from photodesk.app.syncer import main as syncer

    return syncer(int(_value(given, "--fd")), Path(_value(given, "--store")))


def _decoder(given: list[str]) -> int:
    from photodesk.imaging.decoder_process import main as decoder

    return decoder(int(_value(given, "--fd"))) or 0


PARTS: dict[str, Callable[[list[str]], int]] = {
    "keeper": _keeper,
    "desk": _desk,
    "importer": _importer,
    "decoder": _decoder,
    "listener": _listener,
    "audit-feed": _audit_feed,
    "syncer": _syncer,
}


def _windows(given: list[str]) -> int:
    from photodesk.app.keeper import main_with_windows
    from photodesk.app.paths import default_store

    store = Path(_value(given, "--store")) if "--store" in given else default_store()
    return main_with_windows(store)


def _opens_the_window(given: list[str]) -> bool:
    rest = list(given)
    if "--store" in rest:
        at = rest.index("--store")
        if at + 1 >= len(rest) or rest[at + 1] == "@-":
            return False
        del rest[at : at + 2]
    return not rest


def _value(given: list[str], name: str) -> str:
    """The word after `name`; hidden parts are started by ourselves, so a missing one is a bug."""
    return given[given.index(name) + 1]
