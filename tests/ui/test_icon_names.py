"""Every icon that is named in the windows is in the icon font: a wrong name fails here, and never in painting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

import photodesk.ui
from photodesk.ui import icons

UI = Path(photodesk.ui.__file__).parent
AT = {
    "paint_icon": 1,
    "icon_pixmap": 0,
    "Icon": 0,
    "show_icon": 0,
    "set_icon_name": 0,
    "add_action": 1,
}
"""Which argument of a call is an icon's name; `icon=` is one in every call."""


def _constants(node: ast.expr) -> Iterator[str]:
    """Names an expression may have: itself, or the branches of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body)
        yield from _constants(node.orelse)


def _named(module: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = AT.get(called)
            if place is not None and len(node.args) > place:
                yield from ((node.lineno, name) for name in _constants(node.args[place]))
            for keyword in node.keywords:
                if keyword.arg in {"icon", "icon_name"}:
                    yield from ((node.lineno, name) for name in _constants(keyword.value))
        elif isinstance(node, ast.AnnAssign | ast.Assign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any("ICON" in getattr(target, "id", "") for target in targets):
                values = node.value.values if isinstance(node.value, ast.Dict) else [node.value]
                yield from ((node.lineno, name) for value in values for name in _constants(value))


def test_every_name_written_down_is_in_the_font(dressed: QApplication) -> None:
    known = icons._phosphor()[1]
    found = [(module, line, name) for module in sorted(UI.rglob("*.py")) for line, name in _named(module) if name]
    assert len(found) > 60
    assert [f"{m.relative_to(UI)}:{line} {name}" for m, line, name in found if name not in known] == []


def test_names_in_tables_are_in_the_font(dressed: QApplication) -> None:
    from photodesk.ui.compare.modes import SEGMENTS

    known = icons._phosphor()[1]
    assert [icon for _key, icon, _words in SEGMENTS if icon not in known] == []


def test_a_wrong_name_is_painted_as_a_question_and_ends_nothing(dressed: QApplication) -> None:
    size = QSize(24, 24)
    wrong = icons.icon_pixmap("no-such-icon", "#000000", size, 1.0).toImage()
    assert wrong == icons.icon_pixmap("question", "#000000", size, 1.0).toImage()
