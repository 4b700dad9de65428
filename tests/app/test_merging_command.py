"""Two entries made one patient through the command line, and parted again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from photodesk.clock import SystemClock
from photodesk.crypto import FLOOR_COST
from photodesk.desk.entrance import Entrance
from tests.app.test_command_line import PASSWORD, Clinic


def test_merged_shown_exported_and_parted(tmp_path: Path) -> None:
    clinic = Clinic(tmp_path)
    entrance = Entrance(clinic.store, SystemClock(), FLOOR_COST)
    entrance.found("Example Clinic", "Room 1", "Ada Berg", PASSWORD, password_only=True)
    photo = {}
    for mrn, family in (("1", "Okafor"), ("2", "Okafor-Lind")):
        clinic.good("patient", "add", "--mrn", mrn, "--family", family, "--given", "Ngozi", "--birth", "1988-03-14")
        card = clinic.folder / f"card{mrn}"
        card.mkdir()
        noise = np.random.default_rng(int(mrn)).integers(0, 255, (60, 90, 3), np.uint8)
        Image.fromarray(noise).resize((900, 600)).save(card / "IMG_1.JPG", quality=90)
        filed = clinic.good("import", str(card), "--patient", mrn, "--visit", f"2026-11-1{mrn}")
        photo[mrn] = filed["files"][0]["photo_id"]
    made = clinic.good("patient", "merge", "2", "1", "--reason", "entered twice")
    assert (made["mrn"], [one["mrn"] for one in made["entries"]]) == ("1", ["2"])
    timeline = clinic.good("timeline", "2")
    assert [(one["date"], one["photos"][0]["photo_id"]) for one in timeline["visits"]] == [
        ("2026-11-12", photo["2"]),
        ("2026-11-11", photo["1"]),
    ]
    (line,) = clinic.good("patient", "list", "--search", "lind")["patients"]
    assert (line["mrn"], line["photos"], line["last_visit"]) == ("1", 2, "2026-11-12")
    listed = clinic.good("patient", "entries", "1")
    assert [(one["mrn"], one["visits"], one["photos"]) for one in listed["entries"]] == [("1", 1, 1), ("2", 1, 1)]
    out = clinic.folder / "out"
    leaving = ("--to", str(out), "--purpose", "teaching", "--recipient", "Dr Lind")
    assert len(clinic.good("export", photo["1"], photo["2"], *leaving)["files"]) == 2
    record = clinic.good("export-record", "2", "--to", str(clinic.folder / "record"))
    assert (record["photos"], record["log"]) == (2, True)
    text = (clinic.folder / "record" / "contents.txt").read_text()
    assert "record number 1" in text
    assert "record number 2" in text
    entries = clinic.good("log", "show", "--patient", "1", "--limit", "200")["entries"]
    exported = {one["patient_id"] for one in entries if one["action"] == "EXPORT"}
    assert exported == {one["patient_id"] for one in listed["entries"]}
    assert clinic.good("check")["result"] == "clean"
    assert clinic.good("patient", "unmerge", "2")["mrn"] == "2"
    assert [len(clinic.good("timeline", mrn)["visits"]) for mrn in "12"] == [1, 1]
    for code, words in (
        ("not_merged", ("unmerge", "2")),
        ("same_entry", ("merge", "2", "2", "--reason", "entered twice")),
    ):
        exit_code, said = clinic.run("patient", *words)
        assert (exit_code, said["error"]["code"]) == (1, code)
