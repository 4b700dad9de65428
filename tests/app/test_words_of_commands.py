"""What commands print for people: counts, sizes, and where codes are listed."""

from __future__ import annotations

import json

import pytest

from photodesk.app.cli import main
from photodesk.app.command_line import Invocation
from photodesk.app.commands_store import _show
from photodesk.errors import Fixable
from photodesk.photos import body_site, standard_view
from photodesk.store.health import Findings


def test_codes_are_listed_and_an_unknown_one_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["photo", "codes", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    cheek = {"code": "60819002", "name": "Cheek", "region": "Head", "side": None, "part_of": "89545001"}
    assert cheek in listed["body_sites"]
    assert {"code": "close-up", "name": "Close-up", "series": "Any site"} in listed["standard_views"]
    assert main(["photo", "codes"]) == 0
    assert any(line.split()[:2] == ["60819002", "Cheek"] for line in capsys.readouterr().out.splitlines())
    for lookup in (body_site, standard_view):
        with pytest.raises(Fixable) as caught:
            lookup("nowhere")
        assert "photodesk photo codes" in caught.value.remedy
    assert main(["photo", "set", "--help"]) == 0
    assert "photodesk photo codes" in " ".join(capsys.readouterr().out.split())


def test_a_check_counts_and_measures_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    _show(Invocation(), Findings(photos=1, charts=2, photo_bytes=3_449_000))
    assert capsys.readouterr().out == "clean: 1 photo in 2 charts, 3.4\u00a0MB.\n"
