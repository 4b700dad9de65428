"""`sync limit`, `pause`, `resume`: what is answered is what holds, and what cannot hold is refused."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from photodesk.app import cli, sync_once
from photodesk.errors import Fixable
from photodesk.store.layout import Layout
from photodesk.sync.spool import Spool
from photodesk.sync.sync_settings import SyncSettings, read_settings, write_settings


class Store:
    """A store as far as these commands look at it; they run in this process."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root)
        self.layout.store_json.write_text("{}")

    def run(self, *words: str) -> int:
        return cli.main(["sync", *words, "--store", str(self.layout.root)])

    @property
    def settings(self) -> SyncSettings:
        spool = Spool(self.layout.spool)
        try:
            return read_settings(spool)
        finally:
            spool.close()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.mark.parametrize(
    "words",
    [
        ("--kb-s", "500", "--from", "08:30", "--until", "17:45"),
        ("--kb-s", "500", "--from", "12:10", "--until", "12:50"),
        ("--kb-s", "500", "--from", "12:00", "--until", "12:00"),
        ("--kb-s", "500", "--from", "12:00"),
        ("--from", "08:00", "--until", "18:00"),
        ("--kb-s", "0", "--from", "08:00", "--until", "18:00"),
        ("--kb-s", "1"),
    ],
)
def test_a_limit_that_cannot_hold_as_it_is_said_is_refused(store: Store, words: tuple[str, ...]) -> None:
    assert store.run("limit", *words) == 2
    assert store.settings == SyncSettings()


def test_hours_are_of_the_limit_that_holds(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert store.run("limit", "--kb-s", "500") == 0
    assert "500 kB a second at most, all day" in capsys.readouterr().out
    assert store.run("limit", "--from", "08:00", "--until", "18:00") == 0
    assert "500 kB a second at most, from 08:00 until 18:00" in capsys.readouterr().out
    assert store.settings == SyncSettings(limit_kb_s=500, from_hour=8, until_hour=18)
    assert store.run("limit", "--not-metered") == 0
    assert "They rest on networks paid by the byte" in capsys.readouterr().out
    assert store.run("limit", "--metered") == 0
    assert "They travel also over networks paid by the byte" in capsys.readouterr().out


def test_what_rests_and_goes_on_says_so(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert store.run("pause") == 0
    assert capsys.readouterr().out.startswith("Paused.")
    assert store.run("limit", "--kb-s", "500") == 0
    assert "Paused." in capsys.readouterr().out
    assert store.run("resume") == 0
    assert capsys.readouterr().out.startswith("Going on. Photos travel at 500 kB")


def test_one_pass_while_paused_says_that_nothing_travelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(tmp_path)
    spool = Spool(layout.spool)
    write_settings(spool, SyncSettings(paused=True))
    spool.close()
    log: Any = SimpleNamespace(open=lambda _path, _clinic: SimpleNamespace(members=None))
    monkeypatch.setattr(sync_once, "MembersLog", log)
    monkeypatch.setattr(sync_once.SignedFacts, "of", lambda _members: SimpleNamespace())
    session: Any = SimpleNamespace(layout=layout, keyset=SimpleNamespace(clinic_id=bytes(16)))
    nothing: Any = None
    with pytest.raises(Fixable, match="nothing was sent or fetched"):
        sync_once.sync_once(session, nothing, nothing)
