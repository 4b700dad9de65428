"""A pytest plug-in under which Qt cannot be imported: the core must pass its tests without it."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

QT = ("PySide6", "shiboken6", "qtpy", "qtawesome")


class _NoQt(MetaPathFinder):
    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in QT:
            raise ModuleNotFoundError(f"{fullname} is not for the core", name=fullname)
        return None


sys.meta_path.insert(0, _NoQt())
