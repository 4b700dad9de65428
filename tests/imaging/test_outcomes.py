"""No file of the shared test data is unaccounted for, and what a common decoder reads is shown."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from photodesk.background.decoders import DecoderPool
from tests.imaging.outcomes import FOLDERS, outcomes

METADATA_ONLY = {"card/raw/stub_DNG.dng", "card/raw/stub_Panasonic.rw2"}
"""LibRaw opens them and develops noise: their sensor data were cut away (README of the test data)."""


@pytest.mark.real
@pytest.mark.thorough
def test_every_file_is_accounted_for(real_files: Path, pool: DecoderPool) -> None:
    found = {one.path: one for one in outcomes(real_files, pool)}
    with (real_files / "MANIFEST.csv").open(encoding="utf-8") as manifest:
        rows = [row for row in csv.DictReader(manifest) if row["path"].split("/")[0] in FOLDERS]
    for row in rows:
        path = row["path"]
        if path.startswith("codes/") and path.endswith(".txt"):
            continue
        one = found.pop(path)
        assert (one.state == "kept as is") == bool(one.facts.undecodable), path
        several = path.startswith("dicom/") and row["frames"] not in {"", "1"}
        if row["decodes"].startswith("ok") and path.startswith(("card/", "dicom/", "codes/")):
            assert one.state == ("kept as is" if several or path in METADATA_ONLY else "shown"), path
    assert found == {}, "files the manifest does not know"
