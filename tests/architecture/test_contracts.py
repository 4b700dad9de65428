"""The arrows of `photodesk/__init__.py` hold, and the check that says so is awake."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_arrows_hold() -> None:
    result = _lint(PROJECT)
    assert result.returncode == 0, result.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "photodesk", tmp_path / "photodesk", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("package", "line"),
    [
        ("patients", "import photodesk.store"),
        ("visits", "import photodesk.photos"),
        ("store", "from PySide6 import QtCore"),
        ("desk", "import sqlcipher3"),
        ("ui", "import photodesk.store.catalog"),
    ],
)
def test_a_seeded_violation_is_caught(copy: Path, package: str, line: str) -> None:
    (copy / "photodesk" / package / "seeded.py").write_text(f'"""Seeded."""\n\n{line}\n', encoding="utf-8")
    result = _lint(copy)
    assert result.returncode != 0, result.stdout
    assert "seeded" in result.stdout


def test_a_new_package_must_take_its_place(copy: Path) -> None:
    (copy / "photodesk" / "annex").mkdir()
    (copy / "photodesk" / "annex" / "__init__.py").write_text('"""Seeded."""\n', encoding="utf-8")
    assert _lint(copy).returncode != 0
